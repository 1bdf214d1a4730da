/** `console`: what Node prints, to the two output streams. */

import { utf8Encode } from './bytes.ts';
import { door } from './door.ts';
import { formatWithOptions } from './format.ts';
import { type InspectOptions, inspect } from './inspect.ts';
import { table } from './table.ts';

/** Text to a stream; a string with a zero cannot pass the door as text. */
export function write(stream: number, text: string): void {
  if (!text.includes('\0')) {
    door('write', stream, text.isWellFormed() ? text : text.toWellFormed());
    return;
  }
  const bytes = utf8Encode(text);
  door('write-bytes', stream, bytes.buffer as ArrayBuffer, 0, bytes.length);
}

export interface Sink {
  write(text: string): unknown;
}
const standard: Record<1 | 2, Sink> = {
  1: { write: (text) => write(1, text) },
  2: { write: (text) => write(2, text) },
};

export class Console {
  readonly #out: Sink;
  readonly #err: Sink;
  #indent = '';
  readonly #counts = new Map<string, number>();
  readonly #timers = new Map<string, number>();

  constructor(out: Sink | { stdout: Sink; stderr?: Sink } = standard[1], err: Sink = standard[2]) {
    this.#out = 'stdout' in out ? out.stdout : out;
    this.#err = 'stdout' in out ? (out.stderr ?? out.stdout) : err;
    // So that `const { log } = console` works.
    for (const name of Object.getOwnPropertyNames(Console.prototype))
      if (name !== 'constructor') {
        const call = (this as unknown as Record<string, CallableFunction>)[name] as CallableFunction;
        Object.defineProperty(this, name, {
          value: call.bind(this),
          writable: true,
          configurable: true,
          enumerable: true,
        });
      }
  }

  #print(to: Sink, args: unknown[], options: InspectOptions = {}): void {
    const text = formatWithOptions(options, ...args);
    to.write(`${this.#indent === '' ? text : this.#indent + text.replaceAll('\n', `\n${this.#indent}`)}\n`);
  }
  log(...args: unknown[]): void {
    this.#print(this.#out, args);
  }
  info(...args: unknown[]): void {
    this.#print(this.#out, args);
  }
  debug(...args: unknown[]): void {
    this.#print(this.#out, args);
  }
  error(...args: unknown[]): void {
    this.#print(this.#err, args);
  }
  warn(...args: unknown[]): void {
    this.#print(this.#err, args);
  }
  trace(...args: unknown[]): void {
    const stack = new Error().stack?.split('\n').slice(2).join('\n') ?? '';
    const said = formatWithOptions({}, ...args);
    this.#print(this.#err, [`Trace${said === '' ? '' : `: ${said}`}\n${stack}`.trimEnd()]);
  }
  dir(value: unknown, options: InspectOptions = {}): void {
    this.#print(this.#out, [inspect(value, { customInspect: false, ...options })]);
  }
  dirxml(...args: unknown[]): void {
    this.log(...args);
  }
  table(data: unknown, columns?: string[]): void {
    this.log(table(data, columns) ?? data);
  }
  assert(condition: unknown, ...args: unknown[]): void {
    if (condition) return;
    if (typeof args[0] === 'string') this.warn(`Assertion failed: ${args[0]}`, ...args.slice(1));
    else if (args.length > 0) this.warn('Assertion failed:', ...args);
    else this.warn('Assertion failed');
  }
  group(...args: unknown[]): void {
    if (args.length > 0) this.log(...args);
    this.#indent += '  ';
  }
  groupCollapsed(...args: unknown[]): void {
    this.group(...args);
  }
  groupEnd(): void {
    this.#indent = this.#indent.slice(2);
  }
  count(label = 'default'): void {
    const count = (this.#counts.get(`${label}`) ?? 0) + 1;
    this.#counts.set(`${label}`, count);
    this.log(`${label}: ${count}`);
  }
  countReset(label = 'default'): void {
    this.#counts.delete(`${label}`);
  }
  time(label = 'default'): void {
    this.#timers.set(`${label}`, performance.now());
  }
  timeLog(label = 'default', ...args: unknown[]): void {
    const start = this.#timers.get(`${label}`);
    if (start !== undefined) this.#print(this.#out, [`${label}: ${elapsed(performance.now() - start)}`, ...args]);
  }
  timeEnd(label = 'default'): void {
    this.timeLog(label);
    this.#timers.delete(`${label}`);
  }
}

function elapsed(ms: number): string {
  return ms >= 1000 ? `${(ms / 1000).toFixed(3)}s` : `${Number(ms.toFixed(3))}ms`;
}

export const standardConsole = new Console();
Object.defineProperty(standardConsole, 'Console', { value: Console, configurable: true, writable: true });
