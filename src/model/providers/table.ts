/**
 * The providers that are known by name, a row each. Their files, and with them the SDK, are loaded by the first call that is made.
 *
 * What a provider can do is as its documentation says: OpenAI's API reference; docs.claude.com "Messages"; ai.google.dev "GenerationConfig"; Ollama's
 * "OpenAI compatibility"; llama.cpp's `tools/server/README.md`; vLLM's "OpenAI-Compatible Server"; LM Studio's "OpenAI Compatibility Endpoints". Of servers whose models differ it is what most can, and a configuration may say
 * otherwise (`capabilities`).
 */
import type { Connection, Provider } from './types.ts';

const compatible = async (connection: Connection, fill: boolean) =>
  (await import('./compatible.ts')).openCompatible(connection, fill);

/** What a server is taken to be of which only the address is known. */
export const unnamedProvider: Omit<Provider, 'name' | 'title'> = {
  url: null,
  keys: [],
  capabilities: ['tools', 'schema', 'seed', 'stop'],
  concurrency: 8,
  choices: true,
  open: compatible,
};

export const providers: readonly Provider[] = [
  {
    name: 'anthropic',
    title: 'Anthropic',
    url: 'https://api.anthropic.com/v1',
    keys: ['ANTHROPIC_API_KEY'],
    capabilities: ['tools', 'schema', 'stop'],
    concurrency: 8,
    choices: false,
    open: async (connection) => (await import('./anthropic.ts')).openAnthropic(connection),
  },
  {
    name: 'openai',
    title: 'OpenAI',
    url: 'https://api.openai.com/v1',
    keys: ['OPENAI_API_KEY'],
    capabilities: ['tools', 'schema', 'seed', 'log-probabilities', 'stop', 'many'],
    concurrency: 8,
    choices: true,
    open: async (connection) => (await import('./openai.ts')).openOpenai(connection),
  },
  {
    name: 'google',
    title: 'Google',
    url: 'https://generativelanguage.googleapis.com/v1beta',
    keys: ['GEMINI_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'],
    capabilities: ['tools', 'schema', 'seed', 'stop'],
    concurrency: 8,
    choices: false,
    open: async (connection) => (await import('./google.ts')).openGoogle(connection),
  },
  {
    ...unnamedProvider,
    name: 'ollama',
    title: 'Ollama',
    url: 'http://127.0.0.1:11434/v1',
    capabilities: ['tools', 'schema', 'seed', 'stop', 'log-probabilities', 'fill-in-the-middle'],
    concurrency: 4,
  },
  {
    ...unnamedProvider,
    name: 'llamacpp',
    title: 'llama.cpp',
    url: 'http://127.0.0.1:8080/v1',
    capabilities: ['tools', 'schema', 'seed', 'stop', 'log-probabilities'],
    concurrency: 4,
  },
  {
    ...unnamedProvider,
    name: 'vllm',
    title: 'vLLM',
    url: 'http://127.0.0.1:8000/v1',
    capabilities: ['tools', 'schema', 'seed', 'stop', 'log-probabilities', 'many'],
    concurrency: 32,
  },
  {
    ...unnamedProvider,
    name: 'lmstudio',
    title: 'LM Studio',
    url: 'http://127.0.0.1:1234/v1',
    concurrency: 4,
  },
  {
    ...unnamedProvider,
    name: 'scripted',
    title: 'a script (winnow model serve)',
    capabilities: ['tools', 'schema', 'seed', 'stop', 'log-probabilities', 'many', 'fill-in-the-middle'],
    concurrency: 32,
  },
];
