/**
 * The files that a search covers, as ripgrep walks a tree, and which of them are as they were when last looked at.
 *
 * A directory whose time of change is that of the last look lists what it did then, and its entries were judged by
 * the same rules; so a look at a tree that did not change is one `lstat` for each directory and file, 1.4 µs each
 * where we measured, and reads no directory. What is outside the part that is asked for is carried over unseen.
 */
import { type Dirent, lstatSync, readdirSync, type Stats } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ignored, type RuleStamps, type Rules, rootRules, ruleNames, ruleStamp, rulesIn } from './rules.ts';
import { kind, nowhere, said, stampNumbers, type Tree, TreeBuilder } from './tree.ts';
import type { TreeWatch } from './watch.ts';

/** What a walk leaves out and brings in beyond the rules, as ripgrep's options say. */
export interface Selection {
  /** Hidden files too. */
  readonly hidden: boolean;
  /** Whether rule files count. */
  readonly rules: boolean;
  /** Globs of the caller, which count before all else. @param path relative to the root */
  judge(path: string, directory: boolean): 'out' | 'in' | null;
  /** Types of files. */
  judgeType(name: string): 'out' | 'in' | null;
}

/** A file of a walk. */
export interface WalkedFile {
  /** Relative to the root, forward slashes. */
  readonly path: string;
  /** Size when looked at, in bytes. */
  readonly bytes: number;
  /** Number of its entry in the walk's tree. */
  readonly entry: number;
  /** As it was when its grams were taken; those are in the tree's `targets`. */
  readonly known: boolean;
}

export interface Walk {
  /** In no order that means anything. */
  readonly files: readonly WalkedFile[];
  /** The tree as it is now. */
  readonly tree: Tree;
  /** Directories read or files met that the last tree does not have so: a reason to keep this one. */
  readonly news: number;
  /** What could not be looked at, with the reason. */
  readonly failures: readonly { readonly path: string; readonly code: string }[];
}

export interface WalkInput {
  readonly root: string;
  /** Git directory that holds `info/exclude`; null without git. */
  readonly commonDir: string | null;
  readonly before: Tree | null;
  /** Part to search: a directory with a final slash, or empty. */
  readonly under: string;
  readonly selection: Selection;
  /** Whether to look at the disk at all: false answers from the last look. */
  readonly look: boolean;
  /** Knows directories that need no look; it has settled. */
  readonly watch: TreeWatch | null;
  readonly signal?: AbortSignal | undefined;
}

/** A list is trusted next time when it was read this long after it last changed; time stamps may be as coarse. */
const settledMs = 2_000;
/** Directories walked between turns of the event loop. */
const turnDirectories = 256;

export async function walk(input: WalkInput): Promise<Walk> {
  const same = await walkUnchanged(input);
  if (same !== null) return same;
  const walker = new Walker(input);
  let left = turnDirectories;
  while (walker.step()) {
    if (--left > 0) continue;
    left = turnDirectories;
    await nextTurn();
    input.signal?.throwIfAborted();
  }
  return walker.finish();
}

/**
 * The walk of a tree in which no directory and no rule changed, which is most of them: nothing is built anew.
 *
 * @returns null when some did
 */
async function walkUnchanged(input: WalkInput): Promise<Walk | null> {
  const { before, root, under, selection, look, watch } = input;
  if (before === null) return null;
  if (look && before.rules.some(([file, stamp]) => ruleStamp(file) !== stamp)) return null;
  const { names, kinds, targets, stamps, first, changed } = before;
  const files: WalkedFile[] = [];
  const failures: { path: string; code: string }[] = [];
  const waiting: { path: string; number: number; searched: boolean }[] = [
    { path: '', number: 0, searched: under === '' },
  ];
  let left = turnDirectories;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (--left === 0) {
      left = turnDirectories;
      await nextTurn();
      input.signal?.throwIfAborted();
    }
    const { path, number, searched } = next;
    const looks = look && !(watch?.isClean(path) ?? false);
    if (looks && searched) {
      watch?.looking(path);
      if (timeOf(`${root}/${path}`) !== changed[number]) {
        watch?.doubt(path);
        return null;
      }
    } else if (looks && timeOf(`${root}/${path}`) !== changed[number]) return null;
    for (let entry = first[number] as number, end = first[number + 1] as number; entry < end; entry++) {
      const itsKind = kinds[entry] as number;
      if (itsKind === kind.other) continue;
      const name = names[entry] as string;
      const full = path + name;
      const directory = itsKind === kind.directory;
      if (!searched) {
        const inside = `${full}/`;
        if (!directory || !under.startsWith(inside)) continue;
        // What was not walked yet, or is asked for although rules leave it out.
        if (targets[entry] === nowhere || before.said[entry] === said.ignored) return null;
        waiting.push({ path: inside, number: targets[entry] as number, searched: inside === under });
        continue;
      }
      const wanted = isWanted(full, name, before.said[entry] as number, directory, selection, selection.rules);
      // What a watched directory is trusted with later is all of it, whatever this search wants.
      if (!wanted && (directory || !looks || watch === null || targets[entry] === nowhere)) continue;
      if (directory) {
        if (targets[entry] === nowhere) {
          watch?.doubt(path);
          return null;
        }
        waiting.push({ path: `${full}/`, number: targets[entry] as number, searched: true });
        continue;
      }
      const at = entry * stampNumbers;
      let bytes = Math.max(0, stamps[at] as number);
      if (looks || (look && targets[entry] === nowhere)) {
        let stat: Stats | undefined;
        try {
          stat = lstatSync(`${root}/${full}`, option);
        } catch (cause) {
          watch?.doubt(path);
          if (wanted) failures.push({ path: full, code: codeOf(cause) });
          continue;
        }
        if (stat === undefined || !stat.isFile()) {
          watch?.doubt(path);
          continue;
        }
        if (stat.nlink > 1) watch?.doubt(path);
        bytes = stat.size;
        if (
          bytes !== stamps[at] ||
          stat.mtimeMs !== stamps[at + 1] ||
          stat.ctimeMs !== stamps[at + 2] ||
          stat.ino !== stamps[at + 3]
        ) {
          stamps[at] = -1;
          targets[entry] = nowhere;
        }
        if (!wanted) continue;
      }
      files.push({ path: full, bytes, entry, known: targets[entry] !== nowhere });
    }
  }
  return { files, tree: before, news: 0, failures };
}

/** When a directory's list changed, in milliseconds; NaN when there is none. */
function timeOf(directory: string): number {
  try {
    const stat = lstatSync(directory, option);
    return stat?.isDirectory() ? stat.mtimeMs : Number.NaN;
  } catch {
    return Number.NaN;
  }
}

/** What is done with a directory: searched, only passed on the way to the part that is, or carried over. */
type Role = 'search' | 'way' | 'carry';

interface Waiting {
  readonly path: string;
  readonly role: Role;
  /** Number in the tree before, or `nowhere`. */
  readonly old: number;
  /** Entry that it is the target of; -1 for the root. */
  readonly entry: number;
  readonly sameRules: boolean;
}

const option = { throwIfNoEntry: false } as const;

class Walker {
  readonly #input: WalkInput;
  readonly #builder = new TreeBuilder();
  readonly #files: WalkedFile[] = [];
  readonly #failures: { path: string; code: string }[] = [];
  readonly #waiting: Waiting[];
  readonly #stamps: RuleStamps = new Map();
  readonly #rulesOf = new Map<string, Rules>();
  #news = 0;
  #rulesCount = true;

  constructor(input: WalkInput) {
    this.#input = input;
    const { before } = input;
    const sameRules =
      before !== null && (!input.look || before.rules.every(([file, stamp]) => ruleStamp(file) === stamp));
    if (sameRules) for (const [file, stamp] of before.rules) this.#stamps.set(file, stamp);
    else this.#news++;
    const role = input.under === '' ? 'search' : 'way';
    this.#waiting = [{ path: '', role, old: before === null ? nowhere : 0, entry: -1, sameRules }];
  }

  /** Walks one directory. @returns whether there are more */
  step(): boolean {
    const next = this.#waiting.pop();
    if (next === undefined) return false;
    this.#directory(next);
    return this.#waiting.length > 0;
  }

  finish(): Walk {
    const { before, root } = this.#input;
    const tree = this.#builder.finish(root, before?.segments ?? [], [...this.#stamps]);
    return { files: this.#files, tree, news: this.#news, failures: this.#failures };
  }

  #directory(waiting: Waiting): void {
    const { before, look, root } = this.#input;
    const { path, old, role } = waiting;
    const known = before !== null && old !== nowhere;
    let changedMs = known ? (before.changed[old] as number) : Number.NaN;
    let trusted = known && waiting.sameRules;
    if (look && role !== 'carry') {
      const stat = this.#stat(`${root}/${path}`);
      if (stat === null) return;
      trusted &&= stat.mtimeMs === changedMs;
      changedMs = stat.mtimeMs;
      if (!trusted) {
        this.#news++;
        if (Date.now() - changedMs < settledMs) changedMs = Number.NaN;
      }
    }
    if (!trusted && (role === 'carry' || !look)) {
      // Nothing is known of it, or what is known was judged by other rules.
      if (!known || look) return;
    }
    const number = this.#builder.addDirectory(path, changedMs);
    if (waiting.entry >= 0) this.#builder.targets[waiting.entry] = number;
    this.#builder.first[number] = this.#builder.names.length;
    if (trusted || (known && !look)) this.#carry(waiting);
    else if (!this.#read(waiting)) this.#builder.changed[number] = Number.NaN;
  }

  /** Entries as they were. */
  #carry({ path, role, old }: Waiting): void {
    const before = this.#input.before as Tree;
    const entries: number[] = [];
    const [from, to] = [before.first[old] as number, before.first[old + 1] as number];
    for (let at = from; at < to; at++) {
      const entry = this.#builder.addEntry(
        before.names[at] as string,
        before.kinds[at] as number,
        before.said[at] as number,
      );
      this.#inherit(entry, at);
      entries.push(entry);
    }
    for (let i = 0; i < entries.length; i++) this.#entry(path, role, entries[i] as number, from + i, true);
  }

  /** Takes over what was known of a file. */
  #inherit(entry: number, old: number): void {
    const before = this.#input.before as Tree;
    if (before.kinds[old] !== kind.file) return;
    for (let i = 0; i < stampNumbers; i++)
      this.#builder.stamps[entry * stampNumbers + i] = before.stamps[old * stampNumbers + i] as number;
    this.#builder.targets[entry] = before.targets[old] as number;
  }

  /** Entries as they are. @returns false when the directory cannot be read */
  #read({ path, role, old, sameRules }: Waiting): boolean {
    const { before } = this.#input;
    const listed = this.#list(path);
    if (listed === null) return false;
    const olds = new Map<string, number>();
    if (before !== null && old !== nowhere)
      for (let at = before.first[old] as number; at < (before.first[old + 1] as number); at++)
        olds.set(before.names[at] as string, at);
    // A rule file that came judges all below anew; one that went has another stamp, or none.
    const same = sameRules && ruleNames.every((name) => olds.has(name) === listed.some((one) => one.name === name));
    const rules = this.#rules(path);
    const pairs: [number, number][] = [];
    for (const { name, itsKind } of listed) {
      const full = `${path}${name}`;
      const verdict = itsKind === kind.other ? null : ignored(rules, itsKind === kind.directory ? `${full}/` : full);
      const itsSaid = verdict === null ? said.nothing : verdict ? said.ignored : said.wanted;
      const entry = this.#builder.addEntry(name, itsKind, itsSaid);
      const at = olds.get(name) ?? -1;
      const kept = at >= 0 && before?.kinds[at] === itsKind;
      if (kept) this.#inherit(entry, at);
      pairs.push([entry, kept ? at : -1]);
    }
    for (const [entry, at] of pairs) this.#entry(path, role, entry, at, same);
    return true;
  }

  #entry(path: string, role: Role, entry: number, old: number, sameRules: boolean): void {
    const { before, selection, under } = this.#input;
    const builder = this.#builder;
    const name = builder.names[entry] as string;
    const itsKind = builder.kinds[entry] as number;
    if (itsKind === kind.other) return;
    const directory = itsKind === kind.directory;
    const full = `${path}${name}`;
    const rules = selection.rules && this.#rulesCount;
    let wanted = role === 'search' && isWanted(full, name, builder.said[entry] as number, directory, selection, rules);
    if (!directory) {
      if (wanted) this.#file(full, entry, old);
      return;
    }
    const inside = `${full}/`;
    let next: Role = wanted ? 'search' : 'carry';
    if (role === 'way') {
      if (inside === under) next = 'search';
      else if (under.startsWith(inside)) next = 'way';
      // What is asked for by name is searched, and so is what lies in it.
      if (next !== 'carry' && builder.said[entry] === said.ignored) this.#rulesCount = false;
      wanted = next !== 'carry';
    }
    const target = old >= 0 && before !== null ? (before.targets[old] as number) : nowhere;
    if (next === 'carry' && target === nowhere) return;
    this.#waiting.push({ path: inside, role: next, old: target, entry, sameRules });
  }

  #file(path: string, entry: number, old: number): void {
    const { root, before, look } = this.#input;
    const { stamps, targets } = this.#builder;
    const at = entry * stampNumbers;
    const target = old >= 0 && before !== null ? (before.targets[old] as number) : nowhere;
    if (!look) {
      this.#files.push({ path, bytes: Math.max(0, stamps[at] as number), entry, known: target !== nowhere });
      return;
    }
    let stat: Stats | undefined;
    try {
      stat = lstatSync(`${root}/${path}`, option);
    } catch (cause) {
      this.#failures.push({ path, code: codeOf(cause) });
      return;
    }
    if (stat === undefined && path.includes('\uFFFD')) this.#failures.push({ path, code: 'its name is not UTF-8' });
    if (stat === undefined || !stat.isFile()) return;
    const same =
      stat.size === stamps[at] &&
      stat.mtimeMs === stamps[at + 1] &&
      stat.ctimeMs === stamps[at + 2] &&
      stat.ino === stamps[at + 3];
    if (!same) {
      // Whoever takes its grams puts the stamp that they hold for.
      stamps[at] = -1;
      targets[entry] = nowhere;
    }
    this.#files.push({ path, bytes: stat.size, entry, known: same && target !== nowhere });
  }

  #stat(directory: string): Stats | null {
    try {
      const stat = lstatSync(directory, option);
      return stat?.isDirectory() ? stat : null;
    } catch (cause) {
      this.#failures.push({ path: directory, code: codeOf(cause) });
      return null;
    }
  }

  #list(path: string): { name: string; itsKind: number }[] | null {
    try {
      return readdirSync(`${this.#input.root}/${path}`, { withFileTypes: true }).map((entry) => ({
        name: entry.name,
        itsKind: kindOf(entry),
      }));
    } catch (cause) {
      this.#failures.push({ path, code: codeOf(cause) });
      return null;
    }
  }

  /** Rules that hold for what lies in a directory. */
  #rules(path: string): Rules {
    let rules = this.#rulesOf.get(path);
    if (rules === undefined) {
      const { root, commonDir } = this.#input;
      const above =
        path === ''
          ? rootRules(root, commonDir, this.#stamps)
          : this.#rules(path.slice(0, path.lastIndexOf('/', path.length - 2) + 1));
      rules = rulesIn(above, root, path, this.#stamps);
      this.#rulesOf.set(path, rules);
    }
    return rules;
  }
}

const kindOf = (entry: Dirent): number =>
  entry.isFile() ? kind.file : entry.isDirectory() ? kind.directory : kind.other;

const codeOf = (cause: unknown): string => (cause as NodeJS.ErrnoException).code ?? String(cause);

/** Whether a search goes into an entry. @param rules whether what rule files say counts */
function isWanted(
  full: string,
  name: string,
  itsSaid: number,
  directory: boolean,
  selection: Selection,
  rules: boolean,
): boolean {
  const judged = selection.judge(full, directory);
  if (judged !== null) return judged === 'in';
  let broughtIn = false;
  if (rules) {
    if (itsSaid === said.ignored) return false;
    broughtIn = itsSaid === said.wanted;
  }
  if (!directory) {
    const type = selection.judgeType(name);
    if (type === 'out') return false;
    broughtIn ||= type === 'in';
  }
  return broughtIn || selection.hidden || !name.startsWith('.');
}
