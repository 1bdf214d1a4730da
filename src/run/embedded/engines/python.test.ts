/**
 * The embedded Python engine, run for real: what a program sees, what it may not reach, and what it leaves behind (nothing).
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CheckedJob, Determinism, Limits } from '../../types.ts';
import { type Engine, type EngineResult, OutputLimit } from '../engine.ts';
import { pythonEngine } from './python.ts';

const limits: Limits = {
  wallMs: 10_000,
  cpuMs: 10_000,
  // What no wall clock would stop here: the engine runs in this very process.
  fuel: 20e9,
  memoryBytes: 256 * 2 ** 20,
  outputBytes: 2 ** 20,
  keepBytes: 2 ** 20,
  processes: 64,
  fileBytes: 8 * 2 ** 20,
};
const pinned: Determinism = { seed: 0, clockMs: 1_700_000_000_000, locale: 'C.UTF-8', timeZone: 'UTC' };

interface Options {
  files?: Record<string, string>;
  entry?: string;
  args?: string[];
  stdin?: string | Uint8Array;
  env?: Record<string, string>;
  limits?: Partial<Limits>;
  determinism?: Partial<Determinism>;
}

// Making the image takes seconds; it is content-addressed, so runs of these tests may share it.
const cacheDir = join(tmpdir(), 'winnow-test-python');
let engine: Engine;
beforeAll(async () => {
  engine = await pythonEngine.open({ cacheDir, memoryBytes: limits.memoryBytes });
}, 120_000);

type Shown = EngineResult & { readonly stdout: string; readonly stderr: string; readonly bytes: Uint8Array };

async function run(source: string | Uint8Array, options: Options = {}, on: Engine = engine): Promise<Shown> {
  const entry = options.entry ?? 'main.py';
  const more = Object.entries(options.files ?? {}).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
  const job: CheckedJob = {
    language: 'python',
    files: [{ path: entry, bytes: typeof source === 'string' ? Buffer.from(source) : source }, ...more],
    entry,
    args: options.args ?? [],
    stdin: Buffer.from(options.stdin ?? ''),
    env: options.env ?? {},
    limits: { ...limits, ...options.limits },
    compileLimits: limits,
    determinism: { ...pinned, ...options.determinism },
    grants: { network: false, read: [] },
    count: false,
  };
  const streams = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  const collect = (stream: 'stdout' | 'stderr') => (bytes: Uint8Array) => {
    streams[stream].push(bytes.slice());
    if (streams[stream].reduce((sum, part) => sum + part.length, 0) > job.limits.outputBytes)
      throw new OutputLimit(stream);
  };
  const result = await on.run(job, { stdout: collect('stdout'), stderr: collect('stderr') });
  const bytes = Buffer.concat(streams.stdout);
  return { ...result, stdout: bytes.toString(), stderr: Buffer.concat(streams.stderr).toString(), bytes };
}

const exited = (code: number) => ({ kind: 'exited', code });

/** The program prints `expected` and ends with 0. */
function prints(name: string, source: string, expected: string, options: Options = {}): void {
  test(name, async () => {
    const { stdout, stderr, ending } = await run(source, options);
    expect({ stdout, stderr, ending }).toEqual({ stdout: expected, stderr: '', ending: exited(0) });
  });
}

/** The program ends with this code, and standard error matches. */
function ends(name: string, source: string, code: number, stderr: RegExp | string = '', options: Options = {}): void {
  test(name, async () => {
    const result = await run(source, options);
    expect(result.ending).toEqual(exited(code));
    if (typeof stderr === 'string') expect(result.stderr).toBe(stderr);
    else expect(result.stderr).toMatch(stderr);
  });
}

describe('a program runs as by `python3 entry args`', () => {
  prints('arguments', 'import sys; print(sys.argv)', "['main.py', 'a b', 'é']\n", { args: ['a b', 'é'] });
  prints('its own names', 'print(__name__, __file__, __doc__)', '__main__ /work/main.py None\n');
  prints('the current directory comes first', 'import os,sys; print(os.getcwd(), sys.path[0])', '/work /work\n');
  prints('an entry in a directory', 'import sys; print(sys.path[0], __file__)', '/work/a/b /work/a/b/m.py\n', {
    entry: 'a/b/m.py',
  });
  prints('standard input', 'print(input()+"|"+input()); import sys; print(repr(sys.stdin.read()))', "x|y\n'z\\n'\n", {
    stdin: 'x\ny\nz\n',
  });
  prints('bytes of standard input', 'import sys; print(sys.stdin.buffer.read())', "b'\\xff\\x00'\n", {
    stdin: Uint8Array.of(255, 0),
  });
  ends('input at its end', 'input()', 1, /EOFError: EOF when reading a line\n$/);
  prints('environment', 'import os; print(os.environ["A"], os.environ["HOME"], len(os.environ))', 'é=1 /work 5\n', {
    env: { A: 'é=1' },
  });
  prints('own modules', 'import helper; print(helper.x)', '5\n', { files: { 'helper.py': 'x = 5' } });
  prints('own packages', 'from p.q import f; print(f())', '7\n', {
    files: { 'p/__init__.py': '', 'p/q.py': 'def f(): return 7' },
  });
  prints('an own module instead of the library one', 'import queue; print(queue.mine)', 'True\n', {
    files: { 'queue.py': 'mine = True' },
  });
  prints('coding lines', Buffer.from('# -*- coding: latin-1 -*-\nprint("\xe9")', 'latin1').toString('latin1'), 'Ã©\n');
  ends('sys.exit()', 'import sys; sys.exit()', 0);
  ends('sys.exit(3)', 'import sys; sys.exit(3)', 3);
  ends('sys.exit(-1)', 'import sys; sys.exit(-1)', 255);
  ends('sys.exit(True)', 'import sys; sys.exit(True)', 1);
  ends('sys.exit(text)', 'import sys; sys.exit("no")', 1, 'no\n');
  ends('raise SystemExit', 'raise SystemExit(4)', 4);
  ends('os._exit', 'import os; print(1); os._exit(9)', 9);
  ends(
    'an exception',
    'def f():\n  1/0\nf()',
    1,
    'Traceback (most recent call last):\n  File "/work/main.py", line 3, in <module>\n    f()\n    ~^^\n  File "/work/main.py", line 2, in f\n    1/0\n    ~^~\nZeroDivisionError: division by zero\n',
  );
  ends('a syntax error', 'x = (', 1, /^ {2}File "\/work\/main.py", line 1\n.*SyntaxError: '\(' was never closed\n$/s);
  ends(
    'an excepthook',
    'import sys; sys.excepthook = lambda *a: print("hook", a[0].__name__, file=sys.stderr)\n1/0',
    1,
    'hook ZeroDivisionError\n',
  );
  prints(
    'atexit, and objects that end',
    'import atexit\nclass A:\n  def __del__(s): print("del")\na = A()\natexit.register(lambda: print("exit"))\nprint("end")',
    'end\nexit\ndel\n',
  );
  prints('what is not UTF-8 in a name', 'import sys; sys.stdout.buffer.write(b"ok"); print()', 'ok\n');
  prints('unbuffered tails', 'import sys; sys.stdout.write("no line end")', 'no line end');
  test('KeyboardInterrupt is the signal', async () => {
    expect((await run('raise KeyboardInterrupt')).ending).toMatchObject({ kind: 'crashed', signal: 'SIGINT' });
  });
  test('bytes come out as they were written', async () => {
    expect([...(await run('import sys; sys.stdout.buffer.write(bytes(range(256)))')).bytes]).toEqual([
      ...Array(256).keys(),
    ]);
  });
  test('what was printed before a fault is there', async () => {
    const result = await run('print("before")\nwhile True: pass', { limits: { fuel: 1e8 } });
    expect([result.stdout, result.ending.kind, result.instructions]).toEqual(['before\n', 'out-of-fuel', 1e8]);
  });
});

describe('files', () => {
  test('changes are reported', async () => {
    const source =
      'import os\nopen("new.txt","w").write("hi")\nopen("old.txt","a").write("+")\nos.remove("gone.txt")\nopen("same.txt").read()\nos.symlink("/etc/passwd","link")\nos.makedirs("d/e"); open("d/e/f","wb").write(b"\\xff")\nopen("/tmp/x","w").write("not reported")';
    const { files, ending, stderr } = await run(source, {
      files: { 'old.txt': 'old', 'gone.txt': '', 'same.txt': 'same' },
    });
    expect([ending, stderr]).toEqual([exited(0), '']);
    expect(
      files.map((file) =>
        'bytes' in file ? [file.path, file.change, Buffer.from(file.bytes).toString('latin1')] : file,
      ),
    ).toEqual([
      ['d/e/f', 'added', '\xff'],
      { path: 'gone.txt', change: 'removed' },
      { path: 'link', change: 'symlink', target: '/etc/passwd' },
      ['new.txt', 'added', 'hi'],
      ['old.txt', 'modified', 'old+'],
    ]);
  });
  ends(
    'a full disk',
    'f = open("big","wb")\nwhile True: f.write(b"x" * 100000)',
    1,
    /OSError: \[Errno 51\] No space left on device/,
  );
  ends('a sparse giant', 'open("big","wb").truncate(2**40)', 1, /OSError: \[Errno 22\] File too large|OSError/);
  ends('many empty files', 'for i in range(10**6): open(str(i),"w").close()', 1, /No space left/);
  prints(
    'the usual calls',
    `
import os, tempfile, shutil, pathlib, glob
os.mkdir('d'); p = pathlib.Path('d/x'); p.write_text('1'); os.rename('d/x','d/y'); shutil.copy('d/y','d/z')
print(sorted(os.listdir('d')), p.exists(), os.path.getsize('d/y'), glob.glob('d/*z'))
with tempfile.TemporaryDirectory() as t: open(t+'/a','w').close()
print(os.path.exists(t)); os.chmod('d/y', 0o600); print(oct(os.stat('d/y').st_mode))
with open('d/y','r+b') as f: f.seek(0, 2); f.write(b'23'); f.seek(1); print(f.read())
r, w = os.pipe(); os.write(w, b'pipe'); print(os.read(r, 10)); os.chdir('d'); print(os.getcwd())
fd = os.dup(1); os.write(fd, b'dup\\n'); shutil.rmtree('/work/d')
try: os.getcwd()
except FileNotFoundError: print('gone')
print(open('/dev/null').read() == '', len(open('/dev/urandom','rb').read(4)))`,
    "['y', 'z'] False 1 ['d/z']\nFalse\n0o100600\nb'23'\nb'pipe'\n/work/d\ndup\ngone\nTrue 4\n",
  );
  prints(
    'the library is read-only',
    'import json\ntry: open(json.__file__,"w")\nexcept OSError as e: print(e.strerror)',
    'Read-only file system\n',
  );
});

describe('limits', () => {
  test('fuel is not caught', async () => {
    const source = 'while True:\n  try:\n    while True: pass\n  except BaseException: pass\n  finally: pass';
    expect((await run(source, { limits: { fuel: 1e8 } })).ending).toEqual({ kind: 'out-of-fuel' });
  });
  test('fuel holds in one long call of C', async () => {
    expect((await run('10**10**7 * 10**10**7; pow(3, 10**8)', { limits: { fuel: 1e9 } })).ending).toEqual({
      kind: 'out-of-fuel',
    });
  });
  test('fuel holds at the end as well', async () => {
    const source = 'import atexit\ndef f():\n  while True: pass\natexit.register(f)';
    expect((await run(source, { limits: { fuel: 1e8 } })).ending).toEqual({ kind: 'out-of-fuel' });
  });
  test('memory: the program dies of it', async () => {
    const result = await run('x = bytearray(10**9)');
    expect(result.ending).toEqual({ kind: 'out-of-memory' });
    expect(result.stderr).toMatch(/MemoryError\n$/);
  });
  test('memory: the program survives it', async () => {
    const result = await run('try: x = [bytearray(10**6) for i in range(10**6)]\nexcept MemoryError: print("small")');
    expect([result.ending, result.stdout]).toEqual([exited(0), 'small\n']);
    expect(result.peakMemoryBytes).toBeGreaterThan(200 * 2 ** 20);
    expect(result.peakMemoryBytes).toBeLessThanOrEqual(limits.memoryBytes);
  });
  test('output', async () => {
    const result = await run('while True:\n  try: print("x" * 1000)\n  except BaseException: pass');
    expect(result.ending).toEqual({ kind: 'output-limit', stream: 'stdout' });
  });
  prints(
    'recursion of Python',
    'def f(n): return f(n + 1)\ntry: f(0)\nexcept RecursionError as e: print(e)',
    'maximum recursion depth exceeded\n',
  );
  prints(
    'recursion of C',
    'a = []\nfor i in range(10**5): a = [a]\ntry: repr(a)\nexcept RecursionError as e: print("deep")',
    'deep\n',
  );
  prints(
    'a linked list of 300,000 is freed',
    'class N:\n  def __init__(s, n): s.n = n\na = None\nfor i in range(300000): a = N(a)\ndel a\nprint("ok")',
    'ok\n',
  );
});

describe('the same job gives the same outcome', () => {
  const sources = [
    'print(hash("a"), hash(b"x"), {"a", "b", "c"}, id(object()) % 1000)',
    'import random, uuid, os, secrets, tempfile; print(random.random(), uuid.uuid4(), os.urandom(4), secrets.token_hex(4), tempfile.mktemp())',
    'import time, datetime; print(time.time(), datetime.datetime.now(), time.perf_counter(), time.localtime())\nsum(range(10**5))\nprint(time.perf_counter())',
    'import asyncio\nasync def f():\n  await asyncio.sleep(5)\n  return 3\nprint(asyncio.run(f()))',
    '1/0',
    'x = bytearray(10**8); print(len(x))',
  ];
  test('to the instruction, whatever ran before, on another engine too', async () => {
    const other = await pythonEngine.open({ cacheDir, memoryBytes: limits.memoryBytes });
    const pick = ({ stdout, stderr, instructions }: Shown) => ({ stdout, stderr, instructions });
    const first = [];
    for (const source of sources) first.push(pick(await run(source)));
    const second = [];
    for (const source of [...sources].reverse()) second.unshift(pick(await run(source, {}, other)));
    expect(second).toEqual(first);
  });
  prints(
    'the clock starts where it is pinned',
    'import time; print(int(time.time()), time.strftime("%Y-%m-%d %H:%M"))',
    '1700000000 2023-11-14 22:13\n',
  );
  prints(
    'sleeping moves it and takes no time',
    'import time; t = time.monotonic(); time.sleep(3600); print(round(time.monotonic() - t))',
    '3600\n',
  );
  prints(
    'asyncio, in pinned time',
    `
import asyncio, time
async def f(n):
  await asyncio.sleep(n)
  return n
async def main():
  t = time.time()
  print(await asyncio.gather(f(50), f(100)), round(time.time() - t))
  try:
    async with asyncio.timeout(1): await f(9)
  except TimeoutError: print('late')
asyncio.run(main())`,
    '[50, 100] 100\nlate\n',
  );
  prints(
    'time zones',
    'import time; print(time.tzname, time.timezone, time.strftime("%H:%M %z", time.localtime(1700000000)), time.mktime((2023,7,1,12,0,0,0,0,-1)))',
    "('GMT+1', 'GMT+2') -3600 23:13 +0100 1688205600.0\n",
    { determinism: { timeZone: 'Europe/Berlin' } },
  );
  test('a real clock where it is not pinned', async () => {
    const { stdout } = await run('import time; print(time.time())', { determinism: { clockMs: null } });
    expect(Math.abs(Number(stdout) - Date.now() / 1000)).toBeLessThan(60);
  });
  test('another seed gives other numbers and another hash order', async () => {
    const source = 'import random; print(random.random(), hash("a"))';
    const [zero, one, again] = [
      await run(source),
      await run(source, { determinism: { seed: 1 } }),
      await run(source, { determinism: { seed: 1 } }),
    ];
    expect(one.stdout.split(' ')[0]).not.toBe(zero.stdout.split(' ')[0]);
    expect(one.stdout.split(' ')[1]).not.toBe(zero.stdout.split(' ')[1]);
    expect(again.stdout).toBe(one.stdout);
  }, 60_000);
});

describe('a poisoned predecessor leaves nothing', () => {
  const probe = `
import sys, os, builtins, random, warnings, signal, gc, time, json, atexit, threading, math, locale, io, types
state = [sorted(sys.modules), sorted(vars(builtins)), builtins.len is len, os.getcwd(), sorted(os.environ.items()), random.random(),
  sys.getrecursionlimit(), len(warnings.filters), gc.isenabled(), gc.get_threshold(), sorted(os.listdir('/')), os.listdir('/work'), os.listdir('/tmp'),
  len(sys.meta_path), len(sys.path_hooks), sys.path, sys.gettrace(), sys.getprofile(), signal.getsignal(signal.SIGINT), atexit._ncallbacks(),
  time.time(), math.pi, json.dumps(1), threading.active_count(), sys.flags, sys.getswitchinterval(), sys.get_int_max_str_digits(),
  os.open('/dev/null', 0), sys.displayhook, sys.excepthook, type(sys.stdout), sys.stdout.encoding, sorted(globals()), sys.intern('zz'), hash('q'), len(gc.get_objects()), sys.getallocatedblocks()]
print([str(x) for x in state])`;
  const poisons: Record<string, string> = {
    builtins: 'import builtins\nbuiltins.print = lambda *a: None\nbuiltins.len = lambda x: 5\ndel builtins.open',
    modules:
      'import sys, math, json\nmath.pi = 3\njson.dumps = None\nsys.modules["os"] = 1\nsys.modules["evil"] = 2\nsys.path.insert(0, "/evil")\nsys.meta_path.clear()',
    files:
      'import os\nfor i in range(20): open(f"/tmp/{i}", "w").write("x")\nopen("evil.py","w").write("x")\nkeep = [os.open("/dev/null", 0) for i in range(50)]\nos.chdir("/tmp"); os.mkdir("/evil"); os.environ["E"] = "1"; os.putenv("F", "2"); os.close(1)',
    settings:
      'import sys, gc, warnings, signal, random, locale, atexit, time\nsys.setrecursionlimit(50); gc.disable(); gc.set_threshold(1); warnings.simplefilter("error"); random.seed(7)\nsignal.signal(signal.SIGINT, lambda *a: 0); sys.settrace(lambda *a: None); sys.setprofile(lambda *a: None); sys.set_int_max_str_digits(0); time.sleep(100)',
    exit: 'import atexit, sys, os\natexit.register(lambda: os._exit(3))\nsys.exit(2)',
    memory: 'x = bytearray(10**8)\nx[:] = b"\\x5a" * len(x)',
    fuel: 'while True: pass',
    stack: 'import itertools\nx = iter([1])\nfor i in range(10**5): x = itertools.chain(x)\nlist(x)',
    ctypes: 'import ctypes\nctypes.memset(4096, 90, 10**6)',
    pointers: 'import ctypes\nctypes.memset(id(len), 0, 64); len([])',
    bytecode: 'def f(): pass\nf.__code__ = f.__code__.replace(co_code=bytes([255, 200] * 64), co_stacksize=1)\nf()',
    streams:
      'import sys, io\nsys.stdout.close(); sys.stdin = None; sys.__stderr__ = None; sys.stderr = io.StringIO(); raise MemoryError',
    imports:
      'import sys, importlib\nclass F:\n  def find_spec(*a): raise KeyboardInterrupt\nsys.meta_path.insert(0, F())\nimport nothing',
    threads: 'import threading\nthreading.Thread(target=print).start()',
    subclass:
      'import collections\nclass X(dict): pass\ncollections.OrderedDict.evil = 1 if False else None\ntype("Y", (object,), {})\nimport enum, typing, abc\nabc.ABC.register(int)\ntyping.evil = 1',
  };
  for (const [name, poison] of Object.entries(poisons))
    test(name, async () => {
      const fresh = await run(probe);
      expect([fresh.stderr, fresh.ending]).toEqual(['', exited(0)]);
      await run(poison, { limits: { fuel: 2e9 } });
      const after = await run(probe);
      expect({ ...after, peakMemoryBytes: 0 }).toEqual({ ...fresh, peakMemoryBytes: 0 });
    });
});

describe('a thread that only wants a deep stack', () => {
  const deep = (body: string): Promise<Shown> =>
    run(`import sys, threading\nsys.setrecursionlimit(1 << 30)\nthreading.stack_size(1 << 27)\n${body}`);
  test('runs when it is started, and has ended when that is over', async () => {
    const { stdout, stderr, ending } = await deep(`
def down(n): return 0 if n == 0 else 1 + down(n - 1)
def work(): print(threading.current_thread().name, down(5000), thread.is_alive())
thread = threading.Thread(target=work, name="deep")
thread.start()
thread.join()
print(thread.is_alive(), threading.current_thread() is threading.main_thread(), threading.active_count())
thread.start()`);
    expect(stdout).toBe('deep 5000 True\nFalse True 1\n');
    expect(stderr).toMatch(/RuntimeError: threads can only be started once\n$/);
    expect(ending).toEqual(exited(1));
  });
  test('ends by itself: what it raises is shown, its exit is its own', async () => {
    const { stdout, stderr, ending } = await deep(`
for target in (lambda: 1 / 0, lambda: sys.exit(3)): threading.Thread(target=target).start()
print("goes on")`);
    expect([stdout, ending]).toEqual(['goes on\n', exited(0)]);
    expect(stderr).toMatch(/^Exception in thread Thread-1[\s\S]*ZeroDivisionError: division by zero\n$/);
  });
  test('others are refused, so that none waits for another for ever', async () => {
    const { stderr } = await run('from concurrent.futures import ThreadPoolExecutor as P\nP().submit(print)');
    expect(stderr).toMatch(/RuntimeError: can't start new thread\n$/);
  });
});

test('what a system would draw is pinned too, and so nothing is listed as unpinned', async () => {
  const source =
    'import os, uuid, secrets, tempfile\nprint(os.urandom(8), uuid.uuid4(), secrets.token_hex(), id(object()))\n';
  const more = 'print(tempfile.mktemp(), open("/dev/urandom", "rb").read(8), os.getpid())\n';
  const other = await pythonEngine.open({ cacheDir, memoryBytes: limits.memoryBytes });
  expect((await run(source + more, {}, other)).stdout).toBe((await run(source + more)).stdout);
  expect((await run(source, { determinism: { seed: 1 } })).stdout).not.toBe((await run(source)).stdout);
  expect(pythonEngine.unpinned).toEqual([]);
});

describe('there is no way out', () => {
  /** Ends with an exception, or prints `closed`; never with what was sought. */
  function closed(name: string, source: string, expected: RegExp): void {
    test(name, async () => {
      const { stdout, stderr, ending } = await run(source, { limits: { fuel: 5e9 } });
      expect(stdout).not.toMatch(/REACHED|root:|uid=/);
      expect(`${stdout}${stderr}${'reason' in ending ? ending.reason : ''}`).toMatch(expected);
    });
  }
  closed('os.system', 'import os; print(os.system("echo REACHED"))', /OSError.*without processes/);
  closed('posix.system', 'import posix; print(posix.system("echo REACHED") != 0)', /True/);
  closed('subprocess', 'import subprocess; subprocess.run(["echo", "REACHED"])', /OSError/);
  closed('fork', 'import os; os.fork()', /AttributeError|OSError/);
  closed('execv', 'import os; os.execv("/bin/echo", ["echo", "REACHED"])', /AttributeError|OSError/);
  closed('multiprocessing', 'import multiprocessing as m\np = m.Process(target=print); p.start()', /Error/);
  closed('threads', 'import threading; threading.Thread(target=print).start()', /RuntimeError: can't start new thread/);
  closed('sockets', 'import socket; socket.socket().connect(("127.0.0.1", 22))', /PermissionError|OSError/);
  closed('names', 'import socket; socket.getaddrinfo("localhost", 80)', /gaierror|OSError/);
  closed('urllib', 'import urllib.request; urllib.request.urlopen("http://127.0.0.1")', /URLError|unknown url|Error/);
  closed('js', 'import js; print("REACHED")', /ModuleNotFoundError: No module named 'js'/);
  closed('pyodide_js', 'import pyodide_js; print("REACHED")', /ModuleNotFoundError/);
  closed('pyodide.code', 'from pyodide.code import run_js; print("REACHED", run_js("1"))', /ModuleNotFoundError/);
  closed('pyodide.ffi', 'from pyodide.ffi import to_js; print("REACHED", to_js([1]))', /ModuleNotFoundError/);
  closed('_pyodide_core', 'import _pyodide_core; print("REACHED")', /ModuleNotFoundError/);
  closed('_pyodide', 'import _pyodide._base; print("REACHED")', /ModuleNotFoundError/);
  closed(
    'symbols of the host',
    'import ctypes\ntry: print("REACHED", ctypes.CDLL(None).emscripten_run_script_int(b"1"))\nexcept (OSError, AttributeError) as e: print("closed", e)',
    /closed/,
  );
  closed('pythonapi', 'import ctypes; print("REACHED", ctypes.pythonapi.Py_GetVersion)', /AttributeError|OSError/);
  test('every function pointer: none gets out, and each that is a closed door says so', async () => {
    const reasons = new Set<string>();
    for (let index = 1; index < 9000; index += 397) {
      const { ending } = await run(`import ctypes\nctypes.CFUNCTYPE(None)(${index})()`, { limits: { fuel: 5e8 } });
      if (ending.kind === 'crashed') reasons.add(ending.reason.replace(/reached \w+/, 'reached it'));
    }
    expect(reasons.size).toBeGreaterThan(0);
  }, 30_000);
  closed('files of the host', 'print(open("/etc/passwd").read())', /FileNotFoundError/);
  closed('climbing', 'print(open("../../../../../../etc/passwd").read())', /FileNotFoundError/);
  closed('links', 'import os; os.symlink("/etc/passwd", "l"); print(open("l").read())', /FileNotFoundError/);
  closed('proc', 'print(open("/proc/self/environ").read())', /FileNotFoundError/);
  closed('environment', 'import os; print(sorted(os.environ))', /^\['HOME', 'LANG', 'PATH', 'TZ'\]\n$/);
  closed(
    'descriptors',
    'import os\nfor fd in range(3, 2000):\n  try: os.fstat(fd); print("REACHED", fd)\n  except OSError: pass\nprint("closed")',
    /^closed\n$/,
  );
  closed(
    'a forged frame',
    'import os\nos.write(1, b"\\x00\\x00\\x00\\x05REACH")\nos.write(3, b"x")',
    /Bad file descriptor/,
  );
  closed('mmap', 'import mmap; mmap.mmap(-1, 4096); print("ok")', /ok|Error/);
  closed('dlopen', 'import ctypes; ctypes.CDLL("/lib/x86_64-linux-gnu/libc.so.6"); print("REACHED")', /OSError/);
  closed(
    'an extension module',
    'import importlib.machinery as m, importlib.util as u\nopen("x.so","wb").write(b"\\0asm\\1\\0\\0\\0")\ns = u.spec_from_file_location("x", "/work/x.so", loader=m.ExtensionFileLoader("x", "/work/x.so"))\nu.module_from_spec(s); print("REACHED")',
    /ImportError|Error/,
  );
  closed(
    'sqlite extensions',
    'import sqlite3; c = sqlite3.connect(":memory:"); print(c.execute("select 1").fetchone()); c.enable_load_extension(True)',
    /Error/,
  );
  closed('kill', 'import os; os.kill(1, 9); print("REACHED")', /Error/);
});
