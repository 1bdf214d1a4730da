/**
 * What Node's global object has and the engine has not, and seeded chance.
 *
 * Absent on purpose: `fetch`, `WebSocket`, `Worker`, `WebAssembly` (there is no network and one thread), `Intl` and `URL`.
 */
import { atob, Buffer, btoa, TextDecoder, TextEncoder } from './buffer.ts';
import { structuredClone } from './clone.ts';
import { standardConsole } from './console.ts';
import { process } from './process.ts';
import { clearImmediate, clearTimeout, setImmediate, setInterval, setTimeout } from './timers.ts';

function define(target: object, members: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(members))
    Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}

export function defineGlobals(): void {
  define(globalThis, {
    global: globalThis,
    console: standardConsole,
    process,
    Buffer,
    TextEncoder,
    TextDecoder,
    atob,
    btoa,
    structuredClone,
    setTimeout,
    setInterval,
    setImmediate,
    clearTimeout,
    clearInterval: clearTimeout,
    clearImmediate,
  });
  define(Number.prototype, { toLocaleString: numberToLocale });
  define(BigInt.prototype, { toLocaleString: numberToLocale });
  define(Date.prototype, {
    toLocaleDateString(this: Date) {
      return `${this.getMonth() + 1}/${this.getDate()}/${this.getFullYear()}`;
    },
    toLocaleTimeString(this: Date) {
      const two = (value: number) => String(value).padStart(2, '0');
      const hour = this.getHours();
      return `${hour % 12 || 12}:${two(this.getMinutes())}:${two(this.getSeconds())} ${hour < 12 ? 'AM' : 'PM'}`;
    },
    toLocaleString(this: Date) {
      return Number.isNaN(this.getTime())
        ? 'Invalid Date'
        : `${this.toLocaleDateString()}, ${this.toLocaleTimeString()}`;
    },
  });
}

interface LocaleOptions {
  minimumFractionDigits?: number;
  maximumFractionDigits?: number;
  useGrouping?: boolean;
  style?: string;
}

/** As in `en-US`, the one locale there is. */
function numberToLocale(this: number | bigint, _locale?: unknown, options: LocaleOptions = {}): string {
  const isPercent = options.style === 'percent';
  const value = typeof this === 'bigint' ? this : Number(this) * (isPercent ? 100 : 1);
  if (typeof value === 'number' && !Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '-∞';
  const least = options.minimumFractionDigits ?? 0;
  const most = options.maximumFractionDigits ?? Math.max(least, isPercent ? 0 : 3);
  const [whole = '0', fraction = ''] = typeof value === 'bigint' ? [String(value)] : value.toFixed(most).split('.');
  const grouped = options.useGrouping === false ? whole : whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  const digits = fraction.replace(/0+$/, '').padEnd(least, '0');
  return `${grouped}${digits === '' ? '' : `.${digits}`}${isPercent ? '%' : ''}`;
}

/** `Math.random` from a seed: sfc32, by Chris Doty-Humphrey (public domain, PractRand). */
export function seedRandom(seed: number): void {
  let [a, b, c, counter] = [0, seed | 0, 0, 1];
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  // Its author's warm-up.
  for (let i = 0; i < 15; i++) next();
  // 53 bits, as many as a number in [0, 1) has.
  define(Math, { random: () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53 });
}
