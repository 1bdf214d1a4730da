/**
 * System calls on files, as the C library of the interpreter makes them: numbers in, a number or an error number out.
 *
 * They reach the files and descriptors of the current job and nothing else; there is no path from here to the
 * host's disk. Layouts and numbers of structs are Emscripten's for wasm32 (emscripten `src/lib/libsyscall.js`).
 * Users, groups and locks are accepted and mean nothing: the program is alone and is root.
 */
import { Errno } from '../../wasm/errno.ts';
import type { DirectoryNode, Node, Place } from '../../wasm/filetree.ts';
import type { GuestMemory } from '../../wasm/guestmemory.ts';
import { pathAt, setCString } from './cstring.ts';
import { type Description, type Descriptors, Open, type Target } from './descriptors.ts';
import type { FileSystem } from './filesystem.ts';

/** Source: emscripten `bits/fcntl.h`. */
const At = { current: -100, noFollow: 0x100, removeDirectory: 0x200, emptyPath: 0x1000 } as const;
/** Mode bits. Source: POSIX `sys/stat.h`. */
const Mode = {
  format: 0o170000,
  file: 0o100000,
  directory: 0o040000,
  link: 0o120000,
  device: 0o020000,
  pipe: 0o010000,
} as const;
/** Bytes of a `struct dirent`: id 8, offset 8, length 2, type 1, name 256, padding. */
const direntBytes = 280;
/** `utimensat` nanoseconds that mean now, and leave it. */
const Utime = { now: 0x3fffffff, omit: 0x3ffffffe } as const;
/** New files are 0o644, as with the usual mask. */
const mask = 0o022;

/** What a job's files hang on. Another one for each job. */
export interface Files {
  readonly system: FileSystem;
  readonly descriptors: Descriptors;
  /** Nanoseconds since 1970, for the times of files. */
  fileTime(): bigint;
  /** Lets time pass, ms. */
  sleep(ms: number): void;
}

type Call = (...args: never[]) => number;

/** @param world gives the current job's files, at each call */
export function fileCalls(memory: GuestMemory, world: () => Files): Record<string, Call> {
  const fds = () => world().descriptors;
  const files = () => world().system.files;
  const i32 = (at: number) => memory.u32(at) | 0;
  const find = (dirfd: number, path: string, follow: boolean): Place => {
    if (dirfd === At.current || path.startsWith('/')) return world().system.find(path, follow);
    const { target } = fds().get(dirfd);
    if (target.kind !== 'directory') throw new Errno('notdir');
    return world().system.find(path, follow, target.node);
  };
  const place = (dirfd: number, at: number, follow: boolean) => find(dirfd, pathAt(memory, at), follow);
  const node = (dirfd: number, at: number, follow: boolean): Node => {
    const found = place(dirfd, at, follow).node;
    if (found === null) throw new Errno('noent');
    return found;
  };
  const directory = (found: Node): DirectoryNode => {
    if (found.kind !== 'directory') throw new Errno('notdir');
    return found;
  };
  const regular = (fd: number) => {
    const { target } = fds().get(fd);
    if (target.kind !== 'file') throw new Errno('inval');
    return target.node;
  };
  const length = (value: bigint) => {
    const number = Number(value);
    if (number < 0) throw new Errno('inval');
    // What a 32-bit program could never hold must not be asked of this process either.
    if (number > 2 ** 32) throw new Errno('fbig');
    return number;
  };
  const setMode = (target: Node, mode: number) => {
    if (target.kind !== 'file') return 0;
    if (target.readOnly) throw new Errno('rofs');
    target.mode = mode & 0o7777;
    return 0;
  };
  const setTime = (target: Node | null, times: number) => {
    if (target === null) return 0;
    if ((target.kind === 'file' || target.kind === 'directory') && target.readOnly) throw new Errno('rofs');
    // Only the time of change is kept; the second of the two.
    const nanoseconds = times === 0 ? Utime.now : memory.u32(times + 24);
    if (nanoseconds === Utime.now) target.modified = world().fileTime();
    else if (nanoseconds !== Utime.omit)
      target.modified = BigInt.asIntN(64, memory.u64(times + 16)) * 1_000_000_000n + BigInt(nanoseconds);
    return 0;
  };
  const vectors = (at: number, count: number, each: (part: Uint8Array) => number): number => {
    let total = 0;
    for (const part of memory.pieces(at, count)) {
      let done: number;
      try {
        done = each(part);
      } catch (error) {
        // What went through before the failure counts; the next call meets it again.
        if (total > 0 && error instanceof Errno) return total;
        throw error;
      }
      total += done;
      if (done < part.length) break;
    }
    return total;
  };
  const positioned = (offset: bigint, each: (part: Uint8Array, at: number) => number) => {
    let position = length(offset);
    return (part: Uint8Array) => {
      const done = each(part, position);
      position += done;
      return done;
    };
  };

  return {
    __syscall_openat(dirfd: number, path: number, flags: number, varargs: number) {
      const follow = (flags & (Open.noFollow | Open.exclusive)) === 0;
      return open(world(), place(dirfd, path, follow), flags, varargs === 0 ? 0 : memory.u32(varargs));
    },
    __syscall_chdir(path: number) {
      world().system.current = directory(node(At.current, path, true));
      return 0;
    },
    __syscall_fchdir(fd: number) {
      const { target } = fds().get(fd);
      if (target.kind !== 'directory') throw new Errno('notdir');
      world().system.current = target.node;
      return 0;
    },
    __syscall_getcwd(at: number, size: number) {
      const path = Buffer.from(world().system.pathOf(world().system.current), 'latin1');
      if (size === 0) throw new Errno('inval');
      if (size >>> 0 < path.length + 1) throw new Errno('range');
      setCString(memory, at, path);
      return path.length + 1;
    },
    __syscall_chmod: (path: number, mode: number) => setMode(node(At.current, path, true), mode),
    __syscall_fchmod(fd: number, mode: number) {
      const { target } = fds().get(fd);
      return target.kind === 'file' ? setMode(target.node, mode) : 0;
    },
    __syscall_fchmodat2: (dirfd: number, path: number, mode: number, flags: number) =>
      setMode(node(dirfd, path, (flags & At.noFollow) === 0), mode),
    __syscall_fchownat(dirfd: number, path: number, _uid: number, _gid: number, flags: number) {
      node(dirfd, path, (flags & At.noFollow) === 0);
      return 0;
    },
    __syscall_fchown32(fd: number) {
      fds().get(fd);
      return 0;
    },
    __syscall_faccessat(dirfd: number, path: number, wanted: number, flags: number) {
      if ((wanted & ~7) !== 0) throw new Errno('inval');
      const target = node(dirfd, path, (flags & At.noFollow) === 0);
      if ((wanted & 2) !== 0 && 'readOnly' in target && target.readOnly) throw new Errno('rofs');
      // As for root: all may be read and written, but only what somebody may execute is executable.
      if ((wanted & 1) !== 0 && target.kind === 'file' && (target.mode & 0o111) === 0) throw new Errno('acces');
      return 0;
    },
    __syscall_stat64: (path: number, at: number) => putStat(memory, at, statOf(node(At.current, path, true))),
    __syscall_lstat64: (path: number, at: number) => putStat(memory, at, statOf(node(At.current, path, false))),
    __syscall_newfstatat(dirfd: number, path: number, at: number, flags: number) {
      if ((flags & At.emptyPath) !== 0 && memory.u8(path) === 0)
        return putStat(memory, at, statDescription(fds().get(dirfd)));
      return putStat(memory, at, statOf(node(dirfd, path, (flags & At.noFollow) === 0)));
    },
    __syscall_fstat64: (fd: number, at: number) => putStat(memory, at, statDescription(fds().get(fd))),
    __syscall_statfs64(path: number, _size: number, at: number) {
      node(At.current, path, true);
      return putFileSystem(memory, at);
    },
    __syscall_fstatfs64(fd: number, _size: number, at: number) {
      fds().get(fd);
      return putFileSystem(memory, at);
    },
    __syscall_ftruncate64(fd: number, size: bigint) {
      if ((fds().get(fd).flags & Open.access) === 0) throw new Errno('inval');
      files().resize(regular(fd), length(size));
      return 0;
    },
    __syscall_truncate64(path: number, size: bigint) {
      const target = node(At.current, path, true);
      if (target.kind !== 'file') throw new Errno(target.kind === 'directory' ? 'isdir' : 'inval');
      files().resize(target, length(size));
      return 0;
    },
    __syscall_fallocate(fd: number, mode: number, offset: bigint, count: bigint) {
      if (mode !== 0) throw new Errno('notsup');
      const target = regular(fd);
      const size = length(offset + count);
      if (size > target.size) files().resize(target, size);
      return 0;
    },
    __syscall_fadvise64: () => 0,
    __syscall_fdatasync(fd: number) {
      fds().get(fd);
      return 0;
    },
    __syscall_mkdirat(dirfd: number, path: number) {
      files().createDirectory(place(dirfd, path, false));
      return 0;
    },
    __syscall_mknodat(dirfd: number, path: number, mode: number) {
      const format = mode & Mode.format;
      if (format !== 0 && format !== Mode.file) throw new Errno('perm');
      const where = place(dirfd, path, false);
      if (where.node !== null) throw new Errno('exist');
      files().createFile(where).mode = mode & 0o7777 & ~mask;
      return 0;
    },
    __syscall_symlinkat(target: number, dirfd: number, path: number) {
      files().createLink(place(dirfd, path, false), pathAt(memory, target));
      return 0;
    },
    __syscall_readlinkat(dirfd: number, path: number, at: number, size: number) {
      const link = node(dirfd, path, false);
      if (link.kind !== 'link' || size <= 0) throw new Errno('inval');
      const bytes = Buffer.from(link.target, 'latin1').subarray(0, size);
      memory.window(at, bytes.length).set(bytes);
      return bytes.length;
    },
    __syscall_unlinkat(dirfd: number, path: number, flags: number) {
      const where = place(dirfd, path, false);
      if ((flags & At.removeDirectory) !== 0) files().removeDirectory(where);
      else files().removeFile(where);
      return 0;
    },
    __syscall_rmdir(path: number) {
      files().removeDirectory(place(At.current, path, false));
      return 0;
    },
    __syscall_renameat(oldDir: number, oldPath: number, newDir: number, newPath: number) {
      files().rename(place(oldDir, oldPath, false), place(newDir, newPath, false));
      return 0;
    },
    __syscall_utimensat(dirfd: number, path: number, times: number, flags: number) {
      if (path !== 0) return setTime(node(dirfd, path, (flags & At.noFollow) === 0), times);
      const { target } = fds().get(dirfd);
      return setTime('node' in target ? target.node : null, times);
    },
    __syscall_getdents64: (fd: number, at: number, size: number) => list(memory, world(), fds().get(fd), at, size),
    __syscall_dup: (fd: number) => fds().duplicate(fd, { from: 0 }),
    __syscall_dup3(fd: number, to: number) {
      if (fd === to) throw new Errno('inval');
      return fds().duplicate(fd, { to });
    },
    __syscall_fcntl64(fd: number, command: number, varargs: number) {
      const description = fds().get(fd);
      // F_DUPFD, F_DUPFD_CLOEXEC; F_GETFD, F_SETFD (nothing is ever executed); F_GETFL, F_SETFL; locks: F_GETLK, F_SETLK(W).
      if (command === 0 || command === 1030) return fds().duplicate(fd, { from: i32(varargs) });
      if (command === 1 || command === 2) return 0;
      if (command === 3) return description.flags;
      if (command === 4) {
        const kept = Open.append | Open.nonBlocking;
        description.flags = (description.flags & ~kept) | (memory.u32(varargs) & kept);
        return 0;
      }
      if (command < 12 || command > 14) throw new Errno('inval');
      // Nobody else holds a lock: F_UNLCK.
      if (command === 12) memory.setU16(memory.u32(varargs), 2);
      return 0;
    },
    __syscall_ioctl(fd: number) {
      fds().get(fd);
      throw new Errno('notty');
    },
    __syscall_pipe(at: number) {
      const [read, write] = fds().pipe();
      memory.setU32(at, read);
      memory.setU32(at + 4, write);
      return 0;
    },
    __syscall_poll(at: number, count: number, timeoutMs: number) {
      let ready = 0;
      for (let i = 0; i < count; i++) {
        const entry = (at >>> 0) + 8 * i;
        const events = fds().ready(i32(entry)) & (memory.u16(entry + 4) | 8 | 16 | 32);
        memory.setU16(entry + 6, events);
        if (events !== 0) ready++;
      }
      if (ready > 0) return ready;
      // Nobody else is there who could make something ready.
      if (timeoutMs < 0) throw new Errno('again');
      world().sleep(timeoutMs);
      return 0;
    },
    _mmap_js() {
      throw new Errno('nosys');
    },
    _munmap_js() {
      throw new Errno('inval');
    },
    _msync_js() {
      throw new Errno('inval');
    },
    __syscall_umask_js: () => mask,
    fd_close(fd: number) {
      fds().close(fd);
      return 0;
    },
    fd_sync(fd: number) {
      fds().get(fd);
      return 0;
    },
    fd_fdstat_get(fd: number, at: number) {
      const { target } = fds().get(fd);
      memory.window(at, 24).fill(0);
      // WASI file types: 2 character device, 3 directory, 4 regular file, 6 stream. What is no device is no terminal either.
      memory.setU8(at, isPipe(target) ? 6 : { device: 2, directory: 3, file: 4, pipe: 6 }[target.kind]);
      return 0;
    },
    fd_seek(fd: number, offset: bigint, whence: number, at: number) {
      memory.setU64(at, BigInt(fds().seek(fd, offset, whence)));
      return 0;
    },
    fd_read(fd: number, at: number, count: number, doneAt: number) {
      memory.setU32(
        doneAt,
        vectors(at, count, (part) => fds().read(fd, part, null)),
      );
      return 0;
    },
    fd_write(fd: number, at: number, count: number, doneAt: number) {
      memory.setU32(
        doneAt,
        vectors(at, count, (part) => fds().write(fd, part, null)),
      );
      return 0;
    },
    fd_pread(fd: number, at: number, count: number, offset: bigint, doneAt: number) {
      const step = positioned(offset, (part, position) => fds().read(fd, part, position));
      memory.setU32(doneAt, vectors(at, count, step));
      return 0;
    },
    fd_pwrite(fd: number, at: number, count: number, offset: bigint, doneAt: number) {
      const step = positioned(offset, (part, position) => fds().write(fd, part, position));
      memory.setU32(doneAt, vectors(at, count, step));
      return 0;
    },
  } satisfies Record<string, Call>;
}

function open({ system, descriptors }: Files, place: Place, flags: number, mode: number): number {
  const writes = (flags & Open.access) !== 0;
  let { node } = place;
  if (node !== null && (flags & Open.create) !== 0 && (flags & Open.exclusive) !== 0) throw new Errno('exist');
  if (node === null) {
    if ((flags & Open.create) === 0) throw new Errno('noent');
    node = system.files.createFile(place);
    node.mode = mode & 0o7777 & ~mask;
  }
  if (node.kind === 'link') throw new Errno('loop');
  if ((flags & Open.directory) !== 0 && node.kind !== 'directory') throw new Errno('notdir');
  if (node.kind === 'directory') {
    if (writes) throw new Errno('isdir');
    return descriptors.add({ kind: 'directory', node, listing: null }, flags);
  }
  if (node.kind === 'null') return descriptors.add({ kind: 'device', name: system.deviceOf(node) }, flags);
  if (writes && node.readOnly) throw new Errno('rofs');
  const fd = descriptors.add({ kind: 'file', node }, flags);
  if (writes && (flags & Open.truncate) !== 0) system.files.resize(node, 0);
  return fd;
}

interface Stat {
  readonly inode: bigint;
  readonly mode: number;
  readonly links: number;
  readonly size: number;
  /** Nanoseconds since 1970; the other two times are not kept and are given as this one. */
  readonly modified: bigint;
}

function statOf(node: Node): Stat {
  const { inode, modified } = node;
  switch (node.kind) {
    case 'file':
      return { inode, modified, mode: Mode.file | node.mode, links: node.names, size: node.size };
    case 'directory':
      return { inode, modified, mode: Mode.directory | (node.readOnly ? 0o555 : 0o755), links: 2, size: 4096 };
    case 'link':
      return { inode, modified, mode: Mode.link | 0o777, links: 1, size: node.target.length };
    case 'null':
      return { inode, modified, mode: Mode.device | 0o666, links: 1, size: 0 };
  }
}

/** The standard streams are pipes to whoever reads them. */
function isPipe(target: Target): boolean {
  return target.kind === 'pipe' || (target.kind === 'device' && target.name.startsWith('std'));
}

function statDescription({ target }: Description): Stat {
  if (target.kind === 'file' || target.kind === 'directory') return statOf(target.node);
  return { inode: 0n, modified: 0n, mode: isPipe(target) ? Mode.pipe | 0o600 : Mode.device | 0o666, links: 1, size: 0 };
}

/** `struct stat`: device 0, mode 4, links 8, owner 12, group 16, size 24, block size 32, blocks 36, three times from 40, inode 88. */
function putStat(memory: GuestMemory, at: number, stat: Stat): number {
  memory.window(at, 96).fill(0);
  memory.setU32(at, 1);
  memory.setU32(at + 4, stat.mode);
  memory.setU32(at + 8, stat.links);
  memory.setU64(at + 24, BigInt(stat.size));
  memory.setU32(at + 32, 4096);
  memory.setU32(at + 36, Math.ceil(stat.size / 512));
  const nanoseconds = ((stat.modified % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  for (const offset of [40, 56, 72]) {
    memory.setU64(at + offset, BigInt.asUintN(64, (stat.modified - nanoseconds) / 1_000_000_000n));
    memory.setU32(at + offset + 8, Number(nanoseconds));
  }
  memory.setU64(at + 88, stat.inode);
  return 0;
}

/** `struct statfs`: a file system of a fixed size with nothing on it; the true limit is the job's. */
function putFileSystem(memory: GuestMemory, at: number): number {
  memory.window(at, 68).fill(0);
  memory.setU32(at + 4, 4096);
  memory.setU32(at + 60, 4096);
  for (const offset of [8, 16, 24, 32, 40]) memory.setU64(at + offset, 1_000_000n);
  memory.setU32(at + 56, 255);
  return 0;
}

function list(memory: GuestMemory, { system }: Files, description: Description, at: number, size: number): number {
  const { target } = description;
  if (target.kind !== 'directory') throw new Errno('notdir');
  const { node } = target;
  target.listing ??= [['.', node], ['..', node.parent ?? system.files.root], ...node.entries];
  let position = 0;
  let index = Math.floor(description.at / direntBytes);
  for (; position + direntBytes <= size >>> 0; index++) {
    const entry = target.listing[index];
    if (entry === undefined) break;
    const start = (at >>> 0) + position;
    memory.setU64(start, entry[1].inode);
    memory.setU64(start + 8, BigInt((index + 1) * direntBytes));
    memory.setU16(start + 16, direntBytes);
    // DT_CHR, DT_DIR, DT_REG, DT_LNK.
    memory.setU8(start + 18, { null: 2, directory: 4, file: 8, link: 10 }[entry[1].kind]);
    setCString(memory, start + 19, Buffer.from(entry[0], 'latin1'));
    position += direntBytes;
  }
  description.at = index * direntBytes;
  return position;
}
