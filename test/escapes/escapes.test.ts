/** Every program of the corpus, on every backend that has its language, is contained. See `corpus.ts` and `inside.ts`. */
import { beforeAll, describe, expect, test } from 'vitest';
import { beltProblem } from './belt.ts';
import { readCorpus } from './corpus.ts';
import type { Row } from './inside.ts';
import { escapeRows, harmlessRows } from './suite.ts';

const corpus = readCorpus();
const problem = await beltProblem();

const backends = ['embedded', 'native'] as const;
// Side by side: a backend mostly waits for clocks to run out.
const all = Promise.allSettled(
  backends.map(async (backend) => (problem === null ? escapeRows(backend) : harmlessRows(backend))),
);

describe.each(backends)(
  `hostile programs on the %s backend${problem === null ? '' : `, harmless ones only: ${problem}`}`,
  (backend) => {
    const rows = new Map<string, Row>();
    beforeAll(async () => {
      const ended = (await all)[backends.indexOf(backend)];
      if (ended?.status === 'rejected') throw ended.reason;
      for (const row of ended?.value ?? []) rows.set(row.name, row);
    }, 600_000);
    const mine = corpus.filter((hostile) => hostile.backends.includes(backend));
    test.for(mine.map(({ name, tries }) => [name, tries] as const))('%s: %s', ([name], { skip }) => {
      const row = rows.get(name);
      expect(row).toBeDefined();
      if (row?.skipped) skip(row.skipped);
      expect({ findings: row?.findings, said: row?.said }).toEqual({ findings: [], said: undefined });
    });
    test('nothing is left behind at the end', () => {
      expect(rows.get('at the end')?.findings).toEqual([]);
    });
  },
);
