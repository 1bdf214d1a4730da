/**
 * The files of one Python job: its work directory and a few system directories around the shared standard library.
 */
import { Errno } from '../../wasm/errno.ts';
import { type DirectoryNode, findPlace, type Node, type Place, type TreeFile } from '../../wasm/filetree.ts';
import { MemoryFiles } from '../../wasm/memoryfiles.ts';
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

export class FileSystem {
  readonly files: MemoryFiles;
  readonly work: DirectoryNode;
  current: DirectoryNode;
  readonly #devices = new Map<Node, DeviceName>();
  readonly #library: DirectoryNode;

  /**
   * @param options.library the standard library, shared and read-only
   * @param options.given the job's files, below the work directory
   * @param options.now ns since 1970
   */
  constructor(options: { limitBytes: number; now: () => bigint; library: DirectoryNode; given: Iterable<TreeFile> }) {
    this.files = new MemoryFiles(options);
    this.#library = options.library;
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
