/**
 * How well the lines that tests ran tell where a fault is: the rank of the faulty place among all that a test ran.
 *
 *     node perf/spectrum.ts LINES.json FAULTS.json
 *     node perf/spectrum.ts --functions BUGS.jsonl
 *
 * LINES.json is what `winnow test --save-coverage` writes. FAULTS.json: `{"path": [faulty lines]}`, many faults of one run, each of its file: the tests of a fault are
 * those that ran the file, and where none fails there is nothing to tell. BUGS.jsonl has a bug of a whole project in each row: `{"name", "root", "lines", "under", "faults"}`, with the
 * directory of the project, the file of its lines, the directory of what may be wrong, and faults as above. There a place is a function; it is as suspicious as the most
 * suspicious of its lines. Places of one suspicion share a rank, the middle one. Per formula: the share of faults at 1, 3, 5 and 10 at the most, and the mean
 * share of places that come before (EXAM), with 95% bootstrap intervals over faults.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lineStarts, seededRandom } from '../src/base/mod.ts';
import { createParser } from '../src/code/mod.ts';
import { loadGrammarFile } from '../src/index/mod.ts';
import { parseCoverage, type TestRun } from '../src/search/locate/coverage.ts';
import { type Formula, formulas, suspicion } from '../src/search/locate/spectrum.ts';

type Faults = Readonly<Record<string, readonly number[]>>;

interface Fault {
  readonly name: string;
  readonly rank: (formula: Formula) => Ranked;
}

interface Ranked {
  readonly rank: number;
  readonly of: number;
  readonly share: number;
}

/** @param placeOf name of the place that a line belongs to; null: of none */
function ranked(
  tests: readonly TestRun[],
  formula: Formula,
  placeOf: (path: string, line: number) => string | null,
  faulty: ReadonlySet<string>,
): Ranked {
  const allFailing = tests.filter(({ passed }) => !passed).length;
  const counts = new Map<string, Map<number, { failing: number; passing: number }>>();
  for (const { passed, lines } of tests)
    for (const [path, ran] of lines) {
      const known = counts.get(path) ?? new Map<number, { failing: number; passing: number }>();
      counts.set(path, known);
      for (const line of ran) {
        const of = known.get(line) ?? { failing: 0, passing: 0 };
        known.set(line, of);
        if (passed) of.passing++;
        else of.failing++;
      }
    }
  const scores = new Map<string, number>();
  for (const [path, lines] of counts)
    for (const [line, of] of lines) {
      const place = placeOf(path, line);
      if (place === null) continue;
      const score = suspicion(formula, { ...of, allFailing, allPassing: tests.length - allFailing });
      scores.set(place, Math.max(score, scores.get(place) ?? 0));
    }
  const best = Math.max(...[...faulty].map((place) => scores.get(place) ?? Number.NEGATIVE_INFINITY));
  if (best === Number.NEGATIVE_INFINITY) return { rank: scores.size + 1, of: scores.size, share: 1 };
  const before = [...scores.values()].filter((score) => score > best).length;
  const alike = [...scores.values()].filter((score) => score === best).length;
  const rank = before + (alike + 1) / 2;
  return { rank, of: scores.size, share: (rank - 1) / Math.max(1, scores.size - 1) };
}

/** Many faults of one run, a file for each. */
function faultsOfFiles(linesFile: string, faultsFile: string): Fault[] {
  const tests = parseCoverage(readFileSync(linesFile, 'utf8'), []);
  const faults = JSON.parse(readFileSync(faultsFile, 'utf8')) as Faults;
  return Object.entries(faults).flatMap(([path, lines]) => {
    const own = tests.filter((test) => test.lines.has(path));
    const faulty = new Set(lines.map(String));
    return own.every(({ passed }) => passed)
      ? []
      : [
          {
            name: path,
            rank: (formula: Formula) => ranked(own, formula, (of, line) => (of === path ? String(line) : null), faulty),
          },
        ];
  });
}

interface Bug {
  readonly name: string;
  readonly root: string;
  readonly lines: string;
  readonly under: string;
  readonly faults: Faults;
}

/** A bug of a whole project in each row. */
async function faultsOfProjects(file: string): Promise<Fault[]> {
  const parser = await createParser(loadGrammarFile);
  const found: Fault[] = [];
  for (const row of readFileSync(file, 'utf8').split('\n')) {
    if (row === '') continue;
    const bug = JSON.parse(row) as Bug;
    const tests = parseCoverage(readFileSync(bug.lines, 'utf8'), []);
    const names = new Map<string, readonly (string | null)[]>();
    for (const path of new Set(tests.flatMap(({ lines }) => [...lines.keys()])))
      if (path.startsWith(`${bug.under}/`)) names.set(path, await functionsIn(parser, join(bug.root, path), path));
    const placeOf = (path: string, line: number): string | null => names.get(path)?.[line] ?? null;
    const faulty = new Set(
      Object.entries(bug.faults).flatMap(([path, lines]) => lines.flatMap((line) => placeOf(path, line) ?? [])),
    );
    found.push({ name: bug.name, rank: (formula) => ranked(tests, formula, placeOf, faulty) });
  }
  return found;
}

/** Name of the innermost function at each line, from 1. */
async function functionsIn(
  parser: Awaited<ReturnType<typeof createParser>>,
  full: string,
  path: string,
): Promise<readonly (string | null)[]> {
  const bytes = new Uint8Array(readFileSync(full));
  const result = await parser.parse(path, bytes);
  if (result.kind !== 'facts') return [];
  const starts = lineStarts(bytes);
  const names: (string | null)[] = Array.from({ length: starts.length + 1 }, () => null);
  // Parents come before children, so the innermost is set last.
  for (const { kind, qualifiedName, span } of result.facts.symbols) {
    if (!['function', 'method', 'constructor'].includes(kind)) continue;
    for (let line = 1; line <= starts.length; line++) {
      const at = starts[line - 1] as number;
      const next = starts[line] ?? bytes.length + 1;
      if (next > span.start && at < span.end) names[line] = `${path}:${qualifiedName}`;
    }
  }
  return names;
}

function interval(values: readonly number[]): string {
  const random = seededRandom(1);
  const mean = (of: readonly number[]): number => of.reduce((sum, value) => sum + value, 0) / of.length;
  const means = Array.from({ length: 2000 }, () =>
    mean(values.map(() => values[random.int(values.length)] as number)),
  ).sort((a, b) => a - b);
  return `${mean(values).toFixed(3)} (${(means[49] as number).toFixed(3)}–${(means[1949] as number).toFixed(3)})`;
}

const [first = '', second = ''] = process.argv.slice(2);
const faults = first === '--functions' ? await faultsOfProjects(second) : faultsOfFiles(first, second);
process.stdout.write(`${faults.length} faults have a failing test\n`);
for (const { name, rank } of faults) {
  const told = rank('ochiai');
  process.stdout.write(`  ${name}  ${told.rank} of ${told.of}\n`);
}
for (const formula of formulas) {
  const all = faults.map(({ rank }) => rank(formula));
  const at = (k: number): string => interval(all.map(({ rank }) => (rank <= k ? 1 : 0)));
  process.stdout.write(
    `${formula.padEnd(10)} @1 ${at(1)}  @3 ${at(3)}  @5 ${at(5)}  @10 ${at(10)}  before ${interval(all.map(({ share }) => share))}\n`,
  );
}
