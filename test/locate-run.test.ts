/** `winnow locate --run` as users run it: an issue's code runs in the sandbox, what it lacks is filled in and told, and what it ran leads. */
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { winnow } from './keptprogram.ts';
import { workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
const isNative = spawnSync('bwrap', ['--version']).status === 0 && spawnSync('python3', ['-V']).status === 0;
const missing = isNative ? '' : ' (skipped: bubblewrap or python3 is not installed)';

const body = (name: string): string => `def ${name}(basket):\n    return [one for one in basket.articles]\n`;

beforeAll(() => {
  // As root the sandbox is another user, who is to see the repository.
  spawnSync('chmod', ['755', dir]);
  writeFiles(dir, {
    'tree/shop/__init__.py':
      'import library_of_nobody\nfrom .basket import Basket\nfrom .second import count_of_articles\n',
    'tree/shop/basket.py': 'class Basket:\n    def __init__(self, articles):\n        self.articles = articles\n',
    'tree/shop/first.py': body('sum_of_articles'),
    'tree/shop/second.py': `from .third import check\n\n\n${body('count_of_articles').replace('    return', '    check(basket)\n    return')}`,
    'tree/shop/third.py': `${body('list_of_articles')}\n\ndef check(basket):\n    if len(basket.articles) > 6:\n        raise ValueError("full")\n`,
    'issue.md': [
      'The articles of a basket are wrong',
      '',
      '```python',
      'from shop import Basket, count_of_articles',
      'count_of_articles(Basket(given_articles))',
      'count_of_articles(Basket([1, 2, 3, 4, 5, 6, 7]))',
      '```',
      '',
    ].join('\n'),
    'prose.md': 'The articles of a basket are wrong\n\nSee the screenshot.\n',
  });
});
afterAll(remove);

const run = (...words: string[]) => winnow(['locate', ...words], { home, cwd: dir });

describe.skipIf(!isNative)(`the issue itself runs${missing}`, () => {
  it('says what each statement came to and what was filled in, and ranks by what ran', () => {
    const { status, stdout } = run('issue.md', 'tree', '--run', '--json');
    expect(status).toBe(0);
    const { run: told, functions } = JSON.parse(stdout);
    expect(
      told.statements.map((one: { ended: string; error: { type: string } | null }) => [one.ended, one.error?.type]),
    ).toEqual([
      ['done', undefined],
      ['done', undefined],
      ['raised', 'ValueError'],
    ]);
    expect(told.filled).toEqual([
      { what: 'library_of_nobody', by: 'module' },
      { what: 'given_articles', by: 'a guess: list' },
    ]);
    // What ran comes before what only reads alike.
    const names = functions.map(({ name }: { name: string }) => name);
    expect(names.indexOf('check')).toBeLessThan(names.indexOf('list_of_articles'));
    expect(names.indexOf('check')).toBeLessThan(names.indexOf('sum_of_articles'));
    const plain = JSON.parse(run('issue.md', 'tree', '--json').stdout);
    expect(plain.run).toBeNull();
    const place = (of: { functions: { name: string }[] }) => of.functions.findIndex(({ name }) => name === 'check');
    expect(place({ functions })).toBeLessThanOrEqual(place(plain));
    expect(functions[place({ functions })].reasons.map(({ signal }: { signal: string }) => signal)).toContain('ran');
  });

  it('tells a person in a line each', () => {
    const { stdout } = run('issue.md', 'tree', '--run');
    expect(stdout).toContain('the issue’s code: 3 statements, 1 raised an error');
    expect(stdout).toContain('filled in: library_of_nobody (module), given_articles (a guess: list)');
  });

  it('says where there is nothing to run, and what is wrong with an environment', () => {
    expect(run('prose.md', 'tree', '--run').stdout + run('prose.md', 'tree', '--run').stderr).toContain(
      'carries no code that could run here',
    );
    const { status, stderr } = run('issue.md', 'tree', '--run', '--python', 'nowhere');
    expect(status).not.toBe(0);
    expect(stderr).toContain('nowhere');
  });
});
