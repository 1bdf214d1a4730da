/**
 * The same compilation, asked for many times at once, happens once.
 *
 * Whoever comes first does the work under its own signal; the others wait for it, each as long as its own
 * signal lets it. When the first is cancelled, the next one that still wants the result starts anew.
 */
import { WinnowError } from '../../base/mod.ts';

export class Once<Result> {
  readonly #running = new Map<string, Promise<Result>>();

  /** @throws WinnowError `cancelled` when `signal` is, and whatever `make` throws */
  async get(key: string, make: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    for (;;) {
      const running = this.#running.get(key);
      if (running === undefined) {
        const made = make().finally(() => this.#running.delete(key));
        this.#running.set(key, made);
        return made;
      }
      try {
        return await unlessCancelled(running, signal);
      } catch (error) {
        const anothersEnd = error instanceof WinnowError && error.code === 'cancelled' && signal?.aborted !== true;
        if (!anothersEnd) throw error;
      }
    }
  }
}

function unlessCancelled<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const cancel = () => reject(new WinnowError('cancelled', 'The run was cancelled while its program was compiled.'));
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', cancel));
  });
}
