/** `winnow fix --keep`: a patch goes into the user's directory through the overlay's store, so that `winnow undo` can take it back. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JobFile, type Runner, runOver } from '../../run/mod.ts';
import type { JudgedPatch } from '../../solve/mod.ts';
import { appliedOutput } from './changes-schemas.ts';
import type { FixOutput } from './fix-schemas.ts';
import type { Context } from './types.ts';
import { recovered, undoStoreOf } from './undo-store.ts';

/** What was read when the patch was made must still be there; else nothing is written, and what differs is told. */
export async function keepPatch(
  root: string,
  { files }: Pick<JudgedPatch, 'files'>,
  runner: Runner,
  context: Context,
): Promise<NonNullable<FixOutput['kept']>> {
  const changed = files.filter(({ path, before }) => !isStill(join(root, path), before));
  if (changed.length > 0)
    return {
      id: null,
      result: 'conflict',
      conflicts: changed.map(({ path }) => ({
        path,
        why: 'it was changed while the patch was made',
        diff: null,
        note: null,
      })),
    };
  const store = undoStoreOf(context);
  await recovered(store, context);
  const contents: JobFile[] = files.map(({ after }, at) => ({ path: `new/${at}`, bytes: after }));
  // Written over, not replaced: permissions stay.
  const lines = files.map(
    ({ path }, at) =>
      `mkdir -p -- ${quoted(join(root, path, '..'))}\ncat -- "$here/new/${at}" > ${quoted(join(root, path))}`,
  );
  // By its text a path is a word here, never code.
  const script = `set -e\nhere="$(cd "$(dirname "\${BASH_SOURCE[0]}")" && pwd)"\n${lines.join('\n')}\n`;
  const job = {
    language: 'bash',
    files: [...contents, { path: 'apply.sh', bytes: new TextEncoder().encode(script) }],
    entry: 'apply.sh',
  };
  const { outcome, entry, notices } = await runOver(
    store,
    runner,
    job,
    { directory: root, command: `fix: ${files.map(({ path }) => path).join(' ')}`, entryInOver: () => null },
    { backend: 'native', signal: context.signal },
  );
  for (const text of notices) context.notice(text);
  if (outcome.ending.kind !== 'exited' || outcome.ending.code !== 0) {
    await store.drop(entry);
    const said = Buffer.from(outcome.stderr.head).toString('utf8').trim().split('\n').at(-1) ?? '';
    throw new Error(`the patch could not be written over the overlay: ${said || outcome.ending.kind}`);
  }
  const applied = await store.keep(entry);
  for (const text of applied.notices) context.notice(text);
  return { id: entry.id, ...appliedOutput(applied) };
}

function isStill(path: string, before: Uint8Array | null): boolean {
  try {
    return before !== null && Buffer.compare(readFileSync(path), before) === 0;
  } catch (error) {
    return before === null && (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
