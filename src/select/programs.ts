/**
 * Whole programs, which read a probe from standard input and write an answer: a job for each cell, in every language that runs.
 *
 * What a program writes is compared as most judges compare it: line by line, without white space at the end of a line and without empty lines at the end. Compiled languages are compiled
 * once, as artefacts are kept by what they were made from.
 */
import { type Job, type Outcome, type Output, runLanguage } from '../run/mod.ts';
import { emptyRow, fromOf, type MatrixBuilding, openRows, type RowRecord } from './building.ts';
import { largeText } from './javascript/tree.ts';
import type { MatrixOptions } from './matrix.ts';
import { type CellState, cellStates, type MatrixTask } from './types.ts';

export const defaultProgramMs = 2_000;
const defaultProgramBytes = 512 * 2 ** 20;
/** Of what a program wrote, as a matrix keeps it; `winnow_value.py` has it for values. Of more, length and digest are kept. */
const mostText = 20_000;

/** @throws WinnowError as `Runner.runAll` does */
export async function fillPrograms(task: MatrixTask, building: MatrixBuilding, options: MatrixOptions): Promise<void> {
  const { runner, signal } = options;
  const known = building.ways.length;
  if (known < task.probes.length) {
    const ways = task.probes.slice(known).map(({ expected }) => (typeof expected === 'string' ? 'outside' : 'input'));
    building.ways = [...building.ways, ...ways];
    options.onWays?.(ways, known);
  }
  const keep = (record: RowRecord): void => {
    building.add(record);
    options.onRow?.(record);
  };
  for (const [from, rows] of openRows(building, keep))
    for (const row of rows) {
      const outcomes: Outcome[] = [];
      const jobs = task.probes.slice(from).map(({ source }) => jobOf(task, row, source, options));
      for await (const entry of runner.runAll(jobs, {
        signal,
        ordered: true,
        ...(options.backend === undefined ? {} : { backend: options.backend }),
      })) {
        if ('error' in entry) throw entry.error;
        outcomes.push(entry.outcome);
        // What does not compile for one probe compiles for none.
        if (entry.outcome.ending.kind === 'compile-failed') break;
      }
      keep(recordOf(row, from, task, outcomes, building));
    }
}

function jobOf(task: MatrixTask, row: number, stdin: string, options: MatrixOptions): Job {
  const ms = options.callMs ?? defaultProgramMs;
  const language = runLanguage(task.language ?? 'python');
  const source = new TextEncoder().encode(task.candidates[row]?.source ?? '');
  return {
    language: language.name,
    entry: language.defaultEntry,
    files: [{ path: language.defaultEntry, bytes: source }],
    stdin: new TextEncoder().encode(stdin),
    limits: { cpuMs: ms, wallMs: 3 * ms + 1_000, memoryBytes: options.memoryBytes ?? defaultProgramBytes },
  };
}

function recordOf(
  row: number,
  from: number,
  task: MatrixTask,
  outcomes: readonly Outcome[],
  building: MatrixBuilding,
): RowRecord {
  const width = task.probes.length;
  const [first] = outcomes;
  if (first?.ending.kind === 'compile-failed') {
    const told = new TextDecoder().decode(first.compile?.stderr.head ?? new Uint8Array()).trim();
    return emptyRow(row, { from, width }, 'invalid', told === '' ? 'it does not compile' : told.slice(0, 200));
  }
  const cells = outcomes.map((outcome, column) => cellOf(outcome, task.probes[from + column]?.expected ?? null));
  const { numbers, fresh } = building.number(cells.flatMap(({ text }) => (text === null ? [] : [text])));
  let next = 0;
  const fuel = outcomes.map(({ usage }) => (usage.countUnit === 'wasm' ? (usage.instructions ?? -1) : -1));
  return {
    row,
    ...fromOf(from),
    ending: 'whole',
    reason: null,
    cpuMs: outcomes.reduce((sum, { usage }) => sum + (usage.cpuMs ?? 0), 0),
    states: cells.map(({ state }) => cellStates.indexOf(state)).join(''),
    outputs: cells.map(({ text }) => (text === null ? -1 : (numbers[next++] as number))),
    times: outcomes.map(({ usage }) => (usage.cpuMs === null ? -1 : Math.round(usage.cpuMs * 1000))),
    ...(fuel.some((count) => count >= 0) ? { fuel } : {}),
    texts: fresh,
  };
}

function cellOf({ ending, stdout }: Outcome, expected: string | null): { state: CellState; text: string | null } {
  if (ending.kind === 'timed-out') return { state: 'timed-out', text: null };
  if (ending.kind === 'exited' && ending.code === 0) {
    const written = textOf(stdout);
    if (written === null) return { state: expected === null ? 'returned' : 'unjudged', text: '?large' };
    const text = written.length > mostText ? largeText(written) : JSON.stringify(written);
    if (expected === null) return { state: 'returned', text };
    return { state: written === plainLines(expected) ? 'passed' : 'failed', text };
  }
  const why =
    ending.kind === 'exited'
      ? `exit ${ending.code}`
      : ending.kind === 'crashed'
        ? (ending.signal ?? ending.reason)
        : ending.kind;
  return { state: 'raised', text: `!${why}` };
}

/** What was written, as it is compared; null when the run has not kept all of it. */
function textOf({ head, tail, omittedBytes }: Output): string | null {
  if (omittedBytes > 0) return null;
  const decoder = new TextDecoder();
  return plainLines(decoder.decode(head, { stream: true }) + decoder.decode(tail));
}

const plainLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd();
