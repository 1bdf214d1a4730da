/**
 * Files as they stood at a commit, by their paths, for whoever compares versions.
 *
 * A commit is named as people name it: in full or by the first digits of its id, by a branch or tag, as HEAD, each with `^` and `~2` behind it. The first
 * digits are looked for among the commits that HEAD stands on. Not understood: dates, reflogs, searches and second parents, of which none names
 * one commit for good.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPlace } from '../worktree/root.ts';
import { parseCommit } from './commit.ts';
import { gitDirOf, headCommit, ObjectStore } from './objects.ts';
import { treeEntries } from './trees.ts';

/** Fewer digits name too much; git's own least. */
const leastDigits = 4;
/** Commits that are looked at for the first digits of an id: some seconds' worth. */
const mostCommits = 200_000;

const directory = '40000';
const file = /^100/;

export interface RevisionFiles {
  /** The commit's id in full; null when nothing has this name. */
  resolve(name: string): string | null;
  /** Paths of all files at a commit below a directory, with the ids of what they hold. @returns an empty map when the commit is not there */
  files(commit: string, below?: string): ReadonlyMap<string, string>;
  /** @returns null when it is not there */
  read(id: string): Uint8Array | null;
  close(): void;
}

/** @param root in a worktree, or a bare repository. @returns null when the directory lies in no repository of git */
export function openRevisions(root: string): RevisionFiles | null {
  const { gitDir, commonDir } = findPlace(root);
  if (gitDir !== null && commonDir !== null) return new Revisions(gitDir, commonDir);
  const bare = gitDirOf(root);
  return bare === null ? null : new Revisions(bare, bare);
}

class Revisions implements RevisionFiles {
  readonly #objects: ObjectStore;
  readonly #gitDir: string;
  readonly #commonDir: string;

  constructor(gitDir: string, commonDir: string) {
    this.#gitDir = gitDir;
    this.#commonDir = commonDir;
    this.#objects = new ObjectStore(commonDir);
  }

  resolve(name: string): string | null {
    const [, base, steps] = /^(.+?)((?:\^|~\d*)*)$/.exec(name) ?? [];
    if (base === undefined) return null;
    let id = this.#commitOf(this.#named(base));
    for (const [step] of (steps ?? '').matchAll(/\^|~\d*/g)) {
      const count = step === '^' || step === '~' ? 1 : Number(step.slice(1));
      for (let i = 0; i < count && id !== null; i++) id = this.#parents(id)[0] ?? null;
    }
    return id;
  }

  files(commit: string, below = ''): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    const bytes = this.#objects.readKind(commit, 'commit');
    const tree = bytes === null ? null : (parseCommit(bytes)?.tree ?? null);
    if (tree !== null) this.#walk(tree, '', below, found);
    return found;
  }

  read(id: string): Uint8Array | null {
    return this.#objects.readKind(id, 'blob');
  }

  close(): void {
    this.#objects.close();
  }

  #walk(tree: Buffer, at: string, below: string, found: Map<string, string>): void {
    const bytes = this.#objects.readKind(tree, 'tree');
    if (bytes === null) return;
    for (const { mode, name, id } of treeEntries(bytes, this.#objects.idBytes)) {
      const path = at === '' ? name : `${at}/${name}`;
      const leads = below === '' || path.startsWith(`${below}/`) || below.startsWith(`${path}/`) || below === path;
      if (!leads) continue;
      if (mode === directory) this.#walk(id, path, below, found);
      else if (file.test(mode)) found.set(path, id.toString('hex'));
    }
  }

  #named(name: string): string | null {
    if (name === 'HEAD' || name === '@') return headCommit(this.#gitDir, this.#commonDir);
    const digits = this.#objects.idBytes * 2;
    if (/^[0-9a-f]+$/.test(name) && name.length === digits) return name;
    for (const ref of [name, `refs/${name}`, `refs/tags/${name}`, `refs/heads/${name}`, `refs/remotes/${name}`]) {
      const id = this.#ref(ref);
      if (id !== null) return id;
    }
    return /^[0-9a-f]+$/.test(name) && name.length >= leastDigits ? this.#begun(name) : null;
  }

  #ref(name: string): string | null {
    if (!name.startsWith('refs/') || name.includes('..')) return null;
    for (const dir of [this.#gitDir, this.#commonDir]) {
      const id = textOf(join(dir, name))?.trim();
      if (id !== undefined && /^[0-9a-f]{40,64}$/.test(id)) return id;
    }
    const line = (textOf(join(this.#commonDir, 'packed-refs')) ?? '')
      .split('\n')
      .find((one) => one.endsWith(` ${name}`));
    return line === undefined ? null : line.slice(0, line.indexOf(' '));
  }

  #begun(digits: string): string | null {
    const head = headCommit(this.#gitDir, this.#commonDir);
    const open = head === null ? [] : [head];
    const seen = new Set(open);
    for (let id = open.pop(); id !== undefined && seen.size < mostCommits; id = open.pop()) {
      if (id.startsWith(digits)) return id;
      for (const parent of this.#parents(id)) {
        if (seen.has(parent)) continue;
        seen.add(parent);
        open.push(parent);
      }
    }
    return null;
  }

  #parents(commit: string): readonly string[] {
    const bytes = this.#objects.readKind(commit, 'commit');
    return bytes === null ? [] : (parseCommit(bytes)?.parents ?? []);
  }

  /** What a tag stands for. */
  #commitOf(id: string | null): string | null {
    for (let at = id; at !== null; ) {
      const object = this.#objects.read(at);
      if (object?.kind === 'commit') return at;
      if (object?.kind !== 'tag') return null;
      at = /^object ([0-9a-f]+)$/m.exec(object.bytes.toString('latin1', 0, 200))?.[1] ?? null;
    }
    return null;
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
