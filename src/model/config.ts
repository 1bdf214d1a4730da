/**
 * `models.json` in Winnow's home: the model that is meant where none is named, providers of one's own, prices.
 *
 * It is read from there alone. A file of a repository could send prompts, and with them what is private, to an address of its writer's choice. Keys have no place in it: a provider
 * names the environment variable that holds its key.
 */
import { z } from 'zod';
import { WinnowError } from '../base/mod.ts';
import type { Price } from './prices.ts';
import { readTextFile } from './textfile.ts';
import { type Capability, capabilities } from './types.ts';

export interface ModelConfig {
  /** `provider/name` where none is named. */
  readonly model?: string | undefined;
  readonly providers?: Readonly<Record<string, ConfiguredProvider>> | undefined;
  /** US dollars for a million tokens, by `provider/name`, which may end in `*`. */
  readonly prices?: Readonly<Record<string, Price>> | undefined;
}

/** A new provider, or what differs in one that is known. */
export interface ConfiguredProvider {
  readonly url?: string | undefined;
  /** Name of the environment variable with its key. */
  readonly key?: string | undefined;
  readonly capabilities?: readonly Capability[] | undefined;
  /** Calls under way at once, 1 to 1,000. */
  readonly concurrency?: number | undefined;
}

const price = z.number().min(0).max(1e6);
const configFile = z.strictObject({
  model: z.string().optional(),
  providers: z
    .record(
      z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'a provider is named in lower case, without a slash'),
      z.strictObject({
        url: z.string().optional(),
        key: z
          .string()
          .regex(
            /^[A-Za-z_][A-Za-z0-9_]*$/,
            'the name of an environment variable was expected; a key itself is never written here',
          )
          .optional(),
        capabilities: z.array(z.enum(capabilities)).optional(),
        concurrency: z.int().min(1).max(1_000).optional(),
      }),
    )
    .optional(),
  prices: z.record(z.string(), z.strictObject({ input: price, output: price })).optional(),
});

/**
 * @param path absolute; a file that is not there says nothing
 * @throws WinnowError `bad-data`, `path-unreadable`
 */
export function readModelConfig(path: string): ModelConfig {
  let text: string;
  try {
    text = readTextFile(path, 'configuration');
  } catch (cause) {
    if (cause instanceof WinnowError && cause.code === 'path-not-found') return {};
    throw cause;
  }
  const bad = (reason: string): WinnowError =>
    new WinnowError('bad-data', `${path}: ${reason}. docs/models.md describes the file.`, { details: { path } });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own words quote the text, in which somebody may have written a key.
    throw bad('expected JSON, came something else');
  }
  const { data, error } = configFile.safeParse(value);
  if (data !== undefined) return data;
  const { path: at = [], message = '' } = error?.issues[0] ?? {};
  throw bad(`${at.join('.') || 'the file'}: ${message}`);
}
