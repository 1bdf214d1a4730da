import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { winnow } from './keptprogram.ts';
import { workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
const hasPython = spawnSync('python3', ['--version']).status === 0;

beforeAll(() => {
  writeFiles(dir, {
    'secret.js': 'module.exports = { word: "told-secret" };\n',
    'secret.json': '{"word": "told-secret"}\n',
    'secret.py': 'WORD = "told-secret"\n',
    'beyond/index.js': 'module.exports = { word: "told-secret" };\n',
    'beyond/__init__.py': 'WORD = "told-secret"\n',
    'repo/src/real.js': 'module.exports = { word: "own-word" };\n',
    'repo/src/c.js': `function f() {
  return [require('./a').word, require('./b.json').word, require('./d/index').word, require('./near').word];
}
console.log(f().map(String));
`,
    'repo/src/real.py': 'WORD = "own-word"\n',
    'repo/src/c.py': `import a
import d
import near
def f():
    print(a.WORD, d.WORD, near.WORD)
f()
`,
  });
  mkdirSync(join(dir, 'repo/.git'));
  const link = (to: string, at: string) => symlinkSync(to, join(dir, 'repo/src', at));
  link('../../secret.js', 'a.js');
  link('../../secret.json', 'b.json');
  link('../../beyond', 'd');
  link('../../secret.py', 'a.py');
  link('real.js', 'near.js');
  link('real.py', 'near.py');
});
afterAll(remove);

const told = (file: string): string => {
  const ran = winnow(['run', `src/${file}:f`, '--partial', '--backend', 'auto'], { home, cwd: join(dir, 'repo') });
  if (ran.status !== 0 && ran.status !== 1) throw new Error(ran.stderr);
  return ran.stdout + ran.stderr;
};

describe('links of a repository that lead out of it bring nothing into a run; those within do', () => {
  test('JavaScript: files and directories', () => {
    const text = told('c.js');
    expect(text).not.toContain('told-secret');
    expect(text).toContain('own-word');
  });

  const name = hasPython ? 'Python' : 'Python (skipped: python3 is not installed)';
  test.skipIf(!hasPython)(`${name}: modules and packages`, () => {
    const text = told('c.py');
    expect(text).not.toContain('told-secret');
    expect(text).toContain('own-word');
  });
});
