/**
 * Our own format: `problem.json` or `problem.yaml` with `"schema": "winnow.problem/1"`, and tests below `tests/`. docs/judge.md has it for authors.
 *
 * Unknown keys are refused: a limit that is misspelt would otherwise be a limit that nobody gave.
 */
import { basename, isAbsolute, join, matchesGlob, normalize } from 'node:path';
import { z } from 'zod';
import { runLanguage } from '../../run/mod.ts';
import type { Checker, JudgeTest, Problem, TestGroup } from '../types.ts';
import { type CheckerSource, checkerProgram } from './checkerfiles.ts';
import { badData, filesBelow, testsAmong, words } from './files.ts';
import { usualLimits } from './plain.ts';

export const ownSchema = 'winnow.problem/1';

const mebibyte = 2 ** 20;
const positive = z.number().positive();
const tolerance = z.number().min(0);

const programSchema = z.strictObject({
  kind: z.enum(['testlib', 'kattis']),
  program: z.string().min(1),
  language: z.string().min(1).optional(),
  files: z.array(z.string().min(1)).default([]),
  args: z.array(z.string()).default([]),
  timeMs: positive.max(600_000).optional(),
  memoryMiB: positive.max(65_536).optional(),
  fullPoints: positive.default(1),
});

const checkerSchema = z.union([
  z.enum(['exact', 'tokens', 'lines', 'unordered-lines']),
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('exact') }),
    z.strictObject({
      kind: z.literal('tokens'),
      ignoreCase: z.boolean().default(false),
      spaces: z.boolean().default(false),
      absolute: tolerance.optional(),
      relative: tolerance.optional(),
    }),
    z.strictObject({ kind: z.enum(['lines', 'unordered-lines']), ignoreCase: z.boolean().default(false) }),
    programSchema,
  ]),
]);

const problemSchema = z.strictObject({
  schema: z.literal(ownSchema),
  name: z.string().min(1).max(200).optional(),
  limits: z
    .strictObject({
      timeMs: positive.max(3_600_000).optional(),
      memoryMiB: positive.min(4).max(65_536).optional(),
      // What an outcome keeps of a stream at the most.
      outputMiB: positive.max(256).optional(),
      compileTimeMs: positive.max(600_000).optional(),
      timeFactors: z.record(z.string(), positive.max(100)).default({}),
    })
    .prefault({}),
  checker: checkerSchema.default('tokens'),
  groups: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        tests: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
        points: z.number().min(0),
        score: z.enum(['all', 'share', 'least']).default('all'),
        after: z.array(z.string()).default([]),
      }),
    )
    .default([]),
});

type Described = z.output<typeof problemSchema>;

/**
 * @param described what the file at `path` holds, taken apart
 * @throws WinnowError `bad-data`
 */
export function readOwnProblem(directory: string, path: string, described: unknown): Problem {
  const parsed = problemSchema.safeParse(described);
  if (!parsed.success) throw badData(path, `is no ${ownSchema}: ${issuesOf(parsed.error)}`);
  const { limits, name, checker, groups } = parsed.data;
  const place = join(directory, 'tests');
  const needsAnswers = typeof checker === 'string' || (checker.kind !== 'testlib' && checker.kind !== 'kattis');
  const { tests, notices } = testsAmong(place, filesBelow(place), needsAnswers);
  if (tests.length === 0) throw badData(place, 'has no tests: files that end in .in were expected.');
  const grouped = withGroups(path, tests, groups);
  return {
    name: basename(directory),
    title: name ?? null,
    format: 'winnow',
    directory,
    limits: {
      timeMs: limits.timeMs ?? usualLimits.timeMs,
      memoryBytes: Math.round((limits.memoryMiB ?? usualLimits.memoryBytes / mebibyte) * mebibyte),
      outputBytes: Math.round((limits.outputMiB ?? usualLimits.outputBytes / mebibyte) * mebibyte),
      compileMs: limits.compileTimeMs ?? usualLimits.compileMs,
    },
    namesTime: limits.timeMs !== undefined,
    timeFactors: Object.fromEntries(
      Object.entries(limits.timeFactors).map(([language, factor]) => [languageNamed(path, language), factor]),
    ),
    checker: checkerOf(directory, path, checker),
    ...grouped,
    notices,
  };
}

function checkerOf(directory: string, path: string, given: Described['checker']): Checker {
  const checker = typeof given === 'string' ? { kind: given } : given;
  switch (checker.kind) {
    case 'exact':
      return { kind: 'exact' };
    case 'tokens': {
      if (!('spaces' in checker)) return words;
      const { ignoreCase, spaces, absolute = null, relative = null } = checker;
      const isLoose = absolute !== null || relative !== null;
      return { kind: 'tokens', ignoreCase, spaces, tolerance: isLoose ? { absolute, relative } : null };
    }
    case 'lines':
    case 'unordered-lines': {
      const ignoreCase = 'ignoreCase' in checker && checker.ignoreCase;
      return { kind: 'lines', ignoreCase, unordered: checker.kind === 'unordered-lines' };
    }
    default: {
      const { kind, program, language, files, args, timeMs, memoryMiB, fullPoints } = checker;
      const source: CheckerSource = {
        path: within(directory, path, program),
        ...(language === undefined ? {} : { language }),
        beside: files.map((file) => within(directory, path, file)),
        args,
        limits: {
          ...(timeMs === undefined ? {} : { cpuMs: Math.ceil(timeMs), wallMs: Math.ceil(3 * timeMs + 1000) }),
          ...(memoryMiB === undefined ? {} : { memoryBytes: Math.round(memoryMiB * mebibyte) }),
        },
        fullPoints,
      };
      return { kind: 'program', protocol: kind, program: checkerProgram(source) };
    }
  }
}

function withGroups(
  path: string,
  tests: readonly JudgeTest[],
  described: Described['groups'],
): { tests: JudgeTest[]; groups: TestGroup[] } {
  const names = described.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw badData(path, `has two groups called ${JSON.stringify(twice)}.`);
  const groupOf = new Map<string, string>();
  for (const [index, { name, tests: patterns, after }] of described.entries()) {
    const later = after.find((other) => !names.slice(0, index).includes(other));
    if (later !== undefined)
      throw badData(
        path,
        `has a group ${JSON.stringify(name)} after ${JSON.stringify(later)}, which is no group before it.`,
      );
    const list = typeof patterns === 'string' ? [patterns] : patterns;
    const found = tests.filter((test) => list.some((pattern) => matchesGlob(test.name, pattern)));
    if (found.length === 0) throw badData(path, `has a group ${JSON.stringify(name)} that no test fits.`);
    for (const test of found) {
      if (groupOf.has(test.name))
        throw badData(path, `has the test ${test.name} in two groups, ${groupOf.get(test.name)} and ${name}.`);
      groupOf.set(test.name, name);
    }
  }
  const placeOf = ({ group }: JudgeTest): number => (group === null ? -1 : names.indexOf(group));
  return {
    // Those of no group first, samples among them, then group by group; sorting keeps the order within each.
    tests: tests
      .map((test) => ({ ...test, group: groupOf.get(test.name) ?? null }))
      .sort((a, b) => placeOf(a) - placeOf(b)),
    groups: described.map(({ name, points, score, after }) => ({ name, points, score, after })),
  };
}

function within(directory: string, path: string, name: string): string {
  const plain = normalize(name);
  if (isAbsolute(plain) || plain.split('/').includes('..'))
    throw badData(path, `names ${JSON.stringify(name)}; a path within the problem's directory was expected.`);
  return join(directory, plain);
}

function languageNamed(path: string, name: string): string {
  try {
    return runLanguage(name).name;
  } catch (cause) {
    throw badData(path, `has a time factor for a language that is not known. ${(cause as Error).message}`);
  }
}

const issuesOf = ({ issues }: z.ZodError): string =>
  issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.length === 0 ? 'the file' : path.join('.')}: ${message}`)
    .join('; ');
