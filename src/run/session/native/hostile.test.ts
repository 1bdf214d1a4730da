/**
 * Cells that mean harm, or do as much: each is held to its own session, told of, and the next cell answers; a session beside it never notices.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { openSessions } from '../open.ts';
import type { CellReport, Session, SessionLanguage, SessionLimits } from '../types.ts';
import { openNativeKernels } from './opennative.ts';

const settings = { cacheDir: null, path: ['/usr/bin', '/bin'] };
const probe = openNativeKernels(settings);
const availability = await probe.availability();
await probe.close();
const reason = availability.state === 'ready' ? null : availability.reason;

const sessions = openSessions(settings);
afterAll(() => sessions.close());

const limits: Partial<SessionLimits> = {
  cellMs: 10_000,
  memoryBytes: 256 * 2 ** 20,
  fileBytes: 8 * 2 ** 20,
  outputBytes: 2 ** 20,
  processes: 24,
};
const sets: Partial<Record<SessionLanguage, string>> = { python: 'x = 41', javascript: 'let x = 41', bash: 'x=41' };
const gets: Partial<Record<SessionLanguage, string>> = {
  python: 'x + 1',
  javascript: 'x + 1',
  bash: 'echo $((x + 1))',
};

const neighbours = new Map<SessionLanguage, Promise<Session>>();
const neighbourOf = (language: SessionLanguage): Promise<Session> => {
  const known = neighbours.get(language) ?? opened(language);
  neighbours.set(language, known);
  return known;
};

async function opened(language: SessionLanguage, change: Partial<SessionLimits> = {}): Promise<Session> {
  const session = await sessions.open({ language, backend: 'native', limits: { ...limits, ...change } });
  await session.run(sets[language] ?? '');
  return session;
}

const printed = (report: CellReport, stream: 'stdout' | 'stderr' = 'stdout'): string =>
  Buffer.concat(
    report.outputs.flatMap((one) => (one.kind === 'stream' && one.stream === stream ? [one.bytes] : [])),
  ).toString();
const shown = (report: CellReport): string =>
  report.outputs.flatMap((one) => (one.kind === 'shown' && one.isResult ? [one.value.text] : [])).at(-1) ??
  printed(report).trim();

interface Deed {
  readonly name: string;
  readonly language: SessionLanguage;
  readonly code: string;
  readonly limits?: Partial<SessionLimits>;
  readonly expect: (report: CellReport, session: Session) => void | Promise<void>;
  /** After it, names are still there. */
  readonly keepsState: boolean;
}

const ended = (report: CellReport): void => expect(report.ending.kind).toBe('kernel-ended');
const done = (report: CellReport): void => expect(report.ending).toEqual({ kind: 'done' });
const failedWith = (name: string) => (report: CellReport) => {
  expect(report.ending).toMatchObject({ kind: 'failed', error: { name } });
};
const says = (words: RegExp) => (report: CellReport) => {
  done(report);
  expect(report.notices.join('\n')).toMatch(words);
};

const deeds: readonly Deed[] = [
  {
    name: 'a fork bomb is held by the limit of processes',
    language: 'python',
    code: 'import os, time\nwhile True:\n    try:\n        if os.fork() == 0: time.sleep(60); os._exit(0)\n    except BlockingIOError:\n        break\nprint("held")',
    expect: (report) => {
      expect(printed(report)).toBe('held\n');
      expect(report.notices.join()).toMatch(/Processes that go on/);
    },
    keepsState: true,
  },
  {
    name: 'a fork bomb of the shell is ended with all of it',
    language: 'bash',
    code: 'b() { b | b & }; b; sleep 30',
    limits: { cellMs: 1500 },
    expect: (report) => expect(['interrupted', 'failed', 'done']).toContain(report.ending.kind),
    keepsState: false,
  },
  {
    name: 'os._exit ends the kernel alone',
    language: 'python',
    code: 'import os\nos._exit(9)',
    expect: (report) => expect(report.ending).toEqual({ kind: 'kernel-ended', code: 9, signal: null }),
    keepsState: false,
  },
  {
    name: 'killing itself, its parent and everything it may kill',
    language: 'python',
    code: 'import os\nfor pid in (os.getppid(), 1, -1):\n    try: os.kill(pid, 9)\n    except OSError: pass\nos.kill(os.getpid(), 9)',
    expect: ended,
    keepsState: false,
  },
  {
    name: 'closing every descriptor',
    language: 'python',
    code: 'import os\nos.closerange(3, 1024)\nimport time; time.sleep(5)',
    expect: (report) => {
      ended(report);
      expect(report.notices.join()).toMatch(/closed its channel/);
    },
    keepsState: false,
  },
  {
    name: 'noise on every descriptor is no message',
    language: 'python',
    code: 'import os\nfor fd in range(3, 1024):\n    try: os.write(fd, b"\\xff" * 64)\n    except OSError: pass\nimport time; time.sleep(5)',
    expect: (report) => {
      ended(report);
      expect(report.notices.join()).toMatch(/no message/);
    },
    keepsState: false,
  },
  {
    name: 'a forged outcome is the cell’s own lie, and the next cell has its own',
    language: 'python',
    code: `import os, json, struct
def say(kind, value):
    data = json.dumps(value).encode()
    os.write(120, struct.pack("<IB", len(data), kind) + data)
say(2, {"isResult": True, "text": 5})
say(3, {"count": 1, "ending": {"kind": "done"}, "notices": []})`,
    expect: (report) => expect(['kernel-ended', 'done']).toContain(report.ending.kind),
    keepsState: false,
  },
  {
    name: 'everything in the work directory is removed, and the directory itself cannot be',
    language: 'python',
    code: 'import os, shutil\nos.makedirs("deep/er"); os.chdir("deep/er"); shutil.rmtree("/work", ignore_errors=True)\ntry: os.rmdir("/work")\nexcept OSError as error: print(type(error).__name__)\ntry: os.rename("/work", "/work2")\nexcept OSError as error: print(type(error).__name__)',
    expect: async (report, session) => {
      says(/current directory was removed/)(report);
      expect(printed(report).split('\n').filter(Boolean)).toHaveLength(2);
      expect(shown(await session.run('import os; os.getcwd()'))).toBe("'/work'");
    },
    keepsState: true,
  },
  {
    name: 'the work directory is shut, and opened again',
    language: 'bash',
    code: 'cd /work; touch kept; chmod 000 /work',
    expect: async (report, session) => {
      says(/rights are set again/)(report);
      expect(printed(await session.run('ls'))).toBe('kept\n');
    },
    keepsState: true,
  },
  {
    name: 'a daemon in a session of its own is told of, and ends with the session',
    language: 'bash',
    code: 'setsid sleep 1000 >/dev/null 2>&1 & disown; nohup sleep 1000 >/dev/null 2>&1 & sleep 0.2',
    expect: says(/go on after the cell: 2/),
    keepsState: true,
  },
  {
    name: 'a thread that prints after its cell is told of, and its words come with the next',
    language: 'python',
    code: 'import threading, time\ndef later():\n    time.sleep(0.3); print("later", flush=True); time.sleep(1000)\nthreading.Thread(target=later, daemon=True, name="left").start()',
    expect: async (report, session) => {
      says(/thread 'left' goes on/)(report);
      const next = await session.run('time.sleep(0.6)');
      expect(printed(next)).toBe('later\n');
    },
    keepsState: true,
  },
  {
    name: 'streams taken away are given back',
    language: 'python',
    code: 'import sys\nsys.stdout = None\nsys.stderr.close()',
    expect: async (report, session) => {
      says(/sys.stdout could not be used/)(report);
      expect(printed(await session.run('print("heard")'))).toBe('heard\n');
    },
    keepsState: true,
  },
  {
    name: 'built-ins taken away and functions of modules replaced do the kernel no harm',
    language: 'python',
    code: 'import builtins, json, os, sys, linecache\nfor name in ("print", "len", "isinstance", "type", "repr", "eval", "compile", "__import__"): delattr(builtins, name)\njson.dumps = os.write = os.read = os.getcwd = os.stat = None\nlinecache.cache = None\nsys.modules.clear()',
    expect: (report) => expect(['done', 'failed']).toContain(report.ending.kind),
    keepsState: true,
  },
  {
    name: 'a tracer of every line ends with its cell',
    language: 'python',
    code: 'import sys\ndef trace(frame, event, arg):\n    seen = 1\n    return trace\nsys.settrace(trace); sys.setprofile(trace)',
    expect: done,
    keepsState: true,
  },
  {
    name: 'no recursion is left for the kernel',
    language: 'python',
    code: 'import sys\nsys.setrecursionlimit(60)',
    expect: (report) => expect(['done', 'failed']).toContain(report.ending.kind),
    keepsState: true,
  },
  {
    name: 'a value that loops when it is shown is interrupted',
    language: 'python',
    code: 'class Loop:\n    def __repr__(self):\n        while True: pass\nLoop()',
    limits: { cellMs: 500 },
    expect: (report) => expect(report.ending).toEqual({ kind: 'interrupted', by: 'wall' }),
    keepsState: true,
  },
  {
    name: 'a text that is no text: str and repr of subclasses that lie',
    language: 'python',
    code: 'class Text(str):\n    def __len__(self): return -1\n    def __getitem__(self, key): raise ValueError\nclass Odd:\n    def __repr__(self): return Text("odd")\nOdd()',
    expect: (report) => expect(['done', 'failed']).toContain(report.ending.kind),
    keepsState: true,
  },
  {
    name: 'an error whose message raises, without end of causes',
    language: 'python',
    code: 'class Bad(Exception):\n    def __str__(self): raise Bad\ne = Bad()\ne.__cause__ = e\nraise e',
    expect: failedWith('Bad'),
    keepsState: true,
  },
  {
    name: 'signals that would end it are caught or ignored, and the clock holds all the same',
    language: 'python',
    code: 'import signal\nfor number in range(1, 65):\n    try: signal.signal(number, signal.SIG_IGN)\n    except (OSError, ValueError): pass\nwhile True: pass',
    limits: { cellMs: 400 },
    expect: (report) => {
      expect(report.ending).toEqual({ kind: 'interrupted', by: 'wall' });
      expect(report.stateLost).toBe(true);
    },
    keepsState: false,
  },
  {
    name: 'CPU time of all processes together has an end',
    language: 'bash',
    code: 'for i in 1 2 3; do (while :; do :; done) & done; wait',
    limits: { cellCpuMs: 500 },
    expect: (report) => expect(report.ending).toEqual({ kind: 'interrupted', by: 'cpu' }),
    keepsState: false,
  },
  {
    name: 'input is refused with a clear error',
    language: 'python',
    code: 'input("name? ")',
    expect: (report) => {
      failedWith('RuntimeError')(report);
      expect(JSON.stringify(report.ending)).toMatch(/nobody is there to answer/);
    },
    keepsState: true,
  },
  {
    name: 'standard input is empty',
    language: 'bash',
    code: 'read -r line; echo "[$line]"; cat',
    expect: (report) => expect(printed(report)).toBe('[]\n'),
    keepsState: true,
  },
  {
    name: 'globals of JavaScript taken away do the kernel no harm',
    language: 'javascript',
    code: 'JSON.parse = JSON.stringify = null; Promise.prototype.then = null; Buffer.from = null; Buffer.concat = null; process.stdout.write = null; globalThis.Promise = null; Array.prototype.map = null; Object.keys = null; 1',
    expect: (report) => expect(['done', 'failed', 'kernel-ended', 'interrupted']).toContain(report.ending.kind),
    limits: { cellMs: 1000 },
    keepsState: false,
  },
  {
    name: 'proxies and getters that throw or never end are not asked for more than they show',
    language: 'javascript',
    code: 'new Proxy({}, { get() { throw 1; }, ownKeys() { throw 2; }, getPrototypeOf() { throw 3; } })',
    expect: (report) => expect(['done', 'failed']).toContain(report.ending.kind),
    keepsState: true,
  },
  {
    name: 'an error outside of any cell is told and costs no state',
    language: 'javascript',
    code: 'setTimeout(() => { throw new Error("late"); }, 50); 1',
    expect: async (report, session) => {
      done(report);
      const next = await session.run('await new Promise((resolve) => setTimeout(resolve, 200))');
      expect(JSON.stringify(next.ending) + printed(next, 'stderr')).toMatch(/late/);
    },
    keepsState: true,
  },
  {
    name: 'shell options and functions of any name do the kernel no harm',
    language: 'bash',
    code: 'printf() { :; }; read() { :; }; echo() { :; }; local() { :; }; IFS=x; set -f; shopt -s nullglob failglob; PATH=; unset PROMPT_COMMAND; alias eval=true; set -x',
    expect: done,
    keepsState: false,
  },
];

describe.skipIf(reason !== null)(`native sessions${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  test.concurrent.each(deeds)(
    '$language: $name',
    async (deed) => {
      const neighbour = await neighbourOf(deed.language);
      const session = await opened(deed.language, deed.limits);
      const report = await session.run(deed.code);
      await deed.expect(report, session);
      const next = await session.run(gets[deed.language] ?? '');
      if (deed.keepsState) expect([shown(next), report.stateLost]).toEqual(['42', false]);
      if (report.stateLost) expect(shown(next)).not.toBe('42');
      await session.end();
      expect(shown(await neighbour.run(gets[deed.language] ?? ''))).toBe('42');
    },
    60_000,
  );
});
