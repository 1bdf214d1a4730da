/** `winnow model serve`: a model that answers by a script, over HTTP on this machine, until it is told to end. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import { readScript, startScripted } from '../../model/mod.ts';
import { harmless } from '../paint.ts';
import type { Context, Operation, Printed } from './types.ts';

const input = z.strictObject({
  script: z.string().min(1).describe('File with rules: what is answered to what, as JSON or YAML'),
  port: z.int().min(0).max(65_535).default(0).describe('Port to listen on; 0 takes any that is free'),
});

const output = z.strictObject({ schema: z.literal('winnow.model.serve/1'), url: z.string() });

export const modelServe: Operation<typeof input, typeof output> = {
  name: 'model serve',
  summary: 'a model without a model: replies by a script, over HTTP on this machine',
  description:
    'Listens on 127.0.0.1 and speaks the protocol of OpenAI, so that everything that asks a model can be tried without one: \u0060--model scripted/any --model-url URL\u0060. The script says which reply, which sequence of replies, or which pool to draw from answers a prompt with certain words in it, and can misbehave as providers do: 429, errors, silence, cut streams, broken JSON. Prints its address and then a line for each request; ends with Ctrl-C. docs/models.md describes scripts.',
  examples: [
    { command: 'winnow model serve replies.yaml', does: 'on any free port' },
    { command: 'winnow model serve replies.yaml --port 4200', does: 'at http://127.0.0.1:4200/v1' },
  ],
  input,
  output,
  positional: [{ property: 'script', label: 'FILE' }],
  run: () => {
    throw new WinnowError(
      'bad-usage',
      '`model serve` answers until it is told to end; over what it serves it cannot be asked for.',
    );
  },
  stream: serveUntilTold,
  render: () => '',
  exit: () => 0,
};

async function serveUntilTold(given: z.output<typeof input>, context: Context, out: Printed): Promise<number> {
  const script = readScript(resolve(context.cwd, given.script));
  const server = await startScripted(script, {
    port: given.port,
    onAsked: (asked, act) => {
      const does = act.fault ?? (act.status === undefined ? 'replies' : String(act.status));
      const end = harmless(asked.last.trim().slice(-60));
      void out.writeError(`${does}  ${asked.model}  n=${asked.count}  …${end}\n`);
    },
  });
  try {
    await out.write(
      out.json ? `${JSON.stringify({ schema: 'winnow.model.serve/1', url: server.url })}\n` : `${server.url}\n`,
    );
    await new Promise<void>((end) => {
      if (context.signal.aborted) end();
      else context.signal.addEventListener('abort', () => end(), { once: true });
    });
  } finally {
    await server.close();
  }
  return 0;
}
