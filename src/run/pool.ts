/**
 * Warm workers of several kinds, lent to one use at a time.
 *
 * The idea: one queue, and one function, `#serve`, that after every event looks at the whole state and
 * does what it calls for. The first `size - busy` of the queue may have a worker; each takes an idle
 * one of its kind, or one is started for it, and where there are too many processes the idle one that
 * has waited longest makes room. Since nothing is promised before it is there, a cancelled wait or a failed
 * start leaves nothing to undo.
 *
 * A kind used twice gets a spare: one worker ready or starting beyond those in use, so that
 * a worker that breaks costs the next use no start. A single use, as of a command line, starts no spare.
 *
 * It knows nothing of processes or languages, and it kills nothing: a use that has its signal fired has to end by itself.
 */
import { WinnowError } from '../base/mod.ts';

/** How workers are made and ended. Keys of one name have interchangeable workers. */
export interface WorkerPort<Key, Worker> {
  name(key: Key): string;
  /** @param signal fires when the pool closes; a worker that starts all the same is ended */
  start(key: Key, signal: AbortSignal): Promise<Worker>;
  /** Resolves when nothing is left of it; must not reject. Called once for every worker. */
  end(worker: Worker): Promise<void>;
  /** False when it died while nobody used it. */
  usable(worker: Worker): boolean;
}

export interface PoolOptions {
  /** Workers in use at once, over all kinds, ≥ 1. */
  readonly size: number;
  /** Workers alive at once, whatever they do, ≥ `size`: what bounds memory. */
  readonly processes: number;
  /** Workers kept ready beyond those in use, per kind used twice within `idleMs`. */
  readonly spares: number;
  /** A worker not used for so long is ended, ms. */
  readonly idleMs: number;
}

/** What a use hands back: its value, and whether the worker may serve again. */
export interface Used<Value> {
  readonly value: Value;
  readonly keep: boolean;
}

interface Idle<Worker> {
  readonly worker: Worker;
  readonly sinceMs: number;
}

interface Kind<Key, Worker> {
  readonly key: Key;
  idle: Idle<Worker>[];
  starting: number;
  /** Uses since it was last forgotten or failed to start. */
  uses: number;
  lastUseMs: number;
}

interface Waiter<Key, Worker> {
  readonly kind: Kind<Key, Worker>;
  take(worker: Worker): void;
  fail(cause: unknown): void;
}

const cancelled = (what: string): WinnowError => new WinnowError('cancelled', `The run was cancelled ${what}.`);

export class Pool<Key, Worker> {
  readonly #port: WorkerPort<Key, Worker>;
  readonly #options: PoolOptions;
  readonly #kinds = new Map<string, Kind<Key, Worker>>();
  readonly #closing = new AbortController();
  #queue: Waiter<Key, Worker>[] = [];
  #busy = 0;
  /** Starting, idle, in use or ending. */
  #alive = 0;
  #ending = 0;
  #sweep: NodeJS.Timeout | null = null;
  #onEmpty: (() => void)[] = [];

  constructor(port: WorkerPort<Key, Worker>, options: PoolOptions) {
    if (options.size < 1 || options.processes < options.size)
      throw new Error(`a pool of ${options.size} in ${options.processes} processes`);
    this.#port = port;
    this.#options = options;
  }

  /** For tests and reports. */
  get counts(): { readonly busy: number; readonly alive: number; readonly waiting: number } {
    return { busy: this.#busy, alive: this.#alive, waiting: this.#queue.length };
  }

  /**
   * Runs `work` with a worker of this kind, in the order of the calls.
   *
   * @param work ends soon after its signal fires (the caller's, or the pool closing). The worker is ended when it throws or hands back `keep: false`
   * @throws WinnowError `cancelled` when the signal fires, or the pool closes, before a worker is there; what `start` or `work` throws
   */
  async use<Value>(
    key: Key,
    work: (worker: Worker, signal: AbortSignal) => Promise<Used<Value>>,
    signal?: AbortSignal,
  ): Promise<Value> {
    const stop = new AbortController();
    const onAbort = (): void => stop.abort();
    // Not AbortSignal.any: signals made from one that lives long stay reachable from it.
    signal?.addEventListener('abort', onAbort);
    this.#closing.signal.addEventListener('abort', onAbort);
    if (signal?.aborted || this.#closing.signal.aborted) onAbort();
    try {
      const kind = this.#kindOf(key);
      const worker = await this.#wait(kind, stop.signal);
      let keep = false;
      try {
        const used = await work(worker, stop.signal);
        keep = used.keep;
        return used.value;
      } finally {
        this.#giveBack(kind, worker, keep);
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#closing.signal.removeEventListener('abort', onAbort);
    }
  }

  /** Ends all workers. Those who wait are rejected, uses are told by their signal, and it resolves when no worker is left. */
  async close(): Promise<void> {
    this.#closing.abort();
    if (this.#sweep !== null) clearTimeout(this.#sweep);
    for (const kind of this.#kinds.values()) {
      for (const { worker } of kind.idle.splice(0)) this.#end(worker);
    }
    if (this.#alive > 0) await new Promise<void>((resolve) => this.#onEmpty.push(resolve));
  }

  #wait(kind: Kind<Key, Worker>, signal: AbortSignal): Promise<Worker> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#queue = this.#queue.filter((other) => other !== waiter);
        signal.removeEventListener('abort', abort);
      };
      const abort = (): void => {
        leave();
        reject(cancelled('before it began'));
        this.#serve();
      };
      const waiter: Waiter<Key, Worker> = {
        kind,
        take: (worker) => {
          leave();
          resolve(worker);
        },
        fail: (cause) => {
          leave();
          reject(cause);
        },
      };
      if (signal.aborted) {
        reject(cancelled('before it began'));
        return;
      }
      signal.addEventListener('abort', abort);
      this.#queue.push(waiter);
      this.#serve();
    });
  }

  #kindOf(key: Key): Kind<Key, Worker> {
    const name = this.#port.name(key);
    let kind = this.#kinds.get(name);
    if (kind === undefined) {
      kind = { key, idle: [], starting: 0, uses: 0, lastUseMs: 0 };
      this.#kinds.set(name, kind);
    }
    kind.uses++;
    kind.lastUseMs = performance.now();
    this.#armSweep();
    return kind;
  }

  #serve(): void {
    if (this.#closing.signal.aborted) return;
    const unserved = new Map<Kind<Key, Worker>, number>();
    for (const waiter of this.#queue.slice(0, this.#options.size - this.#busy)) {
      const worker = this.#takeIdle(waiter.kind);
      if (worker === null) {
        unserved.set(waiter.kind, (unserved.get(waiter.kind) ?? 0) + 1);
        continue;
      }
      this.#busy++;
      waiter.take(worker);
    }
    let lacking = 0;
    for (const [kind, wanted] of unserved) {
      for (let missing = wanted - kind.starting; missing > 0; missing--) {
        if (this.#alive < this.#options.processes) this.#start(kind);
        else lacking++;
      }
    }
    for (; lacking > this.#ending; lacking--) if (!this.#evict()) break;
    for (const kind of this.#kinds.values()) {
      const ready = kind.idle.length + kind.starting - (unserved.get(kind) ?? 0);
      if (this.#isRecent(kind) && kind.uses > 1 && ready < this.#options.spares) {
        if (this.#alive < this.#options.processes) this.#start(kind);
      }
    }
  }

  /** Ends the worker that has been idle longest; `#serve` is called again when it is gone. */
  #evict(): boolean {
    let oldest: Kind<Key, Worker> | null = null;
    for (const kind of this.#kinds.values()) {
      const since = kind.idle[0]?.sinceMs ?? Number.POSITIVE_INFINITY;
      if (since < (oldest?.idle[0]?.sinceMs ?? Number.POSITIVE_INFINITY)) oldest = kind;
    }
    const evicted = oldest?.idle.shift();
    if (evicted !== undefined) this.#end(evicted.worker);
    return evicted !== undefined;
  }

  /** The one used last: its memory is the likeliest to be at hand. */
  #takeIdle(kind: Kind<Key, Worker>): Worker | null {
    for (;;) {
      const idle = kind.idle.pop();
      if (idle === undefined) return null;
      if (this.#port.usable(idle.worker)) return idle.worker;
      this.#end(idle.worker);
    }
  }

  #start(kind: Kind<Key, Worker>): void {
    kind.starting++;
    this.#alive++;
    this.#port.start(kind.key, this.#closing.signal).then(
      (worker) => {
        kind.starting--;
        if (this.#closing.signal.aborted) this.#end(worker);
        else this.#rest(kind, worker);
        this.#serve();
      },
      (cause) => {
        kind.starting--;
        // Or a spare that cannot start would be started for ever.
        kind.uses = 0;
        this.#queue.find((waiter) => waiter.kind === kind)?.fail(cause);
        this.#gone();
      },
    );
  }

  #giveBack(kind: Kind<Key, Worker>, worker: Worker, keep: boolean): void {
    this.#busy--;
    kind.lastUseMs = performance.now();
    if (keep && !this.#closing.signal.aborted && this.#port.usable(worker)) this.#rest(kind, worker);
    else this.#end(worker);
    this.#serve();
  }

  #rest(kind: Kind<Key, Worker>, worker: Worker): void {
    kind.idle.push({ worker, sinceMs: performance.now() });
    this.#armSweep();
  }

  #end(worker: Worker): void {
    this.#ending++;
    this.#port.end(worker).then(() => {
      this.#ending--;
      this.#gone();
    });
  }

  #gone(): void {
    this.#alive--;
    if (this.#alive > 0 || !this.#closing.signal.aborted) this.#serve();
    else for (const resolve of this.#onEmpty.splice(0)) resolve();
  }

  #isRecent(kind: Kind<Key, Worker>): boolean {
    return performance.now() - kind.lastUseMs < this.#options.idleMs;
  }

  #armSweep(): void {
    if (this.#sweep !== null || this.#closing.signal.aborted) return;
    this.#sweep = setTimeout(() => {
      this.#sweep = null;
      const before = performance.now() - this.#options.idleMs;
      for (const [name, kind] of this.#kinds) {
        const old = kind.idle.filter(({ sinceMs }) => sinceMs <= before);
        kind.idle = kind.idle.filter(({ sinceMs }) => sinceMs > before);
        for (const { worker } of old) this.#end(worker);
        if (!this.#isUsed(kind) && !this.#isRecent(kind)) this.#kinds.delete(name);
      }
      if (this.#kinds.size > 0) this.#armSweep();
    }, this.#options.idleMs / 2).unref();
  }

  /** A kind in use must not be forgotten: its worker comes back to it. */
  #isUsed(kind: Kind<Key, Worker>): boolean {
    return kind.idle.length + kind.starting + this.#busy + this.#queue.length > 0;
  }
}
