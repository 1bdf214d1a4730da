/** `winnow keep ID` and `winnow undo ID`: a change set goes into its directory or database, or out of it again. */
import { basename } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import { type Applied, changedSince, type HistoryEntry, type UndoStore } from '../../run/mod.ts';
import { appliedView, databaseChangeLines } from '../views/changes.ts';
import { type AppliedOutput, appliedOutput, appliedSchema, entryOutput, entrySchema } from './changes-schemas.ts';
import { runSettings } from './session-client.ts';
import type { Context, Operation } from './types.ts';
import { recovered, undoStoreOf } from './undo-store.ts';

const input = z.strictObject({
  id: z.string().min(1).describe('Of the history; its beginning will do, and "last" is the latest'),
});

const output = (schema: 'winnow.keep/1' | 'winnow.undo/1') =>
  z.strictObject({
    schema: z.literal(schema),
    entry: entrySchema.describe('As it is afterwards'),
    ...appliedSchema.shape,
  });

const keepSchema = output('winnow.keep/1');
const undoSchema = output('winnow.undo/1');

async function act(id: string, action: 'keep' | 'undo', context: Context) {
  const store = undoStoreOf(context);
  await recovered(store, context);
  const entry = store.find(id);
  const applied: Applied & { notices: readonly string[] } = await store[action](entry);
  for (const text of applied.notices) context.notice(text);
  if (action === 'undo')
    for (const text of entry.irreversible) context.notice(`What undo does not take back: ${text}.`);
  const told = appliedOutput(applied);
  if (applied.result === 'conflict' && entry.database !== null)
    told.conflicts.push(...(await differences(store, entry, action === 'undo' ? 'after' : 'before', context)));
  return { entry: entryOutput(store.find(entry.id)), ...told };
}

/** What was done since to a database that is no longer as it was kept, by table. */
async function differences(
  store: UndoStore,
  entry: HistoryEntry,
  expected: 'before' | 'after',
  context: Context,
): Promise<AppliedOutput['conflicts']> {
  const file = entry.database?.name ?? '';
  const path = basename(file);
  const held = store.databaseSide(entry, expected);
  const untold = (why: string): AppliedOutput['conflicts'] => [
    { path, why: `what was changed since cannot be told: ${why}`, diff: null, note: null },
  ];
  if (held === null) return untold('it is too large to be held beside what undo needs');
  try {
    const changes = await changedSince(held, file, runSettings(context));
    const lines = databaseChangeLines(changes.map((one) => ({ ...one }))).map(
      (line) => `changed since: ${line.trim()}`,
    );
    return (
      lines.length === 0 ? ['rows and definitions are those that were left, but lie otherwise in the file'] : lines
    ).map((why) => ({
      path,
      why,
      diff: null,
      note: null,
    }));
  } catch (error) {
    if (error instanceof WinnowError) return untold(error.message);
    throw error;
  }
}

export const keep: Operation<typeof input, typeof keepSchema> = {
  name: 'keep',
  summary: 'put what a program changed into its directory, all of it or nothing',
  description: `Applies the changes of a run with --in, which wait in the undo store, to the directory. Where the directory is no longer what the program saw, at any path that it changed, nothing is applied: the conflicts are shown, and the changes go on waiting.

The work is done by a process of its own: a kill of this command leaves the directory as it was or with all changes. Whatever is cut off is ended by the next command, or by \`winnow history --recover\`.

Exit code 0: kept. 1: a conflict, or it cannot be kept. docs/undo.md tells more.`,
  examples: [
    { command: 'winnow keep last', does: 'keeps what the latest run changed' },
    { command: 'winnow keep k3f9', does: 'by the beginning of an id of `winnow history`' },
  ],
  input,
  output: keepSchema,
  positional: [{ property: 'id', label: 'ID' }],
  run: async ({ id }, context) => ({ schema: 'winnow.keep/1', ...(await act(id, 'keep', context)) }),
  render: appliedView,
  exit: ({ result }) => (result === 'conflict' ? 1 : 0),
};

export const undo: Operation<typeof input, typeof undoSchema> = {
  name: 'undo',
  summary: 'take back what was kept, while the directory or database is as it was left',
  description: `Brings a directory back to what it was before a run was kept: bytes, permissions, links, and times of files. Where something was changed again since, at any path of the change set, nothing is undone, and the difference is shown. What waits and was never kept is dropped.

An SQLite file that a session kept something in gets the content of before, unless its content was changed since, which is told by table, or another process holds it. What was committed to a PostgreSQL server cannot be undone.

What a program did over the network, or told to others, is not undone; the history says which runs had the network.

Exit code 0: undone or dropped. 1: a conflict, or what was there before is not kept any more. docs/undo.md tells more.`,
  examples: [
    { command: 'winnow undo last', does: 'takes the latest run back' },
    { command: 'winnow undo k3f9', does: 'by the beginning of an id of `winnow history`' },
  ],
  input,
  output: undoSchema,
  positional: [{ property: 'id', label: 'ID' }],
  run: async ({ id }, context) => ({ schema: 'winnow.undo/1', ...(await act(id, 'undo', context)) }),
  render: appliedView,
  exit: ({ result }) => (result === 'conflict' ? 1 : 0),
};
