/** A commit object, taken apart. */

export interface Commit {
  readonly tree: Buffer;
  /** Ids in hexadecimal. */
  readonly parents: readonly string[];
  /** When it was committed, seconds since 1970; 0 when that cannot be told. */
  readonly timeS: number;
  readonly message: string;
}

/** Messages longer than this are logs or lists of merged work; the beginning says what it is. */
const longestMessage = 8_000;

/** @returns `null` when the bytes are no commit */
export function parseCommit(bytes: Buffer): Commit | null {
  const end = bytes.indexOf('\n\n');
  const header = bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
  const tree = /^tree ([0-9a-f]{40,64})$/m.exec(header)?.[1];
  if (tree === undefined) return null;
  const parents = [...header.matchAll(/^parent ([0-9a-f]{40,64})$/gm)].map((match) => match[1] as string);
  const timeS = Number(/^committer .*> (\d+) [+-]\d+$/m.exec(header)?.[1] ?? 0);
  const message = end < 0 ? '' : bytes.toString('utf8', end + 2, Math.min(bytes.length, end + 2 + longestMessage));
  return { tree: Buffer.from(tree, 'hex'), parents, timeS, message };
}
