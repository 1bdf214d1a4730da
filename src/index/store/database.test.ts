/** Opening a store that another process did not finish making. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { dataDirOf, openReader, openWriter } from './database.ts';

test('a store whose maker was killed before there was a write-ahead log is none yet; the next writer makes it', () => {
  const directory = mkdtempSync(join(tmpdir(), 'winnow-store-'));
  try {
    const making = new DatabaseSync(join(directory, 'making'));
    // So small a cache that pages reach the file, and their old contents the journal, while the transaction is open.
    making.exec('PRAGMA cache_size = 1; CREATE TABLE a (b); BEGIN');
    for (let row = 0; row < 200; row++) making.prepare('INSERT INTO a VALUES (randomblob(1000))').run();
    mkdirSync(dataDirOf(directory), { recursive: true });
    const file = join(dataDirOf(directory), 'store.sqlite');
    copyFileSync(join(directory, 'making'), file);
    copyFileSync(join(directory, 'making-journal'), `${file}-journal`);
    making.close();
    expect(openReader(directory)).toBeNull();
    const { database, replacedFormat } = openWriter(directory);
    database.close();
    expect(replacedFormat).toBeNull();
    const reader = openReader(directory);
    expect(reader).not.toBeNull();
    reader?.close();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
