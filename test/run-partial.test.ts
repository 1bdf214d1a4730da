/** `winnow run --partial` as a user meets it: what ran, what was guessed, a function of a package, JSON, bad use. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepIn } from './keptcache.ts';
import { winnow } from './keptprogram.ts';
import { workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
keepIn(home);
const at = join(dir, 'partial');
beforeAll(() => {
  writeFiles(at, {
    'snippet.py': 'import mypack\nfor row in rows:\n    print(row.name.upper())\nprint("a" + 1)\n',
    'src/app/__init__.py': '',
    'src/app/part.py': 'def double(x):\n    return 2 * x\n',
    'src/app/core.py':
      'from .part import double\n\nclass Box:\n    def __init__(self, width):\n        self.width = width\n    def area(self, height):\n        return double(self.width) * height\n',
    'packages/mypack/__init__.py': 'value = 1\n',
    'main.rb': 'puts 1\n',
  });
});
afterAll(remove);

/** Embedded, which is on every machine. */
const run = (...words: string[]) =>
  winnow(['run', '--partial', '--backend', 'embedded', '--level', '2', ...words], { home, cwd: at });

test('what ran, what failed for real and what was guessed stand behind the output', { timeout: 60_000 }, () => {
  const { status, stdout, stderr } = run('snippet.py');
  expect(status).toBe(1);
  expect(stdout).toMatch(/^(\S+\n){4}$/);
  expect(stderr).toContain('snippet.py: 3 of 4 statements ran (75%)');
  expect(stderr).toContain('genuine error at line 4: TypeError');
  expect(stderr).toMatch(/2:12 name rows: list/);
  expect(stderr).toMatch(/1:1 module mypack/);
  expect(stderr).toMatch(/^the run that is told: exit code 1 \(python, embedded\)$/m);
});

test('how the run ended is told: its own code, and what stopped it before it told anything', {
  timeout: 60_000,
}, () => {
  writeFiles(at, { 'exit.js': 'const a = lost;\nprocess.exit(5);\n' });
  expect(run('exit.js').stderr).toContain('the run that is told: exit code 5');
  expect(run('exit.js', '--fuel', '1000000').stderr).toContain('no fuel left; --fuel sets');
});

test('a function is taken out of its package, with its own imports', { timeout: 60_000 }, () => {
  const { status, stdout } = run('src/app/core.py:Box.area', '--json');
  expect(status).toBe(0);
  const { partial } = JSON.parse(stdout);
  expect(partial).toMatchObject({ entry: 'app/core.py', function: 'Box.area', level: 2, called: ['Box.area'] });
  expect(partial.coverage).toMatchObject({ statements: 1, covered: 1 });
  const guessed = partial.injections.map(({ what, kind }: { what: string; kind: string }) => `${kind} ${what}`);
  expect(guessed).toEqual(expect.arrayContaining(['argument width', 'argument height']));
  expect(guessed.join()).not.toContain('double');
});

test('what cannot be asked for is refused', () => {
  const bad = (...words: string[]): string => winnow(['run', ...words], { home, cwd: at }).stderr;
  expect(bad('snippet.py', '--level', '2')).toContain('--level, --budget, --python and --observe are for --partial');
  expect(bad('snippet.py', '--budget', '3s')).toContain('are for --partial');
  expect(bad('snippet.py', '--partial', '--level', '5')).toContain('--level must be at most 4');
  expect(bad('snippet.py', '--partial', '--python', 'nowhere')).toContain('nowhere does not exist');
  expect(bad('main.rb', '--partial')).toContain('unsupported-job');
});
