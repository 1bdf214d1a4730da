/** Programs that do harm, to `winnow run --partial` as a user runs it: each ends in time, and what ran of it and why it is not all is told. */
import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, test } from 'vitest';
import { winnow } from './keptprogram.ts';
import { workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
afterAll(remove);
const hasPython = spawnSync('python3', ['--version']).status === 0;

interface Told {
  readonly covered: number;
  readonly failures: readonly string[];
  readonly gaps: string;
  readonly ending: string;
}

/** A round has 3 s, and the budget ends after one that spent it. */
function told(name: string, source: string, ...words: string[]): Told {
  const [file = '', wanted] = name.split(':');
  writeFiles(dir, { [file]: source });
  const target = wanted === undefined ? file : name;
  const ran = winnow(['run', target, '--partial', '--budget', '1s', '--json', ...words], { home, cwd: dir });
  if (ran.stdout === '') throw new Error(ran.stderr);
  const { partial, outcome } = JSON.parse(ran.stdout);
  return {
    covered: partial.coverage.covered,
    failures: partial.failures.map((one: { certainty: string; type: string }) => `${one.certainty} ${one.type}`),
    gaps: partial.gaps.join('\n'),
    ending: outcome.ending.kind,
  };
}

const python = hasPython ? 'Python' : 'Python (skipped: python3 is not installed)';

(hasPython ? describe : describe.skip)(python, () => {
  const broken =
    'def whole(x):\n    return x + lost\n\ndef broken(y):\n    return y +\n\ndef later(z):\n    return z.name\n';

  test('a mistake of syntax is told with its place; what stands before it runs, or the definition that is asked for', () => {
    expect(told('broken.py', broken)).toMatchObject({ covered: 2, gaps: expect.stringContaining('line 5') });
    expect(told('broken.py:later', broken)).toMatchObject({
      covered: 1,
      gaps: expect.stringContaining('lines 4-5 were left out'),
    });
  });

  test('what catches every end, and threads and tasks without one, are ended', () => {
    const loop =
      'while True:\n    try:\n        while True:\n            lost.step()\n    except BaseException:\n        pass\n';
    expect(told('catch.py', loop, '--level', '2').gaps).toMatch(/long enough|from outside/);
    const threads =
      'import threading\ndef work():\n    while True:\n        lost.poll()\nfor _ in range(5):\n    threading.Thread(target=work).start()\nprint(lost)\n';
    expect(told('threads.py', threads, '--level', '2').covered).toBe(7);
    const many =
      'import threading\nhold = threading.Event()\nfor _ in range(90):\n    threading.Thread(target=hold.wait, daemon=True).start()\n';
    expect(told('many.py', many, '--level', '1').failures).toEqual(['possible RuntimeError']);
    const tasks =
      'import asyncio\nasync def forever():\n    while True:\n        await asyncio.sleep(0.01)\nasync def main():\n    print(await fetch(urls))\n    await forever()\nasyncio.run(main())\n';
    // Loading asyncio alone takes a second on a busy machine.
    expect(told('tasks.py', tasks, '--level', '2', '--budget', '3s')).toMatchObject({
      gaps: expect.stringMatching(/long enough|from outside/),
    });
  });

  test('what hangs outside of Python, floods its output or fills the memory has told what ran until then', () => {
    const hung = "import re\nprint(missing)\nre.match(r'(a+)+$', 'a' * 60 + 'b')\n";
    expect(told('hung.py', hung, '--level', '2')).toMatchObject({ covered: 2, ending: 'timed-out' });
    const flood = "value = missing\nwhile True:\n    print('x' * 1_000_000)\n";
    expect(told('flood.py', flood, '--level', '2')).toMatchObject({ covered: 3, ending: 'output-limit' });
    const huge = "print(missing)\nbig = 'x' * (300 * 1024 * 1024)\nrows = [big + str(n) for n in range(50)]\n";
    expect(told('huge.py', huge, '--level', '2')).toMatchObject({ covered: 2, ending: 'out-of-memory' });
  });

  test('a program that takes the hooks apart, forges what is told or starts others is bounded', () => {
    const tracer =
      "import sys, gc\nfor name in list(sys.modules):\n    if 'winnow' in name:\n        sys.modules[name].__dict__.clear()\nfor one in gc.get_objects():\n    if type(one).__name__ in ('Round', 'Rows'):\n        one.__dict__.clear()\nprint(missing.name)\n";
    expect(told('tracer.py', tracer, '--level', '2').ending).toBe('exited');
    const forger =
      "open('.winnow-partial/rows.jsonl', 'w').write('no row\\n' * 10)\nimport os\nos.close(3)\nprint(missing)\n";
    expect(told('forger.py', forger, '--level', '2').ending).toBe('exited');
    const starter =
      "import subprocess, sys\nprint(missing)\nsubprocess.check_output([sys.executable, '-c', 'while True: pass'])\n";
    expect(told('starter.py', starter, '--level', '2')).toMatchObject({ covered: 2, ending: 'timed-out' });
  });
});

describe('JavaScript', () => {
  test('a mistake of syntax is told; what stands before it runs', () => {
    const source = 'function whole(x) { return x + lost; }\nwhole(1);\nfunction broken(y) { return y + ; }\n';
    expect(told('broken.js', source)).toMatchObject({ covered: 3, gaps: expect.stringContaining('before line 3') });
  });

  test('what catches every end, endless generators and workers are ended', () => {
    const loop = 'for (;;) { try { for (;;) lost.step(); } catch {} }\n';
    expect(told('catch.js', loop, '--level', '2').gaps).toMatch(/time for all rounds|from outside/);
    const endless =
      'function* endless() { let n = 0; for (;;) yield change(n++); }\nfor (const one of endless()) use(one);\n';
    expect(told('endless.js', endless, '--level', '2').gaps).toContain('loop');
    const workers =
      "const { Worker } = require('worker_threads');\nnew Worker('for (;;) {}', { eval: true });\nconsole.log(lost.name);\n";
    expect(told('workers.js', workers, '--level', '2').ending).toMatch(/exited|timed-out/);
  });

  test('what takes the hooks apart or fills the memory is bounded, on both backends', () => {
    const tracer =
      'globalThis.Proxy = null; globalThis.Reflect = null; globalThis.Map = null;\nFunction.prototype.call = null; Array.prototype[Symbol.iterator] = null;\nconsole.log(missing.name);\n';
    for (const backend of ['native', 'embedded'])
      expect(told('tracer.js', tracer, '--backend', backend, '--level', '2').ending).toMatch(/exited|crashed/);
    const huge = 'const rows = [];\nfor (let n = 0; n < 1e9; n++) rows.push(new Array(1e6).fill(n));\n';
    expect(told('huge.js', huge, '--level', '1').ending).toMatch(/crashed|out-of-memory|timed-out/);
  });
});
