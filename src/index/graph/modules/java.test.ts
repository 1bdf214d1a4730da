/** Which files an import of Java means, in small worlds. */
import { describe, expect, it } from 'vitest';
import { World } from '../world.ts';
import { java } from './java.ts';

/** Paths with their packages. */
type Packages = Readonly<Record<string, string>>;

const openIn = (packages: Packages) =>
  java.open(
    new World({ paths: Object.keys(packages).sort(), read: () => null, packageOf: (path) => packages[path] ?? null }),
  );

/** What `module.name` is, as paths, with the types that it is inside of. */
function meaning(packages: Packages, from: string, module: string, name: string): string {
  const target = openIn(packages).resolve(from, module, name);
  if (target.kind !== 'files') return target.kind;
  return [...target.paths, ...(target.inside ?? []).map((type) => `in ${type}`)].join(' ');
}

const tree: Packages = {
  'm1/src/main/java/a/b/C.java': 'a.b',
  'm1/src/main/java/a/b/Helper.java': 'a.b',
  'm1/src/test/java/a/b/CTest.java': 'a.b',
  'm2/src/main/java/a/b/C.java': 'a.b',
  'm2/odd/place/D.java': 'a',
  'Main.java': '',
};

describe('imports', () => {
  it('of a type mean the file of its name, the nearest of several first', () => {
    expect(meaning(tree, 'm1/src/main/java/x/X.java', 'a.b', 'C')).toBe(
      'm1/src/main/java/a/b/C.java m2/src/main/java/a/b/C.java',
    );
    expect(meaning(tree, 'm2/src/main/java/x/X.java', 'a.b', 'C')).toMatch(/^m2/);
    expect(meaning(tree, 'Main.java', 'a', 'D')).toBe('m2/odd/place/D.java');
  });

  it('of all of a package mean all of its files', () => {
    expect(meaning(tree, 'Main.java', 'a.b', '*').split(' ')).toHaveLength(4);
  });

  it('of members mean what is inside of types', () => {
    expect(meaning(tree, 'Main.java', 'a.D', 'f')).toBe('m2/odd/place/D.java in D');
    expect(meaning(tree, 'Main.java', 'a.D.E', '*')).toBe('m2/odd/place/D.java in D in E');
  });

  it('of what no source has are external, or missing where the package is here', () => {
    expect(meaning(tree, 'Main.java', 'java.util', 'List')).toBe('external');
    expect(meaning(tree, 'Main.java', 'a.c', 'List')).toBe('external');
    expect(meaning(tree, 'Main.java', 'a.b', 'Generated')).toBe('missing');
    expect(meaning(tree, 'Main.java', 'a.b.Generated', 'f')).toBe('missing');
  });
});

describe('a package', () => {
  it('is seen from its files, tests included, as one list', () => {
    const resolver = openIn(tree);
    const seen = resolver.visible('m1/src/test/java/a/b/CTest.java');
    expect(seen).toHaveLength(4);
    expect(resolver.visible('m2/src/main/java/a/b/C.java')).toBe(seen);
    expect(resolver.visible('Main.java')).toEqual(['Main.java']);
  });
});
