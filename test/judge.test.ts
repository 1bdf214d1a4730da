/** `winnow judge` as a user meets it: formats of problems, verdicts, exit codes, checkers, and programs that cheat. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { keepIn } from './keptcache.ts';
import { winnow } from './keptprogram.ts';
import { type Ran, workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
keepIn(home);
afterAll(remove);

const isNative = existsSync('/usr/bin/python3') && existsSync('/usr/bin/bwrap');
const hasC = isNative && existsSync('/usr/bin/gcc') && existsSync('/usr/bin/g++');
const missing = isNative ? '' : ' (skipped: no bubblewrap or no python3 below /usr)';
const missingC = hasC ? '' : ' (skipped: no bubblewrap, or no GCC and G++ below /usr)';

interface Test {
  readonly test: string;
  readonly kind: string;
  readonly reason: string | null;
  readonly difference: unknown;
}
interface Result {
  readonly submission: string;
  readonly problem: string;
  readonly kind: string;
  readonly reason: string | null;
  readonly points: number | null;
  readonly compilerOutput: string | null;
  readonly tests: readonly Test[];
}

const judge = (...words: string[]): Ran => winnow(['judge', ...words], { home, cwd: dir, timeout: 240_000 });
function judged(...words: string[]): { status: number | null; results: Result[]; stdout: string; stderr: string } {
  const { status, stdout, stderr } = judge(...words, '--json');
  expect(stdout, stderr).not.toBe('');
  return { status, results: (JSON.parse(stdout) as { results: Result[] }).results, stdout, stderr };
}
const kinds = (results: readonly Result[]): string[] => results.map(({ submission, kind }) => `${submission} ${kind}`);
const marks = ({ tests }: Result): string => tests.map(({ kind }) => kind[0]).join('');

const sum = 'a, b = map(int, input().split())\nprint(a + b)\n';

writeFiles(dir, {
  'sum/problem.json': JSON.stringify({
    schema: 'winnow.problem/1',
    name: 'Sum',
    limits: { timeMs: 2000, memoryMiB: 64, outputMiB: 1 },
    groups: [
      { name: 'small', tests: 'small/*', points: 40 },
      { name: 'large', tests: ['large/*'], points: 60, score: 'share', after: ['small'] },
    ],
  }),
  'sum/tests/sample/1.in': '1 2\n',
  'sum/tests/sample/1.ans': '3\n',
  'sum/tests/small/1.in': '4 5\n',
  'sum/tests/small/1.ans': '9\n',
  'sum/tests/large/1.in': '3000000000 1\n',
  'sum/tests/large/1.ans': '3000000001\n',
  'sum/tests/large/2.in': '5 6\n',
  'sum/tests/large/2.ans': '11\n',
  'plain/1.in': '1 2\n',
  'plain/1.out': '3\n',
  'plain/2.in': '10 20\n',
  'plain/2.out': '30\n',
  'right.py': sum,
  'narrow.py': 'a, b = map(int, input().split())\nprint((a + b) % 1000000)\n',
  'wrong.py': 'print(3)\n',
  'crash.py': 'print(1 // 0)\n',
  'loop.py': 'while True: pass\n',
  'flood.py': "print('x' * (2 << 20))\n",
  'hungry.py': 'x = bytearray(200 << 20)\nprint(len(x))\n',
});

describe.skipIf(!isNative)(`winnow judge${missing}`, () => {
  test('all tests are right: accepted, all points, exit code 0', () => {
    const { status, results } = judged('sum', 'right.py');
    expect(status).toBe(0);
    expect(results).toMatchObject([{ kind: 'accepted', points: 100, problem: 'sum' }]);
    expect(results[0]?.tests.map((one) => one.test)).toEqual(['sample/1', 'small/1', 'large/1', 'large/2']);
  });

  test('each verdict, by its first test that is not accepted; exit code 1', () => {
    const { status, results } = judged('plain', 'wrong.py', 'crash.py', 'loop.py', '--time', '300ms');
    expect([status, kinds(results)]).toEqual([
      1,
      ['wrong.py wrong-answer', 'crash.py runtime-error', 'loop.py time-limit'],
    ]);
    expect(marks(results[0] as Result)).toBe('aw');
    const limits = judged('sum', 'flood.py', 'hungry.py');
    expect(kinds(limits.results)).toEqual(['flood.py output-limit', 'hungry.py memory-limit']);
  });

  test('points by group; a group waits for those before it, and --all runs what a failure would have skipped', () => {
    const { results } = judged('sum', 'narrow.py', 'wrong.py', 'wrong.py', '--all');
    expect(results.map(({ points }) => points)).toEqual([70, 0, 0]);
    const stopped = judged('sum', 'narrow.py', 'wrong.py').results;
    expect(stopped.map(marks)).toEqual(['aaws', 'awss']);
    expect(stopped.map(({ points }) => points)).toEqual([40, 0]);
  });

  test('a difference is shown for samples, and for hidden tests only when asked', () => {
    const [hidden] = judged('sum', 'wrong.py').results;
    expect(hidden?.tests[1]).toMatchObject({ kind: 'wrong-answer', reason: null, difference: null });
    expect(judge('sum', 'wrong.py').stdout).not.toMatch(/expected|came/);
    const [shown] = judged('sum', 'wrong.py', '--show-secret').results;
    expect(shown?.tests[1]?.difference).toEqual({ line: 1, expected: '9', actual: '3' });
    expect(judge('sum', 'wrong.py', '--show-secret').stdout).toMatch(/expected {2}9\n +came +3/);
  });

  test('rows for a person, with every test when asked', () => {
    const { stdout, status } = judge('sum', 'right.py', 'wrong.py', '--list');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^accepted +right\.py {2}\.\.\.\. .* 100 of 100 points$/m);
    expect(stdout).toMatch(/^wrong-answer +wrong\.py {2}\.W-- /m);
    expect(stdout).toMatch(/^ {2}accepted +small\/1 {2}.*(ms|s) {2}.*(KiB|MiB)$/m);
    expect(stdout).toMatch(/1 accepted, 1 wrong-answer in /);
  });

  test('the order and the verdicts do not hang on how many programs run at once', () => {
    const names = ['narrow.py', 'right.py', 'wrong.py', 'crash.py', 'right.py'];
    const plain = (jobs: string): unknown =>
      judged('sum', ...names, '-j', jobs).results.map((one) => [one.submission, one.kind, one.points, marks(one)]);
    expect(plain('4')).toEqual(plain('1'));
  });

  test('with several problems a submission goes to the one it is named after', () => {
    writeFiles(dir, {
      'contest/add/1.in': '1 2\n',
      'contest/add/1.ans': '3\n',
      'contest/twice/1.in': '4\n',
      'contest/twice/1.ans': '8\n',
      'sent/add.py': sum,
      'sent/twice/main.py': 'from helper import twice\nprint(twice(int(input())))\n',
      'sent/twice/helper.py': 'def twice(x):\n    return 2 * x\n',
      'stray/thing.py': sum,
    });
    const { status, results } = judged('contest', 'sent', '--each');
    expect([status, results.map((one) => `${one.problem} ${one.kind}`)]).toEqual([
      0,
      ['add accepted', 'twice accepted'],
    ]);
    const stray = judge('contest', 'stray/thing.py');
    expect([stray.status, stray.stderr]).toEqual([2, expect.stringContaining('named after none of the 2 problems')]);
    expect(judged('contest', 'right.py', '--problem', 'add').status).toBe(0);
  });

  test('numbers within a tolerance, and lines in any order', () => {
    writeFiles(dir, {
      'float/problem.yaml': 'schema: winnow.problem/1\nchecker: { kind: tokens, absolute: 1.0e-6, relative: 1.0e-6 }\n',
      'float/tests/sample1.in': '1\n',
      'float/tests/sample1.out': '0.333333333 ok 1000000\n',
      'near.py': "print('.33333334', 'ok', '1000000.5')\n",
      'far.py': "print('.3334', 'ok', '1000000.5')\n",
      'bag/problem.json': '{"schema":"winnow.problem/1","checker":"unordered-lines"}',
      'bag/tests/1.in': '',
      'bag/tests/1.out': 'b\na\n',
      'ab.py': "print('a')\nprint('b')\n",
    });
    expect(kinds(judged('float', 'near.py', 'far.py').results)).toEqual(['near.py accepted', 'far.py wrong-answer']);
    expect(judged('bag', 'ab.py').status).toBe(0);
  });

  test('a package of Kattis as it stands: limits, flags of the default validator, groups with points', () => {
    writeFiles(dir, {
      'pack/problem.yaml':
        'name: {en: Sum}\ntype: scoring\nlimits: {memory: 64, time_limit: 2}\nvalidator_flags: case_sensitive\n',
      'pack/data/sample/1.in': '1 2\n',
      'pack/data/sample/1.ans': '3\n',
      'pack/data/secret/a/testdata.yaml': 'accept_score: 30\ngrader_flags: min\n',
      'pack/data/secret/a/1.in': '2 2\n',
      'pack/data/secret/a/1.ans': '4\n',
      'pack/data/secret/b/testdata.yaml': 'accept_score: 70\ngrader_flags: min\n',
      'pack/data/secret/b/1.in': '5000000 0\n',
      'pack/data/secret/b/1.ans': '5000000\n',
    });
    const { results } = judged('pack', 'right.py', 'narrow.py');
    expect(results.map(({ kind, points }) => [kind, points])).toEqual([
      ['accepted', 100],
      ['wrong-answer', 30],
    ]);
  });

  const testlib = (body: string): string => `import sys\n_, input_, output, answer = sys.argv\n${body}`;
  const checkers: Readonly<Record<string, string>> = {
    // Any two numbers of the given sum.
    ok: testlib(
      'a, b = map(int, open(output).read().split())\nsys.exit(0 if a + b == int(open(input_).read()) else 1)',
    ),
    form: testlib('sys.exit(2)'),
    fail: testlib("print('FAIL key is ' + open(answer).read(), file=sys.stderr)\nsys.exit(3)"),
    half: testlib("print('points 0.5 half', file=sys.stderr)\nsys.exit(7)"),
    crash: testlib('import os\nos.abort()'),
    odd: testlib('sys.exit(99)'),
    slow: testlib('while True: pass'),
    broken: 'def (',
    raises: testlib('int("x")'),
  };
  test('checkers that are programs, after testlib: what they fail at is unjudged and never wrong', () => {
    for (const [name, text] of Object.entries(checkers))
      writeFiles(join(dir, 'special', name), {
        'problem.json': JSON.stringify({
          schema: 'winnow.problem/1',
          limits: { timeMs: 2000 },
          checker: { kind: 'testlib', program: 'check.py', timeMs: 300 },
        }),
        'check.py': text,
        'tests/1.in': '10\n',
        'tests/1.ans': 'secret42\n',
      });
    writeFiles(dir, { 'pair.py': 'n = int(input())\nprint(n - 3, 3)\n', 'nopair.py': 'print(1, 1)\n' });
    expect(kinds(judged('special/ok', 'pair.py', 'nopair.py').results)).toEqual([
      'pair.py accepted',
      'nopair.py wrong-answer',
    ]);
    const of = (name: string): Result => {
      const { results, status, stdout } = judged(`special/${name}`, 'pair.py');
      expect(stdout).not.toContain('secret42');
      expect(status).toBe(results[0]?.kind === 'unjudged' ? 3 : 1);
      return results[0] as Result;
    };
    expect(of('form').kind).toBe('wrong-answer');
    expect(of('half').tests[0]).toMatchObject({ kind: 'wrong-answer', share: 0.5 });
    for (const [name, why] of [
      ['fail', 'its own data at fault'],
      ['crash', 'crashed (SIGABRT)'],
      ['odd', 'ended with code 99'],
      ['slow', 'passed its own limit (timed-out)'],
      ['broken', 'an error that it did not catch'],
      ['raises', 'an error that it did not catch'],
    ] as const)
      expect(of(name), name).toMatchObject({ kind: 'unjudged', reason: expect.stringContaining(why) });
  });

  test('checkers that are programs, after Kattis: 42, 43, and anything else', () => {
    const validate = `import sys, os
_, input_, answer, feedback, *flags = sys.argv
assert os.path.isdir(feedback) and feedback.endswith('/') and flags == ['strict']
got = sys.stdin.read().split()
open(feedback + 'judgemessage.txt', 'w').write('the key is ' + open(answer).read())
sys.exit(42 if len(got) == 2 and sum(map(int, got)) == int(open(input_).read()) else 43 if len(got) == 2 else 1)
`;
    writeFiles(dir, {
      'valid/problem.yaml': 'name: Pair\nvalidation: custom\nvalidator_flags: strict\nlimits: {time_limit: 2}\n',
      'valid/output_validators/validate.py': validate,
      'valid/data/secret/1.in': '10\n',
      'valid/data/secret/1.ans': 'secret42\n',
      'three.py': 'print(1, 2, 3)\n',
    });
    const { results, stdout, status } = judged('valid', 'missing.py', 'pair.py', 'nopair.py', 'three.py');
    expect(kinds(results)).toEqual([
      'missing.py unjudged',
      'pair.py accepted',
      'nopair.py wrong-answer',
      'three.py unjudged',
    ]);
    // One that is not there costs the others nothing.
    expect(results[0]?.reason).toContain('missing.py does not exist');
    expect(status).toBe(1);
    expect(stdout).not.toContain('secret42');
    expect(judge('valid', 'nopair.py', '--show-secret').stdout).toContain('the key is secret42');
  });

  test('what is no problem is refused by name', () => {
    writeFiles(dir, {
      'bad/key/problem.json': '{"schema":"winnow.problem/1","limits":{"timems":5}}',
      'bad/key/tests/1.in': '',
      'bad/key/tests/1.out': '',
      'bad/answer/1.in': '1\n',
      'bad/talk/problem.yaml': 'name: T\ntype: interactive\n',
      'bad/talk/data/secret/1.in': '1\n',
      'bad/talk/data/secret/1.ans': '1\n',
      'bad/json/problem.json': '{',
      'bad/none/readme.md': '',
    });
    for (const [name, said] of [
      ['key', 'timems'],
      ['answer', '1.out was expected beside it'],
      ['talk', '"interactive", which cannot be judged'],
      ['json', 'cannot be read'],
      ['none', 'is no problem and holds none'],
    ] as const) {
      const { status, stderr } = judge(`bad/${name}`, 'right.py');
      expect([status, stderr], name).toEqual([2, expect.stringContaining(said)]);
    }
    expect(judge('nowhere', 'right.py').stderr).toContain('path-not-found');
    expect(judge('sum', 'nothing.py').stderr).toContain('path-not-found');
    expect(judge('sum', 'nothing.py', 'none.py')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('nor do 1 more that were given'),
    });
  });
});

/** Nobody can work it out: whoever prints it has seen it. */
const key = randomBytes(24).toString('hex');
const keyFile = join(dir, 'vault/tests/secret/1.ans');

const cheats: Readonly<Record<string, string>> = {
  'reads-path.py': `print(open(${JSON.stringify(keyFile)}).read())`,
  'walks-disk.py': `import os
for top in ('/', '/work', '/tmp', '/root', '/home', '/var/tmp', '/dev/shm', '/run', '/mnt', ${JSON.stringify(dir)}):
    for base, _, files in os.walk(top):
        if base.startswith(('/proc', '/sys', '/usr')): continue
        for name in files:
            try:
                if name.endswith(('.ans', '.out', 'answer')): print(open(os.path.join(base, name)).read())
            except OSError: pass`,
  'reads-proc.py': `import os, glob
for path in glob.glob('/proc/[0-9]*/*') + glob.glob('/proc/[0-9]*/fd/*'):
    try: print(open(path, 'rb').read(1 << 16))
    except OSError: pass`,
  'reads-parent.py': `import os, re
for pid in (os.getppid(), 1):
    try:
        mem = open(f'/proc/{pid}/mem', 'rb', 0)
        for line in open(f'/proc/{pid}/maps'):
            a, b = (int(x, 16) for x in line.split()[0].split('-'))
            mem.seek(a); print(re.findall(rb'[0-9a-f]{48}', mem.read(b - a)))
    except OSError: pass`,
  'argv-and-env.py': 'import sys, os\nprint(sys.argv, dict(os.environ))\nprint(open("/proc/self/environ").read())',
  'checker-files.py': `import os
for path in ('winnow-check/answer', '/work/winnow-check/answer', '../winnow-check/answer', '.winnow/answer'):
    try: print(open(path).read())
    except OSError: pass`,
  'forged.py': `print('{"kind": "accepted", "results": [{"kind": "accepted"}]}')
print('\\x1b[2K\\raccepted forged.py')
import sys; sys.stderr.write('ok accepted 42\\n'); sys.exit(0)`,
  'writes-fds.py': `import os
for fd in range(3, 256):
    try: os.write(fd, b'accepted\\n{"status": 0}\\n')
    except OSError: pass`,
  'exits.py': 'import os\nos._exit(0)',
  'exit-42.py': 'import sys\nsys.exit(42)',
  'sleeps.py': 'import time\ntime.sleep(60)',
  'waits.py': 'import sys\nsys.stdin.read()\nimport threading\nthreading.Event().wait()',
  'ignores-signals.py': `import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: pass`,
  'late-child.py': `import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(1); print('late answer', flush=True)
    os._exit(0)`,
  'fork-bomb.py': 'import os\nwhile True:\n    try: os.fork()\n    except OSError: pass',
  'memory.py': 'x = []\nwhile True: x.append(bytearray(1 << 20))',
  'disk.py': `import os
for place in ('/work', '/tmp', '/dev/shm'):
    try:
        with open(place + '/full', 'wb') as file:
            while True: file.write(bytes(1 << 20))
    except OSError: pass`,
  'floods.py': "import sys\nfor _ in range(100): sys.stdout.write('x' * (1 << 20))",
  'floods-stderr.py': "import sys\nwhile True: sys.stderr.write('x' * (1 << 16))",
  'bytes.py': `import sys\nsys.stdout.buffer.write(b'\\0\\xff\\xfe\\x1b]0;owned\\x07' + bytes(range(256)))`,
  'no-newline.py': "print('nothing', end='')",
  'kills.py': 'import os, signal\nos.kill(os.getppid(), 9)\nos.kill(-1, 9)',
  'network.py': `import socket
for port in (1, 80, 443):
    try: socket.create_connection(('127.0.0.1', port), 0.2)
    except OSError: pass`,
};
const compileCheats: Readonly<Record<string, string>> = {
  'include-zero.c': '#include "/dev/zero"\nint main(void) { return 0; }\n',
  'include-key.c': `#include "${keyFile}"\nint main(void) { return 0; }\n`,
  'include-passwd.c': '#include "/etc/passwd"\nint main(void) { return 0; }\n',
  'embeds-key.c': `__asm__(".globl key\\nkey: .incbin \\"${keyFile}\\"\\n.byte 0\\n");
extern char key[];
int puts(const char *);
int main(void) { return puts(key); }
`,
  'templates.cpp': `template <int N, int M> struct Bomb { static constexpr long value = Bomb<N - 1, 2 * M>::value + Bomb<N - 1, 2 * M + 1>::value; };
template <int M> struct Bomb<0, M> { static constexpr long value = M; };
int main() { return Bomb<28, 0>::value & 1; }
`,
};

describe.skipIf(!isNative)(`programs that cheat${missing}`, () => {
  writeFiles(dir, {
    'vault/problem.json': JSON.stringify({
      schema: 'winnow.problem/1',
      limits: { timeMs: 300, memoryMiB: 64, outputMiB: 4, compileTimeMs: 1500 },
    }),
    'vault/tests/secret/1.in': 'question\n',
    'vault/tests/secret/1.ans': `${key}\n`,
    ...Object.fromEntries(Object.entries(cheats).map(([name, text]) => [`cheats/${name}`, `${text}\n`])),
    'knows.py': `print('${key}')\n`,
    ...Object.fromEntries(Object.entries(compileCheats).map(([name, text]) => [`compile-cheats/${name}`, text])),
  });

  test(`${Object.keys(cheats).length} of them: none is accepted, none sees the key, and an honest one after them is judged`, {
    timeout: 120_000,
  }, () => {
    const { results, stdout, stderr, status } = judged('vault', 'cheats', 'knows.py', '--each');
    expect(status).toBe(1);
    expect(results.filter(({ kind }) => kind === 'accepted').map(({ submission }) => submission)).toEqual(['knows.py']);
    expect(stdout + stderr).not.toContain(key);
    const of = (name: string): string | undefined => results.find(({ submission }) => submission === name)?.kind;
    expect({
      sleeps: of('sleeps.py'),
      ignores: of('ignores-signals.py'),
      memory: of('memory.py'),
      floods: of('floods.py'),
      stderr: of('floods-stderr.py'),
      exits: of('exits.py'),
      exit42: of('exit-42.py'),
      forged: of('forged.py'),
      late: of('late-child.py'),
      odd: of('bytes.py'),
    }).toEqual({
      sleeps: 'time-limit',
      ignores: 'time-limit',
      memory: 'memory-limit',
      floods: 'output-limit',
      stderr: 'output-limit',
      exits: 'wrong-answer',
      exit42: 'runtime-error',
      forged: 'wrong-answer',
      late: 'wrong-answer',
      odd: 'wrong-answer',
    });
    expect(results.filter(({ kind }) => kind === 'unjudged')).toEqual([]);
  });

  test('a link is not followed, neither as a submission nor inside of one', () => {
    symlinkSync(keyFile, join(dir, 'link.py'));
    writeFiles(dir, { 'linked/main.py': sum });
    symlinkSync(keyFile, join(dir, 'linked/data.txt'));
    symlinkSync('/dev/zero', join(dir, 'zero.py'));
    const { results, stdout, stderr } = judged('vault', 'link.py', 'linked', 'zero.py');
    expect(results.map(({ kind }) => kind)).toEqual(['unjudged', 'unjudged', 'unjudged']);
    expect(stdout + stderr).not.toContain(key);
  });

  test('what a program printed cannot move the cursor of whoever reads the verdict', () => {
    writeFiles(dir, { 'shown/sample1.in': '', 'shown/sample1.out': 'x\n' });
    const { stdout } = judge('shown', 'cheats/bytes.py', 'cheats/forged.py');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    expect(stdout).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]/);
  });

  test.skipIf(!hasC)(
    `compilers that are turned against the machine: compile-error in bounded time, and nothing shown${missingC}`,
    {
      timeout: 120_000,
    },
    () => {
      const { results, stdout, stderr } = judged('vault', 'compile-cheats', '--each', '--show-secret');
      expect(kinds(results)).toEqual(
        Object.keys(compileCheats)
          .sort()
          .map((name) => `${name} compile-error`),
      );
      expect(stdout + stderr).not.toContain(key);
      expect(stdout).not.toContain(readFileSync('/etc/passwd', 'utf8').split('\n', 1)[0]);
    },
  );
});
