/**
 * `winnow repl`: a prompt in plain text, over a session of its own or one that is there.
 *
 * Lines are taken until they are a whole cell (`wantsMore`); two empty lines send what is there in any case. On a terminal lines
 * are edited and remembered; from a pipe they are taken as they come, without prompts, and a block is over where the next
 * line stands at the margin.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import {
  findHost,
  type HostEvent,
  openSessions,
  outputData,
  type ReportData,
  reportData,
  type SessionLanguage,
  wantsMore,
} from '../../run/mod.ts';
import { badSessionUsage, hostPlan, noSession, runSettings } from './session-client.ts';
import {
  languageFlag,
  namingFlags,
  requestOf,
  sessionFlags,
  sessionLabels,
  sessionLanguage,
} from './session-limits.ts';
import { savePictures } from './session-pictures.ts';
import { cellPrinter } from './session-print.ts';
import { sessionId } from './session-schemas.ts';
import { type Context, interrupted, type Operation, type Printed, type Prompt } from './types.ts';

const input = sessionFlags.extend({
  lang: languageFlag.optional().describe('The language; with --session that of the session'),
  session: sessionId.optional().describe('Use a session that is there, and leave it there'),
  out: z.string().min(1).optional().describe('Write the pictures that cells show into a directory'),
});

const output = z.strictObject({
  schema: z.literal('winnow.repl/1'),
  cells: z.int().min(0).describe('Cells that were run'),
  failed: z.int().min(0).describe('Cells that were not done'),
});

type Given = z.output<typeof input>;

/** What a prompt needs of a session, wherever that lives. */
interface Place {
  readonly language: SessionLanguage;
  readonly greeting: string;
  run(code: string, onEvent: (event: HostEvent) => void): Promise<ReportData>;
  interrupt(): void;
  close(): Promise<void>;
}

const interruptedExit = 130;

export const repl: Operation<typeof input, typeof output> = {
  name: 'repl',
  summary: 'a prompt for a language, in a sandbox: lines in, results out',
  description: `Asks for code line by line and runs each whole cell in a session, which ends with the prompt; --session uses one that is there and leaves it. A block is asked for to its end; an empty line ends a block of Python, and two empty lines send whatever there is. Ctrl-C gives up a line or interrupts a cell, Ctrl-D ends.

From a pipe or a file there are no prompts, and results alone come out. Exit code 1 when the last cell failed.`,
  examples: [
    { command: 'winnow repl --lang python', does: 'a Python prompt that has no network and none of your files' },
    { command: 'winnow repl --lang python --files data.csv --out pictures', does: 'with a file, and pictures written' },
    { command: 'winnow repl --session work', does: 'goes on in a session that is there' },
    { command: 'echo "6 * 7" | winnow repl --lang js', does: 'prints 42' },
  ],
  input,
  output,
  positional: [],
  labels: { ...sessionLabels, session: 'ID', out: 'DIR' },
  run: async () => {
    throw badSessionUsage('repl', 'A prompt prints as it goes; a program uses `winnow session run --json`.');
  },
  stream: async (given, context, out) => {
    if (out.json) throw badSessionUsage('repl', 'A prompt has no JSON; a program uses `winnow session run --json`.');
    const place = await openPlace(given, context);
    try {
      return await converse(place, given, context, out);
    } finally {
      await place.close();
    }
  },
  render: () => '',
  exit: ({ failed }) => (failed > 0 ? 1 : 0),
};

async function converse(place: Place, given: Given, context: Context, out: Printed): Promise<number> {
  const history = historyOf(place.language, context);
  let isRunning = false;
  const prompt = out.openPrompt({
    history: history.lines,
    onInterrupt: () => {
      if (isRunning) place.interrupt();
    },
  });
  const onAbort = (): void => place.interrupt();
  context.signal.addEventListener('abort', onAbort);
  let failed = false;
  try {
    if (prompt.terminal) await out.write(`${place.greeting}\n`);
    for await (const code of cellsOf(prompt, place.language)) {
      if (prompt.terminal) history.add(code);
      const printer = cellPrinter(out);
      isRunning = true;
      try {
        const report = await place.run(code, printer.event);
        const pictures = await savePictures(report, {
          directory: given.out === undefined ? null : resolve(context.cwd, given.out),
          files: [],
        });
        await printer.end(report, pictures);
        failed = report.ending.kind !== 'done';
      } finally {
        isRunning = false;
      }
      if (context.signal.aborted) return interruptedExit;
    }
    if (prompt.terminal) await out.write('\n');
  } finally {
    context.signal.removeEventListener('abort', onAbort);
    prompt.close();
    history.keep();
  }
  return failed && !prompt.terminal ? 1 : 0;
}

/** Lines put together to cells. */
async function* cellsOf(prompt: Prompt, language: SessionLanguage): AsyncGenerator<string> {
  let lines: string[] = [];
  for (;;) {
    const line = await prompt.ask(lines.length === 0 ? `${language}> ` : `${' '.repeat(language.length - 2)}... `);
    if (line === interrupted) {
      lines = [];
      continue;
    }
    const text = lines.join('\n');
    if (line === null) {
      if (text.trim() !== '') yield text;
      return;
    }
    // From a pipe nothing ends a block but what comes next.
    if (!prompt.terminal && lines.length > 0 && startsAnew(language, line) && !wantsMore(language, `${text}\n`)) {
      yield text;
      lines = [];
    }
    if (lines.length === 0 && line.trim() === '') continue;
    lines.push(line);
    const isGivenUp = prompt.terminal && line === '' && lines.at(-2) === '';
    // The empty line that ends a block at a terminal may stand within one in a file.
    const mayEnd = prompt.terminal || language !== 'python' || line.trim() !== '';
    if (isGivenUp || (mayEnd && !wantsMore(language, lines.join('\n')))) {
      yield lines.join('\n');
      lines = [];
    }
  }
}

/** A line of Python at the margin that goes on with no block before it. */
const startsAnew = (language: SessionLanguage, line: string): boolean =>
  language === 'python' && /^\S/.test(line) && !/^(else|elif|except|finally|case|[)\]}#])/.test(line);

async function openPlace(given: Given, context: Context): Promise<Place> {
  if ((given.lang === undefined) === (given.session === undefined))
    throw badSessionUsage('repl', 'Give --lang LANGUAGE, or --session ID.');
  return given.session === undefined ? ownSession(given, context) : heldSession(given.session, context);
}

async function ownSession(given: Given, context: Context): Promise<Place> {
  const language = sessionLanguage(given.lang as string);
  const { request, files } = await requestOf(language, given, context, 'repl');
  const sessions = openSessions(runSettings(context));
  try {
    const session = await namingFlags('repl', () => sessions.open({ ...request, files }, context.signal));
    return {
      language,
      greeting: `${session.version}, ${session.backend}. Ctrl-D ends.`,
      run: async (code, onEvent) =>
        reportData(
          await session.run(code, { onOutput: (one) => onEvent({ kind: 'output', output: outputData(one) }) }),
        ),
      interrupt: () => session.interrupt(),
      close: () => sessions.close(),
    };
  } catch (cause) {
    await sessions.close();
    throw cause;
  }
}

async function heldSession(id: string, context: Context): Promise<Place> {
  const host = await findHost(hostPlan(context).home);
  if (host === null) throw noSession(context, id);
  const state = await host.call({ verb: 'list' });
  const session = state.sessions.find((one) => one.id === id || one.name === id);
  if (session === undefined) {
    host.close();
    throw noSession(context, id);
  }
  let running: AbortController | null = null;
  return {
    language: session.language,
    greeting: `${session.version}, ${session.backend}, session ${session.name ?? session.id}. Ctrl-D leaves it.`,
    run: async (code, onEvent) => {
      running = new AbortController();
      try {
        return await host.call({ verb: 'run', id: session.id, code }, { onEvent, signal: running.signal });
      } finally {
        running = null;
      }
    },
    interrupt: () => running?.abort(),
    close: async () => host.close(),
  };
}

/** Lines and cells of earlier prompts that can be called back. */
const historyLines = 1000;
const historyBytes = 256 * 1024;

function historyOf(
  language: SessionLanguage,
  context: Context,
): { lines: readonly string[]; add(code: string): void; keep(): void } {
  const path = join(hostPlan(context).home, 'sessions', `history-${language}`);
  let lines: string[] = [];
  try {
    lines = readFileSync(path, 'utf8')
      .slice(-historyBytes)
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    // There was no prompt before.
  }
  let changed = false;
  return {
    lines: lines.slice(-historyLines),
    add: (code) => {
      changed = true;
      lines.push(...code.split('\n').filter((line) => line.trim() !== ''));
    },
    keep: () => {
      if (!changed) return;
      try {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        writeFileSync(path, `${lines.slice(-historyLines).join('\n')}\n`, { mode: 0o600 });
      } catch (error) {
        if (!(error instanceof WinnowError))
          context.notice(`The lines of this prompt were not kept: ${(error as Error).message}`);
      }
    },
  };
}
