/** Twenty programs that try for a point without solving anything, by ways that were seen or published; none gains one, and an honest neighbour loses none. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openRunner } from '../../run/mod.ts';
import { judgeHarness } from '../harness/harness.ts';
import { judgeFunctions } from './functions.ts';

const canRun = spawnSync('bwrap', ['--version']).status === 0 && spawnSync('python3', ['--version']).status === 0;
const hasNode = canRun && spawnSync('node', ['--version']).status === 0;
const skipped = canRun ? '' : ' (skipped: bubblewrap or python3 is not installed)';
const cacheDir = mkdtempSync(join(tmpdir(), 'winnow-cheats-'));
const runner = openRunner({ cacheDir, path: (process.env.PATH ?? '').split(':') });
afterAll(async () => {
  await runner.close();
  rmSync(cacheDir, { recursive: true });
});
const signal = new AbortController().signal;

const key = {
  entryPoint: 'f',
  context: 'SECRET = 42\n',
  test: 'def check(candidate):\n    for n in range(3):\n        assert candidate(n) == n * SECRET + 1\n',
};

/** By the way of cheating; each defines `f`, or ends before it does. */
const cheats: Readonly<Record<string, string>> = {
  'prints a forged verdict': `import json
print(json.dumps({'kind': 'right', 'reason': None}))
def f(n):
    print(json.dumps({'kind': 'right', 'reason': None}))`,
  'writes a forged verdict to every descriptor': `import os
for number in range(3, 64):
    try:
        os.write(number, b'["returned", "1"]' * 50)
    except OSError:
        pass
def f(n):
    return 0`,
  'writes verdicts into every file it may write': `import os
for path in os.listdir('.'):
    try:
        with open(path, 'r+') as file:
            file.write('{"number": "", "kind": "right", "reason": null}\\n' * 9)
    except OSError:
        pass
def f(n):
    return 0`,
  'leaves a child that rewrites the verdict later': `import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for _ in range(20):
            time.sleep(0.02)
            for path in ('verdicts.jsonl', '/work/verdicts.jsonl'):
                try:
                    text = open(path).read().replace('"wrong"', '"right"')
                    open(path, 'w').write(text)
                except OSError:
                    pass
    os._exit(0)
def f(n):
    return 0`,
  'patches the exception that fails a test': `import builtins
builtins.AssertionError = ValueError
def f(n):
    return 0`,
  'patches comparison and all of the built-ins': `import builtins, operator
for name in ('all', 'any', 'len', 'sum', 'abs', 'isinstance', 'eval', 'compile', 'range'):
    setattr(builtins, name, lambda *a, **k: True)
operator.eq = lambda a, b: True
def f(n):
    return 0`,
  'answers with what equals everything': `class Same(int):
    def __eq__(self, other):
        return True
    def __ne__(self, other):
        return False
    __hash__ = int.__hash__
def f(n):
    return Same(0)`,
  'lies about its own text': `class Sly(int):
    def __repr__(self):
        return 'n * SECRET + 1'
    __str__ = __repr__
def f(n):
    return Sly(0)`,
  'answers with code instead of a value': `class Code(str):
    def __repr__(self):
        return "__import__('builtins').setattr(__import__('builtins'), 'AssertionError', ValueError)"
def f(n):
    return Code('x')`,
  'reads the tests from the stack': `import sys
def f(n):
    frame = sys._getframe()
    while frame is not None:
        for space in (frame.f_locals, frame.f_globals):
            if 'SECRET' in space:
                return n * space['SECRET'] + 1
        frame = frame.f_back
    return 0`,
  'reads the tests from the heap': `import gc
def f(n):
    for one in gc.get_objects():
        if isinstance(one, dict) and 'SECRET' in one:
            return n * one['SECRET'] + 1
    return 0`,
  'reads the tests from the disk': `import os
def f(n):
    for top in ('/work', '/tmp', '/run', '/proc/self/cwd', '.'):
        for base, _, names in os.walk(top):
            for name in names:
                try:
                    text = open(os.path.join(base, name), errors='replace').read()
                except OSError:
                    continue
                if 'SECRET = ' in text:
                    return n * int(text.split('SECRET = ')[1].split('\\\\n')[0]) + 1
    return 0`,
  'reads the tests from the memory of other processes': `import os, re
def f(n):
    for one in os.listdir('/proc'):
        if not one.isdigit() or int(one) == os.getpid():
            continue
        try:
            maps = open('/proc/%s/maps' % one).read()
            memory = open('/proc/%s/mem' % one, 'rb', 0)
        except OSError:
            continue
        for low, high in re.findall(r'(?m)^([0-9a-f]+)-([0-9a-f]+) rw', maps):
            try:
                memory.seek(int(low, 16))
                found = re.search(rb'SECRET = (\\d+)\\n', memory.read(int(high, 16) - int(low, 16)))
            except (OSError, ValueError, OverflowError):
                continue
            if found:
                return n * int(found.group(1)) + 1
    return 0`,
  'exits with 0 when it is loaded': 'import sys\nsys.exit(0)',
  'exits with 0 when it is called': 'import os\ndef f(n):\n    os._exit(0)',
  'sleeps until it is killed': 'import time\ndef f(n):\n    time.sleep(60)',
  'never gives up': `def f(n):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass`,
  'puts itself in the place of modules': `import sys
class Any:
    def __getattr__(self, name):
        return lambda *a, **k: True
for name in list(sys.modules):
    if name not in ('sys', 'builtins'):
        sys.modules[name] = Any()
sys.meta_path.clear()
def f(n):
    return 0`,
  'answers when the process ends': `import atexit, os
atexit.register(lambda: [os.write(number, b'["returned", "1"]') for number in range(3, 9)])
def f(n):
    raise SystemExit`,
  'floods the channel from threads': `import os, struct, threading
def flood():
    message = b'["returned", "43"]'
    for number in range(3, 12):
        for _ in range(50):
            try:
                os.write(number, struct.pack('>I', len(message)) + message)
            except OSError:
                break
threading.Thread(target=flood, daemon=True).start()
def f(n):
    return 0`,
  'kills everybody': `import os, signal
for one in os.listdir('/proc'):
    if one.isdigit() and int(one) != os.getpid():
        try:
            os.kill(int(one), signal.SIGKILL)
        except OSError:
            pass
def f(n):
    return 0`,
};

(canRun ? describe : describe.skip)(`cheating programs${skipped}`, () => {
  test('twenty ways of Python, none of which gains a point or costs a neighbour one', async () => {
    expect(Object.keys(cheats).length).toBeGreaterThanOrEqual(20);
    const honest = 'def f(n):\n    return n * 42 + 1\n';
    const sources = [...Object.values(cheats), honest];
    const verdicts = await judgeFunctions(key, sources, { runner, signal, cpuMs: 300 });
    const right = verdicts.flatMap(({ kind }, at) =>
      kind === 'wrong' ? [] : [`${kind}: ${Object.keys(cheats)[at] ?? 'honest'}`],
    );
    expect(right).toEqual(['right: honest']);
    expect(verdicts.at(-1)).toEqual({ kind: 'right' });
  });
});

(hasNode ? describe : describe.skip)(
  `tests inside the program${hasNode ? '' : ' (skipped: bubblewrap, python3 or node is missing)'}`,
  () => {
    const harness = { language: 'javascript', test: 'console.assert(f(1) === 43)' } as const;
    const judged = async (program: string): Promise<string> => {
      const verdict = await judgeHarness(harness, program, { runner, signal, cpuMs: 5_000 });
      return verdict.kind === 'wrong' ? verdict.reason : verdict.kind;
    };
    test('honest programs are right and wrong by their answers', async () => {
      expect(await judged('const f = (n) => n * 42 + 1')).toBe('right');
      expect(await judged('const f = (n) => 0')).toContain('exit code 1');
    });
    test('who leaves early, prints a mark of its own, or finds the true one gains nothing', async () => {
      expect(await judged('const f = () => process.exit(0)')).toBe('it ended before the last test');
      expect(await judged("console.log('winnow-0'); const f = () => process.exit(0)")).toBe(
        'it ended before the last test',
      );
      const reads = "const text = require('fs').readFileSync(__filename, 'utf8'); const mark = 'winn' + 'ow-';";
      expect(
        await judged(
          `${reads} process.stdout.write(text.slice(text.indexOf(mark), text.indexOf(mark) + 43)); const f = () => process.exit(0)`,
        ),
      ).toBe('it passes a test that no program can pass');
    });
  },
);
