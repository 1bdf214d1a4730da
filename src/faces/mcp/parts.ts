/** Parts of the tools' schemas that several share, said once. */
import { z } from 'zod';

/** Fewer cannot hold one line of an answer with its notices; more is a whole context. */
const [fewest, most] = [100, 50_000];

export const budget = (usual: number) =>
  z.int().min(fewest).max(most).default(usual).describe(`Most tokens of the answer (default ${usual})`);

export const directory = z
  .string()
  .min(1)
  .optional()
  .describe('Directory of the repository, where it is not the usual one. Ids belong to the repository they came from');

export const cursor = z
  .string()
  .max(200)
  .optional()
  .describe('`next` of the answer before, with the same other arguments: what follows it');

export const next = z.string().nullable().describe('Give it as `cursor` for what follows; null: there is no more');

export const notices = z.array(z.string()).describe('What is partial, stale or ambiguous about the answer');

export const partial = z.boolean().describe('The index was not whole: ask again later for the rest');

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
