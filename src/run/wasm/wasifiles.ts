/**
 * The calls of WASI preview 1 on descriptors and paths.
 *
 * Every path is relative to a descriptor the program holds, and ends up in `MemoryFiles`. Rights are not kept:
 * every descriptor may do what its kind can do.
 *
 * Source: wasi_snapshot_preview1 (WebAssembly/WASI, legacy/preview1), flags and layouts of structures included.
 */
import { type Descriptor, type Descriptors, FileType, fileTypeOf } from './descriptors.ts';
import { Errno } from './errno.ts';
import { findPlace, type Node, type Place } from './filetree.ts';
import type { GuestMemory } from './guestmemory.ts';
import type { MemoryFiles } from './memoryfiles.ts';
import type { WasiClock } from './wasiclock.ts';

/** Numbers of 64 bits arrive as bigint; the calls that take one say so by `BigInt(...)`. */
export type Calls = Record<string, (...args: number[]) => void>;

const allRights = (1n << 30n) - 1n;
const lookupFollow = 1;
const open = { create: 1, directory: 2, exclusive: 4, truncate: 8 } as const;
const appendFlag = 1;
const rightRead = 1n << 1n;
const rightWrite = 1n << 6n;
/** `fstflags`: set the modification time to what is given, or to now. */
const setModified = 4;
const setModifiedNow = 8;

export function fileCalls(parts: {
  memory: GuestMemory;
  descriptors: Descriptors;
  files: MemoryFiles;
  clock: WasiClock;
}): Calls {
  const { memory, descriptors, files, clock } = parts;
  const place = (directory: number, pointer: number, length: number, followLast: boolean): Place => {
    const path = memory.text(pointer, length);
    // The program's library strips what stands before; a path that still is absolute reaches past its descriptor.
    if (path.startsWith('/')) throw new Errno('notcapable');
    return findPlace(files.root, descriptors.directory(directory), path, { followLast });
  };
  const existing = (directory: number, pointer: number, length: number, followLast: boolean): Node => {
    const { node } = place(directory, pointer, length, followLast);
    if (node === null) throw new Errno('noent');
    return node;
  };
  const touch = (node: Node, modified: bigint, flags: number) => {
    if ((node.kind === 'file' || node.kind === 'directory') && node.readOnly) throw new Errno('rofs');
    if (flags & setModified) node.modified = BigInt(modified);
    if (flags & setModifiedNow) node.modified = clock.peekNs();
  };

  return {
    fd_advise: (fd) => {
      descriptors.get(fd);
    },
    fd_allocate: (fd, offset, length) => {
      const { node } = descriptors.file(fd);
      const size = safeSize(BigInt(offset) + BigInt(length));
      if (size > node.size) files.resize(node, size);
    },
    fd_close: (fd) => descriptors.close(fd),
    fd_datasync: (fd) => {
      descriptors.get(fd);
    },
    fd_sync: (fd) => {
      descriptors.get(fd);
    },
    fd_fdstat_get: (fd, out) => {
      const descriptor = descriptors.get(fd);
      memory.window(out, 24).fill(0);
      memory.setU8(out, descriptorType(descriptor));
      memory.setU16((out >>> 0) + 2, descriptor.kind === 'file' && descriptor.append ? appendFlag : 0);
      memory.setU64((out >>> 0) + 8, allRights);
      memory.setU64((out >>> 0) + 16, allRights);
    },
    fd_fdstat_set_flags: (fd, flags) => {
      const descriptor = descriptors.get(fd);
      if (descriptor.kind === 'file') descriptor.append = (flags & appendFlag) !== 0;
    },
    fd_fdstat_set_rights: (fd) => {
      descriptors.get(fd);
    },
    fd_filestat_get: (fd, out) => writeStat(memory, out, descriptors.get(fd)),
    fd_filestat_set_size: (fd, size) => {
      const descriptor = descriptors.file(fd);
      if (!descriptor.writes) throw new Errno('badf');
      files.resize(descriptor.node, safeSize(BigInt(size)));
    },
    fd_filestat_set_times: (fd, _accessed, modified, flags) => {
      const descriptor = descriptors.get(fd);
      if (descriptor.kind === 'file' || descriptor.kind === 'directory')
        touch(descriptor.node, BigInt(modified), flags);
    },
    fd_prestat_get: (fd, out) => {
      const descriptor = descriptors.get(fd);
      if (descriptor.kind !== 'directory' || descriptor.given === null) throw new Errno('badf');
      memory.setU32(out, 0);
      memory.setU32((out >>> 0) + 4, descriptor.given.length);
    },
    fd_prestat_dir_name: (fd, pointer, length) => {
      const descriptor = descriptors.get(fd);
      if (descriptor.kind !== 'directory' || descriptor.given === null) throw new Errno('badf');
      if (length >>> 0 < descriptor.given.length) throw new Errno('nametoolong');
      memory.window(pointer, descriptor.given.length).set(descriptor.given);
    },
    fd_read: (fd, pieces, count, out) => memory.setU32(out, descriptors.read(fd, memory.pieces(pieces, count), null)),
    fd_pread: (fd, pieces, count, offset, out) =>
      memory.setU32(out, descriptors.read(fd, memory.pieces(pieces, count), safeSize(BigInt(offset)))),
    fd_write: (fd, pieces, count, out) => memory.setU32(out, descriptors.write(fd, memory.pieces(pieces, count), null)),
    fd_pwrite: (fd, pieces, count, offset, out) =>
      memory.setU32(out, descriptors.write(fd, memory.pieces(pieces, count), safeSize(BigInt(offset)))),
    fd_readdir: (fd, pointer, length, cookie, out) =>
      memory.setU32(out, list(memory, descriptors.get(fd), { pointer, length, cookie: BigInt(cookie) }, files)),
    fd_renumber: (from, to) => descriptors.renumber(from, to),
    fd_seek: (fd, offset, whence, out) => memory.setU64(out, descriptors.seek(fd, BigInt(offset), whence)),
    fd_tell: (fd, out) => memory.setU64(out, descriptors.seek(fd, 0n, 1)),
    path_create_directory: (fd, path, length) => files.createDirectory(place(fd, path, length, false)),
    path_filestat_get: (fd, flags, path, length, out) => {
      const node = existing(fd, path, length, (flags & lookupFollow) !== 0);
      writeNodeStat(memory, out, node);
    },
    path_filestat_set_times: (fd, flags, path, length, _accessed, modified, timeFlags) =>
      touch(existing(fd, path, length, (flags & lookupFollow) !== 0), BigInt(modified), timeFlags),
    path_link: (fromFd, flags, from, fromLength, toFd, to, toLength) => {
      const node = existing(fromFd, from, fromLength, (flags & lookupFollow) !== 0);
      files.createName(place(toFd, to, toLength, false), node);
    },
    path_open: (fd, lookup, path, length, how, rights, _inheriting, flags, out) => {
      const found = place(fd, path, length, (lookup & lookupFollow) !== 0);
      const opened = openPlace(files, found, { how, rights: BigInt(rights), append: (flags & appendFlag) !== 0 });
      memory.setU32(out, descriptors.add(opened));
    },
    path_readlink: (fd, path, length, into, intoLength, out) => {
      const node = existing(fd, path, length, false);
      if (node.kind !== 'link') throw new Errno('inval');
      const target = Buffer.from(node.target, 'latin1').subarray(0, intoLength >>> 0);
      memory.window(into, target.length).set(target);
      memory.setU32(out, target.length);
    },
    path_remove_directory: (fd, path, length) => files.removeDirectory(place(fd, path, length, false)),
    path_rename: (fromFd, from, fromLength, toFd, to, toLength) =>
      files.rename(place(fromFd, from, fromLength, false), place(toFd, to, toLength, false)),
    path_symlink: (target, targetLength, fd, path, length) =>
      files.createLink(place(fd, path, length, false), memory.text(target, targetLength)),
    path_unlink_file: (fd, path, length) => files.removeFile(place(fd, path, length, false)),
  };
}

/** Sizes above 2^53 would lose bits; no limit lets one through anyway. */
function safeSize(size: bigint): number {
  if (size < 0n || size > BigInt(Number.MAX_SAFE_INTEGER)) throw new Errno('fbig');
  return Number(size);
}

function openPlace(
  files: MemoryFiles,
  place: Place,
  options: { how: number; rights: bigint; append: boolean },
): Descriptor {
  const { how, rights, append } = options;
  let { node } = place;
  if (node !== null && how & open.create && how & open.exclusive) throw new Errno('exist');
  if (node === null) {
    if (!(how & open.create)) throw new Errno('noent');
    if (how & open.directory) throw new Errno('inval');
    node = files.createFile(place);
  } else if (how & open.directory && node.kind !== 'directory') throw new Errno('notdir');
  // Reached only when links are not to be followed.
  if (node.kind === 'link') throw new Errno('loop');
  if (node.kind === 'null') return { kind: 'null', node };
  const writes = (rights & rightWrite) !== 0n;
  if (node.kind === 'directory') {
    if (writes && !(how & open.directory)) throw new Errno('isdir');
    return { kind: 'directory', node, given: null, listing: null };
  }
  if (node.readOnly && (writes || how & open.truncate)) throw new Errno('rofs');
  if (how & open.truncate) files.resize(node, 0);
  return { kind: 'file', node, at: 0, append, reads: (rights & rightRead) !== 0n, writes };
}

function descriptorType(descriptor: Descriptor): number {
  if (descriptor.kind === 'file') return FileType.file;
  if (descriptor.kind === 'directory') return FileType.directory;
  // Streams are pipes, which WASI has no word for: not a terminal, so that libraries buffer as they do for a pipe.
  return descriptor.kind === 'null' ? FileType.character : FileType.unknown;
}

/** `filestat`: device, inode, type, names, size, and three times. */
function writeStat(memory: GuestMemory, out: number, descriptor: Descriptor): void {
  if (descriptor.kind === 'input' || descriptor.kind === 'output') {
    memory.window(out, 64).fill(0);
    memory.setU8((out >>> 0) + 16, FileType.unknown);
    memory.setU64((out >>> 0) + 24, 1n);
  } else writeNodeStat(memory, out, descriptor.node);
}

function writeNodeStat(memory: GuestMemory, out: number, node: Node): void {
  const at = out >>> 0;
  memory.window(out, 64).fill(0);
  memory.setU64(at, 1n);
  memory.setU64(at + 8, node.inode);
  memory.setU8(at + 16, fileTypeOf(node));
  memory.setU64(at + 24, BigInt(node.kind === 'file' ? node.names : 1));
  memory.setU64(at + 32, BigInt(node.kind === 'file' ? node.size : node.kind === 'link' ? node.target.length : 0));
  for (const time of [40, 48, 56]) memory.setU64(at + time, BigInt.asUintN(64, node.modified));
}

/** `dirent`: the next entry's cookie, inode, length of name, type; then the name. The last may be cut off. */
const entryBytes = 24;

function list(
  memory: GuestMemory,
  descriptor: Descriptor,
  request: { pointer: number; length: number; cookie: bigint },
  files: MemoryFiles,
): number {
  if (descriptor.kind !== 'directory') throw new Errno('notdir');
  const { node } = descriptor;
  if (request.cookie === 0n || descriptor.listing === null)
    descriptor.listing = [['.', node], ['..', node.parent ?? files.root], ...node.entries];
  const out = memory.window(request.pointer, request.length);
  let used = 0;
  const entry = new DataView(new ArrayBuffer(entryBytes));
  const from = request.cookie > BigInt(descriptor.listing.length) ? descriptor.listing.length : Number(request.cookie);
  for (let index = from; index < descriptor.listing.length && used < out.length; index++) {
    const [name, child] = descriptor.listing[index] as readonly [string, Node];
    entry.setBigUint64(0, BigInt(index + 1), true);
    entry.setBigUint64(8, child.inode, true);
    entry.setUint32(16, name.length, true);
    entry.setUint8(20, fileTypeOf(child));
    for (const bytes of [new Uint8Array(entry.buffer), Buffer.from(name, 'latin1')]) {
      const part = bytes.subarray(0, out.length - used);
      out.set(part, used);
      used += part.length;
    }
  }
  return used;
}
