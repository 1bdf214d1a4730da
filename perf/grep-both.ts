/** One search by `winnow grep`, in this process, and by ripgrep, in its own: what each prints and how it ends. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseWords } from '../src/faces/cli/parse.ts';
import { shapeOf } from '../src/faces/cli/shape.ts';
import { grep } from '../src/faces/operations/grep.ts';
import type { Context, Operation } from '../src/faces/operations/types.ts';

export interface Searched {
  readonly exit: number;
  readonly out: Buffer;
  /** On standard error. */
  readonly said: string;
}

const operation = grep as unknown as Operation;
const shape = shapeOf(operation);

/** @param home where the index is kept. @param words what follows `winnow grep`. @param keep whether its output is wanted. @param openGrams where indexes stay open between searches */
export async function ours(
  directory: string,
  home: string,
  words: readonly string[],
  keep = true,
  openGrams?: NonNullable<Context['openGrams']>,
): Promise<Searched> {
  const parts: Buffer[] = [];
  const said: string[] = [];
  const context: Context = {
    cwd: path.resolve(directory),
    signal: new AbortController().signal,
    progress: () => {},
    notice: (text) => said.push(text),
    settings: { home, cacheDir: home, path: [], color: false, columns: 100 } as unknown as Context['settings'],
    stdinIsFile: false,
    readStdin: async () => new Uint8Array(),
    canAsk: false,
    ask: async () => null,
    ...(openGrams === undefined ? {} : { openGrams }),
  };
  try {
    const { input, json } = parseWords(operation, shape, words);
    const exit = await operation.stream?.(input, context, {
      json,
      terminal: false,
      write: async (part) => {
        if (keep) parts.push(Buffer.from(part as Uint8Array));
        return true;
      },
      writeError: async () => true,
      errorTerminal: false,
      harmless: (bytes) => Buffer.from(bytes).toString(),
      openPrompt: () => {
        throw new Error('grep asks for nothing');
      },
    });
    return { exit: exit ?? -1, out: Buffer.concat(parts), said: said.join('\n') };
  } catch (error) {
    return { exit: 2, out: Buffer.alloc(0), said: (error as Error).message };
  }
}

/** @param program ripgrep's */
export function theirs(program: string, directory: string, words: readonly string[]): Searched {
  const run = spawnSync(program, ['--no-config', '--sort', 'path', '--color', 'never', ...words], {
    cwd: directory,
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { exit: run.status ?? -1, out: run.stdout, said: run.stderr.toString() };
}
