/** The person's view of the graph around a symbol: the text that budgets count, in colours. */
import { type GraphAnswer, graphText, type Ink, plainInk } from '../../search/mod.ts';
import type { GraphOutput } from '../operations/graph.ts';
import type { Settings } from '../operations/types.ts';
import { count, cut, grouped, harmless, harmlessLines, painter } from '../paint.ts';
import { partialRunLines } from './partial-evidence.ts';

export function graphView(output: GraphOutput, settings: Settings): string {
  if (output.picture !== null) return harmlessLines(output.picture);
  const answer = output as unknown as GraphAnswer;
  const arrangement = output.format === 'list' ? 'list' : 'tree';
  // Within a budget exactly the text that was counted is printed; the rest goes to standard error.
  if (output.tokens !== null) return harmlessLines(graphText(answer, arrangement));
  const paint = painter(settings);
  const text = graphText(answer, arrangement, inkOf(settings));
  if (output.symbol === null) return text;
  const { completeness, elapsedMs } = output;
  const parts = [count(completeness.indexedFiles, 'file'), `${grouped(Math.round(elapsedMs.walk))} ms`];
  if (elapsedMs.open >= 1000) parts.push(`${(elapsedMs.open / 1000).toFixed(1)} s to open the graph`);
  const runs = partialRunLines(output.partialRuns).map((line) => `${paint.green(line)}\n`);
  return `${text}${runs.join('')}${paint.dim(parts.join(' · '))}\n`;
}

export function inkOf(settings: Settings): Ink {
  const paint = painter(settings);
  return {
    ...plainInk,
    path: (text) => paint.blue(harmless(text)),
    name: (text) => paint.bold(harmless(text)),
    kind: paint.cyan,
    doubt: paint.yellow,
    seen: paint.green,
    aside: (text) => paint.dim(harmless(text)),
    code: (text) => cut(harmless(text), Math.max(40, settings.columns - 12)),
  };
}
