/**
 * Lines from standard input, one at a time: from a terminal with editing and history, from a pipe or a file as they come.
 *
 * While nobody asks, what is typed waits. Ctrl-C on a terminal comes as a key and not as a signal, since the terminal is read key
 * by key: it gives up the line that is asked for, and whoever opened the prompt is told.
 */
import { createInterface } from 'node:readline';
import { interrupted, type Prompt, type PromptOptions } from '../operations/types.ts';

/** Lines that can be called back. */
const historyLines = 1000;

export function openPrompt({ history, onInterrupt }: PromptOptions): Prompt {
  const terminal = process.stdin.isTTY === true;
  const lines = createInterface({
    input: process.stdin,
    // Without an output nothing is echoed.
    ...(terminal ? { output: process.stdout, history: [...history].reverse() } : {}),
    terminal,
    historySize: historyLines,
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  const come: (string | null)[] = [];
  let wanted: ((line: string | null | typeof interrupted) => void) | null = null;
  const give = (line: string | null): void => {
    if (wanted === null) come.push(line);
    else wanted(line);
    // A file of a gigabyte is not to lie here whole.
    if (!terminal && !isClosed && come.length > historyLines) lines.pause();
  };
  lines.on('line', give);
  let isClosed = false;
  lines.on('close', () => {
    isClosed = true;
    give(null);
  });
  lines.on('SIGINT', () => {
    if (wanted !== null) {
      // What was typed is let go, on both sides of the cursor.
      process.stdout.write('^C\n');
      lines.write(null, { ctrl: true, name: 'e' });
      lines.write(null, { ctrl: true, name: 'u' });
      wanted(interrupted);
    }
    onInterrupt();
  });
  return {
    terminal,
    ask: (question) => {
      const ready = come.shift();
      if (!terminal && !isClosed && come.length === 0) lines.resume();
      if (ready === null) come.push(null);
      if (ready !== undefined) return Promise.resolve(ready);
      return new Promise((resolve) => {
        wanted = (line) => {
          wanted = null;
          if (line === null) come.push(null);
          resolve(line);
        };
        if (!terminal) return;
        lines.setPrompt(question);
        lines.prompt();
      });
    },
    close: () => lines.close(),
  };
}
