/**
 * Suspects: functions that failing tests run and passing ones do not, from one run of the suite with its lines counted (spectrum-based fault localization).
 *
 * As AutoCodeRover has it (Zhang et al. 2024, arXiv:2404.05427; app/analysis/sbfl.py): Ochiai's formula by line, tests left out, and a function is as suspicious as its most suspicious line. A function's first line
 * runs when its file is loaded, so it counts for none. Where no test fails there is nothing to tell, and nothing is run.
 * Of equals, which are many where one failing test runs much, ours is the order: where a failure came up, then what the issue names, then files by `locate`.
 */
import { type LineRange, lineStarts, linesOf, WinnowError } from '../../base/mod.ts';
import type { TestReport } from '../../run/mod.ts';
import { suspicion } from '../../search/mod.ts';
import type { Kit } from '../frame/kit.ts';
import { symbolsOf } from './places.ts';
import { isOfTests, reportOf } from './suite.ts';
import type { Project, SuiteRun, Suspect } from './types.ts';

export const suspectsParameter = {
  suspects: {
    value: 5,
    what: 'functions told as suspicious when a test fails, by which lines failing and passing tests run; 0: none',
    source: 'AutoCodeRover, released code: the first 5',
  },
} as const;

/** @param base without flaky tests: they say nothing of a line */
export async function suspectsOf(kit: Kit, project: Project, base: SuiteRun | null): Promise<readonly Suspect[]> {
  const most = kit.number('suspects');
  const { suite } = project;
  if (suite === null || base === null || base.failed.length === 0 || most === 0) return [];
  const made = await kit.execute<readonly Suspect[] | { readonly problem: string }>({
    what: 'tests',
    title: 'the suite, lines counted',
    programs: 1,
    key: [project.digest, 'coverage', most, base.failed.map(({ name }) => name)],
    work: async () => {
      const report = await reportOf(kit, { ...suite, files: project.files, coverage: true }).catch(uncounted);
      return 'problem' in report ? report : ranked(project, kit.task.text, report, base, most);
    },
    summary: (found) =>
      'problem' in found
        ? found.problem
        : found.map(({ name }) => name).join(', ') || 'no function of the project is suspicious',
  });
  const suspects = 'problem' in made ? [] : made;
  if (suspects.length === 0)
    kit.note(
      `no function is told as suspicious: ${'problem' in made ? made.problem : 'failing tests run none of the project'}`,
    );
  return suspects;
}

/** A machine on which tests run and their lines cannot be counted has no suspects, and all else. */
function uncounted(error: unknown): { readonly problem: string } {
  const codes = ['toolchain-missing', 'unsupported-job'];
  if (error instanceof WinnowError && codes.includes(error.code)) return { problem: error.message };
  throw error;
}

/** Lines that failing tests run, with how suspicious each is, by path. */
type Spectrum = ReadonlyMap<string, ReadonlyMap<number, number>>;

function spectrumOf({ coverage, tests }: TestReport, base: SuiteRun): Spectrum {
  const [failed, passed] = [new Set(base.failed.map(({ name }) => name)), new Set(base.passed)];
  // Some runners count lines of a file of tests and not of each: it fails where one of it does.
  const filesOfFailing = new Set(tests.flatMap(({ name, place }) => (failed.has(name) && place ? [place.path] : [])));
  const filesOfPassing = new Set(tests.flatMap(({ name, place }) => (passed.has(name) && place ? [place.path] : [])));
  const counts = new Map<string, Map<number, { failing: number; passing: number }>>();
  let [allFailing, allPassing] = [0, 0];
  for (const [name, files] of coverage?.tests ?? []) {
    const hasFailed = failed.has(name) || (!passed.has(name) && filesOfFailing.has(name));
    if (!hasFailed && !passed.has(name) && !filesOfPassing.has(name)) continue;
    if (hasFailed) allFailing++;
    else allPassing++;
    for (const [path, lines] of files) {
      const ofFile = counts.get(path) ?? new Map<number, { failing: number; passing: number }>();
      counts.set(path, ofFile);
      for (const line of new Set(lines)) {
        const of = ofFile.get(line) ?? { failing: 0, passing: 0 };
        ofFile.set(line, of);
        if (hasFailed) of.failing++;
        else of.passing++;
      }
    }
  }
  const valued = (lines: ReadonlyMap<number, { failing: number; passing: number }>) =>
    new Map(
      [...lines]
        .filter(([, { failing }]) => failing > 0)
        .map(([line, of]) => [line, suspicion('ochiai', { ...of, allFailing, allPassing })] as const),
    );
  return new Map([...counts].map(([path, lines]) => [path, valued(lines)]));
}

async function ranked(
  project: Project,
  issue: string,
  report: TestReport,
  base: SuiteRun,
  most: number,
): Promise<readonly Suspect[]> {
  const failed = new Set(base.failed.map(({ name }) => name));
  const failures = report.tests.flatMap(({ name, failedAt }) => (failed.has(name) && failedAt ? [failedAt] : []));
  const words = new Set(issue.match(/\w+/g));
  const files = new Map(project.located.map((path, at) => [path, at]));
  const found: (Suspect & { readonly isFailing: boolean; readonly isNamed: boolean })[] = [];
  for (const [path, lines] of spectrumOf(report, base)) {
    const content = project.bytes(path);
    if (content === null || lines.size === 0 || (await isOfTests(project.parser, path, content))) continue;
    const starts = lineStarts(content);
    const functions = (await symbolsOf(project, path))
      .filter(({ kind }) => kind === 'function' || kind === 'method')
      .map(({ qualifiedName, span }) => ({ name: qualifiedName, ...linesOf(starts, span) }));
    for (const one of functions) {
      const suspicions = [...lines].flatMap(([line, value]) => (isWithin(one, line, functions) ? [value] : []));
      if (suspicions.length === 0) continue;
      found.push({
        path,
        ...one,
        suspicion: Math.max(...suspicions),
        isFailing: failures.some((place) => place.path === path && isWithin(one, place.line, functions)),
        isNamed: words.has(one.name.split('.').at(-1) ?? ''),
      });
    }
  }
  const rank = ({ path }: Suspect): number => files.get(path) ?? files.size;
  return found
    .sort(
      (one, other) =>
        other.suspicion - one.suspicion ||
        Number(other.isFailing) - Number(one.isFailing) ||
        Number(other.isNamed) - Number(one.isNamed) ||
        rank(one) - rank(other) ||
        (one.path < other.path ? -1 : one.path > other.path ? 1 : one.first - other.first),
    )
    .slice(0, most)
    .map(({ isFailing: _, isNamed: __, ...suspect }) => suspect);
}

/** In the body of a function, and in none that is within it. */
function isWithin(one: LineRange, line: number, all: readonly LineRange[]): boolean {
  const holds = ({ first, last }: LineRange): boolean =>
    (first < line || first === last) && line <= last && line >= first;
  return holds(one) && !all.some((inner) => inner !== one && inner.first > one.first && holds(inner));
}

/** For a prompt. */
export const suspectsText = (suspects: readonly Suspect[]): string =>
  suspects
    .map(
      ({ path, name, first, last, suspicion: value }) =>
        `${path}\nfunction: ${name} (lines ${first}-${last}, ${value.toFixed(2)})`,
    )
    .join('\n');
