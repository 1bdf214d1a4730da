/**
 * A tree of files as it was last seen: what each directory lists, what rules say of it, each file's stamp,
 * and where its grams are. Columns, because a tree has 100,000 entries and each command reads it anew.
 *
 *   magic "WNTREE01", u32 checksum of all that follows, u32 length of the head, head as JSON, names joined by NUL,
 *   then the columns, each from a multiple of eight bytes on
 */
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';

export const kind = { file: 0, directory: 1, other: 2 } as const;
/** What rule files say of an entry. */
export const said = { nothing: 0, ignored: 1, wanted: 2 } as const;

/** Stands for "no directory" and "no document". */
export const nowhere = 0xffffffff;

/** A stamp has four numbers: size, times of change in milliseconds, inode. */
export const stampNumbers = 4;

export interface Tree {
  readonly root: string;
  /** Numbers of the segments that documents are in. */
  readonly segments: readonly number[];
  /** Rule files and their stamps. */
  readonly rules: readonly (readonly [string, string])[];
  /** Paths of directories: relative, with a final slash; the root, empty, is the first. */
  readonly directories: readonly string[];
  /** When its list changed, in milliseconds; NaN when the list cannot be trusted. */
  readonly changed: Float64Array;
  /** Entries of directory `d` are `first[d]` up to `first[d + 1]`. */
  readonly first: Uint32Array;
  readonly names: readonly string[];
  readonly kinds: Uint8Array;
  readonly said: Uint8Array;
  /** Of a file; size -1 when none is known or it proves nothing. */
  readonly stamps: Float64Array;
  /** Of a directory: its number. Of a file: index in `segments` × 2²⁴ + document. `nowhere`. */
  readonly targets: Uint32Array;
}

/** Documents of a segment are below this. */
export const segmentStep = 2 ** 24;

const magic = Buffer.from('WNTREE01');

export function encodeTree(tree: Tree): Uint8Array {
  const { root, segments, rules, directories, names } = tree;
  const counts = { directories: directories.length, names: names.length };
  const head = Buffer.from(JSON.stringify({ root, segments, rules, counts }));
  const text = Buffer.from([...directories, ...names].join('\0'));
  const columns = [tree.changed, tree.first, tree.kinds, tree.said, tree.stamps, tree.targets];
  const parts: Uint8Array[] = [];
  let length = 0;
  const put = (bytes: Uint8Array): void => {
    const padding = (8 - (length % 8)) % 8;
    if (padding > 0) parts.push(new Uint8Array(padding));
    parts.push(bytes);
    length += padding + bytes.length;
  };
  const start = Buffer.alloc(20);
  magic.copy(start);
  start.writeUInt32LE(head.length, 12);
  start.writeUInt32LE(text.length, 16);
  put(start);
  put(head);
  put(text);
  for (const column of columns) put(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  const whole = Buffer.concat(parts);
  whole.writeUInt32LE(crc32(whole.subarray(12)), 8);
  return whole;
}

/** @returns null when there is none, or it is damaged: then the tree is looked at anew */
export function readTree(file: string): Tree | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    return null;
  }
  if (bytes.length < 20 || !bytes.subarray(0, 8).equals(magic)) return null;
  if (crc32(bytes.subarray(12)) !== bytes.readUInt32LE(8)) return null;
  let at = 24;
  const take = (length: number): Buffer => {
    const part = bytes.subarray(at, at + length);
    at = Math.ceil((at + length) / 8) * 8;
    return part;
  };
  const head = JSON.parse(take(bytes.readUInt32LE(12)).toString()) as Pick<Tree, 'root' | 'segments' | 'rules'> & {
    counts: { directories: number; names: number };
  };
  const words = take(bytes.readUInt32LE(16)).toString().split('\0');
  const { directories, names } = head.counts;
  const own = (length: number): ArrayBuffer => {
    const part = take(length);
    return part.buffer.slice(part.byteOffset, part.byteOffset + length) as ArrayBuffer;
  };
  return {
    root: head.root,
    segments: head.segments,
    rules: head.rules,
    directories: words.slice(0, directories),
    names: words.slice(directories, directories + names),
    changed: new Float64Array(own(8 * directories)),
    first: new Uint32Array(own(4 * (directories + 1))),
    kinds: new Uint8Array(own(names)),
    said: new Uint8Array(own(names)),
    stamps: new Float64Array(own(8 * stampNumbers * names)),
    targets: new Uint32Array(own(4 * names)),
  };
}

/** The same tree, naming only segments that it has documents in. */
export function compacted(tree: Tree): Tree {
  const used = new Map<number, number>();
  const targets = tree.targets.map((target, entry) => {
    if (tree.kinds[entry] !== kind.file || target === nowhere) return target;
    const old = Math.floor(target / segmentStep);
    const index = used.get(old) ?? used.size;
    used.set(old, index);
    return index * segmentStep + (target % segmentStep);
  });
  return { ...tree, targets, segments: [...used.keys()].map((old) => tree.segments[old] as number) };
}

/** A tree in the making. */
export class TreeBuilder {
  readonly directories: string[] = [];
  readonly changed: number[] = [];
  readonly first: number[] = [];
  readonly names: string[] = [];
  readonly kinds: number[] = [];
  readonly said: number[] = [];
  readonly stamps: number[] = [];
  readonly targets: number[] = [];

  /** @returns its number */
  addDirectory(path: string, changedMs: number): number {
    this.changed.push(changedMs);
    this.first.push(0);
    return this.directories.push(path) - 1;
  }

  /** Adds an entry without a stamp. @returns its number */
  addEntry(name: string, itsKind: number, itsSaid: number): number {
    this.kinds.push(itsKind);
    this.said.push(itsSaid);
    this.stamps.push(-1, 0, 0, 0);
    this.targets.push(nowhere);
    return this.names.push(name) - 1;
  }

  finish(root: string, segments: readonly number[], rules: Tree['rules']): Tree {
    return {
      root,
      segments,
      rules,
      directories: this.directories,
      changed: Float64Array.from(this.changed),
      first: Uint32Array.from([...this.first, this.names.length]),
      names: this.names,
      kinds: Uint8Array.from(this.kinds),
      said: Uint8Array.from(this.said),
      stamps: Float64Array.from(this.stamps),
      targets: Uint32Array.from(this.targets),
    };
  }
}
