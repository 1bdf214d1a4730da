/** Node's `process`, as far as a program that reads input and writes output sees it. */
import { write } from './console.ts';
import { door } from './door.ts';
import { EventEmitter } from './events.ts';
import { output } from './fs.ts';
import * as paths from './path.ts';
import { stdin } from './stdin.ts';
import { nextTick, setImmediate } from './timers.ts';

export interface Start {
  entry: string;
  args: string[];
  env: Record<string, string>;
  /** Node's version that is spoken of. */
  nodeVersion: string;
}

class Stream extends EventEmitter {
  readonly fd: number;
  readonly isTTY = undefined;
  readonly writable = true;
  constructor(fd: number) {
    super();
    this.fd = fd;
  }
  write(data: string | Uint8Array, encoding?: unknown, done?: unknown): boolean {
    if (typeof data === 'string') write(this.fd, data);
    else if (ArrayBuffer.isView(data)) output(this.fd, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    else
      throw Object.assign(
        new TypeError('The "chunk" argument must be of type string or an instance of Buffer, TypedArray, or DataView.'),
        { code: 'ERR_INVALID_ARG_TYPE' },
      );
    const callback = typeof encoding === 'function' ? encoding : done;
    if (typeof callback === 'function') nextTick(callback);
    return true;
  }
  end(data?: string | Uint8Array): this {
    if (data !== undefined) this.write(data);
    setImmediate(() => this.emit('finish'));
    return this;
  }
  cork(): void {}
  uncork(): void {}
}

class Process extends EventEmitter {
  argv: string[] = [];
  argv0 = 'node';
  execArgv: string[] = [];
  execPath = '/usr/local/bin/node';
  env: Record<string, string> = {};
  exitCode: number | string | undefined = undefined;
  title = 'node';
  version = '';
  versions: Record<string, string> = {};
  readonly pid = 1;
  readonly ppid = 0;
  readonly platform = 'linux';
  readonly arch = 'x64';
  readonly release = { name: 'node' };
  readonly stdin = stdin;
  readonly stdout = new Stream(1);
  readonly stderr = new Stream(2);
  #directory = '/work';
  #isExiting = false;

  constructor() {
    super();
    // Functions of `process` are often taken off it.
    for (const name of ['cwd', 'exit', 'hrtime', 'uptime', 'memoryUsage', 'on', 'once', 'emit'] as const) {
      const call = this[name] as CallableFunction;
      Object.defineProperty(this, name, {
        value: Object.assign(call.bind(this) as object, call),
        writable: true,
        configurable: true,
      });
    }
  }

  nextTick = nextTick;
  cwd(): string {
    return this.#directory;
  }
  chdir(directory: string): void {
    this.#directory = paths.resolve(directory);
  }
  exit(code?: number | string): never {
    if (code !== undefined) this.exitCode = code;
    return door('exit', this.end());
  }
  /** Tells the listeners of `exit`, once. @returns the exit code */
  end(): number {
    const code = () => Number(this.exitCode ?? 0) & 0xff;
    if (!this.#isExiting) {
      this.#isExiting = true;
      this.emit('exit', code());
    }
    return code();
  }
  reallyExit(code: number): never {
    return door('exit', code);
  }
  abort(): never {
    return door('exit', 134);
  }
  emitWarning(warning: unknown): void {
    write(2, `(node:1) ${warning instanceof Error ? warning : `Warning: ${String(warning)}`}\n`);
  }
  uptime(): number {
    return performance.now() / 1000;
  }
  hrtime(since?: [number, number]): [number, number] {
    const ns =
      BigInt(Math.round(performance.now() * 1e6)) -
      (since === undefined ? 0n : BigInt(since[0]) * 1_000_000_000n + BigInt(since[1]));
    return [Number(ns / 1_000_000_000n), Number(ns % 1_000_000_000n)];
  }
  memoryUsage(): Record<string, number> {
    // Of this engine nothing better is known from inside.
    return { rss: 33_554_432, heapTotal: 16_777_216, heapUsed: 8_388_608, external: 0, arrayBuffers: 0 };
  }
  cpuUsage(): { user: number; system: number } {
    return { user: Math.round(performance.now() * 1000), system: 0 };
  }
  getuid(): number {
    return 1000;
  }
  umask(): number {
    return 0o022;
  }
}
Object.assign(Process.prototype.hrtime, {
  bigint: () => BigInt(Math.round(performance.now() * 1e6)),
});

export const process = new Process();
paths.setCurrentDirectory(() => process.cwd());
Object.defineProperty(process, Symbol.toStringTag, { value: 'process', configurable: true });

export function begin(start: Start): void {
  process.argv = [process.execPath, start.entry, ...start.args];
  process.env = { ...start.env };
  process.version = `v${start.nodeVersion}`;
  process.versions = { node: start.nodeVersion, v8: 'none', quickjs: 'ng' };
}
