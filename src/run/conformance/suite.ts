/**
 * What every backend promises for every language, as checks that throw when a promise is broken.
 *
 * One suite for all, so that a caller need not know which backend ran a job. The checks say what must hold, not how:
 * a memory limit may stop a program from outside, or the program may fail inside when it asks for more; both
 * keep the promise, running on does not. Nothing here depends on a test framework.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { WinnowError } from '../../base/mod.ts';
import type { Ending, Job, Limits, Outcome, Output, Runtime } from '../types.ts';
import type { Part } from './languages.ts';

/** One language on one backend. */
export interface Subject {
  readonly runtime: Runtime;
  /** Runs the part's program. `change` adds to the job. */
  run(part: Part, change?: Change, signal?: AbortSignal): Promise<Outcome>;
  /** Runs a program of its own, under the language's usual name. */
  runSource(source: string | Uint8Array, change?: Change): Promise<Outcome>;
  /** The known program, and what it reads and prints. */
  readonly known: { readonly source: string | Uint8Array; readonly input: string; readonly output: string };
  readonly broken: string;
  /** Its endless program says nothing first. */
  readonly silent: boolean;
}

export type Change = Omit<Partial<Job>, 'limits'> & {
  readonly limits?: Partial<Limits>;
  readonly more?: readonly string[];
};

export interface Check {
  readonly name: string;
  readonly parts: readonly Part[];
  hold(subject: Subject): Promise<void>;
}

export const text = (output: Output): string =>
  Buffer.concat([output.head, output.tail]).toString('utf8').replaceAll('\r\n', '\n');
const bytes = (content: string): Uint8Array => Buffer.from(content);
/** Small enough to be reached at once, large enough for any runtime to start. All jobs get it, since warm workers belong to one limit. */
export const memoryBytes = 256 * 1024 * 1024;

export const checks: readonly Check[] = [
  {
    name: 'the known program prints what is known, whatever its file is called',
    parts: [],
    hold: async ({ runSource, known }) => {
      const outcome = await runSource(known.source, { stdin: bytes(known.input), entry: 'known program.txt' });
      ended(outcome, 0);
      assert.equal(text(outcome.stdout), known.output);
      assert.equal(outcome.stdout.omittedBytes, 0);
      assert.ok(outcome.usage.wallMs > 0);
    },
  },
  {
    name: 'standard input arrives whole',
    parts: ['copy'],
    hold: async ({ run }) => {
      const lines = Array.from({ length: 20_000 }, (_, index) => `zeile ${index} äöü 日本\n`).join('');
      const outcome = await run('copy', { stdin: bytes(lines) });
      ended(outcome, 0);
      assert.equal(text(outcome.stdout), lines);
    },
  },
  {
    name: 'no standard input is an empty one',
    parts: ['copy'],
    hold: async ({ run }) => {
      const outcome = await run('copy');
      ended(outcome, 0);
      assert.equal(text(outcome.stdout).trim(), '');
    },
  },
  {
    name: 'arguments arrive as they are',
    parts: ['args'],
    hold: async ({ run }) => {
      const more = ['-n', 'two words', '$HOME `id` "x" \'y\' \\', '日本', '*'];
      const outcome = await run('args', { more });
      ended(outcome, 0);
      assert.equal(text(outcome.stdout), more.map((word) => `[${word}]\n`).join(''));
    },
  },
  {
    name: 'the environment is what the job says and nothing of ours',
    parts: ['env'],
    hold: async ({ run }) => {
      const outcome = await run('env', { env: { GREETING: 'grüß = gott' } });
      ended(outcome, 0);
      assert.equal(text(outcome.stdout), 'grüß = gott\nunset\n');
    },
  },
  {
    name: 'files beside the program are found, whatever their names',
    parts: ['read'],
    hold: async ({ run }) => {
      for (const path of ['data/ümlaut 日本 🦆.txt', "it's $(here)"]) {
        const outcome = await run('read', { more: [path], files: [{ path, bytes: bytes('inside\n') }] });
        ended(outcome, 0);
        assert.equal(text(outcome.stdout), 'inside\n');
      }
    },
  },
  {
    name: 'changed files come back, unchanged ones do not',
    parts: ['change'],
    hold: async ({ run }) => {
      const files = ['data.txt', 'old.txt', 'kept.txt'].map((path) => ({ path, bytes: bytes('before\n') }));
      const outcome = await run('change', { files });
      ended(outcome, 0);
      const changes = outcome.files.map((file) => [
        file.path.replace(/^made\//, ''),
        file.change,
        'bytes' in file ? Buffer.from(file.bytes).toString() : null,
      ]);
      assert.deepEqual(changes.sort(), [
        ['data.txt', 'modified', 'changed\n'],
        ['new.txt', 'added', 'new\n'],
        ['old.txt', 'removed', null],
      ]);
    },
  },
  {
    name: 'streams are told apart, and the exit code is the program’s',
    parts: ['streams'],
    hold: async ({ run }) => {
      const outcome = await run('streams');
      ended(outcome, 7);
      assert.equal(text(outcome.stdout), 'out\n');
      assert.equal(text(outcome.stderr), 'err\n');
    },
  },
  {
    name: 'an error that nobody catches is the program’s own end',
    parts: ['error'],
    hold: async ({ run }) => {
      const outcome = await run('error');
      failed(outcome);
      assert.match(text(outcome.stderr), /planted/);
    },
  },
  {
    name: 'output that is no text comes back as it was',
    parts: ['bytes'],
    hold: async ({ run }) => {
      const outcome = await run('bytes');
      ended(outcome, 0);
      assert.deepEqual([...outcome.stdout.head], [0xff, 0xfe, 0x00, 0x80]);
    },
  },
  {
    name: 'too much output stops it; both ends are kept',
    parts: ['flood'],
    hold: async ({ run }) => {
      const outcome = await run('flood', {
        limits: { outputBytes: 300_000, keepBytes: 1000, wallMs: 120_000, cpuMs: 30_000 },
      });
      assert.deepEqual(outcome.ending, { kind: 'output-limit', stream: 'stdout' });
      const { head, tail, omittedBytes } = outcome.stdout;
      assert.equal(head.length + tail.length, 1000);
      assert.match(Buffer.from(head).toString(), /^line 0\nline 1\nline 2\n/);
      // The last whole line of the tail is far from the first of the head.
      const last = /line (\d+)\n[^\n]*$/.exec(Buffer.from(tail).toString());
      assert.ok(Number(last?.[1]) > 10_000, `the tail ends with ${JSON.stringify(last?.[0])}`);
      assert.ok(omittedBytes >= 290_000 && omittedBytes < 2_000_000, `${omittedBytes} bytes left out`);
    },
  },
  {
    name: 'a program that never ends is stopped by the wall clock, and keeps what it wrote',
    parts: ['loop'],
    hold: async ({ run, silent }) => {
      const outcome = await afterStart(silent, (ms) => run('loop', { limits: { wallMs: ms, cpuMs: 600_000 } }));
      assert.deepEqual(outcome.ending, { kind: 'timed-out', clock: 'wall' });
      assert.equal(text(outcome.stdout), silent ? '' : 'started\n');
    },
  },
  {
    name: 'CPU time is limited apart from elapsed time',
    parts: ['loop'],
    hold: async ({ run, silent }) => {
      const outcome = await afterStart(silent, (ms) => run('loop', { limits: { cpuMs: ms, wallMs: 60_000 } }));
      assert.deepEqual(outcome.ending, { kind: 'timed-out', clock: 'cpu' });
    },
  },
  {
    name: 'memory without end is not to be had',
    parts: ['memory'],
    hold: async ({ run }) => {
      const outcome = await run('memory', { limits: { wallMs: 60_000, cpuMs: 60_000 } });
      if (outcome.ending.kind !== 'out-of-memory') failed(outcome);
      const peak = outcome.usage.peakMemoryBytes;
      // A runtime's own pages count, the limit's watchers need a moment; twice as much is no limit any more.
      if (peak !== null) assert.ok(peak < 2 * memoryBytes, `${peak} bytes at the most`);
    },
  },
  {
    name: 'files without end cannot be written',
    parts: ['fill'],
    hold: async ({ run }) => {
      const fileBytes = 4 * 1024 * 1024;
      const outcome = await run('fill', { limits: { fileBytes, wallMs: 120_000, cpuMs: 30_000 } });
      assert.ok(!text(outcome.stdout).includes('filled'), 'it wrote 32 MiB where 4 are allowed');
      const written = outcome.files.reduce((sum, file) => sum + ('bytes' in file ? file.bytes.length : 0), 0);
      assert.ok(written <= fileBytes, `${written} bytes came back`);
    },
  },
  {
    name: 'a fork bomb is bounded',
    parts: ['processes'],
    hold: async ({ run }) => {
      const processes = 12;
      const outcome = await run('processes', { limits: { processes, wallMs: 3_000 } });
      const started = Number(text(outcome.stdout).split('\n')[0] || 0);
      assert.ok(started <= processes, `${started} processes started where ${processes} are allowed`);
    },
  },
  {
    name: 'nothing of a job is left for the next, however it tried',
    parts: ['poison', 'victim'],
    hold: async ({ run, runtime }) => {
      // Where a process serves several jobs, more than one of them should meet the poison.
      const rounds = runtime.backend === 'embedded' || runtime.language === 'python' ? 3 : 1;
      for (let round = 0; round < rounds; round++) {
        assert.match(text((await run('poison')).stdout), /^poisoned\n/);
        const outcome = await run('victim');
        assert.equal(text(outcome.stdout), 'clean\n', text(outcome.stderr));
        ended(outcome, 0);
      }
    },
  },
  {
    name: 'random numbers and hash order are held still, by the seed',
    parts: ['random'],
    hold: async ({ run }) => {
      // 0 is what most jobs have, and what some generators take for no seed; the last is the greatest there is.
      const seeds = [0, 0, 8, 2 ** 32 - 1, 2 ** 32 - 1];
      const outcomes = await Promise.all(seeds.map((seed) => run('random', { determinism: { seed } })));
      const [first, second, other, ...greatest] = outcomes.map((outcome) => text(outcome.stdout));
      assert.notEqual(first, '');
      const unpinned = outcomes[0]?.unpinned ?? [];
      if (unpinned.includes('random') || unpinned.includes('hash')) return;
      assert.equal(second, first);
      assert.equal(greatest[0], greatest[1]);
      // Languages whose generator has a fixed start of its own ignore the seed; the others must follow it.
      assert.ok(other === first || other !== second);
    },
  },
  {
    name: 'the clock starts where the job says, or the outcome says that it does not',
    parts: ['clock'],
    hold: async ({ run }) => {
      const clockMs = Date.UTC(2001, 1, 3);
      const outcome = await run('clock', { determinism: { clockMs } });
      const told = Number(text(outcome.stdout));
      const expected = outcome.unpinned.includes('clock') ? Date.now() : clockMs;
      assert.ok(Math.abs(told - expected) < 60_000, `it read ${new Date(told).toISOString()}`);
    },
  },
  {
    name: 'a count is the same each time',
    parts: ['args'],
    hold: async ({ run, runtime }) => {
      if (runtime.counts !== 'wasm') return;
      const counts = [];
      for (let i = 0; i < 2; i++) counts.push((await run('args', { count: true })).usage.instructions);
      assert.ok(Number(counts[0]) > 0);
      assert.equal(counts[1], counts[0]);
    },
  },
  {
    name: 'fuel stops what never ends',
    parts: ['loop'],
    hold: async ({ run, runtime }) => {
      if (runtime.counts !== 'wasm') return;
      const outcome = await run('loop', { limits: { fuel: 2_000_000_000, wallMs: 60_000, cpuMs: 60_000 } });
      assert.deepEqual(outcome.ending, { kind: 'out-of-fuel' });
    },
  },
  {
    name: 'a program that is none is refused with words',
    parts: [],
    hold: async ({ runSource, broken }) => {
      const outcome = await runSource(broken);
      if (outcome.ending.kind !== 'compile-failed') failed(outcome);
      const said = [outcome.stdout, outcome.stderr, outcome.compile?.stderr, outcome.compile?.stdout];
      assert.notEqual(said.map((output) => (output === undefined ? '' : text(output))).join(''), '');
    },
  },
  {
    name: 'an empty program is run, or refused as a program is',
    parts: [],
    hold: async ({ runSource }) => {
      const { ending } = await runSource('');
      assert.ok(['exited', 'crashed', 'compile-failed'].includes(ending.kind), JSON.stringify(ending));
    },
  },
  {
    name: 'a signal ends a run at once, and the next one is whole',
    parts: ['loop', 'victim'],
    hold: async ({ run }) => {
      const controller = new AbortController();
      const limits = { wallMs: 120_000, cpuMs: 120_000 };
      const running = run('loop', { limits }, controller.signal);
      await sleep(300);
      const asked = performance.now();
      controller.abort();
      await assert.rejects(running, (error) => error instanceof WinnowError && error.code === 'cancelled');
      assert.ok(performance.now() - asked < 5_000, 'it took more than 5 s to stop');
      assert.equal(text((await run('victim')).stdout), 'clean\n');
    },
  },
];

function ended(outcome: Outcome, code: number): void {
  assert.deepEqual(outcome.ending, { kind: 'exited', code } satisfies Ending, told(outcome));
}

/** Its own fault: an exit code, a signal or a trap; no limit of ours. */
function failed(outcome: Outcome): void {
  const { ending } = outcome;
  assert.ok(ending.kind === 'crashed' || (ending.kind === 'exited' && ending.code !== 0), told(outcome));
}

function told({ ending, stderr, compile }: Outcome): string {
  return [JSON.stringify(ending), text(stderr), compile === null ? '' : text(compile.stderr)].join('\n').slice(0, 2000);
}

/** A runtime that starts slowly on a busy machine gets more time, until it got as far as its first line. */
async function afterStart(silent: boolean, attempt: (ms: number) => Promise<Outcome>): Promise<Outcome> {
  for (const ms of [700, 3_000]) {
    const outcome = await attempt(ms);
    if (silent || text(outcome.stdout) !== '') return outcome;
  }
  return attempt(15_000);
}
