/**
 * The encoder that an answer is to be ranked by: which one was named, and opening it.
 *
 * Named by `--encoder` or `WINNOW_ENCODER`, in one line: `usual` or `small` for the tables that ship with Winnow, a file that
 * `winnow train` wrote, a folder with an ONNX model and, behind a `#`, the exit of it that is meant, or the address of an embeddings endpoint
 * with its model behind a `#`. A key is never part of the line: what stands there is the name of the environment variable that holds it.
 *
 * The line is read before anything is opened, so that a wrong one is told even where the query turns out to need no encoder.
 */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import {
  checkEndpointAddress,
  checkModelFolder,
  checkTableFile,
  type Encoder,
  type EndpointOptions,
  keptTable,
  openEndpoint,
  openOnnx,
  shippedTable,
} from '../../embed/mod.ts';
import type { Snapshot } from '../../index/mod.ts';
import type { Meaning, MeaningOptions } from '../../search/mod.ts';
import { openMeaning } from '../../search/mod.ts';
import { tunedTableOf } from './tuned.ts';
import type { Context } from './types.ts';

export const meaningWays = ['auto', 'off', 'only'] as const;

/** Flags of verbs that rank by meaning. */
export const meaningFlags = {
  meaning: z
    .enum(meaningWays)
    .default('auto')
    .describe('Rank words by their meaning too (auto), by meaning alone (only), or by the words as they stand (off)'),
  encoder: z
    .string()
    .optional()
    .describe(
      'What turns code into vectors: usual, small, a table of `winnow train`, a folder with an ONNX model, or an endpoint such as http://127.0.0.1:11434/v1#model=NAME',
    ),
};

/** Flags of verbs for which meaning is evidence among others. */
export const evidenceFlags = {
  meaning: z
    .enum(['auto', 'off'])
    .default('off')
    .describe('Take likeness of meaning as evidence (auto), or words, names and places alone (off)'),
  encoder: meaningFlags.encoder,
};

const shipped = ['usual', 'small'] as const;
const endpointKeys = ['model', 'key', 'dimension', 'timeout', 'query-prefix', 'document-prefix'] as const;

/** What a line names. */
type EncoderName =
  | { readonly kind: 'shipped'; readonly table: (typeof shipped)[number] }
  | { readonly kind: 'table'; readonly path: string }
  | { readonly kind: 'onnx'; readonly dir: string; readonly exit: string | null }
  | { readonly kind: 'endpoint'; readonly options: EndpointOptions };

/**
 * @param named as given by a flag; else `WINNOW_ENCODER`, else the table tuned to the repository, else the usual one
 * @param storeDir of the repository that is asked; `null` where there is none, or its own table is not meant
 * @throws WinnowError `bad-usage`, `path-not-found`, `path-unreadable`, `bad-model`, `package-missing`, `endpoint-failed`
 */
export async function openEncoder(
  named: string | undefined,
  context: Context,
  storeDir: string | null = null,
): Promise<Encoder> {
  const name = readEncoderName(named ?? context.settings.encoder ?? tunedIn(storeDir) ?? 'usual', context);
  switch (name.kind) {
    case 'shipped':
      return shippedTable(name.table);
    case 'table':
      return keptTable(name.path);
    case 'onnx':
      return openOnnx(name.dir, name.exit);
    case 'endpoint':
      return openEndpoint(name.options, context.signal);
  }
}

/**
 * What is wrong with an encoder that somebody named and can be told without opening it.
 *
 * @throws WinnowError as `openEncoder`
 */
export function checkNamedEncoder(named: string | undefined, context: Context): void {
  const line = named ?? context.settings.encoder;
  if (line !== undefined) readEncoderName(line, context);
}

/** Reads the line, and looks whether what it names is there. Nothing is opened or asked. */
function readEncoderName(line: string, context: Context): EncoderName {
  if (line === '')
    throw new WinnowError(
      'bad-usage',
      'Expected an encoder: usual, small, a file, a folder with an ONNX model, or an endpoint; came an empty text.',
    );
  const table = shipped.find((one) => one === line);
  if (table !== undefined) return { kind: 'shipped', table };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(line)) return { kind: 'endpoint', options: endpointOptions(line, context) };
  const path = resolve(context.cwd, line);
  if (isFolder(path)) return onnxName(path, null);
  const [, folder = '', words = ''] = /^(.*)#(.*)$/s.exec(line) ?? [];
  const dir = resolve(context.cwd, folder);
  if (folder !== '' && isFolder(dir)) {
    const { exit, ...other } = Object.fromEntries(new URLSearchParams(words));
    if (exit && Object.keys(other).length === 0) return onnxName(dir, exit);
    throw new WinnowError(
      'bad-usage',
      `Expected an exit of the model behind the #: ${folder}#exit=NAME; came ${words}.`,
    );
  }
  checkTableFile(path);
  return { kind: 'table', path };
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

function onnxName(dir: string, exit: string | null): EncoderName {
  checkModelFolder(dir, exit);
  return { kind: 'onnx', dir, exit };
}

function endpointOptions(line: string, context: Context): EndpointOptions {
  const [url = '', words = ''] = line.split(/#(.*)/s);
  checkEndpointAddress(url);
  const given = new Map(new URLSearchParams(words));
  for (const key of given.keys())
    if (!endpointKeys.includes(key as (typeof endpointKeys)[number]))
      throw new WinnowError(
        'bad-usage',
        `An endpoint has no ${key}. Behind the #, joined by &: ${endpointKeys.join(', ')}.`,
      );
  const model = given.get('model');
  if (!model) throw new WinnowError('bad-usage', `Expected the endpoint’s model: ${url}#model=NAME.`);
  const dimension = given.get('dimension');
  if (dimension !== undefined && !/^[1-9]\d{0,3}$/.test(dimension))
    throw new WinnowError('bad-usage', `Expected a dimension of 1 to 4096; came ${dimension}.`);
  const timeout = given.get('timeout');
  if (timeout !== undefined && !/^[1-9]\d{0,2}$/.test(timeout))
    throw new WinnowError('bad-usage', `Expected a timeout of 1 to 999 seconds; came ${timeout}.`);
  return {
    url,
    model,
    key: keyIn(given.get('key'), context),
    dimension: dimension === undefined ? null : Number(dimension),
    ...(timeout === undefined ? {} : { timeoutMs: Number(timeout) * 1_000 }),
    queryPrefix: given.get('query-prefix') ?? '',
    documentPrefix: given.get('document-prefix') ?? '',
  };
}

function tunedIn(storeDir: string | null): string | undefined {
  const file = storeDir === null ? null : tunedTableOf(storeDir);
  return file !== null && existsSync(file) ? file : undefined;
}

function keyIn(variable: string | undefined, { settings }: Context): string | null {
  if (variable === undefined) return null;
  const key = settings.variable(variable);
  if (key) return key;
  // Whoever wrote the key itself must not see it printed.
  const shown = /^[A-Z_][A-Z0-9_]*$/i.test(variable) && variable.length <= 64 ? variable : 'that was named';
  throw new WinnowError(
    'bad-usage',
    `Expected the endpoint’s key in the environment variable ${shown}, which is not set.`,
  );
}

/**
 * As `openEncoder`, for verbs that go on without: `null` when nobody named an encoder and the table that ships is not there or broken.
 * A tuned table that is broken gives way to the one that ships.
 *
 * @param onMissing told why
 */
export async function openUsualEncoder(
  named: string | undefined,
  context: Context,
  storeDir: string | null,
  onMissing: (notice: string) => void,
): Promise<Encoder | null> {
  const isOurs = named === undefined && context.settings.encoder === undefined;
  try {
    return await openEncoder(named, context, storeDir);
  } catch (cause) {
    if (!isOurs || !(cause instanceof WinnowError)) throw cause;
    if (tunedIn(storeDir) !== undefined) {
      onMissing(
        `The table tuned to this repository is not used; \`winnow train --here\` makes it anew. ${cause.message}`,
      );
      return shippedTable('usual');
    }
    onMissing(`Words were ranked without their meaning, because the installation is not whole. ${cause.message}`);
    return null;
  }
}

/** The meaning of a snapshot, telling how far it is and what could not be kept. */
export function openMeaningOf(
  snapshot: Snapshot,
  encoder: Encoder,
  context: Context,
  onUnkept: (notice: string) => void,
): Promise<Meaning> {
  const options: MeaningOptions = {
    signal: context.signal,
    onProgress: (done, total) => context.progress({ label: 'reading meaning', done, total }),
    onUnkept: (reason) => onUnkept(`Vectors could not be kept, so the next query makes them again: ${reason}`),
  };
  return openMeaning(snapshot, encoder, options);
}
