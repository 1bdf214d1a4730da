/**
 * The realm's own program: makes of a bare engine what a program written for Node expects, and takes the host's calls.
 *
 * It runs once, when the image of a fresh engine is made; each job starts from a copy of that image.
 */
import { setCodec } from './bytes.ts';
import { declare, undeclare } from './constants.ts';
import { door } from './door.ts';
import { defineGlobals, seedRandom } from './globals.ts';
import { setInsight } from './inspect.ts';
import { begin, process, type Start } from './process.ts';
import { installStacks, report, reportRejection } from './report.ts';
import { builtIn, importLegacy, runMain } from './require.ts';
import { beginSession, failure, show } from './session.ts';
import { hasTicks, runNext, runTicks } from './timers.ts';

interface JobStart extends Start {
  seed: number;
  kind: string;
}

const states = ['pending', 'fulfilled', 'rejected'] as const;
setInsight({
  promise(value) {
    const state = states[door('promise-state', value)] ?? 'pending';
    return state === 'pending' ? { state } : { state, value: door('promise-result', value) };
  },
});
setCodec({
  encode: (text) => new Uint8Array(door('encode', text)),
  decode: ({ buffer, byteOffset, byteLength }) =>
    door('decode', buffer as ArrayBuffer, byteOffset, byteOffset + byteLength),
});
defineGlobals();
installStacks();

let nodeVersion = '';
let mainPromise: Promise<unknown> | null = null;

/** What the host calls, by name. */
const calls: Record<string, (value: unknown) => unknown> = {
  start(json) {
    const start = JSON.parse(String(json)) as JobStart;
    nodeVersion = start.nodeVersion;
    seedRandom(start.seed);
    begin(start);
    const result = runMain(start.entry, start.kind);
    if (result instanceof Promise) mainPromise = result;
  },
  session(json) {
    const start = JSON.parse(String(json)) as JobStart;
    nodeVersion = start.nodeVersion;
    seedRandom(start.seed);
    begin(start);
    beginSession();
  },
  declare: (json) => declare(JSON.parse(String(json))),
  undeclare: () => undeclare(),
  /** The value of a cell's last expression. */
  result: (value) => show(value, true),
  failure: (error) => failure(error),
  ticks: () => runTicks(),
  'has-ticks': () => hasTicks(),
  next: () => runNext(),
  /** @returns true when the program goes on */
  error(error) {
    process.emit('uncaughtExceptionMonitor', error, 'uncaughtException');
    if (process.listenerCount('uncaughtException') === 0) {
      report(error, nodeVersion);
      return false;
    }
    process.emit('uncaughtException', error, 'uncaughtException');
    return true;
  },
  rejection(promise) {
    const reason = door('promise-result', promise as object);
    if (process.emit('unhandledRejection', reason, promise)) return true;
    process.emit('uncaughtExceptionMonitor', reason, 'unhandledRejection');
    if (process.listenerCount('uncaughtException') > 0)
      return process.emit('uncaughtException', reason, 'unhandledRejection');
    reportRejection(reason, nodeVersion);
    return false;
  },
  /** Nothing is left to do. @returns the exit code, or -1 when there is something to do again */
  drained() {
    if (process.emit('beforeExit', Number(process.exitCode ?? 0)) && (hasTicks() || mayGoOn())) return -1;
    if (mainPromise !== null && door('promise-state', mainPromise) === 0 && process.exitCode === undefined) {
      process.stderr.write('Warning: Detected unsettled top-level await\n');
      // Node's code for this. Node.js documentation, "Exit codes".
      process.exitCode = 13;
    }
    return process.end();
  },
  /** The program ends because of an error. */
  fail(code) {
    if (Number(process.exitCode ?? 0) === 0) process.exitCode = Number(code);
    return process.end();
  },
  'make-error'(json) {
    const { message, code } = JSON.parse(String(json)) as { message: string; code: string };
    return Object.assign(new Error(message), { code });
  },
  names: (name) => Object.keys((builtIn(String(name)) ?? {}) as object).join(','),
};

function mayGoOn(): boolean {
  return runNext();
}

export const enter = (name: string, value: unknown): unknown => calls[name]?.(value);
/** Imported by what stands in for a CommonJS file or a built-in among modules. */
export { importLegacy };
