/**
 * Git's objects by their ids: packs, loose objects, and the object stores that this one borrows from.
 *
 * Git is read, never started. Everything is read when asked for, so opening costs a directory listing. Objects
 * that are not there (shallow or partial clones) give `null`: what to make of that is the caller's business.
 * Not read: multi-pack indexes (each pack has its own as well), reftables, and packs still being written.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { BadObject, type GitObject, inflate, type ObjectKind, Pack } from './pack.ts';

/** Git follows five as well. */
const deepestAlternate = 5;

export class ObjectStore {
  /** Bytes of an id: 20, or 32 in a repository made with SHA-256. */
  readonly idBytes: number;
  readonly #packs: Pack[] = [];
  readonly #looseDirs: string[] = [];
  /** The pack that answered last: neighbours in history lie in the same. */
  #latest = 0;

  /** @param commonDir the git directory that all worktrees share */
  constructor(commonDir: string) {
    this.idBytes = /objectformat\s*=\s*sha256/i.test(textOf(join(commonDir, 'config')) ?? '') ? 32 : 20;
    this.#add(join(commonDir, 'objects'), 0);
  }

  #add(objects: string, depth: number): void {
    this.#looseDirs.push(objects);
    for (const name of listed(join(objects, 'pack'))) {
      if (!name.endsWith('.idx')) continue;
      try {
        const pack = Pack.open(join(objects, 'pack', name), this.idBytes);
        if (pack !== null) this.#packs.push(pack);
      } catch {
        // Removed by a repack meanwhile, or its pack is not there: its objects count as missing.
      }
    }
    if (depth >= deepestAlternate) return;
    for (const line of (textOf(join(objects, 'info', 'alternates')) ?? '').split('\n')) {
      if (line === '' || line.startsWith('#')) continue;
      this.#add(isAbsolute(line) ? line : resolve(objects, line), depth + 1);
    }
  }

  /**
   * @param id as bytes, or hexadecimal digits in full
   * @returns `null` when the object is not there or is damaged
   */
  read(id: Buffer | string): GitObject | null {
    const bytes = typeof id === 'string' ? Buffer.from(id, 'hex') : id;
    try {
      for (let i = 0; i < this.#packs.length; i++) {
        const at = (this.#latest + i) % this.#packs.length;
        const pack = this.#packs[at] as Pack;
        const offset = pack.find(bytes);
        if (offset < 0) continue;
        this.#latest = at;
        return pack.read(offset);
      }
      return this.#loose(bytes.toString('hex'));
    } catch (error) {
      if (error instanceof BadObject) return null;
      throw error;
    }
  }

  /** As `read`, but only an object of this kind. */
  readKind(id: Buffer | string, kind: ObjectKind): Buffer | null {
    const object = this.read(id);
    return object?.kind === kind ? object.bytes : null;
  }

  #loose(id: string): GitObject | null {
    for (const dir of this.#looseDirs) {
      let packed: Buffer;
      try {
        packed = readFileSync(join(dir, id.slice(0, 2), id.slice(2)));
      } catch {
        continue;
      }
      const bytes = inflate(packed);
      const end = bytes.indexOf(0);
      const kind = /^(commit|tree|blob|tag) \d+$/.exec(bytes.toString('latin1', 0, Math.max(0, end)))?.[1];
      if (kind === undefined) throw new BadObject('a loose object has no header');
      return { kind: kind as ObjectKind, bytes: bytes.subarray(end + 1) };
    }
    return null;
  }

  close(): void {
    for (const pack of this.#packs.splice(0)) pack.close();
  }
}

/** The commit that HEAD stands on; `null` before the first commit or when it cannot be told (reftables). */
export function headCommit(gitDir: string, commonDir: string): string | null {
  const id = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
  let name = textOf(join(gitDir, 'HEAD'))?.trim() ?? '';
  // A symbolic ref may name another; git follows five.
  for (let hop = 0; hop < 5; hop++) {
    if (id.test(name)) return name;
    const ref = /^ref: (\S+)$/.exec(name)?.[1];
    if (ref === undefined) return null;
    const loose = textOf(join(gitDir, ref))?.trim() ?? textOf(join(commonDir, ref))?.trim();
    if (loose === undefined) return packedRef(commonDir, ref);
    name = loose;
  }
  return null;
}

function packedRef(commonDir: string, ref: string): string | null {
  const packed = textOf(join(commonDir, 'packed-refs')) ?? '';
  for (const line of packed.split('\n')) if (line.endsWith(` ${ref}`)) return line.slice(0, line.indexOf(' '));
  return null;
}

/** Commits whose parents a shallow clone has cut off. */
export function shallowCommits(commonDir: string): ReadonlySet<string> {
  return new Set((textOf(join(commonDir, 'shallow')) ?? '').split('\n').filter((line) => line !== ''));
}

/** A bare repository, or the `.git` of a worktree. @returns `null` when the directory is neither */
export function gitDirOf(directory: string): string | null {
  for (const candidate of [directory, join(directory, '.git')]) {
    if (textOf(join(candidate, 'HEAD')) !== null && listed(join(candidate, 'objects')).length > 0) return candidate;
  }
  const pointer = /^gitdir: (.+?)\s*$/.exec(textOf(join(directory, '.git')) ?? '')?.[1];
  return pointer === undefined ? null : gitDirOf(resolve(dirname(join(directory, '.git')), pointer));
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function listed(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
