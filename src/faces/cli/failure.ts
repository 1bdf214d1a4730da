/** How a failed run is told: one line for a person, one object for a program, an exit code for a shell. */
import { type ErrorCode, WinnowError } from '../../base/mod.ts';
import { harmless, harmlessLines, type Paint } from '../paint.ts';

/** Exit code for our own bugs: the world failed, and the world is us. */
const bugExit = 3;

export function failureExit(error: unknown): number {
  return error instanceof WinnowError ? error.exit : bugExit;
}

/** What the system says where there is no more room: the disk, the user's share of it, the largest file allowed. */
const noRoom = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** @returns a `WinnowError` for output that the disk could not take; anything else as it came */
export function outputFailure(error: NodeJS.ErrnoException): Error {
  if (!noRoom.has(error.code ?? '')) return error;
  return new WinnowError(
    'disk-full',
    `The output could not be written (${error.message}). Make room, or send it somewhere else, and run the command again.`,
    { details: { reason: error.message }, cause: error },
  );
}

/** A caret below a line of a query, and whatever a mistake of ours says. In any other message a line end came out of a name. */
const severalLines: ReadonlySet<ErrorCode | 'bug'> = new Set(['bad-query', 'bug']);

/** What goes to standard error, newline included. */
export function failureText(error: unknown, how: { json: boolean; debug: boolean; paint: Paint }): string {
  const code: ErrorCode | 'bug' = error instanceof WinnowError ? error.code : 'bug';
  const message = error instanceof Error ? error.message : String(error);
  if (how.json) {
    const details = error instanceof WinnowError ? error.details : {};
    return `${JSON.stringify({ error: { code, message, details } })}\n`;
  }
  const shown = severalLines.has(code) ? harmlessLines(message) : harmless(message);
  const told =
    code === 'bug'
      ? `${how.paint.red('error[bug]')}: ${shown}\nThis is a mistake in Winnow, not in your use of it. Run again with --debug to see where.\n`
      : `${how.paint.red(`error[${code}]`)}: ${shown}\n`;
  const stack = how.debug && error instanceof Error ? harmlessLines(`${error.stack}\n${causes(error)}`) : '';
  return told + stack;
}

/** A notice as a person reads it: names of files are in it, and a name may hold anything. */
export const noticeText = (text: string, paint: Paint): string => `${paint.yellow('note')}: ${harmless(text)}\n`;

function causes(error: Error): string {
  return error.cause instanceof Error ? `caused by ${error.cause.stack}\n${causes(error.cause)}` : '';
}
