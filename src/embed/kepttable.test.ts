import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { keptTable } from './kepttable.ts';

const shipped = (name: string): string => fileURLToPath(new URL(`../../models/${name}`, import.meta.url));

test('a table is opened once while its file is the same, and never when the file is none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'winnow-table-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'own.table');
  expect(() => keptTable(path)).toThrow(expect.objectContaining({ code: 'path-not-found' }));
  copyFileSync(shipped('words-small.table'), path);
  const first = keptTable(path);
  expect(keptTable(path)).toBe(first);
  copyFileSync(shipped('words.table'), path);
  expect(keptTable(path).id).not.toBe(first.id);
  writeFileSync(path, 'no table');
  expect(() => keptTable(path)).toThrow(expect.objectContaining({ code: 'bad-model' }));
});
