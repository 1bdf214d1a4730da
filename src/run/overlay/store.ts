/**
 * The undo store: runs over directories, what they changed, and what became of it; bounded in size, age and number.
 *
 * An entry is a directory below `entries/` of the store, whose files `applier/entry.py` describes. This side makes entries, and reads them; whatever touches a
 * user's directory, or takes an entry away, is done by the applier under its lock. So entries may be read at any time, and one that is half there is
 * passed over. Absent: deciding when something is kept.
 */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative, sep } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { findPython } from '../native/machine.ts';
import { ownMark } from '../native/owner.ts';
import { type Answer, apply } from './applier.ts';
import { withConflictDiffs, withDiffs } from './contents.ts';
import { type CommitRequest, commitFacts, type DatabaseRequest, databaseFacts, fillDatabase } from './databaseentry.ts';
import { formats, readEntry } from './entryfacts.ts';
import { countsOf, type Manifest, plainSet, readManifest, type Told, toldChanges } from './manifest.ts';
import { bytesOfName, plainName, realDirectory } from './realdirectory.ts';
import type { Applied, ChangeSet, DamagedEntry, EntryState, HistoryEntry, StoreLimits } from './types.ts';

/** What undo may hold: a gibibyte is some hundred checkouts' worth of edits; a month is as long as anybody remembers a run. */
export const defaultStoreLimits: StoreLimits = { bytes: 1 << 30, ageMs: 30 * 86_400_000, entries: 1000 };

export interface StoreSettings {
  /** The store's own directory, absolute; made when first needed. */
  readonly directory: string;
  /** Where programs are looked for (a PATH, split): undo needs the system's Python. */
  readonly path: readonly string[];
  readonly limits?: StoreLimits;
}

export interface Begun {
  readonly id: string;
  /** The entry's own directory. */
  readonly place: string;
  /** The user's directory, real; bytes that are no UTF-8 as half surrogates. */
  readonly directory: string;
  /** A path of plain letters that leads there on this machine: the directory, or a link. */
  readonly lower: string;
  /** Where programs find it: the directory, or a path of plain letters in its place. */
  readonly view: string;
  /** Where the sandbox writes. */
  readonly out: string;
}

export interface BeginRequest {
  /** Absolute, or relative to this process's directory; a link is followed. */
  readonly directory: string;
  readonly kind: HistoryEntry['kind'];
  readonly command: string;
  readonly irreversible: readonly string[];
}

/** What the store had to give up to stay within its bounds, and what it ended that was cut off before; in words. */
export type Notices = readonly string[];

export class UndoStore {
  readonly #settings: StoreSettings;

  constructor(settings: StoreSettings) {
    this.#settings = settings;
  }

  /** Newest first. */
  list(): readonly HistoryEntry[] {
    return this.#names()
      .flatMap((id) => {
        const read = this.#read(id);
        return 'told' in read ? read.told : [];
      })
      .sort((a, b) => b.startedMs - a.startedMs || (a.id < b.id ? -1 : 1));
  }

  /** Entries that cannot be read, by id; they take room and stay, since what they hold may be all that is left of what was replaced. */
  damaged(): readonly DamagedEntry[] {
    return this.#names().flatMap((id) => {
      const read = this.#read(id);
      const path = join(this.#settings.directory, 'entries', id);
      // One that was removed meanwhile is not damaged.
      return 'problem' in read && existsSync(path) ? [{ id, path, problem: read.problem }] : [];
    });
  }

  /**
   * @param id whole, a beginning that only one has, or `last`
   * @throws WinnowError `unknown-change`
   */
  find(id: string): HistoryEntry {
    const all = this.list();
    const fits =
      id === 'last' ? all.slice(0, 1) : all.filter((one) => one.id === id || (id.length >= 3 && one.id.startsWith(id)));
    if (fits.length === 1) return fits[0] as HistoryEntry;
    const damaged = this.damaged().find((one) => one.id === id || (id.length >= 3 && one.id.startsWith(id)));
    if (fits.length === 0 && damaged !== undefined)
      throw new WinnowError('undo-refused', `${damaged.id} cannot be kept or undone: ${damagedText(damaged)}`, {
        details: { ...damaged },
      });
    const told =
      fits.length > 1 ? `${fits.length} change sets have ids that begin with ${id}` : `No change set has the id ${id}`;
    throw new WinnowError('unknown-change', `${told}. \`winnow history\` lists them.`, { details: { id } });
  }

  /** What an entry changed in a directory, with diffs where its contents are at hand; nothing for a database, whose entry has its changes. @throws WinnowError `undo-refused` when it has no contents any more */
  changes(entry: HistoryEntry): ChangeSet {
    if (entry.database !== null) return { changes: [], leftOut: [], warnings: [], problem: null };
    const { manifest, told } = this.#contents(entry);
    return { ...plainSet(manifest, told), changes: withDiffs(told, this.#place(entry)) };
  }

  /**
   * A new entry, for a program about to start.
   *
   * @throws WinnowError `path-not-found`, `not-a-directory`, `unsupported-job`, `store-unwritable`, `disk-full`
   */
  begin(request: BeginRequest): Begun {
    const directory = realDirectory(request.directory);
    const store = this.#settings.directory;
    this.#writing(() => mkdirSync(join(store, 'entries'), { recursive: true, mode: 0o700 }));
    for (const [inner, outer] of [
      [realpathSync(store), directory],
      [directory, realpathSync(store)],
    ] as const)
      if (isWithin(inner, outer))
        throw new WinnowError(
          'unsupported-job',
          `${directory} holds, or lies in, the place where Winnow keeps what undo needs (${store}). Name a directory below it, or another WINNOW_HOME.`,
          { details: { directory, store } },
        );
    const isPlain = directory.isWellFormed();
    const stat = statSync(Buffer.from(bytesOfName(directory)), { bigint: true });
    const told = {
      format: formats.directory,
      state: 'running' satisfies EntryState,
      kind: request.kind,
      command: request.command,
      directory,
      device: String(stat.dev),
      inode: String(stat.ino),
      irreversible: request.irreversible,
    };
    const { id, place } = this.#make(told, (making) => {
      mkdirSync(join(making, 'out'), { recursive: true, mode: 0o700 });
      // Root's sandbox writes there as whom the directory belongs to.
      if (process.getuid?.() === 0) chownSync(join(making, 'out'), Number(stat.uid), Number(stat.gid));
      if (!isPlain) symlinkSync(Buffer.from(bytesOfName(directory)), join(making, 'directory'));
    });
    const lower = isPlain ? directory : join(place, 'directory');
    return { id, place, directory, lower, view: plainName(directory), out: join(place, 'out') };
  }

  /** Whether this machine has what keeping and undoing need. */
  get canApply(): boolean {
    return process.platform === 'linux' && findPython(this.#settings.path) !== null;
  }

  /**
   * Keeps another content of an SQLite file, so that it can be undone; an entry that could not be kept is not left.
   *
   * @throws WinnowError `database-busy`, `undo-refused`, `undo-busy`, `disk-full`, `store-unwritable`
   */
  async keepDatabase(request: DatabaseRequest): Promise<Applied & { readonly id: string; readonly notices: Notices }> {
    const facts = { format: formats.database, state: 'pending' satisfies EntryState, ...databaseFacts(request) };
    const { id, place } = this.#make(facts, (making) => fillDatabase(making, request));
    try {
      const applied = await this.keep(this.find(id));
      if (applied.result === 'conflict') rmSync(place, { recursive: true, force: true });
      return { ...applied, id };
    } catch (error) {
      const read = this.#read(id);
      if ('told' in read && read.told.state === 'pending') rmSync(place, { recursive: true, force: true });
      throw error;
    }
  }

  /** What is about to be committed to a server. Whoever commits says what came of it; a process that ends before it does leaves that it is not known. */
  beginCommit(request: CommitRequest): {
    readonly id: string;
    committed(): void;
    /** @param why nobody knows whether it was committed; null: it was not, and nothing stays in the history */
    failed(why: string | null): void;
  } {
    const facts = { format: formats.database, state: 'keeping' satisfies EntryState, ...commitFacts(request) };
    const { id, place } = this.#make(facts, () => {});
    const become = (whyNot: string): void =>
      this.#rewrite(place, { state: 'kept' satisfies EntryState, keptMs: Date.now(), undoable: false, whyNot });
    return {
      id,
      committed: () => become('committed to the server'),
      failed: (why) => (why === null ? rmSync(place, { recursive: true, force: true }) : become(why)),
    };
  }

  /** Where the content of a side of a kept database lies; null: it is not held, or not any more. */
  databaseSide({ id }: HistoryEntry, side: 'before' | 'after'): string | null {
    const path = join(this.#settings.directory, 'entries', id, 'database', side);
    return existsSync(path) ? path : null;
  }

  #make(
    facts: Readonly<Record<string, unknown>> & { readonly command: string },
    fill: (making: string) => void,
  ): { readonly id: string; readonly place: string } {
    const id = newId();
    const entries = join(this.#settings.directory, 'entries');
    const [making, place] = [join(entries, `.${id}`), join(entries, id)];
    const told = { ...facts, command: facts.command.slice(0, 400), id, startedMs: Date.now(), owner: ownMark() };
    this.#writing(() => {
      mkdirSync(making, { recursive: true, mode: 0o700 });
      fill(making);
      writeFileSync(join(making, 'entry.json'), JSON.stringify(told), { mode: 0o600 });
      renameSync(making, place);
    });
    return { id, place };
  }

  #rewrite(place: string, facts: Readonly<Record<string, unknown>>): void {
    const known = JSON.parse(readFileSync(join(place, 'entry.json'), 'utf8')) as Record<string, unknown>;
    const fresh = join(place, 'entry.json.new');
    this.#writing(() => {
      writeFileSync(fresh, JSON.stringify({ ...known, ...facts }), { mode: 0o600 });
      renameSync(fresh, join(place, 'entry.json'));
    });
  }

  /** The end of a run: its changes are read, and wait. */
  async finish({ id, place, out }: Begun): Promise<{ readonly entry: HistoryEntry; readonly manifest: Manifest }> {
    const manifest = readManifest(out);
    const told = toldChanges(manifest);
    this.#rewrite(place, { state: 'pending' satisfies EntryState, counts: countsOf(told), bytes: manifest.bytes });
    return { entry: this.find(id), manifest };
  }

  /** A run that did not take place leaves nothing. */
  abandon({ place }: Begun): void {
    try {
      // The overlay's own directories are closed to everybody.
      for (const inner of ['work', 'work/incompat', 'work/incompat/volatile'])
        if (existsSync(join(place, 'out/work', inner))) chmodSync(join(place, 'out/work', inner), 0o700);
      rmSync(place, { recursive: true, force: true });
    } catch {
      // What cannot be removed at once, since a program closed its directories, `sweep` removes.
    }
  }

  /** Puts a change set into its directory. @throws WinnowError `undo-refused`, `undo-busy`, `disk-full` */
  async keep(entry: HistoryEntry): Promise<Applied & { readonly notices: Notices }> {
    return this.#act('keep', entry, 'before');
  }

  /** Takes a kept one back; one that waits is dropped. @throws as `keep` */
  async undo(entry: HistoryEntry): Promise<Applied & { readonly notices: Notices }> {
    return this.#act('undo', entry, 'after');
  }

  async drop(entry: HistoryEntry): Promise<Applied & { readonly notices: Notices }> {
    return this.#act('drop', entry, 'after');
  }

  /** Ends what killed processes left. */
  async recover(): Promise<Notices> {
    if (!existsSync(join(this.#settings.directory, 'entries'))) return [];
    return recoveredTexts(await this.#apply(['recover']));
  }

  /** Whether a process was killed, or is, while it changes a directory. */
  get isUnsettled(): boolean {
    return this.list().some(({ state }) => state === 'keeping' || state === 'undoing');
  }

  /** Keeps the bounds; starts a process only where something is to be done. */
  async sweep(): Promise<Notices> {
    const limits = this.#settings.limits ?? defaultStoreLimits;
    const all = this.list();
    const used = all.reduce((sum, { bytes }) => sum + bytes, 0);
    const oldest = all.at(-1);
    const now = Date.now();
    const due =
      used > limits.bytes ||
      all.length > limits.entries ||
      all.some(({ state, startedMs }) => state === 'running' && now - startedMs > 60_000) ||
      (oldest !== undefined && now - oldest.startedMs > limits.ageMs);
    if (!due) return [];
    const { bytes, ageMs, entries } = limits;
    const answer = await this.#apply(['sweep', ...[bytes, ageMs, entries].map(String)]);
    return [
      ...recoveredTexts(answer),
      ...answer.lostUndo.map(
        (id) => `${id} can no longer be undone: the undo store keeps ${bytes} bytes and ${ageMs / 86_400_000} days`,
      ),
      ...answer.dropped.map(
        (id) => `${id} was dropped: the undo store keeps ${bytes} bytes and ${ageMs / 86_400_000} days`,
      ),
    ];
  }

  async #act(
    action: 'keep' | 'undo' | 'drop',
    entry: HistoryEntry,
    expected: 'before' | 'after',
  ): Promise<Applied & { readonly notices: Notices }> {
    const answer = await this.#apply([action, entry.id]);
    const notices = [...recoveredTexts(answer), ...(await this.sweep())];
    if (answer.result !== 'conflict') return { result: answer.result as 'kept' | 'undone' | 'dropped', notices };
    if (entry.database !== null)
      return {
        result: 'conflict',
        conflicts: answer.conflicts.map((one) => ({ ...one, diff: null, note: null })),
        notices,
      };
    const { told } = this.#contents(entry);
    const place = this.#place(this.find(entry.id));
    return { result: 'conflict', conflicts: withConflictDiffs(answer.conflicts, told, expected, place), notices };
  }

  #apply(words: readonly string[]): Promise<Answer> {
    const python = findPython(this.#settings.path);
    if (python === null)
      throw new WinnowError(
        'backend-unavailable',
        'Keeping and undoing need the python3 of this system (below /usr), and there is none.',
      );
    return apply(python, this.#settings.directory, words);
  }

  #contents(entry: HistoryEntry): { manifest: Manifest; told: Told[] } {
    try {
      const manifest = readManifest(join(this.#settings.directory, 'entries', entry.id, 'out'));
      return { manifest, told: toldChanges(manifest) };
    } catch (cause) {
      throw new WinnowError(
        'undo-refused',
        `What ${entry.id} changed is not in the store any more; it is ${entry.state}.`,
        { cause },
      );
    }
  }

  #place({ id, directory, state }: HistoryEntry): { entry: string; directory: string; state: EntryState } {
    return { entry: join(this.#settings.directory, 'entries', id), directory, state };
  }

  #names(): readonly string[] {
    try {
      return readdirSync(join(this.#settings.directory, 'entries')).filter((name) => !name.startsWith('.'));
    } catch {
      return [];
    }
  }

  #read(id: string): { readonly told: HistoryEntry } | { readonly problem: string } {
    let raw: unknown;
    try {
      raw = JSON.parse(readFileSync(join(this.#settings.directory, 'entries', id, 'entry.json'), 'utf8'));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return { problem: code === undefined ? 'its entry.json is no JSON' : `its entry.json cannot be read (${code})` };
    }
    return readEntry(id, raw);
  }

  #writing(act: () => void): void {
    try {
      act();
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      throw new WinnowError(
        code === 'ENOSPC' || code === 'EDQUOT' ? 'disk-full' : 'store-unwritable',
        `The undo store ${this.#settings.directory} cannot be written (${code}). Make room, or choose another WINNOW_HOME.`,
        { cause },
      );
    }
  }
}

/** What is wrong, what it means, and what to do. */
export const damagedText = ({ path, problem }: DamagedEntry): string =>
  `${problem}. What it changed stays as it is. What it holds lies in ${path}: look there for contents of before (stage/, before/, database/), and remove that directory to forget it.`;

function recoveredTexts({ recovered }: Answer): string[] {
  return recovered.map(({ id, state, problem }) => {
    if (problem !== null) return `${id} was cut off while it was applied and could not be ended: ${problem}`;
    if (state === 'dropped') return `${id} was cut off while its program ran; what it had changed is dropped`;
    return `${id} had been cut off while it was applied; it is ${state} now`;
  });
}

/** Letters and digits that are not taken for one another. 32⁸ of them. */
function newId(): string {
  return [...randomBytes(8)].map((byte) => 'abcdefghjkmnpqrstuvwxyz123456789'[byte & 31]).join('');
}

function isWithin(inner: string, outer: string): boolean {
  const way = relative(outer, inner);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !way.startsWith('/'));
}
