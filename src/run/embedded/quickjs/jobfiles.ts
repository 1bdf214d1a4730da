/** The file system calls of the realm, on the job's files in memory. */
import type { ChangedFile, JobFile } from '../../types.ts';
import { changedFiles } from '../../wasm/changes.ts';
import { Errno, errno } from '../../wasm/errno.ts';
import {
  type DirectoryNode,
  type FileNode,
  findPlace,
  type Node,
  type Place,
  toByteString,
} from '../../wasm/filetree.ts';
import { MemoryFiles } from '../../wasm/memoryfiles.ts';
import { TreeCopier } from '../../wasm/treecopy.ts';
import type { WasiClock } from '../../wasm/wasiclock.ts';

/** The directory that holds a job's files, and in which it starts. */
export const workDirectory = '/work';

const codes = new Map<number, string>(
  Object.entries(errno).map(([name, number]) => [number, `E${name.toUpperCase()}`]),
);

const names = (text: string) => Buffer.from(text, 'latin1').toString('utf8');

export class JobFiles {
  readonly memory: MemoryFiles;
  readonly #given: readonly JobFile[];

  constructor(files: readonly JobFile[], limitBytes: number, clock: WasiClock, copied: MemoryFiles | null = null) {
    this.#given = files;
    if (copied !== null) {
      this.memory = copied;
      return;
    }
    this.memory = new MemoryFiles({ limitBytes, now: () => clock.peekNs() });
    this.memory.add(files, workDirectory);
    this.memory.directory(workDirectory);
    this.memory.directory('tmp');
    this.memory.mountNull('dev/null');
  }

  /** These files as they are now, on their own from here on. */
  copy(clock: WasiClock): JobFiles {
    const memory = this.memory.copy(new TreeCopier(), () => clock.peekNs());
    return new JobFiles(this.#given, 0, clock, memory);
  }

  /** The work directory, made again where a program has removed it; then `wasLost`. */
  work(): { readonly directory: DirectoryNode; readonly wasLost: boolean } {
    const name = workDirectory.slice(1);
    const wasLost = this.memory.root.entries.get(name)?.kind !== 'directory';
    if (wasLost) this.memory.root.entries.delete(name);
    return { directory: this.memory.directory(workDirectory), wasLost };
  }

  changes(): readonly ChangedFile[] {
    return changedFiles(this.memory.directory(workDirectory), this.#given);
  }

  /** @throws Errno */
  place(path: string, followLast = true): Place {
    return findPlace(this.memory.root, this.memory.root, toByteString(path), { followLast });
  }

  #node(path: string, followLast = true): Node {
    const { node } = this.place(path, followLast);
    if (node === null) throw new Errno('noent');
    return node;
  }

  /** What there is at a path; null: nothing, or not to be reached. */
  kind(path: string): Node['kind'] | null {
    return attempt(() => this.#node(path).kind, null);
  }

  /** @returns the bytes, shared with the file; or the name of an error */
  read(path: string): Uint8Array | string {
    try {
      const node = this.#node(path);
      if (node.kind === 'directory') throw new Errno('isdir');
      return node.kind === 'file' ? node.bytes.subarray(0, node.size) : new Uint8Array(0);
    } catch (error) {
      return codeOf(error);
    }
  }

  /**
   * @param at position; -1: the end
   * @param flags of `open`, as Node writes them: `w` empties, `a` adds, `r+` wants the file to be there, `x` not
   * @returns the name of an error, or ''
   */
  write(path: string, bytes: Uint8Array, at: number, flags: string): string {
    try {
      const place = this.place(path);
      if (place.node?.kind === 'directory') throw new Errno('isdir');
      if (place.node?.kind === 'null') return '';
      if (place.node !== null && flags.includes('x')) throw new Errno('exist');
      if (place.node === null && flags.startsWith('r')) throw new Errno('noent');
      const file = (place.node ?? this.memory.createFile(place)) as FileNode;
      if (flags.startsWith('w')) this.memory.resize(file, 0);
      this.memory.write(file, at === -1 ? file.size : at, bytes);
      return '';
    } catch (error) {
      return codeOf(error);
    }
  }

  /** @returns JSON for the realm's `fs` */
  operate(operation: string, path: string, other: string, flag: number): string {
    try {
      return JSON.stringify({ value: this.#operate(operation, path, other, flag) });
    } catch (error) {
      return JSON.stringify({ error: codeOf(error) });
    }
  }

  #operate(operation: string, path: string, other: string, flag: number): unknown {
    const { memory } = this;
    switch (operation) {
      case 'stat':
        return describe(this.#node(path));
      case 'lstat':
        return describe(this.#node(path, false));
      case 'list': {
        const node = this.#node(path);
        if (node.kind !== 'directory') throw new Errno('notdir');
        return [...node.entries.keys()].map(names).sort();
      }
      case 'mkdir':
        return memory.createDirectory(this.place(path, false));
      case 'rmdir':
        return memory.removeDirectory(this.place(path, false));
      case 'unlink':
        return memory.removeFile(this.place(path, false));
      case 'rename':
        return memory.rename(this.place(path, false), this.place(other, false));
      case 'symlink':
        return memory.createLink(this.place(path, false), toByteString(other));
      case 'readlink': {
        const node = this.#node(path, false);
        if (node.kind !== 'link') throw new Errno('inval');
        return names(node.target);
      }
      case 'truncate': {
        const node = this.#node(path);
        if (node.kind !== 'file') throw new Errno('isdir');
        return memory.resize(node, Math.max(0, flag));
      }
      case 'real-path': {
        const { directory, name, node } = this.place(path);
        if (node === null) throw new Errno('noent');
        const start = pathOf(directory);
        return name === '.' ? start : `${start === '/' ? '' : start}/${names(name)}`;
      }
      default:
        throw new Errno('nosys');
    }
  }
}

function pathOf(directory: DirectoryNode): string {
  const parts: string[] = [];
  for (let at = directory; at.parent !== null; at = at.parent) {
    const { parent } = at;
    const entry = [...parent.entries].find(([, node]) => node === at);
    parts.push(names(entry?.[0] ?? ''));
  }
  return `/${parts.reverse().join('/')}`;
}

const types = { file: 'file', directory: 'directory', link: 'link', null: 'other' } as const;

function describe(node: Node): unknown {
  return {
    type: types[node.kind],
    size: node.kind === 'file' ? node.size : 0,
    mode: node.kind === 'file' ? node.mode : node.kind === 'directory' ? 0o755 : 0o777,
    inode: Number(node.inode),
    modifiedMs: Number(node.modified / 1_000_000n),
    names: node.kind === 'file' ? node.names : 1,
  };
}

function codeOf(error: unknown): string {
  if (error instanceof Errno) return codes.get(error.number) ?? 'EIO';
  throw error;
}

function attempt<T>(body: () => T, otherwise: T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof Errno) return otherwise;
    throw error;
  }
}
