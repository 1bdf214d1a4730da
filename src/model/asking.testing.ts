/** For tests of this layer: one scripted server for a file, whose script each test sets, and requests in a line. */
import { afterAll, beforeAll } from 'vitest';
import { type ModelOptions, type OpenedModel, openModel } from './open.ts';
import type { Act, Asked, Script } from './scripted/script.ts';
import { type ScriptedServer, startScripted } from './scripted/server.ts';
import type { Request, Sampling } from './types.ts';

export interface Asking {
  /** Sets what is answered from now on, and forgets what was asked. */
  answer(script: Script | Act | readonly Act[]): void;
  readonly asked: Asked[];
  readonly url: string;
  open(options?: Partial<ModelOptions>): Promise<OpenedModel>;
}

export function useScript(): Asking {
  let server: ScriptedServer;
  let script: Script = () => ({ text: 'fine' });
  const asked: Asked[] = [];
  beforeAll(async () => {
    server = await startScripted((one) => {
      asked.push(one);
      return script(one);
    });
  });
  afterAll(() => server.close());
  return {
    asked,
    get url() {
      return server.url;
    },
    answer: (given) => {
      asked.length = 0;
      if (typeof given === 'function') script = given;
      else {
        const acts = [given].flat() as readonly Act[];
        script = () => acts[Math.min(asked.length - 1, acts.length - 1)] as Act;
      }
    },
    open: (options = {}) => openModel({ id: 'scripted/coder', url: server.url, waitMs: 1, ...options }),
  };
}

export const request = (text: string, sampling: Sampling = {}, more: Partial<Request> = {}): Request => ({
  messages: [{ role: 'user', parts: [{ kind: 'instruction', text }] }],
  sampling,
  ...more,
});

/** The code of what a promise is rejected with. */
export const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'nothing thrown',
    (cause: { code?: string; message?: string }) => cause.code ?? `no WinnowError: ${cause.message}`,
  );
