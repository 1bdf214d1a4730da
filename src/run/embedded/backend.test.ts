/**
 * The process that hosts engines, with engines that do what no true one allows (`test/programs/engines.ts`): they
 * stand for a program that broke out of its engine. Held with bubblewrap and without.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { type Change, checkedJob, printed } from '../../../test/programs/deeds.ts';
import type { Step } from '../../../test/programs/engines.ts';
import { seededRandom } from '../../base/mod.ts';
import type { CheckedJob, Outcome } from '../types.ts';
import { openEmbeddedBackend } from './backend.ts';
import { findConfinement } from './confine.ts';

const table = new URL('../../../test/programs/engines.ts', import.meta.url);
const hostProgram = fileURLToPath(new URL('../../../test/programs/host-of-engines.ts', import.meta.url));
const systemPath = (process.env.PATH ?? '').split(':').filter((dir) => dir.startsWith('/'));
const { bubblewrap, caveats } = await findConfinement(systemPath);
const isLinux = process.platform === 'linux';
// Only to start sooner: engines of tests keep nothing.
const cacheDir = mkdtempSync(join(tmpdir(), 'winnow-cache-'));
afterAll(() => rmSync(cacheDir, { recursive: true }));

/** Numbers of all processes below this one, with what they are. */
function below(pid: number): Map<number, string> {
  const found = new Map<number, string>();
  const add = (of: number): void => {
    const children = readProc(`${of}/task/${of}/children`).trim();
    for (const child of children === '' ? [] : children.split(' ').map(Number)) {
      found.set(child, readProc(`${child}/cmdline`).replaceAll('\0', ' '));
      add(child);
    }
  };
  add(pid);
  return found;
}

function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return '';
  }
}

const engineProcesses = (): string[] => [...below(process.pid).values()].filter((line) => line.includes('engines.ts'));
const descriptors = (): number => readdirSync('/proc/self/fd').length;

describe.each([
  { held: 'with bubblewrap', path: systemPath, possible: bubblewrap !== null },
  { held: 'without bubblewrap', path: [], possible: true },
])('$held', ({ held, path, possible }) => {
  if (!possible) {
    test.skip(`skipped: ${caveats.join(' ')}`, () => {});
    return;
  }
  const backend = openEmbeddedBackend({ cacheDir, path, parallelism: 2 }, table);
  afterAll(() => backend.close());
  const run = (steps: readonly Step[], change: Change = {}, signal?: AbortSignal): Promise<Outcome> =>
    backend.run(checkedJob(steps, change), signal);
  const evaluate = async (code: string): Promise<string> => {
    const guarded = `(async () => { try { return String(await (${code})) } catch (cause) { return 'refused: ' + cause.message } })()`;
    return printed(await run([['evaluate', guarded]])).stdout;
  };

  test('a job comes whole, and its output, result and usage go back', async () => {
    const job = checkedJob([['job'], ['complain', 'é\0']], {
      args: ['a', ''],
      env: { $: 'x', __proto: 'y' },
      stdin: new Uint8Array([0, 255]),
    });
    const outcome = await backend.run(job);
    const { stdout, stderr } = printed(outcome);
    const plain = (value: CheckedJob): unknown =>
      JSON.parse(JSON.stringify(value, (_key, item) => (item instanceof Uint8Array ? [...item] : item)));
    expect(JSON.parse(stdout)).toEqual(plain(job));
    expect(stderr).toBe('é\0');
    expect(outcome).toMatchObject({
      backend: 'embedded',
      ending: { kind: 'exited', code: 0 },
      unpinned: ['clock'],
      compile: null,
    });
    expect(outcome.usage).toMatchObject({ instructions: 7, countUnit: 'wasm', peakMemoryBytes: 1024 });
    expect(outcome.caveats.length).toBe(held === 'with bubblewrap' && isLinux ? 0 : isLinux ? 1 : 2);
  });

  test('wall clock: stopped, with what was printed before', async () => {
    const outcome = await run([['print', 'before'], ['hang']], { limits: { wallMs: 300 } });
    expect(outcome.ending).toEqual({ kind: 'timed-out', clock: 'wall' });
    expect(printed(outcome).stdout).toBe('before');
    expect(outcome.usage.wallMs).toBeGreaterThanOrEqual(299);
  });

  test.skipIf(!isLinux)('CPU time: waiting is free, computing is not (skipped where there is no /proc)', async () => {
    expect((await run([['wait', 400]], { limits: { cpuMs: 150 } })).ending.kind).toBe('exited');
    const outcome = await run([['hang']], { limits: { cpuMs: 150 } });
    expect(outcome.ending).toEqual({ kind: 'timed-out', clock: 'cpu' });
    expect(outcome.usage.cpuMs).toBeGreaterThanOrEqual(150);
  });

  test('output: kept to its ends, stopped at the limit, also when the guard in the child is gone', async () => {
    const limits = { outputBytes: 1_000_000, keepBytes: 1000 };
    for (const deed of ['flood', 'unlimited-flood']) {
      const { ending, stdout } = await run([[deed]], { limits });
      expect(ending).toEqual({ kind: 'output-limit', stream: 'stdout' });
      expect([stdout.head.length, stdout.omittedBytes, stdout.tail.length]).toEqual([500, 999_000, 500]);
    }
  });

  test('an engine that dies of the program is an outcome', async () => {
    expect((await run([['print', 'x'], ['abort']])).ending).toMatchObject({ kind: 'crashed', signal: 'SIGABRT' });
    const limits = { memoryBytes: 4 * 2 ** 20, wallMs: 60_000 };
    expect((await run([['hoard']], { limits })).ending).toEqual({ kind: 'out-of-memory' });
  });

  const failures: readonly [string, Step][] = [
    ['leaves', ['exit', 0]],
    ['throws', ['throw', 'broken']],
    ['writes garbage', ['garbage', 'x'.repeat(50)]],
    ['announces 4 GB', ['garbage', '\xff\xff\xff\xff\x07']],
    ['forges a result that is none', ['frame', [7, '{}']]],
    ['says it is ready again', ['frame', [3, '']]],
    ['hands back a number that is none', ['result', { instructions: -1 }]],
  ];
  test.each(failures)('a child that %s is a failure of the sandbox, and the next job runs', async (_name, step) => {
    await expect(run([step])).rejects.toMatchObject({ code: 'sandbox-failed' });
    expect(printed(await run([['print', 'next']])).stdout).toBe('next');
  });

  test('a changed file whose path leads outside is told of and not handed over', async () => {
    const [file] = (await run([['file', '../x']])).files;
    expect(file).toMatchObject({ path: '_.._x', change: 'left-out' });
  });

  test('an engine that cannot open says why', async () => {
    await expect(run([], { language: 'missing' })).rejects.toMatchObject({
      code: 'toolchain-missing',
      message: 'missing cannot be run here: the deeds package is not installed. To install it: npm install deeds',
    });
    await expect(run([], { language: 'unopenable' })).rejects.toThrow('its module is damaged');
    await expect(run([], { language: 'dead' })).rejects.toThrow('did not start (exit code 3');
    await expect(run([], { language: 'liar' })).rejects.toMatchObject({ code: 'sandbox-failed' });
  });

  test('an engine that is not reusable gets no second job', async () => {
    const first = await run([['remember'], ['result', { reusable: false }]], { limits: { memoryBytes: 2 ** 31 } });
    const second = await run([['remember']], { limits: { memoryBytes: 2 ** 31 } });
    const third = await run([['remember']], { limits: { memoryBytes: 2 ** 31 } });
    expect([first, second, third].map((outcome) => printed(outcome).stdout)).toEqual(['0', '0', '1']);
  });

  test('who breaks out finds no file, no network, no process, no environment, no rights', async () => {
    const secret = mkdtempSync(join(tmpdir(), 'winnow-secret-'));
    writeFileSync(join(secret, 'file'), 'secret');
    const read = (file: string) => `load('node:fs').then((fs) => fs.readFileSync(${JSON.stringify(file)}))`;
    expect(await evaluate(read(join(secret, 'file')))).toMatch(/refused/);
    expect(await evaluate(read('/etc/passwd'))).toMatch(/refused/);
    expect(
      await evaluate(`load('node:fs').then((fs) => fs.writeFileSync(${JSON.stringify(join(secret, 'new'))}, ''))`),
    ).toMatch(/refused/);
    expect(
      await evaluate(`load('node:fs').then((fs) => fs.appendFileSync(${JSON.stringify(fileURLToPath(table))}, ''))`),
    ).toMatch(/refused/);
    expect(await evaluate(`load('node:child_process').then((it) => it.execSync('id'))`)).toMatch(/refused/);
    expect(await evaluate(`load('node:worker_threads').then((it) => new it.Worker('0', { eval: true }))`)).toMatch(
      /refused/,
    );
    expect(await evaluate(`load('node:net').then((it) => it.connect(1))`)).toMatch(/refused/);
    expect(await evaluate(`fetch('http://127.0.0.1:1')`)).toBe('refused: fetch is not defined');
    expect(await evaluate(`process.binding('fs')`)).toMatch(/refused/);
    expect(await evaluate(`process.kill(${process.pid}, 0)`)).toMatch(/refused/);
    expect(await evaluate('JSON.stringify(process.env)')).toBe('{}');
    if (process.getuid?.() === 0) expect(await evaluate('process.getuid()')).not.toBe('0');
    expect(existsSync(join(secret, 'new'))).toBe(false);
    rmSync(secret, { recursive: true });
  });

  test.skipIf(!isLinux)('the kernel says so too (skipped where there is no /proc)', async () => {
    // A kind of its own, used once: no spare of it is just starting, which has its rights still.
    await run([['print', 'x']], { limits: { memoryBytes: 123 * 2 ** 20 } });
    const engines = [...below(process.pid)].filter(
      ([pid, line]) => line.includes('size=379 ') && below(pid).size === 0,
    );
    expect(engines.length).toBe(1);
    for (const [pid] of engines) {
      const status = readProc(`${pid}/status`);
      const value = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
      expect(value('CapEff')).toBe('0000000000000000');
      if (process.getuid?.() === 0) expect(value('Uid')).not.toMatch(/\b0\b/);
      if (held === 'with bubblewrap') {
        expect([value('NoNewPrivs'), value('Seccomp')]).toEqual(['1', '2']);
        expect(readlinkSync(`/proc/${pid}/ns/net`)).not.toBe(readlinkSync('/proc/self/ns/net'));
      }
    }
  });

  test('a compile step has its own clocks', async () => {
    const language = 'compiled';
    const done = await run([['print', 'x']], { language });
    expect(done.compile).toMatchObject({ ending: { kind: 'exited', code: 0 }, usage: { wallMs: 3 }, cached: false });
    expect(Buffer.from(done.compile?.stderr.head ?? []).toString()).toBe('compiled');
    const slow = checkedJob([], { language, args: ['slow-compile'] });
    const stopped = await backend.run({ ...slow, compileLimits: { ...slow.compileLimits, wallMs: 300 } });
    expect(stopped.ending).toEqual({ kind: 'compile-failed' });
    expect(stopped.compile?.ending).toEqual({ kind: 'timed-out', clock: 'wall' });
    const hung = await run([['hang']], { language, limits: { wallMs: 300 } });
    expect(hung.ending).toEqual({ kind: 'timed-out', clock: 'wall' });
  });

  test('32 jobs at once: each gets its own output', async () => {
    const jobs = Array.from({ length: 32 }, (_, i) =>
      run([
        ['print', `${i} `],
        ['wait', i % 7],
        ['print', i],
      ]),
    );
    expect((await Promise.all(jobs)).map((outcome) => printed(outcome).stdout)).toEqual(
      Array.from({ length: 32 }, (_, i) => `${i} ${i}`),
    );
  });

  test('cancelled at any moment: rejected, and nothing of it is left', async () => {
    const random = seededRandom(7);
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        const controller = new AbortController();
        setTimeout(() => controller.abort(), random.int(400));
        await expect(run([['print', 'x'], ['hang']], {}, controller.signal)).rejects.toMatchObject({
          code: 'cancelled',
        });
      }),
    );
    await expect(run([], {}, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
    expect(printed(await run([['print', 'next']])).stdout).toBe('next');
  });

  test.skipIf(!isLinux)(
    '1,000 jobs leave no descriptor and no process behind (skipped where there is no /proc)',
    async () => {
      const one = async (): Promise<void> => {
        await Promise.all([run([['print', 'x']]), run([['print', 'y']])]);
      };
      for (let i = 0; i < 50; i++) await one();
      const before = { descriptors: descriptors(), memory: process.memoryUsage().heapUsed };
      for (let i = 0; i < 500; i++) await one();
      expect(descriptors()).toBeLessThanOrEqual(before.descriptors + 3);
      expect(process.memoryUsage().heapUsed - before.memory).toBeLessThan(30e6);
    },
  );

  test.skipIf(!isLinux)('a parent that is killed leaves no process (skipped where there is no /proc)', async () => {
    const parent = spawn(process.execPath, [hostProgram, ...path], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => parent.stdout.once('data', resolve));
    const children = below(parent.pid as number);
    parent.kill('SIGKILL');
    expect([...children.values()].filter((line) => line.includes('host-main')).length).toBeGreaterThanOrEqual(2);
    await vi.waitFor(
      () => expect([...children.keys()].filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]),
      10_000,
    );
  });

  test('closing ends what runs and leaves no process', async () => {
    const other = openEmbeddedBackend({ cacheDir, path, parallelism: 2 }, table);
    await other.run(checkedJob([['print', 'x']]));
    const running = [other.run(checkedJob([['hang']])), other.run(checkedJob([['hang']]))];
    const ended = Promise.allSettled(running);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await backend.close();
    await other.close();
    for (const result of await ended) expect(result).toMatchObject({ reason: { code: 'cancelled' } });
    if (isLinux) expect(engineProcesses()).toEqual([]);
  });
});

test('grants and fuel that an engine cannot keep are refused', async () => {
  const backend = openEmbeddedBackend({ cacheDir: null, path: [], parallelism: 1 }, table);
  const refused = (change: Change) =>
    expect(backend.run(checkedJob([], change))).rejects.toMatchObject({ code: 'unsupported-job' });
  await refused({ grants: { network: true, read: [] } });
  await refused({ grants: { network: false, read: ['/usr'] } });
  await refused({ language: 'cobol' });
  await refused({ language: 'uncounted', limits: { fuel: 1000 } });
  await backend.close();
});

test('runtimes are listed without a process', async () => {
  const backend = openEmbeddedBackend({ cacheDir: null, path: [] }, table);
  const runtimes = await backend.runtimes();
  expect(runtimes.find(({ language }) => language === 'missing')).toMatchObject({
    state: 'missing',
    install: 'npm install deeds',
  });
  expect(runtimes.find(({ language }) => language === 'deeds')).toMatchObject({
    state: 'ready',
    version: 'Deeds 1',
    counts: 'wasm',
  });
  await backend.close();
});

test.each([
  ['with bubblewrap', systemPath],
  ['without', []],
])('the cache is filled by a process that runs no job, once; jobs cannot write it (%s)', async (_held, path) => {
  const cacheDir = mkdtempSync(join(tmpdir(), 'winnow-cache-'));
  const say = async (): Promise<string> => {
    const backend = openEmbeddedBackend({ cacheDir, path, parallelism: 1 }, table);
    const outcome = await backend.run(checkedJob([], { language: 'keeper' }));
    const write = `load('node:fs').then((fs) => fs.writeFileSync(${JSON.stringify(join(cacheDir, 'planted'))}, '')).catch(() => 'refused')`;
    expect(printed(await backend.run(checkedJob([['evaluate', write]]))).stdout).toBe('refused');
    await backend.close();
    return printed(outcome).stdout;
  };
  expect(await say()).toBe('found');
  expect(readFileSync(join(cacheDir, 'kept'), 'utf8')).toBe('kept');
  rmSync(join(cacheDir, 'kept'));
  expect(await say()).toMatch(/restricted|read-only/);
  rmSync(cacheDir, { recursive: true });
});
