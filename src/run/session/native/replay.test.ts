/** Copies by doing again: what differs is told, what was stopped is left out, what cannot be done again is refused. */
import { afterAll, describe, expect, test } from 'vitest';
import { openSessions } from '../open.ts';
import { openNativeKernels } from './opennative.ts';

const settings = { cacheDir: null, path: ['/usr/bin', '/bin'] };
const probe = openNativeKernels(settings);
const availability = await probe.availability();
await probe.close();
const reason = availability.state === 'ready' ? null : availability.reason;
const sessions = openSessions(settings);
afterAll(() => sessions.close());

describe.skipIf(reason !== null)(`copies by replay${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  test('cells that give something else are named, in their own counts; traps and directories come along', async () => {
    const session = await sessions.open({ language: 'bash', backend: 'native', limits: { cellMs: 700 } });
    await session.run('cd /tmp; trap "echo bye" EXIT; shopt -s extglob');
    await session.run('date +%N');
    await session.run('while :; do :; done');
    await session.run('x=5; echo $RANDOM');
    const { session: copy, way, differing } = await session.fork();
    expect([way, differing]).toEqual(['replayed', [2, 3]]);
    const report = await copy.run('echo $PWD $x; trap -p EXIT; shopt -q extglob');
    expect(report.count).toBe(5);
    expect(report.ending).toEqual({ kind: 'done' });
    expect(report.outputs).toEqual([
      { kind: 'stream', stream: 'stdout', bytes: new Uint8Array(Buffer.from("/tmp 5\ntrap -- 'echo bye' EXIT\n")) },
    ]);
    await Promise.all([session.end(), copy.end()]);
  }, 60_000);

  test('files that were put in are put in again where they were; parts are not kept', async () => {
    const session = await sessions.open({ language: 'python', backend: 'native' });
    await session.put([{ path: 'a.txt', bytes: Buffer.from('one') }]);
    await session.run('first = open("a.txt").read()');
    await session.put([{ path: 'a.txt', bytes: Buffer.from('two') }]);
    const { session: copy, differing } = await session.fork();
    expect(differing).toEqual([]);
    const [shown] = (await copy.run('[first, open("a.txt").read()]')).outputs;
    expect(shown).toMatchObject({ kind: 'shown', value: { json: ['one', 'two'] } });
    await session.writePart('b.bin', 0, new Uint8Array(1));
    await expect(session.fork()).rejects.toMatchObject({ code: 'unsupported-job' });
    expect((await session.run('first')).ending.kind).toBe('done');
    await Promise.all([session.end(), copy.end()]);
  }, 60_000);

  test('a cell that caught its interrupt by hand is interrupted again after as long', async () => {
    const session = await sessions.open({ language: 'python', backend: 'native', limits: { cellMs: 30_000 } });
    await session.run('import time');
    const caught = session.run('try: time.sleep(3600)\nexcept KeyboardInterrupt: x = 41');
    setTimeout(() => session.interrupt(), 500);
    expect((await caught).ending).toEqual({ kind: 'done' });
    const { session: copy, differing, wallMs } = await session.fork();
    expect(differing).toEqual([]);
    expect(wallMs).toBeLessThan(15_000);
    expect((await copy.run('x + 1')).outputs).toMatchObject([{ kind: 'shown', value: { text: '42' } }]);
    await Promise.all([session.end(), copy.end()]);
  }, 60_000);
});
