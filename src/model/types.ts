/**
 * The nouns of asking a language model: a prompt goes in, replies come out, and both are plain data.
 *
 * Strategies know these types and no provider. What a provider cannot give (log-probabilities, seeds, tools) is said by `Capabilities` before anything is spent.
 */

/**
 * A piece of a prompt, typed by whether the model is to follow it.
 *
 * `instruction`: words of ours or of the person who asks. `data`: code, issues, outputs of programs, whatever came from a file: it is shown between
 * delimiters that it cannot forge, under its label, and never stands where instructions do.
 */
export interface Part {
  readonly kind: 'instruction' | 'data';
  readonly text: string;
  /** Of data: what it is, in a word or two (`program`, `failing test`, `issue`). */
  readonly label?: string;
  /** Of data: the language of its fence, where it is code. */
  readonly language?: string;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text, as the model wrote it. */
  readonly arguments: string;
}

export interface Message {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly parts: readonly Part[];
  /** Of an assistant's message: the calls it made. */
  readonly toolCalls?: readonly ToolCall[];
  /** Of a tool's message: the call it answers. */
  readonly toolCallId?: string;
}

export interface Tool {
  readonly name: string;
  readonly description: string;
  /** JSON schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** How replies are drawn. What is absent is the provider's default. */
export interface Sampling {
  /** Replies wanted, ≥ 1. */
  readonly count?: number;
  /** ≥ 0. */
  readonly temperature?: number;
  /** In (0, 1]. */
  readonly topP?: number;
  /** Tokens of one reply at most, ≥ 1; 4,096 where absent, so that none is endless. */
  readonly maxTokens?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  /** Log-probabilities of the tokens drawn. */
  readonly logProbabilities?: boolean;
}

export interface Request {
  readonly messages: readonly Message[];
  readonly sampling?: Sampling;
  readonly tools?: readonly Tool[];
  /** The reply is to be JSON of this schema; what is not is repaired or refused, never passed on. */
  readonly schema?: Readonly<Record<string, unknown>>;
  /** Fill in the middle: the text behind what is to be written; `messages` then hold the text before. */
  readonly suffix?: string;
}

/** Tokens, as the provider counted them; null where it did not say. */
export interface Usage {
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

export interface TokenLogProbability {
  readonly token: string;
  /** Natural logarithm, ≤ 0. */
  readonly logProbability: number;
}

/** `stop`: the model ended it or a stop sequence did; `length`: the limit of tokens; `tool-calls`; `refused`: by the provider's filter. */
export const replyEndings = ['stop', 'length', 'tool-calls', 'refused', 'other'] as const;
export type ReplyEnding = (typeof replyEndings)[number];

export interface Reply {
  readonly text: string;
  readonly ending: ReplyEnding;
  readonly toolCalls: readonly ToolCall[];
  /** Null: not asked for or not given. */
  readonly logProbabilities: readonly TokenLogProbability[] | null;
  /** Of a request with a schema: the value, which fits it. */
  readonly value?: unknown;
}

/** What one call came to. `replies` are as many as were asked for, but for those that are `missing`. */
export interface Answer {
  /** At least one. */
  readonly replies: readonly Reply[];
  /** Of several calls side by side some failed: how many replies are not there, and what the first failed with. Absent: none is missing. */
  readonly missing?: { readonly count: number; readonly reason: string };
  readonly usage: Usage;
  /** US dollars by the price table; null where it has no price for the model, 0 from the cache. */
  readonly cost: number | null;
  /** Where it came from: a provider, this machine's cache, or a recording. */
  readonly from: 'provider' | 'cache' | 'recording';
  /** Calls that a provider answered for it; absent: none did now. */
  readonly calls?: number;
}

export const capabilities = [
  'tools',
  'schema',
  'seed',
  'log-probabilities',
  'fill-in-the-middle',
  'stop',
  'many',
] as const;
export type Capability = (typeof capabilities)[number];

/** A language model as everything above `model` sees it. Budgets, cache, retries and recording lie behind it. */
export interface Model {
  /** `provider/name`. */
  readonly id: string;
  readonly capabilities: ReadonlySet<Capability>;
  /**
   * @param options.onText is given text as it comes, of the first reply
   * @throws WinnowError: `over-budget` before a call that could exceed one, `model-unavailable` when the provider cannot be reached or refuses, `no-recorded-reply` in a replay,
   *   `model-reply-invalid` when replies break the protocol or the schema
   */
  ask(
    request: Request,
    options?: { readonly signal?: AbortSignal; readonly onText?: (text: string) => void },
  ): Promise<Answer>;
}
