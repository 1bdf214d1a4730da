/** `winnow bench record-values PROJECT`: what a project's functions work with while its tests run, for `bench fidelity`. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import { recordingText, recordSuite } from '../../bench/mod.ts';
import { recordValuesView } from '../views/bench-fidelity.ts';
import { projectFiles, projectOf } from './test-files.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  path: z.string().describe('A Python project, whose tests run without a network'),
  out: z.string().describe('Write the recording to this file (winnow.values/1)'),
  python: z.string().optional().describe('The virtual environment or interpreter with the packages of the tests'),
  runner: z.enum(['pytest', 'unittest']).default('pytest').describe('What runs the tests'),
  under: z.array(z.string()).default([]).describe('Only functions of files below this path; may be repeated'),
  tests: z.array(z.string()).default([]).describe('Files or directories of tests; may be repeated'),
  exclude: z.array(z.string()).default([]).describe('Paths that are not copied; may be repeated'),
  read: z.array(z.string()).default([]).describe('More directories that the tests may read; may be repeated'),
  seconds: z.number().min(1).max(3600).default(600).describe('Time that the suite may take'),
  args: z.array(z.string()).default([]).describe('Arguments of the runner'),
});

const whole = z.int().min(0);

const output = z.strictObject({
  schema: z.literal('winnow.bench.record-values/1'),
  project: z.string(),
  commit: z.string().nullable(),
  runner: z.string().nullable().describe('As the suite says; null when it did not get to'),
  ending: z.string().describe('How the suite ended'),
  tests: z.record(z.string(), whole).describe('Tests by how they ended'),
  functions: whole.describe('Functions that were called'),
  completed: whole.describe('Of these, those whose every call came to its end'),
  sites: z.record(z.string(), whole).describe('Places with values, by kind'),
  unreadable: whole.describe('Rows that could not be read: somebody touched them'),
  out: z.string(),
  cpuMs: z.number().nullable(),
});

export type RecordValuesOutput = z.output<typeof output>;

export const recordValuesOperation: Operation<typeof input, typeof output> = {
  name: 'bench record-values',
  summary: "values that a Python project's functions work with while its tests run",
  description: `Runs a project's tests as \`winnow test\` does, in the sandbox and without a network, and records for each name, attribute, item, call result and argument in its functions which types, truths and sizes were seen, never the values. No code of the project is called for it. Functions of tests are not recorded, nor processes that tests start.

The file holds the sources as well, so that \`winnow bench fidelity\` needs nothing else.`,
  examples: [
    {
      command: 'winnow bench record-values ~/src/click --python ~/env --under src --out click.jsonl',
      does: "records click's suite",
    },
  ],
  input,
  output,
  positional: [
    { property: 'path', label: 'PROJECT' },
    { property: 'args', label: 'ARGS', variadic: true },
  ],
  labels: { out: 'FILE', python: 'DIR', under: 'PATH', tests: 'PATH', exclude: 'PATH', read: 'DIR' },
  run: async (given, context) => {
    const { root } = projectOf(given.path, context.cwd);
    const project = await projectFiles(root, given.exclude);
    const { recording, report, unreadable } = await recordSuite({
      ...project,
      root,
      runner: given.runner,
      python: given.python === undefined ? null : resolve(context.cwd, given.python),
      under: given.under.map((path) => path.replace(/\/+$/, '')),
      paths: given.tests,
      read: given.read.map((path) => resolve(context.cwd, path)),
      arguments: given.args,
      wallMs: given.seconds * 1000,
      settings: { cacheDir: resolve(context.settings.cacheDir, 'run'), path: context.settings.path },
      signal: context.signal,
    });
    await writeFile(resolve(context.cwd, given.out), recordingText(recording)).catch((cause: unknown) => {
      throw new WinnowError('path-unreadable', `${given.out} cannot be written (${(cause as Error).message}).`, {
        cause,
      });
    });
    const sites: Record<string, number> = {};
    for (const one of recording.functions) for (const { kind } of one.sites) sites[kind] = (sites[kind] ?? 0) + 1;
    return {
      schema: 'winnow.bench.record-values/1' as const,
      project: recording.project,
      commit: recording.commit,
      runner: recording.runner,
      ending: report.ending.kind,
      tests: { ...recording.tests },
      functions: recording.functions.length,
      completed: recording.functions.filter(({ calls, returned }) => calls === returned).length,
      sites,
      unreadable,
      out: given.out,
      cpuMs: report.outcome.usage.cpuMs,
    };
  },
  render: recordValuesView,
  exit: () => 0,
};
