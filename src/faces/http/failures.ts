/** Failures as HTTP tells them: the error's code, message and details, with the status of the error table. */
import { type ErrorCode, WinnowError } from '../../base/mod.ts';

export interface Failure {
  readonly status: number;
  readonly code: ErrorCode | 'bug';
  readonly body: { readonly error: { readonly code: string; readonly message: string; readonly details: unknown } };
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
