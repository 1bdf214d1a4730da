/** Which providers can be used now, without asking any model: whether a key is there, or whether a server without keys answers. */
import type { ModelConfig } from './config.ts';
import { CallFailure } from './failure.ts';
import { configuredProviders } from './resolve.ts';
import { type Fetch, openExchange } from './transport.ts';
import type { Capability } from './types.ts';

/**
 * `ready`: its key is set, or it answers. `no-key`, `no-answer`, `no-address`: what is missing.
 */
export type ProviderState = 'ready' | 'no-key' | 'no-answer' | 'no-address';

export interface ProviderReport {
  readonly name: string;
  readonly title: string;
  readonly url: string | null;
  /** Environment variables that its key may stand in. */
  readonly keys: readonly string[];
  readonly state: ProviderState;
  /** Why it does not answer; null: it does, or was not asked. */
  readonly reason: string | null;
  /** Names that a server without keys told, at most 200; null: not asked. */
  readonly models: readonly string[] | null;
  readonly capabilities: readonly Capability[];
}

/** A server on this machine answers in a few milliseconds; one that is loading a model may take longer. */
const usualWaitMs = 2_000;
const mostModels = 200;

export interface ProbeOptions {
  readonly config: ModelConfig;
  readonly variable: (name: string) => string | undefined;
  readonly waitMs?: number;
  readonly fetch?: Fetch;
}

/** Servers that want a key are not asked: the key would go out for nothing. */
export function probeProviders({
  config,
  variable,
  waitMs = usualWaitMs,
  fetch,
}: ProbeOptions): Promise<ProviderReport[]> {
  return Promise.all(
    configuredProviders(config).map(async ({ name, title, url, keys, capabilities }): Promise<ProviderReport> => {
      const facts = { name, title, url, keys, capabilities, reason: null, models: null };
      if (url === null) return { ...facts, state: 'no-address' };
      if (keys.length > 0) return { ...facts, state: keys.some((key) => variable(key)) ? 'ready' : 'no-key' };
      const found = await modelsAt(url, waitMs, fetch);
      return typeof found === 'string'
        ? { ...facts, state: 'no-answer', reason: found }
        : { ...facts, state: 'ready', models: found };
    }),
  );
}

/** @returns the names, or why there are none */
async function modelsAt(url: string, waitMs: number, fetch: Fetch | undefined): Promise<string[] | string> {
  const { fetch: get } = openExchange({
    ...(fetch === undefined ? {} : { fetch }),
    limitBytes: 4 * 1024 * 1024,
    fields: {},
    key: null,
  });
  try {
    const response = await get(`${url}/models`, { signal: AbortSignal.timeout(waitMs) });
    const { data } = (await response.json()) as { data?: unknown };
    const names = (Array.isArray(data) ? data : []).map((one) => (one as { id?: unknown } | null)?.id);
    return names.filter((name): name is string => typeof name === 'string').slice(0, mostModels);
  } catch (cause) {
    if (cause instanceof CallFailure) return cause.message;
    return cause instanceof SyntaxError ? 'What it answers is no JSON.' : `It did not answer within ${waitMs} ms.`;
  }
}
