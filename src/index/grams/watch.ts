/**
 * Directories of a tree in which nothing happened since they were looked at, as the kernel tells it, so that a process that stays
 * need not look at every file before every search.
 *
 * Linux queues an event before the call that changed a file returns. So once the queue has been emptied, a directory that no event
 * named is as it was when it was looked at with the watch already there. Everything that shakes this makes directories be looked at again: events that
 * may have been dropped, a directory that moved, other mounts. What makes no event is a write through mapped memory, and one through a
 * hard link elsewhere: a directory that holds a file with several links is looked at each time, and all of them every
 * `trustedMs`. Other systems than Linux, and file systems that others may change (NFS, 9p, FUSE), are not watched.
 */
import { type FSWatcher, lstatSync, readFileSync, watch } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { mountsIn } from '../../base/mod.ts';

/** After this everything is looked at once more. */
const trustedMs = 20_000;
/** Directories watched at most, and the part of the user's watches that may be: other programs want some too. */
const mostDirectories = 100_000;
const mostOfWatches = 0.25;
/** Watches set between turns of the event loop, some 20 µs each. */
const turnWatches = 200;
/** Events since the last search from which on some may have been dropped: the kernel queues 16,384 by default. */
const mostEvents = 8_000;
const local = new Set(['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'f2fs', 'zfs', 'bcachefs', 'tmpfs', 'overlay']);

export class TreeWatch {
  readonly #root: string;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #clean = new Set<string>();
  /** The tree's directories that were last asked to be watched. */
  #followed: readonly string[] | null = null;
  #following = false;
  #events = 0;
  #checkedMs = 0;
  #mounts = '';
  #rootIs = '';
  #off = process.platform !== 'linux';

  constructor(root: string) {
    this.#root = root;
  }

  /** Takes all events of what has happened so far. To be awaited before each look. */
  async settle(): Promise<void> {
    if (this.#off) return;
    // The second turn begins after a whole poll of the queue that began after this call.
    await nextTurn();
    await nextTurn();
    if (this.#events > mostEvents || performance.now() - this.#checkedMs > trustedMs) this.distrust();
    this.#events = 0;
    const mounts = textOf('/proc/self/mountinfo');
    const rootIs = identity(this.#root);
    if (mounts === this.#mounts && rootIs === this.#rootIs) return;
    this.#unwatchAll();
    this.#mounts = mounts;
    this.#rootIs = rootIs;
    if (rootIs === '' || !isLocal(this.#root, mounts)) this.#off = true;
  }

  /** Everything is looked at again. */
  distrust(): void {
    this.#clean.clear();
    this.#checkedMs = performance.now();
  }

  /** @param directory relative to the root with a final slash, or empty */
  isClean(directory: string): boolean {
    return this.#clean.has(directory);
  }

  /** To be called before the directory's list and all its files are looked at, in the same turn. */
  looking(directory: string): void {
    if (this.#watchers.has(directory)) this.#clean.add(directory);
  }

  /** What was looked at is no proof for later. */
  doubt(directory: string): void {
    this.#clean.delete(directory);
  }

  /** Watches these, in the background; they are not clean before they are looked at again. */
  follow(directories: readonly string[]): void {
    if (this.#off || this.#following || directories === this.#followed) return;
    if (directories.length > Math.min(mostDirectories, mostOfWatches * watchesAllowed())) {
      this.close();
      return;
    }
    this.#followed = directories;
    this.#following = true;
    this.#follow(directories).finally(() => {
      this.#following = false;
    });
  }

  async #follow(directories: readonly string[]): Promise<void> {
    const wanted = new Set(directories);
    if ([...this.#watchers.keys()].some((directory) => !wanted.has(directory))) this.#unwatchAll();
    this.#followed = directories;
    let left = turnWatches;
    for (const directory of directories) {
      if (this.#off || this.#followed !== directories) return;
      if (this.#watchers.has(directory)) continue;
      this.#watch(directory);
      if (--left > 0) continue;
      left = turnWatches;
      await nextTurn();
    }
  }

  #watch(directory: string): void {
    try {
      const watcher = watch(`${this.#root}/${directory}`, { persistent: false }, (event, name) =>
        this.#heard(directory, event, name),
      );
      watcher.on('error', () => this.#unwatchAll());
      this.#watchers.set(directory, watcher);
    } catch (cause) {
      // One that is gone is told by the directory above it. Without watches left there is nothing to be had.
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') this.close();
    }
  }

  #heard(directory: string, event: string, name: string | null): void {
    this.#events++;
    this.#clean.delete(directory);
    if (event !== 'rename') return;
    // A watch follows a directory that moves, so that its path may be another's now; its own moves come under its own name.
    if (name === null || this.#watchers.has(`${directory}${name}/`) || name === path.basename(this.#pathOf(directory)))
      this.#unwatchAll();
  }

  #pathOf(directory: string): string {
    return directory === '' ? this.#root : directory.slice(0, -1);
  }

  #unwatchAll(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    this.#clean.clear();
    this.#followed = null;
  }

  close(): void {
    this.#off = true;
    this.#unwatchAll();
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function identity(directory: string): string {
  const stat = lstatSync(directory, { throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.dev} ${stat.ino}`;
}

const watchesAllowed = (): number => Number.parseInt(textOf('/proc/sys/fs/inotify/max_user_watches'), 10) || 0;

/** Whether a directory and all that is mounted below it lie on file systems that tell of every change. @param mounts as `/proc/self/mountinfo` has them */
export function isLocal(root: string, mounts: string): boolean {
  let [under, type] = ['', ''];
  for (const { point, type: itsType } of mountsIn(mounts)) {
    const inside = point === '/' ? '/' : `${point}/`;
    if (point.startsWith(`${root}/`) && !local.has(itsType)) return false;
    // Of mounts on one point the last counts.
    if (`${root}/`.startsWith(inside) && inside.length >= under.length) [under, type] = [inside, itsType];
  }
  return local.has(type);
}
