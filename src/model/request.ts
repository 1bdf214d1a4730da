/** A request in one form: defaults filled in, mistakes told, keys in order, so that equal requests are equal bytes. */
import { createHash } from 'node:crypto';
import { WinnowError } from '../base/mod.ts';
import { renderMessages, renderPrefix, renderVersion } from './render.ts';
import type { Capability, Request, Sampling } from './types.ts';

/** Tokens of a reply where nobody says: so none is endless, and what it can cost is known beforehand. Enough for 400 lines of code. */
export const usualMaxTokens = 4_096;
/** Replies to one request: what a run of pass@k draws at most in the papers we follow (1,000: AlphaCode's batches, CodeT's are 100). */
const mostReplies = 1_000;

export interface CompleteSampling extends Sampling {
  readonly count: number;
  readonly maxTokens: number;
}

/** A request whose sampling says how many replies of what length at least. */
export interface CompleteRequest extends Request {
  readonly sampling: CompleteSampling;
}

/** @throws WinnowError `bad-usage` for what no provider takes, `model-unable` for what this one does not */
export function completeRequest(request: Request, id: string, capabilities: ReadonlySet<Capability>): CompleteRequest {
  const { sampling = {}, tools = [], suffix } = request;
  const { count = 1, maxTokens = usualMaxTokens, temperature, topP, stop = [] } = sampling;
  const whole = (value: number, most: number): boolean => Number.isInteger(value) && value >= 1 && value <= most;
  if (!whole(count, mostReplies)) throw bad(`between 1 and ${mostReplies} replies`, count);
  if (!whole(maxTokens, 10_000_000)) throw bad('at least 1 token for a reply', maxTokens);
  if (temperature !== undefined && !(temperature >= 0 && temperature <= 10))
    throw bad('a temperature from 0 to 10', temperature);
  if (topP !== undefined && !(topP > 0 && topP <= 1)) throw bad('a top-p above 0 and up to 1', topP);
  if (stop.includes('')) throw bad('stop sequences of at least one character', 'an empty one');
  if (sampling.seed !== undefined && !Number.isSafeInteger(sampling.seed))
    throw bad('a whole number as seed', sampling.seed);
  if (request.messages.length === 0) throw bad('at least one message', 'none');
  if (suffix !== undefined && request.schema !== undefined) throw bad('either a suffix or a schema', 'both');
  const lacks = (capability: Capability, what: string): WinnowError =>
    new WinnowError(
      'model-unable',
      `The request needs ${what}, which ${id} has not got. Nothing was sent. winnow model list says what each model can do.`,
      {
        details: { model: id, capability },
      },
    );
  if (tools.length > 0 && !capabilities.has('tools')) throw lacks('tools', 'tools');
  if (suffix !== undefined && !capabilities.has('fill-in-the-middle'))
    throw lacks('fill-in-the-middle', 'fill-in-the-middle');
  return { ...request, sampling: { ...sampling, count, maxTokens } };
}

const bad = (expected: string, came: unknown): WinnowError =>
  new WinnowError('bad-usage', `Expected ${expected} in a request to a model; came ${String(came)}.`);

/** JSON with keys in the order of their code units and nothing undefined (RFC 8785 in so far as it concerns us). */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => canonical(one ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const rows = Object.entries(value).filter(([, one]) => one !== undefined);
    rows.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${rows.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** What a recording and the cache know a request by. `extra` tells apart what the id does not. */
export function requestKey(id: string, request: CompleteRequest, extra = ''): string {
  return createHash('sha256')
    .update(canonical([renderVersion, id, extra, request]))
    .digest('hex');
}

/**
 * Tokens that the input can have at most: its bytes, and some for each message and for tools.
 *
 * Tokenizers of today work on bytes, so no token is less than one (Sennrich et al. 2016 as in GPT-2's byte-level BPE; SentencePiece falls back to bytes). Text is three to four times under the bound.
 */
export function inputTokenBound(request: CompleteRequest): number {
  if (request.suffix !== undefined) return Buffer.byteLength(renderPrefix(request) + request.suffix) + 16;
  const messages = renderMessages(request.messages).reduce(
    (sum, { text, toolCalls = [] }) =>
      sum + 16 + Buffer.byteLength(text) + Buffer.byteLength(JSON.stringify(toolCalls)),
    0,
  );
  // Anthropic's own preamble for tools is up to 530 tokens (its documentation of tool use, "Pricing").
  const tools = request.tools === undefined ? 0 : 600 + Buffer.byteLength(JSON.stringify(request.tools));
  const schema = request.schema === undefined ? 0 : 200 + Buffer.byteLength(JSON.stringify(request.schema));
  return messages + tools + schema;
}
