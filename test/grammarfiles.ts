/** Files that `createParser` asks for, out of the installed packages. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);

export async function loadGrammarFile(file: string): Promise<Uint8Array> {
  const folder =
    file === 'web-tree-sitter.wasm'
      ? path.dirname(require.resolve('web-tree-sitter/web-tree-sitter.wasm'))
      : path.join(path.dirname(require.resolve('@repomix/tree-sitter-wasms/package.json')), 'out');
  return new Uint8Array(readFileSync(path.join(folder, file)));
}
