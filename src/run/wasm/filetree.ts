/**
 * The tree under a file system in memory: nodes with names, and how a path is followed through them.
 *
 * Nothing here knows the host's disk, so there is nothing to escape to: `..` of the root is the root, and
 * absolute links start there. A tree that is given read-only may be shared by many file systems.
 *
 * Names are strings of bytes (one UTF-16 unit per byte), because programs may use any bytes as names.
 * Deliberately absent: owners, permission checks, devices but `null`, several names for a directory.
 */
import { Errno } from './errno.ts';

/** Linux's limits: PATH_MAX, NAME_MAX, and 40 links followed. */
export const mostPathBytes = 4096;
const mostNameBytes = 255;
const mostLinks = 40;

export interface FileNode {
  readonly kind: 'file';
  readonly inode: bigint;
  mode: number;
  /** May be longer than the file. Shared with whoever gave it until `owned`. */
  bytes: Uint8Array;
  size: number;
  owned: boolean;
  /** A copy of the tree holds the same bytes: they are copied before the first change. Absent: no. */
  shared?: boolean;
  modified: bigint;
  names: number;
  /** Descriptors that hold it. Its bytes are free when it has neither name nor holder. */
  holders: number;
  readonly readOnly: boolean;
}

export interface DirectoryNode {
  readonly kind: 'directory';
  readonly inode: bigint;
  readonly entries: Map<string, Node>;
  parent: DirectoryNode | null;
  modified: bigint;
  readonly readOnly: boolean;
}

export interface LinkNode {
  readonly kind: 'link';
  readonly inode: bigint;
  readonly target: string;
  modified: bigint;
}

/** `/dev/null`: swallows what is written, and is empty. */
export interface NullNode {
  readonly kind: 'null';
  readonly inode: bigint;
  modified: bigint;
}

export type Node = FileNode | DirectoryNode | LinkNode | NullNode;

/** Where a path leads: the directory that holds its last part, and what is there, if anything. */
export interface Place {
  readonly directory: DirectoryNode;
  readonly name: string;
  readonly node: Node | null;
  /** The path ended with a slash, so that it can only mean a directory. */
  readonly mustBeDirectory: boolean;
}

export interface TreeFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mode?: number;
}

/** UTF-8 text as a string of bytes. */
export function toByteString(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** @param options.inode gives a new number at each call */
export interface MakeOptions {
  readonly readOnly: boolean;
  readonly time: bigint;
  readonly inode: () => bigint;
}

export function makeDirectory(parent: DirectoryNode | null, options: MakeOptions): DirectoryNode {
  return {
    kind: 'directory',
    inode: options.inode(),
    entries: new Map(),
    parent,
    modified: options.time,
    readOnly: options.readOnly,
  };
}

/** Puts files into a directory, making the directories between. The given bytes are shared, not copied. */
export function fill(root: DirectoryNode, files: Iterable<TreeFile>, options: MakeOptions): void {
  for (const file of files) {
    const parts = toByteString(file.path)
      .split('/')
      .filter((part) => part !== '');
    const name = parts.pop();
    if (name === undefined) throw new Error(`a file needs a name: '${file.path}'`);
    let directory = root;
    for (const part of parts) {
      let next = directory.entries.get(part);
      if (next === undefined) {
        next = makeDirectory(directory, options);
        directory.entries.set(part, next);
      }
      if (next.kind !== 'directory') throw new Error(`'${part}' of '${file.path}' is a file already`);
      directory = next;
    }
    directory.entries.set(name, {
      kind: 'file',
      inode: options.inode(),
      mode: file.mode ?? 0o644,
      bytes: file.bytes,
      size: file.bytes.length,
      owned: false,
      modified: options.time,
      names: 1,
      holders: 0,
      readOnly: options.readOnly,
    });
  }
}

/** A tree that cannot be written to, to be mounted in any number of file systems. */
export function readOnlyTree(files: Iterable<TreeFile>): DirectoryNode {
  // A range of its own, far from those of the file systems it is mounted in.
  let last = 2n ** 32n;
  const options: MakeOptions = { readOnly: true, time: 0n, inode: () => ++last };
  const root = makeDirectory(null, options);
  fill(root, files, options);
  return root;
}

/**
 * Follows a path from `start`.
 *
 * @param options.followLast whether a link at the end is followed
 * @throws Errno `noent`, `notdir`, `loop`, `nametoolong`, `inval` (empty, or with a zero byte)
 */
export function findPlace(
  root: DirectoryNode,
  start: DirectoryNode,
  path: string,
  options: { followLast: boolean },
): Place {
  if (path === '') throw new Errno('noent');
  if (path.length > mostPathBytes) throw new Errno('nametoolong');
  if (path.includes('\0')) throw new Errno('inval');
  let directory = path.startsWith('/') ? root : start;
  let mustBeDirectory = path.endsWith('/');
  const parts = path.split('/').reverse();
  let links = 0;
  let place: Place = { directory, name: '.', node: directory, mustBeDirectory };
  while (parts.length > 0) {
    const name = parts.pop() as string;
    if (name === '') continue;
    if (place.node === null) throw new Errno('noent');
    if (place.node.kind !== 'directory') throw new Errno('notdir');
    directory = place.node;
    if (name === '.') {
      place = { directory, name, node: directory, mustBeDirectory };
      continue;
    }
    if (name === '..') {
      // A mounted tree is shared, so it knows no parent.
      const parent: DirectoryNode = directory.parent ?? root;
      place = { directory: parent, name: '.', node: parent, mustBeDirectory };
      continue;
    }
    if (name.length > mostNameBytes) throw new Errno('nametoolong');
    const node = directory.entries.get(name) ?? null;
    const last = parts.every((part) => part === '');
    if (node?.kind === 'link' && (!last || options.followLast || mustBeDirectory)) {
      if (++links > mostLinks) throw new Errno('loop');
      if (last && node.target.endsWith('/')) mustBeDirectory = true;
      if (parts.length > mostPathBytes) throw new Errno('nametoolong');
      for (const part of node.target.split('/').reverse()) parts.push(part);
      const from = node.target.startsWith('/') ? root : directory;
      place = { directory: from, name: '.', node: from, mustBeDirectory };
      continue;
    }
    place = { directory, name, node, mustBeDirectory };
  }
  if (place.node !== null && mustBeDirectory && place.node.kind !== 'directory') throw new Errno('notdir');
  return { ...place, mustBeDirectory };
}
