/** Node's `readline` on standard input: events, `question`, and lines by `for await`. No terminal. */
import { Buffer, StringDecoder } from './buffer.ts';
import { EventEmitter } from './events.ts';
import { setImmediate } from './timers.ts';

interface Source {
  on?(event: string, listener: (...args: never[]) => void): unknown;
  [Symbol.asyncIterator](): AsyncIterator<string | Uint8Array>;
}
interface Options {
  input: Source;
  output?: { write(text: string): unknown };
  prompt?: string;
}
type Answer = (line: string) => void;

export class Interface extends EventEmitter {
  readonly #output: Options['output'];
  readonly #lines: string[] = [];
  #isEnded = false;
  #isClosed = false;
  #isPaused = false;
  #questions: Answer[] = [];
  #waiting: (() => void)[] = [];
  #hasIterator = false;
  #prompt: string;
  line = '';
  terminal = false;

  constructor(options: Options) {
    super();
    this.#output = options.output;
    this.#prompt = options.prompt ?? '> ';
    void this.#read(options.input);
  }

  async #read(input: Source): Promise<void> {
    const decoder = new StringDecoder();
    let rest = '';
    const take = (text: string) => {
      const parts = (rest + text).split(/\r\n|\n|\r/);
      rest = parts.pop() ?? '';
      this.#lines.push(...parts);
    };
    for await (const chunk of input)
      take(typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk as never)));
    take(decoder.end());
    if (rest !== '') this.#lines.push(rest);
    this.#isEnded = true;
    this.#pump();
  }

  /** Hands lines out one a turn, so that what waits for one can ask for the next. */
  #pump(): void {
    setImmediate(() => {
      if (this.#isClosed || this.#isPaused) return;
      const wake = this.#waiting;
      this.#waiting = [];
      for (const go of wake) go();
      if (this.#hasIterator) return;
      const line = this.#lines.shift();
      if (line === undefined) {
        if (this.#isEnded) this.close();
        return;
      }
      const question = this.#questions.shift();
      if (question === undefined) this.emit('line', line);
      else question(line);
      this.#pump();
    });
  }

  question(query: string, options: unknown, answer?: Answer): void {
    this.#output?.write(query);
    this.#questions.push((answer ?? options) as Answer);
  }
  setPrompt(prompt: string): void {
    this.#prompt = prompt;
  }
  getPrompt(): string {
    return this.#prompt;
  }
  prompt(): void {
    this.#output?.write(this.#prompt);
  }
  write(): void {}
  pause(): this {
    this.#isPaused = true;
    this.emit('pause');
    return this;
  }
  resume(): this {
    this.#isPaused = false;
    this.emit('resume');
    if (this.#isEnded) this.#pump();
    return this;
  }
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const go of this.#waiting) go();
    this.emit('close');
  }
  [Symbol.dispose](): void {
    this.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    this.#hasIterator = true;
    for (;;) {
      const line = this.#isClosed ? undefined : this.#lines.shift();
      if (line !== undefined) {
        await null;
        yield line;
      } else if (this.#isEnded || this.#isClosed) return this.close();
      else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}

function createInterface(input: Options | Source, output?: Options['output']): Interface {
  if ('input' in input) return new Interface(input);
  return new Interface(output === undefined ? { input } : { input, output });
}

export class PromiseInterface extends Interface {
  override question(query: string): never {
    return new Promise((resolve) => super.question(query, resolve)) as never;
  }
}

export const promises = {
  Interface: PromiseInterface,
  createInterface: (options: Options): PromiseInterface => new PromiseInterface(options),
};

function clearLine(): boolean {
  return true;
}
function cursorTo(): boolean {
  return true;
}

/** What `require('readline')` gives. */
export const readlineModule = { Interface, createInterface, clearLine, cursorTo, promises };
