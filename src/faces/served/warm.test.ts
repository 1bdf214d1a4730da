import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type WarmRepositories, warmRepositories } from './warm.ts';

let dir = '';
let warm: WarmRepositories;
const options = () => ({ home: join(dir, 'home') });

function place(name: string): string {
  const path = join(dir, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'a.py'), `def ${name}():\n    return 1\n`);
  return path;
}

beforeAll(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'winnow-warm-')));
  // On a busy machine a look at one file may take its time.
  warm = warmRepositories({ patienceMs: 60_000 });
});
afterAll(async () => {
  await warm.close();
  rmSync(dir, { recursive: true });
});

test('one repository is held for all who open it, and is current for whoever asks', async () => {
  const path = place('one');
  const first = warm.open(path, options());
  expect(warm.open(path, options())).toBe(first);
  expect((await first.refresh()).added).toBe(1);
  writeFileSync(join(path, 'b.py'), 'b = 1\n');
  await first.refresh();
  const snapshot = first.snapshot();
  expect(snapshot.files().map((file) => file.path)).toEqual(['a.py', 'b.py']);
  expect(snapshot.completeness.stale).toBe(false);
  snapshot.close();
  first.close();
  first.close();
  expect(warm.open(path, options())).toBe(first);
  first.close();
});

test('those who ask together share one look; who asks while it goes on gets the next', async () => {
  const repository = warm.open(place('two'), options());
  const [a, b, c] = await Promise.all([repository.refresh(), repository.refresh(), repository.refresh()]);
  expect(a).toBe(b);
  expect(b).toBe(c);
  const running = repository.refresh();
  await new Promise((done) => setImmediate(() => setImmediate(done)));
  const later = repository.refresh();
  expect(await later).not.toBe(await running);
  repository.close();
});

test('who leaves is told, and the look goes on for the others', async () => {
  const repository = warm.open(place('three'), options());
  const leaving = new AbortController();
  const left = repository.refresh({ signal: leaving.signal });
  const stays = repository.refresh();
  leaving.abort();
  await expect(left).rejects.toMatchObject({ code: 'cancelled' });
  expect((await stays).added).toBe(1);
  repository.close();
});

test('without patience a first answer does not wait for the index, and says that it is busy', async () => {
  const hasty = warmRepositories({ patienceMs: 0 });
  const path = place('four');
  for (let n = 0; n < 400; n++) writeFileSync(join(path, `f${n}.py`), `def f${n}():\n    return ${n}\n`.repeat(20));
  const repository = hasty.open(path, options());
  expect((await repository.refresh()).busy).toBe(true);
  await expect.poll(async () => (await repository.refresh({ waitMs: 20_000 })).busy, { timeout: 60_000 }).toBe(false);
  repository.close();
  await hasty.close();
});

test('of those that nobody uses a few are kept', async () => {
  const paths = Array.from({ length: 6 }, (_, n) => place(`many${n}`));
  const opened = paths.map((path) => warm.open(path, options()));
  for (const repository of opened) repository.close();
  const again = warm.open(paths[5] as string, options());
  expect(again).toBe(opened[5]);
  again.close();
  const forgotten = warm.open(paths[0] as string, options());
  expect(forgotten).not.toBe(opened[0]);
  forgotten.close();
});
