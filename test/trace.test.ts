/** `winnow trace` as a user meets it: the readable run, JSON, coverage, the page, exit codes, bad use. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepIn } from './keptcache.ts';
import { winnow } from './keptprogram.ts';
import { workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
keepIn(home);
const at = join(dir, 'programs');
beforeAll(() => {
  writeFiles(at, {
    'main.py': `from lib.part import double
total = 0
for i in range(5):
    total += double(i)
if total > 100:
    print('much')
print(total)
`,
    'lib/part.py': 'def double(x):\n    return 2 * x\n',
    'fails.py': 'def f(x):\n    return {}[x]\nf("key")\n',
    'control.py': 'text = "\\x1b[31m</script><script>alert(1)</script>"\n',
    'plain.txt': 'no program\n',
    'main.tcl': 'puts hello\n',
    'lacks.js':
      'function scaled() {\n  let total = 0;\n  for (const one of [1, 2]) total += one * SCALE;\n  return total;\n}\n',
  });
});
afterAll(remove);

/** Embedded, which is on every machine. */
const trace = (...words: string[]) =>
  winnow(['trace', '--backend', 'embedded', '--wall', '60s', ...words], { home, cwd: at });

test('the run, line by line, with rounds folded', { timeout: 60_000 }, () => {
  const { status, stdout, stderr } = trace('main.py', '--files', 'lib');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).toContain('total = 2');
  expect(stdout).toMatch(/double\(x=4\)\n.*return 2 \* x\n\s+→ 8\n/);
  expect(stdout).toContain('2 more rounds of line 3');
  expect(stdout).toContain('prints "20\\n"');
  expect(stdout).toContain('exit code 0 (CPython');
});

test('only one function, and no more lines than asked for', { timeout: 60_000 }, () => {
  const { stdout } = trace('main.py', '--files', 'lib', '--function', 'double', '--limit', '4');
  expect(stdout).toContain('double(x=0)');
  expect(stdout).not.toContain('total =');
  expect(stdout).toMatch(/… \d+ more lines/);
});

test('JSON holds events, counts and what is missing', { timeout: 60_000 }, () => {
  const { status, stdout } = trace('main.py', '--files', 'lib', '--json', '--first-hits', '2', '--last-hits', '1');
  expect(status).toBe(0);
  const answer = JSON.parse(stdout);
  expect(answer.schema).toBe('winnow.trace/1');
  const [run] = answer.traces;
  expect(run.level).toBe('values');
  const lines = run.events.filter((event: { kind: string; line: number }) => event.kind === 'line' && event.line === 4);
  // The first two and the last: a second run knows which one that is.
  expect(lines).toHaveLength(3);
  expect(run.gaps.skippedLines).toBeGreaterThan(0);
  expect(answer.notices.join()).toContain('counted and not shown');
  expect(answer.files.map(({ path }: { path: string }) => path)).toEqual(['main.py', 'lib/part.py']);
  expect(answer.files[0].lines).toContainEqual([6, 0]);
});

test('coverage in four forms', { timeout: 120_000 }, () => {
  const of = (form: string) => trace('main.py', '--files', 'lib', '--coverage', form).stdout;
  expect(of('text')).toMatch(/main\.py\s+85\.7%\s+6\/7/);
  expect(of('lcov')).toContain('SF:main.py\n');
  expect(of('cobertura')).toContain('<class name="part.py" filename="lib/part.py"');
  expect(JSON.parse(of('json')).files).toHaveLength(2);
});

test('a page of its own, in which nothing of the program is code', { timeout: 60_000 }, () => {
  const { stdout, status } = trace('control.py', '--html', 'page.html', '--save', 'run.jsonl');
  expect(status).toBe(0);
  expect(stdout).toContain('wrote page.html');
  const page = readFileSync(join(at, 'page.html'), 'utf8');
  expect(page).toContain("default-src 'none'");
  expect(page.match(/<script/g)).toHaveLength(2);
  expect(page).not.toContain('<script>alert');
  expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
  expect(readFileSync(join(at, 'run.jsonl'), 'utf8')).toContain('"format":"winnow.recording/1"');
  expect(stdout).not.toContain('\u001b[31m');
});

test('a program that fails is an answer: exit code 1, with the way of the exception', { timeout: 60_000 }, () => {
  const { status, stdout } = trace('fails.py');
  expect(status).toBe(1);
  expect(stdout).toContain('raises KeyError: key');
  expect(stdout).toContain('left by the exception');
  expect(stdout).toContain('exit code 1');
});

test('what cannot be traced, or is not there, says so', { timeout: 60_000 }, () => {
  expect(trace('nowhere.py')).toMatchObject({ status: 2, stderr: expect.stringContaining('nowhere.py') });
  expect(trace('plain.txt')).toMatchObject({ status: 2, stderr: expect.stringContaining('--lang') });
  const { status, stderr } = trace('main.tcl');
  expect(status).toBe(2);
  expect(stderr).toContain('can be traced');
  expect(trace('main.py', '--first-hits', '-1').status).toBe(2);
  expect(trace('main.py', '--html', 'no/such/place.html').status).toBe(2);
  expect(existsSync(join(at, 'no'))).toBe(false);
});

test('one function by itself, with what was filled in', { timeout: 120_000 }, () => {
  const { status, stdout } = trace('lacks.js:scaled', '--partial');
  expect(status).toBe(0);
  expect(stdout).toMatch(/scaled\(\)\n/);
  // The call is what was asked for, not the file around it while it loads.
  expect(stdout).not.toContain('<module>');
  expect(stdout).toContain('calls of scaled alone');
  expect(stdout).toContain('total = 3');
  expect(stdout).toMatch(/name SCALE: integer 1/);
  expect(stdout).not.toContain('$y');
  for (const [words, message] of [
    [['main.py', '--python', '.'], '--python and --budget are for --partial'],
    [['lacks.js:scaled', '--partial', '--save', 'x'], '--partial excludes --save'],
    [['lacks.js:nothing', '--partial'], 'no function or class nothing'],
  ] as const)
    expect(trace(...words).stderr).toContain(message);
});
