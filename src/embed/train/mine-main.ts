/**
 * A worker that mines repositories: a folder in, a shard's file out.
 *
 * Files are taken in an order drawn by the seed, so that where a repository has more than is wanted of it, what is taken is spread over
 * all of it.
 */
import { lstatSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { seededRandom } from '../../base/mod.ts';
import { createParser, type FileFacts, type Parser } from '../../code/mod.ts';
import { changeSayings, LineOwners } from './changed.ts';
import { type Guide, guidesOf, mayGuide, recipeOf } from './guides.ts';
import { isCopyleftFile, isUnderOther } from './license.ts';
import { comments, mineFile } from './mine.ts';
import type { FromMiner, MineOrder, MineReply, ToMiner } from './miners.ts';
import { ShardBuilder, shardBytes } from './shard.ts';
import { ambiguous, testSayings } from './tested.ts';

const waiting = new Map<string, { resolve(bytes: Uint8Array): void; reject(error: unknown): void }>();
/** Where grammars lie is known to who started this worker. */
const load = (file: string): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    waiting.set(file, { resolve, reject });
    parentPort?.postMessage({ kind: 'load', file } satisfies FromMiner);
  });

let parser: Parser | null = null;

/** Larger files are data or made by machines; notebooks hold pictures. Bytes. */
const largestFile = 400_000;
const largestNotebook = 4_000_000;
const skippedFolders =
  /^(\.git|node_modules|vendor|_vendor|third_party|thirdparty|3rdparty|externals?|extern|dist|build|target)$/;
const testPath =
  /(^|\/)(tests?|specs?|__tests__|testing|testdata|fixtures?)\/|[._-](test|spec)\.\w+$|(^|\/)test_[^/]*$|Tests?\.(java|cs|php)$/;
const codeFile = /\.(py|jsx?|mjs|cjs|tsx?|mts|cts|java|go|rs|c|h|cc|cpp|cxx|hpp|hh|hxx|cs|rb|php)$/;

/** Code that tests are run on, not tests. */
const testMaterial = /(^|\/)(testdata|fixtures?|snapshots?)\//;

function* filesBelow(root: string, below: string): Generator<string> {
  for (const entry of readdirSync(join(root, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!skippedFolders.test(entry.name) && !isUnderOther(join(root, path))) yield* filesBelow(root, path);
    } else if (entry.isFile() && (codeFile.test(entry.name) || mayGuide(path))) yield path;
  }
}

/** Sentences of tests and of commits, each, beside this many of documentation: a quarter. */
const otherShare = 4;

async function mine({ folder, most, seed, key, out, changes, kinds }: MineOrder): Promise<MineReply> {
  const builder = new ShardBuilder();
  const files = [...filesBelow(folder, '')].sort();
  const all = files.filter((path) => codeFile.test(path));
  const owners = new LineOwners(changes);
  const defined = new Map<string, number>();
  let telling = 0;
  for (const path of drawn(all, seed, (path) => !testPath.test(path))) {
    // Names without words ask too, but weigh little: what counts towards the most are sentences.
    if (telling >= most || builder.count >= 3 * most) break;
    const read = await factsOf(folder, path);
    if (read === null) continue;
    builder.files++;
    for (const example of mineFile(read.bytes, read.facts)) {
      if (example.sentence !== '') telling++;
      if (example.kind === 'definition') {
        defined.set(example.name, defined.has(example.name) ? ambiguous : builder.count);
        owners.add(path, example.body, builder.count);
      }
      builder.add(example, read.facts.language);
    }
  }
  const sentences = telling;
  const others = Math.floor(most / otherShare);
  const tests = kinds.includes('test') ? all : [];
  for (const path of drawn(tests, seed, (path) => testPath.test(path) && !testMaterial.test(path))) {
    if (telling >= sentences + others) break;
    const read = await factsOf(folder, path);
    if (read === null) continue;
    for (const { sentence, of } of testSayings(read.bytes, read.facts, defined)) {
      builder.addQuestion('test', sentence, of);
      telling++;
    }
  }
  for (const { sentence, of } of changeSayings(changes, owners).slice(0, others)) {
    builder.addQuestion('change', sentence, of);
    telling++;
  }
  const guides = kinds.includes('guide') ? files.filter((path) => !codeFile.test(path)) : [];
  let guided = 0;
  for (const path of drawn(guides, seed, (path) => !testMaterial.test(path))) {
    if (guided >= most) break;
    for (const guide of await guidesBeside(folder, path, all)) guided += addGuide(builder, guide);
  }
  telling += guided;
  // Renamed when whole, so that an interrupted run leaves no half of a shard.
  writeFileSync(`${out}.part`, shardBytes(builder.build(key)));
  renameSync(`${out}.part`, out);
  return { examples: builder.count, telling, files: builder.files };
}

/** What a documentation file says of the code in it, or of the one file of code beside it. */
async function guidesBeside(folder: string, path: string, code: readonly string[]): Promise<Guide[]> {
  const full = join(folder, path);
  const { size } = lstatSync(full);
  if (size > (path.endsWith('.ipynb') ? largestNotebook : largestFile)) return [];
  const text = readFileSync(full, 'utf8');
  const found = guidesOf(path, text);
  const below = dirname(path);
  if (below === '.' || !/(^|\/)readme\.\w+$/i.test(path)) return found;
  const beside = code.filter((other) => dirname(other) === below);
  const [only] = beside;
  if (only === undefined || beside.length > 1) return found;
  const read = await factsOf(folder, only);
  if (read === null) return found;
  const recipe = recipeOf(text, read.bytes.toString(), read.facts.language);
  return recipe === null ? found : [...found, recipe];
}

/** @returns the sentences that ask */
function addGuide(builder: ShardBuilder, { asks, rest, body, language }: Guide): number {
  const [sentence = '', ...others] = asks;
  const of = builder.count;
  builder.add({ kind: 'guide', name: '', signature: '', sentence, rest, body }, language);
  for (const other of others) builder.addQuestion('guide', other, of);
  const inside = comments(body, language);
  for (const comment of inside) builder.add(comment, language);
  return asks.length + inside.length;
}

/** In an order of chance, so that where not all are read, those that are lie everywhere. */
function drawn(paths: readonly string[], seed: number, wanted: (path: string) => boolean): string[] {
  const random = seededRandom(seed);
  const draws = paths.filter(wanted).map((path) => ({ path, draw: random.next() }));
  return draws.sort((one, other) => one.draw - other.draw).map(({ path }) => path);
}

/** @returns null for what is too large, under another licence, or no code */
async function factsOf(folder: string, path: string): Promise<{ bytes: Buffer; facts: FileFacts } | null> {
  const full = join(folder, path);
  if (lstatSync(full).size > largestFile) return null;
  const bytes = readFileSync(full);
  if (isCopyleftFile(bytes.toString('latin1', 0, 4000))) return null;
  parser ??= await createParser(load);
  const parsed = await parser.parse(path, bytes);
  if (parser.worn()) parser = null;
  return parsed.kind === 'facts' ? { bytes, facts: parsed.facts } : null;
}

parentPort?.on('message', async (message: ToMiner) => {
  if (message.kind === 'loaded') {
    waiting.get(message.file)?.resolve(message.bytes);
    waiting.delete(message.file);
  } else if (message.kind === 'unloadable') {
    waiting.get(message.file)?.reject(message.error);
    waiting.delete(message.file);
  } else {
    try {
      parentPort?.postMessage({ kind: 'mined', reply: await mine(message.order) } satisfies FromMiner);
    } catch (error) {
      parentPort?.postMessage({ kind: 'failed', error } satisfies FromMiner);
    }
  }
});
