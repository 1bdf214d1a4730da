/** Standard input: all of it is there from the start, and can be read whole, by events, or line by line. */
import { Buffer, StringDecoder } from './buffer.ts';
import { door } from './door.ts';
import { EventEmitter } from './events.ts';
import { nextTick, setImmediate } from './timers.ts';

let all: Buffer | null = null;
let isTaken = false;

/** What has not been read as a whole yet. */
export function stdinBytes(): Buffer {
  all ??= new Buffer(door('stdin'));
  return all;
}

/** Bytes of one `data` event: Node's size for pipes and files. */
const chunkBytes = 65_536;

type Chunk = string | Buffer;

export class Stdin extends EventEmitter {
  readonly fd = 0;
  readonly isTTY = undefined;
  readable = true;
  #decoder: StringDecoder | null = null;
  #isFlowing = false;
  #isEnded = false;
  #at = 0;

  setEncoding(encoding = 'utf8'): this {
    this.#decoder = new StringDecoder(encoding);
    return this;
  }

  #next(): Chunk | null {
    const bytes = stdinBytes();
    if (this.#at >= bytes.length) {
      const rest = this.#decoder?.end() ?? '';
      return rest === '' ? null : rest;
    }
    const chunk = bytes.subarray(this.#at, this.#at + chunkBytes) as Buffer;
    this.#at += chunk.length;
    return this.#decoder === null ? chunk : this.#decoder.write(chunk);
  }

  override on(event: PropertyKey, listener: (...args: never[]) => unknown): this {
    super.on(event, listener);
    if (event === 'data') this.resume();
    if (event === 'readable') nextTick(() => this.emit('readable'));
    return this;
  }

  read(): Chunk | null {
    const chunk = this.#next();
    if (chunk === null) this.#end();
    else nextTick(() => this.emit('readable'));
    return chunk;
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.readable = false;
    nextTick(() => {
      this.emit('end');
      this.emit('close');
    });
  }

  resume(): this {
    if (this.#isFlowing) return this;
    this.#isFlowing = true;
    const flow = () => {
      if (!this.#isFlowing) return;
      const chunk = this.#next();
      if (chunk === null) return this.#end();
      this.emit('data', chunk);
      setImmediate(flow);
    };
    setImmediate(flow);
    return this;
  }
  pause(): this {
    this.#isFlowing = false;
    return this;
  }
  isPaused(): boolean {
    return !this.#isFlowing;
  }
  pipe<T extends { write(chunk: Chunk): unknown; end?(): unknown }>(target: T): T {
    this.on('data', ((chunk: Chunk) => target.write(chunk)) as never);
    return target;
  }
  unref(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  destroy(): this {
    this.#isFlowing = false;
    isTaken = true;
    return this;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Chunk> {
    for (;;) {
      await null;
      const chunk = isTaken ? null : this.#next();
      if (chunk === null) return;
      yield chunk;
    }
  }
}

export const stdin = new Stdin();
