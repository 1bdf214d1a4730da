/** An index of each format version that ever was opens: as it is, or by a rebuild that is told. */
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openRepository } from '../src/index/mod.ts';
import { storeFormat } from '../src/index/store/schema.ts';
import { weightsFingerprint } from '../src/index/text/mod.ts';
import { optionalGrammars } from '../src/index/work/grammar-files.ts';
import { makeTree } from './trees.ts';

const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url));
const versions = readdirSync(fixtures).filter((name) => /^index-v\d+$/.test(name));
const current = storeFormat;

test('there is one for the current format', () => {
  expect(versions).toContain(`index-v${current}`);
});

for (const name of versions) {
  test(`${name} opens`, async () => {
    const tree = makeTree();
    cpSync(path.join(fixtures, name, 'tree'), tree.root, { recursive: true });
    const repository = openRepository(tree.root, { home: tree.home });
    mkdirSync(repository.storeDir, { recursive: true });
    const data = path.join(repository.storeDir, 'data');
    cpSync(path.join(fixtures, name, 'data'), data, { recursive: true });
    const store = new DatabaseSync(path.join(data, 'store.sqlite'), { readOnly: true });
    const written = store.prepare('SELECT * FROM meta').get();
    store.close();

    const report = await repository.refresh();
    expect(report).toMatchObject({ added: 3, busy: false });
    const isOurs = written?.weights === weightsFingerprint() && written.grammars === optionalGrammars();
    if (written?.format === current && isOurs) {
      expect([repository.rebuiltFrom, report.bytesParsed]).toEqual([null, 0]);
    } else expect(repository.rebuiltFrom).not.toBeNull();
    expect(repository.verify()).toEqual([]);
    const snapshot = repository.snapshot();
    const names = snapshot
      .files()
      .map((file) => [file.path, snapshot.facts(file.version).symbols.map((s) => s.qualifiedName)]);
    expect(names).toEqual([
      ['counter.py', ['ReadyCounter', 'ReadyCounter.get_ready_count']],
      ['counter.ts', ['getReadyCount']],
      ['docs/guide.md', ['Guide']],
    ]);
    const found = snapshot.segments(null).flatMap(({ segment }) => segment.names.exact('getreadycount'));
    expect(found.map((entry) => snapshot.fileOfVersion(entry.version)?.path)).toEqual(['counter.ts']);
    snapshot.close();
    repository.close();
  });
}
