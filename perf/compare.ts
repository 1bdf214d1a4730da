/**
 * Compares two programs, or two revisions of this project, interleaved in one run.
 *
 * A machine's speed drifts by more than most changes are worth: other work, heat,
 * caches. So the two take turns, A B A B …, and each pair gives one ratio; drift
 * slower than a pair cancels. The answer is the median ratio with a bootstrap
 * interval, next to the smallest times, which noise can only lengthen.
 *
 * ```
 * node perf/compare.ts --a 'CMD' --b 'CMD' [--runs N] [--warmup N] [--json]
 * node perf/compare.ts --rev-a REV --rev-b REV [--runs N] … -- search 'open file' DIR
 * ```
 *
 * Statistics come straight from `interval.ts`: `mod.ts` would load the whole engine first.
 *
 * Exit codes: 0 compared; 1 B is slower than `--fail-above RATIO` for sure (the whole
 * interval lies above it); 2 bad use; 3 a command failed.
 */
import { arch, cpus, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Estimate, estimate, median } from '../src/bench/interval.ts';
import { megabytes, milliseconds, table } from './markdown.ts';
import { type Command, type Cost, hasGnuTime, measure, shell } from './measure.ts';
import { openWorktrees } from './revisions.ts';

const usage = `usage: node perf/compare.ts --a CMD --b CMD | --rev-a REV --rev-b REV [options] [-- ARGS for bin/winnow.js]
  --runs N         pairs that count, default 10
  --warmup N       pairs run first and thrown away, default 1
  --accept CODES   exit codes that are no failure, default 0 (for example 0,1)
  --fail-above R   exit 1 when B takes more than R times A for sure
  --repo DIR       repository of the revisions, default this one
  --json           print everything as JSON`;

class BadUse extends Error {}
class CommandFailed extends Error {}

const options = {
  a: { type: 'string' },
  b: { type: 'string' },
  'rev-a': { type: 'string' },
  'rev-b': { type: 'string' },
  runs: { type: 'string', default: '10' },
  warmup: { type: 'string', default: '1' },
  accept: { type: 'string', default: '0' },
  'fail-above': { type: 'string' },
  repo: { type: 'string', default: dirname(dirname(fileURLToPath(import.meta.url))) },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

function read(argv: readonly string[]) {
  const whole = (name: string, text: string, least: number): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least)
      throw new BadUse(`--${name}: expected a whole number of at least ${least}; came ${text}`);
    return value;
  };
  let parsed: ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>;
  try {
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (cause) {
    throw new BadUse((cause as Error).message);
  }
  const { values, positionals } = parsed;
  const programs = values.a !== undefined && values.b !== undefined;
  const revisions = values['rev-a'] !== undefined && values['rev-b'] !== undefined;
  if (!values.help && programs === revisions) throw new BadUse('expected --a and --b, or --rev-a and --rev-b');
  if (programs && positionals.length > 0)
    throw new BadUse(`arguments after -- belong to --rev-a/--rev-b: ${positionals.join(' ')}`);
  const failAbove = values['fail-above'] === undefined ? null : Number(values['fail-above']);
  if (failAbove !== null && !(failAbove > 0)) throw new BadUse('--fail-above: expected a ratio above 0');
  return {
    ...values,
    positionals,
    failAbove,
    runs: whole('runs', values.runs, 1),
    warmup: whole('warmup', values.warmup, 0),
    accept: values.accept.split(',').map((code) => whole('accept', code, 0)),
  };
}

interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

const spread = (values: readonly number[]): Spread => ({
  min: Math.min(...values),
  median: median(values),
  max: Math.max(...values),
});

type Measure = 'wallMs' | 'cpuMs' | 'peakBytes';

/** The runs of one measure as numbers, or `null` when this machine does not tell. */
const column = (costs: readonly Cost[], of: Measure): number[] | null => {
  const values = costs.map((cost) => cost[of]);
  return values.some((value) => value === null) ? null : (values as number[]);
};

/** Median of B over A, pair by pair; `null` where there is nothing to divide. */
function ratio(a: readonly Cost[], b: readonly Cost[], of: Measure): Estimate | null {
  const under = column(a, of);
  const over = column(b, of);
  if (under === null || over === null || under.some((value) => value === 0)) return null;
  return estimate(
    over.map((value, i) => value / (under[i] as number)),
    median,
  );
}

/** Takes turns; standard error shows which pair runs when it is a terminal. */
async function interleave(
  a: Command,
  b: Command,
  settings: { runs: number; warmup: number; accept: readonly number[] },
) {
  const costs: { a: Cost[]; b: Cost[] } = { a: [], b: [] };
  for (let pair = -settings.warmup; pair < settings.runs; pair++) {
    for (const [side, command] of [['a', a] as const, ['b', b] as const]) {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[Kpair ${pair + 1} of ${settings.runs}, ${side}`);
      const cost = await measure(command);
      if (!settings.accept.includes(cost.exit))
        throw new CommandFailed(
          `${side} exited with ${cost.exit}: ${command.argv.join(' ')}\n${cost.stderr.trim()}\n(--accept names exit codes that are no failure)`,
        );
      if (pair >= 0) costs[side].push(cost);
    }
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  return costs;
}

function render(costs: { a: readonly Cost[]; b: readonly Cost[] }, labels: { a: string; b: string }): string {
  const rows: string[][] = [['', 'A min', 'A median', 'A max', 'B min', 'B median', 'B max', 'B / A (95%)']];
  const measures: [string, Measure, (value: number) => string][] = [
    ['wall', 'wallMs', milliseconds],
    ['user + system', 'cpuMs', milliseconds],
    ['peak memory', 'peakBytes', megabytes],
  ];
  for (const [name, key, shown] of measures) {
    const [a, b] = [column(costs.a, key), column(costs.b, key)];
    if (a === null || b === null) continue;
    const found = ratio(costs.a, costs.b, key);
    const cells = [spread(a), spread(b)].flatMap(({ min, median, max }) => [shown(min), shown(median), shown(max)]);
    const answer =
      found === null ? '–' : `${found.value.toFixed(3)} (${found.low.toFixed(3)} to ${found.high.toFixed(3)})`;
    rows.push([name, ...cells, answer]);
  }
  const note = hasGnuTime ? '' : '\nNo GNU time on this machine: processor time is not known, peak memory is polled.';
  return `A: ${labels.a}\nB: ${labels.b}\n${costs.a.length} pairs, interleaved\n\n${table(rows)}${note}\n`;
}

async function main(argv: readonly string[]): Promise<number> {
  const args = read(argv);
  if (args.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const revisions = args['rev-a'] !== undefined && args['rev-b'] !== undefined ? [args['rev-a'], args['rev-b']] : null;
  const worktrees = revisions === null ? null : openWorktrees(args.repo, revisions);
  const stop = (): never => {
    worktrees?.remove();
    process.exit(3);
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const [a, b] =
      worktrees === null
        ? [shell(args.a as string, process.cwd()), shell(args.b as string, process.cwd())]
        : worktrees.trees.map(({ dir }) => ({
            argv: [process.execPath, join(dir, 'bin', 'winnow.js'), ...args.positionals],
            cwd: process.cwd(),
          }));
    const labels =
      worktrees === null
        ? { a: args.a as string, b: args.b as string }
        : { a: `${args['rev-a']} ${worktrees.trees[0]?.commit}`, b: `${args['rev-b']} ${worktrees.trees[1]?.commit}` };
    const costs = await interleave(a as Command, b as Command, args);
    const wall = ratio(costs.a, costs.b, 'wallMs');
    if (args.json) {
      const side = (runs: readonly Cost[], label: string) => ({ label, runs: runs.map(({ stderr, ...cost }) => cost) });
      const report = {
        date: new Date().toISOString(),
        machine: {
          node: process.version,
          platform: platform(),
          arch: arch(),
          cpu: cpus()[0]?.model,
          cpus: cpus().length,
        },
        arguments: args.positionals,
        a: side(costs.a, labels.a),
        b: side(costs.b, labels.b),
        ratio: {
          wall,
          cpu: ratio(costs.a, costs.b, 'cpuMs'),
          peak: ratio(costs.a, costs.b, 'peakBytes'),
        },
      };
      process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    } else process.stdout.write(render(costs, labels));
    return args.failAbove !== null && wall !== null && wall.low > args.failAbove ? 1 : 0;
  } finally {
    worktrees?.remove();
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(error instanceof BadUse ? `${error.message}\n${usage}\n` : `${(error as Error).message}\n`);
  process.exitCode = error instanceof BadUse ? 2 : 3;
}
