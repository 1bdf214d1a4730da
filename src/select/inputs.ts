/**
 * Inputs on which candidates differ, without a model: calls of the tests with their literals changed (`python/winnow_inputs.py`), run, and kept where they tell candidates apart.
 *
 * Of many the few are kept that split candidates most evenly, one after the other over what the ones before left together: so a few inputs name as many behaviours as there are. S* (arXiv:2502.14382) asks a
 * model for such inputs.
 */
import { readFileSync } from 'node:fs';
import { fillMatrix, type MatrixOptions } from './matrix.ts';
import { outputAt } from './posterior/features.ts';
import type { Matrix, MatrixTask, Probe } from './types.ts';

const file = {
  path: 'winnow_inputs.py',
  bytes: readFileSync(new URL('python/winnow_inputs.py', import.meta.url)),
};
/** Inputs that are tried for each that is kept. */
const tries = 6;

/** @param count kept at the most @returns probes without expectation; none where no test holds a call with literals. @throws WinnowError as `fillMatrix` does */
export async function distinguishingInputs(
  task: MatrixTask,
  count: number,
  seed: number,
  options: Pick<MatrixOptions, 'runner' | 'signal' | 'callMs' | 'memoryBytes' | 'lanes'>,
): Promise<readonly Probe[]> {
  const outcome = await options.runner.run(
    {
      language: 'python',
      entry: file.path,
      files: [file, { path: 'task.json', bytes: new TextEncoder().encode(JSON.stringify(asked(task, count, seed))) }],
      limits: { wallMs: 60_000, cpuMs: 60_000, memoryBytes: 2 ** 30 },
    },
    { backend: 'native', signal: options.signal },
  );
  const made = outcome.files.find(({ path }) => path === 'inputs.json');
  const texts: unknown =
    made !== undefined && 'bytes' in made ? JSON.parse(new TextDecoder().decode(made.bytes)) : null;
  if (!Array.isArray(texts)) throw new Error(`no inputs were made: ${new TextDecoder().decode(outcome.stderr.head)}`);
  if (texts.length === 0) return [];
  const probes = texts.map((source: string, index) => ({ id: `made-${index + 1}`, source, drawn: 1 }));
  const matrix = await fillMatrix({ ...task, probes }, options);
  return splitting(matrix, count).map((column) => probes[column] as Probe);
}

const asked = ({ probes, entryPoint }: MatrixTask, count: number, seed: number): object => ({
  probes: probes.map(({ source }) => source),
  entryPoint,
  count: count * tries,
  seed,
});

/** Columns that split rows, each the most evenly of what those before left together. */
function splitting(matrix: Matrix, count: number): readonly number[] {
  const rows = [...matrix.rows.keys()].filter((row) => matrix.rows[row]?.ending === 'whole');
  let parts = new Map<number, number>(rows.map((row) => [row, 0]));
  const kept: number[] = [];
  while (kept.length < count) {
    const before = kinds(parts);
    let best: { column: number; parts: Map<number, number>; worth: number } | null = null;
    for (const column of matrix.columns.keys()) {
      if (kept.includes(column)) continue;
      const split = splitBy(matrix, parts, column);
      const worth = entropy(split, matrix);
      if (kinds(split) > before && worth > (best?.worth ?? -1)) best = { column, parts: split, worth };
    }
    if (best === null) break;
    kept.push(best.column);
    parts = best.parts;
  }
  return kept;
}

const kinds = (parts: ReadonlyMap<number, number>): number => new Set(parts.values()).size;

function splitBy(matrix: Matrix, parts: ReadonlyMap<number, number>, column: number): Map<number, number> {
  const numbers = new Map<string, number>();
  const split = new Map<number, number>();
  for (const [row, part] of parts) {
    const key = `${part} ${outputAt(matrix, row, column)}`;
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    split.set(row, numbers.get(key) as number);
  }
  return split;
}

function entropy(parts: ReadonlyMap<number, number>, matrix: Matrix): number {
  const drawn = new Map<number, number>();
  for (const [row, part] of parts) drawn.set(part, (drawn.get(part) ?? 0) + (matrix.rows[row]?.drawn ?? 0));
  const all = [...drawn.values()].reduce((sum, one) => sum + one, 0);
  return [...drawn.values()].reduce((sum, one) => sum - (one / all) * Math.log2(one / all), 0);
}
