/** `winnow session end`: of sessions, snapshots, and what was lost; and what becomes of a directory that a session worked on. */
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import {
  findHost,
  forgetLost,
  type HostClient,
  keptSessions,
  type LivingSession,
  overSessions,
} from '../../run/mod.ts';
import { count, harmless } from '../paint.ts';
import { appliedLines, changeLines } from '../views/changes.ts';
import {
  appliedOutput,
  appliedSchema,
  changeSetOutput,
  changeSetSchema,
  databaseChangeSchema,
  entryOutput,
  entrySchema,
} from './changes-schemas.ts';
import { badSessionUsage, closing, hostPlan, noSession } from './session-client.ts';
import { databaseView } from './session-database.ts';
import { sessionId } from './session-schemas.ts';
import type { Context, Operation, Settings } from './types.ts';
import { recovered, undoStoreOf } from './undo-store.ts';

const input = z.strictObject({
  id: sessionId.optional(),
  all: z.boolean().default(false).describe('All sessions and snapshots, also those of another version of Winnow'),
  keep: z
    .boolean()
    .default(false)
    .describe('Of a session over a directory (--in) or a database: put what it changed there'),
  drop: z.boolean().default(false).describe('Of a session over a directory or a database: forget what it changed'),
});

const endedSchema = z.strictObject({
  id: z.string(),
  was: z.enum(['alive', 'over', 'lost']),
  changed: z
    .strictObject({
      entry: entrySchema.describe('Of the history, as it is now; pending: it waits for `winnow keep` or `winnow undo`'),
      changes: changeSetSchema,
      applied: appliedSchema.nullable().describe('What --keep or --drop came to'),
    })
    .nullable()
    .describe('What it changed in the directory it worked on; null: nothing, or it had none'),
  kept: z
    .strictObject({
      kind: z.enum(['sqlite', 'postgres']),
      database: z.string(),
      changes: z.array(databaseChangeSchema),
      entry: z.string().nullable().describe('Of the history; null where nothing changed, and of a server'),
    })
    .nullable()
    .describe('What --keep put into the database it worked on; null: nothing was asked for, or it had none'),
});

const output = z.strictObject({ schema: z.literal('winnow.session.end/1'), ended: z.array(endedSchema) });

type Ended = z.output<typeof endedSchema>;

export const sessionEnd: Operation<typeof input, typeof output> = {
  name: 'session end',
  summary: 'end a session, drop a snapshot, or forget one that was lost',
  description: `Ends a session with everything that runs in it; its files are gone, its transcript stays and can be shown, exported and replayed. Of a snapshot: drops it. Of a session that was lost with the process that held it: it is listed no more.

What a session changed in a directory it worked on (\`session new --in\`) is shown. --keep puts it there, all of it or nothing, --drop forgets it; without either it waits, and \`winnow keep\` and \`winnow undo\` have it. --keep of a session on a database is \`session keep\` before it ends; without it, what was not kept is forgotten. Exit code 1: the directory or database is no longer what the session saw, and nothing was kept; a session on a database goes on then.`,
  examples: [
    { command: 'winnow session end work', does: 'ends it' },
    { command: 'winnow session end edit --keep', does: 'and keeps what it changed in its directory' },
    { command: 'winnow session end --all', does: 'ends all there are' },
  ],
  input,
  output,
  positional: [{ property: 'id', label: 'ID' }],
  run: async ({ id, all, keep, drop }, context) => {
    if ((id === undefined) !== all) throw badSessionUsage('session end', 'Give one ID, or --all.');
    if (keep && drop) throw badSessionUsage('session end', '--keep and --drop exclude each other.');
    const choice = keep ? 'keep' : drop ? 'drop' : null;
    const { home } = hostPlan(context);
    const before = keptSessions(home);
    const host = await findHost(home, { anyVersion: all });
    const schema = 'winnow.session.end/1' as const;
    if (host === null) return { schema, ended: forgotten(context, before, new Set(), id) };
    return closing(host, async () => {
      const state = await host.call({ verb: 'list' });
      const living = [...state.sessions, ...state.snapshots];
      const over = (): Ended[] => forgotten(context, before, new Set(living.map((one) => one.id)), id);
      if (id !== undefined && !living.some((one) => one.id === id || one.name === id)) return { schema, ended: over() };
      const named = state.sessions.filter((one) => id === undefined || one.id === id || one.name === id);
      const kept = keep ? await keptIn(host, named, context) : new Map<string, Ended['kept']>();
      const answer = await (id === undefined ? host.call({ verb: 'end-all' }) : host.call({ verb: 'end', id }));
      const ended: Ended[] = [];
      for (const one of answer.ended)
        ended.push({
          id: one.id,
          was: one.why === 'ended' ? 'alive' : 'over',
          changed: one.changes === null ? null : await changedBy(one.changes, choice, context),
          kept: kept.get(one.id) ?? null,
        });
      return { schema, ended: [...ended, ...(id === undefined ? over() : [])] };
    });
  },
  render: ({ ended }, settings) =>
    [
      ...ended.flatMap(({ changed }) => (changed === null ? [] : changedLines(changed, settings))),
      ...ended.flatMap(({ kept }) => (kept === null ? [] : [databaseView({ did: 'keep', ...kept }).trimEnd()])),
      ended.length === 1 ? `${ended[0]?.id} has ended.` : `${count(ended.length, 'session')} ended.`,
      '',
    ].join('\n'),
  exit: ({ ended }) => (ended.some(({ changed }) => changed?.applied?.result === 'conflict') ? 1 : 0),
};

/**
 * Keeps what sessions of SQL did to databases, before any of them ends: one that is refused leaves all of them as they are.
 *
 * @returns by the session's id
 */
async function keptIn(
  host: HostClient,
  sessions: readonly LivingSession[],
  context: Context,
): Promise<Map<string, Ended['kept']>> {
  const kept = new Map<string, Ended['kept']>();
  for (const { id, language } of sessions) {
    if (language !== 'sql') continue;
    try {
      const { kind, name, changes, entry, notices } = await host.call({ verb: 'database', id, act: 'keep' });
      for (const text of notices) context.notice(text);
      kept.set(id, { kind, database: name, changes: changes.map((change) => ({ ...change })), entry });
    } catch (error) {
      // A database of its own, in its work directory: there is nothing to be kept.
      if (!(error instanceof WinnowError && error.code === 'unsupported-job')) throw error;
    }
  }
  return kept;
}

async function changedBy(
  id: string,
  choice: 'keep' | 'drop' | null,
  context: Context,
): Promise<NonNullable<Ended['changed']>> {
  const store = undoStoreOf(context);
  await recovered(store, context);
  const entry = store.find(id);
  const changes = store.changes(entry);
  const applied = choice === null ? null : await store[choice](entry);
  for (const text of applied?.notices ?? []) context.notice(text);
  return {
    entry: entryOutput(store.find(id)),
    changes: changeSetOutput(changes),
    applied: applied === null ? null : appliedOutput(applied),
  };
}

function changedLines({ entry, changes, applied }: NonNullable<Ended['changed']>, settings: Settings): string[] {
  return [
    ...changeLines(changes, settings),
    ...(applied === null
      ? [
          `${harmless(entry.directory)} is as it was; winnow keep ${entry.id} keeps this, winnow undo ${entry.id} drops it`,
        ]
      : appliedLines(applied, entry, settings)),
  ];
}

/** @throws WinnowError `unknown-session` when one is asked for by its name and is none of these */
function forgotten(
  context: Context,
  kept: ReturnType<typeof keptSessions>,
  living: ReadonlySet<string>,
  id: string | undefined,
): Ended[] {
  const { home } = hostPlan(context);
  const over = overSessions(home, kept, living).filter(
    ({ description, end }) => end === 'lost' && (id === undefined || description.id === id || description.name === id),
  );
  if (id !== undefined && over.length === 0) throw noSession(context, id);
  return forgetLost(home, over).map((one) => ({ id: one, was: 'lost', changed: null, kept: null }));
}
