import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FileRow, WorktreeRows } from './rows.ts';

const row = (path: string, version: number, leftOut: FileRow['leftOut'] = null): FileRow => ({
  ...{ path, version, leftOut, language: 'text', bytes: 1, lines: 1, racy: false },
  ...{ mtimeMs: 0, ctimeMs: 0, inode: 0 },
});
const rowsOf = (files: readonly FileRow[]) =>
  new WorktreeRows(1, 1, 0, {}, new Map(files.map((file) => [file.path, file])));

test('directories are those of all files and those above them', () => {
  const paths = fc.array(fc.array(fc.constantFrom('a', 'b', 'cc'), { minLength: 1, maxLength: 4 }), { maxLength: 20 });
  fc.assert(
    fc.property(paths, (all) => {
      const files = all.map((parts) => `${parts.join('/')}/file`);
      const expected = new Set(all.flatMap((parts) => parts.map((_, at) => `${parts.slice(0, at + 1).join('/')}/`)));
      expect(rowsOf(files.map((file, at) => row(file, at + 1))).directories()).toEqual(expected);
    }),
  );
});

test('rows that a snapshot shares are not changed by the next commit; others are not copied', () => {
  const before = rowsOf([row('a', 1), row('b', 2), row('link', 0, 'symlink')]);
  expect(before.leftOut).toEqual({ symlink: 1 });
  before.shared = true;
  const after = before.after(2, 0, {}, [row('a', 3)], ['b']);
  expect(before.searched.map((file) => file.version)).toEqual([1, 2]);
  expect(after.searched.map((file) => file.version)).toEqual([3]);
  expect(after.after(3, 0, {}, [row('c', 4)], []).byPath).toBe(after.byPath);
});
