/** Bash cells that leave the shell's reader in disorder: the next cell begins all the same, and has the state. */
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

const unended = [
  'echo "abc',
  "echo 'abc",
  'echo `abc',
  'echo ${x',
  'echo abc\\',
  'echo $(abc',
  'cat <<E\nabc',
  'f() { echo',
];

describe.skipIf(reason !== null)(`bash${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  test('code that ends within a quote costs the next cell nothing', async () => {
    const session = await sessions.open({ language: 'bash', backend: 'native', limits: { cellMs: 5000 } });
    await session.run('x=41');
    for (const code of unended) {
      await session.run(code);
      const { ending, outputs } = await session.run('echo $((x + 1))\n(exit 4)');
      expect(outputs, code).toEqual([{ kind: 'stream', stream: 'stdout', bytes: new Uint8Array(Buffer.from('42\n')) }]);
      expect(ending, code).toMatchObject({ kind: 'failed', error: { name: 'exit status 4', line: 2 } });
    }
    await session.end();
  }, 60_000);

  test('a command that a signal ends says nothing of a terminal', async () => {
    const session = await sessions.open({ language: 'bash', backend: 'native', limits: { cellMs: 5000 } });
    const written = async (code: string) =>
      (await session.run(code)).outputs.map((one) => one.kind === 'stream' && Buffer.from(one.bytes).toString());
    expect(await written('yes | head -1')).toEqual(['y\n']);
    expect(await written('echo a >&2; (kill -TERM $BASHPID); printf bash >&2')).toEqual(['a\nbash']);
    await session.end();
  }, 60_000);
});
