/**
 * The files of a session whose file system is a tree in memory, as the host asks for them.
 *
 * Links are followed by nobody here: what a program has linked must not decide what the host reads or writes.
 */
import type { JobFile } from '../../types.ts';
import { changedFiles } from '../../wasm/changes.ts';
import { Errno } from '../../wasm/errno.ts';
import { type DirectoryNode, type FileNode, findPlace, type Place, toByteString } from '../../wasm/filetree.ts';
import type { MemoryFiles } from '../../wasm/memoryfiles.ts';
import { type EngineChange, type EngineFile, type EngineFiles, EngineRefusal } from './engine.ts';

/** A tree at one moment. */
export interface FilesNow {
  readonly memory: MemoryFiles;
  readonly work: DirectoryNode;
}

export interface TreeAccess {
  /** To read only. */
  look(): FilesNow;
  /** To change; what is changed when `body` returns is the session's. */
  edit(body: (now: FilesNow) => void): void;
}

/** @param given what the session began with; `changes` are told against it. Files that are put later by the host are added to it */
export function treeFiles(access: TreeAccess, given: JobFile[]): EngineFiles {
  const write = ({ memory, work }: FilesNow, path: string, body: (file: FileNode) => void, mode?: number) => {
    try {
      const place = makeParents(memory, work, path);
      if (place.node !== null && place.node.kind !== 'file') throw new EngineRefusal(`${path} is not a file`);
      const file = place.node ?? memory.createFile(place);
      body(file);
      if (mode !== undefined) file.mode = mode & 0o7777;
    } catch (error) {
      throw refused(error, path);
    }
  };
  return {
    put(files) {
      access.edit((now) => {
        for (const { path, bytes, mode } of files)
          write(
            now,
            path,
            (file) => {
              now.memory.resize(file, 0);
              now.memory.write(file, 0, bytes);
            },
            mode ?? 0o644,
          );
      });
      for (const file of files) {
        const known = given.findIndex(({ path }) => path === file.path);
        if (known === -1) given.push(file);
        else given[known] = file;
      }
    },
    list: () => listed(access.look().work),
    changes: () =>
      changedFiles(access.look().work, given).map((changed): EngineChange => {
        const { path, change } = changed;
        const sizeBytes = 'bytes' in changed ? changed.bytes.length : 0;
        const text = 'target' in changed ? changed.target : 'reason' in changed ? changed.reason : '';
        return { path, change, sizeBytes, mode: 'mode' in changed ? changed.mode : 0, text };
      }),
    read(path, offset, lengthBytes) {
      const { memory, work } = access.look();
      try {
        const { node } = findPlace(work, work, toByteString(path), { followLast: false });
        if (node?.kind !== 'file') throw new EngineRefusal(`${path} is not a file of the session`);
        const into = new Uint8Array(Math.min(lengthBytes, Math.max(0, node.size - offset)));
        return into.subarray(0, memory.read(node, offset, into));
      } catch (error) {
        throw refused(error, path);
      }
    },
    write: (path, offset, bytes, mode) =>
      access.edit((now) =>
        write(
          now,
          path,
          (file) => {
            if (offset === 0) now.memory.resize(file, 0);
            now.memory.write(file, offset, bytes);
          },
          mode,
        ),
      ),
  };
}

function refused(error: unknown, path: string): unknown {
  if (!(error instanceof Errno)) return error;
  const full = new Errno('nospc').number === error.number;
  return new EngineRefusal(full ? `no room is left for ${path}` : `${path} cannot be reached (errno ${error.number})`);
}

/** @throws Errno where a part of the path is no directory */
function makeParents(memory: MemoryFiles, work: DirectoryNode, path: string): Place {
  const parts = toByteString(path).split('/');
  const find = (from: DirectoryNode, name: string) => findPlace(from, from, name, { followLast: false });
  let directory = work;
  for (const part of parts.slice(0, -1)) {
    const place = find(directory, part);
    if (place.node === null) memory.createDirectory(place);
    const { node } = find(directory, part);
    if (node?.kind !== 'directory') throw new Errno('notdir');
    directory = node;
  }
  return find(directory, parts.at(-1) as string);
}

function listed(work: DirectoryNode): readonly EngineFile[] {
  const found: EngineFile[] = [];
  const text = (name: string) => Buffer.from(name, 'latin1').toString('utf8');
  const waiting: { directory: DirectoryNode; path: string }[] = [{ directory: work, path: '' }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const [name, node] of next.directory.entries) {
      const path = next.path + text(name);
      if (node.kind === 'directory') {
        found.push({ path, kind: 'directory', sizeBytes: 0, mode: node.readOnly ? 0o555 : 0o755 });
        waiting.push({ directory: node, path: `${path}/` });
      } else if (node.kind === 'file') found.push({ path, kind: 'file', sizeBytes: node.size, mode: node.mode });
      else if (node.kind === 'link') found.push({ path, kind: 'symlink', sizeBytes: node.target.length, mode: 0o777 });
      else found.push({ path, kind: 'other', sizeBytes: 0, mode: 0o666 });
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
