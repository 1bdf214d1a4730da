import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashTerm } from './block.ts';
import { type History, readHistory } from './history.ts';
import { readKept } from './kept.ts';
import { headCommit, ObjectStore } from './objects.ts';
import { treeEntries } from './trees.ts';

const gitIsMissing = spawnSync('git', ['--version']).status !== 0;
const withGit = describe.skipIf(gitIsMissing);
const title = gitIsMissing ? 'history beside git (skipped: git is not installed)' : 'history beside git';

let dir: string;
let repo: string;
let clock = 1_600_000_000;

function git(at: string, ...words: string[]): string {
  clock += 60;
  const when = `${clock} +0000`;
  const { status, stdout, stderr } = spawnSync('git', ['-c', 'commit.gpgsign=false', '-c', 'gc.auto=0', ...words], {
    cwd: at,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      HOME: dir,
      GIT_AUTHOR_NAME: 'a',
      GIT_AUTHOR_EMAIL: 'a@b.c',
      GIT_COMMITTER_NAME: 'a',
      GIT_COMMITTER_EMAIL: 'a@b.c',
      GIT_AUTHOR_DATE: when,
      GIT_COMMITTER_DATE: when,
    },
  });
  if (status !== 0) throw new Error(`git ${words.join(' ')}: ${stderr}`);
  return stdout;
}

function commit(files: Record<string, string>, message: string): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repo, path)), { recursive: true });
    writeFileSync(join(repo, path), text);
  }
  git(repo, 'add', '-A');
  git(repo, 'commit', '-q', '--allow-empty', '-m', message);
}

const pathsOf = (history: History, at: number): string[] =>
  [...history.filesOf(at)].map((path) => history.paths[path] as string).sort();

/** What git says of the ancestors of HEAD that are no merges and changed files. */
function asGitSays(at: string): { id: string; subject: string; paths: string[] }[] {
  const text = git(at, 'log', '--no-merges', '--no-renames', '--name-only', '--format=%x01%H%x02%P%x02%s');
  return text
    .split('\x01')
    .slice(1)
    .map((entry) => {
      const [head = '', ...paths] = entry.trim().split('\n');
      const [id = '', parents = '', subject = ''] = head.split('\x02');
      return { id, parents, subject, paths: paths.filter((path) => path !== '').sort() };
    })
    .filter(({ parents, paths }) => parents !== '' && paths.length > 0)
    .map(({ id, subject, paths }) => ({ id, subject, paths }));
}

const asWeSay = (history: History) =>
  Array.from({ length: history.count }, (_, at) => {
    const { id, subject } = history.commit(at);
    return { id, subject, paths: pathsOf(history, at) };
  });

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'winnow-history-'));
  repo = join(dir, 'repo');
  mkdirSync(repo);
  if (gitIsMissing) return;
  git(repo, 'init', '-q', '-b', 'main');
  const long = Array.from({ length: 400 }, (_, line) => `line ${line} of a file that packs as a difference`);
  commit({ 'src/a.py': long.join('\n'), 'src/deep/er/b.py': 'b', 'readme.md': 'x' }, 'First');
  for (let i = 0; i < 40; i++) {
    long[i * 7] = `changed ${i}`;
    commit(
      { 'src/a.py': long.join('\n'), [`src/deep/f${i % 5}.py`]: `${i}` },
      `Change ${i}: teapots\n\nSigned-off-by: a`,
    );
  }
  git(repo, 'checkout', '-q', '-b', 'side', 'HEAD~20');
  commit({ 'side.py': 'side' }, 'A walrus on the side');
  git(repo, 'checkout', '-q', 'main');
  git(repo, 'merge', '-q', '--no-ff', '-m', 'Merge side', 'side');
  git(repo, 'gc', '-q');
  rmSync(join(repo, 'src/deep/er'), { recursive: true });
  commit({ 'späße.py': 'ä' }, 'Späße statt er');
});
afterAll(() => rmSync(dir, { recursive: true }));

withGit(title, () => {
  test('where nothing can be kept, all is read, and it is told', () => {
    const store = join(dir, 'store-unwritable');
    // A folder where the file belongs refuses writers whoever they are, the administrator too.
    mkdirSync(join(store, 'history.sqlite', 'in the way'), { recursive: true });
    let unkept = 0;
    const history = readHistory(repo, store, {
      onUnkept: () => {
        unkept++;
      },
    });
    expect(asWeSay(history)).toEqual(asWeSay(readHistory(repo, join(dir, 'store-writable'))));
    expect(unkept).toBe(1);
  });

  test('what is kept is one file, which can be read where nothing can be written, and stays while another writes it', () => {
    const store = join(dir, 'store-shared');
    readHistory(repo, store);
    expect(readdirSync(store)).toEqual(['history.sqlite']);
    const writing = new DatabaseSync(join(store, 'history.sqlite'));
    writing.exec('BEGIN EXCLUSIVE');
    expect(readKept(store)).toEqual([]);
    writing.close();
    expect(readKept(store)).toHaveLength(1);
  });

  test('messages and files of all ancestors, from packs and loose objects', () => {
    const history = readHistory(repo, join(dir, 'store'));
    expect(history.extent).toBe('whole');
    expect(asWeSay(history).sort(byId)).toEqual(
      asGitSays(repo)
        .map((row) => ({ ...row, paths: row.paths.map(unquoted) }))
        .sort(byId),
    );
  });

  test('words of messages, without who signed off', () => {
    const history = readHistory(repo, join(dir, 'store'));
    const at = Array.from({ length: history.count }, (_, i) => i).find((i) =>
      history.commit(i).subject.startsWith('Change 7'),
    );
    const terms = [...history.termsOf(at as number)];
    expect(terms).toContain(hashTerm('teapot'));
    expect(terms).not.toContain(hashTerm('sign'));
  });

  test('a second process reads what was kept, and only what is new besides', () => {
    const store = join(dir, 'kept');
    const first = readHistory(repo, store);
    readHistory(repo, join(dir, 'another')); // what is in memory is that of one store only
    const again = readHistory(repo, store);
    expect(asWeSay(again)).toEqual(asWeSay(first));
    // Objects are gone, the kept commits stay readable.
    const bare = join(dir, 'bare');
    mkdirSync(join(bare, '.git', 'objects'), { recursive: true });
    writeFileSync(join(bare, '.git', 'HEAD'), git(repo, 'rev-parse', 'HEAD'));
    expect(asWeSay(readHistory(bare, store))).toEqual(asWeSay(first));
  });

  test('a damaged cache is made anew', () => {
    const store = join(dir, 'damaged');
    const first = asWeSay(readHistory(repo, store));
    for (const name of readdirSync(store)) rmSync(join(store, name));
    writeFileSync(join(store, 'history.sqlite'), 'no database at all, but long enough to look like something');
    readHistory(repo, join(dir, 'another2'));
    expect(asWeSay(readHistory(repo, store))).toEqual(first);
  });

  test('what is on another branch or came later is not seen', () => {
    const old = join(dir, 'old');
    git(dir, 'clone', '-q', repo, old);
    git(old, 'checkout', '-q', 'HEAD~3');
    const subjects = asWeSay(readHistory(old, join(dir, 'store'))).map(({ subject }) => subject);
    expect(subjects).toContain('Change 37: teapots');
    expect(subjects).not.toContain('Change 39: teapots');
    expect(subjects).not.toContain('A walrus on the side');
  });

  test('a shallow clone says so, and its oldest commit changed nothing that can be told', () => {
    const shallow = join(dir, 'shallow');
    git(dir, 'clone', '-q', '--depth', '3', `file://${repo}`, shallow);
    const history = readHistory(shallow, join(dir, 'store-shallow'));
    expect(history.extent).toBe('shallow');
    expect(asWeSay(history)[0]?.subject).toBe('Späße statt er');
    expect(asWeSay(history).length).toBeLessThan(4);
  });

  test('what was missing is read once it is there: a shallow clone made whole, trees fetched later', () => {
    const whole = asWeSay(readHistory(repo, join(dir, 'store')));
    const clone = join(dir, 'made-whole');
    git(dir, 'clone', '-q', '--depth', '1', `file://${repo}`, clone);
    expect(readHistory(clone, join(dir, 'store-whole'))).toMatchObject({ extent: 'shallow', count: 0 });
    git(clone, 'fetch', '-q', '--unshallow');
    const after = readHistory(clone, join(dir, 'store-whole'));
    expect(after.extent).toBe('whole');
    expect(asWeSay(after)).toEqual(whole);

    const treeless = join(dir, 'treeless');
    git(repo, 'config', 'uploadpack.allowFilter', 'true');
    git(dir, 'clone', '-q', '--filter=tree:0', `file://${repo}`, treeless);
    expect(readHistory(treeless, join(dir, 'store-treeless'))).toMatchObject({ extent: 'partial', count: 0 });
    git(treeless, 'log', '--name-only');
    const fetched = readHistory(treeless, join(dir, 'store-treeless'));
    expect(fetched.extent).toBe('whole');
    expect(asWeSay(fetched)).toEqual(whole);
  });

  test('a limit is kept and told', () => {
    const history = readHistory(repo, join(dir, 'limited'), { limit: 5 });
    expect(history.extent).toBe('limited');
    expect(history.count).toBeLessThanOrEqual(5);
  });

  test('the same from a linked worktree and through borrowed objects', () => {
    const linked = join(dir, 'linked');
    git(repo, 'worktree', 'add', '-q', '--detach', linked);
    const borrowing = join(dir, 'borrowing');
    git(dir, 'clone', '-q', '--shared', repo, borrowing);
    const whole = asWeSay(readHistory(repo, join(dir, 'store')));
    expect(asWeSay(readHistory(linked, join(dir, 's1')))).toEqual(whole);
    expect(asWeSay(readHistory(borrowing, join(dir, 's2')))).toEqual(whole);
  });

  test('every object reads as git reads it', () => {
    const objects = new ObjectStore(join(repo, '.git'));
    const ids = git(repo, 'rev-list', '--objects', '--all')
      .split('\n')
      .map((line) => line.split(' ')[0] as string)
      .filter(Boolean);
    for (const id of ids.filter((_, at) => at % 7 === 0)) {
      const kind = git(repo, 'cat-file', '-t', id).trim();
      const object = objects.read(id);
      expect(object?.kind).toBe(kind);
      if (kind === 'blob') expect(object?.bytes.toString('utf8')).toBe(git(repo, 'cat-file', 'blob', id));
    }
    expect(objects.read('0'.repeat(40))).toBeNull();
    objects.close();
  });

  test('a damaged pack gives no objects and throws nothing', () => {
    const copy = join(dir, 'broken');
    git(dir, 'clone', '-q', '--no-local', repo, copy);
    const pack = join(copy, '.git', 'objects', 'pack');
    const name = readdirSync(pack).find((file) => file.endsWith('.pack')) as string;
    rmSync(join(pack, name));
    appendFileSync(join(pack, name), 'PACK and then nothing of use');
    const history = readHistory(copy, join(dir, 'store-broken'));
    expect(history.count).toBe(0);
    expect(['none', 'partial']).toContain(history.extent);
  });
});

/** Git quotes paths beyond ASCII. */
function unquoted(path: string): string {
  if (!path.startsWith('"')) return path;
  const bytes = path
    .slice(1, -1)
    .replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

test('a directory without git has no history', () => {
  const plain = join(dir, 'plain');
  mkdirSync(plain);
  expect(readHistory(plain, join(dir, 'store-plain'))).toMatchObject({ extent: 'none', count: 0 });
});

test('a repository before its first commit has none', () => {
  const empty = join(dir, 'empty');
  mkdirSync(join(empty, '.git', 'objects'), { recursive: true });
  writeFileSync(join(empty, '.git', 'HEAD'), 'ref: refs/heads/main\n');
  expect(headCommit(join(empty, '.git'), join(empty, '.git'))).toBeNull();
  expect(readHistory(empty, join(dir, 'store-empty')).extent).toBe('none');
});

test('a tree cut short gives what stands before the cut', () => {
  const entry = Buffer.concat([Buffer.from('100644 a.py\0'), Buffer.alloc(20, 7)]);
  expect(treeEntries(Buffer.concat([entry, entry.subarray(0, 15)]), 20).map(({ name }) => name)).toEqual(['a.py']);
});
