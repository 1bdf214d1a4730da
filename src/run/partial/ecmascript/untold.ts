/**
 * What can be said of a round that wrote nothing: its statements, and the error that kept it from beginning.
 *
 * An engine links all modules before it runs any, so at level 1, where imports stay as they are, a package that is missing ends the program before the hooks are there. The engine's
 * own message then tells which it is; the place is that of the import.
 */
import type { Job, Outcome } from '../../types.ts';
import type { PartialFailure, RoundFile, RoundPlan, RoundRows } from '../types.ts';
import type { TableFile } from './tool.ts';

/** As Node and QuickJS tell an error that ends them: `Error [CODE]: message`, `[Error: message] {`. */
const lastWords = /^\[?(\w*Error)(?: \[\w+\])?: (.*?)(?:\](?: \{)?)?$/m;
const mostMessage = 300;

export function untoldBy(
  tables: readonly TableFile[],
  files: Job['files'],
  plan: Pick<RoundPlan, 'function'>,
): (outcome: Outcome) => RoundRows {
  const told = tables.filter(({ isTold }) => isTold);
  return (outcome) => {
    const failure = failureOf(outcome, told, files);
    return {
      files: told.map((table) => ({ path: table.path, statements: counted(table, plan), ran: new Set() })),
      injections: [],
      moreInjections: 0,
      failures: failure === null ? [] : [failure],
      called: [],
      calls: [],
      beside: [],
      wanted: [],
      open: [],
      gaps: [],
      ended: failure !== null,
      unreadable: 0,
    };
  };
}

/** As `scope.cjs` counts them: all, or those of the one function or class that is asked for. */
function counted({ statements, spans, functions, isEntry }: TableFile, plan: Pick<RoundPlan, 'function'>) {
  const name = plan.function;
  if (name === null || !isEntry) return statements;
  const exact = functions.filter((one) => one.name === name || one.name.endsWith(`.${name}`)).slice(0, 1);
  const asked = exact.length > 0 ? exact : functions.filter((one) => one.name.startsWith(`${name}.`));
  const lines: RoundFile['statements'][number][] = [];
  const isAfter = (one: readonly [number, number], other: readonly [number, number]): boolean =>
    one[0] > other[0] || (one[0] === other[0] && one[1] > other[1]);
  statements.forEach((line, at) => {
    const from = spans.find(({ statement }) => statement === at)?.from;
    if (from && asked.some((one) => isAfter(from, one.from) && !isAfter(from, one.to))) lines.push(line);
  });
  return lines;
}

function failureOf(
  { ending, stderr }: Outcome,
  told: readonly TableFile[],
  files: Job['files'],
): PartialFailure | null {
  if (ending.kind !== 'exited' || ending.code === 0) return null;
  const text = new TextDecoder().decode(stderr.head);
  const [, type, message] = lastWords.exec(text) ?? [];
  if (type === undefined || message === undefined) return null;
  const names = [...message.matchAll(/'([^']+)'/g)].map((match) => match[1] as string);
  const place = told.map(({ path }) => importOf(names, path, files)).find((one) => one !== null);
  return {
    ...(place ?? { path: told[0]?.path ?? '', line: 1, column: 1 }),
    type,
    message: message.slice(0, mostMessage),
    // What is missing around a program is no mistake of it.
    certainty: 'possible',
    because: [],
    guessedPath: false,
    after: 'ended',
  };
}

/** The first import, or export from somewhere, of a file that takes one of these modules. */
function importOf(names: readonly string[], path: string, files: Job['files']) {
  const file = files.find((one) => one.path === path);
  const lines = file === undefined ? [] : new TextDecoder().decode(file.bytes).split('\n');
  for (const name of names) {
    const at = lines.findIndex(
      (line) => /\b(import|from)\b/.test(line) && new RegExp(`['"]${escaped(name)}['"]`).test(line),
    );
    if (at >= 0) return { path, line: at + 1, column: 1 };
  }
  return null;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
