/** Lines for people about what partial runs ran. */
import type { PartialRunsOutput } from '../operations/partial-evidence.ts';
import { harmless } from '../paint.ts';

/** As many runs as are told; `--json` has all. */
const most = 3;

/** One line for a run: `partial run of app.py:Box.total, level 2: 5 of 6 lines ran, not 14`. */
export function partialRunLines(runs: PartialRunsOutput): string[] {
  const lines = runs.slice(0, most).map(({ run, level, ran, missed }) => {
    // A line may hold a statement that ran and one that did not.
    const whole = new Set([...ran, ...missed]).size;
    const left = missed.length === 0 ? '' : `, not ${ranges(missed)}`;
    return `partial run of ${harmless(run)}, level ${level}: ${ran.length} of ${whole} lines ran${left}`;
  });
  return runs.length > most ? [...lines, `and ${runs.length - most} more partial runs; --json has them`] : lines;
}

/** `3, 5-7`. @param lines ascending */
export function ranges(lines: readonly number[]): string {
  const groups: [number, number][] = [];
  for (const line of lines) {
    const last = groups.at(-1);
    if (last !== undefined && line === last[1] + 1) last[1] = line;
    else groups.push([line, line]);
  }
  return groups.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
}
