/** `winnow session interrupt` and `restart`: what does not wait for a cell. */
import { z } from 'zod';
import { withHost } from './session-client.ts';
import { sessionId, sessionOutput, sessionSchema } from './session-schemas.ts';
import type { Operation } from './types.ts';

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
