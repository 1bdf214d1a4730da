/** What several answers say alike: lines, completeness, notices, what follows. */

/** `12-40`, or `12`: as ids have them. */
export const linesText = ({ first, last }: { first: number; last: number }): string =>
  first === last ? `${first}` : `${first}-${last}`;

interface Completeness {
  readonly pendingFiles: number;
  readonly stale: boolean;
  readonly indexedFiles: number;
  readonly leftOut: Readonly<Record<string, number>>;
}

/** Files are still to be read, or none was looked at yet. */
export const isPartial = ({ pendingFiles, indexedFiles, leftOut }: Completeness): boolean =>
  pendingFiles > 0 || (indexedFiles === 0 && Object.keys(leftOut).length === 0);

/** What to say of that, in words. */
export function partialNotices(completeness: Completeness): string[] {
  if (!isPartial(completeness)) return [];
  const { indexedFiles, pendingFiles } = completeness;
  return [
    `The index is being built: ${indexedFiles} files are read${pendingFiles > 0 ? `, ${pendingFiles} known of are not` : ''}. This answer is from those; ask again in a few seconds.`,
  ];
}

/** Behind an answer's text. */
export const noticeText = (lines: readonly string[]): string => lines.map((line) => `note: ${line}\n`).join('');

export const nextText = (next: string | null): string =>
  next === null ? '' : `more: the same arguments with cursor ${JSON.stringify(next)}\n`;
