/** Runs of suites as a person sees them: figures first, then what to know about them. */
import type { CompareOutput } from '../operations/bench-compare.ts';
import type { SuiteOutput } from '../operations/bench-suite.ts';
import type { Settings } from '../operations/types.ts';
import { count, harmless, painter } from '../paint.ts';
import { interval, table } from './bench.ts';

/** Lines of a list before the rest is only counted. */
const mostLines = 8;

function listed(lines: readonly string[]): readonly string[] {
  const more = lines.length - mostLines;
  return more > 0 ? [...lines.slice(0, mostLines), `  and ${more} more (--json has all)`] : lines;
}

export function suiteView(output: SuiteOutput, settings: Settings): string {
  const paint = painter(settings);
  const reasons = (rows: SuiteOutput['reasons']): readonly string[] =>
    listed(rows.map(({ reason, samples }) => `  ${samples} × ${harmless(reason)}`));
  const { right, wrong, programs, samples } = output;
  const lines = [
    paint.bold(`${output.suite}: ${count(output.problems, 'problem')}, ${count(samples, 'sample')}`) +
      paint.dim(`  ${right} right, ${wrong} wrong, ${samples - right - wrong} unjudged; ${programs} differ`),
    ...(output.figures.length === 0
      ? ['  no figure: no problem has a judged sample']
      : table([
          ['', 'mean over problems, 95% interval'],
          ...output.figures.map(({ name, estimate }) => [name, interval(estimate)]),
        ])),
    ...(output.reasons.length === 0 ? [] : ['wrong:', ...reasons(output.reasons)]),
    ...(output.unjudged.length === 0
      ? []
      : [paint.yellow('unjudged, neither right nor wrong:'), ...reasons(output.unjudged)]),
    ...(output.excluded.length === 0
      ? []
      : [
          paint.yellow(
            `${count(output.excluded.length, 'problem')} excluded, whose reference does not pass here or which cannot be judged:`,
          ),
          ...listed(output.excluded.map(({ problem, reason }) => `  ${harmless(problem)}: ${harmless(reason)}`)),
        ]),
    ...(output.unsampled.length === 0
      ? []
      : [
          paint.yellow(
            `${count(output.unsampled.length, 'problem')} without a sample do not count: ${harmless(output.unsampled.slice(0, 5).join(', '))}${output.unsampled.length > 5 ? ' …' : ''}`,
          ),
        ]),
    ...output.warnings.map((text) => paint.yellow(`mind: ${harmless(text)}`)),
    ...(output.out === null ? [] : [`run written to ${harmless(output.out)}`]),
  ];
  return `${lines.join('\n')}\n`;
}

export function compareView(output: CompareOutput, settings: Settings): string {
  const paint = painter(settings);
  const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
  return `${[
    paint.bold(`${harmless(output.suite)}: ${count(output.problems, 'problem')} in both`) +
      paint.dim(
        `  ${output.better} better, ${output.worse} worse, ${output.same} the same; ${output.unpaired} in one alone`,
      ),
    ...table([
      ['', 'before', 'after', 'difference, 95% interval'],
      ...output.figures.map(({ name, before, after, difference }) => [
        name,
        before.toFixed(3),
        after.toFixed(3),
        `${signed(difference.value)} (${signed(difference.low)} to ${signed(difference.high)})`,
      ]),
    ]),
  ].join('\n')}\n`;
}
