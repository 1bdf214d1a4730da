/**
 * A snapshot as `locate` sees it: which files can be the answer, which are tests, and where each document of the
 * text index belongs. Made once per snapshot.
 *
 * Files that can be the answer are source code that is no test; prose, data and configuration are not ranked. If a
 * repository has none but tests, tests are.
 */
import type { FileFacts } from '../../code/mod.ts';
import { docFlag, type FileRecord, type SegmentView, type Snapshot } from '../../index/mod.ts';

export const role = { none: 0, source: 1, test: 2 } as const;

/** Languages whose files define nothing that an issue asks to change. */
const notCode: ReadonlySet<string> = new Set(['text', 'markdown', 'rst', 'asciidoc', 'json', 'yaml', 'toml']);

/** A folder or file name by which people mark helpers of tests; files of the index's own test trait count anyway. */
const testPath =
  /(?:^|\/)(?:tests?|testing|__tests__|spec|testdata|fixtures)\/|(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest|[^/]*\.(?:test|spec))\.\w+$/i;

export interface Corpus {
  readonly snapshot: Snapshot;
  readonly views: readonly SegmentView[];
  readonly files: readonly FileRecord[];
  /** Per file: `role`. */
  readonly roles: Uint8Array;
  /** Per file: bits of `docFlag` of its documents. */
  readonly flags: Uint8Array;
  /** Number of the first document of each view in the arrays below. */
  readonly offsets: readonly number[];
  /** Per document: its file, or -1 when no worktree holds it. */
  readonly fileOfDoc: Int32Array;
  readonly chunkOfDoc: Uint32Array;
  /** Documents of each file: how many. */
  readonly docsOfFile: Uint32Array;
  readonly byPath: ReadonlyMap<string, number>;
  readonly byVersion: ReadonlyMap<number, number>;
  /** Files by each ending of their path in whole parts: `c.py`, `b/c.py`, `a/b/c.py`. */
  readonly byEnding: ReadonlyMap<string, readonly number[]>;
  facts(file: number): FileFacts;
}

const corpora = new WeakMap<Snapshot, Map<string, Corpus>>();

/** @param under folder that answers must be in; empty: anywhere */
export function corpusOf(snapshot: Snapshot, under: string): Corpus {
  const known = corpora.get(snapshot) ?? new Map<string, Corpus>();
  corpora.set(snapshot, known);
  const found = known.get(under) ?? build(snapshot, under);
  known.set(under, found);
  return found;
}

function build(snapshot: Snapshot, under: string): Corpus {
  const views = snapshot.segments(null);
  const files = snapshot.files();
  const byVersion = new Map(files.map((file, at) => [file.version, at]));
  const byPath = new Map(files.map((file, at) => [file.path, at]));
  const offsets: number[] = [];
  let total = 0;
  for (const { segment } of views) {
    offsets.push(total);
    total += segment.docCount;
  }
  const fileOfDoc = new Int32Array(total).fill(-1);
  const chunkOfDoc = new Uint32Array(total);
  const docsOfFile = new Uint32Array(files.length);
  const flags = new Uint8Array(files.length);
  for (const [at, { segment, live }] of views.entries()) {
    const offset = offsets[at] as number;
    for (let v = 0; v < segment.versions.length; v++) {
      if (live !== null && live[v] === 0) continue;
      const file = byVersion.get(segment.versions[v] as number);
      if (file === undefined) continue;
      for (let doc = segment.firstDoc[v] as number; doc < (segment.firstDoc[v + 1] as number); doc++) {
        fileOfDoc[offset + doc] = file;
        chunkOfDoc[offset + doc] = segment.chunkOf(doc);
        docsOfFile[file] = (docsOfFile[file] as number) + 1;
        flags[file] = segment.flags[doc] as number;
      }
    }
  }
  const roles = rolesOf(files, flags, under);
  return {
    snapshot,
    views,
    files,
    roles,
    flags,
    offsets,
    fileOfDoc,
    chunkOfDoc,
    docsOfFile,
    byPath,
    byVersion,
    byEnding: endingsOf(files, roles),
    facts: factsReader(snapshot, files),
  };
}

function rolesOf(files: readonly FileRecord[], flags: Uint8Array, under: string): Uint8Array {
  const roles = Uint8Array.from(files, ({ path, language }, at) => {
    if (notCode.has(language)) return role.none;
    if (((flags[at] as number) & docFlag.test) !== 0 || testPath.test(path)) return role.test;
    return under === '' || path === under || path.startsWith(`${under}/`) ? role.source : role.none;
  });
  if (!roles.includes(role.source)) {
    for (const [at, { path }] of files.entries())
      if (roles[at] === role.test && (under === '' || path.startsWith(`${under}/`))) roles[at] = role.source;
  }
  return roles;
}

function endingsOf(files: readonly FileRecord[], roles: Uint8Array): Map<string, number[]> {
  const endings = new Map<string, number[]>();
  for (const [at, { path }] of files.entries()) {
    if (roles[at] !== role.source) continue;
    for (let from = 0; ; ) {
      const ending = path.slice(from);
      const known = endings.get(ending);
      if (known === undefined) endings.set(ending, [at]);
      else known.push(at);
      const slash = path.indexOf('/', from);
      if (slash < 0) break;
      from = slash + 1;
    }
  }
  return endings;
}

function factsReader(snapshot: Snapshot, files: readonly FileRecord[]): (file: number) => FileFacts {
  const decoded = new Map<number, FileFacts>();
  return (file) => {
    const known = decoded.get(file);
    if (known !== undefined) return known;
    const facts = snapshot.facts((files[file] as FileRecord).version);
    decoded.set(file, facts);
    return facts;
  };
}
