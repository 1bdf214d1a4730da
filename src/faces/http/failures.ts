/** Failures as HTTP tells them: the error's code, message and details, with the status of the error table. */
import { type ErrorCode, WinnowError } from '../../base/mod.ts';

export interface Failure {
  readonly status: number;
  readonly code: ErrorCode | 'bug';
  readonly body: {
    readonly error: {
      readonly code: string;
      readonly message: string;
      readonly details: Readonly<Record<string, unknown>>;
    };
  };
}

/** Ours: what went wrong is in the log, and no business of whoever asked. */
const bug = 'This is a mistake in Winnow, not in your use of it. The server’s log has more.';

/** @param aborted whoever asked has gone, so that whatever came of it is a cancellation */
export function failureOf(error: unknown, aborted = false): Failure {
  const told =
    aborted && !(error instanceof WinnowError) ? new WinnowError('cancelled', 'The request was cancelled.') : error;
  if (!(told instanceof WinnowError))
    return { status: 500, code: 'bug', body: { error: { code: 'bug', message: bug, details: {} } } };
  const { code, message, details, http } = told;
  return { status: http, code, body: { error: { code, message, details } } };
}

/** What is at an address answers other methods. */
export function wrongMethod(came: string, path: string, allow: readonly string[]): WinnowError {
  return new WinnowError(
    'wrong-method',
    `Expected ${allow.join(' or ')} at ${JSON.stringify(path.slice(0, 200))}; came ${came}.`,
    { details: { allow } },
  );
}
