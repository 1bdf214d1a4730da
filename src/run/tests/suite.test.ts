/** Suites as users have them, in the native sandbox: unittest and node:test, which every machine with the language has. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openRunner } from '../runner.ts';
import { hasPassed } from './report.ts';
import { takeReport, testJob } from './suite.ts';
import type { TestReport, TestRequest } from './types.ts';

const cacheDir = mkdtempSync(join(tmpdir(), 'winnow-tests-'));
const path = [dirname(process.execPath), ...(process.env.PATH ?? '').split(':')];
const runner = openRunner({ cacheDir, path });
afterAll(async () => {
  await runner.close();
  rmSync(cacheDir, { recursive: true, force: true });
});
const native = (await runner.offers()).find(({ backend }) => backend === 'native');
const missing = (language: string): string => {
  if (native?.availability.state !== 'ready') return ' (skipped: no native backend here)';
  return native.runtimes.some((one) => one.language === language && one.state === 'ready')
    ? ''
    : ` (skipped: no ${language} here)`;
};

async function suite(files: Readonly<Record<string, string>>, change: Partial<TestRequest> = {}): Promise<TestReport> {
  const job = await testJob({
    runner: 'unittest',
    files: Object.entries(files).map(([name, text]) => ({ path: name, bytes: Buffer.from(text) })),
    links: [],
    root: cacheDir,
    path,
    python: null,
    jars: [],
    read: [],
    paths: [],
    only: [],
    arguments: [],
    env: {},
    limits: { wallMs: 60_000 },
    testMs: null,
    coverage: false,
    ...change,
  });
  return takeReport(await runner.run(job.job, { backend: 'native' }), job);
}

const states = ({ tests }: TestReport): Record<string, string> =>
  Object.fromEntries(tests.map(({ name, state }) => [name, state]));

const cases = (body: string): string =>
  `import os, sys, time, unittest\nfrom lib import both\n\nclass T(unittest.TestCase):\n${body}`;
const lib = `def both(a, b):
    if a:
        return 'a'
    if (b and
            not a):
        return 'b'
    return None
`;

const python = missing('python');
describe.skipIf(python !== '')(`unittest${python}`, () => {
  test('each test has its state, its place and its lines', async () => {
    const report = await suite(
      {
        'lib.py': lib,
        'test_one.py': cases(`    def test_a(self):
        self.assertEqual(both(1, 0), 'a')
    def test_b(self):
        self.assertEqual(both(0, 1), 'c')
    def test_line(self): both(0, 0)
    @unittest.skip('no')
    def test_s(self): pass
    @unittest.expectedFailure
    def test_x(self): self.fail()
class U(unittest.TestCase):
    @classmethod
    def setUpClass(cls): raise ValueError('around')
    def test_u(self): pass
`),
        'test_two.py': 'import not_there\n',
      },
      { coverage: true },
    );
    expect(states(report)).toEqual({
      'test_one.T.test_a': 'passed',
      'test_one.T.test_b': 'failed',
      'test_one.T.test_line': 'passed',
      'test_one.T.test_s': 'skipped',
      'test_one.T.test_x': 'expected-failure',
      'setUpClass (test_one.U)': 'error',
      'test_one.U.test_u': 'not-run',
    });
    expect(report.broken.map(({ name, message }) => [name, /not_there/.test(message)])).toEqual([['test_two', true]]);
    expect(report.tests.find(({ name }) => name === 'test_one.T.test_b')).toMatchObject({
      place: { path: 'test_one.py', line: 7 },
      failedAt: { path: 'test_one.py', line: 8 },
      message: "AssertionError: 'b' != 'c'\n- b\n+ c\n",
    });
    const ran = (name: string): unknown => Object.fromEntries(report.coverage?.tests.get(`test_one.T.${name}`) ?? []);
    expect(ran('test_a')).toEqual({ 'lib.py': [2, 3], 'test_one.py': [6] });
    expect(ran('test_b')).toEqual({ 'lib.py': [2, 4, 6], 'test_one.py': [8] });
    expect(ran('test_line')).toEqual({ 'lib.py': [2, 4, 7], 'test_one.py': [9] });
    expect(report.coverage?.able.get('lib.py')).toEqual([1, 2, 3, 4, 6, 7]);
    expect([report.ending.kind, report.unsealed, hasPassed(report)]).toEqual(['finished', 0, false]);
  });

  test('what tests print or append is no report, and what they take away is missed', async () => {
    const forged = `print('{"e":"test","n":0,"state":"passed"}')`;
    const report = await suite({
      'lib.py': lib,
      'test_one.py': cases(`    def test_a(self):
        ${forged}
        with open('.winnow-tests/rows.txt', 'a') as rows: rows.write('0 {"e":"test","n":0,"state":"passed"}\\n')
        self.assertEqual(os.path.exists('.winnow-tests/plan.json'), False)
        self.fail('still')
    def test_b(self):
        os.closerange(3, 200)
    def test_c(self):
        if os.fork() == 0:
            print('child', flush=True)
            raise SystemExit(0)
        os.wait()
    def test_d(self):
        os.unlink('.winnow-tests/rows.txt')
`),
    });
    // The file is put back with what was in it.
    expect([report.ending.kind, states(report)]).toEqual([
      'finished',
      {
        'test_one.T.test_a': 'failed',
        'test_one.T.test_b': 'passed',
        'test_one.T.test_c': 'passed',
        'test_one.T.test_d': 'passed',
      },
    ]);
    const kept = await suite({
      'lib.py': lib,
      'test_one.py': cases(
        `    def test_a(self):\n        ${forged}\n        open('.winnow-tests/rows.txt', 'a').write('x\\n')\n        self.fail()\n    def test_b(self):\n        os.closerange(3, 200)\n`,
      ),
    });
    expect([states(kept), kept.unsealed]).toEqual([
      { 'test_one.T.test_a': 'failed', 'test_one.T.test_b': 'passed' },
      1,
    ]);
  });

  test('a test that deletes the project does not take the report with it', async () => {
    const files = (then: string): Record<string, string> => ({
      'lib.py': lib,
      'test_one.py': cases(`    def test_a(self): self.fail()
    def test_b(self):
        # Never where this is not the sandbox's own directory.
        if os.getcwd() == '/work':
            import shutil
            shutil.rmtree('/work/.winnow-tests', ignore_errors=True)
        ${then}
    def test_c(self): pass
`),
    });
    const kept = await suite(files('pass'));
    expect([kept.ending.kind, kept.unsealed, Object.values(states(kept))]).toEqual([
      'finished',
      0,
      ['failed', 'passed', 'passed'],
    ]);
    const lost = await suite(files('os._exit(3)'));
    expect(lost.ending).toMatchObject({
      kind: 'runner-failed',
      reason: expect.stringContaining('the tests deleted it'),
    });
  });

  test('a test that takes too long is stopped alone, though it catches everything', async () => {
    const report = await suite(
      {
        'lib.py': lib,
        'test_one.py': cases(`    def test_a(self):
        try:
            time.sleep(60)
        except BaseException:
            time.sleep(60)
    def test_b(self): pass
`),
      },
      { testMs: 300 },
    );
    expect(states(report)).toEqual({ 'test_one.T.test_a': 'timed-out', 'test_one.T.test_b': 'passed' });
  });

  test('a test that swallows its alarm is killed, and the tests after it are run', async () => {
    const report = await suite(
      {
        'lib.py': lib,
        'test_one.py': cases(`    def test_a(self): both(1, 0)
    def test_b(self):
        while True:
            try:
                time.sleep(60)
            except BaseException:
                pass
    def test_c(self):
        import signal
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        time.sleep(60)
    def test_d(self): self.assertEqual(both(0, 1), 'b')
`),
        'test_two.py': 'import not_there\n',
      },
      { testMs: 300, coverage: true },
    );
    expect(states(report)).toEqual({
      'test_one.T.test_a': 'passed',
      'test_one.T.test_b': 'timed-out',
      'test_one.T.test_c': 'timed-out',
      'test_one.T.test_d': 'passed',
    });
    expect([report.ending.kind, report.broken.length, report.unsealed, hasPassed(report)]).toEqual([
      'finished',
      1,
      0,
      false,
    ]);
    expect(report.coverage?.tests.get('test_one.T.test_d')?.get('lib.py')).toEqual([2, 4, 6]);
    // Test b was told that its time is over, and told what it had run; test c never heard of it.
    expect(report.coverage?.tests.get('test_one.T.test_b')?.get('test_one.py')).toEqual(expect.arrayContaining([9]));
    expect(report.notes).toEqual([expect.stringMatching(/^lines are missing: the process ended in \S+test_c;/)]);
    const dead = await suite(
      {
        'lib.py': lib,
        'test_one.py': cases('    def test_a(self): os.kill(os.getpid(), 11)\n    def test_b(self): pass\n'),
      },
      { testMs: 5000 },
    );
    expect([dead.ending.kind, Object.values(states(dead))]).toEqual(['crashed', ['crashed', 'not-run']]);
  });

  test('a suite that is stopped gives the tests that ended', async () => {
    const body = (hang: string): Record<string, string> => ({
      'lib.py': lib,
      'test_one.py': cases(`    def test_a(self): pass\n    def test_b(self): ${hang}\n    def test_c(self): pass\n`),
    });
    const late = await suite(body('time.sleep(60)'), { limits: { wallMs: 3000 } });
    expect([late.ending, Object.values(states(late))]).toEqual([
      { kind: 'stopped', limit: 'wall' },
      ['passed', 'timed-out', 'not-run'],
    ]);
    const dead = await suite(body('os.kill(os.getpid(), 11)'));
    expect([dead.ending.kind, Object.values(states(dead))]).toEqual(['crashed', ['passed', 'crashed', 'not-run']]);
    const gone = await suite(body('both(1, 0); os._exit(0)'), { coverage: true });
    expect([
      gone.coverage?.able.get('lib.py'),
      gone.coverage?.tests.get('test_one.T.test_a')?.get('test_one.py'),
    ]).toEqual([[1, 2, 3, 4, 6, 7], [5]]);
    expect(gone.notes).toEqual([expect.stringMatching(/^lines are missing: .*test_b/)]);
    expect([gone.ending, hasPassed(gone)]).toEqual([{ kind: 'crashed', reason: 'exit code 0' }, false]);
  });

  test('links within the project are links there', async () => {
    const body = "    def test_a(self): self.assertEqual(os.readlink('deep/link.py'), '../lib.py')\n";
    const report = await suite(
      { 'lib.py': lib, 'test_one.py': cases(body) },
      { links: [{ path: 'deep/link.py', target: '../lib.py' }] },
    );
    expect(states(report)).toEqual({ 'test_one.T.test_a': 'passed' });
  });

  test('no tests are an answer of their own; a selection chooses by name', async () => {
    const files = {
      'lib.py': lib,
      'test_one.py': cases('    def test_a(self): pass\n    def test_b(self): self.fail()\n'),
    };
    expect((await suite({ 'lib.py': lib })).ending.kind).toBe('no-tests');
    expect((await suite(files, { only: ['nothing'] })).ending.kind).toBe('no-tests');
    const one = await suite(files, { only: ['test_a'], paths: ['test_one.py'] });
    expect([states(one), hasPassed(one)]).toEqual([{ 'test_one.T.test_a': 'passed' }, true]);
  });

  test('names may hold anything, and may be many', async () => {
    const report = await suite({
      'lib.py': lib,
      'test_one.py': cases(`    pass
for at in range(3000):
    setattr(T, 'test_%d\\x1b[31m\\n\\u202e"' % at, lambda self: None)
`),
    });
    expect([report.tests.length, hasPassed(report)]).toEqual([3000, true]);
    expect(report.tests.some(({ name }) => name === 'test_one.T.test_0\u001b[31m\n\u202e"')).toBe(true);
  });

  test('a runner that is not installed is the world’s failure', async () => {
    await expect(
      suite({ 'pytest.py': 'raise ImportError("none here")\n', 'test_a.py': '' }, { runner: 'pytest' }),
    ).rejects.toMatchObject({ code: 'toolchain-missing' });
  });
});

const pytest =
  python ||
  (await suite({ 'test_a.py': '' }, { runner: 'pytest' }).then(
    () => '',
    () => ' (skipped: no pytest for the sandbox here)',
  ));
describe.skipIf(pytest !== '')(`pytest${pytest}`, () => {
  test('it is called with nothing that a project may have left out', async () => {
    const files = { 'test_a.py': 'def test_a(): pass\ndef test_b(): assert 0\n' };
    const swallowing = `def test_a(): pass
def test_b():
    while True:
        try:
            while True: pass
        except BaseException: pass
def test_c(): assert 0
`;
    const late = await suite({ 'test_a.py': swallowing }, { runner: 'pytest', testMs: 300 });
    expect([late.ending.kind, Object.values(states(late))]).toEqual(['finished', ['passed', 'timed-out', 'failed']]);
    for (const args of [[], ['-p', 'no:terminal'], ['--tb=long']]) {
      const report = await suite(files, { runner: 'pytest', arguments: args });
      expect([report.ending.kind, Object.values(states(report))]).toEqual(['finished', ['passed', 'failed']]);
    }
  });
});

const jars = process.env.WINNOW_TEST_JARS;
const junit =
  missing('java') ||
  (jars === undefined ? ' (skipped: WINNOW_TEST_JARS names no repository of Maven that has JUnit 5 and JaCoCo)' : '');
describe.skipIf(junit !== '')(`JUnit${junit}`, () => {
  test('each test has its state and its lines, and one that never ends does not keep the others', async () => {
    const report = await suite(
      {
        'src/main/java/a/Lib.java': `package a;
public class Lib {
    public static int pick(boolean a) {
        if (a) {
            return 1;
        }
        return 2;
    }
}
`,
        'src/test/java/a/BadTest.java': 'package a;\nclass BadTest { int x = nothing; }\n',
        'src/test/java/a/UpTest.java': `package a;
import org.junit.jupiter.api.*;
class UpTest { @BeforeAll static void up() { throw new IllegalStateException("no"); } @Test void never() {} }
`,
        'src/test/java/a/LibTest.java': `package a;
import static org.junit.jupiter.api.Assertions.*;
import org.junit.jupiter.api.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
@TestMethodOrder(MethodOrderer.MethodName.class)
class LibTest {
    @Test void a() { assertEquals(1, Lib.pick(true)); }
    @Test void b() throws Exception {
        java.nio.file.Files.delete(java.nio.file.Paths.get(".winnow-tests/rows.txt"));
        assertEquals(1, Lib.pick(false), "wrong");
    }
    @Test @Disabled("why") void c() {}
    @Test void d() { while (true) try { Thread.sleep(9000); } catch (Throwable all) { } }
    @ParameterizedTest @ValueSource(ints = {1, 2}) void e(int one) { assertEquals(1, one); }
}
`,
        'pom.xml':
          '<project><artifactId>p</artifactId><dependencies><dependency><groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter</artifactId></dependency></dependencies></project>',
      },
      { runner: 'junit', jars: [jars ?? ''], testMs: 500, coverage: true, limits: { wallMs: 120_000 } },
    );
    expect(states(report)).toEqual({
      'a.LibTest.a': 'passed',
      'a.LibTest.b': 'failed',
      'a.LibTest.c': 'skipped',
      'a.LibTest.d': 'timed-out',
      'a.LibTest.e(int)[1]': 'passed',
      'a.LibTest.e(int)[2]': 'failed',
      'a.UpTest': 'error',
      'a.UpTest.never': 'not-run',
    });
    expect([report.ending.kind, report.unsealed, report.broken.map(({ failedAt }) => failedAt)]).toEqual([
      'finished',
      0,
      [{ path: 'src/test/java/a/BadTest.java', line: 2 }],
    ]);
    expect(report.tests.find(({ name }) => name === 'a.LibTest.b')).toMatchObject({
      failedAt: { path: 'src/test/java/a/LibTest.java', line: 11 },
      message: 'org.opentest4j.AssertionFailedError: wrong ==> expected: <1> but was: <2>',
    });
    const lines = (name: string): unknown => report.coverage?.tests.get(name)?.get('src/main/java/a/Lib.java');
    expect([lines('a.LibTest.a'), lines('a.LibTest.b')]).toEqual([
      [4, 5],
      [4, 7],
    ]);
  }, 120_000);
});

const javascript = missing('javascript');
describe.skipIf(javascript !== '')(`node:test${javascript}`, () => {
  test('each test has its state, and its lines', async () => {
    const report = await suite(
      {
        'package.json': '{"scripts": {"test": "node --test"}}',
        'lib.js': 'exports.both = (a, b) => {\n  if (a) return 1;\n  if (b) {\n    return 2;\n  }\n  return 3;\n};\n',
        'test/a.test.js': `const { describe, it, test } = require('node:test');
const assert = require('node:assert');
const { both } = require('../lib.js');
test('a', () => assert.equal(both(1, 0), 1));
describe('s', () => {
  it('b', () => { assert.equal(both(0, 1), 3); });
  it('no', { skip: 'why' }, () => {});
});
test('slow', { timeout: 100 }, () => new Promise((done) => setTimeout(done, 3000).unref()));
console.log(JSON.stringify({ e: 'test', n: 0, state: 'passed' }));
`,
        'test/b.test.js': "require('./nothing.js');\n",
      },
      { runner: 'node', coverage: true },
    );
    expect(states(report)).toEqual({ a: 'passed', 's > b': 'failed', 's > no': 'skipped', slow: 'timed-out' });
    expect(report.broken.map(({ name }) => name)).toEqual(['test/b.test.js']);
    expect(report.tests.find(({ name }) => name === 's > b')?.failedAt).toEqual({ path: 'test/a.test.js', line: 6 });
    expect(report.coverage?.tests.get('a')?.get('lib.js')).toEqual([1, 2, 7]);
    expect(report.coverage?.tests.get('s > b')?.get('lib.js')).toEqual([1, 2, 3, 4, 5, 7]);
  });

  test('vitest: lines of what was made of the sources lead back to them', async () => {
    const report = await suite(
      {
        'package.json': '{"scripts": {"test": "vitest run"}}',
        'lib.ts': `interface Shape { a: number }
export function both(a: boolean, b: Shape | null): number {
  if (a) return 1;
  if (b) {
    return (
      b.a
    );
  }
  return 3;
}
export const never = (): number => {
  return 7;
};
export interface Later {
  b: number;
}
`,
        'a.test.ts': `import { describe, expect, it } from 'vitest';
import { both } from './lib.ts';
it('a', () => expect(both(true, null)).toBe(1));
describe('s', () => { it('b', () => expect(both(false, { a: 2 })).toBe(3)); });
`,
      },
      { runner: 'vitest', coverage: true, root: join(import.meta.dirname, '../../..') },
    );
    expect(states(report)).toEqual({ 'a.test.ts > a': 'passed', 'a.test.ts > s > b': 'failed' });
    const lines = (name: string): unknown =>
      report.coverage?.tests
        .get(name)
        ?.get('lib.ts')
        ?.filter((line) => line > 2 && line < 9);
    expect([lines('a.test.ts > a'), lines('a.test.ts > s > b')]).toEqual([[3], [3, 4, 5, 6, 8]]);
    expect(report.coverage?.able.get('lib.ts')).not.toContain(14);
    expect(report.coverage?.able.get('lib.ts')).toContain(11);
  });

  const body = (name: string, middle: string): Record<string, string> => ({
    'package.json': '{"scripts": {"test": "node --test"}}',
    [name]: `const { test } = require('node:test');
test('a', () => {});
test('b', async () => { ${middle} });
test('c', () => { throw 1; });
`,
  });
  const name = 'test/a.test.js';

  test('a file that ends in the middle has not passed, and what was running has crashed', async () => {
    const early = await suite(body(name, 'process.exit(0);'), { runner: 'node' });
    expect(states(early)).toMatchObject({ a: 'passed', b: 'crashed' });
    expect(hasPassed(early)).toBe(false);
    expect(early.notes.some((note) => note.startsWith(`${name} ended early`))).toBe(true);
    const later = await suite(body(name, 'await new Promise((done) => setTimeout(done, 200)); process.exit(0);'), {
      runner: 'node',
    });
    expect(states(later)).toEqual({ a: 'passed', b: 'crashed', c: 'not-run' });
    const dead = await suite(body(name, 'process.abort();'), { runner: 'node' });
    expect([dead.broken, states(dead)]).toMatchObject([[], { a: 'passed', b: 'crashed' }]);
    const before = await suite(
      { ...body(name, ''), [name]: "require('node:test'); process.exit(0);" },
      { runner: 'node' },
    );
    expect([states(before), hasPassed(before)]).toEqual([{ [name]: 'crashed' }, false]);
  });

  test('a test that never yields is stopped alone, or by the suite, and the ones before it are told', async () => {
    const late = await suite(body(name, 'while (true);'), { runner: 'node', testMs: 300 });
    expect([late.ending.kind, late.broken, states(late)]).toMatchObject([
      'finished',
      [],
      { a: 'passed', b: 'timed-out' },
    ]);
    const stopped = await suite(body(name, 'while (true);'), { runner: 'node', limits: { wallMs: 3000 } });
    expect([stopped.ending, states(stopped)]).toMatchObject([
      { kind: 'stopped', limit: 'wall' },
      { a: 'passed', b: 'timed-out' },
    ]);
  });

  test('a test that deletes the report does not take the rows of others with it', async () => {
    const alone = 'import { test } from "node:test";\n';
    const report = await suite(
      {
        'package.json': '{"scripts": {"test": "node --test --test-concurrency=1"}}',
        'test/a.test.mjs': `${alone}test('a', () => { throw 1; });\n`,
        'test/b.test.mjs': `${alone}import { rmSync } from 'node:fs';\ntest('b', () => rmSync('.winnow-tests/rows.txt'));\n`,
        'test/c.test.mjs': `${alone}test('c', () => {});\n`,
      },
      { runner: 'node' },
    );
    expect([report.ending.kind, states(report), report.unsealed]).toEqual([
      'finished',
      { a: 'failed', b: 'passed', c: 'passed' },
      0,
    ]);
    expect(report.interpreter).toEqual({
      version: expect.stringMatching(/^Node\.js \d/),
      chosen: 'the first on the path',
    });
  });

  test('a file without tests is no test that passed; what tests start is left alone', async () => {
    const report = await suite(
      {
        ...body(name, ''),
        'test/helper.js': 'module.exports = 1;\n',
        [name]: `const { test } = require('node:test');
const { execFileSync } = require('node:child_process');
test('a', (t) => t.assert.equal(execFileSync(process.execPath, ['-p', 'process.env.NODE_OPTIONS'], { encoding: 'utf8' }), 'undefined\\n'));
`,
      },
      { runner: 'node' },
    );
    expect([states(report), hasPassed(report)]).toEqual([{ a: 'passed' }, true]);
    expect(report.notes.some((note) => note.includes('test/helper.js'))).toBe(true);
    const none = await suite({ 'package.json': '{}', 'test/helper.js': '' }, { runner: 'node' });
    expect([none.ending.kind, hasPassed(none)]).toEqual(['no-tests', false]);
  });
});
