/** Anthropic's messages. It draws one reply a call, has no seeds and tells no log-probabilities. */
import { createAnthropic } from '@ai-sdk/anthropic';
import type { Connection, SdkModel } from './types.ts';

export const openAnthropic = ({ url, key, name, fetch }: Connection): SdkModel =>
  // Address and key are always said: the SDK would otherwise look into the environment.
  createAnthropic({ baseURL: url, apiKey: key ?? '', fetch }).languageModel(name);
