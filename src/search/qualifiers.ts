/**
 * Whether what was written before a name (`Engine` in `Engine.Run`, `os.path` in
 * `os.path.join`) is where the definition stands: its enclosing names, its file, its
 * folders, outermost first.
 */
import type { qualifierFactors } from './weights.ts';

export type QualifierMatch = keyof typeof qualifierFactors;

/** @param qualifiedName of the definition; `name` is its last part */
export function qualifierMatch(
  qualifiers: readonly string[],
  path: string,
  qualifiedName: string,
  name: string,
): QualifierMatch {
  if (qualifiers.length === 0) return 'aligned';
  const asked = qualifiers.map(fold);
  const enclosing = qualifiedName
    .slice(0, Math.max(0, qualifiedName.length - name.length))
    .split(/[.:#/]+/)
    .filter(Boolean)
    .map(fold);
  const folders = path.split('/').map(fold);
  const file = (folders.pop() as string).split('.').filter(Boolean);
  const stem = file[0] ?? '';
  const homes = [
    [...folders, ...file, ...enclosing],
    [...folders, stem, ...enclosing],
    // A package's members are spread over its folder's files.
    [...folders, ...enclosing],
  ];
  if (homes.some((home) => endsWith(home, asked))) return 'aligned';
  return homes.some((home) => holdsInOrder(home, asked)) ? 'scattered' : 'missing';
}

const fold = (text: string): string => text.toLowerCase();

function endsWith(home: readonly string[], asked: readonly string[]): boolean {
  const from = home.length - asked.length;
  return from >= 0 && asked.every((part, i) => home[from + i] === part);
}

function holdsInOrder(home: readonly string[], asked: readonly string[]): boolean {
  let at = 0;
  for (const part of home) if (part === asked[at]) at++;
  return at === asked.length;
}
