/** Any server that speaks OpenAI's chat and text completions: Ollama, llama.cpp, vLLM, LM Studio, and those that the user configures. */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { Connection, SdkModel } from './types.ts';

export function openCompatible({ url, key, name, fetch }: Connection, fill: boolean): SdkModel {
  const provider = createOpenAICompatible({
    name: 'compatible',
    baseURL: url,
    ...(key === null ? {} : { apiKey: key }),
    includeUsage: true,
    supportsStructuredOutputs: true,
    fetch,
  });
  return fill ? provider.completionModel(name) : provider.chatModel(name);
}
