/** What sessions of the embedded engines give besides results: values that are not wanted, words of an exit. */
import { afterAll, expect, test } from 'vitest';
import { keptCache } from '../../../../test/keptcache.ts';
import { openSessions } from '../../session/open.ts';

const sessions = openSessions({ cacheDir: keptCache, path: [] });
afterAll(() => sessions.close());

test('a semicolon at the end of JavaScript says that the value is not wanted', async () => {
  const session = await sessions.open({ language: 'javascript', backend: 'embedded' });
  expect((await session.run('let q = 5; q;')).outputs).toEqual([]);
  expect((await session.run('q')).outputs).toMatchObject([{ kind: 'shown', value: { text: '5' } }]);
  await session.end();
}, 60_000);

test('what Python is left with, and is no exit code, is written', async () => {
  const session = await sessions.open({ language: 'python', backend: 'embedded' });
  const report = await session.run('raise SystemExit("bye")');
  expect(report.ending).toMatchObject({ kind: 'kernel-ended', code: 1 });
  expect(report.outputs).toEqual([{ kind: 'stream', stream: 'stderr', bytes: new Uint8Array(Buffer.from('bye\n')) }]);
  await session.end();
}, 60_000);
