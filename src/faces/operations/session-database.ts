/** `winnow session changes`, `keep`, `drop` and `undo`: what a session of SQL holds aside of a database of the user's. */
import { resolve } from 'node:path';
import { z } from 'zod';
import type { DatabaseAct, SessionRequest } from '../../run/mod.ts';
import { databaseChangeLines } from '../views/changes.ts';
import { databaseChangeSchema } from './changes-schemas.ts';
import { badSessionUsage, withHost } from './session-client.ts';
import { sessionId } from './session-schemas.ts';
import type { Context, Operation } from './types.ts';

/** What `session new` was given of a database. The password is read here and goes to the server alone. */
export function requestedDatabase(
  given: {
    readonly database: string | undefined;
    readonly connection: string | undefined;
    readonly passwordVariable: string;
    readonly grantIrreversible: boolean;
  },
  context: Context,
): Pick<SessionRequest, 'database'> {
  const { database, connection, passwordVariable, grantIrreversible } = given;
  if (database !== undefined && connection !== undefined)
    throw badSessionUsage('session new', 'Give --database or --connection, not both.');
  if (database !== undefined) return { database: { kind: 'sqlite', file: resolve(context.cwd, database) } };
  if (connection === undefined) return {};
  const password = context.settings.variable(passwordVariable) ?? null;
  return { database: { kind: 'postgres', url: connection, password, grantIrreversible } };
}

const input = z.strictObject({ id: sessionId });

const changesSchema = z.array(databaseChangeSchema);

const outputOf = <Act extends DatabaseAct>(act: Act) =>
  z.strictObject({
    schema: z.literal(`winnow.session.${act}/1`),
    did: z.literal(act),
    kind: z.enum(['sqlite', 'postgres']),
    database: z.string().describe('The file, or user, host, port and name'),
    changes: changesSchema.describe('Before they were kept; empty for drop and undo'),
    entry: z.string().nullable().describe('Of `winnow history`, for keep; null where nothing changed'),
  });

type OutputSchema = ReturnType<typeof outputOf<DatabaseAct>>;
type Output = z.output<OutputSchema>;
type DatabaseOperation = Operation<typeof input, OutputSchema>;

function operation(
  act: DatabaseAct,
  row: Pick<DatabaseOperation, 'summary' | 'description' | 'examples'>,
): DatabaseOperation {
  return {
    name: `session ${act}`,
    ...row,
    input,
    output: outputOf(act),
    positional: [{ property: 'id', label: 'ID' }],
    run: async ({ id }, context) => {
      const { kind, name, changes, entry, notices } = await withHost(context, id, (host) =>
        host.call({ verb: 'database', id, act }),
      );
      for (const text of notices) context.notice(text);
      const schema = `winnow.session.${act}/1` as const;
      return { schema, did: act, kind, database: name, changes: changes.map((change) => ({ ...change })), entry };
    },
    render: databaseView,
    exit: () => 0,
  };
}

/** What an act on a database came to. */
export function databaseView({ did, kind, database, changes, entry }: Omit<Output, 'schema'>): string {
  const told = databaseChangeLines(changes).map((line) => `${line}\n`);
  const after =
    entry === null
      ? ''
      : kind === 'sqlite'
        ? `winnow undo ${entry} takes it back, also when the session has ended\n`
        : '';
  const head = {
    changes: changes.length === 0 ? `Nothing differs from ${database}.` : `Not yet in ${database}:`,
    keep: changes.length === 0 ? `${database} already holds it all.` : `Kept in ${database}:`,
    drop: `Dropped. The session meets ${database} as it last was.`,
    undo: `${database} is as it was before the last keep.`,
  }[did];
  return `${head}\n${told.join('')}${after}`;
}

export const sessionChanges = operation('changes', {
  summary: 'what a SQL session did to a database, before it is kept',
  description:
    'Rows and definitions by table, told by a second sandbox that compares the copy with what the file held. On a server: rows by kind of statement, as the server counts them.',
  examples: [{ command: 'winnow session changes shop', does: 'tables with rows that came and went' }],
});

export const sessionKeep = operation('keep', {
  summary: 'put what a SQL session did into its database',
  description:
    'Writes the copy back into the file under its own locks, as one transaction: a kill in the middle leaves it as it was. `winnow history` has it from then on, and `winnow undo` takes it back. Nothing is written when another program changed the file since the session began or last kept (exit code 1), or has it open in a transaction or in WAL mode. On a server: COMMIT, which cannot be undone.',
  examples: [{ command: 'winnow session keep shop', does: 'all of it, or nothing' }],
});

export const sessionDrop = operation('drop', {
  summary: 'forget what a SQL session did to its database',
  description: 'The next cell meets the database as it was at the start or last kept. On a server: ROLLBACK.',
  examples: [{ command: 'winnow session drop shop', does: 'as if no cell had run' }],
});

export const sessionUndo = operation('undo', {
  summary: 'take back what a SQL session last kept',
  description:
    'Puts back what the file held before the last keep, while nobody changed the file since (exit code 1 otherwise, and nothing is written). `winnow undo` does it when the session has ended. What was committed on a server cannot be taken back.',
  examples: [{ command: 'winnow session undo shop', does: 'the file is as before' }],
});
