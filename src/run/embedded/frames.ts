/**
 * Frames over a byte stream, and values with bytes in them as the payload of one.
 *
 *   frame    length of payload u32 LE · kind u8 · payload
 *   value    length of JSON u32 LE · JSON · blobs, one after the other
 *
 * Bytes in a value stand in its JSON as `{"$":[offset,length]}` of the blobs. JSON and not V8's own serialisation,
 * because the host reads what a broken child may have written, and JSON has nothing to exploit.
 * Nothing here knows what a value means; whoever unpacks one checks it.
 */
import { isCount } from '../untrusted.ts';

export interface Frame {
  readonly kind: number;
  readonly payload: Uint8Array;
}

export const frameHeadBytes = 5;

/** The other side broke the format. */
export class FrameError extends Error {}

export function frameHead(kind: number, payloadBytes: number): Buffer {
  const head = Buffer.alloc(frameHeadBytes);
  head.writeUInt32LE(payloadBytes, 0);
  head.writeUInt8(kind, 4);
  return head;
}

/** @returns payload length and kind of a head of `frameHeadBytes` */
export function readFrameHead(head: Uint8Array): { readonly length: number; readonly kind: number } {
  const view = new DataView(head.buffer, head.byteOffset, frameHeadBytes);
  return { length: view.getUint32(0, true), kind: view.getUint8(4) };
}

/** Cuts chunks of a stream into frames. */
export class FrameReader {
  #parts: Uint8Array[] = [];
  #bytes = 0;
  /** Bytes until the next thing is whole: a head, or a head with its payload. */
  #needed = frameHeadBytes;
  readonly #mostBytes: (kind: number) => number;

  /** @param mostBytes the longest payload of a kind; less than 0 refuses the kind */
  constructor(mostBytes: (kind: number) => number) {
    this.#mostBytes = mostBytes;
  }

  /** @throws FrameError when a payload is announced that is too long */
  *push(chunk: Uint8Array): Generator<Frame> {
    this.#parts.push(plainView(chunk));
    this.#bytes += chunk.length;
    while (this.#bytes >= this.#needed) {
      const whole = this.#parts.length === 1 ? (this.#parts[0] as Uint8Array) : plainView(Buffer.concat(this.#parts));
      const { length, kind } = readFrameHead(whole);
      if (length > this.#mostBytes(kind)) throw new FrameError(`a frame of kind ${kind} with ${length} bytes`);
      this.#needed = frameHeadBytes + length;
      this.#parts = [whole];
      if (whole.length < this.#needed) return;
      const rest = whole.subarray(this.#needed);
      yield { kind, payload: whole.subarray(frameHeadBytes, this.#needed) };
      this.#parts = rest.length > 0 ? [rest] : [];
      this.#bytes = rest.length;
      this.#needed = frameHeadBytes;
    }
  }
}

/** @param value of plain objects, arrays, strings, finite numbers, booleans, null and `Uint8Array` */
export function pack(value: unknown): Uint8Array[] {
  const blobs: Uint8Array[] = [];
  let offset = 0;
  const plain = (item: unknown): unknown => {
    if (item instanceof Uint8Array) {
      blobs.push(item);
      offset += item.length;
      return { $: [offset - item.length, item.length] };
    }
    if (Array.isArray(item)) return item.map(plain);
    if (item === null || typeof item !== 'object') return item;
    return Object.fromEntries(Object.entries(item).map(([name, member]) => [name, plain(member)]));
  };
  const json = Buffer.from(JSON.stringify(plain(value)));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return [length, json, ...blobs];
}

/** Bytes in it are views of `bytes`. @throws FrameError */
export function unpack(bytes: Uint8Array): unknown {
  const payload = plainView(bytes);
  if (payload.length < 4) throw new FrameError(`a value of ${payload.length} bytes`);
  const length = new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0, true);
  if (length > payload.length - 4) throw new FrameError('a value shorter than it says');
  const blobs = payload.subarray(4 + length);
  const revive = (_name: string, item: unknown): unknown => {
    const range = typeof item === 'object' && item !== null && Object.hasOwn(item, '$') ? (item as Blob).$ : null;
    if (!Array.isArray(range)) return item;
    const [at, size] = range as unknown[];
    if (!isCount(at) || !isCount(size) || at + size > blobs.length) throw new FrameError('bytes outside of a value');
    return blobs.subarray(at, at + size);
  };
  try {
    return JSON.parse(Buffer.from(payload.buffer, payload.byteOffset + 4, length).toString(), revive);
  } catch (cause) {
    if (cause instanceof FrameError) throw cause;
    throw new FrameError('a value that is not JSON', { cause });
  }
}

/** Not a `Buffer`, whose `slice` copies nothing, to the surprise of who gets one as a `Uint8Array`. */
export function plainView(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

interface Blob {
  readonly $: unknown;
}
