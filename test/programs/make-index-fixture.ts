/**
 * Makes the small index that `test/index-versions.test.ts` opens, once for each format version:
 *
 *     node test/programs/make-index-fixture.ts test/fixtures/index-v1
 *
 * Never run again for a version that was released: the point is that old bytes still open.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openRepository } from '../../src/index/mod.ts';

const target = process.argv[2];
if (target === undefined) throw new Error('expected the directory to write to');
const base = mkdtempSync(path.join(tmpdir(), 'winnow-fixture-'));
const tree = path.join(base, 'tree');
cpSync(path.join(target, 'tree'), tree, { recursive: true });
const repository = openRepository(tree, { home: path.join(base, 'home') });
await repository.refresh();
await repository.tidy();
const problems = repository.verify();
if (problems.length > 0) throw new Error(problems.join('\n'));
repository.close();
rmSync(path.join(target, 'data'), { recursive: true, force: true });
// Opened for writing once more, so that SQLite folds its log into the file and removes it.
new DatabaseSync(path.join(repository.storeDir, 'data', 'store.sqlite')).exec('PRAGMA wal_checkpoint(TRUNCATE)');
cpSync(path.join(repository.storeDir, 'data', 'store.sqlite'), path.join(target, 'data', 'store.sqlite'));
rmSync(base, { recursive: true });
