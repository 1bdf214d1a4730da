/**
 * Records a project's suite: runs it as `winnow test` does, with probes in its sources, and gives what its functions worked with.
 *
 * Functions of tests are not recorded: what is cut out later is code that a project is made of.
 */
import { basename } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import {
  openRunner,
  type RunnerSettings,
  recordValues,
  type TestReport,
  type TestRequest,
  takeReport,
  takeValues,
  testJob,
} from '../../run/mod.ts';
import { checkedOutCommit } from '../checkout.ts';
import type { Recording } from './fidelityfile.ts';

export interface RecordOptions
  extends Pick<TestRequest, 'files' | 'links' | 'root' | 'python' | 'paths' | 'arguments' | 'read'> {
  readonly runner: 'pytest' | 'unittest';
  /** Only functions of files below these paths; empty: of all that is no test. */
  readonly under: readonly string[];
  /** Elapsed time of the suite, ms. */
  readonly wallMs: number;
  readonly settings: Pick<RunnerSettings, 'cacheDir' | 'path'>;
  readonly signal: AbortSignal;
}

export interface Recorded {
  readonly recording: Recording;
  readonly report: TestReport;
  /** Rows that could not be read. */
  readonly unreadable: number;
}

/** Paths with tests, documentation or what builds a project; by their usual names. */
const noProduct =
  /(^|\/)(tests?|testing|docs?|examples?|benchmarks?|scripts?|tools)\/|(^|\/)(test_[^/]*|[^/]*_test|conftest|setup|noxfile|tasks)\.py$/;

export const isProductPath = (path: string): boolean => path.endsWith('.py') && !noProduct.test(path);

/** @throws WinnowError `bad-usage` when nothing would be recorded or nothing was, and what `testJob` and a run throw */
export async function recordSuite(options: RecordOptions): Promise<Recorded> {
  const { files, links, root, python, paths, read, runner, under, settings } = options;
  const isUnder = (path: string): boolean =>
    under.length === 0 || under.some((one) => path === one || path.startsWith(`${one}/`));
  const product = files.filter(({ path }) => isProductPath(path) && isUnder(path));
  if (product.length === 0)
    throw new WinnowError('bad-usage', `Expected Python files that are no tests in ${root}; there are none.`);
  const recording = await recordValues(
    { files },
    product.map(({ path }) => path),
  );
  const job = await testJob({
    runner,
    files: recording.files,
    links,
    root,
    path: settings.path,
    python,
    read,
    jars: [],
    paths,
    only: [],
    arguments: options.arguments,
    env: recording.env,
    limits: { wallMs: options.wallMs },
    testMs: null,
    coverage: false,
  });
  const sandbox = openRunner(settings);
  try {
    const outcome = await sandbox.run(job.job, { backend: 'native', signal: options.signal });
    const { functions, unreadable, outcome: rest } = takeValues(outcome);
    const report = takeReport(rest, job);
    const sources = new Map(product.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]));
    const known = functions.filter(({ path }) => sources.has(path));
    if (known.length === 0)
      throw new WinnowError(
        'bad-usage',
        `The suite of ${root} called no function that is recorded (${report.ending.kind}).`,
      );
    const tests: Record<string, number> = {};
    for (const { state } of report.tests) tests[state] = (tests[state] ?? 0) + 1;
    return {
      recording: {
        project: basename(root),
        commit: checkedOutCommit(root),
        runner: report.version,
        tests,
        sources,
        functions: known,
      },
      report,
      unreadable,
    };
  } finally {
    await sandbox.close();
  }
}
