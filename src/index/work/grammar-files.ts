/**
 * Reads the WebAssembly files that parsing needs out of the installed packages: `code` itself may not read files.
 *
 * Most grammars come from one package; those it lacks, from a package each. An optional package has those of further
 * languages: 45 MB, which only those pay for who want them.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { compileAhead } from './grammar-code.ts';

const require = createRequire(import.meta.url);
const runtime = 'web-tree-sitter.wasm';

const optionalPackage = '@cursorless/tree-sitter-wasms';
const optionalFiles = new Set(['lua', 'r', 'perl', 'haskell', 'elixir'].map((name) => `tree-sitter-${name}.wasm`));

/** Grammars that the package with most of them lacks. Written out, so that what is used can be seen by tools. */
const ofTheirOwn: Readonly<Record<string, () => string>> = {
  'tree-sitter-kotlin.wasm': () => require.resolve('@lumis-sh/wasm-kotlin/tree-sitter-kotlin.wasm'),
  'tree-sitter-scala.wasm': () => require.resolve('@lumis-sh/wasm-scala/tree-sitter-scala.wasm'),
  'tree-sitter-bash.wasm': () => require.resolve('@lumis-sh/wasm-bash/tree-sitter-bash.wasm'),
  'tree-sitter-powershell.wasm': () => require.resolve('@lumis-sh/wasm-powershell/tree-sitter-powershell.wasm'),
};

/**
 * @param file name without directory, as the parser asks for it
 * @throws an error with code `MODULE_NOT_FOUND` when its package is not installed
 */
export async function loadGrammarFile(file: string): Promise<Uint8Array> {
  const bytes = await readFile(grammarPath(file));
  compileAhead(file, bytes);
  return bytes;
}

/** Where a file lies. @throws as `loadGrammarFile` */
export function grammarPath(file: string): string {
  if (file === runtime) return require.resolve('web-tree-sitter/web-tree-sitter.wasm');
  if (optionalFiles.has(file)) return require.resolve(`${optionalPackage}/out/${file}`);
  const own = Object.hasOwn(ofTheirOwn, file) ? ofTheirOwn[file] : undefined;
  if (own !== undefined) return own();
  return path.join(path.dirname(require.resolve('@repomix/tree-sitter-wasms/package.json')), 'out', file);
}

/** Whether the package with a grammar is there. */
export function isInstalled(file: string): boolean {
  try {
    return existsSync(grammarPath(file));
  } catch {
    return false;
  }
}

/** Which optional grammars there are, for what depends on them: name and version of their package, or nothing. */
export function optionalGrammars(): string {
  try {
    const { version } = require(`${optionalPackage}/package.json`) as { version: string };
    return `${optionalPackage}@${version}`;
  } catch {
    return '';
  }
}
