/** What a provider's file gives the rest of the layer: a model of the AI SDK, bound to one address, key and `fetch`. */
import type { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { Fetch } from '../transport.ts';
import type { Capability } from '../types.ts';

/** The SDK's language model specification, version 4: what its providers implement and its own functions call. */
export type SdkModel = ReturnType<ReturnType<typeof createOpenAICompatible>['chatModel']>;

export interface Connection {
  readonly url: string;
  /** Null: none is sent. */
  readonly key: string | null;
  /** As the provider knows it. */
  readonly name: string;
  readonly fetch: Fetch;
}

export interface Provider {
  readonly name: string;
  readonly title: string;
  /** Up to the version; null: it has to be given. */
  readonly url: string | null;
  /** Environment variables that may hold the key, the first that is set; empty: it wants none. */
  readonly keys: readonly string[];
  /** Of its models in general; a configuration may say otherwise of one. */
  readonly capabilities: readonly Capability[];
  /** Calls under way at once. A server of one's own does one after another, or batches a few. */
  readonly concurrency: number;
  /** Answers in OpenAI's form, of which we read what the SDK leaves out: all choices, log-probabilities. */
  readonly choices: boolean;
  /** @param fill the completions endpoint, for text in the middle */
  open(connection: Connection, fill: boolean): Promise<SdkModel>;
}
