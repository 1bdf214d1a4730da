/** What was chosen, as a person sees it. */
import type { SelectOutput } from '../operations/select.ts';
import type { Settings } from '../operations/types.ts';
import { count, cut, harmless, harmlessLines, type Paint, painter } from '../paint.ts';

type Task = SelectOutput['tasks'][number];

export function selectView(output: SelectOutput, settings: Settings): string {
  const paint = painter(settings);
  const lines = output.tasks.flatMap((task) => [...taskLines(task, paint, output.tasks.length === 1), '']);
  const { pairs } = output;
  if (pairs !== null)
    lines.push(
      `${count(pairs.correctness, 'pair')} for correctness and ${pairs.efficiency} for speed in ${harmless(pairs.file)}`,
    );
  lines.push(paint.dim(`by ${output.title} (${output.source}); ties by seed ${output.seed}`));
  return `${lines.join('\n')}\n`;
}

function taskLines(task: Task, paint: Paint, withSource: boolean): string[] {
  const lines = [
    `${paint.bold(harmless(task.task))}  ${count(task.candidates, 'candidate')}${task.none === null ? '' : paint.dim(`; none of them is right: ${percent(task.none)}`)}`,
  ];
  for (const { source, bits, answer } of task.questions)
    lines.push(
      paint.dim(
        `  asked (${bits.toFixed(2)} bits): ${harmless(source.trim())}  ${answer === null ? 'no answer' : answer ? 'yes' : 'no'}`,
      ),
    );
  if (task.abstained) lines.push(paint.yellow('  none is chosen: all are less likely than --abstain asks for'));
  else if (task.chosen.length === 0) lines.push(paint.yellow('  none is chosen: the method ranks none'));
  for (const { id, alike, score, chance, tied, source, evidence } of task.chosen) {
    const worth = chance === null ? `score ${Number(score.toPrecision(6))}` : `right: ${percent(chance)}`;
    const others = [
      ...(alike.length > 0 ? [`written like ${count(alike.length, 'other')}`] : []),
      ...(tied > 1 ? [`one of ${tied} that are equal`] : []),
    ];
    lines.push(
      `  ${paint.green(harmless(id))}  ${worth}${others.length > 0 ? paint.dim(`; ${others.join('; ')}`) : ''}`,
    );
    if (evidence !== null) {
      lines.push(
        `    passes ${evidence.passed} of ${count(evidence.tests, 'test')}, as ${count(evidence.agreeing, 'program')} ${evidence.agreeing === 1 ? 'does' : 'do'}`,
      );
      if (evidence.apart !== null)
        lines.push(
          `    unlike ${harmless(evidence.apart.other)} on ${harmless(cut(evidence.apart.source.trim().replaceAll(/\s+/g, ' '), 80))}: ${harmless(cut(evidence.apart.did, 40))}, not ${harmless(cut(evidence.apart.others, 40))}`,
        );
      if (evidence.features !== null)
        lines.push(
          `    ${Object.entries(evidence.features)
            .map(([name, value]) => `${name} ${value.toFixed(2)}`)
            .join(', ')}`,
        );
    }
    if (withSource && task.chosen.length === 1)
      lines.push(
        ...harmlessLines(source.trimEnd())
          .split('\n')
          .map((line) => `    ${line}`),
      );
  }
  return lines;
}

const percent = (chance: number): string => `${(100 * chance).toFixed(0)} %`;
