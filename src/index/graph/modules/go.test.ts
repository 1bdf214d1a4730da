/** Which files an import of Go means, in small worlds. */
import { describe, expect, it } from 'vitest';
import { World } from '../world.ts';
import { go } from './go.ts';

/** Files with their texts: of sources the package clause alone. */
type Files = Readonly<Record<string, string>>;

const openIn = (files: Files) =>
  go.open(
    new World({
      paths: Object.keys(files).sort(),
      read: (path) => files[path] ?? null,
      packageOf: (path) => (path.endsWith('.go') ? (files[path] ?? null) : null),
    }),
  );

function meaning(files: Files, from: string, module: string): string {
  const target = openIn(files).resolve(from, module, '*');
  return target.kind === 'files' ? target.paths.join(' ') : target.kind;
}

const tree: Files = {
  'go.mod': '// a comment\nmodule example.com/m/v2 // and another\n\ngo 1.22\n',
  'main.go': 'main',
  'a/a.go': 'a',
  'a/a_test.go': 'a',
  'a/x_test.go': 'a_test',
  'a/gen.go': 'main',
  'a/b_linux.go': 'a',
  'sub/go.mod': 'module "example.com/m/v2/sub"\n',
  'sub/c/c.go': 'c',
  'vendor/other.org/d/d.go': 'd',
  'onlytests/e_test.go': 'e',
};

describe('imports', () => {
  it('mean the package of a directory, without its tests', () => {
    expect(meaning(tree, 'main.go', 'example.com/m/v2/a')).toBe('a/a.go a/b_linux.go');
    expect(meaning(tree, 'main.go', 'example.com/m/v2')).toBe('main.go');
  });

  it('of tests outside of the package mean its tests too', () => {
    expect(meaning(tree, 'a/x_test.go', 'example.com/m/v2/a')).toBe('a/a.go a/a_test.go a/b_linux.go');
  });

  it('go to the module with the longest name', () => {
    expect(meaning(tree, 'main.go', 'example.com/m/v2/sub/c')).toBe('sub/c/c.go');
    expect(meaning(tree, 'main.go', 'example.com/m/v2/c')).toBe('missing');
  });

  it('of what is not of the repository are external, vendored or not', () => {
    expect(meaning(tree, 'main.go', 'fmt')).toBe('external');
    expect(meaning(tree, 'main.go', 'other.org/d')).toBe('external');
    expect(meaning(tree, 'main.go', 'example.com/mother')).toBe('external');
    expect(meaning(tree, 'main.go', 'example.com/m/v2/onlytests')).toBe('missing');
  });

  it('without any go.mod are the directory that ends alike', () => {
    const files = { 'x/y/z/z.go': 'z', 'fmt/f.go': 'fmt' };
    expect(meaning(files, 'main.go', 'example.com/me/x/y/z')).toBe('x/y/z/z.go');
    expect(meaning(files, 'main.go', 'fmt')).toBe('external');
  });
});

describe('a package', () => {
  it('is seen from its files: tests by tests alone', () => {
    const resolver = openIn(tree);
    expect(resolver.visible('a/a.go')).toEqual(['a/a.go', 'a/b_linux.go']);
    expect(resolver.visible('a/a_test.go')).toEqual(['a/a.go', 'a/a_test.go', 'a/b_linux.go']);
    expect(resolver.visible('a/x_test.go')).toEqual(['a/x_test.go']);
    expect(resolver.visible('a/a.go')).toBe(resolver.visible('a/b_linux.go'));
  });

  it('is called what its files say', () => {
    const resolver = openIn({ 'go.mod': 'module m', 'go-yaml/y.go': 'yaml' });
    expect(resolver.isCalled?.({ kind: 'files', paths: ['go-yaml/y.go'] }, 'yaml')).toBe(true);
    expect(resolver.isCalled?.({ kind: 'files', paths: ['go-yaml/y.go'] }, 'go-yaml')).toBe(false);
  });
});
