import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { WinnowError } from '../../base/mod.ts';
import {
  type Graph,
  modelBytes,
  tinyDimension,
  tinyGraph,
  tinyTable,
  tinyTokenizer,
  tinyWords,
} from './modelbytes.testing.ts';
import { openOnnx } from './onnx.ts';
import { installCommand, onnxTools } from './runtime.ts';

const missing = await onnxTools().then(
  () => null,
  (cause: WinnowError) => cause,
);
const needs = missing === null ? '' : ` (skipped: ${installCommand} was not run)`;

/** A folder with a model; a text is written as it stands, all else as JSON, `null` is left out. */
function folder(more: Readonly<Record<string, unknown>> = {}): string {
  const dir = mkdtempSync(join(tmpdir(), 'winnow-onnx-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const files: Record<string, unknown> = {
    'model.onnx': modelBytes(tinyGraph()),
    'tokenizer.json': tinyTokenizer(),
    ...more,
  };
  for (const [name, content] of Object.entries(files)) {
    if (content === null) continue;
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    const bytes = typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content);
    writeFileSync(join(dir, name), bytes);
  }
  return dir;
}

const document = (body: string) => ({ name: '', signature: '', doc: '', body });

/** The row of a word in the tiny model; zeros for what it does not know. */
function rowOf(word: string): Float32Array {
  const at = tinyWords.indexOf(word as never);
  return at < 0
    ? new Float32Array(tinyDimension)
    : tinyTable().subarray((at + 4) * tinyDimension, (at + 5) * tinyDimension);
}

const unit = (values: readonly number[]): number[] => {
  const length = Math.hypot(...values);
  return values.map((value) => (length === 0 ? 0 : value / length));
};

/** What the sum of words' rows is, at length 1. */
const expected = (text: string, width = tinyDimension): number[] => {
  const rows = text.split(' ').map(rowOf);
  return unit(Array.from({ length: width }, (_, i) => rows.reduce((sum, row) => sum + (row[i] as number), 0)));
};

const near = (found: ArrayLike<number>, wanted: readonly number[]): void => {
  expect(found.length).toBe(wanted.length);
  for (const [i, value] of wanted.entries()) expect(found[i]).toBeCloseTo(value, 5);
};

describe.skipIf(missing !== null)(`an ONNX model${needs}`, () => {
  test('gives the vectors of its own arithmetic, for every length and order', async () => {
    const encoder = await openOnnx(folder());
    expect(encoder.dimension).toBe(tinyDimension);
    near(await encoder.encodeQuery('evict oldest entry'), expected('evict oldest entry'));
    // Subwords, case, and words that are not known.
    near(await encoder.encodeQuery('Evicts unknowable'), expected('evict ##s'));
    near(await encoder.encodeQuery(''), expected(''));
    const texts = Array.from({ length: 100 }, (_, i) => tinyWords.slice(i % 4, 4 + (i % 5)).join(' '));
    const vectors = await encoder.encodeDocuments(texts.map(document));
    for (const [i, text] of texts.entries())
      near(vectors.subarray(i * tinyDimension, (i + 1) * tinyDimension), expected(text.replace(' ##s', '')));
  });

  test('pools as its files say, and winnow.json goes before them', async () => {
    const output = { output: 'last_hidden_state' };
    const text = 'evict oldest';
    const mean = await openOnnx(folder({ 'winnow.json': output }));
    near(await mean.encodeQuery(text), expected(text));
    // The first and the last token are special ones, which have no row here.
    const cls = folder({
      '1_Pooling/config.json': { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false },
      'winnow.json': output,
    });
    near(await (await openOnnx(cls)).encodeQuery(text), expected(''));
    const own = folder({
      '1_Pooling/config.json': { pooling_mode_cls_token: true },
      'winnow.json': { ...output, pooling: 'mean' },
    });
    near(await (await openOnnx(own)).encodeQuery(text), expected(text));
    await expect(
      openOnnx(folder({ '1_Pooling/config.json': { pooling_mode_max_tokens: true } })),
    ).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringContaining('pooling_mode_max_tokens'),
    });
  });

  test('reads so many tokens, with the special ones', async () => {
    const of = async (more: Readonly<Record<string, unknown>>) =>
      (await openOnnx(folder({ 'winnow.json': { output: 'last_hidden_state' }, ...more }))).encodeQuery(
        'evict oldest entry cache',
      );
    near(await of({ 'winnow.json': { output: 'last_hidden_state', maxTokens: 4 } }), expected('evict oldest'));
    near(await of({ 'sentence_bert_config.json': { max_seq_length: 5 } }), expected('evict oldest entry'));
    near(await of({ 'tokenizer_config.json': { model_max_length: 5 } }), expected('evict oldest entry'));
    const cut = { ...(tinyTokenizer() as object), truncation: { max_length: 4 } };
    near(await of({ 'tokenizer.json': cut }), expected('evict oldest'));
    near(await of({ 'tokenizer_config.json': { model_max_length: 1e30 } }), expected('evict oldest entry cache'));
  });

  test('puts prefixes before queries and documents', async () => {
    for (const more of [
      { 'winnow.json': { queryPrefix: 'read ', documentPrefix: 'json ' } },
      { 'config_sentence_transformers.json': { prompts: { query: 'read ', document: 'json ' } } },
    ]) {
      const encoder = await openOnnx(folder(more));
      near(await encoder.encodeQuery('evict'), expected('read evict'));
      near(await encoder.encodeDocuments([document('evict')]), expected('json evict'));
    }
  });

  test('has exits, chosen when it is opened, whose vectors have ids of their own', async () => {
    const dir = folder({ 'winnow.json': { exits: { full: 'last_hidden_state', quick: 'early' } } });
    const [full, quick] = [await openOnnx(dir), await openOnnx(dir, 'quick')];
    expect([full.dimension, quick.dimension]).toEqual([tinyDimension, tinyDimension / 2]);
    near(await quick.encodeQuery('evict oldest'), expected('evict oldest', tinyDimension / 2));
    expect(quick.id).not.toBe(full.id);
    expect((await openOnnx(dir, 'full')).id).toBe(full.id);
    await expect(openOnnx(dir, 'slow')).rejects.toMatchObject({
      code: 'bad-usage',
      message: expect.stringContaining('full, quick'),
    });
    await expect(openOnnx(folder(), 'quick')).rejects.toMatchObject({
      code: 'bad-usage',
      message: expect.stringContaining('names none'),
    });
  });

  test('is told by its contents: another place is the same, another byte or use is not', async () => {
    const id = async (more: Readonly<Record<string, unknown>> = {}) => (await openOnnx(folder(more))).id;
    const usual = await id();
    expect(await id()).toBe(usual);
    const table = tinyTable();
    table[60] = 0.25;
    const others = [
      { 'model.onnx': modelBytes(tinyGraph(table)) },
      { 'tokenizer_config.json': { do_lower_case: true } },
      { 'winnow.json': { queryPrefix: 'x ' } },
      { 'winnow.json': { maxTokens: 9 } },
    ];
    const ids = await Promise.all(others.map(id));
    expect(new Set([usual, ...ids]).size).toBe(others.length + 1);
  });

  test('reads byte-level BPE and Unigram tokenizers', async () => {
    // Tokens of the tiny model's rows from 4 on; Ġ is how byte-level BPE writes a blank.
    const bpe = {
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      post_processor: null,
      decoder: { type: 'ByteLevel' },
      model: {
        type: 'BPE',
        vocab: { e: 0, v: 1, o: 2, Ġ: 3, ev: 4, Ġo: 5, Ã: 6, '©': 7 },
        merges: [
          ['e', 'v'],
          ['Ġ', 'o'],
        ],
      },
    };
    const unigram = {
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
      post_processor: null,
      decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
      model: {
        type: 'Unigram',
        unk_id: 0,
        vocab: [
          ['<unk>', 0],
          ['▁', -5],
          ['e', -5],
          ['v', -5],
          ['▁ev', -1],
          ['▁o', -1],
        ],
      },
    };
    for (const tokenizer of [bpe, unigram]) {
      const encoder = await openOnnx(folder({ 'tokenizer.json': tokenizer }));
      // Rows 4 and 5 are those of the first two words.
      near(await encoder.encodeQuery('ev o'), expected('evict drop'));
    }
    const bytes = await openOnnx(folder({ 'tokenizer.json': bpe }));
    near(await bytes.encodeQuery('é'), expected('oldest entry'));
  });

  const nan = tinyTable().fill(Number.NaN);
  const without = (change: Partial<Graph>): Uint8Array => modelBytes({ ...tinyGraph(), ...change });
  const surface = (name: string) => ({ name, type: 'int64', shape: ['batch', 'length'] }) as const;
  const wrong: Readonly<Record<string, readonly [Readonly<Record<string, unknown>>, RegExp]>> = {
    'is cut short': [{ 'model.onnx': modelBytes(tinyGraph()).subarray(0, 300) }, /no model that can be run/],
    'is empty': [{ 'model.onnx': '' }, /no model that can be run/],
    'is a page of HTML': [{ 'model.onnx': '<html>Not found</html>' }, /no model that can be run/],
    'gives NaN': [{ 'model.onnx': modelBytes(tinyGraph(nan)) }, /finite numbers.*NaN/],
    'has no inputs': [
      { 'model.onnx': without({ inputs: [], outputs: [{ name: 'table', type: 'float', shape: [14, 8] }], nodes: [] }) },
      /no inputs|no model that can be run/,
    ],
    'wants something else than texts': [
      { 'model.onnx': without({ inputs: [surface('input_ids'), surface('pixel_values')] }) },
      /pixel_values/,
    ],
    'has a vocabulary smaller than its tokenizer’s': [
      { 'model.onnx': modelBytes(tinyGraph(tinyTable().subarray(0, 8))) },
      /Running it failed/,
    ],
    'has no tokenizer': [{ 'tokenizer.json': null }, /Expected tokenizer\.json/],
    'has a tokenizer cut short': [{ 'tokenizer.json': '{"model": {' }, /tokenizer\.json.*whole/],
    'has a tokenizer of an unknown kind': [
      { 'tokenizer.json': { ...(tinyTokenizer() as object), model: { type: 'Guesses', vocab: {} } } },
      /tokenizer\.json cannot be used/,
    ],
    'is not there': [{ 'model.onnx': null }, /Expected model\.onnx or/],
    'lacks the output that was named': [
      { 'winnow.json': { output: 'pooler' } },
      /Expected an output pooler.*last_hidden_state/,
    ],
    'has a setting that is none': [{ 'winnow.json': { poling: 'mean' } }, /poling/],
    'has a pooling that is none': [{ 'winnow.json': { pooling: 'max' } }, /mean, cls, last/],
    'points out of its folder': [{ 'winnow.json': { model: '../model.onnx' } }, /within its folder/],
    'ends with a step that is not in it': [
      {
        'modules.json': [
          { type: 'sentence_transformers.models.Transformer' },
          { type: 'sentence_transformers.models.Dense' },
        ],
      },
      /not in its ONNX file/,
    ],
  };
  for (const [what, [files, reason]] of Object.entries(wrong))
    test(`that ${what} is refused with the reason`, async () => {
      await expect(openOnnx(folder(files))).rejects.toMatchObject({
        code: 'bad-model',
        message: expect.stringMatching(reason),
      });
    });

  test('whose dimension changes from call to call is refused', async () => {
    // As many numbers as there are tokens.
    const graph = tinyGraph();
    const dir = folder({
      'model.onnx': modelBytes({
        ...graph,
        inputs: [surface('input_ids')],
        outputs: [{ name: 'sums', type: 'float', shape: ['batch', 'length'] }],
        nodes: [
          graph.nodes[0] as Graph['nodes'][number],
          { op: 'ReduceMean', inputs: ['last_hidden_state'], outputs: ['sums'], ints: { axes: [2], keepdims: 0 } },
        ],
      }),
    });
    const encoder = await openOnnx(dir);
    await expect(encoder.encodeQuery('evict oldest entry')).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringMatching(/Expected vectors of 3 numbers.*have 5/),
    });
  });

  test('stops when it is told to', async () => {
    const encoder = await openOnnx(folder());
    await expect(encoder.encodeQuery('evict', AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
  });
});

test.skipIf(missing === null)('without the packages it is said what to install', async () => {
  await expect(openOnnx(folder())).rejects.toMatchObject({
    code: 'package-missing',
    message: expect.stringContaining(installCommand),
  });
});
