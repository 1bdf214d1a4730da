/** Wishes are for one cell, given to it once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { makeStopFile, openStopLook } from './stopfile.ts';

/** Longer than the time between two looks at the file. */
const pause = () => sleep(10);

test('a wish is given to its cell once', async () => {
  const file = makeStopFile();
  const look = openStopLook(file.descriptor);
  look.begin(7);
  expect(look.taken()).toBe(false);
  await pause();
  file.wish(7);
  expect(look.taken()).toBe(true);
  await pause();
  expect(look.taken()).toBe(false);
  file.wish(7);
  await pause();
  expect(look.taken()).toBe(true);
  file.close();
});

test('a wish for a cell that is over, or has not begun, is not for the one that runs', async () => {
  const file = makeStopFile();
  const look = openStopLook(file.descriptor);
  look.begin(7);
  look.end();
  file.wish(7);
  await pause();
  expect(look.taken()).toBe(false);
  look.begin(8);
  await pause();
  expect(look.taken()).toBe(false);
  file.wish(9);
  await pause();
  expect(look.taken()).toBe(false);
  look.begin(9);
  await pause();
  expect(look.taken()).toBe(true);
  file.close();
});

test("the child's own wish is for the cell that runs, and signals are counted", () => {
  const file = makeStopFile();
  const look = openStopLook(file.descriptor);
  look.begin(1);
  look.wish();
  expect(look.taken()).toBe(true);
  look.wish();
  look.begin(2);
  expect(look.taken()).toBe(false);
  expect(look.signals()).toBe(0);
  file.announce();
  expect(look.signals()).toBe(1);
  file.close();
});
