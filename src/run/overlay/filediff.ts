/**
 * The difference of two files of any size, in bounded memory: for people who are to decide about them.
 *
 * Files are compared by pieces. What they begin and end with alike is passed over, and of what lies between a window of each is compared by lines; what is
 * past the windows is counted. Bytes that are no text are told by where they first differ.
 */
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { context, textOf, unifiedDiff } from './difftext.ts';

const pieceBytes = 1 << 20;
/** What is compared by lines of each file: some 10,000 lines of code. */
const windowBytes = 512 << 10;
/** A line around a change is looked for so far away; of longer ones a part is shown. */
const lineBytes = 8 << 10;

/** Reads parts of a file: fewer bytes than asked for only where it ends. */
export interface Source {
  readonly size: number;
  read(at: number, length: number): Uint8Array;
}

export const emptySource: Source = { size: 0, read: () => new Uint8Array(0) };

/**
 * @param use gets null when there is no plain file that can be read; what it gets is closed behind it
 */
export function withFile<T>(path: Uint8Array, use: (source: Source | null) => T): T {
  let fd: number;
  try {
    fd = openSync(Buffer.from(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return use(null);
  }
  try {
    const stat = fstatSync(fd);
    return use(stat.isFile() ? { size: stat.size, read: (at, length) => readAt(fd, at, length) } : null);
  } finally {
    closeSync(fd);
  }
}

function readAt(fd: number, at: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const read = readSync(fd, bytes, done, length - done, at + done);
    if (read === 0) break;
    done += read;
  }
  return bytes.subarray(0, done);
}

/** SHA-256, hexadecimal. */
export function hashOf({ size, read }: Source): string {
  const state = createHash('sha256');
  for (let at = 0; at < size; at += pieceBytes) state.update(read(at, Math.min(pieceBytes, size - at)));
  return state.digest('hex');
}

export interface FileDifference {
  /** A unified diff, which ends with a line that counts what it leaves out; null: no text on both sides. */
  readonly diff: string | null;
  /** The first byte in which they differ, from 0; null: in none. */
  readonly firstByte: number | null;
}

/** @param limit characters of the diff */
export function fileDifference(old: Source, fresh: Source, limit: number): FileDifference {
  const first = commonStart(old, fresh);
  if (first.at === Math.max(old.size, fresh.size)) return { diff: first.isText ? '' : null, firstByte: null };
  const firstByte = first.at;
  if (!first.isText || !isText(old) || !isText(fresh)) return { diff: null, firstByte };
  const suffix = commonEnd(old, fresh, first.at);
  const before = startOfContext(old, first);
  const [a, b] = [old, fresh].map((one) => windowOf(one, before.at, one.size - suffix)) as [Window, Window];
  const [oldText, freshText] = [a, b].map(({ bytes }) => textOf(bytes));
  if (oldText == null || freshText == null) return { diff: null, firstByte };
  const diff = unifiedDiff(oldText, freshText, limit, before.line);
  if (a.left === 0 && b.left === 0) return { diff, firstByte };
  return { diff: `${diff}… ${a.left} bytes more of the one and ${b.left} of the other are not compared\n`, firstByte };
}

/** Of a larger file only what is compared is looked at. */
const isText = ({ size, read }: Source): boolean => size > pieceBytes || textOf(read(0, size)) !== null;

interface Start {
  /** Bytes that both begin with. */
  readonly at: number;
  /** Lines that end among them, and where the last of those ends. */
  readonly line: number;
  readonly lineAt: number;
  /** No NUL among them. */
  readonly isText: boolean;
}

function commonStart(old: Source, fresh: Source): Start {
  let [at, line, lineAt, isText] = [0, 0, 0, true];
  for (;;) {
    const [a, b] = [old.read(at, pieceBytes), fresh.read(at, pieceBytes)];
    const length = equalBytes(a, b);
    for (let end = a.indexOf(0x0a); end >= 0 && end < length; end = a.indexOf(0x0a, end + 1)) {
      line++;
      lineAt = at + end + 1;
    }
    isText &&= !a.subarray(0, length).includes(0);
    at += length;
    if (length < pieceBytes) return { at, line, lineAt, isText };
  }
}

/** How many bytes two arrays begin with alike. */
function equalBytes(a: Uint8Array, b: Uint8Array): number {
  let [low, high] = [0, Math.min(a.length, b.length)];
  const same = (from: number, to: number): boolean => Buffer.compare(a.subarray(from, to), b.subarray(from, to)) === 0;
  if (same(0, high)) return high;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (same(low, middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Bytes that both end with, of those behind `from`. */
function commonEnd(old: Source, fresh: Source, from: number): number {
  const most = Math.min(old.size, fresh.size) - from;
  let found = 0;
  while (found < most) {
    const length = Math.min(pieceBytes, most - found);
    const a = old.read(old.size - found - length, length).reverse();
    const b = fresh.read(fresh.size - found - length, length).reverse();
    const same = equalBytes(a, b);
    found += same;
    if (same < length) break;
  }
  return found;
}

/** Some lines before the first difference, or of a long line the part before it. */
function startOfContext(source: Source, { at, line, lineAt }: Start): { readonly at: number; readonly line: number } {
  if (at - lineAt > lineBytes) return { at: wholeLetters(source, at - lineBytes), line };
  const from = Math.max(0, lineAt - lineBytes);
  const before = source.read(from, lineAt - from);
  let start = before.length;
  let lines = 0;
  while (lines < context && start > 0) {
    const previous = before.lastIndexOf(0x0a, start - 2);
    if (previous < 0 && from > 0) break;
    start = start === 1 ? 0 : previous + 1;
    lines++;
  }
  return { at: from + start, line: line - lines };
}

/** The next place at which a letter of UTF-8 begins. */
function wholeLetters(source: Source, at: number): number {
  const next = source.read(at, 4);
  const offset = next.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return at + Math.max(0, offset);
}

interface Window {
  readonly bytes: Uint8Array;
  /** Bytes behind it that differ. */
  readonly left: number;
}

/** @param end where what both end with begins */
function windowOf(source: Source, start: number, end: number): Window {
  const isCut = end - start > windowBytes;
  const to = isCut ? start + windowBytes : Math.min(source.size, end + lineBytes);
  const bytes = source.read(start, Math.max(0, to - start));
  // Whole lines, so that a line that both have is not told as two; sought in what both end with, so that both are cut at the same place.
  let size = bytes.length;
  if (isCut) size = bytes.lastIndexOf(0x0a) + 1 || lastLetter(bytes);
  else if (to < source.size) {
    let at = end - start - 1;
    for (let lines = 0; lines <= context; lines++) {
      const next = bytes.indexOf(0x0a, at + 1);
      if (next < 0) break;
      at = next;
    }
    size = at < end - start ? lastLetter(bytes) : at + 1;
  }
  return { bytes: bytes.subarray(0, size), left: Math.max(0, end - start - size) };
}

/** Without the beginning of a letter at the end. */
function lastLetter(bytes: Uint8Array): number {
  let at = bytes.length - 1;
  while (at > bytes.length - 4 && at > 0 && ((bytes[at] as number) & 0xc0) === 0x80) at--;
  return (bytes[at] ?? 0) >= 0xc0 ? at : bytes.length;
}
