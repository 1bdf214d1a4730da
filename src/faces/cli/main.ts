/**
 * The command line: words in, text and an exit code out.
 *
 * It finds the verb in the operations table, loads that verb alone, and leaves
 * parsing, help, progress and the telling of failures to the files beside it. What
 * it owns are the process's edges: streams that close early, Ctrl-C, exit codes.
 */
import { fstatSync } from 'node:fs';
import { addAbortSignal } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { systemClock, WinnowError } from '../../base/mod.ts';
import type { Context, Printed, Settings } from '../operations/types.ts';
import { harmlessLines, harmlessPainted, type Paint, painter } from '../paint.ts';
import { readSettings, startDirectory } from '../settings.ts';
import { failureExit, failureText, noticeText, outputFailure } from './failure.ts';
import { progressLine } from './progress.ts';
import { openPrompt } from './prompt.ts';
import { findVerb, groupOf } from './verbs.ts';

/** A second Ctrl-C within this is the same one, passed on by the launcher. */
const sameSignalMs = 300;

/** Runs the words as given after `winnow` and ends the process. */
export async function main(words: readonly string[]): Promise<void> {
  quietWhenNobodyReads();
  const ownWords = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
  const how = {
    json: ownWords.includes('--json'),
    debug: ownWords.includes('--debug'),
    paint: painter({ color: false }),
  };
  let exit: number;
  process.on('uncaughtException', (error) => {
    process.stderr.write(failureText(error, how));
    process.exit(failureExit(error));
  });
  try {
    const settings = readSettings();
    how.paint = painter({ color: settings.color && process.stderr.isTTY === true });
    exit = await runWords(words, ownWords, settings, how);
  } catch (error) {
    exit = failureExit(error);
    await write(process.stderr, failureText(error, how));
  }
  // Nothing of value is left to do, whatever handles a library still holds.
  process.exit(exit);
}

async function runWords(
  words: readonly string[],
  ownWords: readonly string[],
  settings: Settings,
  how: { json: boolean; paint: Paint },
): Promise<number> {
  const first = words[0];
  if (first === '--version' || first === '-V') return answer(`${await version()}\n`);
  if (first === undefined && (await isInRepository())) return servePages(settings, how);
  if (first === undefined || first === '--help' || first === '-h' || (first === 'help' && words.length === 1)) {
    const { programHelp } = await import('./help.ts');
    return answer(programHelp(settings));
  }
  if (first === 'help') return runWords([...words.slice(1), '--help'], ['--help'], settings, how);
  const group = groupOf(first);
  if (group.length > 0 && (words[1] === '--help' || words[1] === '-h')) {
    const { groupHelp } = await import('./help.ts');
    return answer(groupHelp(first, group, settings));
  }
  const { row, rest } = findVerb(words);
  const [operation, { shapeOf }] = await Promise.all([row.load(), import('./shape.ts')]);
  const shape = shapeOf(operation);
  if (ownWords.includes('--help') || ownWords.includes('-h')) {
    const { verbHelp } = await import('./help.ts');
    return answer(verbHelp(operation, shape, settings));
  }
  const { parseWords } = await import('./parse.ts');
  const { json, input } = parseWords(operation, shape, rest);
  const line = progressLine(process.stderr, how.paint, systemClock.elapsedMs);
  const { signal, cancelledExit, cancel } = cancelOnSignals(() => line.clear());
  const context: Context = {
    cwd: startDirectory(),
    signal,
    settings,
    progress: line.report,
    notice: (text) => {
      if (json) return;
      line.clear();
      process.stderr.write(noticeText(text, how.paint));
    },
    stdinIsFile: stdinIsFile(),
    readStdin: (limitBytes) => readStdin(limitBytes, signal),
    canAsk: !json && [process.stdin, process.stdout, process.stderr].every((stream) => stream.isTTY === true),
    ask: (question) => ask(question, signal, cancel),
  };
  try {
    if (operation.stream !== undefined) return await operation.stream(input, context, streamOut(json, line));
    const output = await operation.run(input, context);
    line.clear();
    const text = json
      ? `${JSON.stringify(operation.output.parse(output), null, process.stdout.isTTY ? 2 : 0)}\n`
      : operation.render(output, settings);
    if (typeof text === 'string') await write(process.stdout, text);
    else {
      for (const stream of ['stdout', 'stderr'] as const)
        await write(process[stream], forStream(process[stream], text[stream]));
      const told = text.told ?? '';
      // Whether there are colours was decided by standard output.
      if (told !== '')
        await write(process.stderr, process.stderr.isTTY ? harmlessPainted(told) : stripVTControlCharacters(told));
    }
    const more = json ? null : ((await operation.afterwards?.(output, input, context)) ?? null);
    if (more !== null) await write(process.stderr, more);
    return operation.exit(output, input);
  } catch (error) {
    line.clear();
    // A cancelled run ends with the exit code that shells expect of it, without a message.
    const cancelled = cancelledExit();
    if (cancelled !== null) return cancelled;
    throw error;
  }
}

/** Below a git directory; elsewhere nobody has said what would be indexed. */
async function isInRepository(): Promise<boolean> {
  const { findPlace } = await import('../../index/mod.ts');
  try {
    return findPlace(startDirectory()).gitDir !== null;
  } catch (error) {
    if (error instanceof WinnowError) return false;
    throw error;
  }
}

/** The pages of the repository around here, on the usual port or, where that is taken, on any. */
async function servePages(settings: Settings, how: { json: boolean; paint: Paint }): Promise<number> {
  await write(process.stderr, how.paint.dim('winnow --help lists the verbs; Ctrl-C ends the pages.\n'));
  const words = ['serve', '--log', 'none'];
  try {
    return await runWords(words, words, settings, how);
  } catch (error) {
    if (!(error instanceof WinnowError) || error.code !== 'address-unusable') throw error;
    const free = [...words, '--port', '0'];
    return runWords(free, free, settings, how);
  }
}

async function answer(text: string): Promise<number> {
  await write(process.stdout, text);
  return 0;
}

async function version(): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(new URL('../../../package.json', import.meta.url), 'utf8');
  return `winnow ${(JSON.parse(text) as { version: string }).version}`;
}

/** Resolves when the text has been handed over, or nobody is there to take it. */
function write(stream: NodeJS.WriteStream, text: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, () => resolve());
  });
}

function streamOut(json: boolean, line: { clear(): void }): Printed {
  const { stdout } = process;
  return {
    json,
    terminal: stdout.isTTY === true,
    write: (part) =>
      new Promise((resolve) => {
        if (part.length === 0) return resolve(true);
        line.clear();
        stdout.write(part, (error) => resolve(!error));
      }),
    writeError: (part) =>
      new Promise((resolve) => {
        if (part.length === 0) return resolve(true);
        line.clear();
        process.stderr.write(part, (error) => resolve(!error));
      }),
    errorTerminal: process.stderr.isTTY === true,
    harmless: (bytes) => harmlessLines(new TextDecoder().decode(bytes)),
    openPrompt,
  };
}

/** Bytes that are not ours: raw into a pipe or a file, harmless onto a terminal. */
function forStream(stream: NodeJS.WriteStream, bytes: Uint8Array): string | Uint8Array {
  return stream.isTTY ? harmlessLines(new TextDecoder().decode(bytes)) : bytes;
}

/** `winnow … | head` closes the pipe early: that is no failure, and the exit code still says what the run found. */
function quietWhenNobodyReads(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED') return;
      // What cannot be told on standard error cannot be told at all; the exit code still can.
      if (stream === process.stdout) throw outputFailure(error);
    });
  }
}

/** Ctrl-C asks the run to stop; a second one does not ask. */
function cancelOnSignals(before: () => void): {
  signal: AbortSignal;
  cancelledExit: () => number | null;
  /** Ctrl-C that came as a key: what runs may end as it likes, and if it ends cancelled, as after the signal. */
  cancel: () => void;
} {
  const controller = new AbortController();
  let exit: number | null = null;
  let firstMs = 0;
  // 128 + the signal's number, as shells report a death by signal.
  for (const [name, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.on(name, () => {
      if (exit === null) {
        exit = code;
        firstMs = systemClock.elapsedMs();
        controller.abort(new WinnowError('cancelled', 'The run was cancelled.'));
      } else if (systemClock.elapsedMs() - firstMs > sameSignalMs) {
        before();
        process.exit(code);
      }
    });
  }
  return {
    signal: controller.signal,
    cancelledExit: () => exit,
    cancel: () => {
      exit ??= 130;
    },
  };
}

function stdinIsFile(): boolean {
  try {
    return fstatSync(0).isFile();
  } catch {
    return false; // It is closed.
  }
}

/** One line of a person's; null when they end the input instead, or Ctrl-C ends the waiting. */
async function ask(question: string, signal: AbortSignal, onInterrupt: () => void): Promise<string | null> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<null>((resolve) => lines.once('close', () => resolve(null)));
  // The terminal is read key by key, so there is no signal.
  lines.once('SIGINT', () => {
    onInterrupt();
    lines.close();
  });
  try {
    return await Promise.race([lines.question(question, { signal }).catch(() => null), closed]);
  } finally {
    lines.close();
  }
}

/** Ctrl-C ends the waiting for somebody who writes nothing. */
async function readStdin(limitBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of addAbortSignal(signal, process.stdin) as AsyncIterable<Uint8Array>) {
    parts.push(part);
    bytes += part.length;
    if (bytes > limitBytes)
      throw new WinnowError('bad-usage', `Standard input has more than the ${limitBytes} bytes that are allowed.`);
  }
  return Buffer.concat(parts);
}
