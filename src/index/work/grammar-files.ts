/**
 * Reads the WebAssembly files that parsing needs out of the installed packages: `code` itself may not read files.
 *
 * Most grammars come from one package; those it lacks, from a package each. `optionalGrammars` holds those of further
 * languages: 45 MB, which only those pay for who want them.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);
const runtime = 'web-tree-sitter.wasm';

/** `within`: a file that the package lets be found; its grammars lie beside it. */
const packages = {
  most: { name: '@repomix/tree-sitter-wasms', within: 'out/tree-sitter-c.wasm' },
  kotlin: { name: '@lumis-sh/wasm-kotlin', within: 'tree-sitter-kotlin.wasm' },
  scala: { name: '@lumis-sh/wasm-scala', within: 'tree-sitter-scala.wasm' },
  bash: { name: '@lumis-sh/wasm-bash', within: 'tree-sitter-bash.wasm' },
  powershell: { name: '@lumis-sh/wasm-powershell', within: 'tree-sitter-powershell.wasm' },
  optional: { name: '@cursorless/tree-sitter-wasms', within: 'out/tree-sitter-lua.wasm' },
} as const;

/** Where the grammars lie that are not in the package with most. */
const packageOf: Readonly<Record<string, keyof typeof packages>> = {
  'tree-sitter-kotlin.wasm': 'kotlin',
  'tree-sitter-scala.wasm': 'scala',
  'tree-sitter-bash.wasm': 'bash',
  'tree-sitter-powershell.wasm': 'powershell',
  'tree-sitter-lua.wasm': 'optional',
  'tree-sitter-r.wasm': 'optional',
  'tree-sitter-perl.wasm': 'optional',
  'tree-sitter-haskell.wasm': 'optional',
  'tree-sitter-elixir.wasm': 'optional',
};

/**
 * @param file name without directory, as the parser asks for it
 * @throws an error with code `MODULE_NOT_FOUND` when its package is not installed
 */
export async function loadGrammarFile(file: string): Promise<Uint8Array> {
  return readFile(grammarPath(file));
}

/** Where a file lies. @throws as `loadGrammarFile` */
export function grammarPath(file: string): string {
  if (file === runtime) return require.resolve('web-tree-sitter/web-tree-sitter.wasm');
  const { name, within } = packages[packageOf[file] ?? 'most'];
  return path.join(path.dirname(require.resolve(`${name}/${within}`)), file);
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
  const { name } = packages.optional;
  try {
    const { version } = require(`${name}/package.json`) as { version: string };
    return `${name}@${version}`;
  } catch {
    return '';
  }
}
