/** Sets of repositories as a user meets them: adding, searching together, what is missing, late, broken or gone. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shippedTable } from '../src/embed/mod.ts';
import { searchMany } from '../src/search/mod.ts';
import { winnow } from './keptprogram.ts';
import { environment, launcher, sampleFiles, workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
const place = (name: string): string => join(dir, name);
const run = (...words: string[]) => winnow(words, { home, cwd: dir });
/** Without meaning, which has a test of its own and takes time: vectors are made for each new text. */
const json = (...words: string[]) => {
  const plain = words[0] === 'search' && !words.includes('--meaning') ? ['--meaning', 'off'] : [];
  return JSON.parse(run(...words, ...plain, '--json').stdout);
};
/** Repository and state of each that took part. */
const states = (answer: { repositories: { name: string; state: string }[] }): Record<string, string> =>
  Object.fromEntries(answer.repositories.map(({ name, state }) => [name, state]));

const git = { '.git/HEAD': 'ref: refs/heads/main\n' };
const python = (name: string, doc: string): string => `def ${name}(value):\n    """${doc}."""\n    return value\n`;

/** What the program said when the set `default` was made. */
let added: { repositories: Record<string, string>[] };

beforeAll(() => {
  writeFiles(place('client'), sampleFiles);
  writeFiles(place('mail'), {
    ...git,
    'src/send.py': python('send_letter', 'Sends a letter, and tries again when the post office is closed'),
    'src/box.py': python('open_box', 'Opens the letter box'),
  });
  writeFiles(place('shop'), { ...git, 'cart.py': python('total_price', 'Sums the prices of a cart') });
  added = json('add', 'client', 'mail/src', 'mail', join(dir, 'shop'));
});
afterAll(remove);

describe('a set', () => {
  test('is made by adding, each repository once, and searched as one', () => {
    expect(added).toMatchObject({ schema: 'winnow.add/1', set: 'default' });
    expect(added.repositories.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['client', 'added'],
      ['mail', 'added'],
      ['mail', 'already'],
      ['shop', 'added'],
    ]);
    expect(states(json('repos'))).toEqual({ client: 'unanswered', mail: 'unanswered', shop: 'unanswered' });
    const answer = json('search', 'a letter is tried again', '--repos', 'default', '--meaning', 'auto');
    expect(answer).toMatchObject({ schema: 'winnow.search.repos/1', set: 'default', partial: false, stale: false });
    expect(answer.hits[0]).toMatchObject({
      id: 'mail//src/send.py:send_letter',
      repository: 'mail',
      path: 'src/send.py',
      name: 'send_letter',
    });
    expect(new Set(answer.hits.map((hit: { repository: string }) => hit.repository))).toContain('client');
    expect(states(answer)).toEqual({ client: 'current', mail: 'current', shop: 'current' });
  });

  test('prints ids that can be shown from anywhere', () => {
    const { stdout } = run('search', 'total_price', '--repos', 'default');
    const [id = ''] = stdout.split(/\s/);
    expect(id).toBe('shop//cart.py:total_price');
    expect(stdout).toMatch(/identifier search \(inferred\) · 3 repositories · \d+ files/);
    const shown = run('show', id);
    expect([shown.status, shown.stderr]).toEqual([0, '']);
    expect(shown.stdout).toMatch(/^shop\/\/cart\.py:total_price {2}function/);
    const { shown: mail } = json('show', 'mail//src/box.py');
    expect([mail.id, mail.children[0].id]).toEqual(['mail//src/box.py', 'mail//src/box.py:open_box']);
    expect(run('show', 'mail//src/box.py:open_bx').stderr).toContain('mail//');
    expect(run('show', 'mial//src/box.py').stderr).toContain('Did you mean mail?');
  });

  test('filters by repository, takes flags of search, and stays within a budget', () => {
    const ids = json('search', 'value', '--repos', 'default', '--path', 'mail//').hits.map(
      (hit: { id: string }) => hit.id,
    );
    expect(ids.length).toBeGreaterThan(0);
    for (const id of ids) expect(id).toMatch(/^mail\/\//);
    const { tokens } = json('search', 'letter cart retry', '--repos', 'default', '--budget-tokens', '80');
    expect(tokens).toBeLessThanOrEqual(80);
    expect(
      json('search', 'letter', '--repos', 'default', '--explain', '-n', '1').hits[0].explanation.value,
    ).toBeGreaterThan(0);
    expect(json('search', 'letter', '--repos', 'mail').repositories).toHaveLength(1);
  });

  test('sees an edit, and a file that goes', () => {
    appendFileSync(place('shop/cart.py'), python('apply_voucher', 'Takes a voucher off the price'));
    expect(json('search', 'apply_voucher', '--repos', 'default').hits[0].id).toBe('shop//cart.py:apply_voucher');
    const asked = json('search', 'apply_voucher', '--repos', 'default', '--no-refresh');
    expect([asked.stale, asked.repositories[0].state]).toEqual([true, 'behind']);
  });

  test('is searched for lines too, and says which place is not there', () => {
    const found = run('grep', '-l', 'letter', '--repos', 'default');
    const mail = realpathSync(place('mail/src'));
    expect([found.status, found.stdout]).toEqual([0, `${join(mail, 'box.py')}\n${join(mail, 'send.py')}\n`]);
    expect(run('grep', 'x', 'client', '--repos', 'default').status).toBe(2);
  });

  test('finds nothing with exit code 1, and an unknown set or a flag that does not fit with 2', () => {
    expect(run('search', 'xylophone', '--repos', 'default', '--meaning', 'off').status).toBe(1);
    for (const words of [
      ['search', 'x', '--repos', 'defualt'],
      ['search', 'x', '--deadline', '2s'],
      ['search', '--pattern', 'f($A)', '--repos', 'default'],
      ['add'],
      ['add', 'client', '--name', 'other'],
      ['add', 'mail', '--set', '../x'],
      ['add', 'nothing-here'],
      ['repos', 'remove'],
      ['repos', 'remove', 'nobody'],
    ])
      expect([words, run(...words).status]).toEqual([words, 2]);
    expect(run('search', 'x', '--repos', 'defualt').stderr).toContain('Did you mean default?');
  });
});

describe('what can happen to repositories', () => {
  test('two worktrees of one share its index, and equal texts are one hit', () => {
    writeFiles(place('tree-a'), {
      ...git,
      'a.py': python('count_sheep', `Counts the sheep${' of the meadow'.repeat(8)}`),
    });
    cpSync(place('tree-a/a.py'), place('tree-b/a.py'));
    writeFiles(place('tree-b'), {
      '.git': `gitdir: ${place('tree-a/.git/worktrees/b')}\n`,
      'b.py': python('shear', 'Shears'),
    });
    writeFiles(place('tree-a/.git/worktrees/b'), { commondir: '../..\n', HEAD: 'ref: refs/heads/b\n' });
    run('add', 'tree-a', 'tree-b', '--set', 'trees');
    const answer = json('search', 'count_sheep', '--repos', 'trees');
    expect(states(answer)).toEqual({ 'tree-a': 'current', 'tree-b': 'current' });
    expect(answer.hits.map((hit: { id: string }) => hit.id)).toEqual(['tree-a//a.py:count_sheep']);
    expect(answer.hits[0].duplicates).toEqual(['tree-b//a.py:count_sheep']);
    expect(json('search', 'shear', '--repos', 'trees').hits[0].id).toBe('tree-b//b.py:shear');
    expect(readdirSync(join(home, 'repos')).filter((name) => name.startsWith('tree-'))).toHaveLength(1);
  });

  test('one that moved is missing until it is added under its name again', () => {
    writeFiles(place('old/barn'), { ...git, 'hay.py': python('stack_hay', 'Stacks hay') });
    run('add', 'old/barn', 'shop', '--set', 'farm');
    expect(json('search', 'stack_hay', '--repos', 'farm').hits).toHaveLength(1);
    renameSync(place('old/barn'), place('new-barn'));
    const { status, stderr, stdout } = run('search', 'total_price', '--repos', 'farm');
    expect([status, stdout.split(/\s/)[0]]).toEqual([0, 'shop//cart.py:total_price']);
    expect(stderr).toContain('barn: not there.');
    const answer = json('search', 'stack_hay', '--repos', 'farm');
    expect([answer.partial, states(answer).barn]).toEqual([true, 'missing']);
    expect(json('add', 'new-barn', '--name', 'barn', '--set', 'farm').repositories[0].outcome).toBe('moved');
    expect(json('search', 'stack_hay', '--repos', 'farm').hits[0].id).toBe('barn//hay.py:stack_hay');
    expect(run('add', 'mail', '--name', 'barn').status).toBe(2);
  });

  test('one that is gone is named by grep too, the others answer, and none at all is exit code 3', () => {
    writeFiles(place('here'), { ...git, 'a.py': python('lantern', 'Gives light') });
    writeFiles(place('lost'), { ...git, 'b.py': python('lantern', 'Gives light') });
    run('add', 'here', 'lost', '--set', 'lights');
    rmSync(place('lost'), { recursive: true });
    const found = run('grep', '-l', 'lantern', '--repos', 'lights');
    expect([found.status, found.stdout]).toEqual([0, `${join(realpathSync(place('here')), 'a.py')}\n`]);
    expect(found.stderr).toContain('lost: not there. It was moved or deleted');
    const summary = JSON.parse(
      run('grep', 'lantern', '--repos', 'lights', '--json').stdout.trim().split('\n').at(-1) ?? '',
    );
    expect(summary.data).toMatchObject({ partial: true, missing: [{ name: 'lost' }], stats: { matches: 1 } });
    expect(run('grep', 'zither', '--repos', 'lights').status).toBe(1);
    rmSync(place('here'), { recursive: true });
    const none = run('grep', 'lantern', '--repos', 'lights');
    expect([none.status, none.stdout]).toEqual([3, '']);
    expect(none.stderr).toMatch(/here: not there.*\n.*lost: not there/);
  });

  test('one that goes away while grep prints the one before it is told, and so is a directory alone', async () => {
    // More than pipes hold, so that the program waits for its reader with the second repository still to be searched.
    const long = 'lantern, and more of them\n'.repeat(40_000);
    const goes = async (paths: readonly string[], root: string) => {
      const child = spawn(process.execPath, [launcher, 'grep', 'lantern', ...paths], {
        env: environment(home),
        cwd: dir,
      });
      let said = '';
      let printed = 0;
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      await once(child.stdout, 'readable');
      rmSync(root, { recursive: true });
      child.stdout.on('data', (bytes: Buffer) => {
        printed += bytes.length;
      });
      return { status: await ended, said, printed };
    };
    writeFiles(place('early'), { ...git, 'a.txt': long });
    writeFiles(place('flees'), { ...git, 'b.txt': 'lantern\n' });
    run('add', 'early', 'flees', '--set', 'evening');
    const set = await goes(['--repos', 'evening'], place('flees'));
    expect(set.status).toBe(0);
    expect(set.printed).toBeGreaterThan(long.length);
    expect(set.said).toContain('flees: not there. It went away while it was searched.');
    const alone = await goes(['early'], place('early'));
    expect(alone.status).toBe(2);
    expect(alone.said).toContain('early went away while it was searched; what was found is not all.');
  });

  test('one with a damaged index fails alone', () => {
    writeFiles(place('broken'), { ...git, 'a.py': python('fine', 'Is fine') });
    run('add', 'broken', 'shop', '--set', 'half');
    expect(json('search', 'fine', '--repos', 'half').hits).toHaveLength(1);
    const store = readdirSync(join(home, 'repos')).find((name) => name.startsWith('broken-')) as string;
    const file = join(home, 'repos', store, 'data', 'store.sqlite');
    for (const end of ['-wal', '-shm']) rmSync(file + end, { force: true });
    writeFileSync(file, 'this is no database, and it is long enough to be read as a page of one'.repeat(40));
    const answer = json('search', 'total_price', '--repos', 'half');
    expect([answer.partial, states(answer)]).toEqual([true, { broken: 'failed', shop: 'current' }]);
    expect(answer.hits[0].id).toBe('shop//cart.py:total_price');
    expect(answer.notices.join()).toMatch(/broken: could not be read/);
    expect(run('repos', 'refresh', '--set', 'half').status).toBe(3);
  });

  test('one that goes away while it is searched has no hits, and one line says so', async () => {
    for (const name of ['stays', 'goes'])
      writeFiles(place(name), {
        ...git,
        'a.py': python(`milk_${name}`, 'Milks the cow'),
        'b.py': python('feed', 'Feeds'),
      });
    const { answer, members } = await searchMany(
      ['stays', 'goes'].map((name) => ({ name, root: place(name) })),
      'milks the cow',
      {
        home,
        refresh: true,
        deadlineMs: null,
        by: 'auto',
        // Called between gathering and ranking.
        openEncoder: async () => {
          rmSync(place('goes'), { recursive: true });
          return shippedTable('usual');
        },
      },
    );
    expect(answer.hits.map(({ id }) => id.split('//')[0])).not.toContain('goes');
    expect(answer.hits[0]?.id).toBe('stays//a.py:milk_stays');
    expect(members.map(({ name, state }) => [name, state])).toEqual([
      ['goes', 'removed'],
      ['stays', 'current'],
    ]);
    expect(answer.notices.filter((notice) => notice.includes('goes//'))).toEqual([]);
  });

  test('a deadline leaves out what is not ready: a locked index is not waited for, and no answer at all is exit code 3', () => {
    writeFiles(place('slow'), { ...git, 'a.py': python('slow_one', 'Is slow') });
    run('add', 'slow', 'shop', '--set', 'late');
    json('search', 'slow_one', '--repos', 'late');
    writeFiles(place('slow'), { 'b.py': python('slow_two', 'Is slow too') });
    const store = readdirSync(join(home, 'repos')).find((name) => name.startsWith('slow-')) as string;
    const lock = new DatabaseSync(join(home, 'repos', store, 'lock.sqlite'));
    lock.exec('BEGIN EXCLUSIVE');
    try {
      const answer = json('search', 'slow_one', '--repos', 'late', '--deadline', '700ms');
      expect(states(answer)).toMatchObject({ slow: 'behind' });
      expect([answer.stale, answer.hits[0].id]).toEqual([true, 'slow//a.py:slow_one']);
      expect(answer.elapsedMs.gather).toBeLessThan(1_900);
    } finally {
      lock.close();
    }
    const none = run('search', 'slow_one', '--repos', 'late', '--deadline', '0ms', '--json');
    expect([none.status, JSON.parse(none.stdout)]).toMatchObject([3, { hits: [], partial: true }]);
    expect(JSON.parse(none.stdout).notices).toEqual(['shop, slow: did not answer. The deadline came first.']);
  });

  test('fifty at once', () => {
    const names = Array.from({ length: 50 }, (_, at) => `many-${at}`);
    for (const [at, name] of names.entries())
      writeFiles(place(name), { ...git, 'a.py': python(`herd_${at}`, `Drives herd number ${at} to the river`) });
    expect(json('add', ...names, '--set', 'many').repositories).toHaveLength(50);
    const answer = json('search', 'herd_37', '--repos', 'many');
    expect([answer.partial, answer.repositories.length, answer.hits[0].id]).toEqual([
      false,
      50,
      'many-37//a.py:herd_37',
    ]);
    for (const name of names.slice(0, 7)) rmSync(place(name), { recursive: true });
    expect(run('search', 'herd_37', '--repos', 'many').stderr).toMatch(/many-0, many-1, many-2, many-3, many-4/);
  });

  test('Ctrl-C ends a search of a set that is being indexed', async () => {
    const lines = Array.from({ length: 400 }, (_, at) => python(`line_${at}`, 'Says a line')).join('\n');
    writeFiles(place('long'), {
      ...git,
      ...Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`f${at}.py`, lines])),
    });
    run('add', 'long', '--set', 'long');
    const child = spawn(process.execPath, [launcher, 'search', 'line', '--repos', 'long'], {
      cwd: dir,
      env: environment(home),
    });
    const begun = (): boolean => readdirSync(join(home, 'repos')).some((name) => name.startsWith('long-'));
    while (!begun()) await sleep(20);
    child.kill('SIGINT');
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
  });
});

describe('clones', () => {
  const hasGit = spawnSync('git', ['--version']).status === 0;
  const withGit = hasGit ? test : test.skip;

  withGit(`are made, updated, made again and deleted${hasGit ? '' : ' (skipped: no git here)'}`, () => {
    const upstream = place('upstream');
    const author = ['-c', 'user.name=a', '-c', 'user.email=a@b'];
    const inside = (...words: string[]) => spawnSync('git', [...author, ...words], { cwd: upstream });
    writeFiles(upstream, { 'bee.py': python('make_honey', 'Makes honey') });
    inside('init', '-q');
    inside('add', '.');
    inside('commit', '-qm', 'one');
    const url = `file://${upstream}`;
    const clone = join(realpathSync(home), 'clones', 'upstream');
    expect(json('add', url, '--set', 'bees').repositories[0]).toMatchObject({
      name: 'upstream',
      root: clone,
      url,
      outcome: 'added',
    });
    expect(json('add', url, '--set', 'bees').repositories[0].outcome).toBe('already');
    expect(json('search', 'make_honey', '--repos', 'bees').hits[0].id).toBe('upstream//bee.py:make_honey');
    writeFiles(upstream, { 'bee.py': python('make_wax', 'Makes wax') });
    inside('commit', '-qam', 'two');
    expect(json('repos', 'update').failures).toEqual([]);
    expect(json('search', 'make_wax', '--repos', 'bees').hits[0].id).toBe('upstream//bee.py:make_wax');
    rmSync(clone, { recursive: true });
    const late = run('repos', 'update', '--json');
    expect([late.status, JSON.parse(late.stdout).failures[0].message]).toEqual([
      3,
      expect.stringContaining(`winnow add ${url}`),
    ]);
    expect(json('add', url, '--set', 'bees').repositories[0]).toMatchObject({ root: clone, outcome: 'moved' });
    expect(run('repos', 'remove', 'upstream').stdout).toContain('removed');
    expect([existsSync(clone), existsSync(upstream)]).toEqual([false, true]);
  });

  test('without git, or from an address that is refused, there is a plain word', () => {
    const bare = { ...environment(home), PATH: place('no-bin') };
    const failed = winnow(['add', 'https://host/owner/name'], { home, cwd: dir, env: bare });
    expect([failed.status, failed.stderr]).toEqual([3, expect.stringContaining('Install git')]);
    const refused = run('add', 'https://me:secret@host/x');
    expect([refused.status, refused.stderr]).toEqual([2, expect.not.stringContaining('secret')]);
  });

  test('a path that is not there adds none', () => {
    const { status, stderr } = run('add', 'client', 'shop', 'no-such-place', '--set', 'slip');
    expect([status, stderr]).toEqual([2, expect.stringContaining('no-such-place')]);
    expect(run('repos', 'list', '--set', 'slip').stderr).toContain('There is no set slip');
  });

  withGit(`what was added before a clone that fails is told${hasGit ? '' : ' (skipped: no git here)'}`, () => {
    const failed = run('add', 'client', `file://${place('nowhere')}`, '--set', 'slip');
    expect([failed.status, failed.stderr]).toEqual([3, expect.stringContaining('Added before: client.')]);
    expect(states(json('repos', 'list', '--set', 'slip'))).toHaveProperty('client');
  });
});

describe('the file of sets', () => {
  test('loses nothing when many add at once', async () => {
    const names = Array.from({ length: 6 }, (_, at) => `together-${at}`);
    for (const name of names) writeFiles(place(name), { ...git, 'a.py': 'x = 1\n' });
    const ends = names.map(
      (name) =>
        new Promise((resolve) =>
          spawn(process.execPath, [launcher, 'add', name, '--set', 'together'], {
            cwd: dir,
            env: environment(home),
          }).on('close', resolve),
        ),
    );
    expect(await Promise.all(ends)).toEqual(names.map(() => 0));
    expect(Object.keys(states(json('repos', 'list', '--set', 'together'))).sort()).toEqual(names);
  });

  test('gives up a repository, of which nothing is touched', () => {
    run('add', 'shop', 'mail', '--set', 'passing');
    expect(json('repos', 'remove', 'shop', '--set', 'passing').repositories[0].sets).toContain('default');
    expect(Object.keys(states(json('repos', 'list', '--set', 'passing')))).toEqual(['mail']);
    expect(json('repos', 'remove', 'mail').repositories[0].sets).toEqual([]);
    expect(run('search', 'x', '--repos', 'passing').status).toBe(2);
    expect(existsSync(place('mail/src/box.py'))).toBe(true);
  });

  test('is never written over when it is damaged or newer', () => {
    const other = join(dir, 'other-home');
    const file = join(other, 'sets', 'sets.json');
    const ask = (...words: string[]) => winnow(words, { home: other, cwd: dir });
    mkdirSync(join(other, 'sets'), { recursive: true });
    for (const [text, status, code] of [
      ['{"format": 1, "repositories": {', 2, 'bad-data'],
      ['{"format": 1, "repositories": {"a": {"root": "b", "url": null}}, "sets": {}}', 2, 'bad-data'],
      ['{"format": 1, "repositories": {}, "sets": {"default": ["gone"]}}', 2, 'bad-data'],
      ['{"format": 1, "repositories": {"../a": {"root": "/b", "url": null}}, "sets": {}}', 2, 'bad-data'],
      ['{"format": 2}', 3, 'index-too-new'],
    ] as const) {
      writeFileSync(file, text);
      // The verb that writes, and once each of the others.
      const others = text.endsWith('2}') ? [['repos'], ['search', 'x', '--repos', 'default']] : [];
      for (const words of [['add', 'shop'], ...others]) {
        const ran = ask(...words);
        expect([words, ran.status, ran.stderr]).toEqual([words, status, expect.stringContaining(code)]);
      }
      expect(readFileSync(file, 'utf8')).toBe(text);
    }
  });
});
