import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeTree, type Tree } from '../../../test/trees.ts';
import type { Encoder } from '../../embed/mod.ts';
import { openRepository, type Repository, type Snapshot } from '../../index/mod.ts';
import { Reader } from '../reader.ts';
import { documentText } from './documents.ts';
import { testEncoder } from './encoder.testing.ts';
import { type Meaning, type MeaningOptions, openMeaning } from './open.ts';

function open(tree: Tree, at = ''): Repository {
  const repository = openRepository(path.join(tree.root, at), { home: tree.home });
  onTestFinished(() => repository.close());
  return repository;
}

/** Refreshes and opens; `use` sees the snapshot. */
async function withMeaning<T>(
  repository: Repository,
  encoder: Encoder,
  use: (meaning: Meaning, snapshot: Snapshot) => T | Promise<T>,
  options: MeaningOptions = {},
): Promise<T> {
  await repository.refresh();
  const snapshot = repository.snapshot();
  try {
    return await use(await openMeaning(snapshot, encoder, options), snapshot);
  } finally {
    snapshot.close();
  }
}

/** Names of the definitions nearest to a text. */
const nearest = (repository: Repository, encoder: Encoder, text: string, options: MeaningOptions = {}) =>
  withMeaning(
    repository,
    encoder,
    async (meaning, snapshot) => {
      const asked = await meaning.ask(text);
      if (asked === null) return null;
      return meaning.vectors.nearest(asked.query, 3, null).map(({ version, chunk }) => {
        const { symbols, chunks } = snapshot.facts(version);
        return symbols[chunks[chunk]?.symbol ?? -1]?.name ?? '';
      });
    },
    options,
  );

const vectorNames = (repository: Repository): string[] =>
  readdirSync(path.join(repository.storeDir, 'data')).filter((name) => name.includes('.vectors'));
const vectorPaths = (repository: Repository): string[] =>
  vectorNames(repository).map((name) => path.join(repository.storeDir, 'data', name));

const eviction = 'export function dropOldest(): void {\n  removeFirst(cache);\n}\n';
const parsing = 'export function readJson(text: string): unknown {\n  return parse(text);\n}\n';

describe('vectors of a repository', () => {
  test('are made once, kept, and follow edits, renames and deletions', async () => {
    const tree = makeTree({ 'a.ts': eviction, 'b.ts': parsing });
    const encoder = testEncoder(['evict drop remove']);
    expect((await nearest(open(tree), encoder, 'evict'))?.[0]).toBe('dropOldest');
    expect(encoder.encoded).toEqual(['dropOldest', 'readJson']);
    const repository = open(tree);
    await nearest(repository, encoder, 'parse json');
    expect(encoder.encoded).toHaveLength(2);
    tree.write('b.ts', 'export function writeXml(): void {\n  print(document);\n}\n');
    expect((await nearest(repository, encoder, 'write xml'))?.[0]).toBe('writeXml');
    expect(encoder.encoded.slice(2)).toEqual(['writeXml']);
    tree.remove('a.ts');
    tree.write('moved.ts', eviction);
    expect((await nearest(repository, encoder, 'evict'))?.[0]).toBe('dropOldest');
    expect(encoder.encoded).toHaveLength(3);
    tree.remove('moved.ts');
    expect(await nearest(repository, encoder, 'evict')).toEqual(['writeXml']);
  });

  test('of a copy whose ending makes other facts of the same bytes are made anew', async () => {
    const python = 'def close_idle(pool):\n    """Close idle connections."""\n    pool.close()\n';
    const tree = makeTree({ 'a.py': python });
    const encoder = testEncoder();
    const repository = open(tree);
    await nearest(repository, encoder, 'close');
    // One chunk each, so that the number of rows does not tell.
    tree.write('b.txt', python);
    tree.write('c.py', python);
    await nearest(repository, encoder, 'close');
    expect(encoder.encoded).toEqual(['close_idle', '']);
  });

  test('are shared by worktrees', async () => {
    const tree = makeTree({ 'main/a.ts': eviction, 'linked/a.ts': eviction });
    tree.write('main/.git/HEAD', '');
    tree.write('main/.git/worktrees/linked/commondir', '../..\n');
    tree.write('linked/.git', `gitdir: ${tree.root}/main/.git/worktrees/linked\n`);
    const encoder = testEncoder();
    await nearest(open(tree, 'main'), encoder, 'drop');
    expect(await nearest(open(tree, 'linked'), encoder, 'drop')).toEqual(['dropOldest']);
    expect(encoder.encoded).toEqual(['dropOldest']);
  });

  test('of two encoders are never mixed', async () => {
    const repository = open(makeTree({ 'a.ts': eviction, 'b.ts': parsing }));
    const [one, other] = [testEncoder(), testEncoder([], 48)];
    for (const encoder of [one, other, one, other])
      expect((await nearest(repository, encoder, 'json'))?.[0]).toBe('readJson');
    expect([one.encoded, other.encoded].map(({ length }) => length)).toEqual([2, 2]);
    expect(vectorNames(repository)).toHaveLength(2);
    // Tidying keeps those of the encoder that wrote last.
    await repository.tidy();
    expect(vectorNames(repository)).toHaveLength(1);
  });

  test('that are cut short, damaged or of another store are made anew, never believed', async () => {
    const tree = makeTree({ 'a.ts': eviction, 'b.ts': parsing });
    const foreign = makeTree({ 'x.ts': parsing, 'y.ts': eviction });
    const encoder = testEncoder();
    const [repository, other] = [open(tree), open(foreign)];
    await nearest(repository, encoder, 'json');
    await nearest(other, encoder, 'json');
    const [file] = vectorPaths(repository) as [string];
    const whole = readFileSync(file);
    const damages: ((bytes: Buffer) => Buffer)[] = [
      (bytes) => bytes.subarray(0, bytes.length - 64),
      (bytes) => bytes.subarray(0, 10),
      () => Buffer.alloc(0),
      (bytes) => Buffer.from(bytes).fill(0),
      (bytes) => Buffer.concat([bytes.subarray(0, bytes.length - 300), Buffer.alloc(300, 7)]),
      (bytes) => Buffer.concat([bytes, Buffer.alloc(16)]),
      () => readFileSync((vectorPaths(other) as [string])[0]),
    ];
    for (const damage of damages) {
      writeFileSync(file, damage(whole));
      const before = encoder.encoded.length;
      expect((await nearest(repository, encoder, 'json'))?.[0]).toBe('readJson');
      expect(encoder.encoded.length - before).toBe(2);
      const after = encoder.encoded.length;
      await nearest(repository, encoder, 'json');
      expect(encoder.encoded).toHaveLength(after);
    }
  });

  test('are ready for the next question while neither files nor their vectors change', async () => {
    const tree = makeTree({ 'a.ts': eviction, 'b.ts': parsing });
    const repository = open(tree);
    const encoder = testEncoder();
    const vectors = () => withMeaning(repository, encoder, (meaning) => meaning.vectors);
    await vectors();
    const first = await vectors();
    expect(await vectors()).toBe(first);
    tree.write('b.ts', `${parsing}\n// changed\n`);
    expect(await vectors()).not.toBe(first);
    for (const file of vectorPaths(repository)) rmSync(file);
    const encoded = encoder.encoded.length;
    expect((await nearest(repository, encoder, 'json'))?.[0]).toBe('readJson');
    expect(encoder.encoded.length).toBe(encoded + 3);
  });

  test('of large files are compared as of small ones, whose source is read whole', async () => {
    const filler = Array.from({ length: 3_000 }, (_, line) => `const unrelated${line} = 'ä${line}';\n`).join('');
    const encoder = testEncoder();
    const texts = async (tree: Tree) =>
      withMeaning(open(tree), encoder, (_, snapshot) => {
        const [file] = snapshot.files();
        if (file === undefined) throw new Error('no file');
        const reader = new Reader(snapshot);
        const facts = snapshot.facts(file.version);
        const chunk = facts.chunks.findIndex(({ symbol }) => facts.symbols[symbol]?.name === 'dropOldest');
        const before = reader.document(file, chunk);
        tree.write('a.ts', 'gone');
        return [file.bytes, before, new Reader(snapshot).document(file, 0)];
      });
    const [, small] = await texts(makeTree({ 'a.ts': eviction }));
    const [bytes, large, changed] = await texts(makeTree({ 'a.ts': `${filler}${eviction}` }));
    expect(bytes).toBeGreaterThan(32 * 1024);
    expect(large).toEqual(small);
    expect(changed).toBeNull();
  });

  test('whose place a folder took are made, and kept again once it is tidied away', async () => {
    const repository = open(makeTree({ 'a.ts': eviction, 'b.ts': parsing }));
    const encoder = testEncoder();
    await nearest(repository, encoder, 'json');
    const [file] = vectorPaths(repository) as [string];
    rmSync(file);
    mkdirSync(file);
    const unkept: string[] = [];
    const options = { onUnkept: (reason: string) => void unkept.push(reason) };
    expect((await nearest(repository, encoder, 'json', options))?.[0]).toBe('readJson');
    expect(unkept).toHaveLength(1);
    await repository.tidy();
    await nearest(repository, encoder, 'json', options);
    expect(unkept).toHaveLength(1);
    expect(vectorNames(repository)).toHaveLength(1);
  });

  test('whose file breaks somewhere are found or made, whatever byte is wrong', async () => {
    const repository = open(makeTree({ 'a.ts': eviction, 'b.ts': parsing }));
    const encoder = testEncoder();
    await nearest(repository, encoder, 'json');
    const [file] = vectorPaths(repository) as [string];
    const whole = readFileSync(file);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] as number) ^ flip;
        writeFileSync(file, bytes);
        expect((await nearest(repository, encoder, 'json'))?.[0]).toBe('readJson');
      }),
      { numRuns: 40 },
    );
  });

  test('go with their versions when the store is tidied, and verify finds a damaged one', async () => {
    const tree = makeTree({ 'a.ts': eviction, 'b.ts': parsing });
    const repository = open(tree);
    const encoder = testEncoder();
    await nearest(repository, encoder, 'json');
    const before = statSync((vectorPaths(repository) as [string])[0]).size;
    tree.remove('b.ts');
    await repository.refresh();
    await repository.tidy();
    const [left] = vectorPaths(repository) as [string];
    expect(statSync(left).size).toBeLessThan(before);
    expect(repository.verify()).toEqual([]);
    const bytes = readFileSync(left);
    bytes[bytes.length - 20] = (bytes[bytes.length - 20] as number) ^ 1;
    writeFileSync(left, bytes);
    expect(repository.verify()).toEqual([expect.stringContaining('do not match their checksum')]);
    truncateSync(left, 40);
    writeFileSync(`${left}.123.new`, 'unfinished');
    await repository.tidy();
    expect(vectorNames(repository)).toEqual([]);
  });

  test('stay in few files, however often files change', async () => {
    const tree = makeTree({ 'a.ts': eviction });
    const repository = open(tree);
    const encoder = testEncoder();
    for (let i = 0; i < 25; i++) {
      tree.write(`src/f${i}.ts`, `export function made${i}(): void {}\n`);
      await nearest(repository, encoder, 'drop');
    }
    expect(encoder.encoded).toHaveLength(26);
    expect(vectorNames(repository).length).toBeLessThanOrEqual(8);
    expect((await nearest(repository, encoder, 'made24'))?.[0]).toBe('made24');
    expect(encoder.encoded).toHaveLength(26);
  });

  test('are made by two processes at once without harm', async () => {
    const tree = makeTree(
      Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`f${i}.ts`, `function made${i}() {}\n`])),
    );
    const encoder = testEncoder();
    await open(tree).refresh();
    const all = await Promise.all([1, 2, 3].map(() => nearest(open(tree), encoder, 'made7')));
    for (const names of all) expect(names?.[0]).toBe('made7');
    expect((await nearest(open(tree), encoder, 'made13'))?.[0]).toBe('made13');
  });

  test('chosen by their signs are the same where few are left out', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`f${i}.ts`, `export function made${i}(): void {\n  use(thing${i});\n}\n`]),
    );
    const repository = open(makeTree(files));
    const encoder = testEncoder();
    for (const text of ['made3 thing3', 'use thing9'])
      expect(await nearest(repository, encoder, text, { mostExact: 0 })).toEqual(
        await nearest(repository, encoder, text),
      );
  });

  test('read from their file in runs are those in memory, however the chunks lie', async () => {
    const functions = (from: number, count: number): string =>
      Array.from(
        { length: count },
        (_, i) => `export function made${from + i}(): void {\n  use(thing${i % 50});\n}\n`,
      ).join('\n');
    const repository = open(makeTree({ 'a.ts': functions(0, 700), 'b.ts': functions(700, 40) }));
    const encoder = testEncoder([], 24);
    await repository.refresh();
    const snapshot = repository.snapshot();
    onTestFinished(() => snapshot.close());
    const [inFiles, inMemory] = [
      await openMeaning(snapshot, encoder, { mostExact: 0 }),
      await openMeaning(snapshot, encoder),
    ];
    const all = snapshot
      .files()
      .flatMap(({ version }) => snapshot.facts(version).chunks.map((_, chunk) => ({ version, chunk })));
    expect(all).toHaveLength(740);
    const asked = (await inFiles.ask('use thing7')) ?? expect.unreachable();
    const check = (chunks: typeof all): void => {
      const [found, expected] = [inFiles, inMemory].map(({ vectors }) => [...vectors.cosines(asked.query, chunks)]);
      expect(found).toEqual(expected);
    };
    check(all);
    fc.assert(fc.property(fc.shuffledSubarray(all, { maxLength: 60 }), check), { numRuns: 30 });
    const nearby = fc.tuple(fc.nat(700), fc.integer({ min: 1, max: 40 }));
    fc.assert(
      fc.property(nearby, ([from, step]) => check(all.slice(from).filter((_, i) => i % step === 0))),
      { numRuns: 30 },
    );
  });

  test('are there without a place to keep them, and the reason is told', async () => {
    const tree = makeTree({ 'a.ts': eviction });
    const repository = open(tree);
    await repository.refresh();
    const snapshot = repository.snapshot();
    onTestFinished(() => snapshot.close());
    const place = { directory: path.join(tree.root, 'no', 'such'), stamp: '1' };
    const elsewhere = new Proxy(snapshot, {
      get: (target, key) => {
        const value: unknown = key === 'vectorPlace' ? place : Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const reasons: string[] = [];
    const encoder = testEncoder();
    const meaning = await openMeaning(elsewhere, encoder, { onUnkept: (reason) => reasons.push(reason) });
    const asked = await meaning.ask('drop oldest');
    expect(asked === null ? [] : meaning.vectors.nearest(asked.query, 5, null)).toHaveLength(1);
    expect(reasons).toEqual([expect.stringContaining('no/such')]);
  });

  test('a text of unknown words has no meaning', async () => {
    const repository = open(makeTree({ 'a.ts': eviction }));
    expect(await nearest(repository, testEncoder([], 64, ['drop']), 'zzyzx')).toBeNull();
  });

  test('are made in slices: who asks meanwhile has a turn', async () => {
    const repository = open(makeTree({ 'a.ts': eviction.repeat(8) }));
    let turns = 0;
    const counting = setInterval(() => turns++, 0);
    onTestFinished(() => clearInterval(counting));
    const usual = testEncoder();
    const turnsAt: number[] = [];
    const slow = {
      ...usual,
      documentsAtOnce: 2,
      encodeDocumentsNow: (documents: Parameters<typeof usual.encodeDocumentsNow>[0]) => {
        turnsAt.push(turns);
        for (const endMs = performance.now() + 10; performance.now() < endMs; );
        return usual.encodeDocumentsNow(documents);
      },
    };
    await withMeaning(repository, slow, () => {});
    expect(turnsAt).toHaveLength(4);
    expect(new Set(turnsAt).size).toBe(4);
  });

  test('are read once in a process, however often it is asked', async () => {
    const repository = open(makeTree({ 'a.ts': eviction, 'b.ts': parsing }));
    const encoder = testEncoder();
    await nearest(repository, encoder, 'json');
    const [file] = vectorPaths(repository) as [string];
    utimesSync(file, 1e9, 1e9);
    await nearest(repository, encoder, 'json');
    const bytes = readFileSync(file);
    // The last column: found damaged by whoever reads it, and by nobody else.
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    writeFileSync(file, bytes);
    utimesSync(file, 1e9, 1e9);
    expect((await nearest(repository, encoder, 'json'))?.[0]).toBe('readJson');
    expect(encoder.encoded).toHaveLength(2);
    expect(repository.verify().join()).toContain('checksum');
  });

  test('that were read once are read again when their file is changed under its name', async () => {
    const repository = open(makeTree({ 'a.ts': eviction, 'b.ts': parsing }));
    const encoder = testEncoder();
    await nearest(repository, encoder, 'json');
    const [file] = vectorPaths(repository) as [string];
    const bytes = readFileSync(file);
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    writeFileSync(file, bytes);
    utimesSync(file, 1e9, 1e9);
    expect((await nearest(repository, encoder, 'json'))?.[0]).toBe('readJson');
    expect(encoder.encoded).toHaveLength(4);
    expect(repository.verify()).toEqual([]);
  });

  test('stopping leaves what was kept, and the next run goes on', async () => {
    const repository = open(makeTree({ 'a.ts': eviction }));
    const stop = new AbortController();
    stop.abort();
    const encoder = testEncoder();
    await expect(nearest(repository, encoder, 'drop', { signal: stop.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(await nearest(repository, encoder, 'drop')).toEqual(['dropOldest']);
  });
});

test('a chunk is told apart into name, signature, prose and body', async () => {
  const source = `/** Drops the oldest. */
export function dropOldest(cache: Cache): void {
  cache.removeFirst();
}

const limit = 10;
`;
  const repository = open(makeTree({ 'a.ts': source }));
  await repository.refresh();
  const snapshot = repository.snapshot();
  onTestFinished(() => snapshot.close());
  const facts = snapshot.facts(snapshot.files()[0]?.version ?? 0);
  const texts = facts.chunks.map((_, chunk) => documentText(facts, chunk, Buffer.from(source)));
  expect(texts.map(({ name, signature, doc, body }) => [name, signature.trim(), doc, body.trim()])).toEqual([
    [
      'dropOldest',
      'export function dropOldest(cache: Cache): void',
      '/** Drops the oldest. */',
      expect.stringContaining('cache.removeFirst();'),
    ],
    ['', '', '', 'const limit = 10;'],
  ]);
  expect(texts[0]?.body).not.toContain('Drops');
});
