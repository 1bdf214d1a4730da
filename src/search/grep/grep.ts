/**
 * Searching a tree for a pattern: grams say which files can match, the files themselves say which lines do.
 *
 * The answer is that of reading every file: a file that is new, changed, too large or in no index is read, and
 * one whose grams do not fit cannot match. What the index learned is kept after the answer.
 */
import path from 'node:path';
import { anyFile, type GramQuery, type Grams, type Selection, type Walk, type WalkedFile } from '../../index/mod.ts';
import { searchBatches } from './batches.ts';
import type { BinaryRule, GrepOptions } from './options.ts';
import { compilePatterns } from './pattern/compile.ts';
import { gramQueryOf } from './pattern/gramquery.ts';
import type { BatchResult, OutputKind, WorkFile } from './work.ts';

export interface TreeSearch {
  readonly search: GrepOptions;
  readonly output: OutputKind;
  readonly selection: Selection;
  /** Part to search: relative directory with a final slash, or empty. */
  readonly under: string;
  /** What stands before the paths of files below `under`. */
  readonly shownAs: string;
  /** False: answers from the last look, without looking for changed files. */
  readonly refresh: boolean;
  readonly binary: BinaryRule;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onResult: (result: BatchResult) => Promise<boolean>;
}

export interface TreeAnswer {
  /** Files that the search covers, and those of them that were read. */
  readonly files: number;
  readonly read: number;
  readonly failures: readonly { readonly path: string; readonly code: string }[];
  readonly elapsedMs: { readonly look: number; readonly select: number; readonly search: number };
}

/** @throws WinnowError `bad-query`; what `signal` aborts with */
export async function grepTree(grams: Grams, input: TreeSearch): Promise<TreeAnswer> {
  const startedMs = performance.now();
  const { search, under, shownAs, output } = input;
  const query = treeQuery(search, output, input.binary);
  const walk = await grams.look({
    under,
    selection: input.selection,
    refresh: input.refresh,
    ...(input.signal === undefined ? {} : { signal: input.signal }),
  });
  const lookedMs = performance.now();
  const selected = grams.select(walk, query);
  const root = grams.root.endsWith(path.sep) ? grams.root : grams.root + path.sep;
  const files = inOrder(selected, walk).map(
    (file): WorkFile => ({
      file: root + file.path,
      shown: shownAs + file.path.slice(under.length),
      bytes: file.bytes,
    }),
  );
  const selectedMs = performance.now();
  const failures = walk.failures.map((failure) => ({ ...failure, path: shownAs + failure.path.slice(under.length) }));
  await searchBatches({
    options: { search, output, binary: input.binary },
    files,
    threads: input.threads,
    signal: input.signal,
    onResult: (result) => {
      failures.push(...result.failures);
      return input.onResult(result);
    },
  });
  return {
    files: walk.files.length,
    read: files.length,
    failures,
    elapsedMs: {
      look: lookedMs - startedMs,
      select: selectedMs - lookedMs,
      search: performance.now() - selectedMs,
    },
  };
}

/** Places of a tree's files among its paths, by entry, from 1: sorting 50,000 of them takes some 40 ms. */
const places = new WeakMap<Walk['tree'], Uint32Array>();

function inOrder(files: readonly WalkedFile[], { tree, files: all }: Walk): readonly WalkedFile[] {
  // Few are sorted soon, and say nothing of the others.
  if (2 * files.length < all.length) return sorted(files);
  const known = places.get(tree);
  if (known !== undefined && files.every(({ entry }) => known[entry] !== 0)) {
    const placed = new Array<WalkedFile | undefined>(known.length);
    for (const file of files) placed[known[file.entry] as number] = file;
    return placed.filter((file) => file !== undefined);
  }
  const ordered = sorted(files);
  const made = new Uint32Array(tree.kinds.length + 1);
  ordered.forEach(({ entry }, at) => {
    made[entry] = at + 1;
  });
  places.set(tree, made);
  return ordered;
}

/** By path, directory by directory, as `rg --sort path` has them: what lies in `a/` stands before `a.c`. */
function sorted(files: readonly WalkedFile[]): readonly WalkedFile[] {
  const keyed = files.map((file) => ({ file, key: file.path.replaceAll('/', '\0') }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ file }) => file);
}

/** Searches files that were asked for by name: whole, without grams, and binary ones too. @returns what could not be read */
export async function grepFiles(input: {
  readonly search: GrepOptions;
  readonly output: OutputKind;
  readonly files: readonly WorkFile[];
  /** Read piece by piece, as ripgrep reads files of which there are many. */
  readonly inPieces: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onResult: (result: BatchResult) => Promise<boolean>;
}): Promise<readonly { readonly path: string; readonly code: string }[]> {
  const { search, output, files, inPieces, signal } = input;
  const failures: { path: string; code: string }[] = [];
  await searchBatches({
    options: { search, output, binary: search.nul ? 'text' : inPieces ? 'split' : 'say' },
    files,
    threads: 0,
    signal,
    onResult: (result) => {
      failures.push(...result.failures);
      return input.onResult(result);
    },
  });
  return failures;
}

/** Which files must be read. Lines and files without a match can be anywhere; behind a NUL there are no grams. */
function treeQuery(search: GrepOptions, output: OutputKind, binary: BinaryRule): GramQuery {
  if (search.invert || binary !== 'leave') return anyFile;
  if (output.kind === 'plain' && output.names === 'without') return anyFile;
  return gramQueryOf(compilePatterns(search));
}
