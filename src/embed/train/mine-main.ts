/**
 * A worker that mines repositories: a folder in, a shard's file out.
 *
 * Files are taken in an order drawn by the seed, so that where a repository has more than is wanted of it, what is taken is spread over
 * all of it.
 */
import { lstatSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { seededRandom } from '../../base/mod.ts';
import { createParser, type Parser } from '../../code/mod.ts';
import { isCopyleftFile } from './license.ts';
import { mineFile } from './mine.ts';
import type { FromMiner, MineOrder, MineReply, ToMiner } from './miners.ts';
import { ShardBuilder, shardBytes } from './shard.ts';

const waiting = new Map<string, { resolve(bytes: Uint8Array): void; reject(error: unknown): void }>();
/** Where grammars lie is known to who started this worker. */
const load = (file: string): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    waiting.set(file, { resolve, reject });
    parentPort?.postMessage({ kind: 'load', file } satisfies FromMiner);
  });

let parser: Parser | null = null;

/** Larger files are data or made by machines. Bytes. */
const largestFile = 400_000;
const skippedFolders =
  /^(\.git|node_modules|vendor|_vendor|third_party|thirdparty|3rdparty|externals?|extern|dist|build|target)$/;
const testPath =
  /(^|\/)(tests?|specs?|__tests__|testing|testdata|fixtures?)\/|[._-](test|spec)\.\w+$|(^|\/)test_[^/]*$|Tests?\.(java|cs|php)$/;
const codeFile = /\.(py|jsx?|mjs|cjs|tsx?|mts|cts|java|go|rs|c|h|cc|cpp|cxx|hpp|hh|hxx|cs|rb|php)$/;

function* filesBelow(root: string, below: string): Generator<string> {
  for (const entry of readdirSync(join(root, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!skippedFolders.test(entry.name)) yield* filesBelow(root, path);
    } else if (entry.isFile() && codeFile.test(entry.name) && !testPath.test(path)) yield path;
  }
}

async function mine({ folder, most, seed, key, out }: MineOrder): Promise<MineReply> {
  const builder = new ShardBuilder();
  const random = seededRandom(seed);
  parser ??= await createParser(load);
  const files = [...filesBelow(folder, '')].sort().map((path) => ({ path, draw: random.next() }));
  files.sort((one, other) => one.draw - other.draw);
  let telling = 0;
  for (const { path } of files) {
    // Names without words ask too, but weigh little: what counts towards the most are sentences.
    if (telling >= most || builder.count >= 3 * most) break;
    const full = join(folder, path);
    if (lstatSync(full).size > largestFile) continue;
    const bytes = readFileSync(full);
    if (isCopyleftFile(bytes.toString('latin1', 0, 4000))) continue;
    const parsed = await parser.parse(path, bytes);
    if (parser.worn()) parser = await createParser(load);
    if (parsed.kind !== 'facts') continue;
    builder.files++;
    for (const example of mineFile(bytes, parsed.facts)) {
      if (example.sentence !== '') telling++;
      builder.add(example, parsed.facts.language);
    }
  }
  // Renamed when whole, so that an interrupted run leaves no half of a shard.
  writeFileSync(`${out}.part`, shardBytes(builder.build(key)));
  renameSync(`${out}.part`, out);
  return { examples: builder.count, telling, files: builder.files };
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
