/**
 * Any encoder behind an OpenAI-compatible embeddings endpoint: Ollama, llama.cpp, vLLM, or a provider.
 *
 * The one file of Winnow that opens a connection, and only to the address that the user gave. It lives here and not with
 * language models because a vector is all that comes back: no prompt, no budget, nothing to replay. What the endpoint
 * says is checked as any input is: so many vectors, each of the dimension, of finite numbers. Busy (429) and failing (5xx) endpoints are
 * asked again, each time after a longer wait; what will not get better by waiting is told at once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { WinnowError } from '../base/mod.ts';
import { plainText } from './plaintext.ts';
import type { Encoder } from './types.ts';

export interface EndpointOptions {
  /** Up to the version, as providers give it: `http://127.0.0.1:11434/v1`. */
  readonly url: string;
  readonly model: string;
  /** Sent as a bearer token; `null`: none. Never written or shown. */
  readonly key: string | null;
  /** What is expected; `null`: what the endpoint first gives. */
  readonly dimension: number | null;
  /** Put before queries and before documents, for models trained that way; part of the id. */
  readonly queryPrefix: string;
  readonly documentPrefix: string;
  /** Most that one request may take, in milliseconds; default 60,000, and 30,000 for one text, which somebody waits for. */
  readonly timeoutMs?: number;
  /** Times a request is made before a busy endpoint is given up; default 6, some 30 s of waiting. */
  readonly attempts?: number;
  /** First wait before asking again, in milliseconds; doubles. Default 1,000. */
  readonly waitMs?: number;
}

/** Inputs of a request: what every endpoint we know takes. */
const inputsAtOnce = 64;
const requestsAtOnce = 4;
/** 64 vectors of 4,096 numbers take some 6 MB as text. */
const longestReplyBytes = 64 * 1024 * 1024;
const largestDimension = 4_096;
/** What a connection ends with when the other side went away in the middle: it may be back. */
const cutOff: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);
/** A model that is first loaded takes some ten seconds. */
const oneTextMs = 30_000;
const manyTextsMs = 60_000;
/** Who was silent for so long may have been busy with another; who is silent again is not there. A single text is not asked again. */
const silences = 2;
/** An endpoint that asks for a longer wait is taken by its word up to this, in milliseconds. */
const longestWaitMs = 30_000;

/** @throws WinnowError `bad-usage` for what is no address, `endpoint-failed`, `cancelled` */
export async function openEndpoint(options: EndpointOptions, signal?: AbortSignal): Promise<Encoder> {
  const address = addressOf(options.url);
  const send = (inputs: readonly string[], stop?: AbortSignal): Promise<number[][]> =>
    request(address, inputs, options, stop);
  const dimension = options.dimension ?? (await send(['dimension'], signal))[0]?.length ?? 0;
  if (!Number.isInteger(dimension) || dimension < 1 || dimension > largestDimension)
    throw failed(address, `Expected vectors of 1 to ${largestDimension} numbers; they have ${dimension}.`);
  const encode = async (texts: readonly string[], stop?: AbortSignal): Promise<Float32Array> => {
    const vectors = new Float32Array(texts.length * dimension);
    const parts: { readonly at: number; readonly inputs: readonly string[] }[] = [];
    for (let at = 0; at < texts.length; at += inputsAtOnce)
      parts.push({ at, inputs: texts.slice(at, at + inputsAtOnce) });
    const work = async (): Promise<void> => {
      for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
        const rows = await send(part.inputs, stop);
        if (rows.every((row) => row.every((value) => value === 0)))
          throw failed(address, `Expected vectors that point somewhere; all of ${rows.length} are zeros.`);
        for (const [i, row] of rows.entries()) writeUnit(row, vectors, (part.at + i) * dimension, dimension, address);
      }
    };
    await Promise.all(Array.from({ length: requestsAtOnce }, work));
    return vectors;
  };
  const { queryPrefix, documentPrefix } = options;
  return {
    // Some endpoints give vectors of whatever length they are set to: those of two lengths are as strange to each other as those of two models.
    id: `endpoint:${address.host}${address.pathname} ${options.model} ${dimension} ${JSON.stringify([queryPrefix, documentPrefix])}`,
    dimension,
    encodeDocuments: (documents, stop) =>
      encode(
        documents.map((document) => documentPrefix + plainText(document)),
        stop,
      ),
    encodeQuery: (text, stop) => encode([queryPrefix + text], stop),
  };
}

/** Without asking it. @throws WinnowError `bad-usage` for what is no address */
export function checkEndpointAddress(url: string): void {
  addressOf(url);
}

function addressOf(url: string): URL {
  const parsed = URL.parse(`${url.replace(/\/+$/, '')}/embeddings`);
  const isPlain = parsed !== null && parsed.username === '' && parsed.password === '' && parsed.search === '';
  if (!isPlain || !/^https?:$/.test(parsed.protocol))
    throw new WinnowError(
      'bad-usage',
      `Expected the http or https address of an embeddings endpoint, such as http://127.0.0.1:11434/v1, without a name, password or ?query in it; came ${shown(url)}.`,
    );
  return parsed;
}

/** Without what may be secret in it. */
const shown = (url: string): string => url.replace(/\/\/[^/]*@/, '//…@').replace(/\?.*/s, '?…');

function writeUnit(row: readonly number[], vectors: Float32Array, at: number, dimension: number, address: URL): void {
  if (row.length !== dimension)
    throw failed(
      address,
      `Expected vectors of ${dimension} numbers, came one of ${row.length}. Has the model changed? Vectors of two models are never mixed.`,
    );
  const length = Math.hypot(...row);
  if (!Number.isFinite(length)) throw failed(address, 'Expected vectors, came numbers too large to have a length.');
  for (let i = 0; i < dimension; i++) vectors[at + i] = length === 0 ? 0 : (row[i] as number) / length;
}

async function request(
  address: URL,
  inputs: readonly string[],
  options: EndpointOptions,
  signal: AbortSignal | undefined,
): Promise<number[][]> {
  const single = inputs.length === 1;
  const { model, key, attempts = 6, waitMs = 1_000 } = options;
  const timeoutMs = options.timeoutMs ?? (single ? oneTextMs : manyTextsMs);
  for (let attempt = 1; ; attempt++) {
    if (signal?.aborted) throw stopped();
    const timeout = AbortSignal.timeout(timeoutMs);
    let wait = Math.min(waitMs * 2 ** (attempt - 1), longestWaitMs);
    let reason: string;
    try {
      const response = await fetch(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
        body: JSON.stringify({ model, input: inputs, encoding_format: 'float' }),
        // A key goes to the address that was given and nowhere else.
        redirect: 'error',
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
      const text = await bounded(response, address);
      if (response.ok) return vectorsIn(text, inputs.length, address);
      reason = `It answered ${response.status}: ${text.slice(0, 200)}`;
      if (response.status !== 429 && response.status < 500) throw failed(address, reason);
      const asked = Number(response.headers.get('retry-after')) * 1_000;
      if (asked > 0) wait = Math.min(asked, longestWaitMs);
    } catch (cause) {
      if (signal?.aborted) throw stopped();
      if (cause instanceof WinnowError) throw cause;
      const { code, message = String(cause) } = (cause as { cause?: { code?: string; message?: string } }).cause ?? {};
      reason = timeout.aborted ? `It did not answer within ${timeoutMs} ms.` : `No answer: ${code ?? message}.`;
      // Nobody listens, or it is no such host: waiting does not change that.
      if (!timeout.aborted && !cutOff.has(code ?? '')) throw failed(address, reason, cause);
      if (timeout.aborted && (single || attempt >= silences)) throw silent(address, reason, cause);
    }
    if (attempt >= attempts) throw failed(address, `${reason} It was asked ${attempts} times.`);
    await sleep(wait, undefined, signal === undefined ? {} : { signal }).catch(() => {});
  }
}

async function bounded(response: Response, address: URL): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > longestReplyBytes) throw failed(address, `Its answer is longer than ${longestReplyBytes} bytes.`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The vectors of a reply, in the order of the inputs. */
function vectorsIn(text: string, count: number, address: URL): number[][] {
  let reply: unknown;
  try {
    reply = JSON.parse(text);
  } catch (cause) {
    throw failed(address, 'Expected JSON, came something else.', cause);
  }
  const data = (reply as { data?: unknown } | null)?.data;
  const entries = Array.isArray(data) ? data : [];
  const rows = new Map<number, number[]>();
  for (const [at, entry] of entries.entries()) {
    const { index = at, embedding } = (entry ?? {}) as { index?: unknown; embedding?: unknown };
    const isOne = Number.isInteger(index) && (index as number) >= 0 && (index as number) < count;
    if (isOne && Array.isArray(embedding) && embedding.every(Number.isFinite)) rows.set(index as number, embedding);
  }
  if (rows.size !== count || entries.length !== count)
    throw failed(
      address,
      `Expected ${count} vectors of finite numbers under data[].embedding, one for each index from 0; came ${entries.length}, of which ${rows.size} are.`,
    );
  return Array.from({ length: count }, (_, index) => rows.get(index) as number[]);
}

const failed = (address: URL, reason: string, cause?: unknown): WinnowError =>
  new WinnowError('endpoint-failed', `The embeddings endpoint ${address.origin}${address.pathname} failed. ${reason}`, {
    details: { url: `${address.origin}${address.pathname}` },
    cause,
  });

/** As `failed`, of an endpoint that takes a request and says nothing; see `isSilence`. */
function silent(address: URL, reason: string, cause: unknown): WinnowError {
  const url = `${address.origin}${address.pathname}`;
  return new WinnowError('endpoint-failed', `The embeddings endpoint ${url} failed. ${reason}`, {
    details: { url, silent: true },
    cause,
  });
}

/** Whether it says that an endpoint took a request and did not answer in its time. */
export const isSilence = (cause: unknown): cause is WinnowError =>
  cause instanceof WinnowError && cause.details.silent === true;

const stopped = (): WinnowError => new WinnowError('cancelled', 'Encoding was cancelled.');
