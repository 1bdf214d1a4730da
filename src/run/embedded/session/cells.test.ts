/** Cells of JavaScript and Bash on their engines themselves: constants that stay ones, and what a loop has printed when it is stopped. */
import { expect, test } from 'vitest';
import { keptCache } from '../../../../test/keptcache.ts';
import type { CellSink, EngineEnding, EngineSession, SessionSetup } from './engine.ts';
import { javascriptSessions } from './quickjs.ts';
import { bashSessions } from './shell.ts';

/** How often a cell may ask before it is to stop: no clock, so that a busy machine makes no difference. */
let asksLeft = Number.POSITIVE_INFINITY;
const options = { cacheDir: keptCache, memoryBytes: 256 * 2 ** 20, stopping: () => asksLeft-- <= 0 };
const setup: SessionSetup = {
  determinism: { seed: 0, clockMs: Date.UTC(2025, 0, 1), locale: 'C.UTF-8', timeZone: 'UTC' },
  env: {},
  files: [],
  memoryBytes: 256 * 2 ** 20,
  fileBytes: 2 ** 20,
  outputBytes: 2 ** 20,
};

async function cell(
  session: EngineSession,
  code: string,
): Promise<{ ending: EngineEnding; out: string; text: string }> {
  let [out, text] = ['', ''];
  const sink: CellSink = {
    stdout: (bytes) => {
      out += Buffer.from(bytes).toString();
    },
    stderr: () => undefined,
    overflow: () => undefined,
    shown: (bytes) => {
      const length = Buffer.from(bytes).readUInt32LE(0);
      text = JSON.parse(Buffer.from(bytes.subarray(4, 4 + length)).toString()).text;
    },
  };
  const { ending } = await session.run(code, 1, sink);
  return { ending, out, text };
}

const constant = { kind: 'failed', error: { name: 'TypeError', message: "Assignment to constant variable 'x'." } };

test('a constant is set by nothing but another declaration', async () => {
  const engine = await javascriptSessions.open(options);
  const session = await engine.open(setup);
  await cell(session, 'const x = 41, { y } = { y: 2 }');
  expect((await cell(session, 'x = 5')).ending).toMatchObject(constant);
  expect((await cell(session, 'x++; 1')).ending).toMatchObject(constant);
  engine.settle();
  const copy = session.copy();
  expect((await cell(copy as EngineSession, 'x = 5')).ending).toMatchObject(constant);
  expect((await cell(session, 'const x = = 7')).ending).toMatchObject({ error: { name: 'SyntaxError' } });
  expect((await cell(session, 'x + y')).text).toBe('43');
  expect((await cell(session, 'let x = 1; x = 2; x')).text).toBe('2');
  expect((await cell(session, 'const x = 3; x = 4')).ending).toMatchObject(constant);
  expect((await cell(session, 'x')).text).toBe('3');
  expect((await cell(session, 'function x() {}\nx = 6; x')).text).toBe('6');
  expect((await cell(session, 'const broken = fail()')).ending).toMatchObject({ error: { name: 'ReferenceError' } });
  expect((await cell(session, 'const broken = 1; broken')).text).toBe('1');
  session.drop();
});

test('a loop of Bash that is stopped has printed what it had', async () => {
  const engine = await bashSessions.open(options);
  const session = await engine.open(setup);
  for (const loop of ['while :; do', 'until false; do', 'while [ 1 ]; do', 'for ((;;)); do']) {
    asksLeft = 500;
    const { ending, out } = await cell(session, `echo first; ${loop} echo turn; done`);
    expect(ending, loop).toEqual({ kind: 'interrupted' });
    expect(out.startsWith('first\nturn\n'), loop).toBe(true);
  }
  asksLeft = Number.POSITIVE_INFINITY;
  expect((await cell(session, 'echo on')).out).toBe('on\n');
});

test('a stack that overflows has no line, which is said, and the session goes on', async () => {
  asksLeft = Number.POSITIVE_INFINITY;
  const engine = await javascriptSessions.open(options);
  const session = await engine.open(setup);
  const sink: CellSink = { stdout: () => {}, stderr: () => {}, overflow: () => {}, shown: () => {} };
  await cell(session, 'let x = 1');
  engine.settle();
  const { ending, notices } = await session.run('const f = (n) => f(n + 1) + 1;\nf(0)', 1, sink);
  expect(ending).toMatchObject({ kind: 'failed', error: { name: 'RangeError', line: null } });
  expect(notices.join()).toContain('the engine could not tell the line');
  expect((await cell(session, 'x')).text).toBe('1');
});
