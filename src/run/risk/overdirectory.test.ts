/** A directory of the user's as the work directory of what is read, what an overlay holds as acts, and which files are imported. */
import { describe, expect, it } from 'vitest';
import { loadGrammarFile } from '../../../test/grammarfiles.ts';
import { createRiskReader } from './assess.ts';
import { followRuns } from './follow.ts';
import type { RiskLanguage } from './nested.ts';
import { overlayActs, pathWithin, readOver } from './overdirectory.ts';

const reader = createRiskReader(loadGrammarFile);
const assess = async (language: RiskLanguage, code: string) => (await reader).assess(language, Buffer.from(code));

it('paths below the directory are of it, whatever stands in them', () => {
  expect(pathWithin('/home/u/p/a/../b', '/home/u/p')).toBe('b');
  expect(pathWithin('/home/u/p', '/home/u/p')).toBe('.');
  expect(pathWithin('/home/u/p/../q', '/home/u/p')).toBeNull();
  expect(pathWithin('/home/u/pq', '/home/u/p')).toBeNull();
});

it('what is written there reaches out of nothing, but for what is started by itself', async () => {
  const code =
    'open("/var/p/a.txt", "w")\nopen("/var/q/a.txt", "w")\nopen("/var/p/.git/hooks/x", "w")\nimport os\nos.listdir("/var/p")\n';
  const { findings } = readOver(await assess('python', code), '/var/p');
  const files = findings.filter(({ category }) => category === 'files');
  expect(files.map(({ severity, reason }) => [severity, reason])).toEqual([
    ['low', 'writes a file in the work directory'],
    ['critical', 'writes a file among the system’s files'],
    ['critical', 'writes a file that is read or started by itself'],
    ['low', 'lists names in the work directory'],
  ]);
});

it('what an overlay holds is certain, and a hook in it persists', () => {
  const side = { type: 'file', mode: 0o644, size: 0, hash: '' } as const;
  const of = (kind: 'added' | 'removed' | 'renamed', path: string, from: string | null = null) =>
    overlayActs([{ kind, path, from, before: side, after: side, diff: null, noDiff: null }]).map(
      ({ category, act, severity, target }) => `${category} ${act} ${severity} ${target}`,
    );
  expect(of('added', 'a')).toEqual(['files write low a']);
  expect(of('removed', '.git/hooks/x')).toEqual(['files delete critical .git/hooks/x']);
  expect(of('renamed', '.git/hooks/x', 'b')).toEqual([
    'files write critical .git/hooks/x',
    'files delete low b',
    'persistence install critical .git/hooks/x',
  ]);
});

describe('imports', () => {
  const cases: [RiskLanguage, string, string[]][] = [
    [
      'python',
      'import a.b as c, d',
      ['program a/__init__.py', 'program a/b/__init__.py', 'program a/b.py', 'program d/__init__.py', 'program d.py'],
    ],
    ['python', 'from . import x', ['file __init__.py', 'file x/__init__.py', 'file x.py']],
    [
      'python',
      'from ..p import q',
      ['file ../p/__init__.py', 'file ../p.py', 'file ../p/q/__init__.py', 'file ../p/q.py'],
    ],
    ['bash', '. ./a.sh', []],
  ];
  for (const [language, code, paths] of cases)
    it(code, async () => {
      const { imports } = await assess(language, `${code}\n`);
      expect(imports.map(({ from, path }) => `${from} ${path}`)).toEqual(paths);
    });

  it('of JavaScript and TypeScript: what is written with ./ alone, and a .js that is a .ts', async () => {
    for (const code of ["import './a.js';", "export * from './a.js';", "require('./a.js');", "await import('./a.js');"])
      expect((await assess('typescript', `${code}\n`)).imports).toEqual(
        expect.arrayContaining([
          { path: './a.js', from: 'file' },
          { path: './a.ts', from: 'file' },
        ]),
      );
    expect((await assess('javascript', "import 'a'; require(name); require('node:fs');\n")).imports).toEqual([]);
  });

  it('are followed where that is asked for, each file once, also in a ring', async () => {
    const files: Record<string, string> = {
      'main.py': 'import one\n',
      'one.py': 'import two\n',
      'two.py': 'import one\nimport os\nos.system("id")\n',
    };
    const made = await reader;
    const bytes = (path: string) => Buffer.from(files[path] ?? '');
    const first = [{ path: 'main.py', bytes: bytes('main.py'), report: await made.assess('python', bytes('main.py')) }];
    const read = async (path: string) => (path in files ? { path, bytes: bytes(path) } : null);
    const found = await followRuns(made, first, read, ({ path }) => read(path));
    expect(found.map(({ path }) => path)).toEqual(['main.py', 'one.py', 'two.py']);
    expect(found[2]?.report.findings.map(({ act }) => act)).toContain('shell');
    expect(await followRuns(made, first, read)).toHaveLength(1);
  });
});
