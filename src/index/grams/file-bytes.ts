/** Reading files to search them: into one buffer that is used again and again, never waiting for a pipe. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Larger ones are refused: a buffer has an end. */
export const mostFileBytes = 2 ** 31 - 64;

/** Read at a time: more than 2 GB are refused. */
const mostReadBytes = 2 ** 30;

export type ReadBytes =
  /** `bytes` is shared: the next read overwrites it. */
  | {
      readonly kind: 'read';
      readonly bytes: Buffer;
      readonly mtimeMs: number;
      readonly ctimeMs: number;
      readonly inode: number;
      readonly size: number;
    }
  | { readonly kind: 'failed'; readonly code: string };

/** Where bytes are read into: `reserve` makes `buffer` hold at least so many, and keeps what is in it. */
export interface ReadRoom {
  readonly buffer: Buffer;
  reserve(length: number): void;
}

const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

export class FileReader {
  readonly #room: ReadRoom;

  constructor(room: ReadRoom = new OwnRoom()) {
    this.#room = room;
  }

  /**
   * @param expected size that it probably has; saves asking for it
   * @param stamped whether times and inode are wanted
   * @param asIs the file's own bytes, in whatever encoding
   */
  read(file: string, expected: number, stamped: boolean, asIs = false): ReadBytes {
    let descriptor: number;
    try {
      descriptor = openSync(file, flags);
    } catch (cause) {
      return failed(cause);
    }
    try {
      let stamp = { size: -1, mtimeMs: 0, ctimeMs: 0, inode: 0 };
      if (stamped || expected < 0) {
        const stat = fstatSync(descriptor);
        if (!stat.isFile()) return { kind: 'failed', code: 'not a file' };
        stamp = { size: stat.size, mtimeMs: stat.mtimeMs, ctimeMs: stat.ctimeMs, inode: stat.ino };
      }
      const size = stamp.size >= 0 ? stamp.size : expected;
      if (size > mostFileBytes) return { kind: 'failed', code: 'larger than 2 GB' };
      const room = this.#room;
      room.reserve(size + 1);
      let length = 0;
      for (;;) {
        // One byte more than expected tells that there is no more.
        const wanted = Math.min(room.buffer.length - length, mostReadBytes);
        const got = readSync(descriptor, room.buffer, length, wanted, length);
        length += got;
        if (got === 0 || (length === size && got < wanted)) break;
        if (length === room.buffer.length) {
          if (length > mostFileBytes) return { kind: 'failed', code: 'larger than 2 GB' };
          room.reserve(length * 2);
        }
      }
      const bytes = room.buffer.subarray(0, length);
      return { kind: 'read', bytes: asIs ? bytes : inUtf8(bytes), ...stamp };
    } catch (cause) {
      return failed(cause);
    } finally {
      closeSync(descriptor);
    }
  }
}

class OwnRoom implements ReadRoom {
  buffer = Buffer.allocUnsafeSlow(256 * 1024);

  reserve(length: number): void {
    if (length <= this.buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.ceil(length * 1.25));
    this.buffer.copy(grown);
    this.buffer = grown;
  }
}

const failed = (cause: unknown): ReadBytes => ({
  kind: 'failed',
  code: (cause as NodeJS.ErrnoException).code ?? String(cause),
});

/** UTF-16, told by its mark, as UTF-8; without the mark of UTF-8; all else as it is. So reads ripgrep. */
function inUtf8(bytes: Buffer): Buffer {
  if (bytes.length < 2) return bytes;
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.subarray(3);
  const mark = bytes.readUInt16BE(0);
  if (mark !== 0xfffe && mark !== 0xfeff) return bytes;
  return Buffer.from(new TextDecoder(mark === 0xfffe ? 'utf-16le' : 'utf-16be').decode(bytes), 'utf8');
}
