/**
 * Node's `fs` on the job's files in memory: whole files, directories, links, and descriptors.
 *
 * Every call is done when it returns, so that callbacks and promises only hand on what is there. Absent: watching,
 * permissions, and streams of files.
 */
import { Buffer } from './buffer.ts';
import { door, type FileOperation } from './door.ts';
import * as paths from './path.ts';
import { stdinBytes } from './stdin.ts';

type PathLike = string | { pathname: string } | Uint8Array;
type ReadOptions = string | { encoding?: string | null; flag?: string } | null | undefined;
type Data = string | Uint8Array;

const words: Readonly<Record<string, readonly [errno: number, text: string]>> = {
  EPERM: [-1, 'operation not permitted'],
  ENOENT: [-2, 'no such file or directory'],
  EIO: [-5, 'i/o error'],
  EBADF: [-9, 'bad file descriptor'],
  EEXIST: [-17, 'file already exists'],
  ENOTDIR: [-20, 'not a directory'],
  EISDIR: [-21, 'illegal operation on a directory'],
  EINVAL: [-22, 'invalid argument'],
  ENOSPC: [-28, 'no space left on device'],
  EROFS: [-30, 'read-only file system'],
  ENAMETOOLONG: [-36, 'name too long'],
  ENOTEMPTY: [-39, 'directory not empty'],
  ELOOP: [-40, 'too many symbolic links encountered'],
};

function failure(code: string, call: string, path?: string, other?: string): Error {
  const [errno, text] = words[code] ?? [-5, 'i/o error'];
  const where = path === undefined ? '' : ` '${path}'${other === undefined ? '' : ` -> '${other}'`}`;
  const error = new Error(`${code}: ${text}, ${call}${where}`);
  return Object.assign(
    error,
    { errno, code, syscall: call },
    path === undefined ? {} : { path },
    other === undefined ? {} : { dest: other },
  );
}

function text(path: PathLike): string {
  if (typeof path === 'string') return path;
  if (path instanceof Uint8Array) return Buffer.from(path as never).toString();
  if (typeof path?.pathname === 'string') return decodeURIComponent(path.pathname);
  throw Object.assign(new TypeError('The "path" argument must be of type string or an instance of Buffer or URL.'), {
    code: 'ERR_INVALID_ARG_TYPE',
  });
}

function operate<T>(call: string, operation: FileOperation, path: PathLike, other?: string, flag = 0): T {
  const given = text(path);
  const answer = JSON.parse(door('file', operation, paths.resolve(given), other, flag)) as {
    error?: string;
    value?: T;
  };
  if (answer.error !== undefined) throw failure(answer.error, call, given, other);
  return answer.value as T;
}

// ---- whole files ----

function readBytes(path: PathLike | number): Buffer {
  if (typeof path === 'number') {
    if (path === 0) return stdinBytes();
    const file = descriptor(path, 'read');
    const all = readBytes(file.path);
    const rest = all.subarray(file.at) as Buffer;
    file.at = all.length;
    return rest;
  }
  const given = text(path);
  if (/^\/dev\/(stdin|fd\/0)$/.test(paths.resolve(given))) return stdinBytes();
  const bytes = door('read-file', paths.resolve(given));
  if (typeof bytes === 'string')
    throw failure(bytes, bytes === 'EISDIR' ? 'read' : 'open', bytes === 'EISDIR' ? undefined : given);
  return new Buffer(bytes);
}

export function readFileSync(path: PathLike | number, options?: ReadOptions): Buffer | string {
  const encoding = typeof options === 'string' ? options : options?.encoding;
  const bytes = readBytes(path);
  return encoding === null || encoding === undefined || encoding === 'buffer' ? bytes : bytes.toString(encoding);
}

function toBytes(data: unknown, options: ReadOptions): Uint8Array {
  const encoding = (typeof options === 'string' ? options : options?.encoding) ?? 'utf8';
  if (typeof data === 'string') return Buffer.from(data as never, encoding);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  throw Object.assign(
    new TypeError('The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView.'),
    { code: 'ERR_INVALID_ARG_TYPE' },
  );
}

/** @param at position; -1: the end */
function put(path: string, bytes: Uint8Array, at: number, flags: string): void {
  if (/^\/dev\/(stdout|stderr|fd\/[12])$/.test(path)) {
    output(/stderr|2$/.test(path) ? 2 : 1, bytes);
    return;
  }
  const { buffer, byteOffset, byteLength } = bytes;
  const error = door('write-file', path, buffer as ArrayBuffer, byteOffset, byteOffset + byteLength, at, flags);
  if (error !== '') throw failure(error, error === 'ENOSPC' ? 'write' : 'open', path);
}

export function output(stream: number, bytes: Uint8Array): void {
  door('write-bytes', stream, bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

export function writeFileSync(path: PathLike | number, data: Data, options?: ReadOptions): void {
  const bytes = toBytes(data, options);
  if (typeof path === 'number') {
    writeSync(path, bytes);
    return;
  }
  const flag = (typeof options === 'object' && options?.flag) || 'w';
  put(paths.resolve(text(path)), bytes, flag.startsWith('a') ? -1 : 0, flag);
}

export function appendFileSync(path: PathLike | number, data: Data, options?: ReadOptions): void {
  if (typeof path === 'number') writeSync(path, toBytes(data, options));
  else put(paths.resolve(text(path)), toBytes(data, options), -1, 'a');
}

export function copyFileSync(from: PathLike, to: PathLike): void {
  put(paths.resolve(text(to)), readBytes(from), 0, 'w');
}

// ---- names ----

interface Answer {
  type: 'file' | 'directory' | 'link' | 'other';
  size: number;
  mode: number;
  inode: number;
  modifiedMs: number;
  names: number;
}

export class Stats {
  readonly #type: Answer['type'];
  readonly size: number;
  readonly mode: number;
  readonly ino: number;
  readonly nlink: number;
  readonly mtimeMs: number;
  readonly mtime: Date;
  readonly atime: Date;
  readonly ctime: Date;
  readonly birthtime: Date;
  constructor(answer: Answer) {
    this.#type = answer.type;
    this.size = answer.size;
    // S_IFREG, S_IFDIR, S_IFLNK, S_IFCHR of stat(2).
    this.mode = answer.mode | { file: 0o100000, directory: 0o40000, link: 0o120000, other: 0o20000 }[answer.type];
    this.ino = answer.inode;
    this.nlink = answer.names;
    this.mtimeMs = answer.modifiedMs;
    this.mtime = new Date(answer.modifiedMs);
    this.atime = this.mtime;
    this.ctime = this.mtime;
    this.birthtime = this.mtime;
  }
  isFile(): boolean {
    return this.#type === 'file';
  }
  isDirectory(): boolean {
    return this.#type === 'directory';
  }
  isSymbolicLink(): boolean {
    return this.#type === 'link';
  }
}

type StatOptions = { throwIfNoEntry?: boolean };

function stats(call: 'stat' | 'lstat', path: PathLike, options: StatOptions = {}): Stats | undefined {
  try {
    return new Stats(operate<Answer>(call, call, path));
  } catch (error) {
    if (options.throwIfNoEntry === false && (error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
}
export function statSync(path: PathLike, options?: StatOptions): Stats | undefined {
  return stats('stat', path, options);
}
export function lstatSync(path: PathLike, options?: StatOptions): Stats | undefined {
  return stats('lstat', path, options);
}
export function existsSync(path: PathLike): boolean {
  try {
    return statSync(path) !== undefined;
  } catch {
    return false;
  }
}
export function accessSync(path: PathLike): void {
  operate('access', 'stat', path);
}

export class Dirent {
  readonly name: string;
  readonly parentPath: string;
  readonly #stats: Stats | undefined;
  constructor(name: string, parentPath: string) {
    this.name = name;
    this.parentPath = parentPath;
    this.#stats = lstatSync(paths.join(parentPath, name));
  }
  isFile(): boolean {
    return this.#stats?.isFile() === true;
  }
  isDirectory(): boolean {
    return this.#stats?.isDirectory() === true;
  }
  isSymbolicLink(): boolean {
    return this.#stats?.isSymbolicLink() === true;
  }
}

export function readdirSync(
  path: PathLike,
  options?: string | { withFileTypes?: boolean; recursive?: boolean },
): (string | Dirent)[] {
  const given = text(path);
  const wanted = typeof options === 'object' ? options : {};
  const found: string[] = [];
  const list = (directory: string, prefix: string) => {
    for (const name of operate<string[]>('scandir', 'list', directory)) {
      found.push(prefix + name);
      if (wanted.recursive === true && lstatSync(paths.join(directory, name))?.isDirectory() === true)
        list(paths.join(directory, name), `${prefix}${name}/`);
    }
  };
  list(given, '');
  if (wanted.withFileTypes !== true) return found;
  return found.map((name) => new Dirent(paths.basename(name), paths.dirname(paths.join(given, name))));
}

export function mkdirSync(path: PathLike, options?: number | { recursive?: boolean }): string | undefined {
  if (typeof options !== 'object' || options.recursive !== true) {
    operate('mkdir', 'mkdir', path);
    return undefined;
  }
  const absolute = paths.resolve(text(path));
  let first: string | undefined;
  const parts = absolute.split('/').filter(Boolean);
  for (let i = 1; i <= parts.length; i++) {
    const part = `/${parts.slice(0, i).join('/')}`;
    const there = statSync(part, { throwIfNoEntry: false });
    if (there === undefined) {
      operate('mkdir', 'mkdir', part);
      first ??= part;
    } else if (!there.isDirectory()) throw failure(i === parts.length ? 'EEXIST' : 'ENOTDIR', 'mkdir', text(path));
  }
  return first;
}

let temporaryNames = 0;
export function mkdtempSync(prefix: string): string {
  for (;;) {
    const path = `${prefix}${(++temporaryNames).toString(36).padStart(6, '0')}`;
    if (existsSync(path)) continue;
    mkdirSync(path);
    return path;
  }
}

export function unlinkSync(path: PathLike): void {
  operate('unlink', 'unlink', path);
}
export function rmdirSync(path: PathLike): void {
  operate('rmdir', 'rmdir', path);
}
export function rmSync(path: PathLike, options: { recursive?: boolean; force?: boolean } = {}): void {
  const there = lstatSync(path, { throwIfNoEntry: options.force !== true });
  if (there === undefined) return;
  if (!there.isDirectory()) {
    unlinkSync(path);
    return;
  }
  if (options.recursive !== true)
    throw Object.assign(new Error(`Path is a directory: rm returned EISDIR (is a directory) ${text(path)}`), {
      code: 'ERR_FS_EISDIR',
    });
  for (const name of readdirSync(path)) rmSync(paths.join(text(path), String(name)), options);
  rmdirSync(path);
}
export function renameSync(from: PathLike, to: PathLike): void {
  operate('rename', 'rename', from, paths.resolve(text(to)));
}
export function symlinkSync(target: string, path: PathLike): void {
  operate('symlink', 'symlink', path, target);
}
export function readlinkSync(path: PathLike): string {
  return operate('readlink', 'readlink', path);
}
export function realpathSync(path: PathLike): string {
  return operate('realpath', 'real-path', path);
}
export function truncateSync(path: PathLike, length = 0): void {
  operate('open', 'truncate', path, undefined, length);
}
export function chmodSync(path: PathLike): void {
  operate('chmod', 'stat', path);
}
export function utimesSync(path: PathLike): void {
  operate('utime', 'stat', path);
}

// ---- descriptors ----

interface OpenFile {
  path: string;
  at: number;
  append: boolean;
  reads: boolean;
  writes: boolean;
}
const open = new Map<number, OpenFile>();

function descriptor(fd: number, call: string): OpenFile {
  const file = open.get(fd);
  if (file === undefined) throw failure('EBADF', call);
  return file;
}

export function openSync(path: PathLike, flags = 'r'): number {
  const absolute = paths.resolve(text(path));
  if (flags.startsWith('r')) {
    const there = operate<Answer>('open', 'stat', path);
    if (there.type === 'directory' && flags !== 'r') throw failure('EISDIR', 'open', text(path));
  } else put(absolute, new Uint8Array(0), flags.startsWith('a') ? -1 : 0, flags);
  let fd = 3;
  while (open.has(fd)) fd++;
  const isPlus = flags.includes('+');
  const reads = flags.startsWith('r') || isPlus;
  open.set(fd, {
    path: absolute,
    at: 0,
    append: flags.startsWith('a'),
    reads,
    writes: !flags.startsWith('r') || isPlus,
  });
  return fd;
}
export function closeSync(fd: number): void {
  if (fd > 2 && !open.delete(fd)) throw failure('EBADF', 'close');
}
export function fstatSync(fd: number): Stats {
  if (fd <= 2) return new Stats({ type: 'other', size: 0, mode: 0o620, inode: fd, modifiedMs: 0, names: 1 });
  return statSync(descriptor(fd, 'fstat').path) as Stats;
}

let stdinAt = 0;
export function readSync(
  fd: number,
  into: Uint8Array,
  offset: unknown = 0,
  length?: number,
  position: number | null = null,
): number {
  const options =
    typeof offset === 'object' && offset !== null
      ? (offset as { offset?: number; length?: number; position?: number })
      : null;
  const from = options === null ? Number(offset) : (options.offset ?? 0);
  const wanted = (options === null ? length : options.length) ?? into.byteLength - from;
  const at = options === null ? position : (options.position ?? null);
  const file = fd === 0 ? null : descriptor(fd, 'read');
  if (file !== null && !file.reads) throw failure('EBADF', 'read');
  const all = file === null ? stdinBytes() : readBytes(file.path);
  const start = file === null ? stdinAt : (at ?? file.at);
  const part = new Uint8Array(all.buffer, all.byteOffset, all.byteLength).subarray(start, start + wanted);
  new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(part, from);
  if (file === null) stdinAt += part.length;
  else if (at === null) file.at = start + part.length;
  return part.length;
}
export function writeSync(
  fd: number,
  data: Data,
  offset?: number | null,
  length?: number | string,
  position: number | null = null,
): number {
  const isText = typeof data === 'string';
  const whole = isText ? toBytes(data, typeof length === 'string' ? length : 'utf8') : toBytes(data, null);
  const bytes = isText
    ? whole
    : whole.subarray(offset ?? 0, (offset ?? 0) + (typeof length === 'number' ? length : whole.length));
  if (fd === 1 || fd === 2) {
    output(fd, bytes);
    return bytes.length;
  }
  const file = descriptor(fd, 'write');
  if (!file.writes) throw failure('EBADF', 'write');
  const at = isText ? (typeof offset === 'number' ? offset : null) : position;
  put(file.path, bytes, file.append ? -1 : (at ?? file.at), 'r+');
  if (at === null) file.at += bytes.length;
  return bytes.length;
}

export const constants = { F_OK: 0, X_OK: 1, W_OK: 2, R_OK: 4 };

// ---- the same with promises and callbacks ----

const synchronous = {
  readFile: readFileSync,
  writeFile: writeFileSync,
  appendFile: appendFileSync,
  copyFile: copyFileSync,
  stat: statSync,
  lstat: lstatSync,
  access: accessSync,
  readdir: readdirSync,
  mkdir: mkdirSync,
  mkdtemp: mkdtempSync,
  unlink: unlinkSync,
  rmdir: rmdirSync,
  rm: rmSync,
  rename: renameSync,
  symlink: symlinkSync,
  readlink: readlinkSync,
  realpath: realpathSync,
  truncate: truncateSync,
  chmod: chmodSync,
  utimes: utimesSync,
} as const;

type Call = (...args: unknown[]) => unknown;

export const promises: Record<string, Call> = {};
export const callbacks: Record<string, Call> = {};
for (const [name, call] of Object.entries(synchronous) as [string, Call][]) {
  promises[name] = async (...args) => {
    // A turn of the promise queue, as a real file would take.
    await null;
    return call(...args);
  };
  callbacks[name] = (...args) => {
    const done = args.pop() as (error: unknown, value?: unknown) => void;
    if (typeof done !== 'function')
      throw Object.assign(new TypeError('The "cb" argument must be of type function.'), {
        code: 'ERR_INVALID_ARG_TYPE',
      });
    let outcome: [unknown, unknown?];
    try {
      outcome = [null, call(...args)];
    } catch (error) {
      outcome = [error];
    }
    (globalThis as unknown as { setImmediate: Call }).setImmediate(() => done(...outcome));
  };
}
callbacks.exists = (path, done) =>
  void (globalThis as unknown as { setImmediate: Call }).setImmediate(() => (done as Call)(existsSync(path as string)));
