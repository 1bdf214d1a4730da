/**
 * Reads and writes the outer form of WebAssembly modules: numbers (LEB128) and sections.
 *
 * A module is a header of eight bytes and sections of (id, size, bytes). Only what a rewriter
 * needs is understood here; everything else is carried over byte for byte. Reading never goes past
 * its end and never guesses: what it does not know is an error, since a rewriter that misreads
 * a module would make another program of it.
 *
 * Source: WebAssembly Core Specification 3.0, chapter 5 (binary format).
 */

/** The bytes are not a WebAssembly module, or use something this rewriter does not know. The module is to blame, not the caller. */
export class WasmFormatError extends Error {
  /** @param offset where in the module, bytes */
  constructor(what: string, offset: number) {
    super(`not a WebAssembly module that can be rewritten: ${what} at byte ${offset}`);
    this.name = 'WasmFormatError';
  }
}

/** Section ids. Source: Core Specification 5.5.2. */
export const SectionId = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  code: 10,
  tag: 13,
} as const;

/**
 * The order in which sections must stand, by id. Core Specification 5.5.15: tags come before globals,
 * the data count before code, though their ids are higher.
 */
const sectionOrder = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

export interface Section {
  readonly id: number;
  /** The content, without id and size. */
  readonly bytes: Uint8Array;
  /** Where the content starts in the module, for messages. */
  readonly offset: number;
}

const header = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

/** A position in bytes that only moves forward, checked at each step. */
export class Reader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
  /** Added to positions in messages. */
  readonly base: number;

  constructor(bytes: Uint8Array, options: { at?: number; end?: number; base?: number } = {}) {
    this.bytes = bytes;
    this.at = options.at ?? 0;
    this.end = options.end ?? bytes.length;
    this.base = options.base ?? 0;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  fail(what: string, at = this.at): never {
    throw new WasmFormatError(what, this.base + at);
  }

  byte(): number {
    if (this.at >= this.end) this.fail('it ends too early');
    return this.bytes[this.at++] as number;
  }

  skip(count: number): void {
    if (count > this.end - this.at) this.fail('it ends too early');
    this.at += count;
  }

  /** An unsigned number of at most 32 bits. */
  u32(): number {
    const start = this.at;
    let value = this.byte();
    if (value < 0x80) return value;
    value &= 0x7f;
    for (let shift = 7; shift < 35; shift += 7) {
      const next = this.byte();
      if (shift === 28 && next > 0x0f) break;
      value += (next & 0x7f) * 2 ** shift;
      if (next < 0x80) return value;
    }
    return this.fail('a number is longer than 32 bits', start);
  }

  /** Steps over a number of at most `bits` bits, signed or not. */
  skipNumber(bits: 32 | 33 | 64): void {
    const start = this.at;
    const most = Math.ceil(bits / 7);
    for (let i = 0; i < most; i++) if (this.byte() < 0x80) return;
    this.fail(`a number is longer than ${bits} bits`, start);
  }

  skipName(): void {
    this.skip(this.u32());
  }

  name(): string {
    const start = this.at;
    this.skipName();
    const reader = new Reader(this.bytes, { at: start, end: this.at });
    reader.u32();
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + reader.at, this.at - reader.at).toString('utf8');
  }

  /** A value type: one byte, or a reference with a heap type. */
  skipValueType(): void {
    const type = this.byte();
    if (type === 0x63 || type === 0x64) this.skipNumber(33);
    else if (type < 0x69 || type > 0x7f) this.fail(`an unknown value type 0x${type.toString(16)}`, this.at - 1);
  }

  /** The limits of a table or memory. Flags: 1 maximum, 2 shared, 4 64-bit addresses. */
  skipLimits(): void {
    const flags = this.byte();
    if (flags > 7) this.fail(`unknown limits 0x${flags.toString(16)}`, this.at - 1);
    this.skipNumber(64);
    if (flags & 1) this.skipNumber(64);
  }

  expectEnd(what: string): void {
    if (this.at !== this.end) this.fail(`${what} does not end where its size says`);
  }
}

/** Growing bytes. */
export class Writer {
  #bytes: Uint8Array;
  length = 0;

  /** @param expected bytes, a guess that saves copying */
  constructor(expected = 64) {
    this.#bytes = new Uint8Array(Math.max(expected, 64));
  }

  #room(count: number): void {
    if (this.length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + count));
    grown.set(this.#bytes.subarray(0, this.length));
    this.#bytes = grown;
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.length++] = value;
  }

  bytes(values: Uint8Array | readonly number[]): void {
    this.#room(values.length);
    this.#bytes.set(values, this.length);
    this.length += values.length;
  }

  /** Bytes [from, to) of `source`. By a loop when few: `set` costs a view. */
  copy(source: Uint8Array, from: number, to: number): void {
    this.#room(to - from);
    if (to - from > 48) this.#bytes.set(source.subarray(from, to), this.length);
    else for (let i = from, out = this.length; i < to; i++) this.#bytes[out++] = source[i] as number;
    this.length += to - from;
  }

  u32(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.byte((rest % 128) | 0x80);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  /** A signed number; here only ever a small count, so 32 bits are enough. */
  s32(value: number): void {
    let rest = value;
    while (rest < -64 || rest > 63) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    this.byte(rest & 0x7f);
  }

  name(text: string): void {
    const bytes = Buffer.from(text, 'utf8');
    this.u32(bytes.length);
    this.bytes(bytes);
  }

  /** Leaves room for a size to be filled in by `endSize`: five bytes, whatever the size (the format allows it). */
  beginSize(): number {
    this.#room(5);
    this.length += 5;
    return this.length;
  }

  endSize(begin: number): void {
    let rest = this.length - begin;
    for (let i = 0; i < 5; i++) {
      this.#bytes[begin - 5 + i] = (rest & 0x7f) | (i < 4 ? 0x80 : 0);
      rest >>>= 7;
    }
  }

  /** What was written; shares memory with this writer, which must not be used afterwards. */
  done(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }
}

/**
 * @returns the sections in the order of the module; their bytes share its memory
 * @throws WasmFormatError when it is no module of version 1, or sections are unknown, doubled or out of order
 */
export function parseModule(module: Uint8Array): readonly Section[] {
  const reader = new Reader(module);
  for (const expected of header) if (reader.byte() !== expected) reader.fail('no header of version 1', reader.at - 1);
  const sections: Section[] = [];
  let last = -1;
  while (!reader.done) {
    const start = reader.at;
    const id = reader.byte();
    const size = reader.u32();
    const offset = reader.at;
    reader.skip(size);
    if (id !== SectionId.custom) {
      const rank = sectionOrder.indexOf(id);
      if (rank < 0) reader.fail(`an unknown section ${id}`, start);
      if (rank <= last) reader.fail(`section ${id} doubled or out of order`, start);
      last = rank;
    }
    sections.push({ id, bytes: module.subarray(offset, reader.at), offset });
  }
  return sections;
}

export function readSection(section: Section): Reader {
  return new Reader(section.bytes, { base: section.offset });
}

export function encodeModule(sections: readonly Pick<Section, 'id' | 'bytes'>[]): Uint8Array {
  const writer = new Writer(8 + sections.reduce((sum, section) => sum + section.bytes.length + 6, 0));
  writer.bytes(header);
  for (const section of sections) {
    writer.byte(section.id);
    writer.u32(section.bytes.length);
    writer.bytes(section.bytes);
  }
  return writer.done();
}

/** `sections` with the section of the same id replaced by `section`, or with it put where it belongs. */
export function withSection<S extends Pick<Section, 'id' | 'bytes'>>(sections: readonly S[], section: S): readonly S[] {
  const there = sections.findIndex((other) => other.id === section.id);
  if (there >= 0) return sections.map((other, index) => (index === there ? section : other));
  const rank = sectionOrder.indexOf(section.id);
  const next = sections.findIndex((other) => sectionOrder.indexOf(other.id) > rank);
  const at = next < 0 ? sections.length : next;
  return [...sections.slice(0, at), section, ...sections.slice(at)];
}

/** A section, which is a count and entries, with more entries at its end. */
export function appendEntries(
  id: number,
  section: Section | undefined,
  entries: readonly Uint8Array[],
): Pick<Section, 'id' | 'bytes'> {
  const writer = new Writer((section?.bytes.length ?? 0) + 64);
  if (section === undefined) writer.u32(entries.length);
  else {
    const reader = readSection(section);
    writer.u32(reader.u32() + entries.length);
    writer.copy(section.bytes, reader.at, reader.end);
  }
  for (const entry of entries) writer.bytes(entry);
  return { id, bytes: writer.done() };
}

const importKinds = ['function', 'table', 'memory', 'global', 'tag'] as const;

/** One import, as far as a rewriter needs it: `typeAt` is where its type starts in the section's bytes. */
export interface Import {
  readonly module: string;
  readonly name: string;
  readonly kind: (typeof importKinds)[number];
  readonly typeAt: number;
  readonly typeEnd: number;
}

/** @throws WasmFormatError */
export function parseImports(section: Section | undefined): readonly Import[] {
  if (section === undefined) return [];
  const reader: Reader = readSection(section);
  const imports: Import[] = [];
  for (let left = reader.u32(); left > 0; left--) {
    const module = reader.name();
    const name = reader.name();
    const tag = reader.byte();
    const typeAt = reader.at;
    const kind = importKinds[tag];
    if (kind === 'function') reader.u32();
    else if (kind === 'table') {
      reader.skipValueType();
      reader.skipLimits();
    } else if (kind === 'memory') reader.skipLimits();
    else if (kind === 'global') {
      reader.skipValueType();
      reader.skip(1);
    } else if (kind === 'tag') {
      reader.skip(1);
      reader.u32();
    } else reader.fail(`an unknown kind of import ${tag}`, typeAt - 1);
    imports.push({ module, name, kind, typeAt, typeEnd: reader.at });
  }
  reader.expectEnd('the import section');
  return imports;
}
