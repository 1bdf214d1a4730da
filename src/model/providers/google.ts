/** Google's Gemini models by the Generative Language API. */
import { createGoogle } from '@ai-sdk/google';
import type { Connection, SdkModel } from './types.ts';

export const openGoogle = ({ url, key, name, fetch }: Connection): SdkModel =>
  // Address and key are always said: the SDK would otherwise look into the environment.
  createGoogle({ baseURL: url, apiKey: key ?? '', fetch }).languageModel(name);
