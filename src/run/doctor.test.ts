import { expect, test } from 'vitest';
import { WinnowError } from '../base/mod.ts';
import type { Offer } from './choose.ts';
import { examine } from './doctor.ts';
import { knownOutput } from './languages.ts';
import type { Ending, Job, Outcome, Output, Runtime } from './types.ts';

const output = (text: string): Output => ({ head: Buffer.from(text), tail: Buffer.of(), omittedBytes: 0 });
const usage = { wallMs: 5, cpuMs: null, peakMemoryBytes: null, instructions: null, countUnit: null };

/** What a backend would give back for a known program that ended so. */
function outcome(ending: Ending, stdout: string, stderr = '', compiler: string | null = null): Outcome {
  const compile =
    compiler === null ? null : { ending, stdout: output(''), stderr: output(compiler), usage, cached: false };
  return {
    backend: 'native',
    language: 'c',
    ending,
    stdout: output(stdout),
    stderr: output(stderr),
    usage,
    compile,
    files: [],
    unpinned: [],
    caveats: [],
    notices: [],
  };
}

const runtime = (language: string, state: Runtime['state'] = 'ready'): Runtime => ({
  backend: 'native',
  language,
  state,
  version: state === 'ready' ? '1.0' : null,
  reason: state === 'ready' ? null : 'not on the path',
  install: state === 'ready' ? null : 'apt-get install it',
  counts: null,
});
const offer = (...runtimes: Runtime[]): Offer => ({
  backend: 'native',
  availability: { state: 'ready', caveats: [] },
  runtimes,
});

async function check(run: (job: Job) => Promise<Outcome>) {
  const [checkup] = await examine([offer(runtime('c'))], run, { parallelism: 1 });
  return checkup;
}

test('the known output is well', async () => {
  expect(await check(async () => outcome({ kind: 'exited', code: 0 }, knownOutput))).toEqual({
    backend: 'native',
    language: 'c',
    state: 'ok',
    version: '1.0',
    detail: null,
    install: null,
    wallMs: 5,
  });
});

test.each([
  [
    'another output',
    outcome({ kind: 'exited', code: 0 }, 'Hello, World: 5049\n'),
    /printed "Hello, World: 5049\\n" instead of/,
  ],
  ['another code', outcome({ kind: 'exited', code: 1 }, knownOutput, 'Traceback\n  no such\n\n'), /code 1: no such$/],
  ['a time limit', outcome({ kind: 'timed-out', clock: 'wall' }, ''), /timed-out: it said nothing/],
  [
    'no program',
    outcome({ kind: 'compile-failed' }, '', '', 'ld: cannot find -lc\n'),
    /not compiled: ld: cannot find -lc/,
  ],
])('%s is a failure, told by what was said', async (_, given, detail) => {
  expect(await check(async () => given)).toMatchObject({ state: 'failed', detail: expect.stringMatching(detail) });
});

test('a sandbox that fails is a failure of its language, and the others go on', async () => {
  const told: string[] = [];
  const checkups = await examine(
    [offer(runtime('c'), runtime('kotlin', 'missing'), runtime('python'))],
    async (job) => {
      if (job.language === 'c') throw new WinnowError('sandbox-failed', 'no space');
      return outcome({ kind: 'exited', code: 0 }, knownOutput);
    },
    { parallelism: 2, progress: (done, total) => told.push(`${done}/${total}`) },
  );
  expect(checkups.map(({ language, state, detail }) => [language, state, detail])).toEqual([
    ['c', 'failed', 'sandbox-failed: no space'],
    ['kotlin', 'missing', 'not on the path'],
    ['python', 'ok', null],
  ]);
  expect(told).toEqual(['1/2', '2/2']);
});
