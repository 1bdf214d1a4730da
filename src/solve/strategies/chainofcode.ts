/**
 * Chain of Code: the model writes a program that may call what no program can compute, and stands in for just those calls while everything else really runs.
 *
 * Li et al. 2023, arXiv:2312.04474, §2: lines that the interpreter cannot run are emulated by the model, with the state of the program. Here such lines are calls of functions that nobody defined. Partial execution finds them and puts a stand-in at their place (`fixes`), which knows the results that the model
 * has given and stops the run at arguments that are new; the model is asked for these, and the run begins again, with the same results up to there. What comes out is a program with a table for each such function.
 */
import { runPartial } from '../../run/mod.ts';
import type { Kit } from '../frame/kit.ts';
import type { Strategy } from '../frame/strategy.ts';
import { draftPrograms } from '../pieces/draft.ts';
import { jobOf } from '../pieces/program.ts';
import { conversation, data, programmer, say, taskParts } from '../pieces/prompts.ts';
import { runTests } from '../pieces/testrun.ts';

export const chainOfCode: Strategy = {
  name: 'chain-of-code',
  title: 'Chain of Code',
  paper: 'Li et al. 2023, arXiv:2312.04474',
  summary: 'runs what can run, and has the model stand in for calls that no program can compute',
  needs: { model: [], task: ['python', 'no-method'], run: ['run', 'partial'] },
  defaults: {
    calls: { value: 40, what: 'calls that the model stands in for, at most', source: 'ours' },
    temperature: { value: 0, what: 'of the sampling', source: 'Chain of Code, §3' },
  },
  solve: async (kit) => {
    const { task } = kit;
    const temperature = kit.number('temperature');
    const [program] = await kit.step('draft', 'program', (inner) =>
      draftPrograms(
        inner,
        'program',
        [
          ...taskParts(task),
          say(
            'Write a Python program for it. Where something cannot be computed but only judged (a meaning, a fact of the world), call a function with a telling name and plain arguments, such as is_fruit("apple"), and do not define it. Such functions give True, False, a number or a text.',
          ),
        ],
        { temperature },
      ),
    );
    if (program === undefined) return [];
    const tables = await kit.step('act', 'run, with the model where nothing runs', (inner) => emulated(inner, program));
    const source = `${definitionsOf(tables)}${program}`;
    const told = [...tables].map(([name, table]) => `${name} for ${table.size} arguments`).join(', ');
    const visible = task.visible.length === 0 ? null : await runTests(kit, 'visible tests', source);
    return [kit.keep(source, visible, told === '' ? 'nothing was emulated' : `the model stood in for ${told}`)];
  },
};

/** Results by a function's name and its arguments as Python writes them: both Python literals. */
type Tables = Map<string, Map<string, string>>;

interface Found {
  /** Functions that nobody defines, with the place of their first use. */
  readonly missing: readonly { readonly name: string; readonly line: number; readonly column: number }[];
  /** A call with arguments that no table has; null: the run came to an end. */
  readonly asked: { readonly name: string; readonly arguments: string } | null;
  readonly printed: string;
  readonly failure: string | null;
}

const mark = 'winnow-asks ';

/**
 * Partial execution tells the round that ran most, and the plainest of equals. A program that stops at its first stand-in would run as far without any, so a call that only a stand-in answers comes before it.
 */
const first = 'winnow_begins';

async function emulated(kit: Kit, program: string): Promise<Tables> {
  const tables: Tables = new Map();
  const places = new Map<string, { line: number; column: number }>();
  let asked = 0;
  for (;;) {
    const found = await partially(kit, program, tables, places);
    const fresh = found.missing.filter(({ name }) => !tables.has(name));
    for (const { name, line, column } of fresh) {
      tables.set(name, new Map());
      places.set(name, { line, column });
    }
    if (found.asked === null) {
      if (fresh.length > 0) continue;
      kit.note(
        found.failure === null
          ? `it prints ${JSON.stringify(found.printed.slice(0, 200))}`
          : `it fails: ${found.failure}`,
      );
      return tables;
    }
    if (++asked > kit.number('calls')) {
      kit.note('the model stood in for as many calls as it may');
      return tables;
    }
    const { name, arguments: given } = found.asked;
    const value = await standIn(kit, program, name, given, found.printed);
    const table = tables.get(name);
    if (table === undefined || table.has(given)) return tables;
    table.set(given, value);
  }
}

async function standIn(kit: Kit, program: string, name: string, given: string, printed: string): Promise<string> {
  const [reply] = await kit.ask(
    `${name}${given}`.slice(0, 80),
    conversation(programmer(kit.task), [
      ...taskParts(kit.task),
      say('This program is running:'),
      data('program', program, 'python'),
      ...(printed === '' ? [] : [say('So far it printed:'), data('output', printed)]),
      say('It now calls a function that only you can answer for:'),
      data('call', `${name}${given}`),
      say(
        'What does it give? Answer with one Python literal on a line of its own: True, False, a number, or a text in quotes. Nothing else.',
      ),
    ]),
    { temperature: kit.number('temperature'), maxTokens: 200 },
  );
  const value = literalIn(reply?.text ?? '');
  if (value === null) kit.note('no literal came; None stands in');
  return value ?? 'None';
}

/** The last line that is a literal of Python; what is none never comes into a program. */
export function literalIn(text: string): string | null {
  const literal = /^(?:True|False|None|-?\d{1,18}(?:\.\d{1,18})?|"(?:[^"\\\n]|\\["\\nt])*"|'(?:[^'\\\n]|\\['\\nt])*')$/;
  const lines = text.split('\n').map((line) => line.replace(/^[`\s]+|[`\s]+$/g, ''));
  return lines.findLast((line) => literal.test(line)) ?? null;
}

/** A function from its arguments to what the table says, which tells arguments that it has not. */
const lookUp = (name: string, table: ReadonlyMap<string, string>): string =>
  `lambda *a: {${[...table].map(([given, value]) => `${JSON.stringify(mark + name + given)}: ${value}`).join(', ')}}[${JSON.stringify(mark + name)} + str(a)]`;

async function partially(
  kit: Kit,
  program: string,
  tables: Tables,
  places: ReadonlyMap<string, { line: number; column: number }>,
): Promise<Found> {
  const { task, around } = kit;
  const standing = [...tables].map(([name, table]) => ({ name, place: places.get(name), value: lookUp(name, table) }));
  const fixes = [{ name: first, place: { line: 1, column: 1 }, value: 'lambda: 0' }, ...standing].map(
    ({ name, place, value }) => ({
      path: 'main.py',
      line: place?.line ?? 0,
      column: place?.column ?? 0,
      kind: 'name' as const,
      what: name,
      type: 'callable' as const,
      value,
      source: 'model' as const,
      why: ['the model stands in for it'],
    }),
  );
  return kit.execute<Found>({
    what: 'partial',
    title: 'what runs',
    programs: 1,
    key: [program, fixes],
    work: async () => {
      const job = jobOf(task, `${first}()\n${program}`);
      const options = { level: 2 as const, fixes, load: around.load, budget: { rounds: 3 } };
      const report = await runPartial(job, options, around.runner, { signal: around.signal });
      const [failure] = report.failures;
      const told = failure?.message.replace(/^["']|["']$/g, '') ?? '';
      const asked = told.startsWith(mark) ? /^(\w+)(\(.*\))$/s.exec(told.slice(mark.length)) : null;
      return {
        missing: report.injections
          .filter(({ kind, type, source }) => kind === 'name' && type === 'callable' && source !== 'model')
          .map(({ what, line, column }) => ({ name: what, line, column })),
        asked: asked === null ? null : { name: asked[1] as string, arguments: asked[2] as string },
        printed: new TextDecoder().decode(report.outcome.stdout.head).slice(0, 4_000),
        failure: failure === undefined || asked !== null ? null : `${failure.type}: ${failure.message}`,
      };
    },
    summary: ({ asked, missing, failure }) =>
      asked === null
        ? `${missing.length} functions are missing${failure === null ? '' : `; ${failure}`}`
        : `it calls ${asked.name}${asked.arguments}`,
  });
}

/** Tables as functions of the program, so that it runs without anybody. */
const definitionsOf = (tables: Tables): string =>
  [...tables]
    .filter(([, table]) => table.size > 0)
    .map(([name, table]) => {
      const rows = [...table].map(([given, value]) => `        ${JSON.stringify(given)}: ${value},\n`);
      return `def ${name}(*given):\n    return {\n${rows.join('')}    }[str(given)]\n\n\n`;
    })
    .join('');
