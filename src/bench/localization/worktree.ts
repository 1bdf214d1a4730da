/**
 * A worktree that is put on one commit after another, without git.
 *
 * Files are written from the object store of a clone, and only those that differ from the commit before, so that the
 * index of the next commit costs only what differs as well. The directory is a repository of its own that borrows
 * the clone's objects and whose HEAD is the commit: nothing that came after it can be seen.
 *
 * Symbolic links and submodules are not made: neither is indexed.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { ObjectStore, parseCommit, treeChanges } from '../../index/mod.ts';

/** Names which the commit last written; missing while files are being written. */
const markOf = (directory: string): string => join(directory, '.git', 'written-commit');

/** More files than any repository that is indexed whole has. */
const mostFiles = 1_000_000;

export class Worktree {
  readonly directory: string;
  readonly objects: ObjectStore;
  readonly #name: string;

  /**
   * @param gitDir of the clone
   * @param directory to write to; made when it is not there, and owned by us: its content is replaced
   */
  constructor(gitDir: string, directory: string, name: string) {
    this.directory = directory;
    this.#name = name;
    this.objects = new ObjectStore(gitDir);
    const git = join(directory, '.git');
    mkdirSync(join(git, 'objects', 'info'), { recursive: true });
    mkdirSync(join(git, 'refs'), { recursive: true });
    writeFileSync(join(git, 'objects', 'info', 'alternates'), `${resolve(gitDir, 'objects')}\n`);
    const shallow = join(gitDir, 'shallow');
    if (existsSync(shallow)) writeFileSync(join(git, 'shallow'), readFileSync(shallow));
  }

  /** Tree of a commit. @throws WinnowError `bad-data` when the clone does not hold it */
  treeOf(commit: string): Buffer {
    const bytes = this.objects.readKind(commit, 'commit');
    const tree = bytes === null ? undefined : parseCommit(bytes)?.tree;
    if (tree !== undefined) return tree;
    throw new WinnowError(
      'bad-data',
      `Expected commit ${commit} in the clone of ${this.#name}; it is not there. Fetch it: a shallow clone lacks old commits.`,
      { details: { repository: this.#name, commit } },
    );
  }

  /** Puts the files of a commit into the directory. @returns how many were written or removed */
  place(commit: string): number {
    const tree = this.treeOf(commit);
    const mark = markOf(this.directory);
    const before = existsSync(mark) ? readFileSync(mark, 'utf8') : null;
    if (before === commit) return 0;
    if (before === null) this.#empty();
    rmSync(mark, { force: true });
    const changes = treeChanges(this.objects, before === null ? null : this.treeOf(before), tree, mostFiles);
    if (changes === null)
      throw new WinnowError(
        'bad-data',
        `The clone of ${this.#name} lacks directories of commit ${commit}; fetch it whole.`,
      );
    // Names that would leave the directory are nobody's.
    const own = changes.filter(
      ({ path }) => !path.split('/').some((part) => part === '..' || part === '.git' || part === ''),
    );
    // What goes goes first: a file may stand where a directory was, and the other way round.
    for (const { path, before: old } of own)
      if (old !== null) rmSync(join(this.directory, path), { recursive: true, force: true });
    for (const { path, after } of own) {
      // Modes 100644 and 100755 are files.
      const bytes = after?.mode.startsWith('100') === true ? this.objects.readKind(after.id, 'blob') : null;
      if (bytes === null) continue;
      const file = join(this.directory, path);
      if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) rmSync(file, { recursive: true });
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }
    writeFileSync(join(this.directory, '.git', 'HEAD'), `${commit}\n`);
    writeFileSync(mark, commit);
    return changes.length;
  }

  #empty(): void {
    const git = join(this.directory, '.git');
    const kept = join(git, 'objects', 'info', 'alternates');
    const alternates = readFileSync(kept);
    rmSync(this.directory, { recursive: true, force: true });
    mkdirSync(dirname(kept), { recursive: true });
    mkdirSync(join(git, 'refs'), { recursive: true });
    writeFileSync(kept, alternates);
  }

  close(): void {
    this.objects.close();
  }
}
