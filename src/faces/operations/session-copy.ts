/** `winnow session fork`, `snapshot` and `open`: copies of a state, and what they rest on. */
import { z } from 'zod';
import type { ForkAnswer } from '../../run/mod.ts';
import { sessionLine } from '../views/session.ts';
import { withHost } from './session-client.ts';
import { newName, sessionId, sessionOutput, sessionSchema, snapshotSchema } from './session-schemas.ts';
import type { Context, Operation } from './types.ts';

const input = z.strictObject({ id: sessionId, name: newName });
const positional = [{ property: 'id', label: 'ID' }] as const;
const labels = { name: 'NAME' } as const;

const forked = z.strictObject({
  session: sessionSchema,
  way: z.enum(['heap-image', 'replayed']),
  wallMs: z.number(),
  differing: z.array(z.int()).describe('Of a replay: counts of the cells that gave something else this time'),
});

const forkOutput = z.strictObject({ schema: z.literal('winnow.session.fork/1'), ...forked.shape });
const openOutput = z.strictObject({ schema: z.literal('winnow.session.open/1'), ...forked.shape });

const howCopied =
  'Embedded sessions of all but Bash are copied by an image of their memory, in milliseconds. Elsewhere the cells are run again in a fresh session, with the same seed and clock, and cells that then give something else are named.';

export const sessionFork: Operation<typeof input, typeof forkOutput> = {
  name: 'session fork',
  summary: 'a second session in the same state as another',
  description: `Makes a session that goes on from where another stands; both then go their own ways. ${howCopied}`,
  examples: [
    { command: 'winnow session fork work --name attempt', does: 'prints the id of the copy' },
    { command: 'winnow session fork work --json', does: 'how it was copied, how long it took, what differs' },
  ],
  input,
  output: forkOutput,
  positional,
  labels,
  run: async ({ id, name }, context) => {
    const answer = await withHost(context, id, (host) => host.call({ verb: 'fork', id, name: name ?? null }));
    return { schema: 'winnow.session.fork/1', ...told(answer, context) };
  },
  render: ({ session }) => sessionLine(session),
  exit: () => 0,
};

const snapshotOutput = z.strictObject({ schema: z.literal('winnow.session.snapshot/1'), snapshot: snapshotSchema });

export const sessionSnapshot: Operation<typeof input, typeof snapshotOutput> = {
  name: 'session snapshot',
  summary: 'put the state of a session aside, to make sessions of it later',
  description: `Keeps the state of a session as it is now, also when the session has ended; \`session open\` makes sessions of it as often as wanted, \`session end\` drops it. It lies with the process that holds the sessions and is gone with it, or after eight hours. ${howCopied}`,
  examples: [{ command: 'winnow session snapshot work --name before', does: 'prints an id such as p-8gq2mfx4' }],
  input,
  output: snapshotOutput,
  positional,
  labels,
  run: async ({ id, name }, context) => {
    const snapshot = await withHost(context, id, (host) => host.call({ verb: 'snapshot', id, name: name ?? null }));
    return { schema: 'winnow.session.snapshot/1', snapshot };
  },
  render: ({ snapshot }) => sessionLine(snapshot),
  exit: () => 0,
};

const openInput = z.strictObject({
  id: sessionId.describe('The snapshot, by its id or name'),
  name: newName,
});

export const sessionOpen: Operation<typeof openInput, typeof openOutput> = {
  name: 'session open',
  summary: 'a session in the state of a snapshot',
  description: `Makes a session that goes on from a snapshot. ${howCopied}`,
  examples: [{ command: 'winnow session open before --name again', does: 'prints the id of the session' }],
  input: openInput,
  output: openOutput,
  positional,
  labels,
  run: async ({ id, name }, context) => {
    const answer = await withHost(context, id, (host) => host.call({ verb: 'open', id, name: name ?? null }));
    return { schema: 'winnow.session.open/1', ...told(answer, context) };
  },
  render: ({ session }) => sessionLine(session),
  exit: () => 0,
};

function told({ session, way, wallMs, differing }: ForkAnswer, context: Context): z.output<typeof forked> {
  if (differing.length > 0)
    context.notice(
      `Its cells were run again, and ${differing.length === 1 ? 'one gave' : 'some gave'} something else: ${differing.slice(0, 20).join(', ')}`,
    );
  return { session: sessionOutput(session), way, wallMs, differing: [...differing] };
}
