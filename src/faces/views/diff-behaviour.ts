/** Two versions' behaviour as a person sees it: the answer, the input that tells them apart, and what each makes of it. */
import type { DiffBehaviourOutput } from '../operations/diff-behaviour.ts';
import type { Settings } from '../operations/types.ts';
import { count, harmless, painter } from '../paint.ts';

export function diffBehaviourView(output: DiffBehaviourOutput, settings: Settings): string {
  const paint = painter(settings);
  const lines: string[] = [];
  if (output.functions.length === 0) lines.push('No function that both have differs.');
  for (const one of output.functions) {
    const ran = one.inputs === 0 ? '' : ` · ${count(one.inputs, 'input')}, ${one.equal} alike, ${one.failed} failed`;
    lines.push(`${paint.bold(harmless(one.function))}: ${one.behaviour}: ${harmless(one.why)}${paint.dim(ran)}`);
    for (const gap of one.gaps) lines.push(paint.dim(`  ${harmless(gap)}`));
    if (one.difference === null) continue;
    const { input, a, b, assumed } = one.difference;
    const given = Object.entries(input).map(([name, text]) => `${name} = ${text}`);
    lines.push(`  with ${harmless(given.join(', ')) || 'no arguments'}`);
    for (const text of assumed) lines.push(paint.dim(`  where ${harmless(text)}`));
    for (const [label, end] of [[output.a, a] as const, [output.b, b] as const]) {
      lines.push(`  ${harmless(label)} ${harmless(end.ends)}`);
      for (const { what, text } of end.rest) lines.push(paint.dim(`    ${what}: ${harmless(text)}`));
    }
  }
  if (output.left > 0) lines.push(`${count(output.left, 'function')} more differ and were not compared.`);
  return `${lines.join('\n')}\n`;
}
