/**
 * How well the lines that tests ran tell where a fault is: the rank of the faulty line among all lines of its file that a test ran.
 *
 *     node perf/spectrum.ts LINES.json FAULTS.json
 *
 * LINES.json is what `winnow test --save-coverage` writes. FAULTS.json: `{"path": [faulty lines]}`; the tests of a fault are those that ran its file, and where none
 * fails there is nothing to tell. Lines with the same suspicion share a rank, the middle one. Per formula: the share of faults at 1, 3 and 5 at
 * the most, and the mean share of lines that come before (EXAM), with 95% bootstrap intervals over faults.
 */
import { readFileSync } from 'node:fs';
import { seededRandom } from '../src/base/mod.ts';
import { parseCoverage } from '../src/search/locate/coverage.ts';
import { formulas, suspicion } from '../src/search/locate/spectrum.ts';

const [linesFile = '', faultsFile = ''] = process.argv.slice(2);
const tests = parseCoverage(readFileSync(linesFile, 'utf8'), []);
const faults = JSON.parse(readFileSync(faultsFile, 'utf8')) as Readonly<Record<string, readonly number[]>>;

interface Ranked {
  readonly rank: number;
  readonly share: number;
}

function ranked(path: string, faulty: readonly number[], formula: (typeof formulas)[number]): Ranked | null {
  const own = tests.filter(({ lines }) => lines.has(path));
  const allFailing = own.filter(({ passed }) => !passed).length;
  if (allFailing === 0) return null;
  const counts = new Map<number, { failing: number; passing: number }>();
  for (const { passed, lines } of own)
    for (const line of lines.get(path) ?? []) {
      const of = counts.get(line) ?? { failing: 0, passing: 0 };
      counts.set(line, of);
      if (passed) of.passing++;
      else of.failing++;
    }
  const scores = new Map(
    [...counts].map(([line, of]) => [
      line,
      suspicion(formula, { ...of, allFailing, allPassing: own.length - allFailing }),
    ]),
  );
  const best = Math.max(...faulty.map((line) => scores.get(line) ?? Number.NEGATIVE_INFINITY));
  if (best === Number.NEGATIVE_INFINITY) return { rank: scores.size + 1, share: 1 };
  const before = [...scores.values()].filter((score) => score > best).length;
  const alike = [...scores.values()].filter((score) => score === best).length;
  const rank = before + (alike + 1) / 2;
  return { rank, share: (rank - 1) / Math.max(1, scores.size - 1) };
}

function interval(values: readonly number[]): string {
  const random = seededRandom(1);
  const mean = (of: readonly number[]): number => of.reduce((sum, value) => sum + value, 0) / of.length;
  const means = Array.from({ length: 2000 }, () =>
    mean(values.map(() => values[random.int(values.length)] as number)),
  ).sort((a, b) => a - b);
  return `${mean(values).toFixed(3)} (${(means[49] as number).toFixed(3)}–${(means[1949] as number).toFixed(3)})`;
}

const told = Object.entries(faults).filter(([path, lines]) => ranked(path, lines, 'ochiai') !== null);
process.stdout.write(`${told.length} of ${Object.keys(faults).length} faults have a failing test\n`);
for (const formula of formulas) {
  const all = told.map(([path, lines]) => ranked(path, lines, formula) as Ranked);
  const at = (k: number): string => interval(all.map(({ rank }) => (rank <= k ? 1 : 0)));
  process.stdout.write(
    `${formula.padEnd(10)} @1 ${at(1)}  @3 ${at(3)}  @5 ${at(5)}  before ${interval(all.map(({ share }) => share))}\n`,
  );
}
