/**
 * Messages between this process and a warden, over its pipes.
 *
 * A frame: u32 length of all that follows, u32 length of the header, the header as JSON, then the body; little-endian.
 * One frame a job each way, because a process switch per piece of output costs more than the job does. Frames from a warden are
 * trusted as to form only: lengths are checked, since a broken worker must be an error and not a memory of 4 GB.
 */

/**
 * Longest header believed, bytes: the report of a job has 4 MiB of text at most (`collecting.py`, `REPORT_BYTES`), a control
 * character of which takes 6 bytes as JSON, and 20,000 entries beside it.
 */
const mostHeaderBytes = 32 << 20;

/** One frame, taken apart. */
export interface Frame {
  readonly header: unknown;
  readonly body: Uint8Array;
}

export function encodeFrame(header: unknown, body: readonly Uint8Array[]): Buffer[] {
  const text = Buffer.from(JSON.stringify(header));
  const start = Buffer.alloc(8);
  const bodyBytes = body.reduce((sum, piece) => sum + piece.length, 0);
  start.writeUInt32LE(4 + text.length + bodyBytes, 0);
  start.writeUInt32LE(text.length, 4);
  return [
    Buffer.concat([start, text]),
    ...body.map((piece) => Buffer.from(piece.buffer, piece.byteOffset, piece.length)),
  ];
}

/** Puts frames together from pieces as they come. */
export class FrameReader {
  #pieces: Buffer[] = [];
  #bytes = 0;
  readonly #mostBytes: number;

  /** @param mostBytes longest frame that is believed */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /**
   * @returns a frame when this piece completes one, else null. A warden sends one frame per job, so nothing follows it
   * @throws Error when it cannot be a frame
   */
  add(piece: Buffer): Frame | null {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    if (this.#bytes < 8) return null;
    if ((this.#pieces[0]?.length ?? 0) < 8) this.#pieces = [Buffer.concat(this.#pieces)];
    const first = this.#pieces[0] as Buffer;
    const size = first.readUInt32LE(0);
    const header = first.readUInt32LE(4);
    if (size > this.#mostBytes || header > Math.min(size - 4, mostHeaderBytes))
      throw new Error(`a frame of ${size} bytes with a header of ${header}`);
    if (this.#bytes < size + 4) return null;
    if (this.#bytes > size + 4) throw new Error('bytes after the end of a frame');
    const whole = this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#bytes = 0;
    return { header: JSON.parse(whole.toString('utf8', 8, 8 + header)), body: whole.subarray(8 + header) };
  }
}
