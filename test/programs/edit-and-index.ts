/**
 * Edits a tree, refreshes its index, says what is in it now, and again, for ever: the
 * process that `kill.test.ts` kills. Each line of output is what one refresh must have made durable.
 *
 *     node edit-and-index.ts ROOT HOME SEED ROUNDS
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { seededRandom } from '../../src/base/mod.ts';
import { openRepository } from '../../src/index/mod.ts';
import { sourceText } from '../source-text.ts';

const [root, home, seed, rounds] = process.argv.slice(2) as [string, string, string, string];
const random = seededRandom(Number(seed));
const repository = openRepository(root, { home });
// Numbers grow from process to process, so that a later content has a larger one.
let number = Number(seed) * 100_000;
process.stdout.write('{}\n');

for (let round = 0; round < Number(rounds); round++) {
  const done: Record<string, number | null> = {};
  // Now and then more than one thread parses.
  for (let edits = random.int(8) === 0 ? 100 : 1 + random.int(4); edits > 0; edits--) edit(done);
  await repository.refresh({ workers: 2, waitMs: 60_000 });
  if (random.int(5) === 0) await repository.tidy();
  process.stdout.write(`${JSON.stringify(done)}\n`);
}
repository.close();

function edit(done: Record<string, number | null>): void {
  const directory = path.join(root, `dir${random.int(5)}`);
  mkdirSync(directory, { recursive: true });
  const there = readdirSync(directory);
  const old = there[random.int(Math.max(1, there.length))];
  const name = old !== undefined && random.int(3) > 0 ? old : `file${random.int(1000)}.ts`;
  const file = path.join(directory, name);
  const relative = path.relative(root, file).replaceAll(path.sep, '/');
  if (name === old && random.int(4) === 0) {
    rmSync(file);
    done[relative] = null;
    return;
  }
  writeFileSync(file, sourceText(number).repeat(1 + random.int(20)));
  done[relative] = number++;
}
