/**
 * Commits as they are kept: blocks of typed arrays, so that 60,000 of them are read in a tenth of a second.
 *
 *     u32 commits · u32 bytes of ids · u32 bytes of the text part · u32 files · u32 terms · u32 parents
 *     ids · parents' ids · text part (JSON: paths, subjects), padded to four bytes
 *     u32 time of each · u32 first parent of each, and the end · u32 first file, and the end · u32 first term, and the end
 *     u32 path number of each file · u32 hash of each term · u8 how often the term comes
 *
 * Message words are kept as 32-bit hashes of their terms: what is asked of them is only whether a query's term is
 * there. Two different words of one project fall together about once in a hundred thousand.
 */

/** One commit before it is packed. */
export interface CommitRow {
  /** Hexadecimal. */
  readonly id: string;
  readonly parents: readonly string[];
  readonly timeS: number;
  /** First line of the message, at most `subjectLength` characters. */
  readonly subject: string;
  /** Files that it changed; empty for a merge. */
  readonly paths: readonly string[];
  /** Hash of a term of the message → how often it comes. */
  readonly terms: ReadonlyMap<number, number>;
}

export const subjectLength = 100;

/** A block as read. Arrays are views into its bytes. */
export interface Block {
  readonly count: number;
  /** Hexadecimal, in order. */
  readonly ids: readonly string[];
  readonly parents: readonly string[];
  readonly subjects: readonly string[];
  readonly paths: readonly string[];
  readonly times: Uint32Array;
  readonly parentStarts: Uint32Array;
  readonly fileStarts: Uint32Array;
  readonly termStarts: Uint32Array;
  readonly files: Uint32Array;
  readonly terms: Uint32Array;
  readonly counts: Uint8Array;
}

const headerInts = 6;

export function packBlock(rows: readonly CommitRow[]): Uint8Array {
  const pathNumbers = new Map<string, number>();
  const numberOf = (path: string): number => {
    const known = pathNumbers.get(path) ?? pathNumbers.size;
    pathNumbers.set(path, known);
    return known;
  };
  const files = rows.flatMap((row) => row.paths.map(numberOf));
  const parents = rows.flatMap((row) => row.parents);
  const terms = rows.flatMap((row) => [...row.terms.keys()]);
  const counts = rows.flatMap((row) => [...row.terms.values()]);
  const starts = (lengthOf: (row: CommitRow) => number): Uint32Array => {
    const out = new Uint32Array(rows.length + 1);
    for (const [at, row] of rows.entries()) out[at + 1] = (out[at] as number) + lengthOf(row);
    return out;
  };
  const ids = Buffer.from(rows.map((row) => row.id).join('') + parents.join(''), 'hex');
  const text = JSON.stringify({ paths: [...pathNumbers.keys()], subjects: rows.map((row) => row.subject) });
  const texts = Buffer.from(text.padEnd(text.length + 8));
  const padded = texts.subarray(0, texts.length - ((ids.length + texts.length) % 4));
  const idBytes = rows.length === 0 ? 20 : (rows[0] as CommitRow).id.length / 2;
  const parts = [
    Uint32Array.of(rows.length, idBytes, padded.length, files.length, terms.length, parents.length),
    ids,
    padded,
    Uint32Array.from(rows, (row) => row.timeS),
    starts((row) => row.parents.length),
    starts((row) => row.paths.length),
    starts((row) => row.terms.size),
    Uint32Array.from(files),
    Uint32Array.from(terms),
    Uint8Array.from(counts, (count) => Math.min(count, 255)),
  ];
  return Buffer.concat(parts.map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength)));
}

/** @throws RangeError or SyntaxError for bytes that are no block */
export function readBlock(stored: Uint8Array): Block {
  // A copy starts at a multiple of four, which typed arrays need.
  const bytes = Buffer.from(stored.buffer.slice(stored.byteOffset, stored.byteOffset + stored.byteLength));
  let at = 0;
  const ints = (length: number): Uint32Array => {
    const view = new Uint32Array(bytes.buffer, bytes.byteOffset + at, length);
    at += length * 4;
    return view;
  };
  const [count, idBytes, textBytes, files, terms, parents] = ints(headerInts) as unknown as number[] as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const hexes = (length: number): string[] => {
    const all = bytes.toString('hex', at, at + length * idBytes);
    at += length * idBytes;
    return Array.from({ length }, (_, i) => all.slice(i * idBytes * 2, (i + 1) * idBytes * 2));
  };
  const ids = hexes(count);
  const parentIds = hexes(parents);
  const text = JSON.parse(bytes.toString('utf8', at, at + textBytes)) as { paths: string[]; subjects: string[] };
  at += textBytes;
  return {
    count,
    ids,
    parents: parentIds,
    subjects: text.subjects,
    paths: text.paths,
    times: ints(count),
    parentStarts: ints(count + 1),
    fileStarts: ints(count + 1),
    termStarts: ints(count + 1),
    files: ints(files),
    terms: ints(terms),
    counts: new Uint8Array(bytes.buffer, bytes.byteOffset + at, terms),
  };
}

/** 32-bit FNV-1a of a term. */
export function hashTerm(term: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < term.length; i++) hash = Math.imul(hash ^ term.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
