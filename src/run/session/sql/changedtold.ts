/** A refusal to write into a database that another program changed, with what it changed, by table. */
import { WinnowError } from '../../../base/mod.ts';
import type { DatabaseChange } from '../types.ts';

/** Tables that a message names; all are in its details. */
const mostNamed = 10;

/**
 * Does something, and tells what changed where it is refused because of that.
 *
 * @param changesSince by table; where it fails because of the world, the refusal stands without it
 * @throws WinnowError as `work` does
 */
export async function tellingChanges<T>(
  work: () => Promise<T>,
  changesSince: () => Promise<readonly DatabaseChange[]>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof WinnowError) || error.code !== 'database-changed') throw error;
    const changes = await changesSince().catch((cause: unknown) => {
      if (cause instanceof WinnowError) return null;
      throw cause;
    });
    if (changes === null) throw error;
    throw new WinnowError('database-changed', `${error.message} ${changesText(changes)}`, {
      details: { ...error.details, changes },
      cause: error,
    });
  }
}

export function changesText(changes: readonly DatabaseChange[]): string {
  if (changes.length === 0) return 'Its rows and definitions are the same, but lie otherwise in the file.';
  const named = changes.slice(0, mostNamed).map(changeText);
  const left = changes.length - named.length;
  return `Changed since: ${named.join('; ')}${left > 0 ? `; and ${left} more` : ''}.`;
}

function changeText({ name, change, addedRows, removedRows, schema }: DatabaseChange): string {
  const rows = (sign: string, count: number | null): string[] =>
    count === null || count === 0 ? [] : [`${sign}${count} row${count === 1 ? '' : 's'}`];
  const parts = [
    ...(schema ? [change === 'modified' ? 'another definition' : change] : []),
    ...rows('+', addedRows),
    ...rows('-', removedRows),
  ];
  return `${name} ${parts.length === 0 ? change : parts.join(', ')}`;
}
