/** What heap images of Python promise, held on the engine itself: without its process, so that what is counted is the engine's alone. */
import { expect, test } from 'vitest';
import { keptCache } from '../../../../test/keptcache.ts';
import type { CellSink, EngineSession, SessionSetup } from './engine.ts';
import { pythonSessions } from './python.ts';

let wishes = 0;
const engine = await pythonSessions.open({
  cacheDir: keptCache,
  memoryBytes: 256 * 2 ** 20,
  stopping: () => wishes > 0 && wishes-- > 0,
});
const setup: SessionSetup = {
  determinism: { seed: 0, clockMs: Date.UTC(2025, 0, 1), locale: 'C.UTF-8', timeZone: 'UTC' },
  env: {},
  files: [],
  memoryBytes: 256 * 2 ** 20,
  fileBytes: 2 ** 20,
  outputBytes: 2 ** 20,
};

/** @returns what it showed, as JSON, and its ending */
async function cell(session: EngineSession, code: string, count = 1): Promise<{ value: unknown; ending: string }> {
  let value: unknown;
  const sink: CellSink = {
    stdout: () => undefined,
    stderr: () => undefined,
    overflow: () => undefined,
    shown: (bytes) => {
      const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
      value = JSON.parse(Buffer.from(bytes.subarray(4, 4 + length)).toString()).json;
    },
  };
  const { ending } = await session.run(code, count, sink);
  engine.settle();
  return { value, ending: ending.kind };
}

test('sessions in turn keep their own names, modules and files, and hold what they changed', async () => {
  const sessions = await Promise.all(Array.from({ length: 30 }, () => engine.open(setup)));
  for (const [i, session] of sessions.entries())
    await cell(session, `import sys, json\nme = ${i}\njson.me = ${i}\nopen('me.txt', 'w').write('${i}')\nNone`);
  for (const [i, session] of sessions.toReversed().entries()) {
    const own = sessions.length - 1 - i;
    expect(await cell(session, '[me, json.me, int(open("me.txt").read())]')).toEqual({
      value: [own, own, own],
      ending: 'done',
    });
  }
  // A few pages each, and not the interpreter's 30 MB.
  expect(engine.heldBytes() / sessions.length).toBeLessThan(4 * 2 ** 20);
  for (const session of sessions) session.drop();
});

test('a session that breaks what it finds breaks it for itself alone', async () => {
  const [evil, good] = [await engine.open(setup), await engine.open(setup)];
  await cell(
    evil,
    'import builtins, sys, os\nfor name in list(vars(builtins)):\n    if name not in ("__import__",): delattr(builtins, name)\n' +
      'sys.modules.clear()\nsys.stdout = None',
  );
  expect(await cell(good, 'import json\nlen(json.dumps(list(range(3))))')).toEqual({ value: 9, ending: 'done' });
  await evil.restart();
  expect(await cell(evil, '1 + 1')).toEqual({ value: 2, ending: 'done' });
  for (const session of [evil, good]) session.drop();
});

test('the same cells take the same instructions, whoever had the memory in between', async () => {
  // The pinned clock moves by instructions and nothing else.
  const program = ['x = sorted(hash(str(i)) for i in range(500))', 'import time\ntime.perf_counter_ns()'];
  const times: unknown[] = [];
  for (let round = 0; round < 3; round++) {
    const [session, other] = [await engine.open(setup), await engine.open(setup)];
    await cell(session, program[0] as string, 1);
    if (round > 0) await cell(other, `y = "z" * ${round * 1_000_000}\nimport decimal`);
    times.push((await cell(session, program[1] as string, 2)).value);
    for (const one of [session, other]) one.drop();
  }
  expect(new Set(times).size).toBe(1);
});

test('a copy goes its own way: names, open files, clock and chance', async () => {
  const session = await engine.open(setup);
  await cell(session, 'import random, time\nfile = open("log.txt", "w")\nfile.write("both ")\nlist_ = [1]\nNone');
  const copy = session.copy() as EngineSession;
  await cell(copy, 'file.write("copy")\nfile.flush()\nlist_.append(2)\nNone', 2);
  await cell(session, 'file.write("own")\nfile.flush()\nNone', 2);
  const [own, copied] = [
    await cell(session, '[open("log.txt").read(), list_]'),
    await cell(copy, '[open("log.txt").read(), list_]'),
  ];
  expect([own.value, copied.value]).toEqual([
    ['both own', [1]],
    ['both copy', [1, 2]],
  ]);
  expect((await cell(session, 'random.random()')).value).toBe((await cell(copy, 'random.random()')).value);
  for (const one of [session, copy]) one.drop();
});

test('what broke the interpreter leaves the state of before its cell', async () => {
  const session = await engine.open(setup);
  await cell(session, 'kept = 5');
  expect(await cell(session, 'kept = 6\nopen("half.txt", "w").write("x")\nimport os\nos.abort()')).toEqual({
    value: undefined,
    ending: 'failed',
  });
  expect((await cell(session, 'import os\n[kept, os.listdir()]')).value).toEqual([5, []]);
  expect((await cell(session, 'held = []\nwhile True: held.append(bytearray(1 << 20))')).ending).toBe('out-of-memory');
  expect((await cell(session, 'kept')).value).toBe(5);
  session.drop();
  // What lies in memory still is the last session's.
  expect(engine.heldBytes()).toBeLessThan(16 * 2 ** 20);
});

test('a wish that a cell stops, heard as it ends, is nothing to the next cell', async () => {
  const session = await engine.open(setup);
  await cell(session, 'def spin():\n    while True: pass');
  for (const asked of [1, 2, 3]) {
    wishes = asked;
    expect((await cell(session, 'spin()')).ending).toBe('interrupted');
    wishes = 0;
    expect(await cell(session, '6 * 7')).toEqual({ value: 42, ending: 'done' });
  }
  // Wishes while no cell is at it reach no cell.
  wishes = 1;
  session.copy()?.drop();
  wishes = 0;
  expect((await cell(session, '1')).ending).toBe('done');
  session.drop();
});

test('what a cell does to the kernel is its error, and no interrupt', async () => {
  const session = await engine.open(setup);
  const code =
    'import sys\nclass Bad(BaseException):\n    pass\ndef trace(*_):\n    raise Bad("out of the kernel")\nsys.setprofile(trace)';
  expect((await cell(session, code)).ending).toBe('failed');
  expect((await cell(session, '1')).ending).toBe('done');
  session.drop();
});
