/** Gathering repositories: what a signal, a time and a number of them do. What happens to repositories themselves is in `test/repos.test.ts`. */
import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeTree } from '../../../test/trees.ts';
import { openRepository } from '../../index/mod.ts';
import { gather, surveyRepositories } from './gather.ts';

async function indexed() {
  const made = makeTree({ 'a.py': 'def one():\n    pass\n' });
  const repository = openRepository(made.root, { home: made.home });
  await repository.refresh();
  repository.close();
  return made;
}

test('a signal ends it, before and in the midst', async () => {
  const { root, home } = await indexed();
  const asked = [{ name: 'one', root }];
  await expect(
    gather(asked, { home, refresh: true, deadlineMs: null, signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ code: 'cancelled' });
  const controller = new AbortController();
  const both = [...asked, { name: 'two', root: (await indexed()).root }];
  const stopping = gather(both, {
    home,
    refresh: true,
    deadlineMs: null,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  await expect(stopping).rejects.toMatchObject({ code: 'cancelled' });
});

test('a time that is over begins nothing', async () => {
  const { root, home } = await indexed();
  const [member] = await surveyRepositories([{ name: 'one', root }], { home, refresh: true, deadlineMs: 0 });
  expect(member).toMatchObject({ state: 'unanswered', reason: 'The deadline came first.', completeness: null });
});

test('a time longer than timers hold is no short one', async () => {
  const { root } = await indexed();
  const home = makeTree({}).home;
  for (const deadlineMs of [2 ** 31 + 1, 1e14]) {
    const [member] = await surveyRepositories([{ name: 'one', root }], { home, refresh: true, deadlineMs });
    expect(member).toMatchObject({ state: 'current', reason: null });
  }
});

test('without refreshing, what is indexed answers and what is not does not', async () => {
  const { root, home } = await indexed();
  const other = makeTree({ 'b.py': 'x = 1\n' });
  const asked = [
    { name: 'known', root },
    { name: 'new', root: other.root },
  ];
  const members = await surveyRepositories(asked, { home, refresh: false, deadlineMs: null });
  expect(members.map(({ name, state }) => [name, state])).toEqual([
    ['known', 'behind'],
    ['new', 'unanswered'],
  ]);
});

test('more than a search takes are named', async () => {
  const asked = Array.from({ length: 301 }, (_, at) => ({ name: `r${1000 + at}`, root: `/nowhere/r${at}` }));
  const members = await surveyRepositories(asked, { refresh: true, deadlineMs: null });
  expect(members.slice(0, 300).every(({ state }) => state === 'missing')).toBe(true);
  expect(members.at(-1)).toMatchObject({ state: 'unanswered', reason: expect.stringContaining('300') });
});

const counted = existsSync('/proc/self/fd');

test.skipIf(!counted)(`each holds few files open${counted ? '' : ' (skipped: no /proc/self/fd here)'}`, async () => {
  const { root, home } = await indexed();
  const before = readdirSync('/proc/self/fd').length;
  const gathered = await gather([{ name: 'one', root }], { home, refresh: true, deadlineMs: null });
  // The database, its log and its index.
  expect(readdirSync('/proc/self/fd').length - before).toBeLessThanOrEqual(3);
  gathered.close();
  expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before);
});
