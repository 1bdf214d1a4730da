/**
 * Hunks of a unified diff are put into a text. Their line numbers are a hint, since models count badly: what a hunk takes away or leaves must stand somewhere, and of several places the nearest to its number is taken.
 */
import type { Placed } from './replace.ts';
import type { Hunk } from './types.ts';

/** @param text line breaks `\n` */
export function applyHunks(text: string, hunks: readonly Hunk[]): Placed {
  // The last element is what follows the last line break: empty in most files.
  const lines = text.split('\n');
  const made: string[] = [];
  let from = 0;
  let drift = 0;
  for (const [number, { line, old, fresh }] of hunks.entries()) {
    const hinted = Math.max(from, line - 1 + drift);
    const at = old.length === 0 ? Math.min(line + drift, lines.length) : placeOf(lines, old, from, hinted);
    if (at === null || at < from)
      return {
        kind: 'refused',
        reason: `hunk ${number + 1} says that it begins at line ${line}, but its ${old.length} old lines stand nowhere from line ${from + 1} on; its first is ${JSON.stringify(old[0] ?? '')} and line ${line} is ${JSON.stringify(lines[line - 1] ?? '')}`,
      };
    made.push(...lines.slice(from, at), ...fresh);
    from = at + old.length;
    drift = at - (old.length === 0 ? line : line - 1);
  }
  made.push(...lines.slice(from));
  return { kind: 'placed', text: made.join('\n') };
}

function placeOf(lines: readonly string[], old: readonly string[], from: number, hinted: number): number | null {
  let best: number | null = null;
  for (let at = from; at + old.length <= lines.length; at++)
    if (old.every((line, offset) => lines[at + offset] === line))
      if (best === null || Math.abs(at - hinted) < Math.abs(best - hinted)) best = at;
  return best;
}
