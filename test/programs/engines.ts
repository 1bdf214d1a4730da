/**
 * Engines for tests of the process that hosts engines. Their programs are JSON: a list of steps, each a deed with its argument. They do
 * what no engine lets a program do, so they stand for a program that broke out, or for an engine that is broken.
 */
import fs from 'node:fs';
import type { Engine, EngineModule, EngineOptions, EngineResult } from '../../src/run/embedded/engine.ts';
import type { CheckedJob } from '../../src/run/types.ts';

export type Step = readonly [deed: string, argument?: unknown];

const channel = 3;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** Survives from job to job, as nothing may in a true engine. */
let remembered = 0;

function engine(options: EngineOptions, compiles: boolean): Engine {
  return {
    run: async (job, output) => {
      let result: EngineResult = {
        ending: { kind: 'exited', code: 0 },
        instructions: 7,
        peakMemoryBytes: 1024,
        files: [],
        reusable: true,
      };
      if (compiles) {
        if (job.args.includes('slow-compile')) for (;;);
        output.programBegins?.();
        const none = new Uint8Array(0);
        const ending = { kind: 'exited', code: 0 } as const;
        result = { ...result, compile: { ending, stdout: none, stderr: bytes('compiled'), wallMs: 3, cached: false } };
      }
      for (const [deed, argument] of stepsOf(job)) {
        const say = (text: unknown): void => output.stdout(bytes(String(text)));
        switch (deed) {
          case 'print':
            say(argument);
            break;
          case 'complain':
            output.stderr(bytes(String(argument)));
            break;
          case 'echo':
            output.stdout(job.stdin);
            break;
          case 'job':
            say(JSON.stringify(job, (_key, value) => (value instanceof Uint8Array ? [...value] : value)));
            break;
          case 'remember':
            say(remembered++);
            break;
          case 'hang':
            for (;;);
          case 'wait':
            await new Promise((resolve) => setTimeout(resolve, Number(argument)));
            break;
          case 'burn':
            for (const until = performance.now() + Number(argument); performance.now() < until; );
            break;
          case 'drip':
            for (let i = 0; i < Number(argument); i++) output.stdout(bytes(`${i}\n`));
            break;
          case 'flood':
            for (const chunk = new Uint8Array(100_000).fill(97); ; ) output.stdout(chunk);
          case 'unlimited-flood':
            for (const chunk = new Uint8Array(60_000).fill(97); ; ) raw(4, chunk);
          case 'hoard':
            for (const hoard: unknown[] = []; ; ) hoard.push(new Array(100_000).fill(remembered++));
          case 'abort':
            process.abort();
            break;
          case 'exit':
            process.exit(Number(argument));
            break;
          case 'throw':
            throw new Error(String(argument));
          case 'frame': {
            const [kind, text] = argument as [number, string];
            raw(kind, bytes(text));
            break;
          }
          case 'garbage':
            fs.writeSync(channel, bytes(String(argument)));
            break;
          case 'file':
            result = {
              ...result,
              files: [{ path: String(argument), change: 'added', bytes: bytes('x'), mode: 0o644 }],
            };
            break;
          case 'result':
            result = { ...result, ...(argument as object) };
            break;
          case 'options':
            say(JSON.stringify(options));
            break;
          case 'evaluate':
            say(await new Function('load', `return (async () => ${argument})()`)((name: string) => import(name)));
            break;
          default:
            throw new Error(`no deed ${deed}`);
        }
      }
      return result;
    },
  };
}

function stepsOf(job: CheckedJob): Step[] {
  const entry = job.files.find((file) => file.path === job.entry);
  return JSON.parse(Buffer.from(entry?.bytes ?? []).toString()) as Step[];
}

function raw(kind: number, payload: Uint8Array): void {
  const head = Buffer.alloc(5);
  head.writeUInt32LE(payload.length);
  head.writeUInt8(kind, 4);
  fs.writeSync(channel, Buffer.concat([head, payload]));
}

function module(language: string, more: Partial<EngineModule> = {}): EngineModule {
  return {
    language,
    probe: async () => ({ version: 'Deeds 1' }),
    unpinned: ['clock'],
    counts: true,
    open: async (options) => engine(options, more.compiles === true),
    ...more,
  };
}

const modules: readonly EngineModule[] = [
  module('deeds'),
  module('compiled', { compiles: true }),
  module('uncounted', { counts: false }),
  module('missing', {
    probe: async () => ({ missing: 'the deeds package is not installed', install: 'npm install deeds' }),
  }),
  module('unopenable', { open: () => Promise.reject(new Error('its module is damaged')) }),
  module('dead', { open: async () => process.exit(3) }),
  module('liar', {
    open: async (options) => {
      raw(7, bytes('{}'));
      return engine(options, false);
    },
  }),
  module('keeper', {
    open: async (options) => {
      const file = `${options.cacheDir}/kept`;
      let note = 'found';
      try {
        fs.readFileSync(file);
      } catch {
        note = 'made';
        try {
          fs.writeFileSync(file, 'kept');
        } catch (cause) {
          note = String(cause);
        }
      }
      return {
        run: async (_job, output) => {
          output.stdout(bytes(note));
          return {
            ending: { kind: 'exited', code: 0 },
            instructions: 1,
            peakMemoryBytes: 1,
            files: [],
            reusable: true,
          };
        },
      };
    },
  }),
];

export const engines = modules.map((each) => ({ language: each.language, load: async () => each }));
