/** A matrix as a person sees it: a letter for each cell, one line for each behaviour, largest first. */
import type { CheckOutput } from '../operations/check.ts';
import type { Settings } from '../operations/types.ts';
import { count, cut, harmless, type Paint, painter } from '../paint.ts';
import { durationText } from '../units.ts';

type Task = CheckOutput['tasks'][number];
type State = Task['candidates'][number]['states'][number];

const letters: Readonly<Record<State, string>> = {
  passed: '●',
  failed: '×',
  raised: '!',
  'timed-out': 't',
  returned: '○',
  'not-run': '·',
  unjudged: '?',
};
/** Behaviours and probes that a screen has room for. */
const mostLines = 12;

export function checkView(output: CheckOutput, settings: Settings): string {
  const paint = painter(settings);
  const lines = output.tasks.flatMap((task) => [...taskLines(task, paint, settings), '']);
  const facts = [
    `${count(output.pairs, 'pair')} run in ${durationText(output.elapsedMs)}`,
    ...(output.alike > 0 ? [`${count(output.alike, 'candidate')} written like another, run once`] : []),
    ...(output.added > 0 ? [`${count(output.added, 'input')} made`] : []),
    ...(output.resumed > 0 ? [`${count(output.resumed, 'candidate')} known from ${harmless(output.out ?? '')}`] : []),
    ...(output.out === null ? [] : [`matrix in ${harmless(output.out)}`]),
  ];
  return `${[...lines, paint.dim(facts.join('; ')), paint.dim('● passed  × failed  ! raised  t timed out  ○ returned  ? unjudged  · not run')].join('\n')}\n`;
}

function taskLines(task: Task, paint: Paint, { columns }: Settings): string[] {
  const drawn = task.candidates.reduce((sum, one) => sum + one.drawn, 0);
  const shown = [...task.behaviours.keys()]
    .sort((a, b) => (task.behaviours[b]?.drawn ?? 0) - (task.behaviours[a]?.drawn ?? 0))
    .slice(0, mostLines);
  const room = Math.max(10, columns - 44);
  const lines = [
    `${paint.bold(harmless(task.task))}  ${count(drawn, 'candidate')}, ${count(task.probes.length, 'probe')}, ${count(task.behaviours.length, 'behaviour')}`,
    ...shown.flatMap((number) => {
      const set = task.behaviours[number] as Task['behaviours'][number];
      const first = task.candidates.find(({ behaviour }) => behaviour === number) as Task['candidates'][number];
      const cells = first.states.slice(0, room).map((state) => letterOf(state, paint));
      const more = first.states.length > room ? paint.dim('…') : '';
      const ended =
        first.ending === 'whole'
          ? ''
          : paint.red(` ${first.ending}${first.reason === null ? '' : `: ${harmless(cut(first.reason, 30))}`}`);
      const name = cut(harmless(set.candidates.join(' ')), 18).padEnd(18);
      return [
        `  ${String(set.drawn).padStart(4)} × ${name} ${String(first.passed).padStart(4)} passed  ${cells.join('')}${more}${ended}`,
        ...(set.apart === null ? [] : [paint.dim(`         ${cut(apartText(set.apart), columns - 10)}`)]),
      ];
    }),
  ];
  if (task.behaviours.length > mostLines)
    lines.push(paint.dim(`  … and ${task.behaviours.length - mostLines} more behaviours`));
  // With few probes it is worth seeing what they are.
  if (task.probes.length <= mostLines)
    for (const [index, probe] of task.probes.entries())
      lines.push(
        paint.dim(`  ${String(index + 1).padStart(2)} ${cut(harmless(probe.source.trim()), columns - 30)}  `) +
          (probe.way === 'input'
            ? paint.dim('input')
            : probe.way === 'invalid'
              ? paint.red('invalid')
              : `${probe.passed} of ${drawn} pass${probe.way === 'inside' ? ', asked inside the candidate' : ''}`),
      );
  return lines;
}

/** `f([1, 1]): 1; the first: 2`. The most common behaviour has the first line. */
export const apartText = ({ source, did, others }: { source: string; did: string; others: string }): string =>
  harmless(`${source.trim()}: ${did}; the first: ${others}`.replaceAll(/\s+/g, ' '));

function letterOf(state: State, paint: Paint): string {
  const letter = letters[state];
  if (state === 'passed') return paint.green(letter);
  return state === 'failed' || state === 'raised' || state === 'timed-out' ? paint.red(letter) : letter;
}
