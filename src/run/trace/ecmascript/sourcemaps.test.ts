/** Transpiled and bundled JavaScript, told in the lines that people wrote; and maps that are none. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../../test/grammarfiles.ts';
import { placesOfText } from '../../../code/mod.ts';
import { traceJob } from '../tracejob.ts';
import { countsOf, eventsOf, linesOf, openTestTracing } from '../tracing.testing.ts';
import { SourceMaps } from './sourcemaps.ts';

const modules = fileURLToPath(new URL('../../../../node_modules/', import.meta.url));
const { missing, run } = await openTestTracing('javascript', loadGrammarFile);
const skip = missing('native');

const sources: Readonly<Record<string, string>> = {
  'src/util.ts': `export interface Point {
  readonly x: number;
  readonly y: number;
}

export function far({ x, y }: Point): number {
  if (x > 2) {
    return x + y;
  }
  return 0;
}
`,
  'src/main.ts': `import { far, type Point } from './util.ts';

type Many = readonly Point[];

const all: Many = [
  { x: 1, y: 2 },
  { x: 3, y: 4 },
];
let sum = 0;
for (const one of all) {
  sum += far(one);
}
try {
  throw new Error('no');
} catch (e) {
  console.log(sum, (e as Error).message);
}
`,
};

const directory = mkdtempSync(join(tmpdir(), 'winnow-maps-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
mkdirSync(join(directory, 'src'));
for (const [path, text] of Object.entries(sources)) writeFileSync(join(directory, path), text);
writeFileSync(join(directory, 'package.json'), '{"type":"commonjs"}');

/** What the compiler makes of the sources, by path. */
function compiled(...options: string[]): Record<string, string> {
  const given = ['--module', 'commonjs', '--target', 'es2022', '--rewriteRelativeImportExtensions', '--ignoreConfig'];
  const tsc = join(modules, 'typescript/bin/tsc');
  const files = ['src/main.ts', '--outDir', 'dist', '--types', ''];
  execFileSync(process.execPath, [tsc, ...given, ...options, ...files], { cwd: directory });
  const made = ['main.js', 'util.js', 'main.js.map', 'util.js.map'].map((name) => `dist/${name}`);
  const there = made.filter((path) => existsSync(join(directory, path)));
  const all = Object.fromEntries(there.map((path) => [path, readFileSync(join(directory, path), 'utf8')]));
  rmSync(join(directory, 'dist'), { recursive: true });
  return all;
}

const external = compiled('--sourceMap');
const inline = compiled('--inlineSourceMap', '--inlineSources');

describe.each([
  ['a map beside it, and the sources', { ...external, ...sources }],
  ['a map and sources within it', inline],
])('what TypeScript compiled, with %s', (_, files) => {
  test.skipIf(skip !== '')(`is told in the lines of its sources${skip}`, async () => {
    const { trace, stdout } = await run(files, { backend: 'native' });
    expect(stdout).toBe('7 no\n');
    const named = (name: string): string[] =>
      trace.codes.filter((one) => one.name === name).map(({ file, line, end }) => `${file}:${line}-${end}`);
    expect(named('far')).toEqual(['src/util.ts:6-11']);
    expect(named('<module>')).toContain('src/main.ts:1-18');
    expect(linesOf(trace, 'far')).toEqual([7, 10, 7, 8]);
    expect(countsOf(trace, 'src/util.ts')).toBe('7:2 8:1 10:1');
    expect(countsOf(trace, 'src/main.ts')).toBe('1:1 5:1 9:1 10:3 11:2 14:1 16:1');
    const { ways } = trace.counts.find(({ file }) => file === 'src/util.ts') ?? {};
    expect(ways).toEqual([
      { from: 7, to: 8, count: 1 },
      { from: 7, to: 10, count: 1 },
    ]);
    expect(eventsOf(trace, 'raise').map(({ line }) => line)).toEqual([14]);
    expect(eventsOf(trace, 'branch').at(-1)).toMatchObject({ way: 'exception', line: 14, to: 15 });
  });

  test.skipIf(skip !== '')(`counts the same at each level${skip}`, async () => {
    const levels = ['coverage', 'counts', 'lines'] as const;
    const all = [];
    for (const level of levels) all.push((await run(files, { backend: 'native', level })).trace);
    for (const path of ['src/main.ts', 'src/util.ts']) {
      const [covered, counted, told] = all.map((trace) => countsOf(trace, path));
      expect(counted).toBe(told);
      expect(covered).toBe(told?.replaceAll(/:[2-9]/g, ':1'));
    }
  });

  test('the texts are given with the job', async () => {
    const entries = Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
    const job = { language: 'javascript', files: entries, entry: 'dist/main.js' };
    const found = (await traceJob(job, { level: 'lines' }, loadGrammarFile)).sources ?? [];
    const texts = found.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]);
    expect(Object.fromEntries(texts)).toEqual(sources);
  });
});

const bundler = join(modules, 'rolldown/dist/index.mjs');
const noBundler = existsSync(bundler) ? '' : ' (skipped: no bundler here)';
const why = skip || noBundler;

describe.each([false, true])('what a bundler made, minified: %s', (minify) => {
  test.skipIf(why !== '')(`is told in the lines and files of its sources${why}`, async () => {
    const { rolldown } = (await import(bundler)) as {
      rolldown(given: object): Promise<{
        generate(given: object): Promise<{ output: readonly { readonly code: string }[] }>;
        close(): Promise<void>;
      }>;
    };
    const bundle = await rolldown({ input: join(directory, 'src/main.ts'), treeshake: false });
    const made = await bundle.generate({ format: 'esm', sourcemap: 'inline', minify, file: join(directory, 'o.mjs') });
    await bundle.close();
    const { trace, stdout } = await run({ 'o.mjs': made.output[0]?.code ?? '' }, { backend: 'native' });
    expect(stdout).toBe('7 no\n');
    expect(new Set(trace.codes.map(({ file }) => file))).toContain('src/util.ts');
    const main = trace.counts.find(({ file }) => file === 'src/main.ts')?.lines;
    // Minified, line 9 is part of the declaration that begins on line 5.
    expect([main?.get(5), main?.get(11), main?.get(16)]).toEqual([1, 2, 1]);
  });
});

describe('maps', () => {
  const script = 'let a = 1;\n';
  const withMap = (map: unknown): string => {
    const text = typeof map === 'string' ? map : JSON.stringify(map);
    return `${script}//# sourceMappingURL=data:application/json;base64,${Buffer.from(text).toString('base64')}\n`;
  };
  const of = (text: string, files: Readonly<Record<string, string>> = {}) =>
    new SourceMaps(Object.entries(files).map(([path, given]) => ({ path, bytes: Buffer.from(given) }))).of(
      'a.js',
      text,
    );
  const whole = { version: 3, sources: ['a.ts'], sourcesContent: ['\n\nlet a: 1 = 1'], names: [], mappings: 'AAEA' };

  test.each([
    ['no JSON', '{"version":3', /is not JSON/],
    ['null', 'null', /is not a source map/],
    ['no mappings', { version: 3, sources: [] }, /is not a source map/],
    ['mappings that are a number', { ...whole, mappings: 1 }, /is not a source map/],
    ['sources that are none', { ...whole, sources: 5 }, /is not a source map|too many sources/],
    [
      'sections in sections in sections',
      `${'{"version":3,"sections":[{"offset":{"line":0,"column":0},"map":'.repeat(9999)}1`,
      /JSON/,
    ],
    ['too many mappings', { ...whole, mappings: ';'.repeat(9_000_000) }, /is too large/],
    ['no text', { ...whole, sourcesContent: [null] }, /neither in its source map nor among the files: "a.ts"/],
    ['names with control characters', { ...whole, sources: ['\u001b[2J'] }, /neither/],
  ])('%s: said, and lines stay', (_, map, message) => {
    expect(of(withMap(map))).toMatch(message);
  });

  test.each([
    ['another file', '//# sourceMappingURL=a.js.map', /not among the files, a\.js\.map/],
    ['a server', '//# sourceMappingURL=https://example.org/a.js.map', /not among the files/],
    ['what is no URL', '//# sourceMappingURL=http://[', /not among the files/],
    ['data that cannot be decoded', '//# sourceMappingURL=data:application/json,%E0%A4%A', /cannot be decoded/],
  ])('in %s: said', (_, comment, message) => {
    expect(of(`${script}${comment}`)).toMatch(message);
  });

  test.each([
    ['in a text', "const a = 'sourceMappingURL=a.js.map';\n"],
    ['before code', '//# sourceMappingURL=a.js.map\nlet a = 1;\n'],
    ['without', script],
  ])('none: %s', (_, text) => {
    expect(of(text)).toBeNull();
  });

  test('places that no text has are those of the file', () => {
    const at = (map: unknown): number => {
      const found = of(withMap(map));
      if (found === null || typeof found === 'string') throw new Error(`${found}`);
      return found.placeOf(1, 4);
    };
    expect(at(whole)).toBe(placesOfText + 3);
    expect(at({ ...whole, mappings: 'AAEA;A' })).toBe(placesOfText + 3);
    // Line 4 of three, a line before the first, sources that are none.
    for (const mappings of ['AAGA', 'AAFA', 'ACEA', 'ADEA', 'A', ''])
      expect(at({ ...whole, mappings }), mappings).toBe(1);
    // Characters that are none may say anything, within the text.
    const lines = [1, ...[1, 2, 3].map((line) => placesOfText + line)];
    for (const mappings of ['💥,,,;;AA', '////////9', 'AA=A', '\0\0\0\0'])
      expect(lines).toContain(at({ ...whole, mappings }));
  });

  test('another text of the same name gets a name of its own', () => {
    const found = of(withMap(whole), { 'a.ts': 'another' });
    expect(found).toMatchObject({ originals: [{ path: 'a.js:a.ts' }] });
  });
});
