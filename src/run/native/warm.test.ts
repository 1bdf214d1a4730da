/**
 * A warm interpreter must do exactly what a new one does: every program here is run by `python3 main.py a "b c"`, and three
 * times warm (the first use starts an interpreter anew, the second makes the fork server, the third finds it).
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openSandbox } from './opensandbox.ts';
import type { Execution } from './sandbox.ts';

const sandbox = openSandbox({ cacheDir: null, path: ['/usr/bin', '/bin'], parallelism: 1 });
const availability = await sandbox.availability();
const reason = availability.state === 'ready' ? '' : availability.reason;
afterAll(() => sandbox.close());

const args = ['a', 'b c'];
const env = { PATH: '/usr/bin:/bin', HOME: '/work', LC_ALL: 'C.UTF-8', PYTHONHASHSEED: '0', TZ: 'Asia/Tokyo' };

function execution(code: string, files: Readonly<Record<string, string>>, warm: boolean): Execution {
  return {
    argv: ['/usr/bin/python3', 'main.py', ...args],
    warm: warm ? { interpreter: 'python', script: 'main.py', args, seed: 5 } : null,
    files: Object.entries({ ...files, 'main.py': code }).map(([path, text]) => ({ path, bytes: Buffer.from(text) })),
    stdin: Buffer.from('one\ntwo\n'),
    env,
    limits: {
      wallMs: 10_000,
      cpuMs: 5_000,
      fuel: null,
      memoryBytes: 256 << 20,
      outputBytes: 1 << 20,
      keepBytes: 1 << 20,
      processes: 32,
      fileBytes: 8 << 20,
    },
    network: false,
    read: [],
    reservesMemory: false,
    collect: 'all',
  };
}

async function observed(one: Execution): Promise<unknown> {
  const { ending, stdout, stderr, files } = await sandbox.execute(one);
  // Addresses differ from start to start.
  const text = (bytes: Uint8Array): string =>
    Buffer.from(bytes)
      .toString()
      .replace(/0x[0-9a-f]{8,}|started \d+/g, 'ADDRESS');
  const changed = files
    .filter((file) => !file.path.includes('__pycache__'))
    .map((file) => ('bytes' in file ? { ...file, bytes: text(file.bytes) } : file));
  return { ending, stdout: text(stdout.head), stderr: text(stderr.head), changed };
}

/** A zip archive of one `__main__.py` as ASCII; Python does not look at checksums, which are 0 here. */
function zipped(code: string): string {
  const name = '__main__.py';
  const u16 = (...numbers: number[]): string => String.fromCharCode(...numbers.flatMap((n) => [n & 255, n >> 8]));
  const about = u16(10, 0, 0, 0, 0, 0, 0, code.length, 0, code.length, 0, name.length, 0);
  const file = `PK\x03\x04${about}${name}${code}`;
  const entry = `PK\x01\x02${u16(10)}${about}${u16(0, 0, 0, 0, 0, 0, 0)}${name}`;
  return `${file}${entry}PK\x05\x06${u16(0, 0, 1, 1, entry.length, 0, file.length, 0, 0)}`;
}

const programs: Readonly<Record<string, string>> = {
  'what it is told': `import sys, os
print(sys.argv, sys.orig_argv, sys.flags, sys.path, __name__, __file__, __spec__, __doc__, __package__, __builtins__)
print(sorted(globals()), __annotations__, type(__loader__), __cached__, os.getcwd(), dict(os.environ), sys.warnoptions)
import __main__; print(__main__ is sys.modules['__main__'], vars(__main__) is globals(), [n for n in sys.modules if 'winnow' in n or n in ('cell', 'zygote', 'ending')])`,
  'what its importers found': `import sys, importlib
print(sys.path_importer_cache.get(__file__, 'not asked'), [path for path in sys.path_importer_cache if path.endswith('main.py')])
importlib.invalidate_caches()`,
  'an archive': zipped('import sys; print("zipped", __name__, __file__, sys.argv, sys.path[0], __loader__)'),
  'words like the end of an archive': "print('PK\\x05\\x06', 'PK\u0005\u0006')",
  'its stack': `import inspect, traceback, sys
print(len(inspect.stack())); traceback.print_stack()
def depth(n=0):
  try: return depth(n + 1)
  except RecursionError: return n
print(depth(), sys.getrecursionlimit())
try: sys._getframe(1)
except ValueError as e: print(e)`,
  'its streams': `import sys
for s in sys.stdin, sys.stdout, sys.stderr: print(s.isatty(), s.encoding, s.errors, s.line_buffering, s.fileno(), s.seekable(), s.name, s.mode, s.buffer.raw, s.write_through)
print(sys.stdin.readline(), list(sys.stdin), sys.stdin.read())
try: input()
except EOFError as e: print(repr(e))
sys.stdout.write('no line end')`,
  'signals and limits': `import signal, resource, os, threading, gc, locale, time
print([signal.getsignal(s) for s in (signal.SIGPIPE, signal.SIGINT, signal.SIGXFSZ, signal.SIGCHLD, signal.SIGUSR1)], signal.pthread_sigmask(0, []))
print(resource.getrlimit(resource.RLIMIT_CPU), threading.current_thread(), threading.main_thread() is threading.current_thread(), threading.active_count())
print(gc.isenabled(), gc.get_threshold(), os.getuid(), os.umask(0), locale.getlocale(), time.tzname, os.getpid() == os.getpgrp() == os.getsid(0))`,
  'hash order': `print({'a', 'b', 'c', 'd', 'e'}, hash('x'))`,
  'exit 3': `import sys; print('x'); sys.exit(3)`,
  'exit with words': `raise SystemExit('words')`,
  'exit 256': `exit(256)`,
  'exit with a tuple': `raise SystemExit((1, 2))`,
  'an exception': `def f(): return 1 / 0
try: f()
except Exception as e: raise ValueError('näh') from e`,
  'an exception group': `raise ExceptionGroup('g', [ValueError(1), TypeError(2)])`,
  'bad syntax': `print(1\nx = = 2`,
  'bad encoding': `# coding: nonsense\nprint(1)`,
  'an excepthook': `import sys
sys.excepthook = lambda t, v, tb: print('hook', t, v, tb.tb_lineno)
raise KeyError(1)`,
  'a broken excepthook': `import sys
sys.excepthook = lambda *a: 1 / 0
raise KeyError(1)`,
  interrupted: `raise KeyboardInterrupt`,
  aborted: `import os; print('lost'); os.abort()`,
  'left at once': `import os; print('lost'); os._exit(7)`,
  'ended by a signal': `import os, signal; os.kill(os.getpid(), signal.SIGTERM)`,
  'a stack overflow in C': `import ctypes; ctypes.string_at(0)`,
  'exit handlers': `import atexit
for i in range(3): atexit.register(print, 'handler', i)
atexit.register(lambda: 1 / 0)
print('end')`,
  'objects that die at the end': `class A:
  def __init__(s, n): s.n = n
  def __del__(s): print('del', s.n)
_b = A('private'); a = A('global'); c = A('cycle'); c.c = c
import weakref; weakref.finalize(a, print, 'finalized')
def f(): return a
class H: x = A('in class')
print('end')`,
  'objects that die after an exception': `class A:
  def __del__(s): print('del')
def f():
  x = A(); raise ValueError
f()`,
  'a destructor that fails': `class A:
  def __del__(s): raise RuntimeError('in del')
a = A()
del a`,
  threads: `import threading, time
def work(): time.sleep(0.05); print('worked')
threading.Thread(target=work).start()
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
print('end')`,
  'a thread that fails': `import threading
t = threading.Thread(target=lambda: 1 / 0, name='t'); t.start(); t.join()`,
  'a pool of processes': `import multiprocessing
def square(x): return x * x
if __name__ == '__main__':
  with multiprocessing.get_context('fork').Pool(2) as pool: print(pool.map(square, range(5)))`,
  subprocesses: `import subprocess, sys
print(subprocess.run([sys.executable, '-c', 'import sys; print(sys.argv, sys.flags.isolated)', 'x'], capture_output=True, text=True))
print(subprocess.run('yes | head -1', shell=True, capture_output=True).stdout)`,
  asyncio: `import asyncio
async def f(n): await asyncio.sleep(0); return n
async def main(): return await asyncio.gather(*map(f, range(3)))
print(asyncio.run(main()))`,
  pickling: `import pickle, dataclasses
@dataclasses.dataclass
class P: x: int
print(pickle.loads(pickle.dumps(P(3))), P.__module__)`,
  warnings: `import warnings
warnings.warn('first', stacklevel=1); warnings.warn('second', stacklevel=2); warnings.warn('d', DeprecationWarning)
import sys; print(sys.warnoptions)`,
  'standard output closed': `import sys; print('x'); sys.stdout.close()`,
  'standard output missing': `import sys; sys.stdout = None; print('x')`,
  'a full output': `import sys, os
os.dup2(os.open('/dev/full', os.O_WRONLY), 1); print('x' * 100)`,
  'last_value by hand': `import sys
try: 1 / 0
except Exception as e: sys.last_type, sys.last_value, sys.last_traceback = type(e), e, None
print('fine')`,
  'an interactive interpreter': `import code
code.InteractiveInterpreter().runsource('1/0')
print('fine')`,
  'modules replaced': `import sys
sys.modules['json'] = None
try: import json
except ImportError as e: print(e)
sys.modules.pop('random', None)
import random; print(random.Random(1).random())
del sys.modules['__main__']`,
  'files written': `open('out.txt', 'w').write('text'); import os; os.remove('main.py')`,
};

describe.skipIf(reason !== '')(`warm Python is Python (skipped: ${reason || 'never'})`, () => {
  for (const [name, code] of Object.entries(programs)) {
    test(name, async () => {
      const anew = await observed(execution(code, {}, false));
      for (const turn of ['started', 'forked', 'forked again'])
        expect({ turn, outcome: await observed(execution(code, {}, true)) }).toEqual({ turn, outcome: anew });
    });
  }

  test("a file of the job's own goes before a module that is loaded already", async () => {
    const files = { 'random.py': 'print("mine")', 'json/__init__.py': 'x = 7' };
    const anew = await observed(execution('import random, json; print(json.x)', files, false));
    expect(anew).toMatchObject({ stdout: 'mine\n7\n' });
    for (let turn = 0; turn < 3; turn++)
      expect(await observed(execution('import random, json; print(json.x)', files, true))).toEqual(anew);
  });

  test('random numbers follow the seed, started or forked', async () => {
    const seen = new Set<string>();
    for (let turn = 0; turn < 4; turn++)
      seen.add(JSON.stringify(await observed(execution('import random; print(random.random())', {}, true))));
    expect([...seen].length).toBe(1);
    expect([...seen][0]).toContain('0.6229016948897019');
  });

  const isForked = 'import gc; print(gc.get_freeze_count() > 0)';
  const thirdTime = async (own: Readonly<Record<string, string>>, code: string, more = {}): Promise<string> => {
    const one = { ...execution(code, {}, true), ...more, env: { ...env, ...own } };
    for (let turn = 0; turn < 2; turn++) await sandbox.execute(one);
    return Buffer.from((await sandbox.execute(one)).stdout.head).toString();
  };

  test('only environments that cannot lead an interpreter to files of a job are warm', async () => {
    expect(await thirdTime({ PYTHONNOUSERSITE: '1', LANG: 'C.UTF-8' }, isForked)).toBe('True\n');
    for (const own of [
      { OPENSSL_CONF: '/work/o.cnf' },
      { LOCPATH: '/work' },
      { HOME: '/work/home' },
      { LC_ALL: '../../work/x' },
      { TZ: ':/work/x' },
      { TZ: '../../../work/x' },
      { ANYTHING: '1' },
    ])
      expect([own, await thirdTime(own, isForked)]).toEqual([own, 'False\n']);
  });

  test('code that an environment leads an interpreter to runs confined', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'winnow-home-'));
    try {
      chmodSync(directory, 0o755);
      const spy = `import builtins; builtins.spied = [line.split()[1] for line in open('/proc/self/status') if line.startswith('Seccomp:')]\n`;
      for (const minor of [8, 9, 10, 11, 12, 13, 14, 15]) {
        const packages = join(directory, `.local/lib/python3.${minor}/site-packages`);
        mkdirSync(packages, { recursive: true });
        writeFileSync(join(packages, 'spy.pth'), spy);
      }
      expect(await thirdTime({ HOME: directory }, 'print(spied)', { read: [directory] })).toBe("['2']\n");
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('a script whose name looks like an option is a script, with its neighbours', async () => {
    const files = { '-h': 'import random; print(random.x)', 'random.py': 'x = 7' };
    const one = {
      ...execution('', files, true),
      warm: { interpreter: 'python', script: './-h', args, seed: 5 },
    } as const;
    for (let turn = 0; turn < 3; turn++)
      expect(await observed(one)).toMatchObject({ ending: { kind: 'exited', code: 0 }, stdout: '7\n' });
  });

  test('nothing of a predecessor is there, however it tried', async () => {
    const poison = `import sys, builtins, random, json, os, gc, atexit
builtins.print = lambda *a: None; json.loads = None; sys.path.append('/tmp'); os.environ['X'] = '1'; random.seed(1)
open('/tmp/json.py', 'w').write('1/0'); open('/dev/shm/x', 'w').write('1'); gc.disable(); sys.setrecursionlimit(50)
try: open('/run/winnow/cell.py', 'w')
except OSError: pass`;
    const clean = `import sys, json, os, random, gc; print(json.loads('1'), sys.path, dict(os.environ), random.random(), gc.isenabled(), os.listdir('/tmp'), os.listdir('/dev/shm'))`;
    const before = await observed(execution(clean, {}, true));
    for (let turn = 0; turn < 3; turn++) {
      await observed(execution(poison, {}, true));
      expect(await observed(execution(clean, {}, true))).toEqual(before);
    }
  });
});
