import { expect, test } from 'vitest';
import { Clock } from './clock.ts';

const pinned = { clockMs: Date.UTC(2025, 0, 1), timeZone: 'UTC' };

/** As the C library sleeps: asking until it is late enough. @returns askings */
function sleepByAsking(clock: Clock, ms: number, work: () => void): number {
  const start = clock.askedMs();
  for (let askings = 1; ; askings++) {
    work();
    if (clock.askedMs() - start >= ms) return askings;
  }
}

test('a sleep that asks again and again ends after few askings, on time', () => {
  let instructions = 0;
  const clock = new Clock(pinned, () => instructions);
  const before = clock.nowMs();
  const askings = sleepByAsking(clock, 5000, () => {
    instructions += 40;
  });
  expect(askings).toBeLessThan(25_000);
  expect(clock.nowMs() - before).toBeGreaterThanOrEqual(5000);
  expect(clock.nowMs() - before).toBeLessThan(5001);
});

test('asking between work moves nothing but by the work', () => {
  let instructions = 0;
  const clock = new Clock(pinned, () => instructions);
  sleepByAsking(clock, 1, () => {
    instructions += 8000;
  });
  expect(clock.elapsedMs()).toBe(instructions / 8e6);
});
