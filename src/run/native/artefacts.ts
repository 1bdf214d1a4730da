/**
 * What compilers made, kept by the content it was made from.
 *
 * The key is a hash of everything a compile step sees: sources, command, environment, and the identity of the
 * tools. So an entry never goes stale; it only falls out when the store is full, the least recently used
 * first. On disk an entry is one file, written whole or not at all, with a checksum that is tried on every read: a
 * damaged one is compiled anew. Without a directory, entries live in memory, under a smaller bound.
 *
 * It does not know what can be kept: whoever grants a compiler directories, whose content no key
 * covers, must not ask. Nor does it trust an artefact: it is run in the sandbox like any program.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { CompileReport, JobFile } from '../types.ts';

export interface Artefact {
  /** How the step that made it went, to be told again with each use. */
  readonly report: CompileReport;
  readonly files: readonly JobFile[];
}

export interface Artefacts {
  get(key: string): Artefact | null;
  /** Never fails: what cannot be kept is compiled again. */
  put(key: string, artefact: Artefact): void;
}

/** Go and Rust programs take 2 to 4 MB: some two hundred of the largest, thousands of C's. */
const diskBytes = 512 * 2 ** 20;
const memoryBytes = 64 * 2 ** 20;
/** After a sweep this much is left, so that not every write sweeps. */
const sweptTo = 0.8;

/** To be raised when what was kept before is not to be used: until 1, a job's variables reached what later jobs were made with. */
const generation = 'winnow-artefact-2';

/** @param parts everything the step depends on, in a fixed order */
export function artefactKey(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256').update(generation);
  // Lengths first, so that no two lists of parts read alike.
  for (const part of parts)
    hash.update(`\n${typeof part === 'string' ? Buffer.byteLength(part) : part.length}:`).update(part);
  return hash.digest('hex');
}

/** @param directory null: in memory, for this process only */
export const openArtefacts = (directory: string | null, limitBytes?: number): Artefacts =>
  directory === null ? new InMemory(limitBytes ?? memoryBytes) : new OnDisk(directory, limitBytes ?? diskBytes);

const sizeOf = ({ files }: Artefact): number => files.reduce((sum, { bytes }) => sum + bytes.length, 0);

class InMemory implements Artefacts {
  readonly #limitBytes: number;
  /** In order of use, the oldest first. */
  readonly #entries = new Map<string, Artefact>();
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get(key: string): Artefact | null {
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  put(key: string, artefact: Artefact): void {
    if (this.#entries.has(key)) return;
    this.#entries.set(key, artefact);
    this.#bytes += sizeOf(artefact);
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= this.#limitBytes) break;
      this.#entries.delete(oldest);
      this.#bytes -= sizeOf(entry);
    }
  }
}

class OnDisk implements Artefacts {
  readonly #directory: string;
  readonly #limitBytes: number;
  /** Bytes that are there as far as this process knows; null before the first look. Others write too, so a sweep counts anew. */
  #bytes: number | null = null;

  constructor(directory: string, limitBytes: number) {
    this.#directory = directory;
    this.#limitBytes = limitBytes;
  }

  get(key: string): Artefact | null {
    const file = join(this.#directory, key);
    try {
      const stored = readFileSync(file);
      const body = stored.subarray(checksumBytes);
      if (!checksum(body).equals(stored.subarray(0, checksumBytes))) {
        rmSync(file, { force: true });
        return null;
      }
      const now = new Date();
      utimesSync(file, now, now);
      return deserialize(body);
    } catch {
      return null;
    }
  }

  put(key: string, artefact: Artefact): void {
    const temporary = join(this.#directory, `${key}.${process.pid}.part`);
    try {
      mkdirSync(this.#directory, { recursive: true });
      const body = serialize(artefact);
      writeFileSync(temporary, Buffer.concat([checksum(body), body]));
      renameSync(temporary, join(this.#directory, key));
      this.#bytes = (this.#bytes ?? this.#measured()) + body.length;
      if (this.#bytes > this.#limitBytes) this.#sweep();
    } catch {
      rmSync(temporary, { force: true });
    }
  }

  #entries(): readonly { readonly file: string; readonly bytes: number; readonly usedMs: number }[] {
    return readdirSync(this.#directory).flatMap((name) => {
      const file = join(this.#directory, name);
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat === undefined ? [] : [{ file, bytes: stat.size, usedMs: stat.mtimeMs }];
    });
  }

  #measured(): number {
    return this.#entries().reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Removes the least recently used until enough is free; parts that a killed process left are entries like any other. */
  #sweep(): void {
    let left = this.#measured();
    for (const { file, bytes } of [...this.#entries()].sort((a, b) => a.usedMs - b.usedMs)) {
      if (left <= this.#limitBytes * sweptTo) break;
      rmSync(file, { force: true });
      left -= bytes;
    }
    this.#bytes = left;
  }
}

const checksumBytes = 32;
const checksum = (body: Uint8Array): Buffer => createHash('sha256').update(body).digest();
