/** `winnow session new`: a session that lives on when the command has ended. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import { partsOf, realDirectory } from '../../run/mod.ts';
import { sessionLine } from '../views/session.ts';
import { withNewHost } from './session-client.ts';
import { requestedDatabase } from './session-database.ts';
import {
  languageFlag,
  namingFlags,
  requestOf,
  sessionFlags,
  sessionLabels,
  sessionLanguage,
} from './session-limits.ts';
import { newName, sessionOutput, sessionSchema } from './session-schemas.ts';
import type { Operation } from './types.ts';

const input = sessionFlags.extend({
  lang: languageFlag.describe('The language of its cells'),
  name: newName,
  in: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Work on a directory through an overlay: it stays as it is until the session ends and what changed is kept; native backend only',
    ),
  database: z
    .string()
    .min(1)
    .optional()
    .describe('SQL: an SQLite file to work on; cells see a copy, which `session keep` puts back'),
  connection: z
    .string()
    .min(1)
    .optional()
    .describe('SQL: a PostgreSQL server, postgres://user@host:port/name; the session is one transaction'),
  passwordVariable: z
    .string()
    .min(1)
    .default('PGPASSWORD')
    .describe(
      'The environment variable that holds the password of --connection; without it your password file is asked',
    ),
  grantIrreversible: z
    .boolean()
    .default(false)
    .describe('Let statements run on the server that no rollback takes back'),
});

const output = z.strictObject({ schema: z.literal('winnow.session.new/1'), session: sessionSchema });

export const sessionNew: Operation<typeof input, typeof output> = {
  name: 'session new',
  summary: 'a session: cells in order, state kept between them and between commands',
  description: `Opens a sandbox that lives on, prints its id, and ends. What \`session run\` runs in it keeps variables, functions, imports and files for the next cell. As with \`winnow run\` there is no network, no environment and nothing of this machine's files but what is named.

Sessions are held by one background process for each WINNOW_HOME, which the first session starts and which ends a minute after the last. A session ends when nobody used it for its idle time, when its total time is over, or by \`session end\`.

docs/sessions.md tells more.`,
  examples: [
    { command: 'winnow session new --lang python', does: 'prints an id such as s-k3vd81qa' },
    {
      command: 'winnow session new --lang python --name work --files data.csv --memory 2GiB --idle 4h',
      does: 'with a name, a file in its work directory, and more room',
    },
    {
      command: 'winnow session new --lang bash --in project --name edit',
      does: 'on a directory of yours, through an overlay; `winnow session end edit --keep` keeps what it changed',
    },
    {
      command: 'winnow session new --lang sql --database shop.sqlite --name shop',
      does: 'on a copy of a database, kept by `winnow session keep shop`',
    },
    { command: 'winnow session new --lang bash --backend embedded', does: 'where nothing is installed' },
  ],
  input,
  output,
  positional: [],
  labels: { ...sessionLabels, name: 'NAME', in: 'DIR', database: 'FILE', connection: 'URL', passwordVariable: 'NAME' },
  run: async (
    { lang, name, in: over, database, connection, passwordVariable, grantIrreversible, ...given },
    context,
  ) => {
    const { request: plain, files } = await requestOf(sessionLanguage(lang), given, context, 'session new');
    const asked = { database, connection, passwordVariable, grantIrreversible };
    const request = { ...plain, ...requestedDatabase(asked, context) };
    if (over !== undefined) realDirectory(resolve(context.cwd, over));
    if (over !== undefined && given.network)
      context.notice('What its cells do over the network cannot be taken back; --network is what lets them.');
    return withNewHost(context, (host) =>
      namingFlags('session new', async () => {
        const sent = files.map(({ path, mode = 0o644, bytes }) => ({ path, mode, sizeBytes: bytes.length }));
        const session = await host.call(
          {
            verb: 'new',
            name: name ?? null,
            request,
            over: over === undefined ? null : resolve(context.cwd, over),
            files: sent,
          },
          { data: partsOf(files) },
        );
        if (context.signal.aborted) {
          await host.call({ verb: 'end', id: session.id });
          throw new WinnowError('cancelled', 'The session was cancelled before it was told.');
        }
        for (const caveat of session.caveats) context.notice(caveat);
        return { schema: 'winnow.session.new/1' as const, session: sessionOutput(session) };
      }),
    );
  },
  render: ({ session }) => sessionLine(session),
  exit: () => 0,
};
