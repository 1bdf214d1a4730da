/** `winnow session interrupt`, `restart` and `end`: what does not wait for a cell. */
import { z } from 'zod';
import { findHost, forgetLost, keptSessions, overSessions } from '../../run/mod.ts';
import { count } from '../paint.ts';
import { badSessionUsage, closing, hostPlan, noSession, withHost } from './session-client.ts';
import { sessionId, sessionOutput, sessionSchema } from './session-schemas.ts';
import type { Context, Operation } from './types.ts';

const idInput = z.strictObject({ id: sessionId });
const idArgument = [{ property: 'id', label: 'ID' }] as const;

const interruptOutput = z.strictObject({
  schema: z.literal('winnow.session.interrupt/1'),
  interrupted: z.boolean().describe('A cell ran'),
});

export const sessionInterrupt: Operation<typeof idInput, typeof interruptOutput> = {
  name: 'session interrupt',
  summary: 'stop the cell that runs in a session',
  description:
    'Stops the cell that runs, whoever runs it. Variables stay where the language lets go of the cell; a cell that does not let go loses its kernel, and its report says so. Exit code 1 when no cell ran.',
  examples: [{ command: 'winnow session interrupt work', does: 'stops its cell' }],
  input: idInput,
  output: interruptOutput,
  positional: idArgument,
  run: async ({ id }, context) => {
    const { interrupted } = await withHost(context, id, (host) => host.call({ verb: 'interrupt', id }));
    return { schema: 'winnow.session.interrupt/1', interrupted };
  },
  render: ({ interrupted }) => (interrupted ? 'Its cell was told to stop.\n' : 'No cell ran.\n'),
  exit: ({ interrupted }) => (interrupted ? 0 : 1),
};

const restartOutput = z.strictObject({ schema: z.literal('winnow.session.restart/1'), session: sessionSchema });

export const sessionRestart: Operation<typeof idInput, typeof restartOutput> = {
  name: 'session restart',
  summary: 'a fresh kernel in the same work directory of a session',
  description:
    'Ends the kernel, and the cell that runs in it, and starts a fresh one. Variables are gone; files, history and counts go on.',
  examples: [{ command: 'winnow session restart work', does: 'forgets its variables' }],
  input: idInput,
  output: restartOutput,
  positional: idArgument,
  run: async ({ id }, context) => {
    const session = await withHost(context, id, (host) => host.call({ verb: 'restart', id }));
    return { schema: 'winnow.session.restart/1', session: sessionOutput(session) };
  },
  render: ({ session }) => `${session.id} has a fresh kernel.\n`,
  exit: () => 0,
};

const endInput = z.strictObject({
  id: sessionId.optional(),
  all: z.boolean().default(false).describe('All sessions and snapshots, also those of another version of Winnow'),
});

const endOutput = z.strictObject({
  schema: z.literal('winnow.session.end/1'),
  ended: z.array(z.strictObject({ id: z.string(), was: z.enum(['alive', 'over', 'lost']) })),
});

export const sessionEnd: Operation<typeof endInput, typeof endOutput> = {
  name: 'session end',
  summary: 'end a session, drop a snapshot, or forget one that was lost',
  description:
    'Ends a session with everything that runs in it; its files are gone, its transcript stays and can be shown, exported and replayed. Of a snapshot: drops it. Of a session that was lost with the process that held it: it is listed no more.',
  examples: [
    { command: 'winnow session end work', does: 'ends it' },
    { command: 'winnow session end --all', does: 'ends all there are' },
  ],
  input: endInput,
  output: endOutput,
  positional: idArgument,
  run: async ({ id, all }, context) => {
    if ((id === undefined) !== all) throw badSessionUsage('session end', 'Give one ID, or --all.');
    const { home } = hostPlan(context);
    const kept = keptSessions(home);
    const host = await findHost(home, { anyVersion: all });
    if (host === null) return { schema: 'winnow.session.end/1', ended: forgotten(context, kept, new Set(), id) };
    return closing(host, async () => {
      const state = await host.call({ verb: 'list' });
      const living = [...state.sessions, ...state.snapshots];
      const over = (): Ended => forgotten(context, kept, new Set(living.map((one) => one.id)), id);
      if (id !== undefined && !living.some((one) => one.id === id || one.name === id))
        return { schema: 'winnow.session.end/1', ended: over() };
      const answer = await (id === undefined ? host.call({ verb: 'end-all' }) : host.call({ verb: 'end', id }));
      const ended = answer.ended.map((one) => ({ id: one.id, was: one.why === 'ended' ? 'alive' : 'over' }) as const);
      return { schema: 'winnow.session.end/1', ended: [...ended, ...(id === undefined ? over() : [])] };
    });
  },
  render: ({ ended }) =>
    ended.length === 1 ? `${ended[0]?.id} has ended.\n` : `${count(ended.length, 'session')} ended.\n`,
  exit: () => 0,
};

type Ended = z.output<typeof endOutput>['ended'];

/** @throws WinnowError `unknown-session` when one is asked for by its name and is none of these */
function forgotten(
  context: Context,
  kept: ReturnType<typeof keptSessions>,
  living: ReadonlySet<string>,
  id: string | undefined,
): Ended {
  const { home } = hostPlan(context);
  const over = overSessions(home, kept, living).filter(
    ({ description, end }) => end === 'lost' && (id === undefined || description.id === id || description.name === id),
  );
  if (id !== undefined && over.length === 0) throw noSession(context, id);
  return forgetLost(home, over).map((one) => ({ id: one, was: 'lost' }));
}
