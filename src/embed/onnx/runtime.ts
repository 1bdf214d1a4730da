/**
 * What runs ONNX models and reads their tokenizers: packages that Winnow does not bring, because they take 140 MB.
 *
 * Two runtimes have one interface: `onnxruntime-node`, native and quicker, is taken where it is installed, else `onnxruntime-web`, which is
 * WebAssembly and runs wherever Node does. Their types end here. Nothing is downloaded: models come from a path, the runtime from `node_modules`.
 */
import { WinnowError } from '../../base/mod.ts';

/** Numbers of a tensor, row by row. */
export interface Tensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** In the order of `inputNames`; what is not known of an input is left out. */
  readonly inputMetadata?: readonly { readonly type?: string }[];
  run(
    feeds: Readonly<Record<string, Tensor>>,
    wanted: readonly string[],
    options: object,
  ): Promise<Readonly<Record<string, Tensor>>>;
}

interface Runtime {
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> };
  readonly Tensor: new (type: string, data: BigInt64Array | Int32Array, dims: readonly number[]) => Tensor;
}

export interface Tokenizer {
  encode(text: string): { readonly ids: readonly number[] };
}

export interface OnnxTools {
  /** @param external weights beside the model, by the name that the model has for them @throws what the runtime throws */
  openSession(
    model: Uint8Array,
    external: { readonly name: string; readonly bytes: Uint8Array } | null,
  ): Promise<Session>;
  integers(type: 'int64' | 'int32', values: readonly number[], dims: readonly number[]): Tensor;
  /** @throws what the package throws for a tokenizer that it does not know */
  openTokenizer(tokenizer: object, config: object): Tokenizer;
}

const runtimes = ['onnxruntime-node', 'onnxruntime-web'] as const;
const tokenizers = '@huggingface/tokenizers';
/** Fixed where they are installed for tests (`.ci/run`). */
export const installCommand = 'npm install --no-save onnxruntime-web @huggingface/tokenizers';
/** What sessions and runs may print: only what ends the process; all else comes as an error. */
export const quietly = { logSeverityLevel: 4 };

/** @throws WinnowError `package-missing` */
export async function onnxTools(): Promise<OnnxTools> {
  const runtime = ((await imported(runtimes[0])) ?? (await imported(runtimes[1]))) as Runtime | null;
  const words = (await imported(tokenizers)) as { Tokenizer: new (json: object, config: object) => Tokenizer } | null;
  const missing = [
    ...(runtime === null ? ['onnxruntime-web (or onnxruntime-node)'] : []),
    ...(words === null ? [tokenizers] : []),
  ];
  if (runtime === null || words === null)
    throw new WinnowError(
      'package-missing',
      `An ONNX model needs ${missing.join(' and ')}, not installed here. Run ${installCommand} in the directory of Winnow.`,
      { details: { missing } },
    );
  return {
    openSession: (model, external) =>
      runtime.InferenceSession.create(model, {
        ...quietly,
        ...(external === null ? {} : { externalData: [{ path: external.name, data: external.bytes }] }),
      }),
    integers: (type, values, dims) =>
      new runtime.Tensor(type, type === 'int64' ? BigInt64Array.from(values, BigInt) : Int32Array.from(values), dims),
    openTokenizer: (tokenizer, config) => new words.Tokenizer(tokenizer, config),
  };
}

/** @returns `null` when the package is not installed @throws what a package throws that is installed and broken */
async function imported(name: string): Promise<unknown> {
  try {
    return await import(name);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return null;
    throw new WinnowError(
      'package-missing',
      `The package ${name} is installed but cannot be loaded: ${(cause as Error).message}`,
      { cause },
    );
  }
}
