/**
 * Instructions of each cell of a function in Python: a job for each, on the embedded backend, whose counts are the same on every machine and run.
 *
 * What a job takes besides, start, loading the candidate and evaluating nothing, is counted once and subtracted. Writing what the calls gave counts along: it is the same for equal outputs. A cell whose run gave anything
 * else than the matrix holds has no count, so nobody is quick by doing something else here.
 */
import { readFileSync } from 'node:fs';
import { type Job, pythonTypedLiterals } from '../run/mod.ts';
import type { MatrixOptions } from './matrix.ts';

const files = [
  { path: 'winnow_fuel.py', bytes: readFileSync(new URL('python/winnow_fuel.py', import.meta.url)) },
  ...pythonTypedLiterals(),
];
/** Python in WebAssembly takes some ten times what it takes natively. */
const slower = 20;
const startMs = 2_000;

export interface CellCalls {
  readonly before: string | null;
  readonly calls: readonly string[];
}

/** What is asked of a candidate to see what all besides a call takes. */
const nothing: CellCalls = { before: null, calls: ['None'] };

/**
 * @param cells null: nothing to count @param texts what each gave
 * @returns instructions of each, −1: not counted @throws WinnowError as `Runner.runAll` does, `toolchain-missing` where Python is not embedded here
 */
export async function countFuel(
  source: string,
  cells: readonly (CellCalls | null)[],
  texts: readonly (string | null)[],
  { runner, signal, callMs = 100, memoryBytes }: MatrixOptions,
): Promise<readonly number[]> {
  const wanted = [...cells.keys()].filter((at) => cells[at] !== null && texts[at] !== null);
  if (wanted.length === 0) return cells.map(() => -1);
  const jobs = [nothing, ...wanted.map((at) => cells[at] as CellCalls)].map((cell): Job => {
    const ms = startMs + slower * callMs * Math.max(1, cell.calls.length);
    return {
      language: 'python',
      entry: 'winnow_fuel.py',
      files: [...files, text('candidate.py', source), text('cell.json', JSON.stringify(cell))],
      limits: { cpuMs: ms, wallMs: 4 * ms, ...(memoryBytes === undefined ? {} : { memoryBytes }) },
      count: true,
    };
  });
  const counts: number[] = [];
  let at = 0;
  for await (const entry of runner.runAll(jobs, { signal, ordered: true, backend: 'embedded' })) {
    if ('error' in entry) throw entry.error;
    const { ending, usage, files: changed } = entry.outcome;
    const told = changed.find(({ path }) => path === 'told');
    const gave = told !== undefined && 'bytes' in told ? new TextDecoder().decode(told.bytes) : null;
    const expected = at === 0 ? 'None' : (texts[wanted[at - 1] as number] ?? null);
    const isSame = ending.kind === 'exited' && ending.code === 0 && gave === expected;
    counts.push(isSame && usage.countUnit === 'wasm' && usage.instructions !== null ? usage.instructions : -1);
    at++;
  }
  const [base = -1] = counts;
  const fuel = cells.map(() => -1);
  for (const [index, cell] of wanted.entries()) {
    const count = counts[index + 1] ?? -1;
    if (base >= 0 && count >= 0) fuel[cell] = Math.max(1, count - base);
  }
  return fuel;
}

const text = (path: string, content: string): { path: string; bytes: Uint8Array } => ({
  path,
  bytes: new TextEncoder().encode(content),
});
