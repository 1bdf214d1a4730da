/** Puts arguments together as `console.log` and `util.format` do. Follows Node's formatWithOptions (MIT). */
import { formatNumber, type InspectOptions, inspect } from './inspect.ts';

export function format(...args: unknown[]): string {
  return formatWithOptions({}, ...args);
}

export function formatWithOptions(options: InspectOptions, ...args: unknown[]): string {
  const first = args[0];
  let used = 0;
  let text = '';
  let gap = '';
  if (typeof first === 'string') {
    if (args.length === 1) return first;
    let from = 0;
    for (let i = 0; i < first.length - 1; i++) {
      if (first[i] !== '%') continue;
      const letter = first[++i] as string;
      if (letter === '%') {
        text += first.slice(from, i);
        from = i + 1;
      } else if (used + 1 < args.length && letter in conversions) {
        const shown = (conversions[letter] as Conversion)(args[++used], options);
        text += first.slice(from, i - 1) + shown;
        from = i + 1;
      }
    }
    if (from !== 0) {
      used++;
      gap = ' ';
      text += first.slice(from);
    }
  }
  for (const value of args.slice(used)) {
    text += gap + (typeof value === 'string' ? value : inspect(value, options));
    gap = ' ';
  }
  return text;
}

type Conversion = (value: unknown, options: InspectOptions) => string;

function number(read: (value: never) => number): Conversion {
  return (value) => {
    if (typeof value === 'bigint') return `${value}n`;
    return typeof value === 'symbol' ? 'NaN' : formatNumber(read(value as never));
  };
}

const conversions: Readonly<Record<string, Conversion>> = {
  __proto__: null as never,
  s(value, options) {
    if (typeof value === 'number') return formatNumber(value);
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value !== 'object' || value === null || hasOwnText(value)) return String(value);
    return inspect(value, { ...options, depth: 0, colors: false, compact: 3 });
  },
  j(value) {
    try {
      return String(JSON.stringify(value));
    } catch (error) {
      if (error instanceof TypeError && /circular/i.test(error.message)) return '[Circular]';
      throw error;
    }
  },
  d: number(Number),
  i: number(Number.parseInt as never),
  f: number(Number.parseFloat as never),
  O: (value, options) => inspect(value, options),
  o: (value, options) => inspect(value, { ...options, showHidden: true, depth: 4 }),
  c: () => '',
};

const builtIns = new Set(Object.getOwnPropertyNames(globalThis).filter((name) => /^[A-Z][a-zA-Z0-9]+$/.test(name)));

/** True where a class of the program, not of the language, says how its objects become text. */
function hasOwnText(value: object): boolean {
  if (typeof value.toString !== 'function') return false;
  for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    if (!Object.hasOwn(at, 'toString') && !Object.hasOwn(at, Symbol.toPrimitive)) continue;
    if (at === value) return true;
    const made = Object.getOwnPropertyDescriptor(at, 'constructor')?.value;
    return !(typeof made === 'function' && builtIns.has(made.name));
  }
  return false;
}
