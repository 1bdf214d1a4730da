import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { asGit, makeOld, makeTree, type Tree } from '../../../test/trees.ts';
import { findPlace } from './root.ts';
import { type RulesTable, scan } from './scan.ts';

async function look(tree: Tree, known: readonly string[] = [], knownRules: RulesTable | null = null) {
  const seen = await scan(findPlace(tree.root), { known: (file) => known.includes(file), knownRules });
  const files = seen.entries.filter((entry) => entry.leftOut === null).map((entry) => entry.path);
  const leftOut = Object.fromEntries(seen.entries.flatMap((e) => (e.leftOut === null ? [] : [[e.path, e.leftOut]])));
  return { files: files.sort(), leftOut, rules: seen.rules };
}

test('files of all depths are found with their sizes; .git and node_modules never', async () => {
  const tree = makeTree({ 'a.ts': 'a', 'b/c/d.ts': 'dd', 'b/node_modules/x.js': '', '.git/config': '', '.env': '' });
  expect((await look(tree)).files).toEqual(['.env', 'a.ts', 'b/c/d.ts']);
});

/** Patterns by file, files that are there, files that remain. */
const ignoring: [string, Record<string, string>, string[], string[]][] = [
  ['a plain pattern', { '.gitignore': '*.log\n' }, ['a.log', 'b/a.log', 'a.ts'], ['a.ts']],
  ['a directory', { '.gitignore': 'out/\n' }, ['out/a', 'b/out/c', 'outer'], ['outer']],
  ['an anchored pattern', { '.gitignore': '/out\n' }, ['out/a', 'b/out'], ['b/out']],
  ['a negation', { '.gitignore': '*.log\n!keep.log\n' }, ['a.log', 'b/keep.log'], ['b/keep.log']],
  ['a nearer file decides', { '.gitignore': '*.log\n', 'b/.gitignore': '!*.log\n' }, ['a.log', 'b/b.log'], ['b/b.log']],
  ['a nested anchor', { 'b/.gitignore': '/c\n' }, ['c', 'b/c', 'b/d/c'], ['b/d/c', 'c']],
  ['what is inside an ignored directory stays out', { '.gitignore': 'b/\n!b/a\n' }, ['b/a'], []],
  ['case counts', { '.gitignore': 'Build\n' }, ['build/a'], ['build/a']],
  ['.git/info/exclude', { '.git/info/exclude': 'a\n' }, ['a', 'c'], ['c']],
  ['.gitignore before info/exclude', { '.git/info/exclude': 'a\n', '.gitignore': '!a\n' }, ['a'], ['a']],
  ['.winnowignore', { '.winnowignore': 'data/\n' }, ['data/a', 'c'], ['c']],
  ['.winnowignore before .gitignore', { 'b/.gitignore': 'a\n', '.winnowignore': '!a\n' }, ['b/a'], ['b/a']],
];

for (const [name, rules, files, expected] of ignoring) {
  test(`left out: ${name}`, async () => {
    const tree = makeTree();
    asGit(tree);
    for (const [file, text] of Object.entries(rules)) tree.write(file, text);
    for (const file of files) tree.write(file, '');
    const seen = (await look(tree)).files.filter((file) => !/(git|winnow)ignore$/.test(file));
    expect(seen).toEqual(expected);
  });
}

const gitIsMissing = spawnSync('git', ['--version']).status !== 0;

test.skipIf(gitIsMissing)('the same files as git lists', async () => {
  const tree = makeTree({
    '.gitignore': '*.o\n/build\ndoc/**/*.html\n!doc/keep/*.html\nfoo/*\n!foo/bar\n\\#x\n*.t[mx]p \n',
    'sub/.gitignore': 'gen-*\n!gen-1\n',
    ...Object.fromEntries(
      [
        'a.o',
        'b/a.o',
        'build/x',
        'b/build',
        'doc/a/b.html',
        'doc/keep/b.html',
        'foo/bar',
        'foo/baz',
        '#x',
        'y.tmp',
        'y.txp',
      ]
        .concat(['sub/gen-1', 'sub/gen-2', 'sub/deep/gen-3', 'gen-4', 'with space', 'line\nbreak'])
        .map((file) => [file, '']),
    ),
  });
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'core.excludesFile=', ...words], { cwd: tree.root, encoding: 'utf8' });
  git('init', '--quiet');
  const listed = git('ls-files', '-z', '--others', '--exclude-standard').split('\0').filter(Boolean).sort();
  expect((await look(tree)).files).toEqual(listed);
});

for (const [version, format] of [
  ['2', 'sha1'],
  ['4', 'sha1'],
  ['2', 'sha256'],
]) {
  test.skipIf(gitIsMissing)(
    `what git tracks is found though ignored: index version ${version}, ${format}`,
    async () => {
      const names = ['a.db', 'é/b.db', 'é/bc.db', 'x/y/kept.db', 'x/y/hidden.db', 'x/z.ts', 'long'.repeat(30)];
      const tree = makeTree(Object.fromEntries(names.map((name) => [name, ''])));
      tree.writeOld('.gitignore', '*.db\nx/\n');
      tree.writeOld('.winnowignore', 'hidden.db\n');
      const git = (...words: string[]) => execFileSync('git', words, { cwd: tree.root, stdio: 'pipe' });
      git('init', '--quiet', `--object-format=${format}`);
      git('config', 'index.version', `${version}`);
      git('add', '--force', '.');
      git('update-index', `--index-version=${version}`);
      tree.writeOld('untracked.db', '');
      const expected = ['.gitignore', '.winnowignore', ...names.filter((name) => !name.includes('hidden'))].sort();
      const place = findPlace(tree.root);
      const first = await scan(place, { known: () => false, knownRules: null });
      expect(first.entries.map((entry) => entry.path).sort()).toEqual(expected);
      // Gone and back while the index stays the same.
      tree.remove('a.db');
      const second = await scan(place, { known: () => false, knownRules: first.rules, earlier: first });
      expect(second.entries.map((entry) => entry.path).sort()).toEqual(expected.filter((name) => name !== 'a.db'));
      tree.writeOld('a.db', '');
      tree.remove('x/z.ts');
      tree.writeOld('x/z.ts', '');
      const third = await scan(place, { known: () => false, knownRules: second.rules, earlier: second });
      expect(third.entries.map((entry) => entry.path).sort()).toEqual(expected);
    },
  );
}

test('known files are not matched again while the rules stay the same, and are when they change', async () => {
  const tree = makeTree({ '.gitignore': '*.log\n', 'a.log': '', 'b.ts': '', 'c/.gitignore': '', 'c/d.ts': '' });
  const first = await look(tree);
  expect(first.files).not.toContain('a.log');
  // A known path is believed: only so can this test see that it was not matched.
  expect((await look(tree, ['a.log'], first.rules)).files).toContain('a.log');
  tree.writeOld('.gitignore', '*.log\n*.ts\n');
  expect((await look(tree, ['a.log', 'b.ts', 'c/d.ts'], first.rules)).files).toEqual(['.gitignore', 'c/.gitignore']);
});

test('a removed or added rules file makes what is below it be matched again', async () => {
  const tree = makeTree({ 'c/.gitignore': '*.ts\n', 'c/d.ts': '', 'e/f.ts': '' });
  const first = await look(tree);
  tree.remove('c/.gitignore');
  tree.writeOld('e/.gitignore', '*.ts\n');
  expect((await look(tree, ['e/f.ts'], first.rules)).files).toEqual(['c/d.ts', 'e/.gitignore']);
});

test('rules written a moment ago are not believed to be unchanged', async () => {
  const tree = makeTree({ 'b.ts': '' });
  tree.write('.gitignore', '*.log\n');
  const { rules } = await look(tree);
  tree.write('.gitignore', '*.ts \n');
  expect((await look(tree, ['b.ts'], rules)).files).toEqual(['.gitignore']);
});

test('symbolic links, loops of them, pipes and sockets are counted and never opened', async () => {
  const tree = makeTree({ 'a.ts': '', 'b/c.ts': '' });
  symlinkSync('..', path.join(tree.root, 'b', 'loop'));
  symlinkSync('nowhere', path.join(tree.root, 'dangling'));
  execFileSync('mkfifo', [path.join(tree.root, 'pipe')]);
  const server = createServer().listen(path.join(tree.root, 'socket'));
  await new Promise((resolve) => server.once('listening', resolve));
  const seen = await look(tree);
  server.close();
  expect(seen.files).toEqual(['a.ts', 'b/c.ts']);
  expect(seen.leftOut).toEqual({ 'b/loop': 'symlink', dangling: 'symlink', pipe: 'not-a-file', socket: 'not-a-file' });
});

test.skipIf(process.platform !== 'linux')('names: spaces, newlines, other scripts; not UTF-8 is counted', async () => {
  const names = ['with space.ts', 'line\nbreak.ts', '日本語.ts', '\u{1F600}.ts', 'really\uFFFD.ts', 'quote\'".ts'];
  const tree = makeTree(Object.fromEntries(names.map((name) => [name, ''])));
  const invalid = (name: string) => Buffer.concat([Buffer.from(`${tree.root}/`), Buffer.from(name, 'latin1')]);
  writeFileSync(invalid('caf\xe9.ts'), '');
  mkdirSync(invalid('d\xe9'));
  const seen = await look(tree);
  expect(seen.files).toEqual([...names].sort());
  expect(seen.leftOut).toEqual({ 'caf\\xE9.ts': 'name-not-utf8', 'd\\xE9': 'name-not-utf8' });
});

test.skipIf(process.getuid?.() === 0)('an unreadable directory is counted, the rest found', async () => {
  const tree = makeTree({ 'a.ts': '', 'b/c.ts': '' });
  chmodSync(path.join(tree.root, 'b'), 0);
  const seen = await look(tree);
  chmodSync(path.join(tree.root, 'b'), 0o700);
  expect([seen.files, seen.leftOut]).toEqual([['a.ts'], { 'b/': 'unreadable' }]);
});

test('a nested repository is searched, another worktree of the same one is not', async () => {
  const tree = makeTree({ 'a.ts': '', 'lib/.git/HEAD': '', 'lib/b.ts': '', 'other/.git': '', 'other/c.ts': '' });
  asGit(tree);
  tree.write('.git/worktrees/other/commondir', '../..\n');
  tree.write('other/.git', `gitdir: ${tree.root}/.git/worktrees/other\n`);
  makeOld(path.join(tree.root, 'other/.git'));
  expect((await look(tree)).files).toEqual(['a.ts', 'lib/b.ts']);
});

test('a scan stops when asked to', async () => {
  const tree = makeTree({ 'a.ts': '' });
  const options = { known: () => false, knownRules: null, signal: AbortSignal.abort() };
  await expect(scan(findPlace(tree.root), options)).rejects.toMatchObject({ code: 'cancelled' });
});

test('a scan does not hold the one before it: a server scans before every answer', async () => {
  const tree = makeTree({ 'a.ts': 'a', 'b/c.ts': 'cc' });
  asGit(tree);
  const place = findPlace(tree.root);
  const knownRules = {};
  let latest = await scan(place, { known: () => true, knownRules });
  const first = new WeakRef(latest);
  for (let round = 0; round < 2; round++)
    latest = await scan(place, {
      known: () => true,
      knownRules,
      earlier: latest,
      knownDirectories: latest.directories,
    });
  // Until its turn of the loop ends a weak reference holds what it points to.
  await nextTurn();
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  expect(first.deref()).toBeUndefined();
  expect(latest.entries).toHaveLength(2);
});
