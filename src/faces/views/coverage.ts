/** Which lines and branches ran, as a table for a person. */
import { type CoveredFile, shareOf } from '../../run/mod.ts';
import type { Settings } from '../operations/types.ts';
import { cut, harmless, painter } from '../paint.ts';

export function coverageTable(files: readonly CoveredFile[], settings: Pick<Settings, 'color' | 'columns'>): string {
  const paint = painter(settings);
  const all = { lines: 0, linesRun: 0, branches: 0, branchesRun: 0 };
  const width = Math.min(50, Math.max(5, ...files.map(({ path }) => path.length)));
  const rows = files.map((file) => {
    const share = shareOf(file);
    for (const key of Object.keys(all) as (keyof typeof all)[]) all[key] += share[key];
    return row(harmless(file.path), share, missing(file));
  });
  function row(name: string, { lines, linesRun, branches, branchesRun }: typeof all, rest: string): string {
    const tint = linesRun === lines ? paint.green : linesRun === 0 ? paint.red : paint.yellow;
    const numbers = `${share(linesRun, lines)} ${`${linesRun}/${lines}`.padStart(11)}  ${share(branchesRun, branches)} ${`${branchesRun}/${branches}`.padStart(9)}`;
    return `${cut(name, width).padEnd(width)}  ${tint(numbers)}  ${paint.dim(rest)}`.trimEnd();
  }
  const head = paint.dim(`${'file'.padEnd(width)}  lines                  branches        not run`);
  if (files.length !== 1) rows.push(row('all', all, ''));
  return `${[head, ...rows].join('\n')}\n`;
}

const share = (part: number, whole: number): string =>
  (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)}%`).padStart(6);

/** Lines that did not run, neighbours joined; then branches not taken. */
function missing({ lines, branches }: CoveredFile): string {
  const all = [...lines.keys()];
  const ranges: string[] = [];
  for (let at = 0; at < all.length; at++) {
    if (lines.get(all[at] as number) !== 0) continue;
    const from = all[at];
    while (at + 1 < all.length && lines.get(all[at + 1] as number) === 0) at++;
    ranges.push(from === all[at] ? `${from}` : `${from}-${all[at]}`);
  }
  const ways = branches.filter(({ count }) => count === 0).map(({ line, to }) => `${line}→${to === 0 ? 'end' : to}`);
  return [...ranges, ...ways].join(' ');
}
