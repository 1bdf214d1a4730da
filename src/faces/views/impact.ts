/** The person's view of what a change may affect. */
import { type ImpactAnswer, impactText } from '../../search/mod.ts';
import type { ImpactOutput } from '../operations/impact.ts';
import type { Settings } from '../operations/types.ts';
import { count, grouped, painter } from '../paint.ts';
import { inkOf } from './graph.ts';

export function impactView(output: ImpactOutput, settings: Settings): string {
  const text = impactText(output as unknown as ImpactAnswer, inkOf(settings));
  if (output.candidates.length > 0) return text;
  const { completeness, elapsedMs, affected, partial } = output;
  const parts = [count(completeness.indexedFiles, 'file'), `${grouped(Math.round(elapsedMs.walk))} ms`];
  if (partial) parts.unshift(`${grouped(affected.length)} shown; --limit shows more`);
  if (elapsedMs.open >= 1000) parts.push(`${(elapsedMs.open / 1000).toFixed(1)} s to open the graph`);
  return `${text}${painter(settings).dim(parts.join(' · '))}\n`;
}
