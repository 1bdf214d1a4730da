/** The runner with its real backends. That they keep their promises is the conformance suite's to say. */
import { afterAll, describe, expect, test } from 'vitest';
import { keptCache } from '../../test/keptcache.ts';
import { openRunner } from './runner.ts';
import type { Job } from './types.ts';

// No toolchain and no bubblewrap is on an empty path: what is left is what every machine has.
const runner = openRunner({ cacheDir: keptCache, path: [] });
afterAll(() => runner.close());

const python = (source: string, change: Partial<Job> = {}): Job => ({
  language: 'python',
  files: [{ path: 'main.py', bytes: Buffer.from(source) }],
  entry: 'main.py',
  ...change,
});
const endless = python('while True: pass', { limits: { wallMs: 60_000, cpuMs: 60_000 } });

describe('one job', () => {
  test('goes to a backend that can run it, which the outcome names', async () => {
    const outcome = await runner.run(python('print(6 * 7)'));
    expect(outcome).toMatchObject({ backend: 'embedded', language: 'python', ending: { kind: 'exited', code: 0 } });
    expect(Buffer.from(outcome.stdout.head).toString()).toBe('42\n');
  });
  test.each([
    ['an unsound job', python('', { entry: 'other.py' }), {}, 'bad-job'],
    ['nothing', null as unknown as Job, {}, 'bad-job'],
    ['an unknown backend', python(''), { backend: 'docker' as 'native' }, 'bad-job'],
    ['an unknown language', python('', { language: 'klingon' }), {}, 'unknown-language'],
    ['a backend that is not there', python(''), { backend: 'native' }, 'backend-unavailable'],
    ['a language of the other backend', python('', { language: 'kotlin' }), { backend: 'embedded' }, 'unsupported-job'],
    ['a signal that came before', python(''), { signal: AbortSignal.abort() }, 'cancelled'],
  ] as const)('%s is refused', async (_, job, options, code) => {
    await expect(runner.run(job, options)).rejects.toMatchObject({ code });
  });
  test('is cancelled by its signal', async () => {
    const controller = new AbortController();
    const running = runner.run(endless, { signal: controller.signal });
    setTimeout(() => controller.abort(), 300);
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  });
});

test('a closed runner runs nothing more, and says so with a code', async () => {
  const closed = openRunner({ cacheDir: null, path: [] });
  await closed.close();
  await expect(closed.run(python(''))).rejects.toMatchObject({ code: 'cancelled' });
});

describe('many jobs', () => {
  test('come back with their indices; one that cannot be run is an error among outcomes', async () => {
    const jobs = [
      python('print(0)'),
      python('', { entry: 'none.py' }),
      python('import sys; sys.exit(2)'),
      python('print(3)'),
    ];
    const told: unknown[] = [];
    for await (const entry of runner.runAll(jobs, { ordered: true }))
      told.push('error' in entry ? [entry.index, entry.error.code] : [entry.index, entry.outcome.ending]);
    expect(told).toEqual([
      [0, { kind: 'exited', code: 0 }],
      [1, 'bad-job'],
      [2, { kind: 'exited', code: 2 }],
      [3, { kind: 'exited', code: 0 }],
    ]);
  });
  test('leaving early ends what runs, and the runner is as good as before', async () => {
    const started = performance.now();
    for await (const entry of runner.runAll([python('print(1)'), endless, endless], { parallelism: 2 })) {
      expect(entry.index).toBe(0);
      break;
    }
    expect(performance.now() - started).toBeLessThan(30_000);
    expect((await runner.run(python('print(1)'))).ending).toEqual({ kind: 'exited', code: 0 });
  });
});

test('what each backend offers', async () => {
  const [native, embedded] = await runner.offers();
  expect(native).toMatchObject({ backend: 'native', availability: { state: 'unavailable' }, runtimes: [] });
  expect(embedded?.runtimes).toContainEqual(expect.objectContaining({ language: 'python', state: 'ready' }));
});

test('a closed runner runs nothing', async () => {
  const closed = openRunner({ cacheDir: null, path: [] });
  await closed.close();
  await expect(closed.run(python(''))).rejects.toThrow('closed');
});
