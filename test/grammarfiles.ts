/** Files that `createParser` asks for, out of the installed packages. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { runtimeFile } from '../src/code/mod.ts';

const require = createRequire(import.meta.url);

export async function loadGrammarFile(file: string): Promise<Uint8Array> {
  const folder =
    file === runtimeFile
      ? path.dirname(require.resolve('web-tree-sitter/web-tree-sitter.wasm'))
      : path.join(path.dirname(require.resolve('@repomix/tree-sitter-wasms/package.json')), 'out');
  return new Uint8Array(readFileSync(path.join(folder, file)));
}
