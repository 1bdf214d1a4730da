import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { Pool, type PoolOptions, type Used, type WorkerPort } from './pool.ts';

interface FakeWorker {
  readonly kind: string;
  readonly number: number;
  inUse: boolean;
  ended: boolean;
  dead: boolean;
}

/** Workers that are plain objects; what a pool must never do to one is checked where it would happen. */
class Fake implements WorkerPort<string, FakeWorker> {
  readonly workers: FakeWorker[] = [];
  alive = 0;
  mostAlive = 0;
  readonly pause: (label: string) => Promise<void>;
  failing: (kind: string) => boolean = () => false;

  constructor(pause: (label: string) => Promise<void> = async () => {}) {
    this.pause = pause;
  }

  name(kind: string): string {
    return kind;
  }

  async start(kind: string): Promise<FakeWorker> {
    this.alive++;
    this.mostAlive = Math.max(this.mostAlive, this.alive);
    await this.pause(`start ${kind}`);
    if (this.failing(kind)) {
      this.alive--;
      throw new Error(`${kind} does not start`);
    }
    const worker = { kind, number: this.workers.length, inUse: false, ended: false, dead: false };
    this.workers.push(worker);
    return worker;
  }

  async end(worker: FakeWorker): Promise<void> {
    if (worker.ended || worker.inUse) throw new Error(`ended twice or in use: ${worker.kind}`);
    worker.ended = true;
    await this.pause(`end ${worker.kind}`);
    this.alive--;
  }

  usable(worker: FakeWorker): boolean {
    return !worker.dead;
  }
}

const plain: PoolOptions = { size: 2, processes: 4, spares: 0, idleMs: 60_000 };
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function lend(pool: Pool<string, FakeWorker>, kind: string, keep = true, signal?: AbortSignal): Promise<number> {
  return pool.use(kind, async (worker) => ({ value: worker.number, keep }), signal);
}

test('any order of starts, ends, uses, aborts and faults: bounds kept, no worker shared, every use settles', async () => {
  const use = fc.record({
    kind: fc.constantFrom('a', 'b', 'c', 'd'),
    end: fc.constantFrom('keep', 'keep', 'retire', 'throw', 'die'),
    abort: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(use, { maxLength: 20 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 0, max: 1 }),
      fc.boolean(),
      async (scheduler, uses, size, more, spares, closeEarly) => {
        const fake = new Fake((label) => scheduler.schedule(Promise.resolve(), label));
        fake.failing = (kind) => kind === 'd';
        const pool = new Pool(fake, { size, processes: size + more, spares, idleMs: 60_000 });
        let inUse = 0;
        const running = uses.map(({ kind, end, abort }) => {
          const controller = new AbortController();
          if (abort) scheduler.schedule(Promise.resolve(), 'abort').then(() => controller.abort());
          const work = async (worker: FakeWorker) => {
            expect(worker).toMatchObject({ kind, inUse: false, ended: false, dead: false });
            inUse++;
            expect(inUse).toBeLessThanOrEqual(size);
            worker.inUse = true;
            await scheduler.schedule(Promise.resolve(), `use ${kind}`);
            worker.inUse = false;
            inUse--;
            if (end === 'throw') throw new Error('thrown by a use');
            if (end === 'die') worker.dead = true;
            return { value: kind, keep: end !== 'retire' };
          };
          return pool.use(kind, work, controller.signal).catch((cause: unknown) => String(cause));
        });
        const closing = closeEarly ? scheduler.schedule(Promise.resolve(), 'close').then(() => pool.close()) : null;
        const endings = await scheduler.waitFor(Promise.all(running));
        // A failed expectation inside a use would be among these.
        for (const ending of endings) expect(ending).toMatch(/^[abc]$|thrown by a use|cancelled|d does not start/);
        await scheduler.waitFor(closing ?? pool.close());
        expect(fake.mostAlive).toBeLessThanOrEqual(size + more);
        expect(fake.alive).toBe(0);
        expect(fake.workers.every((worker) => worker.ended)).toBe(true);
        expect(pool.counts).toEqual({ busy: 0, alive: 0, waiting: 0 });
      },
    ),
    { numRuns: 500 },
  );
});

test('a worker that is kept serves again; one that is not is replaced', async () => {
  const pool = new Pool(new Fake(), plain);
  expect(await lend(pool, 'a')).toBe(0);
  expect(await lend(pool, 'a', false)).toBe(0);
  expect(await lend(pool, 'a')).toBe(1);
  await pool.close();
});

test('with one slot, uses run in the order of their calls, whatever their kind', async () => {
  const pool = new Pool(new Fake(settled), { ...plain, size: 1 });
  const order: number[] = [];
  const kinds = [...'abcabacbbaac'];
  await Promise.all(kinds.map((kind, i) => pool.use(kind, async () => ({ value: order.push(i), keep: i % 3 > 0 }))));
  expect(order).toEqual(kinds.map((_, i) => i));
  await pool.close();
});

test('a kind used twice gets a spare, a kind used once does not', async () => {
  const fake = new Fake();
  const pool = new Pool(fake, { ...plain, spares: 1 });
  await lend(pool, 'a');
  await settled();
  expect(fake.alive).toBe(1);
  await lend(pool, 'a', false);
  await settled();
  expect(fake.alive).toBe(1);
  expect(await lend(pool, 'a')).toBe(1);
  await pool.close();
});

test('too many kinds: the worker idle for longest makes room', async () => {
  const fake = new Fake();
  const pool = new Pool(fake, { ...plain, processes: 2 });
  for (const kind of 'abac') await lend(pool, kind);
  expect(fake.workers.filter((worker) => !worker.ended).map((worker) => worker.kind)).toEqual(['a', 'c']);
  await pool.close();
});

test('idle workers end after a time, and the timer does not hold the process', async () => {
  const fake = new Fake();
  const pool = new Pool(fake, { ...plain, idleMs: 40 });
  await lend(pool, 'a');
  await vi.waitFor(() => expect(fake.alive).toBe(0), { timeout: 5_000 });
  expect(await lend(pool, 'a')).toBe(1);
  await pool.close();
});

test('a worker that died while idle is not lent', async () => {
  const fake = new Fake();
  const pool = new Pool(fake, plain);
  await lend(pool, 'a');
  for (const worker of fake.workers) worker.dead = true;
  expect(await lend(pool, 'a')).toBe(1);
  await pool.close();
});

test('a start that fails rejects one use with its reason, and the next use tries again', async () => {
  const fake = new Fake();
  const pool = new Pool(fake, { ...plain, spares: 1 });
  fake.failing = () => true;
  await expect(lend(pool, 'a')).rejects.toThrow('a does not start');
  await expect(lend(pool, 'a')).rejects.toThrow('a does not start');
  fake.failing = () => false;
  expect(await lend(pool, 'a')).toBe(0);
  await pool.close();
});

test('cancelled while waiting: rejected at once, and the place in the queue is free', async () => {
  const pool = new Pool(new Fake(), { ...plain, size: 1 });
  let finish = (): void => {};
  const first = pool.use(
    'a',
    () => new Promise<Used<number>>((resolve) => (finish = () => resolve({ value: 1, keep: true }))),
  );
  const controller = new AbortController();
  const second = lend(pool, 'a', true, controller.signal);
  const third = lend(pool, 'a');
  await settled();
  controller.abort();
  await expect(second).rejects.toMatchObject({ code: 'cancelled' });
  expect(pool.counts.waiting).toBe(1);
  finish();
  expect([await first, await third]).toEqual([1, 0]);
  await pool.close();
});

test('closing rejects who waits, tells who runs, and refuses who comes', async () => {
  const pool = new Pool(new Fake(), { ...plain, size: 1 });
  const running = pool.use('a', (_worker, signal) => {
    return new Promise<Used<number>>((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(new Error('told to end'))),
    );
  });
  const waiting = lend(pool, 'a');
  await settled();
  const results = Promise.allSettled([running, waiting]);
  await pool.close();
  expect((await results).map((result) => String(result.status === 'rejected' && result.reason))).toEqual([
    'Error: told to end',
    'WinnowError: The run was cancelled before it began.',
  ]);
  await expect(lend(pool, 'a')).rejects.toMatchObject({ code: 'cancelled' });
  await pool.close();
});
