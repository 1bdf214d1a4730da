/**
 * Ranking on a small repository in nine languages, as a golden file: a change in ranking
 * shows as a diff. After changing weights, look at the diff, then `npx vitest run test/ranking.test.ts -u`.
 */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRepository, type Repository, type Snapshot } from '../src/index/mod.ts';
import { search } from '../src/search/mod.ts';
import { root, workspace } from './program.ts';

const { dir, home, remove } = workspace();
const fixtures = join(root, 'test/fixtures');
let repository: Repository;
let snapshot: Snapshot;

beforeAll(async () => {
  // A copy, because the fixture's own repository is Winnow.
  const copy = join(dir, 'parcels');
  cpSync(join(fixtures, 'ranking'), copy, { recursive: true });
  repository = openRepository(copy, { home });
  await repository.refresh({ workers: 1 });
  snapshot = repository.snapshot();
}, 60_000);

afterAll(() => {
  snapshot?.close();
  repository?.close();
  remove();
});

const cases = readFileSync(join(fixtures, 'ranking.queries.tsv'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => {
    const [query, answers] = line.split('\t') as [string, string];
    return { query, answers: answers.split(' ') };
  });

test('the golden ranking', async () => {
  const rows = cases.map(({ query, answers }) => {
    const { hits, query: read } = search(snapshot, query);
    const rank = hits.findIndex(({ id }) => answers.includes(id)) + 1;
    const top = hits.slice(0, 5).map(({ id }) => `    ${answers.includes(id) ? '*' : ' '} ${id}`);
    return { rank, text: [`${query}  [${read.mode}]  first answer at ${rank === 0 ? '-' : rank}`, ...top].join('\n') };
  });
  const share = (most: number): string =>
    (rows.filter(({ rank }) => rank >= 1 && rank <= most).length / rows.length).toFixed(3);
  const reciprocal = rows.reduce((sum, { rank }) => sum + (rank === 0 ? 0 : 1 / rank), 0) / rows.length;
  const summary = `recall@1 ${share(1)}  recall@5 ${share(5)}  MRR ${reciprocal.toFixed(3)}  queries ${rows.length}`;
  await expect(`${[summary, ...rows.map(({ text }) => text)].join('\n\n')}\n`).toMatchFileSnapshot(
    join(fixtures, 'ranking.golden.txt'),
  );
});

test('every answer is an id of the fixture', () => {
  for (const id of cases.flatMap(({ answers }) => answers)) {
    expect(search(snapshot, id, { mode: 'identifier' }).hits.map((hit) => hit.id)).toContain(id);
  }
});
