/** Fills a C `struct tm` for a time zone: emscripten's `_localtime_js`, without the host's own zone. */

interface Clock {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, made);
  return made;
}

function clockOf(ms: number, timeZone: string): Clock {
  const date = new Date(ms);
  if (timeZone === 'UTC')
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
    };
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(date)
      .map(({ type, value }) => [type, value]),
  );
  const field = (name: Intl.DateTimeFormatPartTypes) => Number(parts.get(name));
  return {
    year: parts.get('era') === 'BC' ? 1 - field('year') : field('year'),
    month: field('month'),
    day: field('day'),
    hour: field('hour'),
    minute: field('minute'),
    second: field('second'),
  };
}

/** Milliseconds since 1970 of a clock's reading, taken as UTC. */
function asUtc(clock: Clock): number {
  const date = new Date(0);
  date.setUTCFullYear(clock.year, clock.month - 1, clock.day);
  return date.setUTCHours(clock.hour, clock.minute, clock.second);
}

/** The most milliseconds from 1970 a JavaScript date can stand for. ECMA-262, 21.4.1.1. */
const farthestMs = 8.64e15;

/** @returns 0; -1 where the time is out of range, and the structure is left alone */
export function writeLocalTime(memory: WebAssembly.Memory, seconds: bigint, at: number, timeZone: string): number {
  const ms = Number(seconds) * 1000;
  if (!(Math.abs(ms) <= farthestMs)) return -1;
  const clock = clockOf(ms, timeZone);
  const utc = asUtc(clock);
  const offsetAt = (time: number) => Math.round((asUtc(clockOf(time, timeZone)) - time) / 1000);
  const offset = Math.round((utc - ms) / 1000);
  const start = asUtc({ year: clock.year, month: 1, day: 1, hour: 0, minute: 0, second: 0 });
  const winter = offsetAt(start);
  const summer = offsetAt(asUtc({ year: clock.year, month: 7, day: 1, hour: 0, minute: 0, second: 0 }));
  const fields = [
    clock.second,
    clock.minute,
    clock.hour,
    clock.day,
    clock.month - 1,
    clock.year - 1900,
    new Date(utc).getUTCDay(),
    Math.floor((utc - start) / 86_400_000),
    winter !== summer && offset === Math.max(winter, summer) ? 1 : 0,
    offset,
  ];
  // struct tm of musl on wasm32: nine ints, then tm_gmtoff, a long of 4 bytes.
  const view = new DataView(memory.buffer);
  for (const [i, value] of fields.entries()) view.setInt32(at + 4 * i, value, true);
  return 0;
}
