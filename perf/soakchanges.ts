/**
 * What may happen to a work tree while it is indexed: edits of all sorts, renames, deletions, bursts, switches between real commits.
 *
 * Changes are drawn from a seed and from what the tree holds, so a run can be had again as far as the clock lets it. Some are drawn
 * because they are hard to see: an edit that keeps a file's size and time, one that is undone at once, a file that becomes a folder.
 */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { Random } from '../src/base/mod.ts';

const git = (cwd: string, ...args: string[]): string => {
  const done = spawnSync('git', args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(`git ${args.join(' ')}: ${done.stderr}`);
  return done.stdout;
};

/** Line comments by ending; other files get the bare words, which is text to some and nonsense to others. */
const comments: Readonly<Record<string, string>> = {
  '.py': '#',
  '.rb': '#',
  '.sh': '#',
  '.yml': '#',
  '.tcl': '#',
  '.ts': '//',
  '.tsx': '//',
  '.js': '//',
  '.go': '//',
  '.c': '//',
  '.h': '//',
  '.rs': '//',
  '.java': '//',
  '.scss': '//',
  '.lua': '--',
};

/** Commits between which a run switches: enough that some come again, so that what the store kept is taken up. */
const commitsDrawn = 12;
const largestBurst = 150;

export class ChangingTree {
  readonly root: string;
  readonly #random: Random;
  #commits: readonly string[];
  readonly #marks: string[] = [];
  #made = 0;

  /**
   * Clones, sharing objects, so that the repository itself is only read.
   *
   * @param span commits back from HEAD, along first parents, from which those to switch between are drawn
   */
  constructor(gitDir: string, root: string, span: number, random: Random) {
    this.root = root;
    this.#random = random;
    git(dirname(root), 'clone', '-q', '--shared', '--no-checkout', gitDir, root);
    const all = git(root, 'rev-list', '--first-parent', '-n', String(span), 'HEAD').trim().split('\n');
    this.#commits = random.shuffle(all).slice(0, commitsDrawn);
    this.checkout();
  }

  /** Tracked or not, ignored or not, by path; what `.git` holds is left out. */
  files(): string[] {
    const listed = git(this.root, 'ls-files', '-z', '--cached', '--others').split('\0');
    return [...new Set(listed)].filter((path) => path !== '' && this.#isFile(path)).sort();
  }

  #isFile(path: string): boolean {
    return statSync(join(this.root, path), { throwIfNoEntry: false })?.isFile() ?? false;
  }

  /** A word that one of the last edits wrote, or that one of them took away again; `null` before the first. */
  mark(): string | null {
    const last = this.#marks.slice(-40);
    return last.length === 0 ? null : (last[this.#random.int(last.length)] as string);
  }

  checkout(): string {
    for (;;) {
      const commit = this.#commits[this.#random.int(this.#commits.length)];
      if (commit === undefined) throw new Error('no commit of the repository can be checked out');
      try {
        git(this.root, 'checkout', '-q', '-f', '--detach', commit);
      } catch {
        // Copies of repositories may lack files that are too large to keep.
        this.#commits = this.#commits.filter((other) => other !== commit);
        continue;
      }
      if (this.#random.next() < 0.5) git(this.root, 'clean', '-fdq');
      return `checkout ${commit.slice(0, 10)}`;
    }
  }

  /** @returns what was done, for the log */
  change(): string {
    const draw = this.#random.next();
    if (draw < 0.05) return this.checkout();
    const files = this.files();
    if (files.length === 0) return this.checkout();
    if (draw < 0.07) {
      const many = this.#random.shuffle(files).slice(0, 1 + this.#random.int(largestBurst));
      for (const path of many) this.#edit(path);
      return `burst of ${many.length}`;
    }
    const few = Array.from({ length: 1 + this.#random.int(3) }, () => files[this.#random.int(files.length)] as string);
    return few.map((path) => this.#one(path, files)).join(', ');
  }

  #one(path: string, files: readonly string[]): string {
    if (!this.#isFile(path)) return `${path} is gone`;
    const actions = [
      this.#edit,
      this.#edit,
      this.#edit,
      this.#edit,
      this.#edit,
      this.#cut,
      this.#cut,
      this.#sameSize,
      this.#back,
      this.#create,
      this.#create,
      this.#rename,
      this.#rename,
      this.#copy,
      this.#remove,
      this.#touch,
      this.#mode,
      this.#empty,
      this.#binary,
      this.#ignore,
      this.#link,
      this.#folder,
      this.#moveFolder,
    ];
    const action = actions[this.#random.int(actions.length)] as (path: string, files: readonly string[]) => string;
    return action.call(this, path, files);
  }

  #newMark(): string {
    // One word of letters, so that nothing else is found by a part of it.
    const mark = `zq${Array.from({ length: 9 }, () => 'bcdfghjklm'[this.#random.int(10)]).join('')}x`;
    this.#marks.push(mark);
    return mark;
  }

  #edit(path: string): string {
    const full = join(this.root, path);
    const mark = this.#newMark();
    const comment = comments[extname(path)];
    const line = comment === undefined ? mark : `${comment} ${mark} was here`;
    const definition = extname(path) === '.py' ? `def ${mark}(value):\n    return value\n` : `${line}\n`;
    if (this.#random.next() < 0.6) appendFileSync(full, `\n${definition}`);
    else {
      const lines = readFileSync(full, 'latin1').split('\n');
      lines.splice(this.#random.int(lines.length + 1), 0, line);
      writeFileSync(full, lines.join('\n'), 'latin1');
    }
    return `edit ${path} ${mark}`;
  }

  #cut(path: string): string {
    const full = join(this.root, path);
    const lines = readFileSync(full, 'latin1').split('\n');
    lines.splice(this.#random.int(lines.length), 1 + this.#random.int(Math.max(1, lines.length >> 2)));
    writeFileSync(full, lines.join('\n'), 'latin1');
    return `cut ${path}`;
  }

  /** Same size, and the time it had: only the time of the change of its inode tells. */
  #sameSize(path: string): string {
    const full = join(this.root, path);
    const before = statSync(full);
    const bytes = readFileSync(full);
    const at = bytes.findIndex((byte) => byte >= 0x61 && byte < 0x7a);
    if (at < 0) return `nothing to change in ${path}`;
    bytes[at] = (bytes[at] as number) + 1;
    writeFileSync(full, bytes);
    utimesSync(full, before.atime, before.mtime);
    return `same size and time ${path}`;
  }

  /** Changed and changed back. */
  #back(path: string): string {
    const full = join(this.root, path);
    const bytes = readFileSync(full);
    writeFileSync(full, 'for a moment');
    writeFileSync(full, bytes);
    return `there and back ${path}`;
  }

  #create(path: string): string {
    const mark = this.#newMark();
    const made = join(dirname(path), `${mark}${extname(path)}`);
    writeFileSync(join(this.root, made), `${comments[extname(path)] ?? ''} ${mark}\n`);
    return `create ${made}`;
  }

  #rename(path: string): string {
    const to = join(dirname(path), `moved${this.#made++}-${basename(path)}`);
    renameSync(join(this.root, path), join(this.root, to));
    return `rename ${path} ${to}`;
  }

  /** Onto another file, which is then the same. */
  #copy(path: string, files: readonly string[]): string {
    const to = files[this.#random.int(files.length)] as string;
    if (to === path || !existsSync(join(this.root, dirname(to)))) return `no copy of ${path}`;
    if (existsSync(join(this.root, to)) && !this.#isFile(to)) return `no copy of ${path}`;
    copyFileSync(join(this.root, path), join(this.root, to));
    return `copy ${path} ${to}`;
  }

  #remove(path: string): string {
    rmSync(join(this.root, path));
    return `remove ${path}`;
  }

  #touch(path: string): string {
    const now = new Date();
    utimesSync(join(this.root, path), now, now);
    return `touch ${path}`;
  }

  #mode(path: string): string {
    chmodSync(join(this.root, path), this.#random.next() < 0.5 ? 0o600 : 0o755);
    return `mode ${path}`;
  }

  #empty(path: string): string {
    writeFileSync(join(this.root, path), '');
    return `empty ${path}`;
  }

  #binary(path: string): string {
    appendFileSync(join(this.root, path), Buffer.from([0, 1, 2, 0xff, 0]));
    return `binary ${path}`;
  }

  /** Turns an ignore rule on, or takes all added ones away. */
  #ignore(path: string): string {
    const file = join(this.root, dirname(path), '.gitignore');
    if (existsSync(file) && this.#random.next() < 0.6) {
      rmSync(file);
      return `remove ${dirname(path)}/.gitignore`;
    }
    appendFileSync(file, `\n${basename(path)}\n`);
    return `ignore ${path}`;
  }

  #link(path: string): string {
    const to = join(dirname(path), `link${this.#made++}${extname(path)}`);
    symlinkSync(basename(path), join(this.root, to));
    return `link ${to}`;
  }

  /** A file gives way to a folder of its name. */
  #folder(path: string): string {
    const full = join(this.root, path);
    const bytes = readFileSync(full);
    rmSync(full);
    mkdirSync(full);
    writeFileSync(join(full, `inner${extname(path)}`), bytes);
    return `folder ${path}`;
  }

  #moveFolder(path: string): string {
    const folder = dirname(path);
    if (folder === '.') return 'no folder to move';
    const to = join(dirname(folder), `folder${this.#made++}`);
    renameSync(join(this.root, folder), join(this.root, to));
    return `move ${folder} ${to}`;
  }
}
