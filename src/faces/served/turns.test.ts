import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

const never = new AbortController().signal;

test('so many at once, the others in their order, and one too many is told to come again', async () => {
  const turns = new Turns({ atOnce: 1, waiting: 2 });
  const order: number[] = [];
  const first = Promise.withResolvers<void>();
  const work = (n: number) => async () => void order.push(n);
  const all = [turns.take(never, () => first.promise), turns.take(never, work(1)), turns.take(never, work(2))];
  await expect(turns.take(never, work(3))).rejects.toMatchObject({ code: 'server-busy' });
  expect([turns.running, turns.waiting, order]).toEqual([1, 2, []]);
  first.resolve();
  await Promise.all(all);
  expect([turns.running, turns.waiting, order]).toEqual([0, 0, [1, 2]]);
});

test('who leaves the queue gives up its place, and work that fails its turn', async () => {
  const turns = new Turns({ atOnce: 1, waiting: 5 });
  const first = Promise.withResolvers<void>();
  const running = turns.take(never, () => first.promise);
  const leaving = new AbortController();
  const left = turns.take(leaving.signal, async () => 'ran');
  const failing = turns.take(never, () => Promise.reject(new Error('broken')));
  const last = turns.take(never, async () => 'ran');
  leaving.abort();
  await expect(left).rejects.toMatchObject({ code: 'cancelled' });
  first.resolve();
  await running;
  await expect(failing).rejects.toThrow('broken');
  expect(await last).toBe('ran');
  await expect(turns.take(AbortSignal.abort(), async () => 1)).rejects.toMatchObject({ code: 'cancelled' });
  expect(turns.running).toBe(0);
});
