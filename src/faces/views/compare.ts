/** A matrix by every method, as a person sees it: the first group of each, and the next question. */
import type { CompareOutput } from '../operations/compare.ts';
import type { Settings } from '../operations/types.ts';
import { count, cut, harmless, painter } from '../paint.ts';

export function compareView({ task, tasks, rankings, conair, missing }: CompareOutput, settings: Settings): string {
  const paint = painter(settings);
  const width = Math.max(...rankings.map(({ method }) => method.length), 'conair'.length);
  const room = Math.max(20, settings.columns - width - 26);
  const line = (method: string, groups: CompareOutput['conair']['groups']): string => {
    const [first] = groups;
    const score = first === undefined ? '' : first.score.toPrecision(4);
    const names = cut((first?.candidates ?? []).map(harmless).join(' '), room);
    return `  ${paint.cyan(method.padEnd(width))}  ${score.padStart(9)}  ${String(first?.candidates.length ?? 0).padStart(3)} tied  ${names}`;
  };
  const { next, asked, none } = conair;
  const lines = [
    `${paint.bold(harmless(task.task))}  ${count(task.candidates.length, 'candidate')}, ${count(task.probes.length, 'probe')}, ${count(task.behaviours.length, 'behaviour')}${missing > 0 ? `, ${missing} not run` : ''}`,
    ...rankings.map(({ method, groups }) => line(method, groups)),
    line('conair', conair.groups),
    paint.dim(`  chance that none is right: ${(100 * none).toFixed(0)} %, after ${count(asked.length, 'answer')}`),
    ...(next === null
      ? []
      : [
          `Is this true? ${cut(harmless(next.source.trim()), settings.columns - 20)}`,
          paint.dim(`  --right, --wrong or --unsure ${harmless(next.probe)} (${next.bits.toFixed(2)} bits)`),
        ]),
    ...(tasks.length > 1 ? [paint.dim(`One of ${count(tasks.length, 'task')}; --task names another.`)] : []),
  ];
  return `${lines.join('\n')}\n`;
}
