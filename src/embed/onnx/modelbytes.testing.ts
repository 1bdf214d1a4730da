/**
 * For tests: ONNX files of a few hundred bytes, written as the protocol buffers that they are.
 *
 * A graph is a list of nodes over named tensors; what the fields' numbers are stands in ONNX's `onnx.proto` (version 1.17). Only what tests need.
 */

type Field = readonly [number, number | string | Uint8Array];

const elementTypes = { float: 1, int64: 7 } as const;

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return bytes;
}

/** A message: numbers as varints, texts and messages by their length. */
function message(...fields: readonly Field[]): Uint8Array {
  const parts = fields.map(([field, value]) => {
    if (typeof value === 'number') return Buffer.from([...varint(field * 8), ...varint(value)]);
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    return Buffer.concat([Buffer.from([...varint(field * 8 + 2), ...varint(bytes.length)]), bytes]);
  });
  return new Uint8Array(Buffer.concat(parts));
}

/** A tensor of the graph's surface; a text is a dimension that is not fixed. */
export interface Surface {
  readonly name: string;
  readonly type: keyof typeof elementTypes;
  readonly shape: readonly (number | string)[];
}

export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly ints?: Readonly<Record<string, number | readonly number[]>>;
}

export interface Graph {
  readonly inputs: readonly Surface[];
  readonly outputs: readonly Surface[];
  readonly nodes: readonly Node[];
  readonly constants: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: Float32Array }>>;
}

const surface = ({ name, type, shape }: Surface): Uint8Array => {
  const dims = shape.map((size): Field => [1, message(typeof size === 'number' ? [1, size] : [2, size])]);
  return message([1, name], [2, message([1, message([1, elementTypes[type]], [2, message(...dims)])])]);
};

const attribute = (name: string, value: number | readonly number[]): Uint8Array =>
  typeof value === 'number'
    ? message([1, name], [3, value], [20, 2])
    : message([1, name], ...value.map((item): Field => [8, item]), [20, 7]);

/** The bytes of a model file. */
export function modelBytes({ inputs, outputs, nodes, constants }: Graph): Uint8Array {
  const graph = message(
    ...nodes.map(
      ({ op, inputs: from, outputs: to, ints = {} }): Field => [
        1,
        message(
          ...from.map((name): Field => [1, name]),
          ...to.map((name): Field => [2, name]),
          [4, op],
          ...Object.entries(ints).map(([name, value]): Field => [5, attribute(name, value)]),
        ),
      ],
    ),
    [2, 'tiny'],
    ...Object.entries(constants).map(
      ([name, { shape, values }]): Field => [
        5,
        message(
          ...shape.map((size): Field => [1, size]),
          [2, elementTypes.float],
          [8, name],
          [9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)],
        ),
      ],
    ),
    ...inputs.map((input): Field => [11, surface(input)]),
    ...outputs.map((output): Field => [12, surface(output)]),
  );
  return message([1, 8], [7, graph], [8, message([1, ''], [2, 13])]);
}

/** Words of the tiny tokenizer, behind the special ones. */
export const tinyWords = ['evict', 'drop', 'oldest', 'entry', 'cache', 'read', 'json', 'parse', 'text', '##s'] as const;
const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'] as const;

/** A WordPiece tokenizer as `tokenizer.json` has it. */
export function tinyTokenizer(): unknown {
  const all = [...special, ...tinyWords];
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
      ],
      pair: [],
      special_tokens: {
        '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
        '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
      },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(all.map((word, id) => [word, id])),
    },
  };
}

/** Numbers of a row of the tiny model; the second exit gives half as many. */
export const tinyDimension = 8;

/** The table of the tiny model: special tokens have a row of zeros, `evict` and `drop` the same. */
export function tinyTable(): Float32Array {
  const rows = special.length + tinyWords.length;
  const table = new Float32Array(rows * tinyDimension);
  let state = 7;
  for (let at = special.length * tinyDimension; at < table.length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    table[at] = state / 2 ** 31 - 1;
  }
  const row = (word: string): number => (special.length + tinyWords.indexOf(word as never)) * tinyDimension;
  table.copyWithin(row('drop'), row('evict'), row('evict') + tinyDimension);
  return table;
}

/**
 * Looks ids up in a table: `last_hidden_state` per token, `early` the first half of each row, `sentence_embedding` the mean of all.
 *
 * @param table instead of the usual one
 */
export function tinyGraph(table: Float32Array = tinyTable()): Graph {
  const half = tinyDimension / 2;
  const cut = Float32Array.from({ length: tinyDimension * half }, (_, at) =>
    at % half === Math.floor(at / half) ? 1 : 0,
  );
  return {
    inputs: ['input_ids', 'attention_mask', 'token_type_ids'].map((name) => ({
      name,
      type: 'int64',
      shape: ['batch', 'length'],
    })),
    outputs: [
      { name: 'last_hidden_state', type: 'float', shape: ['batch', 'length', tinyDimension] },
      { name: 'early', type: 'float', shape: ['batch', 'length', half] },
      { name: 'sentence_embedding', type: 'float', shape: ['batch', tinyDimension] },
    ],
    nodes: [
      { op: 'Gather', inputs: ['table', 'input_ids'], outputs: ['last_hidden_state'] },
      { op: 'MatMul', inputs: ['last_hidden_state', 'cut'], outputs: ['early'] },
      {
        op: 'ReduceMean',
        inputs: ['last_hidden_state'],
        outputs: ['sentence_embedding'],
        ints: { axes: [1], keepdims: 0 },
      },
    ],
    constants: {
      table: { shape: [table.length / tinyDimension, tinyDimension], values: table },
      cut: { shape: [tinyDimension, half], values: cut },
    },
  };
}
