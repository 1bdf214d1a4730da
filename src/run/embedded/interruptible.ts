/**
 * A program that a clock has stopped gives what its files hold: its engine's process is told by SIGINT before it is killed.
 *
 * WebAssembly that runs hears nothing, so V8 itself is made to end it: Node's `vm` does, on this signal, for what it runs, and no
 * `catch` or `finally` of anyone's runs on the way. The instance must not be entered again; what lies on the host's side, files above all, is as it was.
 * Only for jobs that ask for it (`Job.rescue`): the program has a little more time than its limit, until the engine has heard.
 *
 * Node hears the signal on a thread of its own, which may not have had its turn when the program ends. The signal then ends what is run next, in no
 * time. Whoever runs more than one program in a process has to take such a signal out of the way first (`takeStray`).
 */
import { Script } from 'node:vm';

/** The program was ended from outside; whoever sent the signal knows why. */
export class Interrupted extends Error {}

let endings = 0;

/** Signals so far that have ended something here. */
export const endedBySignal = (): number => endings;

const nobody = new Int32Array(new SharedArrayBuffer(4));

/**
 * Lets a signal that came too late end nothing but a wait.
 *
 * @param waitMs how long to wait for it
 * @returns whether it came
 */
export function takeStray(waitMs: number): boolean {
  try {
    interruptibly(true, () => Atomics.wait(nobody, 0, 0, waitMs));
    return false;
  } catch (cause) {
    if (cause instanceof Interrupted) return true;
    throw cause;
  }
}

/** What an engine says of it; the host, which has stopped it, knows which clock it was. */
export const interrupted = { kind: 'timed-out', clock: 'wall' } as const;

const entry = '__winnowProgram';
const script = new Script(`${entry}()`);

/**
 * @param rescues false: it runs as it would without this
 * @throws Interrupted when SIGINT ended it; else what `program` throws
 */
export function interruptibly<Value>(rescues: boolean | undefined, program: () => Value): Value {
  if (rescues !== true) return program();
  const place = globalThis as unknown as Record<string, unknown>;
  let ended: { readonly value: Value } | { readonly thrown: unknown } | null = null;
  place[entry] = () => {
    delete place[entry];
    try {
      ended = { value: program() };
    } catch (thrown) {
      ended = { thrown };
    }
  };
  try {
    script.runInThisContext({ breakOnSigint: true });
  } catch (cause) {
    delete place[entry];
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_INTERRUPTED') throw cause;
    endings++;
    throw new Interrupted('a signal ended the program');
  }
  const end = ended as { readonly value: Value } | { readonly thrown: unknown } | null;
  if (end === null) throw new Error('the program ended without a word');
  if ('thrown' in end) throw end.thrown;
  return end.value;
}
