/** Reads the WebAssembly files that parsing needs out of the installed packages: `code` itself may not read files. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);
const runtime = 'web-tree-sitter.wasm';

/** @param file name without directory, as the parser asks for it */
export function loadGrammarFile(file: string): Promise<Uint8Array> {
  if (file === runtime) return readFile(require.resolve('web-tree-sitter/web-tree-sitter.wasm'));
  const packageFile = require.resolve('@repomix/tree-sitter-wasms/package.json');
  return readFile(path.join(path.dirname(packageFile), 'out', file));
}
