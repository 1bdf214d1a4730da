/**
 * Risk of a program that works on a directory of the user's through an overlay: that directory is its work directory.
 *
 * So a path below it reaches out of nothing, by whatever name it is written; and what the overlay holds in the end is known for certain, whatever the program
 * says of it.
 */
import type { Change } from '../overlay/types.ts';
import type { SeenAct } from './observe.ts';
import { type FileAct, fileSeverity, normalPath, placeOf, placeText } from './places.ts';
import { type RiskReport, worstOf } from './types.ts';

/** The path from the directory; null: it leads elsewhere. @param directory absolute, links resolved */
export function pathWithin(path: string, directory: string): string | null {
  const normal = normalPath(path);
  if (normal === directory) return '.';
  return normal.startsWith(`${directory}/`) ? normal.slice(directory.length + 1) : null;
}

const fileActs: ReadonlySet<string> = new Set(['read', 'list', 'write', 'delete'] satisfies FileAct[]);

/** A report with paths below the directory judged as those of a work directory are. */
export function readOver(report: RiskReport, directory: string): RiskReport {
  const findings = report.findings.map((finding) => {
    const { category, act, target } = finding;
    const inside = category === 'files' && fileActs.has(act) && target !== null ? pathWithin(target, directory) : null;
    if (inside === null) return finding;
    const place = placeOf(inside);
    const [verb] = finding.reason.split(/ (?:in|at|outside|among|that) /);
    return { ...finding, severity: fileSeverity(act as FileAct, place), reason: `${verb} ${placeText(place)}` };
  });
  return { ...report, findings, severity: worstOf(findings) };
}

/** What the overlay holds, as acts. */
export function overlayActs(changes: readonly Change[]): Omit<SeenAct, 'count'>[] {
  return changes.flatMap(({ kind, path, from }) => {
    const acts = [actAt(kind === 'removed' ? 'delete' : 'write', path)];
    if (from !== null) acts.push(actAt('delete', from));
    if (kind !== 'removed' && placeOf(path) === 'startup')
      acts.push({ category: 'persistence', act: 'install', severity: 'critical', target: path, evidence: 'certain' });
    return acts;
  });
}

const actAt = (act: 'write' | 'delete', path: string): Omit<SeenAct, 'count'> => ({
  category: 'files',
  act,
  severity: fileSeverity(act, placeOf(path)),
  target: path,
  evidence: 'certain',
});
