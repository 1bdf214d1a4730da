/**
 * The files of one Python job: its work directory and a few system directories around the shared standard library.
 */
import { Errno } from '../../wasm/errno.ts';
import { type DirectoryNode, findPlace, type Node, type Place, type TreeFile } from '../../wasm/filetree.ts';
import { MemoryFiles } from '../../wasm/memoryfiles.ts';
import type { TreeCopier } from '../../wasm/treecopy.ts';
import type { DeviceName } from './descriptors.ts';

export const workPath = '/work';
export const libraryPath = '/lib/python3.14';

const devices: Readonly<Record<string, DeviceName>> = {
  '/dev/null': 'null',
  '/dev/zero': 'zero',
  '/dev/full': 'full',
  '/dev/random': 'urandom',
  '/dev/urandom': 'urandom',
  '/dev/stdin': 'stdin',
  '/dev/stdout': 'stdout',
  '/dev/stderr': 'stderr',
};

export interface FileSystemOptions {
  readonly limitBytes: number;
  /** ns since 1970 */
  readonly now: () => bigint;
  /** The standard library, shared and read-only. */
  readonly library: DirectoryNode;
  /** The job's files, below the work directory. */
  readonly given: Iterable<TreeFile>;
}

export class FileSystem {
  readonly files: MemoryFiles;
  work: DirectoryNode;
  current: DirectoryNode;
  readonly #devices: Map<Node, DeviceName>;
  readonly #library: DirectoryNode;

  /** @param copied to be a copy of, with its files instead of the given ones */
  constructor(options: FileSystemOptions, copied: { of: FileSystem; copier: TreeCopier } | null = null) {
    this.#library = options.library;
    this.#devices = copied === null ? new Map() : copied.of.#devices;
    if (copied !== null) {
      const { of, copier } = copied;
      this.files = of.files.copy(copier, options.now);
      this.work = copier.directory(of.work);
      this.current = copier.directory(of.current);
      return;
    }
    this.files = new MemoryFiles(options);
    this.work = this.files.directory(workPath);
    this.files.directory('/tmp');
    this.files.mount(libraryPath, options.library);
    for (const [path, device] of Object.entries(devices)) {
      this.files.mountNull(path);
      const { node } = this.find(path, true, this.files.root);
      if (node !== null) this.#devices.set(node, device);
    }
    this.files.add(options.given, workPath);
    this.current = this.work;
  }

  /** The work directory is there again where a program has removed it, and so is where it stands. @returns what was lost, in words */
  repair(): readonly string[] {
    const lost: string[] = [];
    const name = workPath.slice(1);
    const there = this.files.root.entries.get(name);
    if (there?.kind !== 'directory') {
      this.files.root.entries.delete(name);
      lost.push('The work directory was removed; an empty one stands in its place.');
    }
    this.work = this.files.directory(workPath);
    try {
      this.pathOf(this.current);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      this.current = this.work;
      if (lost.length === 0) lost.push(`The current directory was removed; it is ${workPath} again.`);
    }
    return lost;
  }

  find(path: string, followLast: boolean, from = this.current): Place {
    return findPlace(this.files.root, from, path, { followLast });
  }

  deviceOf(node: Node): DeviceName {
    return this.#devices.get(node) ?? 'null';
  }

  #above(directory: DirectoryNode): DirectoryNode | null {
    if (directory === this.#library) return this.files.directory('/lib');
    return directory.parent;
  }

  /** @throws Errno `noent` when it was removed */
  pathOf(directory: DirectoryNode): string {
    const names: string[] = [];
    for (let at = directory; at !== this.files.root; ) {
      const above = this.#above(at);
      const name = [...(above?.entries ?? [])].find(([, node]) => node === at)?.[0];
      if (above === null || name === undefined) throw new Errno('noent');
      names.unshift(name);
      at = above;
    }
    return `/${names.join('/')}`;
  }
}
