/** Node's `Buffer`, as far as programs that read and write text and bytes use it. */
import * as bytes from './bytes.ts';
import { custom } from './inspect.ts';

function encode(text: string, encoding: string): Uint8Array {
  switch (encoding.toLowerCase()) {
    case 'utf8':
    case 'utf-8':
      return bytes.utf8Encode(text);
    case 'latin1':
    case 'binary':
    case 'ascii':
      return bytes.latin1Encode(text);
    case 'hex':
      return bytes.hexEncode(text);
    case 'base64':
    case 'base64url':
      return bytes.base64Encode(text);
    case 'utf16le':
    case 'utf-16le':
    case 'ucs2':
    case 'ucs-2':
      return new Uint8Array(Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)).buffer);
    default:
      throw Object.assign(new TypeError(`Unknown encoding: ${encoding}`), { code: 'ERR_UNKNOWN_ENCODING' });
  }
}

export function decode(from: Uint8Array, encoding: string): string {
  switch (encoding.toLowerCase()) {
    case 'utf8':
    case 'utf-8':
      return bytes.utf8Decode(from);
    case 'latin1':
    case 'binary':
      return bytes.latin1Decode(from);
    case 'ascii':
      return bytes.latin1Decode(from, 0x7f);
    case 'hex':
      return bytes.hexDecode(from);
    case 'base64':
      return bytes.base64Decode(from);
    case 'base64url':
      return bytes.base64Decode(from, true);
    case 'utf16le':
    case 'utf-16le':
    case 'ucs2':
    case 'ucs-2': {
      const even = from.slice(0, from.length & ~1);
      return String.fromCharCode(...new Uint16Array(even.buffer));
    }
    default:
      throw Object.assign(new TypeError(`Unknown encoding: ${encoding}`), { code: 'ERR_UNKNOWN_ENCODING' });
  }
}

function view(from: Uint8Array): Buffer {
  return new Buffer(from.buffer as ArrayBuffer, from.byteOffset, from.byteLength);
}

type Source = string | ArrayBuffer | ArrayLike<number> | { type: 'Buffer'; data: number[] };

/** The parent, without the types of its methods: Node's differ from the language's. */
const Bytes = Uint8Array as unknown as new (
  source: number | ArrayBuffer,
  offset?: number,
  length?: number,
) => Uint8Array<ArrayBuffer>;
const parent = Uint8Array.prototype;

export class Buffer extends Bytes {
  static poolSize = 8192;

  static from(source: unknown, first?: unknown, second?: unknown): Buffer {
    const given = source as Source;
    if (typeof given === 'string') return view(encode(given, typeof first === 'string' ? first : 'utf8'));
    if (given instanceof ArrayBuffer)
      return new Buffer(given, first as number | undefined, second as number | undefined);
    if (typeof given === 'object' && given !== null) {
      if ('type' in given && given.type === 'Buffer' && Array.isArray(given.data))
        return view(Uint8Array.from(given.data));
      return view(Uint8Array.from(given as ArrayLike<number>));
    }
    throw Object.assign(
      new TypeError(
        'The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object.',
      ),
      { code: 'ERR_INVALID_ARG_TYPE' },
    );
  }

  static alloc(size: number, fill?: string | number | Uint8Array, encoding = 'utf8'): Buffer {
    const made = new Buffer(size);
    return fill === undefined ? made : made.fill(fill, 0, size, encoding);
  }
  static allocUnsafe(size: number): Buffer {
    return new Buffer(size);
  }
  static isBuffer(value: unknown): boolean {
    return value instanceof Buffer;
  }
  static isEncoding(name: string): boolean {
    try {
      encode('', name);
      return true;
    } catch {
      return false;
    }
  }
  static byteLength(value: string | ArrayBuffer | Uint8Array, encoding = 'utf8'): number {
    if (typeof value !== 'string') return value.byteLength;
    return /^utf-?8$/i.test(encoding) ? bytes.utf8Length(value) : encode(value, encoding).length;
  }
  static concat(list: readonly Uint8Array[], total = list.reduce((sum, item) => sum + item.length, 0)): Buffer {
    const joined = new Buffer(total);
    let at = 0;
    for (const item of list) {
      joined.set(item.subarray(0, Math.max(0, total - at)), at);
      at = Math.min(total, at + item.length);
    }
    return joined;
  }
  static compare(a: Uint8Array, b: Uint8Array): number {
    for (let i = 0; i < Math.min(a.length, b.length); i++)
      if (a[i] !== b[i]) return (a[i] as number) < (b[i] as number) ? -1 : 1;
    return Math.sign(a.length - b.length);
  }

  override toString(encoding = 'utf8', from = 0, to = this.length): string {
    return decode(this.subarray(Math.max(0, from), Math.max(0, to)) as never, encoding);
  }
  toJSON(): { type: 'Buffer'; data: number[] } {
    return { type: 'Buffer', data: Array.from(this) };
  }
  equals(other: Uint8Array): boolean {
    return Buffer.compare(this, other) === 0;
  }
  compare(other: Uint8Array): number {
    return Buffer.compare(this, other);
  }
  override slice(from?: number, to?: number): Buffer {
    return this.subarray(from, to);
  }
  override subarray(from?: number, to?: number): Buffer {
    const part = new Uint8Array(this.buffer, this.byteOffset, this.byteLength).subarray(from, to);
    return view(part);
  }
  write(text: string, at = 0, length: number | string = this.length - at, encoding = 'utf8'): number {
    const coded = encode(text, typeof length === 'string' ? length : encoding);
    const room = typeof length === 'number' ? Math.min(length, this.length - at) : this.length - at;
    const part = coded.subarray(0, Math.max(0, room));
    this.set(part, at);
    return part.length;
  }
  copy(target: Uint8Array, at = 0, from = 0, to = this.length): number {
    const part = new Uint8Array(this.buffer, this.byteOffset, this.byteLength).subarray(
      from,
      Math.min(to, from + target.length - at),
    );
    target.set(part, at);
    return part.length;
  }
  override fill(given: string | number | Uint8Array, from = 0, to: number = this.length, encoding = 'utf8'): this {
    const pattern = typeof given === 'string' ? encode(given, encoding) : given;
    if (typeof pattern === 'number') {
      parent.fill.call(this, pattern & 0xff, from, to);
      return this;
    }
    for (let i = from; i < to && pattern.length > 0; i++) this[i] = pattern[(i - from) % pattern.length] as number;
    return this;
  }
  override indexOf(given: string | number | Uint8Array, from = 0): number {
    if (typeof given === 'number') return parent.indexOf.call(this, given, from);
    const wanted = typeof given === 'string' ? bytes.utf8Encode(given) : given;
    for (let i = Math.max(0, from); i + wanted.length <= this.length; i++)
      if (wanted.every((byte, k) => byte === this[i + k])) return i;
    return -1;
  }
  override includes(given: string | number | Uint8Array, from = 0): boolean {
    return this.indexOf(given, from) !== -1;
  }
  [custom](): string {
    const shown = Array.from(new Uint8Array(this.buffer, this.byteOffset, Math.min(50, this.length)), (byte) =>
      byte.toString(16).padStart(2, '0'),
    );
    const rest = this.length - 50;
    if (rest > 0) shown.push(`... ${rest} more byte${rest > 1 ? 's' : ''}`);
    return `<Buffer${shown.length > 0 ? ' ' : ''}${shown.join(' ')}>`;
  }
}

/** `readUInt8`, `writeInt32LE` and the like, by the methods of `DataView` that do the same. */
const numbers = [
  ['UInt8', 'Uint8', 1],
  ['Int8', 'Int8', 1],
  ['UInt16', 'Uint16', 2],
  ['Int16', 'Int16', 2],
  ['UInt32', 'Uint32', 4],
  ['Int32', 'Int32', 4],
  ['Float', 'Float32', 4],
  ['Double', 'Float64', 8],
  ['BigInt64', 'BigInt64', 8],
  ['BigUInt64', 'BigUint64', 8],
] as const;

for (const [name, kind, size] of numbers)
  for (const order of size === 1 ? [''] : ['LE', 'BE']) {
    const little = order === 'LE';
    const dataView = (buffer: Buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    Object.defineProperty(Buffer.prototype, `read${name}${order}`, {
      configurable: true,
      writable: true,
      value(this: Buffer, at = 0) {
        return dataView(this)[`get${kind}`](at, little);
      },
    });
    Object.defineProperty(Buffer.prototype, `write${name}${order}`, {
      configurable: true,
      writable: true,
      value(this: Buffer, value: never, at = 0) {
        dataView(this)[`set${kind}`](at, value, little);
        return at + size;
      },
    });
  }

export class TextEncoder {
  readonly encoding = 'utf-8';
  encode(text = ''): Uint8Array {
    return bytes.utf8Encode(String(text));
  }
  encodeInto(text: string, into: Uint8Array): { read: number; written: number } {
    return bytes.utf8EncodeInto(text, into);
  }
}

export class TextDecoder {
  readonly encoding: string;
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  #rest = new Uint8Array(0);

  constructor(encoding = 'utf-8', options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
    const name = encoding.toLowerCase();
    const known: Record<string, string> = {
      utf8: 'utf-8',
      'utf-8': 'utf-8',
      latin1: 'latin1',
      ascii: 'latin1',
      'utf-16le': 'utf-16le',
    };
    if (known[name] === undefined)
      throw Object.assign(new RangeError(`The "${encoding}" encoding is not supported`), {
        code: 'ERR_ENCODING_NOT_SUPPORTED',
      });
    this.encoding = known[name];
    this.fatal = options.fatal === true;
    this.ignoreBOM = options.ignoreBOM === true;
  }

  decode(input?: ArrayBuffer | ArrayBufferView, options: { stream?: boolean } = {}): string {
    let all = this.#rest;
    if (input !== undefined) {
      const given = ArrayBuffer.isView(input)
        ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
        : new Uint8Array(input);
      all = Buffer.concat([all, given]);
    }
    const keep = options.stream === true && this.encoding === 'utf-8' ? bytes.unfinishedBytes(all) : 0;
    this.#rest = new Uint8Array(all.subarray(all.length - keep));
    const whole = all.subarray(0, all.length - keep);
    const text = this.encoding === 'utf-8' ? bytes.utf8Decode(whole, this.fatal) : decode(whole, this.encoding);
    return text.startsWith('\ufeff') && !this.ignoreBOM ? text.slice(1) : text;
  }
}

export class StringDecoder {
  readonly encoding: string;
  readonly #decoder: TextDecoder | null;
  constructor(encoding = 'utf8') {
    this.encoding = encoding;
    this.#decoder = /^utf-?8$/i.test(encoding) ? new TextDecoder('utf-8', { ignoreBOM: true }) : null;
  }
  write(chunk: Uint8Array): string {
    return this.#decoder === null ? decode(chunk, this.encoding) : this.#decoder.decode(chunk, { stream: true });
  }
  end(chunk?: Uint8Array): string {
    return (chunk === undefined ? '' : this.write(chunk)) + (this.#decoder?.decode() ?? '');
  }
}

export function atob(text: string): string {
  return bytes.latin1Decode(bytes.base64Encode(String(text)));
}
export function btoa(text: string): string {
  return bytes.base64Decode(bytes.latin1Encode(String(text)));
}
