/**
 * Opening the repositories of a set and bringing them up to date, within a time.
 *
 * First every index is opened as it is, which takes milliseconds each; then those that have one are brought up to date, and last those that have
 * none, one after the other, as indexing has threads of its own. When the time is over, what was not reached answers from its index as it is,
 * or not at all, and says so: a repository that is slow, broken or gone never keeps the others back.
 */
import { existsSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { WinnowError } from '../../base/mod.ts';
import { type Completeness, findPlace, openRepository, type Repository, type Snapshot } from '../../index/mod.ts';
import type { NamedSnapshot } from './joined.ts';

/** A repository of a set, as it is known. */
export interface AskedRepository {
  readonly name: string;
  /** Absolute path of its worktree's root. */
  readonly root: string;
}

/**
 * How a repository took part. `current`: as it is on disk. `behind`: from its index, which may be older than the disk. `unfinished`: from the part of it
 * that is indexed. `unanswered`: nothing of it is indexed yet. `missing`: there is nothing at its place, or something else. `removed`: it
 * went away while it was searched. `failed`: it could not be read.
 */
export const memberStates = ['current', 'behind', 'unfinished', 'unanswered', 'missing', 'removed', 'failed'] as const;
export type MemberState = (typeof memberStates)[number];

export interface Member extends AskedRepository {
  readonly state: MemberState;
  /** Why it is not `current`; `null` when it is. */
  readonly reason: string | null;
  readonly completeness: Completeness | null;
  /** Until it was ready, from when it was begun with, in milliseconds. */
  readonly elapsedMs: number;
}

export interface GatherOptions {
  readonly home?: string | undefined;
  /** False: indexes as they are. */
  readonly refresh: boolean;
  /** After so many milliseconds nothing more is begun; `null`: all are waited for. */
  readonly deadlineMs: number | null;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number, name: string) => void) | undefined;
}

/** Repositories that are brought up to date at once: looking at files is one thread's work, so a second one only fills the waits of the first. */
const atOnce = 2;

/**
 * Repositories of one search: each holds three files open and one for each large segment, and many systems allow 1,024. 200 of three files each
 * hold 624 open files and 190 MB, and take 3 ms of processor time each.
 */
const mostMembers = 300;
const tooMany = `Only ${mostMembers} repositories are searched at once; make smaller sets.`;

/** Another process that writes an index is waited for so long, as by the index itself. */
const busyMs = 2_000;

export class Gathered {
  readonly #members: readonly OpenMember[];
  /** Aborts with the caller's signal and when the time is over. */
  readonly ending: AbortSignal;

  constructor(members: readonly OpenMember[], ending: AbortSignal) {
    this.#members = members;
    this.ending = ending;
  }

  /** Those that can be asked, in the order of their names. */
  get parts(): readonly NamedSnapshot[] {
    return this.#members.flatMap(({ asked, snapshot }) => (snapshot === null ? [] : [{ name: asked.name, snapshot }]));
  }

  /** Looks which are still there: called after the search. */
  members(): readonly Member[] {
    return this.#members.map((member) => member.settled());
  }

  close(): void {
    for (const member of this.#members) member.close();
  }
}

/**
 * @param asked each name and root once
 * @throws WinnowError `cancelled` when the caller's signal aborts; what a single repository has to say is in its member
 */
export async function gather(asked: readonly AskedRepository[], options: GatherOptions): Promise<Gathered> {
  const time = new Time(options);
  const members = [...asked]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((repository) => new OpenMember(repository, options));
  let done = 0;
  const step = ({ asked: { name } }: OpenMember): void => options.onProgress?.(++done, members.length, name);
  try {
    for (const [at, member] of members.entries()) {
      await nextTurn();
      time.check();
      if (at >= mostMembers) member.leave(tooMany);
      else if (!time.isOver) member.open();
    }
    if (options.refresh) {
      const [known, fresh] = [members.filter(({ isIndexed }) => isIndexed), members.filter((one) => one.mayBeIndexed)];
      await inTurns(known, atOnce, time, step);
      await inTurns(fresh, 1, time, step);
    }
    return new Gathered(members, time.ending);
  } catch (cause) {
    for (const member of members) member.close();
    throw cause;
  }
}

/** How repositories are, and with `refresh` brought up to date. @throws WinnowError `cancelled` */
export async function surveyRepositories(
  asked: readonly AskedRepository[],
  options: GatherOptions,
): Promise<readonly Member[]> {
  const gathered = await gather(asked, options);
  try {
    return gathered.members();
  } finally {
    gathered.close();
  }
}

/** Brings members up to date, so many at once; those that share an index one after the other, since it has one writer. */
async function inTurns(
  members: readonly OpenMember[],
  many: number,
  time: Time,
  step: (member: OpenMember) => void,
): Promise<void> {
  const stores = [...Map.groupBy(members, ({ storeDir }) => storeDir).values()];
  const next = stores.values();
  const work = async (): Promise<void> => {
    for (const sharing of next)
      for (const member of sharing) {
        await member.refresh(time);
        step(member);
      }
  };
  await Promise.all(Array.from({ length: Math.min(many, stores.length) }, work));
}

/** When to stop, and who said so. */
class Time {
  readonly ending: AbortSignal;
  readonly #signal: AbortSignal | undefined;
  readonly #untilMs: number;

  constructor({ deadlineMs, signal }: GatherOptions) {
    this.#signal = signal;
    this.#untilMs = deadlineMs === null ? Number.POSITIVE_INFINITY : performance.now() + deadlineMs;
    this.ending = AbortSignal.any([
      ...(signal === undefined ? [] : [signal]),
      ...(deadlineMs === null ? [] : [AbortSignal.timeout(Math.min(deadlineMs, longestMs))]),
    ]);
  }

  get leftMs(): number {
    return Math.max(0, this.#untilMs - performance.now());
  }

  get isOver(): boolean {
    return this.leftMs === 0;
  }

  /** @throws WinnowError `cancelled` when the caller wants no more */
  check(): void {
    if (this.#signal?.aborted) throw new WinnowError('cancelled', 'The search was cancelled.');
  }
}

/** What a timer holds, 24 days: of more, Node makes a millisecond. */
const longestMs = 2 ** 31 - 1;

const late = 'The deadline came first.';
const wentAway = 'It was moved or deleted; `winnow add NEW-PATH --name NAME` says where it is now.';

class OpenMember {
  readonly asked: AskedRepository;
  readonly #options: GatherOptions;
  readonly #startedMs = performance.now();
  #repository: Repository | null = null;
  #state: MemberState = 'unanswered';
  #reason: string | null = late;
  #elapsedMs = 0;
  snapshot: Snapshot | null = null;

  constructor(asked: AskedRepository, options: GatherOptions) {
    this.asked = asked;
    this.#options = options;
  }

  get storeDir(): string {
    return this.#repository?.storeDir ?? '';
  }

  get isIndexed(): boolean {
    return this.snapshot !== null;
  }

  get mayBeIndexed(): boolean {
    return this.snapshot === null && this.#repository !== null;
  }

  /** Does not take part. */
  leave(reason: string): void {
    this.#is('unanswered', reason);
  }

  open(): void {
    const { root } = this.asked;
    try {
      const { root: place } = findPlace(root);
      if (place !== root) {
        this.#is('missing', `It is a part of ${place} now; add that.`);
        return;
      }
      const { home } = this.#options;
      this.#repository = openRepository(root, home === undefined ? {} : { home });
      this.#look();
      if (this.snapshot === null)
        this.#is('unanswered', this.#options.refresh ? late : 'Nothing of it is indexed yet.');
      else this.#is('behind', this.#options.refresh ? late : 'Nobody looked for changed files.');
    } catch (cause) {
      this.#failed(cause);
    }
  }

  async refresh(time: Time): Promise<void> {
    time.check();
    if (this.#repository === null || time.isOver) return;
    // Its connection serves the refresh, so that none is open twice: three files each for hundreds of repositories.
    this.snapshot?.close();
    this.snapshot = null;
    try {
      const report = await this.#repository.refresh({ signal: time.ending, waitMs: Math.min(busyMs, time.leftMs) });
      this.#look();
      if (report.busy) {
        this.#is(this.snapshot === null ? 'unanswered' : 'behind', 'Another process is indexing it.');
      } else if (this.snapshot === null) this.#is('current', null);
      else this.#isComplete();
    } catch (cause) {
      time.check();
      if (cause instanceof WinnowError && cause.code === 'cancelled') this.#lookAgain(late);
      else if (cause instanceof WinnowError && unwritten.has(cause.code)) this.#lookAgain(cause.message);
      else this.#failed(cause);
    }
  }

  /** @returns how it took part, seen from after the search */
  settled(): Member {
    if (this.snapshot !== null && !existsSync(this.asked.root))
      this.#is('removed', 'It went away while it was searched.');
    const completeness = this.snapshot?.completeness ?? null;
    return {
      ...this.asked,
      state: this.#state,
      reason: this.#reason,
      completeness,
      elapsedMs: Math.round(this.#elapsedMs),
    };
  }

  close(): void {
    this.snapshot?.close();
    this.snapshot = null;
    this.#repository?.close();
    this.#repository = null;
  }

  /** Takes what is committed; nothing when nothing is. */
  #look(): void {
    this.snapshot?.close();
    const snapshot = this.#repository?.snapshot() ?? null;
    if (snapshot !== null && snapshot.completeness.indexedFiles === 0) {
      snapshot.close();
      this.snapshot = null;
    } else this.snapshot = snapshot;
  }

  #lookAgain(reason: string): void {
    try {
      this.#look();
    } catch (cause) {
      this.#failed(cause);
      return;
    }
    if (this.snapshot === null) this.#is('unanswered', reason);
    else this.#is(this.snapshot.completeness.pendingFiles > 0 ? 'unfinished' : 'behind', reason);
  }

  #isComplete(): void {
    const pending = this.snapshot?.completeness.pendingFiles ?? 0;
    if (pending === 0) this.#is('current', null);
    else this.#is('unfinished', `${pending} of its files are still to be read.`);
  }

  #failed(cause: unknown): void {
    if (!(cause instanceof WinnowError)) throw cause;
    this.snapshot?.close();
    this.snapshot = null;
    const gone = cause.code === 'path-not-found' || cause.code === 'not-a-directory';
    this.#is(gone ? 'missing' : 'failed', gone ? wentAway : cause.message);
  }

  #is(state: MemberState, reason: string | null): void {
    this.#state = state;
    this.#reason = reason;
    this.#elapsedMs = performance.now() - this.#startedMs;
  }
}

/** A place that cannot be written keeps no answer back: what is there can be read. */
const unwritten: ReadonlySet<string> = new Set(['store-unwritable', 'disk-full']);
