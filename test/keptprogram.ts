/**
 * Running the real command line in one kept process for a whole test file: the same modules as `bin/winnow.js` starts, loaded once.
 *
 * A start of the program takes 0.2 to 0.35 s of processor time, more than most commands need. Each command here has its own words,
 * environment, directory, standard input, streams and exit code, and what it left listening is taken away; what stays between commands is
 * what modules keep, as in `winnow serve`. So it is for tests of what commands say and do. Not for tests of starting, signals,
 * terminals, redirected streams, being killed, or of several commands at once: those start processes (`program.ts`).
 */
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { environment, type Ran } from './program.ts';

/** Milliseconds, as for a process of its own; and what the thread needs to say that it was too long. */
const usualTimeoutMs = 60_000;
const tellingMs = 30_000;

export interface KeptCommand {
  readonly words: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly input: string;
}

export interface KeptOptions {
  readonly home: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  readonly timeout?: number;
}

let kept: {
  readonly thread: Worker;
  readonly port: import('node:worker_threads').MessagePort;
  readonly done: Int32Array;
} | null = null;

/** As `winnow` of `program.ts`, which starts a process for each. */
export function winnow(words: readonly string[], options: KeptOptions): Ran {
  const { home, cwd = process.cwd(), env = environment(home), input = '', timeout = usualTimeoutMs } = options;
  kept ??= startThread();
  const { thread, port, done } = kept;
  Atomics.store(done, 0, 0);
  thread.postMessage({ command: { words, cwd, env, input } satisfies KeptCommand, timeout });
  Atomics.wait(done, 0, 0, timeout + tellingMs);
  const answer = receiveMessageOnPort(port)?.message as { ran?: Ran; broken?: string } | undefined;
  if (answer?.ran === undefined)
    throw new Error(`the kept program: ${answer?.broken ?? 'no answer'} (winnow ${words.join(' ')})`);
  return answer.ran;
}

function startThread(): NonNullable<typeof kept> {
  const { port1, port2 } = new MessageChannel();
  const done = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Worker(new URL('./keptprogram-thread.ts', import.meta.url), {
    workerData: { port: port2, done },
    transferList: [port2],
  });
  // The process ends with its child when the file's tests are over.
  thread.unref();
  port1.unref();
  return { thread, port: port1, done };
}
