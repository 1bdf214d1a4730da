/**
 * One test of a Python function, run where nothing of the agent's runs: calls of the function go to the agent's session as literals, and literals come back.
 *
 * The test runs with a stand-in that knows the answers so far. Its first call without an answer ends the test; the call is made in the agent's session, and the test
 * runs again from its start. So two plain sessions suffice and neither waits for the other. What a test does besides, it does once for each call.
 */
import { type CellReport, pythonLiterals, type Session } from '../../run/mod.ts';
import { printedBy } from './place.ts';

/** Calls of one test: more than any test of MBPP makes; each runs the test again. */
const mostCalls = 50;
/** Begins the line that holds an answer; what the function itself prints stands before it. */
const mark = '\u001e';

const literals = (): string => {
  const file = pythonLiterals();
  if (!('bytes' in file)) throw new Error('winnow_value.py has no bytes');
  return `_winnow_value = {'__name__': 'winnow_value'}\nexec(${JSON.stringify(new TextDecoder().decode(file.bytes))}, _winnow_value)\n`;
};

const standIn = `
import json as _winnow_json
class WinnowAsks(Exception):
    pass
class _WinnowStandIn:
    def __init__(self, answers):
        self.answers = list(answers)
    def __call__(self, *args, **named):
        if self.answers:
            kind, name, text = self.answers.pop(0)
            if kind == 'returned':
                return _winnow_value['value_of'](text)
            import builtins
            known = getattr(builtins, name, None)
            raise (known if isinstance(known, type) and issubclass(known, Exception) else Exception)(text)
        told = _winnow_value['text_of']
        raise WinnowAsks(_winnow_json.dumps([[told(one) for one in args], {name: told(one) for name, one in named.items()}]))
`;

export const prepareServed = async (session: Session): Promise<void> => {
  await session.run(literals());
};

export const prepareKey = async (key: Session): Promise<void> => {
  await key.run(literals() + standIn);
};

/** @returns null: something that would go from one session to the other has no literal */
export async function outcomeOutside(
  name: string,
  test: string,
  session: Session,
  key: Session,
): Promise<CellReport | null> {
  const answers: (readonly [kind: 'returned' | 'raised', name: string, text: string])[] = [];
  for (let call = 0; call <= mostCalls; call++) {
    const given = pythonText(JSON.stringify(answers));
    const report = await key.run(`${name} = _WinnowStandIn(_winnow_json.loads(${given}))\n${test}`);
    const { ending } = report;
    if (ending.kind !== 'failed' || ending.error.name !== 'WinnowAsks') return report;
    const asked = ending.error.message;
    if (!/^\[\[[\s\S]*\}\]$/.test(asked) || /"\?/.test(asked)) return null;
    const made = await session.run(
      `import json as _winnow_json\n_winnow_args = _winnow_json.loads(${pythonText(asked)})\n` +
        `print('\\x1e' + _winnow_value['text_of'](${name}(*map(_winnow_value['value_of'], _winnow_args[0]), **{_n: _winnow_value['value_of'](_t) for _n, _t in _winnow_args[1].items()})))`,
    );
    if (made.ending.kind === 'failed') answers.push(['raised', made.ending.error.name, made.ending.error.message]);
    else {
      const printed = printedBy(made);
      const text = printed.slice(printed.lastIndexOf(mark) + 1).trimEnd();
      if (made.ending.kind !== 'done' || !printed.includes(mark) || isOpaque(text)) return null;
      answers.push(['returned', '', text]);
    }
  }
  return null;
}

/** A question mark outside of quotes stands for a value without a literal. */
const isOpaque = (text: string): boolean =>
  text.replace(/'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/g, '').includes('?');

/** A text as Python writes it: what JSON writes is a literal of Python too. */
const pythonText = (text: string): string => JSON.stringify(text);
