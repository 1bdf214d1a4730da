/** `winnow trace FILE`: runs a program and tells what each line did. */
import { writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import { loadGrammarFile } from '../../index/mod.ts';
import {
  coberturaText,
  coverageOf,
  defaultTraceLimits,
  type Job,
  lcovText,
  monologueDirections,
  type Outcome,
  openRunner,
  type StaticLines,
  staticLines,
  type Trace,
  type TraceLimits,
  tellTrace,
  traceLevels,
  traceLimitRanges,
  traceRun,
} from '../../run/mod.ts';
import { bytesIn, sizePattern } from '../units.ts';
import { coverageTable } from '../views/coverage.ts';
import { traceView } from '../views/trace.ts';
import { tracePage } from '../views/trace-page.ts';
import { requireDirectory } from './run-files.ts';
import {
  badUsage,
  jobLabels,
  jobOf,
  type Given as RunGiven,
  input as runInput,
  runInput as wholeInput,
} from './run-input.ts';
import { partialJobOf, runPartially } from './run-partial.ts';
import { outcomeOutput } from './run-schemas.ts';
import { output, type TraceOutput } from './trace-schemas.ts';
import type { Context, Operation } from './types.ts';

const limit = (name: keyof TraceLimits, text: string) =>
  z
    .int()
    .min(traceLimitRanges[name][0])
    .max(traceLimitRanges[name][1])
    .default(defaultTraceLimits[name])
    .describe(text);

const formats = ['text', 'lcov', 'cobertura', 'json'] as const;

const input = runInput
  .omit({ count: true, recordCalls: true, languages: true, doctor: true, exitCode: true, out: true })
  .extend({
    level: z
      .enum(traceLevels)
      .optional()
      .describe('How much is recorded. Default: all that can be of the language; with --coverage alone, coverage'),
    coverage: z
      .enum(formats)
      .optional()
      .describe('Print which lines and branches ran, instead of the run: as a table, or as other tools read it'),
    html: z.string().min(1).optional().describe('Write a page to step through the run, forwards and backwards'),
    monologue: z
      .enum(monologueDirections)
      .optional()
      .describe('Tell the whole run in words, a sentence for each event, from its beginning or from its end'),
    save: z.string().min(1).optional().describe('Write the recording itself, winnow.recording/1 (docs/formats.md)'),
    partial: z
      .boolean()
      .default(false)
      .describe('Fill in what the program lacks, as `run --partial` does; FILE may be an id of a search hit'),
    python: wholeInput.shape.python,
    budget: wholeInput.shape.budget,
    function: z.string().min(1).optional().describe('Show only what happens in functions of this name'),
    limit: z.int().min(1).default(300).describe('Lines of the run to print; the rest is counted'),
    width: z.int().min(20).max(2000).default(100).describe('Characters of a value to print'),
    events: limit('events', 'Events to record in all; past that only the last executions of each line are'),
    firstHits: limit('firstHits', 'Of each line, so many first executions are recorded'),
    lastHits: limit(
      'lastHits',
      'Of each line, so many last executions are recorded too, and all are counted: takes longer',
    ),
    items: limit('items', 'Items of a list, fields of an object to record'),
    text: limit('text', 'Characters of a text to record'),
    depth: limit('depth', 'Objects within objects to record'),
    traceBytes: z
      .string()
      .regex(sizePattern, 'a size such as 64KiB, 512MB or 1GiB was expected')
      .default('64MiB')
      .describe('Bytes of the recording'),
    askObjects: z
      .boolean()
      .default(false)
      .describe(
        'Let objects say themselves what they are (__repr__): runs code of the program that would else not run',
      ),
  });

type Given = z.output<typeof input>;

export const trace: Operation<typeof input, typeof output> = {
  name: 'trace',
  summary: 'what each line of a program did: order, values, branches, coverage',
  description: `Runs a program in the sandbox, as \`winnow run\` does, and tells what it did: each line with the values that it wrote, calls with arguments and results, exceptions with their way, output in its place. Rounds of a loop are folded. Values are looked at without running any code of the program.

Levels: coverage and counts say which lines and branches ran, and how often; blocks and lines give their order; values, everything. Every limit that left something out is told. --json gives the events; --coverage a table, LCOV, Cobertura or JSON; --html a page of its own.

With --partial what the program lacks is filled in first, as \`winnow run --partial\` does, and the run that it tells of is traced; Python, JavaScript, TypeScript.

A program that does not parse is run as far as it does. What it starts beside itself, and files that were not given, are not looked into.

Exit codes are those of run: 0 when the program ended with 0, 1 when it ended otherwise. docs/tracing.md says what tracing costs and changes.`,
  examples: [
    { command: 'winnow trace solution.py --stdin input.txt', does: 'line by line, with values' },
    { command: 'winnow trace src/app.js --files src --function parse', does: 'only what happens in one function' },
    { command: 'winnow trace main.py --coverage text', does: 'which lines and branches ran' },
    { command: 'winnow trace main.py --files lib --coverage lcov > coverage.info', does: 'for other tools' },
    { command: 'winnow trace main.py --html run.html', does: 'a page to step through' },
    {
      command: 'winnow trace src/app.py:Flask.dispatch_request --partial',
      does: 'one function of a repository, step by step, with what was guessed for it',
    },
    { command: 'winnow trace main.py --monologue backward', does: 'in words, from what came out to how it began' },
  ],
  input,
  output,
  positional: [
    { property: 'file', label: 'FILE' },
    { property: 'args', label: 'ARGS', variadic: true },
  ],
  labels: {
    ...jobLabels,
    traceBytes: 'SIZE',
    html: 'FILE',
    save: 'FILE',
    function: 'NAME',
    python: 'DIR',
    budget: 'TIME',
  },
  run: async (given, context) => {
    for (const [flag, path] of [
      ['--html', given.html],
      ['--save', given.save],
    ] as const)
      if (path !== undefined) await requireDirectory(dirname(resolve(context.cwd, path)), context.cwd, flag);
    if (!given.partial && (given.python !== undefined || given.budget !== undefined))
      throw badUsage('--python and --budget are for --partial.');
    if (given.partial && given.save !== undefined)
      throw badUsage('--partial excludes --save: of a partial run there is a trace, and no recording.');
    const partial = given.partial ? await partialJobOf(partialGiven(given), context) : null;
    const job = partial?.job ?? (await jobOf({ ...given, ...notAsked }, context));
    const runner = openRunner({ cacheDir: resolve(context.settings.cacheDir, 'run'), path: context.settings.path });
    try {
      const level = given.level ?? (given.coverage === undefined || given.html !== undefined ? undefined : 'coverage');
      const options = { ...(level && { level }), limits: limitsOf(given), askObjects: given.askObjects };
      const how = { backend: given.backend, signal: context.signal };
      if (partial !== null) {
        const { partial: told, report } = await runPartially(runner, partial, partialGiven(given), context, options);
        const traced = report.traced ?? { outcome: report.outcome, traces: [], left: [] };
        return { ...(await answer(given, context, job, { ...traced, recording: none })), partial: told };
      }
      return await answer(given, context, job, await traceRun(runner, job, options, loadGrammarFile, how));
    } finally {
      await runner.close();
    }
  },
  render: traceView,
  exit: ({ outcome: { ending } }) => (ending.kind === 'exited' && ending.code === 0 ? 0 : 1),
};

const none = new Uint8Array(0);

/** As \`run --partial\` takes it. */
const partialGiven = (given: Given): RunGiven => ({ ...wholeInput.parse({}), ...given, ...notAsked, level: undefined });

const notAsked = {
  count: false,
  recordCalls: undefined,
  languages: false,
  doctor: false,
  exitCode: false,
  out: undefined,
} as const;

function limitsOf({ events, firstHits, lastHits, items, text, depth, traceBytes }: Given): TraceLimits {
  return { events, firstHits, lastHits, items, text, depth, bytes: bytesIn(traceBytes) };
}

async function answer(
  given: Given,
  context: Context,
  job: Job,
  { outcome, traces, recording, left, sources: originals = [] }: Awaited<ReturnType<typeof traceRun>>,
): Promise<TraceOutput> {
  const seen = new Set(traces.flatMap(({ codes, counts }) => [...codes, ...counts].map(({ file }) => file)));
  const known = new Map([...job.files, ...originals].map((file) => [file.path, file]));
  const sources = [...known.values()].filter(({ path }) => seen.has(path));
  const statics = new Map<string, StaticLines>();
  for (const file of sources) statics.set(file.path, await staticLines(file, loadGrammarFile));
  const covered = coverageOf(traces, statics);
  const files = sources.map(({ path, bytes }) => {
    const of = covered.find((one) => one.path === path);
    return {
      path,
      // A module has no lines to show.
      source: bytes.includes(0) ? '' : new TextDecoder().decode(bytes),
      lines: [...(of?.lines ?? [])].map(([line, count]): [number, number] => [line, count]),
      branches: [...(of?.branches ?? [])],
    };
  });
  const notices = noticesOf(traces, left, outcome);
  const result: TraceOutput = {
    schema: 'winnow.trace/1',
    outcome: outcomeOutput(outcome),
    traces: traces.map(({ counts: _, ...one }) => one as unknown as TraceOutput['traces'][number]),
    files,
    left: [...left],
    partial: null,
    coverage: null,
    monologue: given.monologue === undefined ? null : traces.map((one) => told(one, given.monologue, files)).join('\n'),
    shown: { function: given.function ?? null, limit: given.limit, width: given.width },
    written: [],
    notices,
  };
  const covers = {
    text: () => coverageTable(covered, context.settings),
    lcov: () => lcovText(covered),
    cobertura: () => coberturaText(covered, Date.now()),
    json: () => `${JSON.stringify({ files: files.map(({ source: _, ...file }) => file) }, null, 2)}\n`,
  };
  const written: string[] = [];
  if (given.html !== undefined) written.push(await saved(given.html, await tracePage(result), context));
  if (given.save !== undefined) written.push(await saved(given.save, recording, context));
  return { ...result, coverage: given.coverage === undefined ? null : covers[given.coverage](), written };
}

function told(trace: Trace, direction: Given['monologue'] = 'forward', files: TraceOutput['files'] = []): string {
  return tellTrace(trace, direction, new Map(files.map(({ path, source }) => [path, source.split(/\r\n|\r|\n/)])));
}

async function saved(path: string, content: string | Uint8Array, { cwd }: Context): Promise<string> {
  await writeFile(resolve(cwd, path), content).catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException;
    throw new WinnowError(code === 'ENOSPC' ? 'disk-full' : 'path-unreadable', `${path} cannot be written (${code}).`, {
      details: { path },
      cause,
    });
  });
  return path;
}

/** Why this is not all that happened. */
function noticesOf(
  traces: readonly Trace[],
  left: readonly { readonly path: string; readonly reason: string }[],
  { ending }: Outcome,
): string[] {
  const notices: string[] = [];
  if (traces.length === 0) notices.push('Nothing was recorded: the program ended before it began to run.');
  for (const { gaps, limits, events } of traces) {
    if (gaps.skippedLines > 0)
      notices.push(
        `${gaps.skippedLines} executions of lines are counted and not shown (--first-hits ${limits.firstHits}, --last-hits ${limits.lastHits}, --events ${limits.events}).`,
      );
    if (gaps.uncountedLines > 0)
      notices.push(
        `${gaps.uncountedLines} lines ran more than ${limits.firstHits} times (--first-hits); how often, and what they did then, is not shown but for what it came to. --last-hits counts them and shows the last.`,
      );
    if (gaps.droppedEvents > 0)
      notices.push(`${gaps.droppedEvents} other events were left out (--events, --trace-bytes).`);
    if (gaps.cut)
      notices.push('The recording has no end: what the program did last, and how often lines ran, is not all there.');
    if (gaps.unreadable > 0)
      notices.push(`${gaps.unreadable} lines of the recording are none: the program wrote into it.`);
    for (const event of events) if (event.kind === 'note') notices.push(`${event.text}.`);
  }
  if (ending.kind === 'timed-out' || (ending.kind === 'crashed' && ending.signal === 'SIGXCPU'))
    notices.push('A traced program takes longer than it does alone; --wall and --cpu set how long it may.');
  for (const { path, reason } of left) notices.push(`${path} was not looked into: ${reason}.`);
  return [...new Set(notices)];
}
