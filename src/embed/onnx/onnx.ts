/**
 * An encoder from an ONNX file: any model that turns tokens into vectors, run in this process from a local folder.
 *
 * Texts become ids by the model's own tokenizer, are cut to what it reads (special tokens at the end stay), and go through in batches
 * of like length. What comes out per token is pooled; what comes out per text is taken as it is; either gets length 1. A model may have several
 * exits, outputs after more or fewer layers (ModularStarEncoder, arXiv:2503.03008): which is read is chosen when it is opened, and is part
 * of the id, so vectors of two exits never meet. The id is a hash of contents: the same folder elsewhere is the same encoder.
 *
 * What the model gives is checked like any input. Not here: GPU, training, tokenizers other than `tokenizer.json`.
 */
import { createHash } from 'node:crypto';
import { WinnowError } from '../../base/mod.ts';
import { plainText } from '../plaintext.ts';
import type { Encoder } from '../types.ts';
import { type ModelFolder, type Pooling, readModelFolder } from './modelfolder.ts';
import { type OnnxTools, onnxTools, quietly, type Session, type Tensor, type Tokenizer } from './runtime.ts';

/** Tokens of a batch, padding included: some 50 MB in a model of 384 numbers and 6 layers. */
const tokensAtOnce = 4_096;
const textsAtOnce = 32;
/** Two batches' worth, sorted by length: eight seconds of a small BERT. */
const documentsAtOnce = 2 * textsAtOnce;
/** Names that exporters give, best first: the whole text's vector, then the tokens'. */
const usualOutputs = ['sentence_embedding', 'text_embeds', 'last_hidden_state', 'token_embeddings'];
const largestDimension = 4_096;
/** Others are guessed at by the package that reads them. */
const tokenizerKinds = ['WordPiece', 'BPE', 'Unigram'];

interface Model {
  readonly dir: string;
  readonly tools: OnnxTools;
  readonly session: Session;
  readonly tokenizer: Tokenizer;
  readonly output: string;
  readonly pooling: Pooling;
  readonly maxTokens: number;
  /** Special tokens behind a text. */
  readonly tail: number;
  /** Types by the names of inputs. */
  readonly inputs: ReadonlyMap<string, 'int64' | 'int32'>;
}

/**
 * @param exit one of the exits that the folder's `winnow.json` names; `null`: its first
 * @throws WinnowError `package-missing`, `bad-usage` for an exit that is not there, `bad-model`, `path-unreadable`
 */
export async function openOnnx(dir: string, exit: string | null = null): Promise<Encoder> {
  const folder = readModelFolder(dir, exit);
  const { use } = folder;
  const tools = await onnxTools();
  const session = await opened(folder, tools);
  const model: Model = {
    dir,
    tools,
    session,
    ...tokenizerOf(folder, tools),
    output: outputOf(folder, session, exit),
    pooling: use.pooling,
    maxTokens: use.maxTokens,
    inputs: inputsOf(folder, session),
  };
  const dimension = (await encodeBatch(model, [idsOf(model, 'dimension')], null)).length;
  const encode = async (texts: readonly string[], signal?: AbortSignal): Promise<Float32Array> => {
    const vectors = new Float32Array(texts.length * dimension);
    const ids = texts.map((text) => idsOf(model, text));
    for (const rows of batchesOf(ids)) {
      if (signal?.aborted) throw new WinnowError('cancelled', 'Encoding was cancelled.');
      const batch = rows.map((row) => ids[row] as readonly number[]);
      const found = await encodeBatch(model, batch, dimension);
      for (const [at, row] of rows.entries())
        vectors.set(found.subarray(at * dimension, (at + 1) * dimension), row * dimension);
    }
    return vectors;
  };
  return {
    id: `onnx:${hashOf(folder, model)} ${model.output}`,
    dimension,
    documentsAtOnce,
    encodeDocuments: (documents, signal) =>
      encode(
        documents.map((document) => use.documentPrefix + plainText(document)),
        signal,
      ),
    encodeQuery: (text, signal) => encode([use.queryPrefix + text], signal),
  };
}

async function opened(folder: ModelFolder, tools: OnnxTools): Promise<Session> {
  try {
    return await tools.openSession(folder.model, folder.external);
  } catch (cause) {
    throw badModel(folder.dir, `${folder.modelPath} is no model that can be run: ${reasonOf(cause)}`, cause);
  }
}

function tokenizerOf(
  { dir, tokenizer, tokenizerConfig }: ModelFolder,
  tools: OnnxTools,
): { tokenizer: Tokenizer; tail: number } {
  const kind = (tokenizer as { model?: { type?: unknown } }).model?.type;
  if (!tokenizerKinds.includes(kind as string))
    throw badModel(
      dir,
      `tokenizer.json cannot be used: expected a tokenizer of the kind ${tokenizerKinds.join(', ')}; came ${JSON.stringify(kind)}.`,
    );
  try {
    const made = tools.openTokenizer(tokenizer, tokenizerConfig);
    const [text, empty] = [made.encode('a').ids, made.encode('').ids];
    let tail = 0;
    while (tail < empty.length && text.at(-1 - tail) === empty.at(-1 - tail)) tail++;
    // A text that has no token looks like what stands before and behind it.
    return { tokenizer: made, tail: Math.min(tail, Math.max(0, text.length - 1)) };
  } catch (cause) {
    throw badModel(dir, `tokenizer.json cannot be used: ${reasonOf(cause)}`, cause);
  }
}

function outputOf({ dir, use }: ModelFolder, { outputNames }: Session, exit: string | null): string {
  const chosen = exit ?? use.exit;
  const named = chosen === null ? use.output : (use.exits[chosen] as string);
  const output = named ?? usualOutputs.find((name) => outputNames.includes(name)) ?? outputNames[0];
  if (output !== undefined && outputNames.includes(output)) return output;
  throw badModel(dir, `Expected an output ${output ?? ''}; the model has ${outputNames.join(', ') || 'none'}.`);
}

function inputsOf({ dir }: ModelFolder, { inputNames, inputMetadata }: Session): Model['inputs'] {
  const known = ['input_ids', 'attention_mask', 'token_type_ids', 'position_ids'];
  const other = inputNames.find((name) => !known.includes(name));
  if (!inputNames.includes('input_ids') || other !== undefined)
    throw badModel(
      dir,
      `Expected a model of texts with the input input_ids, and at most ${known.slice(1).join(', ')} beside it; it has ${inputNames.join(', ') || 'no inputs'}.`,
    );
  return new Map(
    inputNames.map((name, at) => {
      const type = inputMetadata?.[at]?.type ?? 'int64';
      if (type !== 'int64' && type !== 'int32')
        throw badModel(dir, `Expected whole numbers for the input ${name}; it takes ${type}.`);
      return [name, type];
    }),
  );
}

function idsOf({ dir, tokenizer, maxTokens, tail }: Model, text: string): readonly number[] {
  let ids: readonly number[];
  try {
    ids = tokenizer.encode(text).ids;
  } catch (cause) {
    throw badModel(dir, `Its tokenizer failed on a text: ${reasonOf(cause)}`, cause);
  }
  if (ids.length <= maxTokens) return ids;
  return [...ids.slice(0, maxTokens - tail), ...ids.slice(ids.length - tail)];
}

/** Rows of texts that go through together: of like length, so that little is padding. */
function batchesOf(texts: readonly (readonly number[])[]): number[][] {
  const lengthOf = (row: number): number => texts[row]?.length ?? 0;
  const batches: number[][] = [];
  let batch: number[] = [];
  for (const row of [...texts.keys()].sort((a, b) => lengthOf(a) - lengthOf(b))) {
    if (batch.length === textsAtOnce || (batch.length + 1) * lengthOf(row) > tokensAtOnce) {
      if (batch.length > 0) batches.push(batch);
      batch = [];
    }
    batch.push(row);
  }
  return batch.length === 0 ? batches : [...batches, batch];
}

/** @param dimension `null`: whatever comes @returns rows of length 1, end to end */
async function encodeBatch(
  model: Model,
  texts: readonly (readonly number[])[],
  dimension: number | null,
): Promise<Float32Array> {
  const { dir, session, output, pooling } = model;
  // A tokenizer without special tokens has none for an empty text; a model wants one at least.
  const length = Math.max(1, ...texts.map((ids) => ids.length));
  let tensor: Tensor | undefined;
  try {
    tensor = (await session.run(feedsOf(model, texts, length), [output], quietly))[output];
  } catch (cause) {
    throw badModel(dir, `Running it failed: ${reasonOf(cause)}`, cause);
  }
  const { data, dims, type } = tensor ?? { data: null, dims: [], type: 'nothing' };
  const perToken = dims.length === 3;
  if (
    !(data instanceof Float32Array) ||
    dims[0] !== texts.length ||
    (!perToken && dims.length !== 2) ||
    (perToken && dims[1] !== length)
  )
    throw badModel(
      dir,
      `Expected float32 of ${texts.length} × numbers or ${texts.length} × ${length} × numbers from the output ${output}; came ${type} of ${dims.join(' × ')}.`,
    );
  const width = dims.at(-1) as number;
  if (width < 1 || width > largestDimension || (dimension !== null && width !== dimension))
    throw badModel(
      dir,
      `Expected vectors of ${dimension ?? `1 to ${largestDimension}`} numbers from the output ${output}; they have ${width}.`,
    );
  const vectors = new Float32Array(texts.length * width);
  for (const [row, ids] of texts.entries()) {
    const vector = vectors.subarray(row * width, (row + 1) * width);
    const start = row * width * (perToken ? length : 1);
    const read = perToken ? pooled(pooling, Math.max(1, ids.length)) : [0, 1];
    for (let token = read[0] as number; token < (read[1] as number); token++)
      for (let i = 0; i < width; i++) vector[i] = (vector[i] as number) + (data[start + token * width + i] as number);
    if (!toUnit(vector))
      throw badModel(dir, `Expected finite numbers from the output ${output}; came others, such as NaN.`);
  }
  return vectors;
}

/** Tokens whose vectors are added, half-open. */
function pooled(pooling: Pooling, tokens: number): readonly [number, number] {
  if (pooling === 'cls') return [0, 1];
  return pooling === 'last' ? [tokens - 1, tokens] : [0, tokens];
}

function feedsOf(
  { tools, inputs }: Model,
  texts: readonly (readonly number[])[],
  length: number,
): Record<string, Tensor> {
  const all = (of: (ids: readonly number[], at: number) => number): number[] =>
    texts.flatMap((ids) => Array.from({ length }, (_, at) => of(ids, at)));
  const feeds: Record<string, Tensor> = {};
  for (const [name, type] of inputs) {
    const values = all((ids, at) => {
      if (name === 'input_ids') return ids[at] ?? 0;
      if (name === 'attention_mask') return at < Math.max(1, ids.length) ? 1 : 0;
      return name === 'position_ids' ? at : 0;
    });
    feeds[name] = tools.integers(type, values, [texts.length, length]);
  }
  return feeds;
}

/** Scales to length 1; all zero stays so. @returns whether all numbers were finite */
function toUnit(vector: Float32Array): boolean {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (!Number.isFinite(squares)) return false;
  const scale = squares === 0 ? 0 : 1 / Math.sqrt(squares);
  for (const [i, value] of vector.entries()) vector[i] = value * scale;
  return true;
}

/** Of all that vectors follow from, but the runtime. */
function hashOf({ model, external, tokenizerBytes, use }: ModelFolder, { output }: Model): string {
  const { pooling, maxTokens, queryPrefix, documentPrefix } = use;
  const hash = createHash('sha256');
  for (const part of [model, external?.bytes ?? Buffer.alloc(0), ...tokenizerBytes])
    hash.update(`${part.length} `).update(part);
  hash.update(JSON.stringify([pooling, maxTokens, queryPrefix, documentPrefix, output]));
  return hash.digest('hex').slice(0, 16);
}

const badModel = (dir: string, reason: string, cause?: unknown): WinnowError =>
  new WinnowError('bad-model', `The model in ${dir} cannot be used. ${reason}`, { cause });

/** First line, and no more of it than tells: runtimes add tensors and stacks. */
const reasonOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0]?.slice(0, 300) ?? '';
