/**
 * One packfile and its index, read in place (gitformat-pack, versions 2).
 *
 * Git keeps most objects in packs: zlib streams, many of them only the difference to another object
 * of the same pack. An object is found by binary search in the index, inflated, and its chain of
 * differences applied. Inflated trees and commits are kept in a bounded cache, because a walk through
 * history asks for the bases of one chain again and again.
 *
 * Not done: checksums are not verified (a damaged object fails to inflate or to parse), nothing is written, and
 * an index above `largestIndexBytes` is not opened.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { inflateSync } from 'node:zlib';

export type ObjectKind = 'commit' | 'tree' | 'blob' | 'tag';

export interface GitObject {
  readonly kind: ObjectKind;
  readonly bytes: Buffer;
}

/** An object is damaged or of an unknown form. Callers treat it as one that is not there, and say so. */
export class BadObject extends Error {}

/** 5 million objects of 28 bytes each; the index is held in memory whole. */
const largestIndexBytes = 160 * 1024 * 1024;
/** Larger objects are neither source nor tree. */
const largestObjectBytes = 64 * 1024 * 1024;
/** Of inflated trees and commits per pack; a walk through 60,000 commits of a large project misses it rarely. */
const cachedBytes = 96 * 1024 * 1024;
/** Git itself makes chains of at most 50 by default and 4,095 on demand. */
const longestChain = 5_000;

const kinds: Readonly<Record<number, ObjectKind>> = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag' };
const offsetDelta = 6;
const refDelta = 7;

interface Entry {
  readonly type: number;
  readonly bytes: Buffer;
  /** Of a difference: where its base is. */
  readonly base: number;
}

export class Pack {
  readonly #index: Buffer;
  readonly #file: number;
  readonly #size: number;
  readonly #idBytes: number;
  readonly #count: number;
  readonly #cache = new Map<number, GitObject>();
  #cached = 0;

  /** @returns `null` for an index of another version, or one too large */
  static open(indexPath: string, idBytes: number): Pack | null {
    if (statSync(indexPath).size > largestIndexBytes) return null;
    const index = readFileSync(indexPath);
    if (index.length < 8 + 1024 || index.readUInt32BE(0) !== 0xff744f63 || index.readUInt32BE(4) !== 2) return null;
    return new Pack(index, openSync(indexPath.replace(/\.idx$/, '.pack'), 'r'), idBytes);
  }

  private constructor(index: Buffer, file: number, idBytes: number) {
    this.#index = index;
    this.#file = file;
    this.#size = fstatSync(file).size;
    this.#idBytes = idBytes;
    this.#count = index.readUInt32BE(8 + 255 * 4);
  }

  close(): void {
    closeSync(this.#file);
    this.#cache.clear();
  }

  /** Where an object lies in the pack, or -1. */
  find(id: Buffer): number {
    const index = this.#index;
    const first = id[0] as number;
    let low = first === 0 ? 0 : index.readUInt32BE(8 + (first - 1) * 4);
    let high = index.readUInt32BE(8 + first * 4);
    const names = 8 + 1024;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = names + middle * this.#idBytes;
      const order = index.compare(id, 0, this.#idBytes, at, at + this.#idBytes);
      if (order === 0) return this.#offset(middle);
      if (order > 0) high = middle;
      else low = middle + 1;
    }
    return -1;
  }

  #offset(at: number): number {
    const offsets = 8 + 1024 + this.#count * (this.#idBytes + 4);
    const short = this.#index.readUInt32BE(offsets + at * 4);
    if (short < 0x80000000) return short;
    const long = offsets + this.#count * 4 + (short - 0x80000000) * 8;
    return Number(this.#index.readBigUInt64BE(long));
  }

  /** The object at an offset that `find` gave. @throws BadObject */
  read(offset: number): GitObject {
    const chain: { readonly offset: number; readonly delta: Buffer }[] = [];
    let at = offset;
    let found: GitObject | undefined;
    for (;;) {
      found = this.#fromCache(at);
      if (found !== undefined) break;
      const entry = this.#entry(at);
      const kind = kinds[entry.type];
      if (kind !== undefined) {
        found = { kind, bytes: entry.bytes };
        this.#keep(at, found);
        break;
      }
      chain.push({ offset: at, delta: entry.bytes });
      if (chain.length > longestChain) throw new BadObject('a chain of differences does not end');
      at = entry.base;
    }
    for (let i = chain.length - 1; i >= 0; i--) {
      const step = chain[i] as (typeof chain)[number];
      found = { kind: found.kind, bytes: applyDelta(found.bytes, step.delta) };
      this.#keep(step.offset, found);
    }
    return found;
  }

  #fromCache(offset: number): GitObject | undefined {
    const known = this.#cache.get(offset);
    if (known === undefined) return undefined;
    this.#cache.delete(offset);
    this.#cache.set(offset, known);
    return known;
  }

  #keep(offset: number, object: GitObject): void {
    if (object.kind === 'blob' && object.bytes.length > 256 * 1024) return;
    this.#cache.set(offset, object);
    this.#cached += object.bytes.length + 200;
    for (const [oldest, { bytes }] of this.#cache) {
      if (this.#cached <= cachedBytes) break;
      this.#cache.delete(oldest);
      this.#cached -= bytes.length + 200;
    }
  }

  /** Header and inflated bytes of an entry. */
  #entry(offset: number): Entry {
    const head = this.#bytes(offset, 64);
    if (head.length === 0) throw new BadObject('an offset lies outside of its pack');
    let at = 0;
    let byte = head[at++] as number;
    const type = (byte >> 4) & 7;
    let size = byte & 15;
    for (let scale = 16; (byte & 0x80) !== 0; scale *= 128) {
      byte = head[at++] as number;
      size += (byte & 0x7f) * scale;
    }
    if (size > largestObjectBytes) throw new BadObject(`an object of ${size} bytes is too large`);
    let base = -1;
    if (type === offsetDelta) {
      byte = head[at++] as number;
      let back = byte & 0x7f;
      while ((byte & 0x80) !== 0) {
        byte = head[at++] as number;
        back = (back + 1) * 128 + (byte & 0x7f);
      }
      base = offset - back;
    } else if (type === refDelta) {
      base = this.find(head.subarray(at, at + this.#idBytes));
      at += this.#idBytes;
    } else if (kinds[type] === undefined) throw new BadObject(`an object of the unknown type ${type}`);
    if ((type === offsetDelta || type === refDelta) && (base < 0 || base === offset))
      throw new BadObject('the base of a difference is not in the pack');
    // Deflate makes nothing longer by more than 5 bytes in 16 KB, and 11 in all.
    const packed = this.#bytes(offset + at, size + Math.ceil(size / 1000) + 64);
    return { type, bytes: inflate(packed, size), base };
  }

  #bytes(offset: number, length: number): Buffer {
    const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, this.#size - offset)));
    const read = readSync(this.#file, buffer, 0, buffer.length, offset);
    return buffer.subarray(0, read);
  }
}

/** @param size of the inflated bytes, when it is known; what comes must have it */
export function inflate(packed: Buffer, size?: number): Buffer {
  try {
    const bytes = inflateSync(packed, {
      maxOutputLength: size === undefined ? largestObjectBytes : Math.max(size, 1),
      ...(size === undefined ? {} : { chunkSize: Math.max(size + 1, 64) }),
    });
    if (size !== undefined && bytes.length !== size) throw new BadObject('an object has another length than it says');
    return bytes;
  } catch (cause) {
    if (cause instanceof BadObject) throw cause;
    throw new BadObject(`an object cannot be inflated (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`);
  }
}

/** What a difference makes of its base (gitformat-pack, "deltified representation"). @throws BadObject */
export function applyDelta(base: Buffer, delta: Buffer): Buffer {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = delta[at++];
      if (byte === undefined) throw new BadObject('a difference is cut short');
      value += (byte & 0x7f) * scale;
      if ((byte & 0x80) === 0) return value;
    }
  };
  if (varint() !== base.length) throw new BadObject('a difference belongs to another base');
  const size = varint();
  if (size > largestObjectBytes) throw new BadObject(`an object of ${size} bytes is too large`);
  const out = Buffer.allocUnsafe(size);
  let to = 0;
  while (at < delta.length) {
    const op = delta[at++] as number;
    if ((op & 0x80) === 0) {
      if (op === 0 || at + op > delta.length || to + op > size) throw new BadObject('a difference is damaged');
      to += delta.copy(out, to, at, at + op);
      at += op;
      continue;
    }
    let from = 0;
    let length = 0;
    for (let bit = 0; bit < 4; bit++) if ((op & (1 << bit)) !== 0) from += (delta[at++] ?? 0) * 256 ** bit;
    for (let bit = 0; bit < 3; bit++) if ((op & (16 << bit)) !== 0) length += (delta[at++] ?? 0) * 256 ** bit;
    if (length === 0) length = 0x10000;
    if (from + length > base.length || to + length > size) throw new BadObject('a difference is damaged');
    to += base.copy(out, to, from, from + length);
  }
  if (to !== size) throw new BadObject('a difference gives another length than it says');
  return out;
}
