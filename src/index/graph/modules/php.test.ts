/** Which files an import or include of PHP means, in small worlds. */
import { describe, expect, it } from 'vitest';
import { World } from '../world.ts';
import { php } from './php.ts';

/** Paths with their namespaces. */
type Namespaces = Readonly<Record<string, string>>;

/** What `module\name` is from a file, as paths. */
function meaning(
  tree: Namespaces,
  from: string,
  module: string,
  name: string,
  texts: Readonly<Record<string, string>> = {},
): string {
  const world = new World({
    paths: Object.keys(tree).sort(),
    read: (path) => texts[path] ?? null,
    packageOf: (path) => tree[path] ?? null,
  });
  const target = php.open(world).resolve(from, module, name);
  return target.kind === 'files' ? target.paths.join(' ') : target.kind;
}

const composer = (autoload: object, dev: object = {}): string => JSON.stringify({ autoload, 'autoload-dev': dev });

describe('imports', () => {
  const tree: Namespaces = {
    'composer.json': '',
    'src/Http/Client.php': 'Shop\\Http',
    'lib/Old/Mail_Sender.php': '',
    'lib/Mail/Sender.php': '',
    'tests/Http/ClientTest.php': 'Shop\\Tests\\Http',
    'packages/log/composer.json': '',
    'packages/log/src/Log.php': 'Shop\\Log',
    'odd/place/Thing.class.php': 'Odd\\Place',
    'odd/other/Thing.php': 'Odd\\Place',
  };
  const texts = {
    'composer.json': composer(
      { 'psr-4': { 'Shop\\': ['src/', 'more'] }, 'psr-0': { '': 'lib' } },
      { 'psr-4': { 'Shop\\Tests\\': 'tests/' } },
    ),
    'packages/log/composer.json': composer({ 'psr-4': { 'Shop\\Log\\': './src/' } }),
  };

  it.each([
    ['Shop\\Http', 'Client', 'src/Http/Client.php'],
    ['Shop\\Tests\\Http', 'ClientTest', 'tests/Http/ClientTest.php'],
    ['Shop\\Log', 'Log', 'packages/log/src/Log.php'],
    ['', 'Mail_Sender', 'lib/Mail/Sender.php'],
    ['Shop\\Http', 'Generated', 'missing'],
    ['Psr\\Log', 'LoggerInterface', 'external'],
  ])('%s\\%s as Composer says', (module, name, expected) => {
    expect(meaning(tree, 'src/Http/Client.php', module, name, texts)).toBe(expected);
  });

  it('mean the file of their name and namespace without it, the nearest first', () => {
    expect(meaning(tree, 'odd/other/x.php', 'Odd\\Place', 'Thing')).toBe(
      'odd/other/Thing.php odd/place/Thing.class.php',
    );
    expect(meaning(tree, 'odd/place/x.php', 'Odd\\Place', 'Thing')).toMatch(/^odd\/place/);
    expect(meaning(tree, 'x.php', 'Odd\\Place', 'f')).toBe('missing');
    expect(meaning(tree, 'x.php', 'Nowhere', 'Thing')).toBe('external');
  });

  it('are not disturbed by manifests that are broken or strange', () => {
    for (const text of ['', '{', '[]', '{"autoload": 1}', composer({ 'psr-4': { 'A\\': [1, null, '../../out'] } })]) {
      expect(meaning(tree, 'x.php', 'Shop\\Http', 'Client', { 'composer.json': text })).toBe('src/Http/Client.php');
    }
  });
});

describe('includes', () => {
  const tree: Namespaces = { 'a/b/c.php': '', 'a/b/d.php': '', 'a/e.php': '', 'f.php': '' };

  it.each([
    ['./d.php', 'a/b/d.php'],
    ['./../e.php', 'a/e.php'],
    ['d.php', 'a/b/d.php'],
    ['b/d.php', 'a/b/d.php'],
    ['a/e.php', 'a/e.php'],
    ['f.php', 'f.php'],
    ['./f.php', 'missing'],
    ['../../../x.php', 'missing'],
    ['none.php', 'missing'],
  ])('of %s', (path, expected) => expect(meaning(tree, 'a/b/c.php', path, '*')).toBe(expected));
});
