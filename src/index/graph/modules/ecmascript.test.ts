/** Which files an import of JavaScript or TypeScript means, in small worlds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { World } from '../world.ts';
import { ecmascript } from './ecmascript.ts';
import { parseLenient } from './ecmascript-config.ts';

type Files = Readonly<Record<string, string | object>>;

function worldOf(files: Files): World {
  const text = (path: string): string | null => {
    const found = files[path];
    return found === undefined ? null : typeof found === 'string' ? found : JSON.stringify(found);
  };
  return new World({ paths: Object.keys(files).sort(), read: text, packageOf: () => null });
}

/** @param expected paths, or what else the target is */
function check(files: Files, from: string, imports: Readonly<Record<string, string>>): void {
  const resolver = ecmascript.open(worldOf(files));
  const found = Object.keys(imports).map((module) => {
    const target = resolver.resolve(from, module, '*');
    return [module, target.kind === 'files' ? target.paths.join(' ') : target.kind];
  });
  expect(Object.fromEntries(found)).toEqual(imports);
}

const paths = (...all: string[]): Record<string, string> => Object.fromEntries(all.map((path) => [path, '']));

describe('paths', () => {
  it('may lack their ending, or have that of what they are built to', () => {
    check(paths('src/a.ts', 'src/b.tsx', 'src/c.mts', 'src/d.js', 'src/e.d.ts', 'src/f.json'), 'src/a.ts', {
      './b': 'src/b.tsx',
      './b.js': 'src/b.tsx',
      './c.mjs': 'src/c.mts',
      './d': 'src/d.js',
      './e': 'src/e.d.ts',
      './e.js': 'src/e.d.ts',
      './e.ts': 'src/e.d.ts',
      './f.json': 'src/f.json',
      './g': 'missing',
      '../src/b.jsx?raw': 'src/b.tsx',
      '../../outside': 'missing',
    });
  });

  it('prefer the kind that asks, and an implementation to its declarations', () => {
    const files = paths('a.js', 'a.ts', 'b.js', 'b.d.ts', 'x.js', 'x.ts');
    check(files, 'x.js', { './a': 'a.js' });
    check(files, 'x.ts', { './a': 'a.ts', './b': 'b.js b.d.ts' });
  });

  it('of directories mean their index, or what their package says', () => {
    const files = { ...paths('a/index.js', 'b/main.js', 'b/index.js', 'c/index.js', 'index.js', 'test/t.js') };
    const all = { ...files, 'b/package.json': { main: './main' }, 'package.json': '{}' };
    check(all, 'test/t.js', { '../a': 'a/index.js', '../b': 'b/main.js', '../c/': 'c/index.js', '..': 'index.js' });
  });

  it('lead through directories that count as one', () => {
    const config = { compilerOptions: { rootDirs: ['src', 'generated'] } };
    const files = { ...paths('src/a.ts', 'generated/b.ts'), 'tsconfig.json': config };
    check(files, 'src/a.ts', { './b': 'generated/b.ts', './c': 'missing' });
  });

  it('to a package that names itself end', () => {
    check({ 'a/package.json': { main: '.' }, 'b.js': '' }, 'b.js', { './a': 'missing' });
    check({ 'a/package.json': { main: '../b' }, 'b/package.json': { main: '../a' }, 'b.js': '' }, 'a/x.js', {
      '../b/': 'b.js',
    });
  });
});

describe('bare names', () => {
  it('are outside, unless a package of the repository has them', () => {
    const files = {
      ...paths('packages/a/src/index.ts', 'packages/a/src/sub.ts', 'packages/b/x.ts'),
      'packages/a/package.json': { name: '@s/a', main: 'dist/index.js' },
    };
    check(files, 'packages/b/x.ts', {
      '@s/a': 'packages/a/src/index.ts',
      '@s/a/dist/sub.js': 'packages/a/src/sub.ts',
      '@s/a/sub': 'packages/a/src/sub.ts',
      '@s/a/none': 'missing',
      react: 'external',
      'node:fs': 'external',
      'fs/promises': 'external',
      'https://esm.sh/x': 'external',
    });
  });

  it('follow exports: conditions, patterns, what is built', () => {
    const exported = {
      '.': { types: './dist/index.d.ts', import: './dist/index.mjs', require: './dist/index.cjs' },
      './feature/*': { default: './dist/feature/*.js' },
      './feature/private/*': null,
      './raw': './raw.js',
      './package.json': './package.json',
    };
    const files = {
      ...paths('p/src/index.ts', 'p/src/feature/one.ts', 'p/raw.js', 'q.ts'),
      'p/package.json': { name: 'p', exports: exported },
    };
    check(files, 'q.ts', {
      p: 'p/src/index.ts',
      'p/feature/one': 'p/src/feature/one.ts',
      'p/raw': 'p/raw.js',
      'p/package.json': 'p/package.json',
      'p/feature/private/x': 'missing',
    });
  });

  it('with a bundle for an entry mean the sources', () => {
    const files = {
      ...paths('packages/core/src/index.ts', 'a.ts'),
      'packages/core/package.json': { name: 'core', main: 'index.js', module: 'dist/core.esm-bundler.js' },
    };
    check(files, 'a.ts', { core: 'packages/core/src/index.ts' });
  });

  it('with a hash are those of the package around', () => {
    const imports = { '#lib/*': './src/lib/*.js', '#one': { node: './src/one.ts' }, '#dep': 'lodash' };
    const files = { ...paths('src/lib/a.ts', 'src/one.ts'), 'package.json': { imports } };
    check(files, 'src/one.ts', {
      '#lib/a': 'src/lib/a.ts',
      '#one': 'src/one.ts',
      '#dep': 'external',
      '#no': 'missing',
    });
  });

  it('with a hash lead to no other such name', () => {
    check({ 'package.json': { imports: { '#a': '#a', '#b': '#a' } }, 'a.ts': '' }, 'a.ts', {
      '#a': 'missing',
      '#b': 'missing',
    });
  });

  it('of packages that tests are made of are theirs alone', () => {
    const files = {
      ...paths('fixtures/one/x.js', 'fixtures/two/index.js', 'src/a.js'),
      'fixtures/two/package.json': { name: 'two' },
    };
    check(files, 'src/a.js', { two: 'external' });
    check(files, 'fixtures/one/x.js', { two: 'fixtures/two/index.js' });
  });

  it('may be aliases of bundlers', () => {
    check(paths('web/src/a/b.ts', 'web/src/c.ts'), 'web/src/c.ts', { '@/a/b': 'web/src/a/b.ts', '~/x': 'external' });
  });
});

describe('configurations', () => {
  const base = `{
    // comments, "quotes" and trailing commas
    "compilerOptions": { "baseUrl": ".", /* so */ "paths": { "@x/*": ["packages/*/src", "packages/*"], "exact": ["src/e"], }, },
  }`;

  it('map names, also through what they extend, the nearest first', () => {
    const files = {
      ...paths('packages/a/src/index.ts', 'packages/b/deep.ts', 'src/e.ts', 'src/below.ts', 'packages/a/own/y.ts'),
      'tsconfig.base.json': base,
      'tsconfig.json': { extends: './tsconfig.base' },
      'packages/a/tsconfig.json': {
        extends: ['../../tsconfig.json'],
        compilerOptions: { paths: { 'y/*': ['./own/*'] } },
      },
    };
    check(files, 'src/e.ts', {
      '@x/a': 'packages/a/src/index.ts',
      '@x/b/deep': 'packages/b/deep.ts',
      exact: 'src/e.ts',
      'src/below': 'src/below.ts',
      'y/y': 'external',
    });
    check(files, 'packages/a/src/index.ts', { 'y/y': 'packages/a/own/y.ts', exact: 'src/e.ts' });
  });

  it('of solutions are those they refer to, and circles end', () => {
    const files = {
      ...paths('src/a.ts'),
      'tsconfig.json': { files: [], references: [{ path: './tsconfig.app.json' }, { path: '../elsewhere' }] },
      'tsconfig.app.json': { extends: './tsconfig.json', compilerOptions: { paths: { '$/*': ['./src/*'] } } },
    };
    check(files, 'src/a.ts', { '$/a': 'src/a.ts' });
  });

  it('are read leniently, and never fail', () => {
    expect(parseLenient('{"a": "// no comment", "b": [1, 2,], // yes\n}')).toEqual({ a: '// no comment', b: [1, 2] });
    expect(parseLenient('[]')).toBeNull();
    fc.assert(
      fc.property(
        fc.json(),
        fc.string(),
        fc.array(fc.constantFrom('{', '}', '"', ',', '//', '/*', '*/', '\\')),
        (json, text, pieces) => {
          parseLenient(text);
          parseLenient(pieces.join(''));
          const files = { 'package.json': json, 'tsconfig.json': json, 'a.ts': '' };
          const { resolve } = ecmascript.open(worldOf(files));
          expect(typeof resolve).toBe('function');
          check(files, 'a.ts', { './a': 'a.ts' });
        },
      ),
      { numRuns: 100 },
    );
  });

  it('of any shape are survived', () => {
    const odd = fc.oneof(fc.jsonValue(), fc.constantFrom('.', '..', '*', './*', 'a', '@/a/b'));
    const fields = fc.record(
      { name: odd, main: odd, exports: odd, imports: fc.dictionary(fc.constantFrom('#a', '#*', 'a'), odd) },
      { requiredKeys: [] },
    );
    const module = fc.oneof(
      fc.constantFrom('a', './a', '..', '.', '#a', '#', '@', '@a', '@/x', '/', 'a/'),
      fc.string(),
    );
    fc.assert(
      fc.property(
        fields,
        fc.record({ extends: odd, compilerOptions: odd, references: odd }, { requiredKeys: [] }),
        module,
        (one, two, name) => {
          const resolver = ecmascript.open(
            worldOf({ 'package.json': one, 'tsconfig.json': two, 'a.ts': '', 'b/package.json': one }),
          );
          resolver.resolve('a.ts', name, '*');
          resolver.resolve('b/c.js', name, 'x');
        },
      ),
      { numRuns: 200 },
    );
  });
});
