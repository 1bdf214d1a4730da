/** How a failed run is told: one line for a person, one object for a program, an exit code for a shell. */
import { type ErrorCode, WinnowError } from '../../base/mod.ts';
import { harmless, type Paint } from '../paint.ts';

/** Exit code for our own bugs: the world failed, and the world is us. */
const bugExit = 3;

export function failureExit(error: unknown): number {
  return error instanceof WinnowError ? error.exit : bugExit;
}

/** What goes to standard error, newline included. */
export function failureText(error: unknown, how: { json: boolean; debug: boolean; paint: Paint }): string {
  const code: ErrorCode | 'bug' = error instanceof WinnowError ? error.code : 'bug';
  const message = error instanceof Error ? error.message : String(error);
  if (how.json) {
    const details = error instanceof WinnowError ? error.details : {};
    return `${JSON.stringify({ error: { code, message, details } })}\n`;
  }
  const shown = message.split('\n').map(harmless).join('\n');
  const told =
    code === 'bug'
      ? `${how.paint.red('error[bug]')}: ${shown}\nThis is a mistake in Winnow, not in your use of it. Run again with --debug to see where.\n`
      : `${how.paint.red(`error[${code}]`)}: ${shown}\n`;
  const stack = how.debug && error instanceof Error ? `${error.stack}\n${causes(error)}` : '';
  return told + stack;
}

function causes(error: Error): string {
  return error.cause instanceof Error ? `caused by ${error.cause.stack}\n${causes(error.cause)}` : '';
}
