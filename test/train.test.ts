/** `winnow train` as users run it: from folders, from a list of repositories, tuned to one's own, and what it refuses. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTable } from '../src/embed/mod.ts';
import { winnow, workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
const run = (words: string[]) => winnow(['train', ...words], { home, cwd: dir });

const meanings = ['unlink', 'bitmap', 'socket', 'amount', 'credential', 'dirent', 'mutex', 'quicksort'];
const said = ['remove', 'picture', 'network', 'money', 'password', 'folder', 'waiting', 'sorting'];
const things = [
  'user',
  'order',
  'page',
  'report',
  'cache',
  'table',
  'message',
  'window',
  'account',
  'query',
  'layer',
  'branch',
];
const verbs = ['apply', 'begin', 'commit', 'drain', 'enter'];

/** Modules whose functions say in other words what they do. */
const library = (own: string): Record<string, string> =>
  Object.fromEntries(
    things.map((thing, i) => [
      `${own}/${thing}.py`,
      meanings
        .map((word, j) => {
          const verb = verbs[(i + j) % 5] as string;
          return `def ${own}_${verb}_${word}(${thing}):\n    """Will do the ${said[j]} of this ${thing}."""\n    ${word} = ${own}_${verb}(${word}_of(${thing}))\n    ${thing}.${verb}(${word}, ${own})\n    return ${word}.${own}_${verb}(${thing})\n`;
        })
        .join('\n\n'),
    ]),
  );

/** A clone with one commit. @returns its hash */
function commitTree(clone: string, files: Readonly<Record<string, string>>): string {
  writeFiles(clone, files);
  const git = (...words: string[]): string =>
    spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', '-c', 'commit.gpgsign=false', ...words], {
      cwd: clone,
      encoding: 'utf8',
    }).stdout.trim();
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'one');
  return git('rev-parse', 'HEAD');
}

beforeAll(() => {
  writeFiles(dir, {
    ...library('oak'),
    ...library('elm'),
    ...library('ash'),
    'bare/a.py': 'x = 1\n',
    'plain.jsonl.gz': '{}\n',
  });
});
afterAll(remove);

describe('from folders', () => {
  test('a table that search can open, with a report', () => {
    const { status, stdout } = run(['oak', 'elm', '--out', 'ours.table', '--dimension', '16', '--epochs', '3']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/ours\.table .*words of 16 numbers/);
    expect(openTable(join(dir, 'ours.table')).dimension).toBe(16);
  });

  test('with every option, in two sizes', () => {
    const kinds = ['definition', 'comment', 'test', 'change'].flatMap((kind) => ['--kinds', kind]);
    const options = [...kinds, '--consistent', '60', '--hard', '0.5', '--dropped', '0.02'];
    const more = [
      '--replaced',
      '0.1',
      '--queued',
      '2',
      '--momentum',
      '0.9',
      '--named',
      '0.5',
      '--small',
      'small.table',
    ];
    const words = [
      'oak',
      'elm',
      '--out',
      'large.table',
      '--parts',
      '128,16',
      '--dimension',
      '136',
      '--epochs',
      '1',
      '--json',
    ];
    const { status, stdout, stderr } = run([...words, ...options, ...more]);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ dimension: 136, small: { dimension: 128 } });
    expect(openTable(join(dir, 'small.table')).dimension).toBe(128);
  });

  test('the same again is the same file, whatever was kept; JSON says how it went', () => {
    const words = ['oak', 'elm', '--dimension', '8', '--epochs', '1', '--json', '--out'];
    const { stdout } = run([...words, 'one.table']);
    run([...words, 'two.table', '--work', 'elsewhere']);
    expect(readFileSync(join(dir, 'two.table'))).toEqual(readFileSync(join(dir, 'one.table')));
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'winnow.train/1', repositories: 2, dimension: 8, refused: [] });
  });
});

describe('from a list', () => {
  const mit = 'Permission is hereby granted, free of charge, to any person obtaining a copy\n';
  const row = (name: string, commit: string, role = 'train'): string =>
    JSON.stringify({ repository: `owner/${name}`, commit, license: 'MIT', role });

  test('permissively licensed repositories at their commits; held-out ones only ask', () => {
    const commits = Object.fromEntries(
      (['oak', 'elm', 'ash'] as const).map((own) => {
        const files = Object.fromEntries(Object.entries(library(own)).map(([path, text]) => [path.slice(4), text]));
        const license = own === 'elm' ? 'GNU General Public License\n' : mit;
        return [own, commitTree(join(dir, 'clones', `owner+${own}`), { ...files, LICENSE: license })];
      }),
    );
    const list = [
      row('oak', commits.oak as string),
      row('elm', commits.elm as string),
      row('ash', commits.ash as string, 'held'),
    ];
    writeFiles(dir, { 'sources.jsonl': `${list.join('\n')}\n` });
    const words = ['--sources', 'sources.jsonl', '--repos', 'clones', '--dimension', '8', '--epochs', '2', '--json'];
    const { status, stdout, stderr } = run([...words, '--out', 'listed.table', '--work', 'listed']);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const report = JSON.parse(stdout);
    expect(report.refused).toEqual([{ name: 'owner/elm', reason: 'GPL' }]);
    expect(report.languages.python.queries).toBeGreaterThanOrEqual(50);
    expect(existsSync(join(dir, 'listed', 'trees', 'owner+oak'))).toBe(false);
  });

  test('rows for later are learned from by a table that goes on, and mixed in as much as is asked for', () => {
    const commit = commitTree(join(dir, 'clones', 'owner+rowan'), { ...library('rowan'), LICENSE: mit });
    // Reading the first row would fail: its commit is nowhere.
    writeFiles(dir, { 'later.jsonl': `${row('oak', 'b'.repeat(40))}\n${row('rowan', commit, 'later')}\n` });
    const words = [
      '--sources',
      'later.jsonl',
      '--repos',
      'clones',
      '--from',
      'listed.table',
      '--work',
      'listed',
      '--json',
    ];
    const reports = [['alone.table'], ['kept.table', '--mix', '0']].map(([out, ...more]) => {
      const { status, stdout, stderr } = run([...words, ...more, '--out', out as string]);
      expect([status, stderr]).toEqual([0, '']);
      return JSON.parse(stdout);
    });
    expect(reports[0]).toMatchObject({ repositories: 1, words: reports[1].words, loss: reports[1].loss });
    const [before, alone, kept] = ['listed', 'alone', 'kept'].map((name) => openTable(join(dir, `${name}.table`)));
    const near = (table: typeof before): number => {
      const [one, other] = [before, table].map((some) => some?.encodeQueryNow('remove this picture') as Float32Array);
      return (one as Float32Array).reduce((sum, value, i) => sum + value * (other?.[i] as number), 0);
    };
    expect(near(kept)).toBeGreaterThan(0.999);
    expect(near(alone)).toBeLessThan(near(kept));
  });

  test('a list that leaves nothing to learn from is refused', () => {
    const onlyLater = `${row('oak', 'b'.repeat(40), 'later')}\n${row('ash', 'c'.repeat(40), 'held')}\n`;
    writeFiles(dir, { 'only-later.jsonl': onlyLater });
    const { status, stderr } = run(['--sources', 'only-later.jsonl', '--repos', 'clones']);
    expect(status).toBe(2);
    expect(stderr).toContain('a row of role "train", or with --from one of role "later"');
  });

  test.each<[string, string, string]>([
    ['not JSON', 'no\n', 'expected a JSON object'],
    ['a short commit', `${row('oak', 'abc')}\n`, 'commit: expected a full hash'],
    ['a clone that is missing', `${row('beech', 'a'.repeat(40))}\n`, 'Expected a clone of owner/beech'],
    ['a commit that is missing', `${row('oak', 'b'.repeat(40))}\n`, 'Expected commit bbb'],
  ])('%s is refused', (_, text, message) => {
    writeFiles(dir, { 'wrong.jsonl': text });
    const { status, stderr } = run(['--sources', 'wrong.jsonl', '--repos', 'clones']);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('tuned to one repository', () => {
  test('kept when it answers better, and then it is a table like others', () => {
    run(['elm', '--out', 'base.table', '--dimension', '16', '--epochs', '1']);
    const { status, stdout } = run(['--here', 'oak', 'ash', 'elm', '--from', 'base.table', '--out', 'tuned.table']);
    expect(stdout).toMatch(/held-out sentences: MRR 0\.\d+ as it ships, 0\.\d+ tuned, \+/);
    expect(status).toBe(0);
    expect(openTable(join(dir, 'tuned.table')).dimension).toBe(16);
  });

  test('search of that repository takes it by itself, and the one that ships when it is damaged or gone', () => {
    writeFiles(dir, { 'grove/.git/HEAD': 'ref: refs/heads/main\n' });
    writeFiles(join(dir, 'grove'), { ...library('oak'), ...library('ash'), ...library('elm') });
    const { status, stdout } = run(['--here', 'grove', '--from', 'base.table', '--json']);
    expect(status).toBe(0);
    const { out, automatic } = JSON.parse(stdout);
    expect([out.length, automatic]).toEqual([1, true]);
    const asked = () => winnow(['search', 'remove of this order', 'grove', '--json'], { home, cwd: dir });
    expect(JSON.parse(asked().stdout).meaning).toBe(openTable(out[0]).id);
    writeFileSync(out[0], 'no table');
    const damaged = asked();
    expect(JSON.parse(damaged.stdout).notices).toEqual([
      expect.stringContaining('The table tuned to this repository is not used'),
    ]);
    rmSync(out[0]);
    const gone = asked();
    expect(JSON.parse(gone.stdout).notices).toEqual([]);
    expect(JSON.parse(gone.stdout).meaning).toBe(JSON.parse(damaged.stdout).meaning);
  });

  test('a repository that says too little to judge by keeps what ships', () => {
    const { status, stderr } = run(['--here', 'oak', '--from', 'base.table', '--out', 'none.table']);
    expect(status).toBe(2);
    expect(stderr).toContain('Expected at least 200 functions');
    expect(existsSync(join(dir, 'none.table'))).toBe(false);
  });

  test('a repository that says nothing of its code keeps what ships', () => {
    const { status, stderr } = run(['--here', 'bare']);
    expect(status).toBe(1);
    expect(stderr).toContain('nothing to learn from');
  });
});

test.each<[string[], string]>([
  [[], 'Expected directories'],
  [['--sources', 'x.jsonl'], '--sources and --repos'],
  [['none'], 'No directory'],
  [['oak/user.py'], 'is a file'],
  [['oak', '--dimension', '10'], 'dimension'],
  [['oak', '--parts', '10,20'], 'multiples of 8'],
  [['oak', '--from', 'base.table', '--join', 'base.table'], '--from goes on from one table'],
  [['oak', '--from', 'oak/user.py'], 'is not a word table'],
  [['oak', '--mix', '0.5'], 'give it with --from'],
  [['--here', 'oak', '--mix', '0.5'], '--mix does not go with --here'],
  [['oak', '--from', 'base.table', '--mix', '1.5'], '--mix must be at most 1'],
  [['oak', '--from', 'base.table', '--mix', 'NaN'], '--mix must be a number'],
  [['--here', 'oak', '--from', 'oak/user.py'], 'is not a word table'],
  [['--here', 'oak', '--join', 'base.table'], '--join does not go'],
  [['oak', '--join', 'oak/user.py'], 'is not a word table'],
  [['oak', '--from', 'base.table', '--dimension', '128'], '--dimension does not go with --from'],
  [['oak', '--from', 'base.table', '--vocabulary', '500'], '--vocabulary does not go with --from'],
  [['--here', 'oak', '--per-repository', '500'], '--per-repository does not go with --here'],
  [['--here', 'oak', '--sources', 'x.jsonl', '--repos', '.'], '--sources does not go with --here'],
  [['oak', '--out', 'elm'], 'Expected a file to write the table to'],
  [['--here', 'oak', '--out', 'elm'], 'Expected a file to write the table to'],
  [['oak', '--out', 'oak/user.py/ours.table'], 'a part of it is no directory'],
  [['oak', '--work', 'oak/user.py'], 'Expected a directory to work in'],
  [['oak', '--sources', 'plain.jsonl.gz', '--repos', '.'], 'is not compressed by gzip'],
])('%j is refused', (words, message) => {
  const { status, stdout, stderr } = run(words);
  expect(status).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain(message);
});

test.each([
  ['oak', '--away', 'elm'],
  ['--sources', 'elm', '--repos', '.'],
])('%s %s %s: a folder in the place of a file is not read', (...words) => {
  const { status, stderr } = run(words);
  expect([status, stderr]).toEqual([3, expect.stringContaining('error[path-unreadable]: Cannot read')]);
});

test('too little to learn from is an answer: exit code 1', () => {
  const { status, stdout, stderr } = run(['bare']);
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toContain('nothing to learn from');
});
