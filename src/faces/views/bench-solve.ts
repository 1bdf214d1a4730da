/** A comparison of strategies and models as a person sees it: who solved how much, and at what price; then what was not counted. */
import type { BenchSolveOutput } from '../operations/bench-solve.ts';
import type { Settings } from '../operations/types.ts';
import { count, grouped, harmless, painter } from '../paint.ts';
import { interval, table } from './bench.ts';

/** Lines of a list before the rest is only counted. */
const mostLines = 8;
const listed = (lines: readonly string[]): readonly string[] =>
  lines.length > mostLines
    ? [...lines.slice(0, mostLines), `  and ${lines.length - mostLines} more (--json has all)`]
    : lines;

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
/** A price of a few thousandths of a cent is still one. */
const dollars = (value: number | null): string =>
  value === null ? 'no price' : `$${value.toFixed(value < 0.01 && value > 0 ? 6 : 2)}`;

export function solvingView(output: BenchSolveOutput, settings: Settings): string {
  const paint = painter(settings);
  const { pairs, excluded, untold } = output;
  const lines = [
    paint.bold(`${output.suite}: ${count(output.problems, 'problem')}, ${count(pairs.length, 'pair')}`) +
      paint.dim('  hidden tests, 95% intervals'),
    ...table([
      ['', 'solved', 'share', 'to the first'],
      ...pairs.map(({ name, solved, tasks, share, difference }) => [
        harmless(name),
        `${solved} of ${tasks}`,
        share === null ? '–' : interval(share),
        difference === null
          ? '–'
          : `${signed(difference.value)} (${signed(difference.low)} to ${signed(difference.high)})`,
      ]),
    ]),
    '',
    ...table([
      ['', 'calls', 'tokens in', 'tokens out', 'executions', 'cost', 'for each solved'],
      ...pairs.map(({ name, spent, perSolved }) => [
        harmless(name),
        grouped(spent.calls),
        grouped(spent.inputTokens),
        grouped(spent.outputTokens),
        grouped(spent.executions),
        dollars(spent.costUsd),
        perSolved === null
          ? 'none solved'
          : `${dollars(perSolved.costUsd)}, ${perSolved.calls.toFixed(1)} calls, ${grouped(Math.round(perSolved.tokens))} tokens`,
      ]),
    ]),
    ...pairs.flatMap((pair) => {
      const told = tellings(pair);
      return told.length === 0 ? [] : [paint.yellow(`${harmless(pair.name)}:`), ...listed(told)];
    }),
    ...(excluded.length === 0
      ? []
      : [
          paint.yellow(`${count(excluded.length, 'problem')} excluded, whose reference does not pass here:`),
          ...listed(excluded.map(({ problem, reason }) => `  ${harmless(problem)}: ${harmless(reason)}`)),
        ]),
    ...(untold.length === 0
      ? []
      : [
          paint.yellow(`${count(untold.length, 'problem')} made no task:`),
          ...listed(untold.map(({ problem, reason }) => `  ${harmless(problem)}: ${harmless(reason)}`)),
        ]),
    `run written to ${harmless(output.out)}`,
  ];
  return `${lines.join('\n')}\n`;
}

const tellings = ({ misled, withoutProgram, overBudget, failed, unjudged }: BenchSolveOutput['pairs'][0]): string[] => [
  ...(misled === 0 ? [] : [`  ${misled} × passes all visible tests and fails the hidden ones`]),
  ...(withoutProgram === 0 ? [] : [`  ${withoutProgram} × gave no program`]),
  ...overBudget.map(
    ({ limit, tasks }) => `  ${tasks} × ended by the budget of ${harmless(limit)}; the best so far was judged`,
  ),
  ...failed.map(({ reason, tasks }) => `  ${tasks} × failed, in no share: ${harmless(reason)}`),
  ...unjudged.map(({ reason, tasks }) => `  ${tasks} × unjudged, in no share: ${harmless(reason)}`),
];
