/**
 * The Ruby virtual machine of `@ruby/3.4-wasm-wasi`, without its bridge to JavaScript.
 *
 * The module imports two things: WASI, which is ours, and functions by which Ruby evaluates JavaScript and
 * holds its values. All of the second trap, so `JS.eval` ends the program, and a file `js.rb` that comes first in the
 * load path makes `require "js"` fail as on any other Ruby. The package's own JavaScript is not loaded.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type DirectoryNode, readOnlyTree } from '../../wasm/filetree.ts';
import { wasiModule } from '../../wasm/wasi.ts';

export const rubyPackage = '@ruby/3.4-wasm-wasi';

const require = createRequire(import.meta.url);
const distDir = () => dirname(require.resolve(`${rubyPackage}/dist/ruby+stdlib.wasm`));

/** @returns null when it is not installed */
export function rubyVersion(): string | null {
  try {
    const manifest = JSON.parse(readFileSync(join(distDir(), '..', 'package.json'), 'utf8')) as { version: string };
    return manifest.version;
  } catch {
    return null;
  }
}

export const readRuby = (): Uint8Array => readFileSync(join(distDir(), 'ruby+stdlib.wasm'));

/** Mounted where the load path begins. */
export const ownLibrary = '/winnow';

export const ownLibraryTree = (): DirectoryNode =>
  readOnlyTree([{ path: 'js.rb', bytes: Buffer.from('raise LoadError, "cannot load such file -- js"\n') }]);

/** Everything the module imports besides WASI. Values that Ruby hands out are kept by number, as its interface asks. */
export function rubyImports(module: WebAssembly.Module): WebAssembly.Imports {
  const imports: Record<string, Record<string, CallableFunction>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    if (from === wasiModule) continue;
    imports[from] ??= {};
    imports[from][name] = () => {
      throw new WebAssembly.RuntimeError('there is no JavaScript here: Ruby runs without its bridge');
    };
  }
  const values: number[] = [];
  imports.canonical_abi = {
    'resource_new_rb-abi-value': (value: number) => values.push(value) - 1,
    'resource_get_rb-abi-value': (handle: number) => values[handle] ?? 0,
    'resource_drop_js-abi-value': () => {},
  };
  return imports;
}

type Call = (...args: number[]) => number;

/** What `ruby` is called with when it starts. Gems are off: loading RubyGems takes four fifths of the start, and there are none. */
const startArgs = ['ruby', '--disable-gems', '-EUTF-8', `-I${ownLibrary}`, '-e_=0'];

/** Starts the machine. */
export function initialize(exports: WebAssembly.Exports): void {
  (exports._initialize as Call)();
  const memory = exports.memory as WebAssembly.Memory;
  const reserve = exports.cabi_realloc as Call;
  const strings = startArgs.map((text) => putText(exports, `${text}\0`));
  const list = reserve(0, 0, 4, strings.length * 8);
  new Uint32Array(memory.buffer, list, strings.length * 2).set(strings.flat());
  (exports['ruby-init: func(args: list<string>) -> ()'] as Call)(list, strings.length);
}

/** @returns 0 when the text ran to its end; else Ruby's own number for how it did not */
export function evaluate(exports: WebAssembly.Exports, text: string): number {
  const call = exports['rb-eval-string-protect: func(str: string) -> tuple<handle<rb-abi-value>, s32>'] as Call;
  const [at, length] = putText(exports, text);
  const result = call(at, length);
  const memory = exports.memory as WebAssembly.Memory;
  return new DataView(memory.buffer).getInt32(result + 4, true);
}

function putText(exports: WebAssembly.Exports, text: string): [at: number, length: number] {
  const bytes = Buffer.from(text, 'utf8');
  const at = (exports.cabi_realloc as Call)(0, 0, 1, bytes.length);
  new Uint8Array((exports.memory as WebAssembly.Memory).buffer).set(bytes, at);
  return [at, bytes.length];
}

/** Text as a literal of Ruby: every byte that is not plain is escaped, so that nothing in it can be code. */
export function rubyLiteral(text: string): string {
  const escaped = [...Buffer.from(text, 'utf8')].map((byte) =>
    /[A-Za-z0-9_./ -]/.test(String.fromCharCode(byte))
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`,
  );
  return `"${escaped.join('')}"`;
}
