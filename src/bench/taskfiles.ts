/**
 * Where a task's corpus, queries and judgements lie, in the layouts that retrieval benchmarks are given away in.
 *
 *     BEIR          corpus.jsonl  queries.jsonl  qrels/test.tsv
 *     CoIR          corpus/corpus-00000-of-00001.parquet  queries/queries-….parquet  data/test-….parquet
 *     CoIR, before  NAME-queries-corpus/data/corpus-….parquet, queries-….parquet  NAME-qrels/data/test-….parquet
 *
 * Files are told by their names and their folders', so a folder that somebody put together of these is read as well. Several files of one name
 * are parts, in order. The files of a split are those named after it; anything else is passed over.
 */
import { type Dirent, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { WinnowError } from '../base/mod.ts';

export interface TaskFiles {
  /** Parts, in order. */
  readonly corpus: readonly string[];
  readonly queries: readonly string[];
  /** By split. */
  readonly judgements: ReadonlyMap<string, readonly string[]>;
}

const mostDepth = 3;
/** `test`, `test-00000-of-00001`, `test-00000-of-00001-279bc28cd351fa67`, and what a converter names `0000` in a folder. */
const tableName = /^(.*?)(?:-\d{5}-of-\d{5}(?:-[0-9a-f]+)?)?\.(tsv|jsonl|jsonl\.gz|parquet)$/;
const partNumber = /^\d+$/;
const judgementFolders = /^(qrels|data|default)$/;

/** @throws WinnowError `path-not-found`, `not-a-directory`, `path-unreadable` */
export function taskFiles(dir: string): TaskFiles {
  const corpus: string[] = [];
  const queries: string[] = [];
  const judgements = new Map<string, string[]>();
  for (const path of tablesBelow(dir, 0)) {
    const [, stem = '', kind = ''] = tableName.exec(basename(path)) ?? [];
    const folder = basename(dirname(path));
    const name = partNumber.test(stem) ? folder : stem;
    if (kind !== 'tsv' && (name === 'corpus' || folder === 'corpus')) corpus.push(path);
    else if (kind !== 'tsv' && (name === 'queries' || folder === 'queries')) queries.push(path);
    else if (dirname(path) !== dir && (judgementFolders.test(folder) || partNumber.test(stem)))
      judgements.set(name, [...(judgements.get(name) ?? []), path]);
  }
  return { corpus, queries, judgements };
}

function tablesBelow(dir: string, depth: number): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(dir, { withFileTypes: true });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new WinnowError('path-not-found', `Expected a folder at ${dir}; there is none.`, { cause });
    if (code === 'ENOTDIR')
      throw new WinnowError('not-a-directory', `Expected a folder at ${dir}; it is a file.`, { cause });
    throw new WinnowError('path-unreadable', `Cannot read ${dir} (${code}).`, { cause });
  }
  return entries
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(dir, entry.name);
      if (entry.isDirectory())
        return depth < mostDepth && !entry.name.startsWith('.') ? tablesBelow(path, depth + 1) : [];
      return tableName.test(entry.name) ? [path] : [];
    });
}
