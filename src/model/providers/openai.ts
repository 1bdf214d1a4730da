/** OpenAI's chat completions: the responses endpoint draws one reply a call and keeps what it was asked. */
import { createOpenAI } from '@ai-sdk/openai';
import type { Connection, SdkModel } from './types.ts';

export const openOpenai = ({ url, key, name, fetch }: Connection): SdkModel =>
  // Address and key are always said: the SDK would otherwise look into the environment.
  createOpenAI({ baseURL: url, apiKey: key ?? '', fetch }).chat(name);
