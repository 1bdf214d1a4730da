/**
 * A program's open files: what each descriptor stands for, and reading, writing and seeking on it.
 */
import { Errno } from './errno.ts';
import type { DirectoryNode, FileNode, Node, NullNode } from './filetree.ts';
import type { MemoryFiles } from './memoryfiles.ts';

/** Linux's usual limit of open files. */
const mostDescriptors = 1024;

/** Source: wasi_snapshot_preview1, `filetype`. */
export const FileType = { unknown: 0, character: 2, directory: 3, file: 4, link: 7 } as const;

export type Descriptor =
  | { readonly kind: 'input'; readonly bytes: Uint8Array; at: number }
  | { readonly kind: 'output'; readonly write: (bytes: Uint8Array) => void }
  | { readonly kind: 'null'; readonly node: NullNode }
  | {
      readonly kind: 'file';
      readonly node: FileNode;
      at: number;
      append: boolean;
      readonly reads: boolean;
      readonly writes: boolean;
    }
  | {
      readonly kind: 'directory';
      readonly node: DirectoryNode;
      /** The path it was given to the program at; null: opened by the program. */
      readonly given: Uint8Array | null;
      /** What it held when listing began, so that changes meanwhile do not shift it. */
      listing: readonly (readonly [name: string, node: Node])[] | null;
    };

export class Descriptors {
  readonly #open: (Descriptor | null)[] = [];
  readonly #files: MemoryFiles;

  constructor(files: MemoryFiles) {
    this.#files = files;
  }

  /** @returns the lowest free number */
  add(descriptor: Descriptor): number {
    const free = this.#open.indexOf(null);
    const number = free >= 0 ? free : this.#open.length;
    if (number >= mostDescriptors) throw new Errno('mfile');
    this.#open[number] = descriptor;
    if (descriptor.kind === 'file') this.#files.hold(descriptor.node);
    return number;
  }

  get(number: number): Descriptor {
    const descriptor = this.#open[number >>> 0];
    if (descriptor === null || descriptor === undefined) throw new Errno('badf');
    return descriptor;
  }

  directory(number: number): DirectoryNode {
    const descriptor = this.get(number);
    if (descriptor.kind !== 'directory') throw new Errno('notdir');
    return descriptor.node;
  }

  file(number: number): Descriptor & { kind: 'file' } {
    const descriptor = this.get(number);
    if (descriptor.kind === 'directory') throw new Errno('isdir');
    if (descriptor.kind !== 'file') throw new Errno('spipe');
    return descriptor;
  }

  close(number: number): void {
    const descriptor = this.get(number);
    this.#open[number >>> 0] = null;
    if (descriptor.kind === 'file') this.#files.release(descriptor.node);
  }

  renumber(from: number, to: number): void {
    const descriptor = this.get(from);
    this.get(to);
    if (from >>> 0 === to >>> 0) return;
    this.close(to);
    this.#open[to >>> 0] = descriptor;
    this.#open[from >>> 0] = null;
  }

  /** @param at a position that leaves the descriptor's own alone; null: its own, which moves */
  read(number: number, pieces: readonly Uint8Array[], at: number | null): number {
    const descriptor = this.get(number);
    if (descriptor.kind === 'null') return 0;
    if (descriptor.kind === 'directory') throw new Errno('isdir');
    if (descriptor.kind === 'output') throw new Errno('badf');
    if (descriptor.kind === 'input') {
      if (at !== null) throw new Errno('spipe');
      let total = 0;
      for (const piece of pieces) {
        const part = descriptor.bytes.subarray(descriptor.at, descriptor.at + piece.length);
        piece.set(part);
        descriptor.at += part.length;
        total += part.length;
      }
      return total;
    }
    if (!descriptor.reads) throw new Errno('badf');
    let position = at ?? descriptor.at;
    let total = 0;
    for (const piece of pieces) {
      const count = this.#files.read(descriptor.node, position, piece);
      position += count;
      total += count;
      if (count < piece.length) break;
    }
    if (at === null) descriptor.at = position;
    return total;
  }

  write(number: number, pieces: readonly Uint8Array[], at: number | null): number {
    const descriptor = this.get(number);
    const total = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (descriptor.kind === 'null') return total;
    if (descriptor.kind === 'directory') throw new Errno('isdir');
    if (descriptor.kind === 'input') throw new Errno('badf');
    if (descriptor.kind === 'output') {
      if (at !== null) throw new Errno('spipe');
      for (const piece of pieces) if (piece.length > 0) descriptor.write(piece);
      return total;
    }
    if (!descriptor.writes) throw new Errno('badf');
    let position = at ?? (descriptor.append ? descriptor.node.size : descriptor.at);
    for (const piece of pieces) {
      this.#files.write(descriptor.node, position, piece);
      position += piece.length;
    }
    if (at === null) descriptor.at = position;
    return total;
  }

  /** @param whence 0 from the start, 1 from here, 2 from the end */
  seek(number: number, offset: bigint, whence: number): bigint {
    const descriptor = this.file(number);
    const from = whence === 0 ? 0 : whence === 1 ? descriptor.at : descriptor.node.size;
    const target = BigInt(from) + offset;
    if (whence > 2 || target < 0n || target > BigInt(Number.MAX_SAFE_INTEGER)) throw new Errno('inval');
    descriptor.at = Number(target);
    return target;
  }
}

export function fileTypeOf(node: Node): number {
  if (node.kind === 'file') return FileType.file;
  if (node.kind === 'directory') return FileType.directory;
  return node.kind === 'link' ? FileType.link : FileType.character;
}
