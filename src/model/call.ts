/**
 * One call to a provider through the AI SDK's language model specification: our request into its, its answer into replies.
 *
 * The SDK's `generateText` is not used: it tries again, logs and reads the environment by its own rules, and gives one reply. What
 * it stands on, the providers' models, is what turns a prompt into each provider's protocol, and that is what is wanted of it.
 */
import { CallFailure } from './failure.ts';
import { endingOf, logProbabilitiesIn, repliesIn } from './providers/choices.ts';
import type { Provider, SdkModel } from './providers/types.ts';
import { type RenderedMessage, renderMessages, renderPrefix } from './render.ts';
import type { CompleteRequest } from './request.ts';
import { stopFilter } from './stops.ts';
import { type Fetch, hide, openExchange } from './transport.ts';
import type { Capability, Reply, ToolCall, Usage } from './types.ts';

export interface Endpoint {
  readonly provider: Provider;
  readonly name: string;
  readonly url: string;
  readonly key: string | null;
  readonly capabilities: ReadonlySet<Capability>;
  readonly fetch?: Fetch;
}

export interface CallOptions {
  readonly count: number;
  readonly seed: number | undefined;
  readonly signal: AbortSignal;
  /** Streams; only with a count of 1. */
  readonly onText?: (text: string) => void;
}

export interface Given {
  /** At least one; not always as many as asked for. */
  readonly replies: readonly Reply[];
  readonly usage: Usage;
  /** What the SDK left out of the request, in words. */
  readonly warnings: readonly string[];
}

type SdkOptions = Parameters<SdkModel['doGenerate']>[0];
type SdkUsage = Awaited<ReturnType<SdkModel['doGenerate']>>['usage'];
type SdkWarning = Awaited<ReturnType<SdkModel['doGenerate']>>['warnings'][number];

/** OpenAI's reference: "Up to 4 sequences"; its followers take as many at least. The others we apply ourselves. */
const stopsAtMost = 4;
/** Room for all that stands around the replies. */
const answerBytes = 256 * 1024;
/** A token streamed with its log-probability takes some 300 bytes of JSON. */
const bytesOfToken = 1_024;
const largestAnswerBytes = 512 * 1024 * 1024;
/** Of a token in text: the longest of vocabularies in use are runs of spaces. A stream that is longer is by a server that counts no tokens, and ends there. */
const charactersOfToken = 128;

/** @throws CallFailure; what the signal was aborted with */
export async function callProvider(endpoint: Endpoint, request: CompleteRequest, options: CallOptions): Promise<Given> {
  const { provider, url, key, name } = endpoint;
  const { maxTokens } = request.sampling;
  const exchange = openExchange({
    ...(endpoint.fetch === undefined ? {} : { fetch: endpoint.fetch }),
    limitBytes: Math.min(largestAnswerBytes, answerBytes + options.count * maxTokens * bytesOfToken),
    fields: provider.choices ? ownFields(endpoint, request, options.count) : {},
    key,
  });
  const model = await provider.open({ url, key, name, fetch: exchange.fetch }, request.suffix !== undefined);
  const asked = sdkOptions(endpoint, request, options);
  try {
    const given =
      options.onText === undefined
        ? await generated(model, asked, provider.choices)
        : await streamed(model, asked, request, options.onText, provider.choices);
    if (given.replies.length === 0) throw new CallFailure('invalid', 'Expected at least one choice; came none.');
    return { ...given, replies: given.replies.map((reply) => hidden(reply, key)) };
  } catch (cause) {
    options.signal.throwIfAborted();
    if (cause instanceof CallFailure) throw exchange.failure() ?? redacted(cause, key);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw (
      exchange.failure() ??
      new CallFailure(
        'invalid',
        `It is not the protocol of ${provider.title}: ${hide(reason.slice(0, 300).replace(/\.$/, ''), key)}.`,
      )
    );
  }
}

/** What the SDK has no place for in OpenAI's protocol. */
function ownFields({ capabilities }: Endpoint, request: CompleteRequest, count: number): Record<string, unknown> {
  const fill = request.suffix !== undefined;
  const logs = request.sampling.logProbabilities === true && capabilities.has('log-probabilities');
  return {
    ...(count > 1 ? { n: count } : {}),
    ...(logs ? (fill ? { logprobs: 0 } : { logprobs: true }) : {}),
    // The SDK would make a dialogue of the text before, and end the reply where the next speaker begins.
    ...(fill ? { prompt: renderPrefix(request), suffix: request.suffix, stop: request.sampling.stop } : {}),
  };
}

function sdkOptions({ capabilities }: Endpoint, request: CompleteRequest, options: CallOptions): SdkOptions {
  const { sampling, tools = [], schema } = request;
  const { temperature, topP, maxTokens, stop = [] } = sampling;
  const given: SdkOptions = { prompt: sdkPrompt(renderMessages(request.messages)), maxOutputTokens: maxTokens };
  if (temperature !== undefined) given.temperature = temperature;
  if (topP !== undefined) given.topP = topP;
  if (stop.length > 0 && capabilities.has('stop')) given.stopSequences = stop.slice(0, stopsAtMost);
  if (options.seed !== undefined && capabilities.has('seed')) given.seed = options.seed;
  if (tools.length > 0)
    given.tools = tools.map(({ name, description, parameters }) => ({
      type: 'function',
      name,
      description,
      inputSchema: parameters,
    }));
  if (schema !== undefined && capabilities.has('schema')) given.responseFormat = { type: 'json', schema };
  given.abortSignal = options.signal;
  return given;
}

type SdkMessage = SdkOptions['prompt'][number];

function sdkPrompt(messages: readonly RenderedMessage[]): SdkMessage[] {
  const names = new Map(messages.flatMap(({ toolCalls = [] }) => toolCalls.map(({ id, name }) => [id, name] as const)));
  return messages.map((message) => sdkMessage(message, names));
}

/** @param names of tools, by the ids of their calls */
function sdkMessage(message: RenderedMessage, names: ReadonlyMap<string, string>): SdkMessage {
  const { role, text, toolCalls = [], toolCallId = '' } = message;
  switch (role) {
    case 'system':
      return { role, content: text };
    case 'user':
      return { role, content: [{ type: 'text', text }] };
    case 'assistant': {
      const calls = toolCalls.map((call) => ({
        type: 'tool-call' as const,
        toolCallId: call.id,
        toolName: call.name,
        input: argumentsOf(call),
      }));
      return { role, content: [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...calls] };
    }
    case 'tool': {
      const output = { type: 'text' as const, value: text };
      return {
        role,
        content: [{ type: 'tool-result', toolCallId, toolName: names.get(toolCallId) ?? 'tool', output }],
      };
    }
  }
}

/** Models write arguments that are no JSON; they are given back as they were. */
function argumentsOf(call: ToolCall): unknown {
  try {
    return JSON.parse(call.arguments);
  } catch {
    return call.arguments;
  }
}

async function generated(model: SdkModel, asked: SdkOptions, choices: boolean): Promise<Given> {
  const result = await model.doGenerate(asked);
  // One of the SDK's readers takes anything for an answer without text.
  if (result.content.length === 0 && result.finishReason.raw === undefined && !choices)
    throw new CallFailure('invalid', 'Expected a reply, or why there is none; came neither.');
  const texts = result.content.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  const replies = choices
    ? repliesIn(result.response?.body)
    : [
        {
          text: texts.join(''),
          ending: endingOf(result.finishReason.unified),
          toolCalls: result.content.flatMap((part) =>
            part.type === 'tool-call' ? [{ id: part.toolCallId, name: part.toolName, arguments: part.input }] : [],
          ),
          logProbabilities: null,
        },
      ];
  return { replies, usage: usageOf(result.usage), warnings: result.warnings.map(wordsOf) };
}

async function streamed(
  model: SdkModel,
  asked: SdkOptions,
  request: CompleteRequest,
  onText: (text: string) => void,
  choices: boolean,
): Promise<Given> {
  const logs = choices && request.sampling.logProbabilities === true;
  const { stream } = await model.doStream({ ...asked, includeRawChunks: logs });
  const filter = stopFilter(request.sampling.stop ?? [], onText);
  const toolCalls: ToolCall[] = [];
  const tokens = [];
  let text = '';
  let warnings: readonly SdkWarning[] = [];
  for await (const part of stream) {
    switch (part.type) {
      case 'stream-start':
        warnings = part.warnings;
        break;
      case 'text-delta': {
        text += part.delta;
        const isStopped = filter.add(part.delta);
        if (!isStopped && text.length <= request.sampling.maxTokens * charactersOfToken) break;
        if (!isStopped) filter.end();
        const logProbabilities = logs ? tokens : null;
        return {
          replies: [{ text, ending: isStopped ? 'stop' : 'length', toolCalls, logProbabilities }],
          usage: { inputTokens: null, outputTokens: null },
          warnings: warnings.map(wordsOf),
        };
      }
      case 'tool-call':
        toolCalls.push({ id: part.toolCallId, name: part.toolName, arguments: part.input });
        break;
      case 'raw':
        for (const reply of streamChoices(part.rawValue)) tokens.push(...(logProbabilitiesIn(reply) ?? []));
        break;
      case 'error':
        throw brokenOff(part.error);
      case 'finish': {
        if (part.finishReason.raw === undefined)
          throw new CallFailure('cut', 'The stream ended without saying that the reply is complete.');
        filter.end();
        const reply = {
          text,
          ending: endingOf(part.finishReason.unified),
          toolCalls,
          logProbabilities: tokens.length > 0 ? tokens : null,
        };
        return { replies: [reply], usage: usageOf(part.usage), warnings: warnings.map(wordsOf) };
      }
    }
  }
  throw new CallFailure('cut', 'The stream ended without saying that the reply is complete.');
}

/** An error in the place of text: what the SDK could not read, or what the provider itself says, which is busy more often than not. */
function brokenOff(error: unknown): unknown {
  if (error instanceof Error && /^AI_(JSONParse|TypeValidation|InvalidResponse)/.test(error.name)) return error;
  const { message } = (error ?? {}) as { message?: unknown };
  const said = typeof error === 'string' ? error : typeof message === 'string' ? message : JSON.stringify(error);
  return new CallFailure('cut', `The provider broke the stream off: ${said.slice(0, 300)}`);
}

/** The log-probabilities of a chunk of a stream. */
function streamChoices(chunk: unknown): unknown[] {
  const { choices } = (chunk ?? {}) as { choices?: unknown };
  return Array.isArray(choices)
    ? choices.slice(0, 1).map((one) => (one as { logprobs?: unknown } | null)?.logprobs)
    : [];
}

const usageOf = ({ inputTokens, outputTokens }: SdkUsage): Usage => ({
  inputTokens: inputTokens.total ?? null,
  outputTokens: outputTokens.total ?? null,
});

function wordsOf(warning: SdkWarning): string {
  switch (warning.type) {
    case 'unsupported':
    case 'compatibility':
      return `${warning.feature}${warning.details === undefined ? ' is not supported' : `: ${warning.details}`}`;
    case 'deprecated':
      return `${warning.setting}: ${warning.message}`;
    default:
      return warning.message;
  }
}

function redacted(failure: CallFailure, key: string | null): CallFailure {
  return new CallFailure(failure.kind, hide(failure.message, key), { retryAfterMs: failure.retryAfterMs });
}

function hidden(reply: Reply, key: string | null): Reply {
  if (key === null || !JSON.stringify(reply).includes(key)) return reply;
  return JSON.parse(hide(JSON.stringify(reply), key)) as Reply;
}
