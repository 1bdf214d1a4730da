/** The literal mode of the selection bench: which tests each program passes when they are run as CodeT's released harness does it (`python/winnow_packed.py`). No outputs. */
import { readFileSync } from 'node:fs';
import type { Runner } from '../../run/mod.ts';
import { cellStates, type Matrix, type MatrixTask } from '../../select/mod.ts';

const file = { path: 'winnow_packed.py', bytes: readFileSync(new URL('python/winnow_packed.py', import.meta.url)) };

/** @throws WinnowError as `Runner.run` does */
export async function packedMatrix(
  task: MatrixTask,
  { runner, signal, callMs }: { runner: Runner; signal: AbortSignal; callMs: number },
): Promise<Matrix> {
  const tests = task.probes.map(({ source }) => source);
  const programs = task.candidates.map(({ source }) => source);
  const outcome = await runner.run(
    {
      language: 'python',
      entry: file.path,
      files: [
        file,
        { path: 'batch.json', bytes: new TextEncoder().encode(JSON.stringify({ tests, programs, callMs })) },
      ],
      limits: { wallMs: 3_600_000, cpuMs: 3_600_000, memoryBytes: 3 * 2 ** 29, processes: 64 },
    },
    { backend: 'native', signal },
  );
  const made = outcome.files.find(({ path }) => path === 'rows.json');
  const rows: unknown = made !== undefined && 'bytes' in made ? JSON.parse(new TextDecoder().decode(made.bytes)) : null;
  if (!Array.isArray(rows) || rows.length !== programs.length)
    throw new Error(
      `programs of ${task.id} did not run: ${JSON.stringify(outcome.ending)} ${new TextDecoder().decode(outcome.stderr.head)}`,
    );
  const width = tests.length;
  const states = new Uint8Array(programs.length * width).fill(cellStates.indexOf('failed'));
  for (const [row, told] of rows.entries())
    if (String(told).startsWith('+'))
      for (let column = 0; column < width; column++)
        if (String(told)[column + 1] === '1') states[row * width + column] = cellStates.indexOf('passed');
  return {
    task: task.id,
    rows: task.candidates.map(({ id, drawn }) => ({ id, drawn, ending: 'whole', reason: null, cpuMs: 0 })),
    columns: task.probes.map(({ id, source, drawn }) => ({ id, source, drawn, way: 'inside' })),
    states,
    outputs: new Int32Array(states.length).fill(-1),
    texts: [],
  };
}
