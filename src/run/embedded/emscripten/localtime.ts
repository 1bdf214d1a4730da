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

/** `_mktime_js`: a reading of the clock in a zone, out of range or not, to seconds since 1970; the structure is put in order. */
export function readLocalTime(memory: WebAssembly.Memory, at: number, timeZone: string): bigint {
  const view = new DataView(memory.buffer);
  const field = (i: number) => view.getInt32(at + 4 * i, true);
  const date = new Date(0);
  date.setUTCFullYear(field(5) + 1900, field(4), field(3));
  const local = date.setUTCHours(field(2), field(1), field(0));
  if (Number.isNaN(local)) return -1n;
  const offsetAt = (time: number) => asUtc(clockOf(time, timeZone)) - time;
  // Twice, since the offset is that of the answer.
  const guess = local - offsetAt(local);
  const ms = local - offsetAt(guess);
  const seconds = BigInt(Math.floor(ms / 1000));
  writeLocalTime(memory, seconds, at, timeZone);
  return seconds;
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** `strftime` in the C locale, for a `struct tm` in memory. ISO C, 7.27.3.5. */
export function formatTime(memory: WebAssembly.Memory, format: string, at: number, timeZone: string): string {
  const view = new DataView(memory.buffer);
  const field = (i: number) => view.getInt32(at + 4 * i, true);
  const [second, minute, hour, day, month, year, weekday, yearday] = Array.from({ length: 8 }, (_, i) => field(i)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const two = (value: number) => String(value).padStart(2, '0');
  const full = year + 1900;
  const offset = field(9);
  const isoDay = (weekday + 6) % 7;
  const iso = isoWeek(full, yearday, isoDay);
  const codes: Record<string, () => string> = {
    a: () => days[weekday]?.slice(0, 3) ?? '?',
    A: () => days[weekday] ?? '?',
    b: () => months[month]?.slice(0, 3) ?? '?',
    B: () => months[month] ?? '?',
    c: () => expand('%a %b %e %H:%M:%S %Y'),
    C: () => two(Math.floor(full / 100)),
    d: () => two(day),
    D: () => expand('%m/%d/%y'),
    e: () => String(day).padStart(2, ' '),
    F: () => expand('%Y-%m-%d'),
    g: () => two(iso.year % 100),
    G: () => String(iso.year),
    h: () => months[month]?.slice(0, 3) ?? '?',
    H: () => two(hour),
    I: () => two(hour % 12 || 12),
    j: () => String(yearday + 1).padStart(3, '0'),
    m: () => two(month + 1),
    M: () => two(minute),
    n: () => '\n',
    p: () => (hour < 12 ? 'AM' : 'PM'),
    r: () => expand('%I:%M:%S %p'),
    R: () => expand('%H:%M'),
    S: () => two(second),
    t: () => '\t',
    T: () => expand('%H:%M:%S'),
    u: () => String(weekday || 7),
    U: () => two(Math.floor((yearday + 7 - weekday) / 7)),
    V: () => two(iso.week),
    w: () => String(weekday),
    W: () => two(Math.floor((yearday + 7 - isoDay) / 7)),
    x: () => expand('%m/%d/%y'),
    X: () => expand('%H:%M:%S'),
    y: () => two(full % 100),
    Y: () => String(full),
    z: () =>
      `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 3600))}${two(Math.floor(Math.abs(offset) / 60) % 60)}`,
    Z: () => (timeZone === 'UTC' ? 'UTC' : timeZone),
    '%': () => '%',
  };
  const expand = (text: string): string =>
    text.replace(/%[EO]?(.)/g, (whole, code: string) => codes[code]?.() ?? whole);
  return expand(format);
}

function isoWeek(year: number, yearday: number, isoDay: number): { year: number; week: number } {
  const week = Math.floor((yearday - isoDay + 10) / 7);
  const isLong = (y: number) => {
    const first = new Date(Date.UTC(y, 0, 1)).getUTCDay();
    const isLeap = (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;
    return first === 4 || (isLeap && first === 3);
  };
  if (week < 1) return { year: year - 1, week: isLong(year - 1) ? 53 : 52 };
  return week > 52 && !isLong(year) ? { year: year + 1, week: 1 } : { year, week };
}
