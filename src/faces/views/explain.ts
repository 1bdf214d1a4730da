/** What a person sees of `explain`: the tree of steps, a line each. */
import type { ExplainOutput } from '../operations/explain.ts';
import type { Settings } from '../operations/types.ts';
import { painter } from '../paint.ts';

export function explainView(answer: ExplainOutput, settings: Settings): string {
  const paint = painter(settings);
  const { total, steps, verdict, ending } = answer;
  const ended =
    verdict === null
      ? paint.yellow('not ended; go on with --resume')
      : `${verdict}${ending === 'done' ? '' : `, ${ending}`}`;
  const top = Math.min(...steps.map(({ depth }) => depth));
  const lines = steps.flatMap((step) => {
    const cost = step.kind === 'note' || (step.calls === 0 && step.executions === 0) ? '' : costText(step);
    const took =
      step.tookMs === null ? paint.yellow('not ended') : step.kind === 'note' ? '' : `${Math.round(step.tookMs)} ms`;
    const told = [
      step.summary,
      step.failure === null ? null : paint.red(step.failure),
      step.from === 'provider' ? null : step.from,
    ].filter((one) => one !== null);
    const head = `${'  '.repeat(step.depth - top)}${paint.dim(step.path)} ${paint.cyan(step.kind)} ${step.title}`;
    const tail = [...told, [cost, took].filter((one) => one !== '').join(', ')].filter((one) => one !== '');
    const line = tail.length === 0 ? head : `${head}  ${paint.dim('·')} ${tail.join(paint.dim(' · '))}`;
    return [line, ...step.evidence.flatMap(({ what, text }) => [paint.bold(`--- ${what}`), text, ''])];
  });
  return `${[
    `${paint.bold(answer.task)}  ${answer.strategy} by ${answer.model}, seed ${answer.seed}: ${ended}`,
    `${costText(total)}${answer.why === null ? '' : `; the best candidate: ${answer.why}`}`,
    ...(answer.numbers.length === 0 ? [] : [paint.dim(answer.numbers.map(numberText).join(', '))]),
    ...(answer.unreadable > 0 ? [`${answer.unreadable} lines of the run cannot be read`] : []),
    '',
    ...lines,
    ...(answer.moreSteps > 0 ? [paint.dim(`and ${answer.moreSteps} more steps; --limit shows them`)] : []),
    ...(answer.html === null ? [] : ['', `written to ${answer.html}`]),
  ].join('\n')}\n`;
}

const numberText = ({ name, value, usual, least, most }: ExplainOutput['numbers'][0]): string =>
  `${name}=${value} (${usual === null || usual === value ? '' : `usually ${usual}, `}${least} to ${most})`;

function costText({ calls, inputTokens, outputTokens, costUsd, executions }: ExplainOutput['total']): string {
  const parts = [
    ...(calls > 0 ? [`${calls} call${calls === 1 ? '' : 's'}`, `${inputTokens + outputTokens} tokens`] : []),
    ...(costUsd > 0 ? [`$${costUsd.toFixed(4)}`] : []),
    ...(executions > 0 ? [`${executions} execution${executions === 1 ? '' : 's'}`] : []),
  ];
  return parts.join(', ') || 'nothing was spent';
}
