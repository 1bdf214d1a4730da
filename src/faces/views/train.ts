/** The person's view of `train`: what was learned from, how well it answers, where the file is. */
import type { TrainOutput } from '../operations/train.ts';
import type { TuneOutput } from '../operations/train-here.ts';
import type { Settings } from '../operations/types.ts';
import { count, grouped, harmless, painter } from '../paint.ts';

export function trainView(output: TrainOutput, settings: Settings): string {
  const paint = painter(settings);
  const { examples, copies, keptAway, refused, steps, plannedSteps } = output;
  const lines = [
    `${paint.bold(harmless(output.out))}  ${count(output.words, 'word')} of ${output.dimension} numbers, ${grouped(output.bytes)} bytes`,
    paint.dim(
      `${output.repositories === 1 ? 'one repository' : `${grouped(output.repositories)} repositories`}, ${count(examples, 'example')}, ${grouped(output.pairs)} pairs · left out: ${grouped(copies)} near copies${keptAway > 0 ? `, ${grouped(keptAway)} near what is kept away` : ''}`,
    ),
    paint.dim(
      `${count(steps, 'step')}${steps < plannedSteps ? ` of ${plannedSteps}: it got no better` : ''}, loss ${output.loss.toFixed(3)} · mining ${output.miningS.toFixed(0)} s, training ${output.trainingS.toFixed(0)} s`,
    ),
  ];
  const languages = Object.entries(output.languages);
  if (languages.length > 0) {
    lines.push(
      '',
      paint.bold('held-out sentences'),
      '  language    asked  among    MRR  margin  alignment  uniformity',
    );
    for (const [language, { queries, documents, mrr, marginDegrees, alignment, uniformity }] of languages) {
      const cells = [
        String(queries).padStart(5),
        String(documents).padStart(5),
        mrr.toFixed(3).padStart(5),
        `${marginDegrees.toFixed(1)}°`.padStart(6),
        alignment.toFixed(2).padStart(9),
        uniformity.toFixed(2).padStart(10),
      ];
      lines.push(`  ${harmless(language).padEnd(10)}  ${cells.join('  ')}`);
    }
  } else lines.push(paint.yellow('Too few sentences were held out to say how well it answers.'));
  for (const { name, reason } of refused) lines.push(paint.yellow(`left out: ${harmless(name)} (${harmless(reason)})`));
  return `${lines.join('\n')}\n`;
}

export function tuneView(output: TuneOutput, settings: Settings): string {
  const paint = painter(settings);
  const { gain, mrrBefore, mrrAfter, queries, out } = output;
  const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
  const interval = `${signed(gain.value)} (${signed(gain.low)} to ${signed(gain.high)})`;
  const lines = [
    `${count(queries, 'held-out sentence')}: MRR ${mrrBefore.toFixed(3)} as it ships, ${mrrAfter.toFixed(3)} tuned, ${interval}`,
    paint.dim(
      `${grouped(output.pairs)} pairs, ${grouped(output.wordsAdded)} words of its own, ${count(output.steps, 'step')}, ${output.elapsedS.toFixed(0)} s`,
    ),
    ...(out.length === 0
      ? [paint.yellow('Not surely better: nothing was written, the table that ships stays.')]
      : out.map((file) => paint.bold(harmless(file)))),
    ...(out.length === 0
      ? []
      : [
          output.automatic
            ? 'search takes it here from now on; delete the file to have the table that ships again'
            : 'use it with --encoder FILE, or WINNOW_ENCODER=FILE for good',
        ]),
  ];
  return `${lines.join('\n')}\n`;
}
