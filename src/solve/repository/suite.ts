/**
 * The project's suite with a patch in place, in the sandbox: once for the base and once for each patch.
 *
 * A suite that is run again is run whole and in the same order: a test alone may end otherwise than among the rest.
 * Tests are those of the base: what a patch changes in them, or in what pytest loads around them, is left out here, so that no patch passes by changing what it is held against.
 */
import { createHash } from 'node:crypto';
import { type JobFile, type TestReport, type TestRequest, takeReport, testJob } from '../../run/mod.ts';
import type { EditedFile } from '../edits/types.ts';
import type { Kit } from '../frame/kit.ts';
import type { Project, SuiteRun } from './types.ts';

/** Messages are kept for people and prompts, not whole. */
const mostMessage = 600;

/** @param beside one more file, which alone is run: a reproduction test */
export function runSuite(
  kit: Kit,
  title: string,
  project: Project,
  changed: readonly EditedFile[],
  beside: JobFile | null = null,
): Promise<SuiteRun> {
  const { suite, digest } = project;
  if (suite === null) throw new Error('a project without a suite has none to run');
  return kit.execute<SuiteRun>({
    what: 'tests',
    title,
    programs: 1,
    key: [
      digest,
      changed.map(({ path, after }) => [path, hashOf(after)]),
      beside === null ? null : [beside.path, hashOf(beside.bytes)],
    ],
    work: async () => {
      const files = await withChanges(project, changed);
      return runOf(
        await reportOf(kit, {
          ...suite,
          files: beside === null ? files : [...files, beside],
          ...(beside === null ? {} : { paths: [beside.path], only: [] }),
        }),
      );
    },
    summary: ({ ending, passed, failed, broken }) =>
      `${passed.length} passed, ${failed.length} failed${broken.length === 0 ? '' : `, ${broken.length} files do not load`}${ending === 'finished' ? '' : `; ${ending}`}`,
  });
}

export async function reportOf(kit: Kit, request: TestRequest): Promise<TestReport> {
  const job = await testJob(request);
  const { runner, signal } = kit.around;
  return takeReport(await runner.run(job.job, { backend: 'native', signal }), job);
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function withChanges({ files, parser }: Project, changed: readonly EditedFile[]): Promise<JobFile[]> {
  const counted = new Map<string, Uint8Array>();
  for (const { path, before, after } of changed)
    if (!(await isOfTests(parser, path, before ?? after))) counted.set(path, after);
  const known = new Set(files.map(({ path }) => path));
  return [
    ...files.map((file) => ({ ...file, bytes: counted.get(file.path) ?? file.bytes })),
    ...[...counted].filter(([path]) => !known.has(path)).map(([path, bytes]) => ({ path, bytes, mode: 0o644 })),
  ];
}

/** Settings of runners decide what is run at all. */
const settings =
  /(^|\/)(conftest\.py|pytest\.ini|pytest\.toml|tox\.ini|setup\.cfg|pyproject\.toml|package\.json|sitecustomize\.py|usercustomize\.py)$|(^|\/)[\w-]+\.pth$/;

export async function isOfTests(parser: Project['parser'], path: string, bytes: Uint8Array): Promise<boolean> {
  if (settings.test(path)) return true;
  const parsed = await parser.parse(path, bytes);
  return parsed.kind === 'facts' && parsed.facts.traits.test;
}

function runOf({ ending, tests, broken }: TestReport): SuiteRun {
  const worst = new Map<string, { isPassed: boolean; message: string }>();
  for (const { name, state, message } of tests) {
    if (state === 'skipped') continue;
    const isPassed = state === 'passed' || state === 'expected-failure' || state === 'unexpected-pass';
    if (worst.get(name)?.isPassed === false) continue;
    worst.set(name, { isPassed, message: `${state}: ${message}`.slice(0, mostMessage) });
  }
  const named = [...worst];
  return {
    ending: endingText(ending),
    passed: named.filter(([, { isPassed }]) => isPassed).map(([name]) => name),
    failed: named.filter(([, { isPassed }]) => !isPassed).map(([name, { message }]) => ({ name, message })),
    broken: broken.map(({ name, message }) => ({ name, message: message.slice(0, mostMessage) })),
  };
}

function endingText(ending: TestReport['ending']): string {
  if (ending.kind === 'finished') return 'finished';
  if (ending.kind === 'no-tests') return 'no tests were found';
  return ending.kind === 'stopped' ? `stopped by the limit of ${ending.limit}` : `${ending.kind}: ${ending.reason}`;
}
