/** Which of many texts Python itself takes for statements: asked in the sandbox, since a parser is the language's own affair. */
import { readFileSync } from 'node:fs';
import type { Runner } from '../run/mod.ts';

const file = {
  path: 'winnow_valid.py',
  bytes: readFileSync(new URL('python/winnow_valid.py', import.meta.url)),
};

/** @returns one answer for each text. @throws WinnowError as `Runner.run` does */
export async function wellFormed(
  texts: readonly string[],
  runner: Runner,
  signal: AbortSignal,
): Promise<readonly boolean[]> {
  const outcome = await runner.run(
    {
      language: 'python',
      entry: 'winnow_valid.py',
      files: [file, { path: 'texts.json', bytes: new TextEncoder().encode(JSON.stringify(texts)) }],
      limits: { wallMs: 600_000, cpuMs: 600_000, memoryBytes: 2 ** 30 },
    },
    { backend: 'native', signal },
  );
  const made = outcome.files.find(({ path }) => path === 'valid.json');
  const valid: unknown =
    made !== undefined && 'bytes' in made ? JSON.parse(new TextDecoder().decode(made.bytes)) : null;
  if (!Array.isArray(valid) || valid.length !== texts.length)
    throw new Error(`texts were not looked at: ${new TextDecoder().decode(outcome.stderr.head)}`);
  return valid.map((one) => one === true);
}
