import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeTree } from '../../../test/trees.ts';
import { openRepository, readHistory } from '../../index/mod.ts';
import { collect } from './collect.ts';
import { corpusOf } from './corpus.ts';
import { symbolKey } from './evidence.ts';
import { parseIssue } from './issue.ts';

const gitIsMissing = spawnSync('git', ['--version']).status !== 0;

const before = `def open_basket(shop):
    return shop.basket_of_today()


def close_basket(shop):
    return shop.close_the_register()


def count_articles(shop):
    return sum(article.count for article in shop.articles)
`;

function git(at: string, ...words: string[]): void {
  const { status, stderr } = spawnSync('git', ['-c', 'commit.gpgsign=false', ...words], {
    cwd: at,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      HOME: at,
      GIT_AUTHOR_NAME: 'a',
      GIT_AUTHOR_EMAIL: 'a@b',
      GIT_COMMITTER_NAME: 'a',
      GIT_COMMITTER_EMAIL: 'a@b',
    },
  });
  if (status !== 0) throw new Error(`git ${words.join(' ')}: ${stderr}`);
}

test.skipIf(gitIsMissing).each(['the repository', 'a linked worktree'])(
  `in %s, lines that a commit with like words added point at the function that holds them${gitIsMissing ? ' (skipped: git is not installed)' : ''}`,
  async (where) => {
    const { root: main, home } = makeTree({ 'shop.py': before, 'other.py': 'def nothing():\n    return 0\n' });
    git(main, 'init', '-q', '-b', 'main');
    git(main, 'add', '-A');
    git(main, 'commit', '-q', '-m', 'First');
    const changed = before.replace(
      'return shop.close_the_register()',
      'shop.ring_the_evening_bell()\n    return shop.close_the_register()',
    );
    writeFileSync(join(main, 'shop.py'), changed);
    git(main, 'commit', '-q', '-a', '-m', 'Sound a signal when customers must leave');
    const root = where === 'a linked worktree' ? join(main, '..', 'linked') : main;
    if (root !== main) git(main, 'worktree', 'add', '-q', '--detach', root);
    writeFileSync(join(root, 'shop.py'), `# Moved down, which changes no line.\n\n${changed}`);
    const repository = openRepository(root, { home });
    await repository.refresh();
    const snapshot = repository.snapshot();
    onTestFinished(() => {
      snapshot.close();
      repository.close();
    });
    const corpus = corpusOf(snapshot, '');
    const issue = parseIssue('The signal does not sound when customers must leave');
    const history = readHistory(root, repository.storeDir);
    const { evidence } = collect(corpus, issue, history);
    const file = corpus.byPath.get('shop.py') as number;
    for (const signal of ['pastLines', 'recentLines'] as const)
      expect([...evidence.symbols(signal).keys()]).toEqual([symbolKey(file, 1)]);
    expect(evidence.noteOf('pastLines', `${symbolKey(file, 1)}`)).toBe('Sound a signal when customers must leave');
    const without = collect(corpus, issue, history, ['history']).evidence;
    for (const signal of ['pastLines', 'recentLines'] as const) expect(without.symbols(signal).size).toBe(0);
  },
);
