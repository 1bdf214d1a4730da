/** What a person sees of recorded values, and of how true guessed ones are. */

import type { RecordValuesOutput } from '../operations/bench-values.ts';
import type { Settings } from '../operations/types.ts';
import { count, harmless, painter } from '../paint.ts';
import { table } from './bench.ts';

export function recordValuesView(output: RecordValuesOutput, settings: Settings): string {
  const paint = painter(settings);
  const tests = Object.entries(output.tests).map(([state, number]) => `${number} ${state}`);
  const lines = [
    paint.bold(
      `${harmless(output.project)}${output.commit === null ? '' : ` ${output.commit.slice(0, 10)}`}: ${count(output.functions, 'function')} recorded`,
    ),
    paint.dim(
      `${output.runner ?? 'the runner did not start'}; the suite ${output.ending}: ${tests.join(', ') || 'no tests'}`,
    ),
    '',
    ...table(Object.entries(output.sites).map(([kind, number]) => [kind, String(number)])),
    '',
    `${count(output.completed, 'function')} always came to the end; written to ${output.out}`,
  ];
  if (output.unreadable > 0) lines.push(paint.yellow(`${count(output.unreadable, 'row')} could not be read`));
  return `${lines.join('\n')}\n`;
}
