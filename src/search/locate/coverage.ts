/**
 * Coverage of tests as files give it, and the signal made of it.
 *
 * Two forms are read:
 *
 * - `{"tests": [{"name": "…", "passed": true, "lines": {"src/a.py": [1, 2]}}]}`, which any tool can write;
 * - the JSON report of coverage.py with contexts (`coverage run` with dynamic contexts, then `coverage json --show-contexts`). It does
 *   not say how tests ended: names of the failing ones are given beside it.
 */
import { lineStarts, WinnowError } from '../../base/mod.ts';
import { type Evidence, symbolKey } from './evidence.ts';
import { filesMeant } from './places.ts';
import { type Formula, suspicion } from './spectrum.ts';

export interface TestRun {
  readonly name: string;
  readonly passed: boolean;
  /** Path as printed → lines that ran, 1-based. */
  readonly lines: ReadonlyMap<string, readonly number[]>;
}

/**
 * @param failing names of failing tests, for reports that do not say; a name fits when a test's ends with it
 * @throws WinnowError `bad-data` for another form, or without a failing test
 */
export function parseCoverage(text: string, failing: readonly string[]): TestRun[] {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw new WinnowError('bad-data', `Expected coverage as JSON; ${(cause as Error).message}.`, { cause });
  }
  const top = (data ?? {}) as Record<string, unknown>;
  const tests = Array.isArray(top.tests)
    ? fromTests(top.tests)
    : isRecord(top.files)
      ? fromContexts(top.files, failing)
      : null;
  if (tests === null)
    throw new WinnowError(
      'bad-data',
      'Expected coverage as {"tests": [{"name", "passed", "lines": {"path": [line]}}]}, or the JSON report of coverage.py with contexts; came neither.',
    );
  if (!tests.some((test) => !test.passed))
    throw new WinnowError(
      'bad-data',
      `Expected at least one failing test among the ${tests.length} in the coverage: without one no line is suspect. ` +
        'For a report of coverage.py, name them with --failing.',
    );
  return tests;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isLines = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((line) => Number.isInteger(line) && line > 0);

function fromTests(tests: readonly unknown[]): TestRun[] {
  return tests.map((test, at) => {
    const { name, passed, lines } = (isRecord(test) ? test : {}) as Record<string, unknown>;
    if (
      typeof name !== 'string' ||
      typeof passed !== 'boolean' ||
      !isRecord(lines) ||
      !Object.values(lines).every(isLines)
    )
      throw new WinnowError(
        'bad-data',
        `Expected {"name": text, "passed": true or false, "lines": {"path": [line numbers]}} as test ${at + 1} of the coverage.`,
      );
    return { name, passed, lines: new Map(Object.entries(lines as Record<string, number[]>)) };
  });
}

function fromContexts(files: Record<string, unknown>, failing: readonly string[]): TestRun[] {
  const byTest = new Map<string, Map<string, number[]>>();
  for (const [path, file] of Object.entries(files)) {
    const contexts = isRecord(file) ? file.contexts : undefined;
    if (!isRecord(contexts)) continue;
    for (const [line, names] of Object.entries(contexts)) {
      for (const given of Array.isArray(names) ? names : []) {
        // pytest-cov adds the phase: `test_a.py::test_b|run`.
        const name = String(given).replace(/\|(?:run|setup|teardown)$/, '');
        if (name === '') continue;
        const lines = byTest.get(name) ?? new Map<string, number[]>();
        byTest.set(name, lines);
        const ran = lines.get(path) ?? [];
        lines.set(path, ran);
        ran.push(Number(line));
      }
    }
  }
  if (byTest.size === 0)
    throw new WinnowError(
      'bad-data',
      'Expected contexts in the report of coverage.py; there is none. Run the tests with dynamic contexts (pytest --cov-context=test) and make it with `coverage json --show-contexts`.',
    );
  return [...byTest].map(([name, lines]) => ({
    name,
    passed: !failing.some((failed) => name.endsWith(failed)),
    lines,
  }));
}

/** Names given as failing that no failing test ends with: misspelt, or of a test that the coverage says has passed. */
export const unfitFailing = (tests: readonly TestRun[], failing: readonly string[]): string[] =>
  failing.filter((failed) => !tests.some(({ name, passed }) => !passed && name.endsWith(failed)));

/** What coverage weighs beside the sum of all else, which reaches 10 for a place that every signal names. Reasoned, not measured. */
export const coverageWeight = 10;

export interface Suspects {
  /** Share of the largest suspicion, per file and per symbol. */
  readonly files: ReadonlyMap<number, number>;
  readonly symbols: ReadonlyMap<number, number>;
  /** Paths of the coverage that the repository does not have. */
  readonly unknown: readonly string[];
}

/** The most suspicious line of each file and of each symbol. */
export function suspectsOf(evidence: Evidence, tests: readonly TestRun[], formula: Formula): Suspects {
  const allFailing = tests.filter((test) => !test.passed).length;
  const allPassing = tests.length - allFailing;
  const counts = new Map<string, Map<number, { failing: number; passing: number }>>();
  for (const { passed, lines } of tests) {
    for (const [path, ran] of lines) {
      const ofFile = counts.get(path) ?? new Map<number, { failing: number; passing: number }>();
      counts.set(path, ofFile);
      for (const line of new Set(ran)) {
        const of = ofFile.get(line) ?? { failing: 0, passing: 0 };
        ofFile.set(line, of);
        if (passed) of.passing++;
        else of.failing++;
      }
    }
  }
  const files = new Map<number, number>();
  const symbols = new Map<number, number>();
  const unknown: string[] = [];
  for (const [path, lines] of counts) {
    const found = evidence.corpus.byPath.get(path) ?? filesMeant(evidence, path)[0];
    if (found === undefined) {
      unknown.push(path);
      continue;
    }
    const holders = holdersOf(evidence, found);
    for (const [line, of] of lines) {
      const value = suspicion(formula, { ...of, allFailing, allPassing });
      if (value <= 0) continue;
      files.set(found, Math.max(files.get(found) ?? 0, value));
      for (const symbol of holders(line)) {
        const key = symbolKey(found, symbol);
        symbols.set(key, Math.max(symbols.get(key) ?? 0, value));
      }
    }
  }
  const top = Math.max(...files.values(), Number.MIN_VALUE);
  const share = (values: Map<number, number>): Map<number, number> =>
    new Map([...values].map(([key, value]) => [key, value / top]));
  return { files: share(files), symbols: share(symbols), unknown };
}

/** Symbols of a file whose span holds a line. A head runs when the file is loaded and says nothing: the first line counts for none. */
function holdersOf(evidence: Evidence, file: number): (line: number) => number[] {
  const { corpus } = evidence;
  const record = corpus.files[file];
  const source = record === undefined ? null : corpus.snapshot.source(record);
  if (source?.kind !== 'source') return () => [];
  const starts = lineStarts(source.bytes);
  const { symbols } = corpus.facts(file);
  return (line) => {
    const start = starts[line - 1];
    if (start === undefined) return [];
    return symbols.flatMap(({ span }, at) => (span.start < start && start < span.end ? [at] : []));
  };
}
