/** Every program of the corpus, on every backend that has its language, is contained. See `corpus.ts` and `inside.ts`. */
import { beforeAll, describe, expect, test } from 'vitest';
import { beltProblem } from './belt.ts';
import { readCorpus } from './corpus.ts';
import type { Row } from './inside.ts';
import { escapeRows } from './suite.ts';

const corpus = readCorpus();
const problem = await beltProblem();

for (const backend of ['embedded', 'native'] as const) {
  const mine = corpus.filter((hostile) => hostile.backends.includes(backend));
  describe.skipIf(problem !== null)(
    `hostile programs on the ${backend} backend${problem === null ? '' : ` (${problem})`}`,
    () => {
      const rows = new Map<string, Row>();
      beforeAll(async () => {
        for (const row of await escapeRows(backend)) rows.set(row.name, row);
      }, 300_000);
      test.each(mine.map((hostile) => [hostile.name, hostile.tries] as const))('%s: %s', (name, _tries) => {
        const row = rows.get(name);
        expect(row).toBeDefined();
        expect({ findings: row?.findings, said: row?.said }).toEqual({ findings: [], said: undefined });
      });
      test('nothing is left behind at the end', () => {
        expect(rows.get('at the end')?.findings).toEqual([]);
      });
    },
  );
}
