/**
 * Time as a program sees it, and the calendar functions of its C library.
 *
 * A pinned clock starts where the job says and moves by the program's own work: eight metered instructions are a nanosecond, which is
 * between what this interpreter takes (6 measured) and what a native one would for the same work (32). So
 * a loop that waits for time to pass ends, durations grow with work, and the same program reads the same times
 * on every machine. Sleeping moves it by the time asked for and waits for nothing. A real clock is the host's.
 */
import type { GuestMemory } from '../../wasm/guestmemory.ts';
import { setCString } from './cstring.ts';

/** See the header. */
const instructionsPerMs = 8e6;
/** Between two askings of a loop that only asks: 40 measured; a program's own asking takes thousands. */
const askingInstructions = 200;
/** The longest that one asking moves time on: 0.25 ms or a 5000th of what was slept so far. By so much may a sleep be too long. */
const longestStepMs = 0.25;
const longestStepPart = 1 / 5000;

export interface ClockSettings {
  /** Milliseconds since 1970 at which a pinned clock starts; null: the host's clock. */
  readonly clockMs: number | null;
  /** A name of the IANA time zone database. */
  readonly timeZone: string;
}

export class Clock {
  readonly #settings: ClockSettings;
  readonly #instructions: () => number;
  #sleptMs = 0;
  #askedAt = 0;
  #askings = 0;
  #askedMs = 0;
  readonly #startedMs: number;
  #format: Intl.DateTimeFormat | null = null;

  /** @param instructions that the program has executed so far */
  constructor(settings: ClockSettings, instructions: () => number, startedMs = performance.now()) {
    this.#startedMs = startedMs;
    this.#settings = settings;
    this.#instructions = instructions;
  }

  /** A clock that goes on from here by itself. */
  copy(): Clock {
    const made = new Clock(this.#settings, this.#instructions, this.#startedMs);
    made.#sleptMs = this.#sleptMs;
    return made;
  }

  /** Milliseconds since the job began, with fraction; never goes back. */
  elapsedMs(): number {
    if (this.#settings.clockMs === null) return performance.now() - this.#startedMs;
    return this.#instructions() / instructionsPerMs + this.#sleptMs;
  }

  /** Milliseconds since 1970, with fraction. */
  nowMs(): number {
    return this.#settings.clockMs === null ? Date.now() : this.#settings.clockMs + this.elapsedMs();
  }

  sleep(ms: number): void {
    if (!(ms > 0)) return;
    if (this.#settings.clockMs !== null) this.#sleptMs += ms;
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.min(ms, 2 ** 31));
  }

  /**
   * The time as the C library's sleep asks for it: this library sleeps by asking again and again until it is late enough, which
   * would take eight million instructions a millisecond. So each asking that follows upon the last moves time on, or waits, itself.
   */
  askedMs(): number {
    const now = this.#instructions();
    this.#askings = now - this.#askedAt < askingInstructions ? this.#askings + 1 : 0;
    this.#askedAt = now;
    if (this.#askings === 0) this.#askedMs = this.elapsedMs();
    if (this.#askings > 2) {
      const longest = Math.max(longestStepMs, (this.elapsedMs() - this.#askedMs) * longestStepPart);
      this.sleep(Math.min(longest, 0.001 * 2 ** Math.min(this.#askings, 20)));
    }
    return this.elapsedMs();
  }

  /** Seconds east of Greenwich that hold at an instant. */
  offsetSeconds(utcMs: number): number {
    if (this.#settings.timeZone === 'UTC' || !Number.isFinite(utcMs) || Math.abs(utcMs) > 8.64e15) return 0;
    this.#format ??= new Intl.DateTimeFormat('en-US', {
      timeZone: this.#settings.timeZone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    const parts = Object.fromEntries(this.#format.formatToParts(utcMs).map(({ type, value }) => [type, value]));
    const year = parts.era === 'BC' ? 1 - Number(parts.year) : Number(parts.year);
    const local = new Date(0);
    local.setUTCFullYear(year, Number(parts.month) - 1, Number(parts.day));
    local.setUTCHours(Number(parts.hour), Number(parts.minute), Number(parts.second));
    return Math.round((local.getTime() - Math.floor(utcMs / 1000) * 1000) / 1000);
  }

  /** The smaller and the larger offset of January and July, seconds east of Greenwich: without and with summer time. */
  offsetsOfYear(utcMs: number): { standard: number; summer: number } {
    const year = new Date(utcMs).getUTCFullYear();
    const offsets = [0, 6].map((month) => this.offsetSeconds(Date.UTC(year, month, 1)));
    return { standard: Math.min(...offsets), summer: Math.max(...offsets) };
  }

  /** The zone in the year that it is now; names without and with summer time. */
  zone(): { standard: number; summer: number; names: readonly [string, string] } {
    const now = this.nowMs();
    const offsets = this.offsetsOfYear(now);
    const year = new Date(now).getUTCFullYear();
    const january = this.#zoneName(Date.UTC(year, 0, 1));
    const july = this.#zoneName(Date.UTC(year, 6, 1));
    const north = this.offsetSeconds(Date.UTC(year, 0, 1)) === offsets.standard;
    return { ...offsets, names: north ? [january, july] : [july, january] };
  }

  /** What a zone is called at an instant: `CET`, `GMT+5:30`. */
  #zoneName(utcMs: number): string {
    if (this.#settings.timeZone === 'UTC') return 'UTC';
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: this.#settings.timeZone,
      timeZoneName: 'short',
    }).formatToParts(utcMs);
    return parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC';
  }
}

/** Fields of `struct tm`, 4 bytes each, in order. Source: musl `time.h`. */
const tm = {
  second: 0,
  minute: 4,
  hour: 8,
  day: 12,
  month: 16,
  year: 20,
  weekDay: 24,
  yearDay: 28,
  dst: 32,
  offset: 36,
} as const;

/** The calls of the C library on time, by import name. */
export function clockCalls(memory: GuestMemory, clock: () => Clock) {
  const get = (at: number, field: number) => memory.u32((at >>> 0) + field) | 0;
  const set = (at: number, field: number, value: number) => memory.setU32((at >>> 0) + field, value);
  const fields = (at: number) => {
    const date = new Date(0);
    date.setUTCFullYear(get(at, tm.year) + 1900, get(at, tm.month), get(at, tm.day));
    date.setUTCHours(get(at, tm.hour), get(at, tm.minute), get(at, tm.second));
    return date.getTime();
  };
  const put = (at: number, date: Date) => {
    set(at, tm.second, date.getUTCSeconds());
    set(at, tm.minute, date.getUTCMinutes());
    set(at, tm.hour, date.getUTCHours());
    set(at, tm.day, date.getUTCDate());
    set(at, tm.month, date.getUTCMonth());
    set(at, tm.year, date.getUTCFullYear() - 1900);
    set(at, tm.weekDay, date.getUTCDay());
    const firstDay = new Date(date.getTime());
    firstDay.setUTCMonth(0, 1);
    set(at, tm.yearDay, Math.round((date.getTime() - firstDay.getTime()) / 86_400_000));
  };
  const standardOffset = (utcMs: number) => clock().offsetsOfYear(utcMs);
  const putLocal = (at: number, utcMs: number) => {
    const offset = clock().offsetSeconds(utcMs);
    put(at, new Date(utcMs + offset * 1000));
    set(at, tm.offset, offset);
    const { standard, summer } = standardOffset(utcMs);
    set(at, tm.dst, summer !== standard && offset === summer ? 1 : 0);
  };

  /** The names have 17 bytes each. */
  const setZone = (at: number, name: string) => setCString(memory, at, Buffer.from(name).subarray(0, 16));

  return {
    emscripten_date_now: () => clock().nowMs(),
    emscripten_get_now: () => clock().askedMs(),
    clock_time_get(id: number, _precision: bigint, at: number) {
      // 0 is the time of day; 1 to 3 monotonic and CPU time.
      if (id < 0 || id > 3) return 28;
      const ms = id === 0 ? clock().nowMs() : clock().elapsedMs();
      memory.setU64(at, BigInt(Math.round(ms * 1e3)) * 1000n);
      return 0;
    },
    clock_res_get(id: number, at: number) {
      if (id < 0 || id > 3) return 28;
      memory.setU64(at, 1000n);
      return 0;
    },
    _gmtime_js: (time: bigint, at: number) => put(at, new Date(Number(time) * 1000)),
    _localtime_js: (time: bigint, at: number) => putLocal(at, Number(time) * 1000),
    _timegm_js(at: number) {
      const time = fields(at);
      if (!Number.isFinite(time)) return -1n;
      put(at, new Date(time));
      return BigInt(time / 1000);
    },
    _mktime_js(at: number) {
      const local = fields(at);
      if (!Number.isFinite(local)) return -1n;
      const wanted = get(at, tm.dst);
      const { standard, summer } = standardOffset(local);
      // Twice: the first guess may lie on the other side of a change of offset.
      let utc = local - clock().offsetSeconds(local - standard * 1000) * 1000;
      utc = local - clock().offsetSeconds(utc) * 1000;
      if (summer !== standard && wanted >= 0) {
        const offset = clock().offsetSeconds(utc);
        if (wanted > 0 && offset === standard) utc = local - summer * 1000;
        if (wanted === 0 && offset === summer) utc = local - standard * 1000;
      }
      putLocal(at, utc);
      return BigInt(utc / 1000);
    },
    _tzset_js(zoneAt: number, daylightAt: number, standardName: number, summerName: number) {
      const { standard, summer, names } = clock().zone();
      memory.setU32(zoneAt, -standard);
      memory.setU32(daylightAt, summer === standard ? 0 : 1);
      setZone(standardName, names[0]);
      setZone(summerName, names[1]);
    },
    _setitimer_js: () => 0,
  };
}
