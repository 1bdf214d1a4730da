/** Change sets, conflicts and the history as schemas, for answers in JSON; shared by `run --in`, `keep`, `undo` and `history`. */
import { z } from 'zod';
import { type Applied, type ChangeSet, changeKinds, entryStates, type HistoryEntry } from '../../run/mod.ts';

const whole = z.int().min(0);

const sideSchema = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('file'),
      mode: whole,
      size: whole,
      hash: z.string().describe('SHA-256 of its bytes'),
    }),
    z.strictObject({ type: z.literal('directory'), mode: whole }),
    z.strictObject({ type: z.literal('link'), target: z.string() }),
    z.strictObject({ type: z.literal('other') }),
  ])
  .nullable();

const changeSchema = z.strictObject({
  kind: z.enum(changeKinds).describe('renamed: the same bytes elsewhere; replaced: something of another type'),
  path: z.string().describe('Below the directory; bytes that are no UTF-8 as U+DC80 to U+DCFF'),
  from: z.string().nullable().describe('Where it was before it was renamed'),
  before: sideSchema,
  after: sideSchema,
  diff: z.string().nullable().describe('A unified diff, where both sides are text'),
  noDiff: z.string().nullable().describe('Why there is none of a change of content'),
});

export const changeSetSchema = z.strictObject({
  changes: z.array(changeSchema),
  leftOut: z.array(z.strictObject({ path: z.string(), reason: z.string() })).describe('What cannot be kept'),
  warnings: z
    .array(z.string())
    .describe('What to look at before keeping: hooks, links that lead out, lost permission bits'),
  problem: z.string().nullable().describe('Why the set is not whole and cannot be kept'),
});

const rows = whole.nullable();

export const databaseChangeSchema = z.strictObject({
  name: z.string().describe('A table, index, view or trigger; on a server a kind of statement'),
  change: z.enum(['added', 'removed', 'modified']),
  addedRows: rows.describe('An updated row is one that was added and one that was removed; null: not counted'),
  removedRows: rows,
  schema: z.boolean().describe('Its definition is another'),
});

export const entrySchema = z.strictObject({
  id: z.string(),
  state: z.enum(entryStates),
  kind: z.enum(['run', 'session']),
  command: z.string(),
  directory: z.string().describe('Of a database’s file where it lies; empty for a server'),
  database: z
    .strictObject({
      kind: z.enum(['sqlite', 'postgres']),
      name: z.string().describe('The file, or user, host, port and name'),
      changes: z.array(databaseChangeSchema),
    })
    .nullable()
    .describe('What a session kept in a database; null: it was a directory'),
  startedMs: z.number().describe('ms since 1970'),
  keptMs: z.number().nullable(),
  counts: z.strictObject(
    Object.fromEntries(changeKinds.map((kind) => [kind, whole])) as Record<(typeof changeKinds)[number], typeof whole>,
  ),
  undoable: z.boolean().describe('It is kept, and what was there before is kept as well'),
  whyNot: z.string().nullable().describe('Why a kept one cannot be undone'),
  irreversible: z.array(z.string()).describe('What it may have done that no undo takes back'),
  bytes: whole.describe('What it holds in the undo store'),
});

export const appliedSchema = z.strictObject({
  result: z.enum(['kept', 'undone', 'dropped', 'conflict']).describe('conflict: nothing was applied'),
  conflicts: z.array(
    z.strictObject({
      path: z.string(),
      why: z.string(),
      diff: z
        .string()
        .nullable()
        .describe('From what is there now to what the change set holds; its last line counts what it leaves out'),
      note: z.string().nullable().describe('Of what is no text: sizes, hashes and the first byte that differs, from 0'),
    }),
  ),
});

export type EntryOutput = z.output<typeof entrySchema>;
export type ChangeSetOutput = z.output<typeof changeSetSchema>;
export type AppliedOutput = z.output<typeof appliedSchema>;

export const entryOutput = (entry: HistoryEntry): EntryOutput => ({
  ...entry,
  database:
    entry.database === null
      ? null
      : { ...entry.database, changes: entry.database.changes.map((change) => ({ ...change })) },
  counts: { ...entry.counts },
  irreversible: [...entry.irreversible],
});

export const changeSetOutput = (set: ChangeSet): ChangeSetOutput => ({
  changes: set.changes.map((change) => ({ ...change })),
  leftOut: set.leftOut.map((one) => ({ ...one })),
  warnings: [...set.warnings],
  problem: set.problem,
});

export const appliedOutput = (applied: Applied): AppliedOutput => ({
  result: applied.result,
  conflicts: applied.result === 'conflict' ? applied.conflicts.map((one) => ({ ...one })) : [],
});
