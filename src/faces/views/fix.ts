/** What a person sees of `fix`: the patch on standard output, and beside it what speaks for it and what was rejected why. */
import type { FixList } from '../operations/fix-list.ts';
import type { FixOutput } from '../operations/fix-schemas.ts';
import type { Settings, Streams } from '../operations/types.ts';
import { painter } from '../paint.ts';

/** Rejected patches that are told one by one; JSON has all. */
const mostTold = 10;

export function fixView(answer: FixOutput, settings: Settings): Streams {
  const paint = painter(settings);
  const { verdict, best, others, refused, base, flaky, suspects, reproduction, spent, ending, limit, kept } = answer;
  const words = {
    fixed: paint.green('fixed'),
    unsure: paint.yellow('a patch; nothing that was run shows that it mends the fault'),
    rejected: paint.yellow('no patch survived'),
    none: paint.yellow('no patch came out'),
  }[verdict];
  const drawn = best !== null && best.drawn > 1 ? `, drawn ${best.drawn} times` : '';
  const suite =
    base === null
      ? 'no tests of the project were run'
      : `the suite before: ${base.passed} passed, ${base.failed.length} failed${base.broken.length === 0 ? '' : `, ${plural(base.broken.length, 'file')} did not load`}${base.ending === 'finished' ? '' : `; ${base.ending}`}`;
  const rejected = others.filter((one) => one.rejected !== null);
  const alternatives = others.length - rejected.length;
  const cost = spent.costUsd === null ? '' : `, $${spent.costUsd.toFixed(4)}`;
  const taken = spent.taken === 0 ? '' : `, ${spent.taken} of them taken from before`;
  const lines = [
    `${words}${best === null ? '' : `: ${best.files.join(', ')} (${best.why}${drawn})`}${ending === 'done' ? '' : `; ended by its budget (${limit})`}`,
    ...(best?.mended ?? []).slice(0, 5).map((name) => `  passes now: ${name}`),
    `  ${suite}`,
    ...(flaky.length === 0 ? [] : [`  flaky, and no evidence: ${names(flaky)}`]),
    ...(best === null || best.flaky.length === 0
      ? []
      : [`  ended in two ways with the patch, and no evidence: ${names(best.flaky)}`]),
    ...(suspects.length === 0
      ? []
      : [`  suspicious by the lines of failing tests: ${names(suspects.map(({ name }) => name))}`]),
    ...(best?.review == null
      ? []
      : [`  reviewed: ${best.review === 'yes' ? 'it resolves the issue' : 'it does not resolve the issue'}`]),
    ...(reproduction === null
      ? []
      : [`  the reproduction test: ${reproduction.drawn} of ${plural(reproduction.of, 'sample')} say the same`]),
    ...(alternatives === 0 ? [] : [`  ${plural(alternatives, 'other patch', 'es')} survived; --json has them`]),
    ...rejected
      .slice(0, mostTold)
      .map(
        (one) =>
          `  rejected: ${one.files.join(', ')}: ${one.rejected}${one.drawn > 1 ? ` (drawn ${one.drawn} times)` : ''}`,
      ),
    ...(rejected.length > mostTold ? [`  and ${rejected.length - mostTold} more rejected; --json has them`] : []),
    ...refused
      .slice(0, mostTold)
      .map(({ reason, times }) => `  no patch${times > 1 ? `, ${times} times` : ''}: ${reason}`),
    ...(refused.length > mostTold ? [`  and ${refused.length - mostTold} more reasons; --json has them`] : []),
    ...(kept === null ? [] : keptLines(kept)),
    paint.dim(
      `${answer.strategy} by ${answer.model}: ${plural(spent.calls, 'call')}, ${spent.inputTokens + spent.outputTokens} tokens${cost}, ${plural(spent.executions, 'run')} of tests${taken}; ${(answer.elapsedMs / 1000).toFixed(1)} s`,
    ),
    paint.dim(`winnow explain ${answer.run}`),
  ];
  const patch = answer.patch ?? '';
  return { stdout: new TextEncoder().encode(patch), stderr: new Uint8Array(0), told: `${lines.join('\n')}\n` };
}

export function fixListView({ strategies }: FixList, settings: Settings): string {
  const paint = painter(settings);
  const blocks = strategies.map(({ name, title, paper, summary, defaults }) =>
    [
      `${paint.bold(name)}  ${title}, ${paper}`,
      `  ${summary}`,
      ...defaults.map(
        ({ name: key, value, least, most, what, source }) =>
          `    ${paint.cyan(`${key}=${value}`)}  ${what}, from ${least} to ${most} ${paint.dim(`(${source})`)}`,
      ),
    ].join('\n'),
  );
  return `${blocks.join('\n\n')}\n`;
}

const keptLines = ({ id, result, conflicts }: NonNullable<FixOutput['kept']>): string[] =>
  result === 'conflict'
    ? ['  not applied:', ...conflicts.map(({ path, why }) => `    ${path}: ${why}`)]
    : [`  applied to the directory; winnow undo ${id} takes it back`];

const names = (all: readonly string[]): string =>
  `${all.slice(0, 5).join(', ')}${all.length > 5 ? ` and ${all.length - 5} more` : ''}`;

const plural = (count: number, word: string, ending = 's'): string => `${count} ${word}${count === 1 ? '' : ending}`;
