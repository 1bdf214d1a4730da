/**
 * A file system in memory: all that a WebAssembly program can see of files.
 *
 * Bytes are counted: contents as they are, and a fixed price for each name, so that a million empty files
 * cost as well. What was there from the start costs nothing until it is changed. Paths are followed by
 * `filetree.ts`; here are the changes, each of which leaves the tree whole or as it was.
 */
import { Errno } from './errno.ts';
import {
  type DirectoryNode,
  type FileNode,
  fill,
  type MakeOptions,
  makeDirectory,
  mostPathBytes,
  type Node,
  type Place,
  type TreeFile,
  toByteString,
} from './filetree.ts';
import type { TreeCopier } from './treecopy.ts';

/** What a file, directory or link costs beside its contents: roughly its objects on V8's heap, measured 200 to 400 bytes. */
const nodeBytes = 512;

export class MemoryFiles {
  readonly root: DirectoryNode;
  readonly #now: () => bigint;
  #limitBytes: number;
  #usedBytes = 0;
  #peakBytes = 0;
  #inodes = 0n;
  /** Inodes up to this one are of what the host put there. */
  #lastGiven = 0n;
  readonly #inode = () => ++this.#inodes;

  /**
   * @param options.limitBytes bytes that may be written, beyond what `add` and `mount` put there
   * @param options.now the time for what is changed, ns since 1970
   */
  constructor(options: { limitBytes: number; now: () => bigint }, root?: DirectoryNode) {
    this.#limitBytes = options.limitBytes;
    this.#now = options.now;
    this.root = root ?? makeDirectory(null, this.#make());
  }

  /**
   * These files as they are now, which go their own way from here on; contents are shared until one side changes them.
   *
   * @param now the time for what is changed in the copy
   */
  copy(copier: TreeCopier, now: () => bigint): MemoryFiles {
    const made = new MemoryFiles({ limitBytes: this.#limitBytes, now }, copier.directory(this.root));
    made.#usedBytes = this.#usedBytes;
    made.#peakBytes = this.#peakBytes;
    made.#inodes = this.#inodes;
    made.#lastGiven = this.#lastGiven;
    return made;
  }

  /** What is counted now, bytes. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  #make(): MakeOptions {
    return { readOnly: false, time: this.#now(), inode: this.#inode };
  }

  /** For what the host puts there before the program runs: it costs nothing, so removing it frees nothing. */
  #give(): MakeOptions {
    return { ...this.#make(), inode: () => (this.#lastGiven = this.#inode()) };
  }

  #refund(node: Node): void {
    if (node.inode > this.#lastGiven) this.#charge(-nodeBytes);
  }

  /** The most bytes that were counted at once. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  /** Files that are there from the start. Their bytes are not counted until they are written to, and never changed. */
  add(files: Iterable<TreeFile>, below = ''): void {
    fill(this.directory(below), files, this.#give());
  }

  mount(path: string, tree: DirectoryNode): void {
    const parts = path.split('/').filter((part) => part !== '');
    const name = parts.pop();
    if (name === undefined) throw new Error('a tree cannot be mounted on the root');
    this.directory(parts.join('/')).entries.set(toByteString(name), tree);
  }

  mountNull(path: string): void {
    const parts = path.split('/').filter((part) => part !== '');
    const name = parts.pop() ?? '';
    this.directory(parts.join('/')).entries.set(name, { kind: 'null', inode: this.#give().inode(), modified: 0n });
  }

  /** The directory at a path of the host's choice, made with its parents when it is not there. */
  directory(path: string): DirectoryNode {
    let directory = this.root;
    for (const part of toByteString(path).split('/')) {
      if (part === '') continue;
      let next = directory.entries.get(part);
      if (next === undefined) {
        next = makeDirectory(directory, this.#give());
        directory.entries.set(part, next);
      }
      if (next.kind !== 'directory') throw new Error(`'${path}' is not a directory`);
      directory = next;
    }
    return directory;
  }

  #charge(bytes: number): void {
    if (bytes > 0 && this.#usedBytes + bytes > this.#limitBytes) throw new Errno('nospc');
    this.#usedBytes += bytes;
    if (this.#usedBytes > this.#peakBytes) this.#peakBytes = this.#usedBytes;
  }

  #put(place: Place, node: Node): void {
    place.directory.entries.set(place.name, node);
    place.directory.modified = this.#now();
  }

  #writable(place: Place): void {
    if (place.directory.readOnly) throw new Errno('rofs');
  }

  createFile(place: Place): FileNode {
    this.#writable(place);
    if (place.mustBeDirectory) throw new Errno('isdir');
    this.#charge(nodeBytes);
    const file: FileNode = {
      kind: 'file',
      inode: this.#inode(),
      mode: 0o644,
      bytes: new Uint8Array(0),
      size: 0,
      owned: true,
      modified: this.#now(),
      names: 1,
      holders: 0,
      readOnly: false,
    };
    this.#put(place, file);
    return file;
  }

  createDirectory(place: Place): void {
    if (place.node !== null) throw new Errno('exist');
    this.#writable(place);
    this.#charge(nodeBytes);
    this.#put(place, makeDirectory(place.directory, this.#make()));
  }

  createLink(place: Place, target: string): void {
    if (place.node !== null) throw new Errno('exist');
    this.#writable(place);
    if (place.mustBeDirectory || target === '') throw new Errno('noent');
    if (target.length > mostPathBytes) throw new Errno('nametoolong');
    this.#charge(nodeBytes + target.length);
    this.#put(place, { kind: 'link', inode: this.#inode(), target, modified: this.#now() });
  }

  /** A second name for a file. */
  createName(place: Place, node: Node): void {
    if (place.node !== null) throw new Errno('exist');
    if (node.kind !== 'file') throw new Errno('perm');
    this.#writable(place);
    if (node.readOnly) throw new Errno('rofs');
    this.#charge(nodeBytes);
    node.names++;
    this.#put(place, node);
  }

  removeFile(place: Place): void {
    const { node } = place;
    if (node === null) throw new Errno('noent');
    if (node.kind === 'directory') throw new Errno('isdir');
    if (node.kind === 'null') throw new Errno('perm');
    this.#writable(place);
    place.directory.entries.delete(place.name);
    place.directory.modified = this.#now();
    this.#refund(node);
    if (node.kind === 'link') this.#charge(-node.target.length);
    else {
      node.names--;
      this.#releaseUnused(node);
    }
  }

  removeDirectory(place: Place): void {
    const { node } = place;
    if (node === null) throw new Errno('noent');
    if (node.kind !== 'directory') throw new Errno('notdir');
    if (place.name === '.') throw new Errno('inval');
    this.#writable(place);
    if (node.readOnly) throw new Errno('rofs');
    if (node.entries.size > 0) throw new Errno('notempty');
    place.directory.entries.delete(place.name);
    place.directory.modified = this.#now();
    this.#refund(node);
  }

  rename(from: Place, to: Place): void {
    const moved = from.node;
    if (moved === null) throw new Errno('noent');
    if (from.name === '.' || to.name === '.' || moved.kind === 'null') throw new Errno('inval');
    this.#writable(from);
    this.#writable(to);
    if (moved.kind === 'directory') {
      if (moved.readOnly) throw new Errno('rofs');
      for (let up: DirectoryNode | null = to.directory; up !== null; up = up.parent)
        if (up === moved) throw new Errno('inval');
    } else if (to.mustBeDirectory) throw new Errno('notdir');
    const there = to.node;
    if (there === moved) return;
    if (there !== null) {
      if (there.kind === 'directory') {
        if (moved.kind !== 'directory') throw new Errno('isdir');
        this.removeDirectory(to);
      } else {
        if (moved.kind === 'directory') throw new Errno('notdir');
        this.removeFile(to);
      }
    }
    from.directory.entries.delete(from.name);
    from.directory.modified = this.#now();
    if (moved.kind === 'directory') moved.parent = to.directory;
    this.#put(to, moved);
  }

  hold(file: FileNode): void {
    if (!file.readOnly) file.holders++;
  }

  release(file: FileNode): void {
    if (file.readOnly) return;
    file.holders--;
    this.#releaseUnused(file);
  }

  #releaseUnused(file: FileNode): void {
    if (file.names > 0 || file.holders > 0) return;
    if (file.owned) this.#charge(-file.size);
    file.bytes = new Uint8Array(0);
    file.size = 0;
  }

  /** @returns bytes read, 0 at the end */
  read(file: FileNode, at: number, into: Uint8Array): number {
    if (at >= file.size) return 0;
    const count = Math.min(into.length, file.size - at);
    into.set(file.bytes.subarray(at, at + count));
    return count;
  }

  /** @throws Errno `nospc` past the limit */
  write(file: FileNode, at: number, from: Uint8Array): void {
    if (from.length === 0) return;
    if (at + from.length > file.size) this.resize(file, at + from.length);
    else this.#own(file);
    file.bytes.set(from, at);
    file.modified = this.#now();
  }

  /** @throws Errno `nospc`, `rofs` */
  resize(file: FileNode, size: number): void {
    this.#own(file);
    this.#charge(size - file.size);
    if (size > file.bytes.length) {
      const grown = new Uint8Array(Math.min(Math.max(size, file.bytes.length * 2), Math.max(size, this.#limitBytes)));
      grown.set(file.bytes.subarray(0, file.size));
      file.bytes = grown;
    } else if (size < file.size) file.bytes.fill(0, size, file.size);
    file.size = size;
    file.modified = this.#now();
  }

  /** Bytes that came from outside are copied before the first change. */
  #own(file: FileNode): void {
    if (file.readOnly) throw new Errno('rofs');
    if (file.owned && file.shared !== true) return;
    if (!file.owned) this.#charge(file.size);
    file.bytes = file.bytes.slice(0, file.size);
    file.owned = true;
    file.shared = false;
  }
}
