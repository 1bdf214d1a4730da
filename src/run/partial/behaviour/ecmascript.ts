/**
 * Whether two versions of a function of JavaScript or TypeScript do the same: one job loads both and runs them on the same drawn inputs.
 *
 * Sources are rewritten as for partial execution, with hooks of their own (`hooks.cjs`): what is missing is a stand-in that knows where it stands (`stands.cjs`). A difference counts
 * where a second job, which runs that input alone with the other version first, has it too. Nothing is forced, and no input is solved for: they are cheap here, so there are more of them.
 */
import type { LoadFile } from '../../../code/mod.ts';
import { workDir } from '../../native/recipe.ts';
import { ownFile, writtenBytes } from '../../owndirectory.ts';
import type { Runner, RunOptions } from '../../runner.ts';
import type { Job, JobFile } from '../../types.ts';
import { isRecord } from '../../untrusted.ts';
import { rewriteFiles, type TableFile } from '../ecmascript/tool.ts';
import { partialDirectory } from '../types.ts';
import { callFacts } from './ecmascriptcalls.ts';
import { bareText, factsOf, linesThatDiffer } from './ecmascripttext.ts';
import type { BehaviourOptions, BehaviourReport, BehaviourVersion } from './types.ts';

/** Inputs take some tens of microseconds each. */
export const defaultEcmascriptInputs = 512;
/** Loading both versions, and ending. */
const aroundMs = 10_000;
/** Differences that a second job is asked for, at most. */
const mostConfirmed = 3;
const own = [
  ...['stands.cjs', 'proxies.cjs', 'canon.cjs', 'hooks.cjs', 'hooks.mjs', 'sides.cjs', 'samples.cjs', 'compare.mjs'],
  '../ecmascript/element.cjs',
];

const isTyped = (path: string): boolean => /\.[cm]?tsx?$/.test(path);
/** Whether functions of such a file are compared here. */
export const isEcmascript = (path: string): boolean => /\.[cm]?[jt]sx?$/.test(path) && !/\.d\.[cm]?ts$/.test(path);

interface Told {
  readonly report: BehaviourReport | null;
  /** Inputs on which the two differ, not read any further: they go back as they came. */
  readonly found: readonly unknown[];
}

/** @param read reads the row that the job wrote @throws WinnowError as `Runner.run` does */
export async function diffEcmascript(
  versions: readonly [BehaviourVersion, BehaviourVersion],
  options: BehaviourOptions & { readonly wallMs: number },
  runner: Runner,
  how: Omit<RunOptions, 'backend'>,
  read: (bytes: Uint8Array) => BehaviourReport | null,
): Promise<BehaviourReport> {
  if (options.load === undefined) throw new Error('grammars are wanted, and BehaviourOptions.load is not given');
  const prepared = await prepare(versions, options, options.load);
  if (typeof prepared === 'string') return undecided(prepared);
  if (prepared === null)
    return { ...undecided('the two are the same but for comments, types and layout'), behaviour: 'preserved' };
  const { jobOf, gaps } = prepared;
  const first = await ask(jobOf(null), runner, how, read);
  if (first.report === null) return { ...undecided(first.why), gaps };
  let report = { ...first.report, gaps };
  for (const only of first.found.slice(0, mostConfirmed)) {
    const second = await ask(jobOf(only), runner, how, read);
    if (second.report?.behaviour === 'changed')
      return { ...report, behaviour: 'changed', why: second.report.why, difference: second.report.difference };
    report = { ...report, flaky: report.flaky + 1 };
  }
  return report;
}

async function ask(
  job: Job,
  runner: Runner,
  how: Omit<RunOptions, 'backend'>,
  read: (bytes: Uint8Array) => BehaviourReport | null,
): Promise<Told & { readonly why: string }> {
  const outcome = await runner.run(job, how);
  const bytes = writtenBytes(outcome, `${partialDirectory}/behaviour.jsonl`);
  const said = new TextDecoder().decode(outcome.stderr.head).trim().split('\n').at(-1) ?? '';
  const why = `the comparison itself ended without an answer (${outcome.ending.kind})${said === '' ? '' : `: ${said}`}`;
  return { report: read(bytes), found: foundIn(bytes), why };
}

function foundIn(bytes: Uint8Array): readonly unknown[] {
  try {
    const row: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isRecord(row) && Array.isArray(row.found) ? row.found : [];
  } catch {
    return [];
  }
}

const undecided = (why: string): BehaviourReport => ({
  behaviour: 'undecided',
  why: why.slice(0, 1_000),
  gaps: [],
  ...{ inputs: 0, equal: 0, failed: 0, flaky: 0, lost: 0, reached: [false, false], difference: null },
});

/** -> what makes a job of an input alone, or of all; null when nothing that runs differs; a text when it cannot be compared. */
async function prepare(
  versions: readonly [BehaviourVersion, BehaviourVersion],
  options: BehaviourOptions & { readonly wallMs: number },
  load: LoadFile,
): Promise<{ readonly jobOf: (only: unknown) => Job; readonly gaps: readonly string[] } | string | null> {
  const names = ['one', 'other'];
  const given = versions.flatMap(({ files, path, text }, at) => [
    ...files.filter((file) => file.path !== path).map((file) => ({ ...file, path: `${names[at]}/${file.path}` })),
    { path: `${names[at]}/${path}`, bytes: new TextEncoder().encode(text) },
  ]);
  const language = versions.some(({ path }) => isTyped(path)) ? 'TypeScript' : 'JavaScript';
  const entries = versions.map(({ path }, at) => `${names[at]}/${path}`);
  const { files, tables, gaps, paths } = await rewriteFiles(given, {
    ...{ load, language, level: 2, runtime: 'hooks' },
    isTold: (path) => isEcmascript(path),
    isEntry: () => false,
    registers: (path) => entries.includes(path),
  });
  const told = names.map((name, at) =>
    gaps.filter((gap) => gap.startsWith(entries[at] as string)).map((gap) => gap.slice(name.length + 1)),
  );
  const sides = versions.map((version, at) => sideOf(version, tables, entries[at] as string));
  for (const [at, side] of sides.entries()) if (typeof side === 'string') return told[at]?.[0] ?? side;
  const [one, other] = sides as [Side, Side];
  // Between elements, what looks like a comment is text.
  const hasElements = one.table.elements !== null || other.table.elements !== null;
  const [bare, itsBare] = [one, other].map(({ text }) =>
    hasElements ? text.replace(/\s+/g, ' ') : bareText(text, language === 'TypeScript'),
  );
  if (bare === itsBare) return null;
  const rows = [one.text.split('\n'), other.text.split('\n')] as const;
  const differ = linesThatDiffer(rows, [one.line, other.line]);
  const renamed = namesOf(one.parameters, other.parameters);
  const plan = {
    seed: options.seed ?? 1,
    inputs: options.inputs ?? defaultEcmascriptInputs,
    wallMs: options.wallMs,
    alone: aloneOf(one.parameters, other.parameters),
    facts: {
      ...factsOf([one.text, other.text]),
      ...callFacts(
        versions[0].function.split('.').at(-1) as string,
        options.callers ?? [],
        [one.text, other.text],
        versions.map(({ text }) => text),
      ),
    },
    versions: [one, other].map(({ file, number, table }, at) => {
      const inside = statementsIn(table, number);
      const lines = differ[at] as ReadonlySet<number>;
      const found = statementsAt(table, inside, lines);
      return {
        ...{
          file,
          number,
          path: entries[at],
          entry: `${workDir}/${paths.get(entries[at] as string) ?? entries[at]}`,
          names: at === 1 ? renamed : {},
        },
        ...{ inside, differ: found, isHead: found.length === 0 && lines.size > 0 },
      };
    }),
  };
  const wanted = tables.map((table) => ({ ...table, spans: [], edges: [], isCompared: entries.includes(table.path) }));
  const runtime = await Promise.all(own.map((name) => ownFile(new URL(name, import.meta.url), partialDirectory)));
  const entry = `${partialDirectory}/compare.m${language === 'TypeScript' ? 'ts' : 'js'}`;
  const main = runtime.map((file) => (file.path.endsWith('compare.mjs') ? { ...file, path: entry } : file));
  const jobOf = (only: unknown): Job => ({
    language: language.toLowerCase(),
    files: [...files, ...main, jsonFile('plan.json', { ...plan, only }), jsonFile('tables.json', { files: wanted })],
    entry,
    rescue: true,
    limits: { wallMs: options.wallMs + aroundMs, cpuMs: options.wallMs + aroundMs, memoryBytes: 1024 ** 3 },
  });
  return { jobOf, gaps: told.flat() };
}

const jsonFile = (name: string, value: unknown): JobFile => ({
  path: `${partialDirectory}/${name}`,
  bytes: new TextEncoder().encode(JSON.stringify(value)),
});

/** Functions of a file by qualified name, with their text; of those inside of others, the outermost. */
export async function ecmascriptFunctions(path: string, text: string, load: LoadFile): Promise<Map<string, string>> {
  const { tables } = await rewriteFiles([{ path, bytes: new TextEncoder().encode(text) }], {
    ...{ load, language: isTyped(path) ? 'TypeScript' : 'JavaScript', level: 1, runtime: 'hooks' },
    isTold: () => true,
    isEntry: () => false,
    registers: () => false,
  });
  const rows = text.split('\n');
  const found = new Map<string, string>();
  const outer = new Set<string>();
  for (const { name, line, lastLine } of tables[0]?.functions ?? []) {
    const parts = name.split('.');
    const isInside = parts.some((_, at) => at > 0 && outer.has(parts.slice(0, at).join('.')));
    if (isInside || name.includes('<anonymous>')) continue;
    outer.add(name);
    if (!found.has(name)) found.set(name, rows.slice(line - 1, lastLine).join('\n'));
  }
  return found;
}

interface Side {
  readonly file: number;
  readonly number: number;
  readonly table: TableFile;
  readonly line: number;
  readonly lastLine: number;
  readonly text: string;
  readonly parameters: readonly string[];
}

function sideOf(
  { path, function: wanted, text }: BehaviourVersion,
  tables: readonly TableFile[],
  entry: string,
): Side | string {
  const file = tables.findIndex((table) => table.path === entry);
  const table = tables[file];
  if (table === undefined) return `${path}: its syntax is wrong, or not known`;
  const number = numberOf(table, wanted);
  const about = table.functions[number];
  if (about === undefined) return `there is no function ${wanted} in ${path}`;
  const { line, lastLine, parameters } = about;
  return {
    ...{ file, number, table, line, lastLine },
    text: text
      .split('\n')
      .slice(line - 1, lastLine)
      .join('\n'),
    parameters: parameters.map(({ what }) => what.replace(/@\d+/g, '')),
  };
}

/** By its qualified name, else by its last part where one function alone has it. */
function numberOf({ functions }: TableFile, wanted: string): number {
  const exact = functions.findIndex(({ name }) => name === wanted);
  if (exact >= 0) return exact;
  const ends = functions.flatMap(({ name }, at) => (name.endsWith(`.${wanted}`) ? [at] : []));
  return ends.length === 1 ? (ends[0] as number) : -1;
}

/** What parameters of the second version are called in the first, by position: a caller sees no name of them. */
function namesOf(one: readonly string[], other: readonly string[]): Record<string, string> {
  const made: Record<string, string> = {};
  for (const [at, name] of other.entries()) {
    const first = one[at];
    if (first !== undefined && first !== name && !one.includes(name) && !other.includes(first)) made[name] = first;
  }
  return made;
}

/** Parameters at the end that one of the two alone has: who calls the other gives none. */
function aloneOf(one: readonly string[], other: readonly string[]): readonly string[] {
  const [less, more] = one.length < other.length ? [one, other] : [other, one];
  return more.slice(less.length).filter((name) => !less.includes(name));
}

/** Statements of a function: those that stand behind its beginning, and not the one that it stands in. */
function statementsIn({ spans, functions }: TableFile, number: number): number[] {
  const { line, column, lastLine } = functions[number] as TableFile['functions'][number];
  const isBehind = (one: { line: number; column: number }): boolean =>
    one.line > line || (one.line === line && one.column > column);
  const inside = spans.filter((one) => one.statement >= 0 && one.line <= lastLine && isBehind(one));
  return [...new Set(inside.map(({ statement }) => statement))];
}

/** Of these, statements on lines that differ; of a line within a longer statement, that one. None: what differs is the head, or the function is an expression. */
function statementsAt({ statements }: TableFile, inside: readonly number[], lines: ReadonlySet<number>): number[] {
  const found = new Set<number>();
  const starts = inside.map((index) => [index, statements[index] as number] as const).sort((a, b) => a[1] - b[1]);
  for (const line of lines) {
    const here = starts.filter(([, start]) => start === line);
    const before = starts.findLast(([, start]) => start < line);
    for (const [index] of here.length > 0 ? here : before === undefined ? [] : [before]) found.add(index);
  }
  return [...found];
}
