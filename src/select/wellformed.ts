/** What Python itself says of texts: whether they are statements, and which are one program. Asked in the sandbox, since a parser is the language's own affair. */
import { readFileSync } from 'node:fs';
import type { Runner } from '../run/mod.ts';

const source = (path: string): { path: string; bytes: Uint8Array } => ({
  path,
  bytes: readFileSync(new URL(`python/${path}`, import.meta.url)),
});
const valid = source('winnow_valid.py');
const normal = source('winnow_normal.py');

/** @returns one answer for each text. @throws WinnowError as `Runner.run` does */
export async function wellFormed(
  texts: readonly string[],
  runner: Runner,
  signal: AbortSignal,
): Promise<readonly boolean[]> {
  const told = await askPython(valid, 'valid.json', texts, runner, signal);
  return told.map((one) => one === true);
}

/**
 * A digest of each program's tree, without places, comments and docstrings: equal for programs that are written alike.
 *
 * @throws WinnowError as `Runner.run` does
 */
export async function normalForms(
  texts: readonly string[],
  runner: Runner,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const told = await askPython(normal, 'normal.json', texts, runner, signal);
  return told.map(String);
}

async function askPython(
  file: { path: string; bytes: Uint8Array },
  answer: string,
  texts: readonly string[],
  runner: Runner,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const outcome = await runner.run(
    {
      language: 'python',
      entry: file.path,
      files: [file, { path: 'texts.json', bytes: new TextEncoder().encode(JSON.stringify(texts)) }],
      limits: { wallMs: 600_000, cpuMs: 600_000, memoryBytes: 2 ** 30 },
    },
    { backend: 'native', signal },
  );
  const made = outcome.files.find(({ path }) => path === answer);
  const told: unknown = made !== undefined && 'bytes' in made ? JSON.parse(new TextDecoder().decode(made.bytes)) : null;
  if (!Array.isArray(told) || told.length !== texts.length)
    throw new Error(`texts were not looked at: ${new TextDecoder().decode(outcome.stderr.head)}`);
  return told;
}
