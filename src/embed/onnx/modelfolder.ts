/**
 * A folder with an ONNX model: which files there are, and what they say of how the model is to be used.
 *
 *     model.onnx (or onnx/model.onnx), model.onnx_data where weights lie apart, tokenizer.json; all else may be missing:
 *     tokenizer_config.json, 1_Pooling/config.json, sentence_bert_config.json, config_sentence_transformers.json, modules.json, winnow.json
 *
 * The layout is that of Hugging Face and sentence-transformers, so a model that was exported needs no further file. What these do not say,
 * or say wrongly, stands in `winnow.json`, which goes before them; a key that it does not know is refused. Nothing is run here.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, normalize } from 'node:path';
import { WinnowError } from '../../base/mod.ts';

/** How token vectors become one: their mean, the first (CLS) or the last one's. */
export const poolings = ['mean', 'cls', 'last'] as const;
export type Pooling = (typeof poolings)[number];

export interface ModelUse {
  readonly pooling: Pooling;
  /** Tokens of a text that are read, special ones included. */
  readonly maxTokens: number;
  readonly queryPrefix: string;
  readonly documentPrefix: string;
  /** Output of the model by the name of the exit; empty: the model has one. */
  readonly exits: Readonly<Record<string, string>>;
  /** Exit taken where none is asked for. */
  readonly exit: string | null;
  /** Output that is read where there are no exits; `null`: the usual names are tried. */
  readonly output: string | null;
}

export interface ModelFolder {
  readonly dir: string;
  /** Of `model`. */
  readonly modelPath: string;
  readonly model: Uint8Array;
  readonly external: { readonly name: string; readonly bytes: Uint8Array } | null;
  readonly tokenizer: object;
  /** The bytes of `tokenizer.json` and `tokenizer_config.json`. */
  readonly tokenizerBytes: readonly Uint8Array[];
  readonly tokenizerConfig: object;
  readonly use: ModelUse;
}

/** What BERT and its heirs read; models that say nothing read no more. */
const usualTokens = 512;
/** Longer texts than any model we know reads; guards memory, which grows with the square. */
const mostTokens = 32_768;
/** What one ONNX file can hold: a protocol buffer's size is a signed 32-bit number. */
const mostModelBytes = 2 ** 31 - 1;
const keys = ['model', 'pooling', 'maxTokens', 'queryPrefix', 'documentPrefix', 'exits', 'exit', 'output'] as const;
/** Steps behind the model that are taken here too; length 1 is what every encoder gives. */
const knownModules = /\.(Transformer|Pooling|Normalize)$/;

type Row = Readonly<Record<string, unknown>>;

/**
 * The parts without which it is no model's folder, and the exit; cheap, only `winnow.json` is read.
 *
 * @param exit that is to be taken; `null`: its own choice
 * @throws WinnowError `bad-model`, `bad-usage` for an exit that is not there
 */
export function checkModelFolder(dir: string, exit: string | null): { modelPath: string; tokenizerPath: string } {
  const { model: own, exits = {} } = settingsOf(dir);
  if (exit !== null && !Object.hasOwn(exits as Row, exit)) {
    const known = Object.keys(exits as Row).join(', ');
    const there = known === '' ? 'its winnow.json names none' : `it has ${known}`;
    throw new WinnowError('bad-usage', `Expected an exit of the model in ${dir}; came ${exit}, and ${there}.`);
  }
  const names = typeof own === 'string' ? [own] : ['model.onnx', join('onnx', 'model.onnx')];
  const modelPath = names.map((name) => join(dir, name)).find((path) => existsSync(path));
  if (modelPath === undefined)
    throw new WinnowError(
      'bad-model',
      `Expected ${names.join(' or ')} in ${dir}; there is none. An encoder’s folder holds an ONNX model and its tokenizer.json.`,
    );
  const tokenizerPath = join(dir, 'tokenizer.json');
  if (!existsSync(tokenizerPath))
    throw new WinnowError(
      'bad-model',
      `Expected tokenizer.json beside the model in ${dir}; there is none. It comes with the model, from where that was exported.`,
    );
  return { modelPath, tokenizerPath };
}

/** @throws WinnowError as `checkModelFolder`, and `path-unreadable` */
export function readModelFolder(dir: string, exit: string | null): ModelFolder {
  const { modelPath, tokenizerPath } = checkModelFolder(dir, exit);
  const model = bytesOf(modelPath);
  const externalPath = `${modelPath}_data`;
  const tokenizerBytes = bytesOf(tokenizerPath);
  const configPath = join(dir, 'tokenizer_config.json');
  const configBytes = existsSync(configPath) ? bytesOf(configPath) : Buffer.from('{}');
  const tokenizerConfig = objectIn(configBytes, configPath);
  const tokenizer = objectIn(tokenizerBytes, tokenizerPath);
  return {
    dir,
    modelPath,
    model,
    external: existsSync(externalPath)
      ? { name: externalPath.slice(externalPath.search(/[^/\\]*$/)), bytes: bytesOf(externalPath) }
      : null,
    tokenizer,
    tokenizerBytes: [tokenizerBytes, configBytes],
    tokenizerConfig,
    use: useOf(dir, tokenizer, tokenizerConfig),
  };
}

function useOf(dir: string, tokenizer: Row, tokenizerConfig: Row): ModelUse {
  const own = settingsOf(dir);
  const pooling = optionalObject(join(dir, '1_Pooling', 'config.json'));
  const prompts = optionalObject(join(dir, 'config_sentence_transformers.json')).prompts;
  const prompt = (name: string): string => {
    const found = typeof prompts === 'object' && prompts !== null ? (prompts as Row)[name] : undefined;
    return typeof found === 'string' ? found : '';
  };
  const exits = (own.exits ?? {}) as Readonly<Record<string, string>>;
  const exit = (own.exit as string | undefined) ?? Object.keys(exits)[0] ?? null;
  if (exit !== null && exits[exit] === undefined)
    throw wrongSetting(
      dir,
      `exit to be one of ${Object.keys(exits).join(', ') || 'exits, of which there are none'}`,
      exit,
    );
  checkModules(dir, own);
  const cut = (tokenizer.truncation ?? {}) as Row;
  const said =
    optionalObject(join(dir, 'sentence_bert_config.json')).max_seq_length ??
    cut.max_length ??
    tokenizerConfig.model_max_length;
  const tokens = Number.isInteger(said) && (said as number) >= 1 && (said as number) <= mostTokens ? said : usualTokens;
  return {
    pooling: (own.pooling as Pooling | undefined) ?? poolingSaid(dir, pooling),
    maxTokens: (own.maxTokens ?? tokens) as number,
    queryPrefix: (own.queryPrefix as string | undefined) ?? prompt('query'),
    documentPrefix: (own.documentPrefix as string | undefined) ?? (prompt('document') || prompt('passage')),
    exits,
    exit,
    output: (own.output as string | undefined) ?? null,
  };
}

function poolingSaid(dir: string, config: Row): Pooling {
  const said = Object.keys(config).filter((key) => key.startsWith('pooling_mode_') && config[key] === true);
  const known: Readonly<Record<string, Pooling>> = {
    pooling_mode_mean_tokens: 'mean',
    pooling_mode_cls_token: 'cls',
    pooling_mode_lasttoken: 'last',
  };
  if (said.length === 0) return 'mean';
  const pooling = said.length === 1 ? known[said[0] as string] : undefined;
  if (pooling !== undefined) return pooling;
  throw new WinnowError(
    'bad-model',
    `Expected one of ${Object.keys(known).join(', ')} in ${join(dir, '1_Pooling', 'config.json')}; came ${said.join(' and ')}. Say "pooling" in winnow.json.`,
  );
}

/** A layer behind the model that is not in the ONNX file would be left out in silence. */
function checkModules(dir: string, own: Row): void {
  const path = join(dir, 'modules.json');
  if (!existsSync(path) || own.output !== undefined || own.exits !== undefined) return;
  const modules = parsed(bytesOf(path), path);
  const types = (Array.isArray(modules) ? modules : []).map((entry) => String((entry as Row | null)?.type));
  const other = types.find((type) => !knownModules.test(type));
  if (other !== undefined)
    throw new WinnowError(
      'bad-model',
      `The model in ${dir} ends with a step that is not in its ONNX file (${other}). Export it with that step and name the "output" in winnow.json.`,
    );
}

/** `winnow.json`, checked. */
function settingsOf(dir: string): Row {
  const own = optionalObject(join(dir, 'winnow.json'));
  for (const key of Object.keys(own))
    if (!keys.includes(key as (typeof keys)[number])) throw wrongSetting(dir, `keys among ${keys.join(', ')}`, key);
  const { model, pooling, maxTokens, exits } = own;
  for (const key of ['model', 'queryPrefix', 'documentPrefix', 'exit', 'output'])
    if (own[key] !== undefined && typeof own[key] !== 'string')
      throw wrongSetting(dir, `a text under "${key}"`, own[key]);
  if (typeof model === 'string' && (isAbsolute(model) || normalize(model).startsWith('..')))
    throw wrongSetting(dir, 'a model within its folder', model);
  if (pooling !== undefined && !poolings.includes(pooling as Pooling))
    throw wrongSetting(dir, `"pooling" to be ${poolings.join(', ')}`, pooling);
  if (
    maxTokens !== undefined &&
    !(Number.isInteger(maxTokens) && (maxTokens as number) >= 4 && (maxTokens as number) <= mostTokens)
  )
    throw wrongSetting(dir, `4 to ${mostTokens} under "maxTokens"`, maxTokens);
  const names = exits === undefined ? [] : typeof exits === 'object' && exits !== null ? Object.values(exits) : [null];
  if (!names.every((name) => typeof name === 'string'))
    throw wrongSetting(dir, 'an object of names of outputs under "exits"', exits);
  return own;
}

const wrongSetting = (dir: string, expected: string, came: unknown): WinnowError =>
  new WinnowError('bad-model', `${join(dir, 'winnow.json')}: expected ${expected}; came ${JSON.stringify(came)}.`);

const optionalObject = (path: string): Row => (existsSync(path) ? objectIn(bytesOf(path), path) : {});

function objectIn(bytes: Uint8Array, path: string): Row {
  const value = parsed(bytes, path);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Row;
  throw new WinnowError('bad-model', `Expected a JSON object in ${path}; came something else.`);
}

function parsed(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw new WinnowError('bad-model', `Expected JSON in ${path}: ${(cause as Error).message}. Is the file whole?`, {
      cause,
    });
  }
}

function bytesOf(path: string): Uint8Array {
  try {
    const stats = statSync(path);
    if (stats.isFile() && stats.size <= mostModelBytes) return readFileSync(path);
    const came = stats.isFile() ? `one of ${stats.size} bytes` : 'no file';
    throw new WinnowError('bad-model', `Expected a file of at most ${mostModelBytes} bytes at ${path}; it is ${came}.`);
  } catch (cause) {
    if (cause instanceof WinnowError) throw cause;
    throw new WinnowError('path-unreadable', `Cannot read ${path}: ${(cause as Error).message}.`, { cause });
  }
}
