import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openRunner } from '../../run/mod.ts';
import { judgeFunctions } from './functions.ts';

const canRun = spawnSync('bwrap', ['--version']).status === 0 && spawnSync('python3', ['--version']).status === 0;
const name = canRun
  ? 'functions by hidden tests'
  : 'functions by hidden tests (skipped: bubblewrap or python3 is not installed)';
const cacheDir = mkdtempSync(join(tmpdir(), 'winnow-key-'));
const runner = openRunner({ cacheDir, path: (process.env.PATH ?? '').split(':') });
afterAll(async () => {
  await runner.close();
  rmSync(cacheDir, { recursive: true });
});

const key = {
  entryPoint: 'f',
  context: 'def twice(x):\n    return 2 * x\n',
  test: 'def check(candidate):\n    for n in range(5):\n        assert candidate([n, twice(n)]) == {"sum": 3 * n}\n    try:\n        candidate(None)\n        assert False\n    except TypeError:\n        pass\n',
};
const judge = async (...sources: string[]): Promise<string[]> =>
  (await judgeFunctions(key, sources, { runner, signal: new AbortController().signal, cpuMs: 500 })).map((verdict) =>
    verdict.kind === 'right' ? 'right' : `${verdict.kind}: ${verdict.reason}`,
  );

(canRun ? describe : describe.skip)(name, () => {
  test('right and wrong, with what was wrong', async () => {
    expect(
      await judge(
        'def f(x):\n    return {"sum": sum(x)}\n',
        'def f(x):\n    return {"sum": 0}\n',
        'def f(x):\n    raise KeyError\n',
        'def g(x):\n    return 1\n',
        'def f(x)\n',
      ),
    ).toEqual([
      'right',
      'wrong: assertion',
      'wrong: KeyError',
      'wrong: it has no f',
      'wrong: it does not load: SyntaxError',
    ]);
  });

  test('nobody cheats, and nobody pays for a neighbour', async () => {
    const verdicts = await judge(
      'import sys\ndef f(x):\n    sys.exit(0)\n',
      'import os\ndef f(x):\n    os._exit(0)\n',
      'def f(x):\n    class Same(dict):\n        def __eq__(self, other):\n            return True\n    return Same()\n',
      'import builtins\nbuiltins.AssertionError = ValueError\ndef f(x):\n    return 1\n',
      'import os\nfor one in os.listdir("/proc"):\n    if one.isdigit() and int(one) != os.getpid():\n        try:\n            os.kill(int(one), 9)\n        except OSError:\n            pass\ndef f(x):\n    return 1\n',
      'import glob\nfor path in glob.glob("*"):\n    open(path, "w").write(\'{"kind": "right", "reason": null}\\n\')\ndef f(x):\n    return 1\n',
      'def f(x):\n    while True:\n        try:\n            while True:\n                pass\n        except BaseException:\n            pass\n',
      'def f(x):\n    return {"sum": sum(x)}\n',
    );
    expect(verdicts.at(-1)).toBe('right');
    expect(verdicts.slice(0, -1).filter((verdict) => !verdict.startsWith('wrong'))).toEqual([]);
  });
});
