/**
 * Functions of JavaScript and TypeScript as rows of a matrix, on either backend.
 *
 * A test runs where no candidate does, with a stand-in of the candidate's name: the first call that it makes is told (`javascript/asking.cjs`), candidates run on it (`javascript/cells.cjs`), and the test
 * runs again with what came out, until it makes no call that is not answered. So a test may have any form, and no candidate is near what it expects. A test that gives a candidate what has no text, a callback, say,
 * runs inside, and the column says so.
 *
 * A candidate is a job for each round; its calls of a round share a process. Where the engine cannot stop a call, the job's clock does, and the calls after it run in another.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Job, type JobFile, type Outcome, runLanguage } from '../run/mod.ts';
import { emptyRow, fromOf, type MatrixBuilding, openRows, type RowRecord } from './building.ts';
import { canonicalText } from './javascript/tree.ts';
import { defaultCallMs, defaultMemoryBytes, type MatrixOptions } from './matrix.ts';
import { type CellState, cellStates, type MatrixTask, type ProbeWay, type RowEnding } from './types.ts';

/** Tests that make more calls one after the other are not judged. */
const mostRounds = 24;
/** Calls of one candidate that may end its process late; the rest is then not run. */
const mostLate = 3;
/** An engine's start and end, ms of CPU time: QuickJS takes 40, Node some 100. */
const startMs = 1_000;
/** Time that a test may take besides the calls, ms. */
const testMs = 1_000;

const own = (path: string): JobFile => ({
  path,
  bytes: readFileSync(new URL(`javascript/${path}`, import.meta.url)),
});
const shared = [own('values.cjs'), own('harness.cjs')];
const asking = own('asking.cjs');
const cells = own('cells.cjs');

/** What a call gave: as a row of `cells.cjs` without its number and time. */
type Answer = readonly ['r' | 'p' | 'e', unknown, string?];
type Verdict =
  | { readonly kind: 'passed' | 'returned' | 'failed' | 'raised' | 'invalid' | 'unjudged' | 'inside' }
  | { readonly kind: 'asks'; readonly args: readonly unknown[] };

interface Cell {
  state: CellState | null;
  readonly answers: Answer[];
  text: string | null;
  us: number;
}

interface Row {
  readonly row: number;
  readonly cells: readonly Cell[];
  ending: RowEnding;
  reason: string | null;
  cpuMs: number;
  late: number;
}

/** One call of a candidate, or a whole test inside. */
interface Wanted {
  readonly column: number;
  readonly call: { readonly args: readonly unknown[] } | { readonly test: string };
}

/** @throws WinnowError as `Runner.run` does */
export async function fillScripts(task: MatrixTask, building: MatrixBuilding, options: MatrixOptions): Promise<void> {
  const width = task.probes.length;
  const keep = (record: RowRecord): void => {
    building.add(record);
    options.onRow?.(record);
  };
  const memo = new Map<string, Verdict>();
  for (const [from, open] of openRows(building, keep)) {
    const part = task.probes.slice(from);
    if (part.length === 0) continue;
    await ask(
      part.map(({ source }) => ({ source, answers: [] })),
      memo,
      task,
      options,
    );
    const ways = part.map(({ source }) => wayOf(source, memo.get(keyOf(source, [])) as Verdict));
    if (building.ways.length < width) {
      const known = building.ways.length;
      building.ways = [...building.ways.slice(0, from), ...ways];
      options.onWays?.(building.ways.slice(known), known);
    }
    const size = options.batch ?? 25;
    for (let first = 0; first < open.length; first += size) {
      const rows = open.slice(first, first + size).map(
        (row): Row => ({
          ...{ row, ending: 'whole', reason: null, cpuMs: 0, late: 0 },
          cells: part.map(() => ({ state: null, answers: [], text: null, us: -1 })),
        }),
      );
      await fillRows(
        rows,
        ways,
        part.map(({ source }) => source),
        memo,
        task,
        options,
      );
      for (const row of rows) keep(recordOf(row, from, width, building));
    }
  }
}

/** Arguments of the first call that each text makes, as trees (`javascript/values.cjs`); null where it makes none, or with what has no text. @throws WinnowError as `Runner.run` does */
export async function firstCalls(
  sources: readonly string[],
  task: MatrixTask,
  options: Pick<MatrixOptions, 'runner' | 'signal' | 'backend'>,
): Promise<readonly (readonly unknown[] | null)[]> {
  const memo = new Map<string, Verdict>();
  await ask(
    sources.map((source) => ({ source, answers: [] })),
    memo,
    task,
    options,
  );
  return sources.map((source) => {
    const verdict = memo.get(keyOf(source, []));
    return verdict?.kind === 'asks' ? verdict.args : null;
  });
}

/** What may say that something is expected. */
const expecting = /\b(assert|expect|throw|should|fail)\w*\b/;

function wayOf(source: string, { kind }: Verdict): ProbeWay {
  if (kind === 'invalid') return 'invalid';
  if (kind === 'inside') return expecting.test(source) ? 'inside' : 'input';
  return expecting.test(source) ? 'outside' : 'input';
}

async function fillRows(
  rows: readonly Row[],
  ways: readonly ProbeWay[],
  sources: readonly string[],
  memo: Map<string, Verdict>,
  task: MatrixTask,
  options: MatrixOptions,
): Promise<void> {
  for (const { cells: list } of rows)
    for (const [column, cell] of list.entries()) if (ways[column] === 'invalid') cell.state = 'not-run';
  for (let round = 0; round < mostRounds; round++) {
    const asked = rows.flatMap(({ cells: list }) =>
      list.flatMap(({ state, answers }, column) =>
        state === null ? [{ source: sources[column] as string, answers }] : [],
      ),
    );
    if (asked.length === 0) return;
    await ask(asked, memo, task, options);
    const jobs: { row: Row; wanted: Wanted[] }[] = [];
    for (const row of rows) {
      const wanted: Wanted[] = [];
      for (const [column, cell] of row.cells.entries()) {
        if (cell.state !== null) continue;
        const source = sources[column] as string;
        const verdict = memo.get(keyOf(source, cell.answers)) as Verdict;
        if (verdict.kind === 'asks') wanted.push({ column, call: { args: verdict.args } });
        else if (verdict.kind === 'inside') wanted.push({ column, call: { test: source } });
        else finish(cell, verdict.kind, ways[column] as ProbeWay);
      }
      if (wanted.length > 0) jobs.push({ row, wanted });
    }
    const queue = jobs.values();
    const lane = async (): Promise<void> => {
      for (const { row, wanted } of queue) await runRow(row, wanted, task, options);
    };
    await Promise.all(Array.from({ length: Math.min(options.lanes ?? 1, jobs.length) }, lane));
  }
  for (const { cells: list } of rows) for (const cell of list) cell.state ??= 'unjudged';
}

function finish(cell: Cell, kind: Exclude<Verdict['kind'], 'asks' | 'inside'>, way: ProbeWay): void {
  const last = cell.answers.at(-1);
  cell.text =
    kind === 'raised' && last !== undefined
      ? `!${String(last[1]).slice(0, 80)}`
      : cell.answers
          .map(([how, tree]) => (how === 'r' ? canonicalText(tree) : `!${String(tree).slice(0, 80)}`))
          .join(', ');
  if (cell.answers.length === 0) cell.text = null;
  // What is expected of a value that was too much to be told whole is not known.
  const isTold = cell.answers.every(([how, tree]) => how !== 'r' || canonicalText(tree) !== '?large');
  if (kind === 'invalid') cell.state = 'not-run';
  else if (way === 'input') cell.state = kind === 'raised' ? 'raised' : 'returned';
  else cell.state = isTold || kind === 'raised' ? kind : 'unjudged';
}

async function runRow(row: Row, wanted: readonly Wanted[], task: MatrixTask, options: MatrixOptions): Promise<void> {
  let left = wanted;
  while (left.length > 0 && (row.ending === 'whole' || row.ending === 'left')) {
    const outcome = await options.runner.run(candidateJob(task, row.row, left, options), runOptions(options));
    row.cpuMs += outcome.usage.cpuMs ?? 0;
    const { rest, isBegun } = take(row, left, outcome);
    if (rest.length === left.length && !isBegun && row.ending === 'whole') {
      row.ending = outcome.ending.kind === 'timed-out' ? 'timed-out' : 'died';
      row.reason = `${reasonOf(outcome)} while it was loaded`;
    }
    left = rest;
  }
  for (const { column } of left) (row.cells[column] as Cell).state ??= row.late > mostLate ? 'timed-out' : 'not-run';
}

/** @returns calls that have not run; `isBegun`: the process ended in one */
function take(row: Row, wanted: readonly Wanted[], outcome: Outcome): { rest: readonly Wanted[]; isBegun: boolean } {
  const lines = textOf(outcome, 'cells.jsonl').split('\n');
  const begun = lines.pop();
  let done = 0;
  for (const line of lines) {
    const told = readList(line);
    const [number, us] = told;
    if (number === 'invalid' || number === 'failed-to-load') {
      row.ending = number;
      row.reason = String(us).slice(0, 200);
      return { rest: wanted, isBegun: false };
    }
    const one = wanted[done];
    if (number !== done || one === undefined) break;
    done++;
    put(row, row.cells[one.column] as Cell, one, told.slice(2), typeof us === 'number' ? us : 0);
  }
  if (done >= wanted.length || begun !== '[') return { rest: wanted.slice(done), isBegun: false };
  const late = wanted[done] as Wanted;
  const cell = row.cells[late.column] as Cell;
  if (outcome.ending.kind === 'timed-out') {
    row.late++;
    cell.state = 'timed-out';
    if (row.late >= mostLate) {
      row.ending = 'timed-out';
      row.reason = `${mostLate} calls were late, and the rest was not run`;
    }
  } else if (outcome.ending.kind === 'exited') {
    cell.state = 'raised';
    cell.text = '!exit';
    row.ending = 'left';
  } else {
    cell.state = 'raised';
    cell.text = `!${reasonOf(outcome)}`;
    row.ending = 'died';
    row.reason = `${reasonOf(outcome)} in a call`;
  }
  return { rest: wanted.slice(done + 1), isBegun: true };
}

function put(row: Row, cell: Cell, { call }: Wanted, [how, tree, message]: readonly unknown[], us: number): void {
  cell.us = Math.max(0, cell.us) + Math.max(0, Math.min(2 ** 31 - 1, Math.round(us)));
  if (how === 't') cell.state = 'timed-out';
  else if (how === 'x') {
    cell.state = 'raised';
    cell.text = '!exit';
    row.ending = 'whole';
    row.reason = 'left';
  } else if ('test' in call) {
    cell.state = how === 'r' ? (tree === 'passed' ? 'passed' : 'returned') : how === 'a' ? 'failed' : 'raised';
    cell.text =
      how === 'r' ? String(tree).slice(0, 8) : how === 'a' ? '!AssertionError' : `!${String(tree).slice(0, 80)}`;
  } else if (how === 'r') cell.answers.push(['r', tree]);
  else if (how === 'p' || how === 'e')
    cell.answers.push([
      how,
      typeof tree === 'string' ? tree.slice(0, 80) : 'Error',
      String(message ?? '').slice(0, 200),
    ]);
  else cell.state = 'unjudged';
}

function candidateJob(task: MatrixTask, row: number, wanted: readonly Wanted[], options: MatrixOptions): Job {
  const callMs = options.callMs ?? defaultCallMs;
  const isTyped = task.language === 'typescript';
  const source = task.candidates[row]?.source ?? '';
  const isModule = /^\s*(?:import\b(?!\s*\()|export\b|await\b)/m.test(source);
  const candidate = `candidate.${isModule ? 'm' : 'c'}${isTyped ? 'ts' : 'js'}`;
  const entry = isTyped ? 'cells.cts' : 'cells.cjs';
  const named = `\n;globalThis[Symbol.for('winnow.entry')] = typeof ${task.entryPoint} === 'function' ? ${task.entryPoint} : undefined;\n`;
  const ms = startMs + callMs * (wanted.length + 1);
  return {
    language: runLanguage(task.language ?? 'javascript').name,
    entry,
    files: [
      ...shared,
      { ...cells, path: entry },
      text(candidate, source + named),
      text(
        'plan.json',
        JSON.stringify({
          candidate,
          entry: task.entryPoint,
          context: task.context,
          callMs: 4 * callMs,
          calls: wanted.map(({ call }) => call),
        }),
      ),
    ],
    rescue: true,
    limits: {
      cpuMs: ms,
      wallMs: 4 * ms,
      memoryBytes: options.memoryBytes ?? defaultMemoryBytes,
      fileBytes: 256 * 2 ** 20,
    },
  };
}

/** Has the memo know the verdict of each test on its answers. A test that never ends is wrong with them. */
async function ask(
  items: readonly { readonly source: string; readonly answers: readonly Answer[] }[],
  memo: Map<string, Verdict>,
  task: MatrixTask,
  options: Pick<MatrixOptions, 'runner' | 'signal' | 'backend'>,
): Promise<void> {
  const open = new Map(items.map((item) => [keyOf(item.source, item.answers), item] as const));
  for (const key of memo.keys()) open.delete(key);
  let left = [...open];
  while (left.length > 0) {
    const ms = startMs + testMs;
    const outcome = await options.runner.run(
      {
        language: 'javascript',
        entry: asking.path,
        files: [
          ...shared,
          asking,
          text(
            'plan.json',
            JSON.stringify({ entry: task.entryPoint, context: task.context, items: left.map(([, item]) => item) }),
          ),
        ],
        rescue: true,
        limits: {
          cpuMs: ms + 20 * left.length,
          wallMs: 4 * (ms + 20 * left.length),
          memoryBytes: 2 ** 30,
          fileBytes: 256 * 2 ** 20,
        },
      },
      runOptions(options),
    );
    const lines = textOf(outcome, 'told.jsonl').split('\n');
    lines.pop();
    if (
      lines.length === 0 &&
      outcome.ending.kind !== 'timed-out' &&
      outcome.ending.kind !== 'out-of-memory' &&
      left.length > 1
    )
      throw new Error(`tests were not asked: ${new TextDecoder().decode(outcome.stderr.head).slice(-2_000)}`);
    for (const [at, line] of lines.entries())
      if (left[at] !== undefined) memo.set(left[at][0], verdictOf(readList(line)));
    left = left.slice(lines.length);
    const [stuck] = left;
    if (stuck === undefined) break;
    memo.set(stuck[0], { kind: stuck[1].answers.length === 0 ? 'invalid' : 'failed' });
    left = left.slice(1);
  }
}

const verdicts = ['passed', 'returned', 'failed', 'raised', 'invalid', 'unjudged', 'inside'] as const;

function verdictOf([kind, args]: readonly unknown[]): Verdict {
  if (kind === 'asks' && Array.isArray(args)) return { kind, args };
  const known = verdicts.find((one) => one === kind);
  if (known === undefined) throw new Error(`a test was answered by ${String(kind)}`);
  return { kind: known };
}

/** Answers may be megabytes, of each of which a digest says enough. */
function keyOf(source: string, answers: readonly Answer[]): string {
  const key = JSON.stringify([source, answers]);
  return key.length < 1_000 ? key : createHash('sha256').update(key).digest('base64');
}
const text = (path: string, content: string): JobFile => ({ path, bytes: new TextEncoder().encode(content) });
const runOptions = ({
  backend,
  signal,
}: Pick<MatrixOptions, 'backend' | 'signal'>): { backend?: 'native' | 'embedded'; signal: AbortSignal } =>
  backend === undefined ? { signal } : { backend, signal };

function textOf(outcome: Outcome, path: string): string {
  const file = outcome.files.find((one) => one.path === path);
  return file !== undefined && 'bytes' in file ? new TextDecoder().decode(file.bytes) : '';
}

function readList(line: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(line);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function reasonOf({ ending }: Outcome): string {
  if (ending.kind === 'crashed') return ending.signal ?? ending.reason;
  return ending.kind === 'exited' ? `exit ${ending.code}` : ending.kind;
}

function recordOf(row: Row, from: number, width: number, building: MatrixBuilding): RowRecord {
  if (row.ending === 'invalid' || row.ending === 'failed-to-load' || row.cells.length === 0)
    return emptyRow(row.row, { from, width }, row.ending, row.reason);
  const hasLeft = row.reason === 'left' || row.ending === 'left';
  const texts = row.cells.flatMap(({ text: one }) => (one === null ? [] : [one]));
  const { numbers, fresh } = building.number(texts);
  let next = 0;
  return {
    row: row.row,
    ...fromOf(from),
    ending: hasLeft && row.ending === 'whole' ? 'left' : row.ending,
    reason: hasLeft ? null : row.reason,
    cpuMs: Math.round(1000 * row.cpuMs) / 1000,
    states: row.cells.map(({ state }) => cellStates.indexOf(state ?? 'not-run')).join(''),
    outputs: row.cells.map(({ text: one }) => (one === null ? -1 : (numbers[next++] as number))),
    times: row.cells.map(({ us }) => us),
    texts: fresh,
  };
}
