/** `winnow history`: runs over directories and what sessions kept in databases, what became of it, and what one of them changed. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import { realDirectory } from '../../run/mod.ts';
import { historyView } from '../views/changes.ts';
import { changeSetOutput, changeSetSchema, entryOutput, entrySchema } from './changes-schemas.ts';
import type { Operation } from './types.ts';
import { undoStoreOf } from './undo-store.ts';

const input = z.strictObject({
  id: z.string().min(1).optional().describe('Show what this one changed; "last" is the latest'),
  in: z.string().min(1).optional().describe('Only runs over this directory, and databases that lie in it'),
  limit: z.int().min(1).max(1000).default(20).describe('Rows to show, newest first'),
  recover: z.boolean().default(false).describe('End what killed commands left half done, and say what became of it'),
});

const output = z.strictObject({
  schema: z.literal('winnow.history/1'),
  entries: z.array(entrySchema),
  total: z.int().min(0).describe('Entries that fit, shown or not'),
  changes: changeSetSchema.nullable().describe('What the one that was asked for changed; null without ID'),
  damaged: z
    .array(z.strictObject({ id: z.string(), path: z.string(), problem: z.string() }))
    .describe('Entries that cannot be read, and so are not among the others; empty with ID'),
  recovered: z.array(z.string()).describe('What was ended that had been cut off'),
});

export type HistoryOutput = z.output<typeof output>;

export const history: Operation<typeof input, typeof output> = {
  name: 'history',
  summary: 'runs over directories, keeps of databases, what became of them, and what can be undone',
  description: `Lists runs and sessions with --in, and what sessions kept in databases, newest first: their ids, places, states and changes. With an ID it shows what that one changed: as a diff, or by table.

What was committed to a PostgreSQL server is told too, and that it cannot be undone.

States: pending (waits for \`winnow keep\` or \`winnow undo\`), kept, undone, dropped, running; keeping and undoing where a process is at it. The store is bounded: the oldest kept ones lose their undo first, and the oldest that wait are dropped; that is said when it happens.`,
  examples: [
    { command: 'winnow history', does: 'the latest runs over directories' },
    { command: 'winnow history last', does: 'the diff of the latest' },
    { command: 'winnow history --recover', does: 'ends what was cut off by a kill or a power failure' },
  ],
  input,
  output,
  positional: [{ property: 'id', label: 'ID' }],
  labels: { in: 'DIR' },
  run: async (given, context) => {
    const store = undoStoreOf(context);
    const recovered = given.recover || store.isUnsettled ? [...(await store.recover()), ...(await store.sweep())] : [];
    if (given.id !== undefined) {
      const entry = store.find(given.id);
      return {
        schema: 'winnow.history/1',
        entries: [entryOutput(entry)],
        total: 1,
        changes: changeSetOutput(store.changes(entry)),
        damaged: [],
        recovered,
      };
    }
    const directory = given.in === undefined ? null : directoryNamed(resolve(context.cwd, given.in));
    const all = store.list().filter((entry) => directory === null || entry.directory === directory);
    return {
      schema: 'winnow.history/1',
      entries: all.slice(0, given.limit).map(entryOutput),
      total: all.length,
      changes: null,
      damaged: store.damaged().map((one) => ({ ...one })),
      recovered,
    };
  },
  render: historyView,
  exit: () => 0,
};

/** A directory that is gone may still be asked for. */
function directoryNamed(path: string): string {
  try {
    return realDirectory(path);
  } catch (error) {
    if (error instanceof WinnowError && error.code === 'path-not-found') return path;
    throw error;
  }
}
