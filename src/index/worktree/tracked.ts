/**
 * Which files git tracks, read from its index file: an ignore pattern does not count for
 * these. Repositories do track what they ignore (a `*.db` fixture, a vendored `gtest-*`),
 * and who searches wants it found.
 *
 * Index versions 2 to 4 (gitformat-index); only names are looked at. Of a split index only
 * the part in the file itself is seen: then a tracked file that is ignored may be missing.
 */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export interface Tracked {
  /** Of the index file; the list is the same while it is. */
  readonly stamp: string;
  readonly files: readonly string[];
}

/**
 * @param gitDir of the worktree itself, not the shared one
 * @param before an earlier answer, given again while the index file is the same
 * @returns `null` when there is no index file or one of a kind not known
 */
export function readTracked(gitDir: string, before: Tracked | null): Tracked | null {
  const file = path.join(gitDir, 'index');
  try {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined) return null;
    const stamp = `${stat.size} ${stat.mtimeMs} ${stat.ino}`;
    if (before?.stamp === stamp) return before;
    const files = namesIn(readFileSync(file), hashBytes(gitDir));
    return files === null ? null : { stamp, files };
  } catch {
    // Unreadable or replaced under our hands: patterns decide alone, as without git.
    return null;
  }
}

function hashBytes(gitDir: string): number {
  const config = statSync(path.join(gitDir, 'config'), { throwIfNoEntry: false });
  if (config === undefined) return 20;
  return /objectformat\s*=\s*sha256/i.test(readFileSync(path.join(gitDir, 'config'), 'utf8')) ? 32 : 20;
}

/** Before the name of an entry: ten 32-bit fields of stat, the object's hash, 16 bits of flags. */
const statBytes = 40;
const extendedFlag = 0x4000;

function namesIn(index: Buffer, hash: number): string[] | null {
  if (index.length < 12 || index.toString('latin1', 0, 4) !== 'DIRC') return null;
  const version = index.readUInt32BE(4);
  if (version < 2 || version > 4) return null;
  const names: string[] = [];
  let at = 12;
  let last = '';
  for (let left = index.readUInt32BE(8); left > 0; left--) {
    const start = at;
    const flags = index.readUInt16BE(at + statBytes + hash);
    at += statBytes + hash + 2 + ((flags & extendedFlag) !== 0 ? 2 : 0);
    let kept = '';
    if (version === 4) {
      const stripped = offsetVarint(index, at);
      at = stripped.end;
      // Bytes and characters differ only in names beyond ASCII; cut in bytes to be right for these.
      kept = Buffer.from(last).toString('utf8', 0, Buffer.byteLength(last) - stripped.value);
    }
    const end = index.indexOf(0, at);
    if (end < 0) return null;
    last = kept + index.toString('utf8', at, end);
    names.push(last);
    // Up to version 3 entries are padded with 1 to 8 zeros to a multiple of 8.
    at = version === 4 ? end + 1 : start + ((end - start + 8) & ~7);
  }
  return names;
}

/** git's "offset encoding" (as in packs): big-endian base 128, where each further byte adds one. */
function offsetVarint(bytes: Buffer, start: number): { value: number; end: number } {
  let at = start;
  let byte = bytes.readUInt8(at++);
  let value = byte & 0x7f;
  while (byte & 0x80) {
    byte = bytes.readUInt8(at++);
    value = (value + 1) * 0x80 + (byte & 0x7f);
  }
  return { value, end: at };
}
