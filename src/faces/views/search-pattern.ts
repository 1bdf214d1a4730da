/** The person's view of matches of a pattern: each with its place, its text and what the metavariables stand for; then one line of how they were found. */
import { hitText, type PatternHit } from '../../search/mod.ts';
import type { PatternOutput } from '../operations/search-pattern-schemas.ts';
import type { Settings } from '../operations/types.ts';
import { count, grouped, harmless, painter } from '../paint.ts';

export function patternView(output: PatternOutput, settings: Settings): string {
  const paint = painter(settings);
  const { hits, counts, total, tokens, searched, languages, elapsedMs } = output;
  const ink = {
    path: paint.magenta,
    line: paint.green,
    rule: paint.yellow,
    name: paint.cyan,
    dim: paint.dim,
    code: harmless,
  };
  if (counts !== null) {
    const lines = counts.map((file) => `${paint.magenta(harmless(file.path))}:${paint.green(String(file.count))}\n`);
    return `${lines.join('')}${paint.dim(`${count(total.count, 'match').replace(/matchs$/, 'matches')} in ${count(counts.length, 'file')}`)}\n`;
  }
  const text = hits.map((hit) => hitText(hit as PatternHit, ink)).join('');
  // Within a budget exactly the text that was counted is printed.
  if (tokens !== null) return text;
  const all = `${total.moreThan ? 'more than ' : ''}${grouped(total.count)}`;
  const parts = [
    `${grouped(hits.length)} of ${all} match${total.count === 1 ? '' : 'es'}`,
    languages.join(', '),
    `${grouped(searched.read)} of ${count(searched.files, 'file')} read`,
    `${grouped(elapsedMs)} ms`,
  ];
  return `${text}${paint.dim(`${parts.filter((part) => part !== '').join(' · ')}\n`)}`;
}
