/** Native JavaScript cells that compute without end, wherever they do: they are interrupted, variables stay, and the next cell answers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { openSessions } from '../open.ts';
import { openNativeKernels } from './opennative.ts';

const settings = { cacheDir: null, path: (process.env.PATH ?? '').split(':').filter((path) => path.startsWith('/')) };
const probe = openNativeKernels(settings);
const canOpen = await probe.canOpen('javascript');
await probe.close();
const sessions = openSessions(settings);
afterAll(() => sessions.close());

const endless = [
  'for (;;);',
  'await null; for (;;);',
  'for (;;) await null;',
  'await new Promise((resolve) => setTimeout(resolve, 1)); for (;;);',
  'setTimeout(() => { for (;;); }, 1); await new Promise(() => {});',
  'process.nextTick(() => { for (;;); }); await new Promise(() => {});',
  'require("fs").stat("/", () => { for (;;); }); await new Promise(() => {});',
  'for (;;) { try { for (;;); } finally { continue; } }',
  'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);',
  'process.removeAllListeners("SIGINT"); await new Promise(() => {});',
];
const collect = 'require("v8").setFlagsFromString("--expose-gc"); require("vm").runInNewContext("gc")();';

describe.skipIf(!canOpen)(
  `interrupts of JavaScript${canOpen ? '' : ' (skipped: no native sessions of it here)'}`,
  () => {
    test('a cell that computes without end keeps its state, before and after an await', async () => {
      const session = await sessions.open({ language: 'javascript', backend: 'native' });
      await session.run('let x = 41');
      for (const code of endless) {
        const running = session.run(code);
        await sleep(50);
        session.interrupt();
        const { ending, stateLost } = await running;
        expect([ending, stateLost], code).toEqual([{ kind: 'interrupted', by: 'caller' }, false]);
        // What was awaited in vain is collected, and nobody waits for it.
        const next = await session.run(`${collect} x + 1`);
        expect(next.outputs, code).toMatchObject([{ value: { json: 42 } }]);
      }
      const left = await session.run('process.exit(3)');
      expect([left.ending, left.outputs]).toEqual([{ kind: 'kernel-ended', code: 3, signal: null }, []]);
      await session.end();
    }, 120_000);

    test('what an interrupted cell leaves behind does not keep the next one from its beginning', async () => {
      const session = await sessions.open({ language: 'javascript', backend: 'native' });
      await session.run('let x = 41');
      const running = session.run('await new Promise((resolve) => setTimeout(resolve, 100)); for (;;);');
      await sleep(20);
      session.interrupt();
      expect((await running).ending).toEqual({ kind: 'interrupted', by: 'caller' });
      await sleep(150);
      const next = await session.run('x + 1');
      expect([next.ending, next.stateLost, next.outputs]).toMatchObject([
        { kind: 'done' },
        false,
        [{ value: { json: 42 } }],
      ]);
      await session.end();
    }, 60_000);
  },
);
