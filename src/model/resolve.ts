/** From `provider/name` to an endpoint that can be asked: the provider, its address, its key, what it can do. */
import { nearest, WinnowError } from '../base/mod.ts';
import type { Endpoint } from './call.ts';
import type { ModelConfig } from './config.ts';
import { providers, unnamedProvider } from './providers/table.ts';
import type { Provider } from './providers/types.ts';
import type { Capability } from './types.ts';

export interface ResolveOptions {
  readonly id: string;
  /** In the place of the provider's address. A provider that is not known is then taken to speak OpenAI's protocol. */
  readonly url?: string | undefined;
  readonly config: ModelConfig;
  /** Of the environment. */
  readonly variable: (name: string) => string | undefined;
  /** In the place of what the provider's models can in general. */
  readonly capabilities?: readonly Capability[] | undefined;
}

export interface Resolved extends Endpoint {
  readonly id: string;
  /** Variables that may hold the key. */
  readonly keys: readonly string[];
  readonly concurrency: number;
  /** Nobody gave an address that differs from the provider's own. */
  readonly ownAddress: boolean;
}

/** All that are known by name: ours, those configured, with what is configured of ours. */
export function configuredProviders(config: ModelConfig): Provider[] {
  const own = config.providers ?? {};
  const names = [...new Set([...providers.map(({ name }) => name), ...Object.keys(own)])];
  return names.map((name) => {
    const known = providers.find((one) => one.name === name) ?? { ...unnamedProvider, name, title: name };
    const { url, key, capabilities, concurrency } = own[name] ?? {};
    return {
      ...known,
      url: url ?? known.url,
      keys: key === undefined ? known.keys : [key],
      capabilities: capabilities ?? known.capabilities,
      concurrency: concurrency ?? known.concurrency,
    };
  });
}

/** @throws WinnowError `unknown-model`, `bad-usage` for an address that is none */
export function resolveModel(options: ResolveOptions): Resolved {
  const { id, config, variable } = options;
  const all = configuredProviders(config);
  const slash = id.indexOf('/');
  const [word, name] = slash === -1 ? [id, ''] : [id.slice(0, slash), id.slice(slash + 1)];
  const known = all.find((one) => one.name === word);
  const names = all.map((one) => one.name);
  if (slash < 1 || name === '')
    throw unknown(id, names, `Expected provider/name, such as ollama/qwen2.5-coder; came "${id}".`);
  if (known === undefined && options.url === undefined) {
    const [near] = nearest(word, names);
    throw unknown(
      id,
      names,
      `No provider is called "${word}".${near === undefined ? '' : ` Did you mean ${near}/${name}?`}`,
    );
  }
  const provider: Provider = known ?? { ...unnamedProvider, name: word, title: word };
  const url = options.url ?? provider.url;
  if (url === null)
    throw unknown(
      id,
      names,
      `The provider ${word} has no address of its own: give one (--model-url http://127.0.0.1:PORT/v1).`,
    );
  const found = provider.keys.map((name) => variable(name)?.trim()).find((key) => key !== undefined && key !== '');
  return {
    id,
    provider,
    name,
    url: checkedAddress(url),
    key: found ?? null,
    keys: provider.keys,
    capabilities: new Set(options.capabilities ?? provider.capabilities),
    concurrency: provider.concurrency,
    ownAddress: options.url === undefined || options.url === provider.url,
  };
}

/** @throws WinnowError `no-model-key` where the provider wants one and the environment has none, or none that could be sent */
export function requireKey({ id, key, keys, provider }: Resolved): void {
  if (key !== null && !/^[\x20-\x7e]+$/.test(key))
    throw new WinnowError(
      'no-model-key',
      `The key for ${id}, from the environment variable ${keys.join(' or ')}, has a character that no key has, such as a line break. Set it anew.`,
      { details: { model: id, variables: [...keys] } },
    );
  if (keys.length === 0 || key !== null) return;
  throw new WinnowError(
    'no-model-key',
    `${provider.title} wants a key for ${id}: set the environment variable ${keys.join(' or ')}. Keys are read from the environment alone.`,
    { details: { model: id, variables: [...keys] } },
  );
}

function unknown(id: string, names: readonly string[], reason: string): WinnowError {
  return new WinnowError(
    'unknown-model',
    `${reason} Configured: ${names.join(', ')}. winnow model list says which can be used.`,
    {
      details: { model: id, providers: [...names] },
    },
  );
}

function checkedAddress(url: string): string {
  const parsed = URL.parse(url.replace(/\/+$/, ''));
  const isPlain =
    parsed !== null && parsed.username === '' && parsed.password === '' && parsed.search === '' && parsed.hash === '';
  if (isPlain && /^https?:$/.test(parsed.protocol)) return parsed.href.replace(/\/+$/, '');
  // Without what may be secret in it.
  const shown = url.replace(/\/\/[^/]*@/, '//…@').replace(/[?#].*/s, '?…');
  throw new WinnowError(
    'bad-usage',
    `Expected the http or https address of a model's server up to its version, such as http://127.0.0.1:11434/v1, without a name, password or ?query in it; came ${shown}.`,
  );
}
