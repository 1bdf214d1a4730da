/**
 * The one file of this layer that opens connections: a `fetch` for one call, handed to the SDK in the place of its own.
 *
 * Through it every provider behaves alike: a key goes to the address that was configured and nowhere else (no redirects), an answer is bounded however
 * long the other side goes on, and what fails is told as a `CallFailure` and not in the words of an SDK. Fields that the SDK has no place for are put into the body here.
 */
import { CallFailure } from './failure.ts';

export type Fetch = typeof globalThis.fetch;

export interface ExchangeOptions {
  /** Normally `fetch` of this runtime. */
  readonly fetch?: Fetch;
  /** Most bytes of an answer. */
  readonly limitBytes: number;
  /** Put into the body that is sent; `undefined` takes a field out. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Never to be shown, whatever is told. */
  readonly key: string | null;
}

export interface Exchange {
  readonly fetch: Fetch;
  /** What went wrong on the wire, where something did. */
  failure(): CallFailure | null;
}

/** Of what a provider says about an error, so much is told. */
const toldCharacters = 300;
/** What a connection ends with when the other side went away in the middle. */
const cutOff: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);
/** Asks for the same again later: RFC 9110 §15.5.9, RFC 6585 §4, all 5xx; 409 as the OpenAI and Anthropic clients take it. */
const isBusy = (status: number): boolean => status === 408 || status === 409 || status === 429 || status >= 500;

export function openExchange(options: ExchangeOptions): Exchange {
  const { limitBytes, fields, key } = options;
  const send = options.fetch ?? globalThis.fetch;
  let failed: CallFailure | null = null;
  const fail = (failure: CallFailure): CallFailure => {
    failed ??= failure;
    return failure;
  };
  const exchange: Fetch = async (address, init = {}) => {
    let response: Response;
    try {
      response = await send(address, { ...amended(init, fields), redirect: 'error' });
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      throw fail(connectionFailure(cause, key));
    }
    if (response.ok) {
      const body = response.body?.pipeThrough(bounded(limitBytes, fail));
      return new Response(body === undefined ? null : reported(body, fail, key, init.signal), {
        status: response.status,
        headers: response.headers,
      });
    }
    const text = await startOf(response);
    throw fail(
      new CallFailure(
        isBusy(response.status) ? 'busy' : 'refused',
        hide(`It answered ${response.status}: ${messageIn(text)}`, key),
        {
          status: response.status,
          retryAfterMs: retryAfter(response.headers),
        },
      ),
    );
  };
  return { fetch: exchange, failure: () => failed };
}

/** Without the key, should the other side have sent it back. */
export function hide(text: string, key: string | null): string {
  return key === null ? text : text.replaceAll(key, '…');
}

function amended(init: RequestInit, fields: Readonly<Record<string, unknown>>): RequestInit {
  if (typeof init.body !== 'string' || Object.keys(fields).length === 0) return init;
  return { ...init, body: JSON.stringify({ ...(JSON.parse(init.body) as object), ...fields }) };
}

function connectionFailure(cause: unknown, key: string | null): CallFailure {
  const inner = (cause as { cause?: { code?: string; message?: string } }).cause ?? {};
  const reason = hide(inner.code ?? inner.message ?? String(cause), key);
  if (cutOff.has(inner.code ?? '')) return new CallFailure('cut', `The connection was cut (${reason}).`);
  return new CallFailure(
    'unreachable',
    reason === 'unexpected redirect'
      ? 'It redirects elsewhere, which is not followed: give the address itself.'
      : `No connection: ${reason}.`,
  );
}

/** An answer ends at the limit, with an error. */
function bounded(
  limitBytes: number,
  fail: (failure: CallFailure) => CallFailure,
): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(part, controller) {
      bytes += part.length;
      if (bytes > limitBytes)
        controller.error(
          fail(
            new CallFailure(
              'invalid',
              `Its answer goes on past ${limitBytes} bytes, more than the tokens asked for can take.`,
            ),
          ),
        );
      else controller.enqueue(part);
    },
  });
}

/** A body that ends in an error says so as a failure. */
function reported(
  body: ReadableStream<Uint8Array>,
  fail: (failure: CallFailure) => CallFailure,
  key: string | null,
  signal: AbortSignal | null | undefined,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (cause) {
        if (cause instanceof CallFailure || signal?.aborted) controller.error(cause);
        else {
          const { code, message } = (cause as { cause?: { code?: string; message?: string } }).cause ?? {};
          controller.error(
            fail(
              new CallFailure(
                'cut',
                `The connection was cut in the middle of the answer (${hide(code ?? message ?? 'closed', key)}).`,
              ),
            ),
          );
        }
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/** The first bytes of a body, however long it is. */
async function startOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const part of response.body ?? []) {
      parts.push(part);
      bytes += part.length;
      if (bytes > 16_384) break;
    }
  } catch {
    // What came until then is told.
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The message of an error in JSON, as all four kinds of providers write it; else the text itself. */
function messageIn(text: string): string {
  let message: unknown = text;
  try {
    const body = JSON.parse(text) as { error?: { message?: unknown } | string; message?: unknown } | null;
    const error = body?.error;
    message = (typeof error === 'string' ? error : error?.message) ?? body?.message ?? text;
  } catch {
    // No JSON: a proxy's page, perhaps.
  }
  const line = String(message).replace(/\s+/g, ' ').trim();
  return line === '' ? 'nothing.' : line.slice(0, toldCharacters);
}

/** RFC 9110 §10.2.3: seconds or a date; `retry-after-ms` as OpenAI sends it. */
function retryAfter(headers: Headers): number | null {
  const ms = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (ms >= 0) return ms;
  const text = headers.get('retry-after');
  if (text === null) return null;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}
