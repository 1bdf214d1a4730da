/**
 * Edits a tree of Python, opens its graph, says so, and again, for ever: the process that `graph-kill.test.ts` kills.
 *
 *     node edit-and-graph.ts ROOT HOME SEED
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { seededRandom } from '../../src/base/mod.ts';
import { openGraph, openRepository } from '../../src/index/mod.ts';

const [root, home, seed] = process.argv.slice(2) as [string, string, string];
const random = seededRandom(Number(seed));
const repository = openRepository(root, { home });
process.stdout.write('ready\n');

for (;;) {
  for (let edits = 1 + random.int(5); edits > 0; edits--) {
    const file = path.join(root, `dir${random.int(4)}`, `m${random.int(20)}.py`);
    mkdirSync(path.dirname(file), { recursive: true });
    if (random.int(6) === 0) rmSync(file, { force: true });
    else writeFileSync(file, moduleText());
  }
  await openGraph(repository, { workers: 2, waitMs: 60_000 });
  if (random.int(6) === 0) await repository.tidy();
  process.stdout.write('opened\n');
}

function moduleText(): string {
  const from = `dir${random.int(4)}.m${random.int(20)}`;
  const name = `f${random.int(4)}`;
  const functions = Array.from(
    { length: 1 + random.int(4) },
    (_, i) => `def f${i}(x):\n  ${name}(x)\n  x.f${random.int(4)}()\n`,
  );
  return `from ${from} import ${name}\n${functions.join('')}`;
}
