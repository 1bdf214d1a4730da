/**
 * The word tables in the package: the usual one and a smaller one. What they were trained on stands in docs/model.md.
 *
 * Each is opened once and kept: some 8 MB and 50 ms.
 */
import { fileURLToPath } from 'node:url';
import { openTable, tableBytes } from './table.ts';
import { readTable, type TableData } from './table-file.ts';
import type { WordEncoder } from './types.ts';

const files = { usual: 'words.table', small: 'words-small.table' } as const;
const opened = new Map<keyof typeof files, WordEncoder>();

/**
 * @param size `small` holds 3 MB instead of 8 and finds a little less (docs/measurements/meaning.md)
 * @throws WinnowError `path-not-found` or `bad-model` when the installation is broken
 */
export function shippedTable(size: keyof typeof files = 'usual'): WordEncoder {
  const known = opened.get(size);
  if (known !== undefined) return known;
  const table = openTable(shippedTablePath(size));
  opened.set(size, table);
  return table;
}

const shippedTablePath = (size: keyof typeof files): string =>
  fileURLToPath(new URL(`../../models/${files[size]}`, import.meta.url));

/**
 * A table's numbers, to train further from.
 *
 * @param path a file; without one the usual table
 * @throws WinnowError as `openTable`
 */
export function tableDataOf(path: string = shippedTablePath('usual')): TableData {
  return readTable(tableBytes(path), path);
}
