/**
 * Prepares a copy of a JavaScript or TypeScript project so that its own test suite records which function calls which.
 *
 * ```
 * cp -r PROJECT COPY && node perf/instrument-calls.ts COPY lib test index.js
 * ```
 *
 * For suites that `winnow run --record-calls` cannot take into the sandbox, with their runners and installed packages. The files named, and those below
 * the directories named, are rewritten in place; rows come to `COPY/.winnow-calls/*.jsonl`. Configuration of runners is left alone.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCallInstrumenter } from '../src/code/mod.ts';
import { loadGrammarFile } from '../src/index/mod.ts';
import { rewrittenSource } from '../src/run/mod.ts';

const [directory, ...paths] = process.argv.slice(2);
if (directory === undefined || paths.length === 0) {
  process.stderr.write('usage: node perf/instrument-calls.ts COPY PATH…\n');
  process.exit(2);
}
const root = realpathSync(directory);
const runtime = join(root, '.winnow-calls', 'runtime.cjs');
mkdirSync(dirname(runtime), { recursive: true });
copyFileSync(fileURLToPath(new URL('../src/run/record/javascript/runtime.cjs', import.meta.url)), runtime);

function* sources(path: string): Generator<string> {
  if (statSync(join(root, path)).isFile()) yield path;
  else
    for (const entry of readdirSync(join(root, path), { withFileTypes: true })) {
      const below = path === '.' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules') yield* sources(below);
      else if (entry.isFile() && isSource(entry.name)) yield below;
    }
}

const isSource = (name: string): boolean =>
  /\.[cm]?[jt]sx?$/.test(name) && !/\.d\.[cm]?ts$|(^|\.)config\./.test(basename(name));

const instrumenter = await createCallInstrumenter(loadGrammarFile);
const left: string[] = [];
let rewritten = 0;
for (const path of paths.flatMap((one) => [...sources(one)])) {
  const bytes = await rewrittenSource(instrumenter, path, readFileSync(join(root, path)), runtime);
  if (bytes === null) left.push(path);
  else {
    writeFileSync(join(root, path), bytes);
    rewritten++;
  }
}
process.stdout.write(`${rewritten} files rewritten${left.length === 0 ? '' : `; not ${left.join(', ')}`}\n`);
