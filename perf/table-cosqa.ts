/**
 * How well a word table alone answers CoSQA's dev questions, as they are and with docstrings out of the corpus.
 *
 *     node perf/table-cosqa.ts COSQA TABLE...
 *
 * COSQA is a folder with codebase.jsonl.gz and queries_dev.jsonl. Ties count half. The test half is not for this: it is asked once, when all
 * is fixed, by `bench retrieval`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createParser } from '../src/code/mod.ts';
import type { DocumentText } from '../src/embed/mod.ts';
import { documentOf, openTable } from '../src/embed/mod.ts';
import { loadGrammarFile } from '../src/index/mod.ts';

const [folder, ...tables] = process.argv.slice(2);
if (folder === undefined || tables.length === 0) throw new Error('node perf/table-cosqa.ts COSQA TABLE...');

const lines = <Row>(text: string): Row[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
const codes = lines<{ code: string }>(gunzipSync(readFileSync(join(folder, 'codebase.jsonl.gz'))).toString());
const queries = lines<{ query: string; gold: number }>(readFileSync(join(folder, 'queries_dev.jsonl'), 'utf8'));

const parser = await createParser(loadGrammarFile);
const documents: DocumentText[] = [];
for (const { code } of codes) {
  const bytes = Buffer.from(code);
  const parsed = await parser.parse('x.py', bytes);
  const facts = parsed.kind === 'facts' ? parsed.facts : null;
  const chunk = facts?.chunks.find(({ kind, piece }) => kind === 'function' && piece === 0);
  documents.push(
    facts === null || chunk === undefined
      ? { name: '', signature: '', doc: '', body: code }
      : documentOf(chunk, facts.symbols, (start, end) => bytes.toString('utf8', start, end)),
  );
}

function mrr(vectors: Float32Array, asked: readonly Float32Array[], dimension: number): number {
  let sum = 0;
  for (const [i, query] of asked.entries()) {
    const scores = documents.map((_, row) => {
      let score = 0;
      for (let k = 0; k < dimension; k++) score += (query[k] as number) * (vectors[row * dimension + k] as number);
      return score;
    });
    const own = scores[(queries[i] as { gold: number }).gold] as number;
    const above = scores.filter((score) => score > own).length;
    const level = scores.filter((score) => score === own).length - 1;
    sum += 1 / (1 + above + level / 2);
  }
  return sum / asked.length;
}

for (const path of tables) {
  const table = openTable(path);
  const asked = queries.map(({ query }) => table.encodeQueryNow(query));
  const stripped = documents.map((document) => ({ ...document, doc: '' }));
  const started = process.cpuUsage();
  const vectors = table.encodeDocumentsNow(documents);
  const { user, system } = process.cpuUsage(started);
  const bare = mrr(table.encodeDocumentsNow(stripped), asked, table.dimension);
  const perSecond = (documents.length / (user + system)) * 1e6;
  const whole = mrr(vectors, asked, table.dimension);
  console.log(
    `${path}: as is ${whole.toFixed(4)}, stripped ${bare.toFixed(4)}, ${Math.round(perSecond)} documents/s of CPU`,
  );
}
