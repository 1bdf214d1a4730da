/**
 * Lines of a text file, one at a time, so that a corpus larger than memory can be read.
 *
 * Splits on `\n` alone (a `\r` before it is dropped): Node's readline also splits on
 * U+2028, which may stand inside a JSON string. A byte-order mark at the start is
 * dropped, `.gz` is unpacked on the way. Bad UTF-8 becomes U+FFFD.
 */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { WinnowError } from '../base/mod.ts';

/** A longer line is refused: no document of a benchmark is that large, and a string must hold it. */
const lineBytes = 64 * 1024 * 1024;

export interface Line {
  /** One-based. */
  readonly number: number;
  readonly text: string;
}

/**
 * @throws WinnowError `path-not-found`, `path-unreadable`, or `bad-data` for a line past 64 MiB or a damaged `.gz`
 */
export async function* readLines(path: string): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  const text = (parts: Buffer[]): string => {
    const line = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    const end = line.at(-1) === 13 ? line.length - 1 : line.length;
    return decoder.decode(line.subarray(0, end)); // a TextDecoder drops the mark at the start
  };
  let held: Buffer[] = [];
  let heldBytes = 0;
  let number = 1;
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const bytes: AsyncIterable<Buffer> = path.endsWith('.gz') ? file.pipe(unpack(file)) : file;
  try {
    for await (const block of bytes) {
      let from = 0;
      for (let at = block.indexOf(10); at >= 0; at = block.indexOf(10, from)) {
        held.push(block.subarray(from, at));
        yield { number, text: text(held) };
        number++;
        held = [];
        heldBytes = 0;
        from = at + 1;
      }
      held.push(block.subarray(from));
      heldBytes += block.length - from;
      if (heldBytes > lineBytes)
        throw new WinnowError(
          'bad-data',
          `${path}:${number}: expected lines of at most ${lineBytes} bytes; this one goes on. Is it a file of lines?`,
        );
    }
    if (heldBytes > 0) yield { number, text: text(held) };
  } catch (cause) {
    throw readFailure(path, number, cause);
  } finally {
    file.destroy();
  }
}

function unpack(file: ReturnType<typeof createReadStream>) {
  const gunzip = createGunzip();
  file.on('error', (error) => gunzip.destroy(error)); // `pipe` does not carry errors on
  return gunzip;
}

function readFailure(path: string, line: number, cause: unknown): unknown {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'ENOENT')
    return new WinnowError('path-not-found', `Expected a file at ${path}; there is none.`, { cause });
  if (code?.startsWith('Z_') || code === 'ERR_BUFFER_TOO_LARGE')
    return new WinnowError('bad-data', `${path}:${line}: expected gzip data; it is damaged or cut short.`, { cause });
  if (code === 'EACCES' || code === 'EISDIR' || code === 'EIO')
    return new WinnowError('path-unreadable', `Cannot read ${path} (${code}).`, { cause });
  return cause;
}
