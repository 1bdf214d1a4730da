/**
 * Programs that questions are made of, as they come: JSON lines with a function and its inputs, or a plain file that runs by itself.
 *
 *     {"code", "input", "entry_point"}    arguments as source, `[1, 2], 'a'` (CRUXEval; the function is `f` unless it is named)
 *     {"code", "inputs": […]}             each a tuple of arguments, `([1, 2], 'a')` (REval)
 *     {"code", "inputs": […], "test"}     each the body of a method of the test's cases, whose names it may use (REval, classes)
 *     {"code", "after": […]}              statements that run after the code and use it
 *     {"code"}                            a program
 *
 * `output` or `outputs`, where there are any, are what the data says that comes out; ours are compared with them.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { type Row, readObjects, shown, wrongRow } from '../tablerows.ts';
import { readArguments, readLiteral } from './literal.ts';

/** How one run of a program begins. */
export type Start =
  /** `source` stands between the brackets of the call. */
  | { readonly kind: 'call'; readonly source: string }
  /** `shown`: what a person is asked about, where `source` has more. */
  | { readonly kind: 'after'; readonly source: string; readonly shown: string }
  | { readonly kind: 'whole' };

export interface Program {
  /** Unique among the programs of a run. */
  readonly id: string;
  readonly code: string;
  /** The function that is called; null where nothing is. */
  readonly entry: string | null;
  readonly starts: readonly { readonly start: Start; readonly output: string | null }[];
}

/** @throws WinnowError `path-not-found`, `path-unreadable`, `bad-data` naming file and line */
export async function readPrograms(paths: readonly string[]): Promise<Program[]> {
  const found: Program[] = [];
  const ids = new Set<string>();
  const add = (program: Program): void => {
    let id = program.id;
    for (let again = 2; ids.has(id); again++) id = `${program.id}~${again}`;
    ids.add(id);
    found.push({ ...program, id });
  };
  for (const path of paths) {
    if (/\.jsonl(\.gz)?$/.test(path)) {
      for await (const { row, line } of readObjects(path)) add(programOf(row, path, line));
    } else
      add({
        id: basename(path),
        code: readText(path),
        entry: null,
        starts: [{ start: { kind: 'whole' }, output: null }],
      });
  }
  return found;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new WinnowError('path-not-found', `Expected a file at ${path}; there is none.`, { cause });
    throw new WinnowError('path-unreadable', `Cannot read ${path} (${code}).`, { cause });
  }
}

function programOf(row: Row, path: string, line: number): Program {
  const { code, input, inputs, after, output, outputs, test } = row;
  if (typeof code !== 'string') throw wrongRow(path, line, 'a program as {"code": source, …}', shown(row));
  const given = [input, inputs, after].filter((one) => one !== undefined && one !== null);
  if (given.length > 1) throw wrongRow(path, line, 'one of "input", "inputs" and "after"', shown(Object.keys(row)));
  const name = row.entry_point ?? (typeof input === 'string' ? 'f' : null);
  if (name !== null && (typeof name !== 'string' || !/^[A-Za-z_]\w*$/.test(name)))
    throw wrongRow(path, line, 'the name of a function as "entry_point"', shown(name));
  if (inputs !== undefined && inputs !== null && name === null)
    throw wrongRow(path, line, 'an "entry_point" beside "inputs"', shown(Object.keys(row)));
  const said = output === undefined || output === null ? texts(outputs) : [String(output)];
  const starts: Start[] =
    typeof input === 'string'
      ? [{ kind: 'call', source: input }]
      : texts(inputs).map((source) =>
          typeof test === 'string' ? inCase(test, source) : { kind: 'call', source: argumentsIn(source) },
        );
  for (const source of texts(after)) starts.push({ kind: 'after', source, shown: source });
  if (given.length > 0 && starts.length === 0) throw wrongRow(path, line, 'inputs as texts', shown(given[0]));
  if (given.length === 0) starts.push({ kind: 'whole' });
  const id = row.id ?? row.task_id ?? `${basename(path)}:${line}`;
  return {
    id: String(id),
    code,
    entry: starts[0]?.kind === 'call' ? name : null,
    starts: starts.map((start, at) => ({ start, output: said[at] ?? null })),
  };
}

/** The body of a test method, in a case made as its own class makes it. It comes with bare names of assertions, and so it is run. */
export function inCase(test: string, body: string): Start {
  const source = `
import ast as _ast
_test, _body = ${JSON.stringify(test)}, ${JSON.stringify(body)}
exec(compile(_test, 'test', 'exec'), globals())
def _plain(nodes):
    return '\\n'.join(_ast.unparse(node) for node in nodes).replace('self.assert', 'assert')
_cases = [(node.name, method) for node in _ast.parse(_test).body if isinstance(node, _ast.ClassDef)
          for method in node.body if isinstance(method, _ast.FunctionDef)]
_own = _plain(_ast.parse(_body).body)
_fits = [name for name, method in _cases if _plain(method.body) == _own] or [name for name, _ in _cases]
_case = globals()[_fits[0]]()
_case.setUpClass()
_case.setUp()
_asserts = {name: getattr(_case, name) for name in dir(_case) if name.startswith('assert')}
exec(compile(_body, 'body', 'exec'), {**globals(), 'self': _case, **_asserts})
`;
  return { kind: 'after', source, shown: body };
}

/** Of a tuple what stands between its brackets, where it is one of literals. */
function argumentsIn(tuple: string): string {
  const inside = /^\s*\(([\s\S]*?),?\s*\)\s*$/.exec(tuple)?.[1];
  const [whole, parts] = [readLiteral(tuple), inside === undefined ? null : readArguments(inside, 'f')];
  const isTuple = whole?.kind === 'tuple' && parts?.length === whole.items.length;
  return isTuple && inside !== undefined ? inside : `*${tuple}`;
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string') ? (value as string[]) : [];
