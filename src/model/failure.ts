/**
 * How one call to a provider can fail, as plain facts, before it is decided whether to try again.
 *
 * The SDK's own errors go no further than this layer: they hold whole requests and answers, and nothing of these may end up in a message or a log.
 */
import { WinnowError } from '../base/mod.ts';

/**
 * `refused`: it answered and will answer the same again. `busy`: 408, 429, 5xx. `unreachable`: nobody listens there. `cut`: the connection ended in the
 * middle. `silent`: nothing within the time of a call. `invalid`: what came is not the protocol.
 */
export type FailureKind = 'refused' | 'busy' | 'unreachable' | 'cut' | 'silent' | 'invalid';

export class CallFailure extends Error {
  readonly kind: FailureKind;
  /** HTTP status; null where there was no answer. */
  readonly status: number | null;
  /** What the provider asked to be waited; null where it did not. */
  readonly retryAfterMs: number | null;

  constructor(
    kind: FailureKind,
    reason: string,
    facts: { readonly status?: number; readonly retryAfterMs?: number | null } = {},
  ) {
    super(reason);
    this.kind = kind;
    this.status = facts.status ?? null;
    this.retryAfterMs = facts.retryAfterMs ?? null;
  }

  /** Whether the provider had begun to answer, so that it may have been paid for. */
  get mayCost(): boolean {
    return this.kind === 'cut' || this.kind === 'silent' || this.kind === 'invalid';
  }
}

/** What is told when no further attempt is made. */
export function told(id: string, address: string, failure: CallFailure, attempts: number): WinnowError {
  const wait =
    failure.retryAfterMs === null ? '' : ` It says to come back in ${Math.ceil(failure.retryAfterMs / 1000)} s.`;
  const tries = `${attempts > 1 ? ` It was asked ${attempts} times.` : ''}${wait}`;
  const details = { model: id, address, status: failure.status, attempts };
  if (failure.kind === 'invalid')
    return new WinnowError(
      'model-reply-invalid',
      `What ${id} replied at ${address} cannot be read. ${failure.message}${tries}`,
      { details },
    );
  return new WinnowError(
    'model-unavailable',
    `The model ${id} at ${address} gave no answer. ${failure.message}${tries}`,
    { details },
  );
}

export const cancelled = (): WinnowError => new WinnowError('cancelled', 'Asking the model was cancelled.');
