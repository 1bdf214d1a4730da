/** The second belt holds, and the picture taken in it shows what came through: tested with harmless marks. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { belted, beltProblem } from './belt.ts';

const problem = await beltProblem();
const caps = { memoryBytes: 2 ** 29, processes: 100, wallMs: 20_000 };
const mark = `/usr/winnow-mark-${process.pid}`;

/** A script that takes a picture, does something, takes another and prints what is different. */
const pictured = (act: string): string[] => [
  process.execPath,
  '--input-type=module',
  '-e',
  `import { spawn, execSync } from 'node:child_process';
   import { createServer } from 'node:net';
   import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
   import { differences, takePicture } from ${JSON.stringify(join(import.meta.dirname, 'picture.ts'))};
   const before = takePicture(['/tmp/own/']);
   ${act};
   console.log(JSON.stringify(differences(before, takePicture(['/tmp/own/']))));
   process.exit();`,
];

const named = problem === null ? '' : ` (${problem})`;

test.skipIf(problem !== null)(`what is written inside is not outside, and ends with the command${named}`, async () => {
  const run = await belted(['sh', '-c', `echo x >${mark} && cat ${mark} && (sleep 100 &) && ip -o link | wc -l`], caps);
  expect(run).toMatchObject({ exit: 0, timedOut: false });
  expect(run.stdout.split('\n').slice(0, 1)).toEqual(['x']);
  expect(existsSync(mark)).toBe(false);
});

test.skipIf(problem !== null)(`it ends when its time is up${named}`, async () => {
  const started = performance.now();
  expect(
    await belted(['sh', '-c', 'trap "" TERM; while :; do sleep 1; done'], { ...caps, wallMs: 1000 }),
  ).toMatchObject({ timedOut: true });
  expect(performance.now() - started).toBeLessThan(10_000);
});

for (const [what, act, expected] of [
  ['nothing', '0', []],
  ['what the sandbox may change', "mkdirSync('/tmp/own'); writeFileSync('/tmp/own/x', 'x')", []],
  ['a new file', `writeFileSync('${mark}', 'x')`, [/^file "\/usr\/winnow-mark.* is a file [0-9a-f]{16} of 1 bytes/]],
  ['a changed file', "appendFileSync('/etc/passwd', 'x')", [/^file "\/etc\/passwd" is a file/]],
  ['a removed file', "rmSync('/etc/passwd')", [/^file "\/etc\/passwd" is gone/]],
  ['a link', "symlinkSync('/etc/shadow', '/tmp/link')", [/^file "\/tmp\/link" is a link to "\/etc\/shadow"/]],
  ['shared memory', "writeFileSync('/dev/shm/x', 'x')", [/^file "\/dev\/shm\/x"/]],
  ['a process', "spawn('sleep', ['100'])", [/^process sleep N runs 1 times, 0 before/]],
  [
    'a process that calls itself a warm interpreter',
    "spawn('sleep', ['100'], { argv0: 'python3' })",
    [/^process pythonN N runs 1 times, 0 before/],
  ],
  [
    'a server',
    "await new Promise((resolve) => createServer().listen(47999, '127.0.0.1', resolve))",
    [/^tcp socket listening at 0100007F:BB7F/],
  ],
] as const)
  test.skipIf(problem !== null)(`the picture shows ${what}${named}`, async () => {
    const run = await belted(pictured(act), caps, { env: { NODE_DISABLE_COMPILE_CACHE: '1' } });
    expect(run.stderr).toBe('');
    const found = JSON.parse(run.stdout) as string[];
    expect(found).toHaveLength(expected.length);
    expected.forEach((pattern, index) => {
      expect(found[index]).toMatch(pattern);
    });
  });
