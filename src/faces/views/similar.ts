/** The person's view of similar code: by group, each hit with what was in common and its beginning. */
import type { SimilarOutput } from '../operations/similar.ts';
import type { Settings } from '../operations/types.ts';
import { harmless, type Paint, painter } from '../paint.ts';
import { bodyLines, rangeText } from './hit.ts';

type Hit = SimilarOutput['hits'][number];

/** Lines of a hit that are printed. */
const mostLines = 4;

const headings: Readonly<Record<Hit['group'], string>> = {
  exact: 'exact copies',
  renamed: 'copies with other names or literals',
  near: 'near copies',
  related: 'related',
};

export function similarView(output: SimilarOutput, settings: Settings): string {
  const paint = painter(settings);
  const lines: string[] = [];
  let group: Hit['group'] | null = null;
  for (const hit of output.hits) {
    if (hit.group !== group) lines.push(paint.bold(headings[hit.group]));
    group = hit.group;
    lines.push(...hitLines(hit, paint), '');
  }
  if (output.hits.length === 0)
    lines.push(output.completeness.indexedFiles === 0 ? 'Nothing was compared.' : 'Nothing is like it.');
  return `${lines.join('\n')}\n`;
}

function hitLines(hit: Hit, paint: Paint): string[] {
  const kind = hit.kind === null ? '' : `  ${paint.cyan(hit.kind)}`;
  const head = `  ${paint.blue(harmless(hit.path))}${paint.bold(harmless(hit.id.slice(hit.path.length)))}${kind}  ${rangeText(hit.lines)}  ${paint.dim(hit.language)}`;
  const texts = hit.source.split('\n');
  const width = String(hit.lines.first + mostLines).length;
  const body = bodyLines(texts.slice(0, mostLines).join('\n'), hit.lines.first, width, paint);
  return [head, paint.dim(`    ${reasonsText(hit)}`), ...body];
}

/** What was compared, in words. */
function reasonsText({ why, group }: Hit): string {
  const parts: string[] = [];
  const say = (value: number | null, what: string): void => {
    if (value !== null) parts.push(`${what} ${Math.round(100 * value)}%`);
  };
  say(group === 'exact' ? null : why.tokens, 'tokens');
  if (group === 'near') say(why.renamedTokens, 'names replaced');
  if (group === 'near') say(why.fingerprints, 'fingerprints');
  if (group === 'renamed' && why.consistent !== null)
    parts.push(why.consistent ? 'replaced throughout' : 'not replaced throughout');
  for (const [value, what] of [
    [why.tree, 'structure'],
    [why.flow, 'flow'],
    [why.meaning, 'meaning'],
  ] as const)
    if (value !== null) parts.push(`${what} ${value.toFixed(2)}`);
  if (group === 'related' && why.flow === null) parts.push('flow not compared');
  return parts.join(', ');
}
