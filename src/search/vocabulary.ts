/**
 * Words that `lang:` and `kind:` take: the names themselves and what people type for
 * them. A wrong one is answered with the nearest right ones.
 */
import { WinnowError } from '../base/mod.ts';
import { type ChunkKind, chunkKinds, type SymbolKind, symbolKinds } from '../code/mod.ts';
import { distanceWithin } from './distance.ts';

/** Languages that facts can name. */
export const languages: readonly string[] = [
  'typescript',
  'tsx',
  'javascript',
  'python',
  'java',
  'go',
  'rust',
  'ruby',
  'c',
  'cpp',
  'csharp',
  'php',
  'kotlin',
  'scala',
  'swift',
  'dart',
  'bash',
  'powershell',
  'css',
  'scss',
  'less',
  'html',
  'vue',
  'svelte',
  'jupyter',
  'sql',
  'proto',
  'terraform',
  'dockerfile',
  'lua',
  'r',
  'perl',
  'haskell',
  'elixir',
  'markdown',
  'rst',
  'asciidoc',
  'json',
  'yaml',
  'toml',
  'text',
];

const languageAliases: Readonly<Record<string, string>> = {
  ts: 'typescript',
  js: 'javascript',
  jsx: 'javascript',
  py: 'python',
  golang: 'go',
  rs: 'rust',
  rb: 'ruby',
  cs: 'csharp',
  'c#': 'csharp',
  h: 'c',
  'c++': 'cpp',
  cc: 'cpp',
  cxx: 'cpp',
  hpp: 'cpp',
  kt: 'kotlin',
  sh: 'bash',
  shell: 'bash',
  zsh: 'bash',
  ps1: 'powershell',
  pwsh: 'powershell',
  pl: 'perl',
  hs: 'haskell',
  ex: 'elixir',
  exs: 'elixir',
  ipynb: 'jupyter',
  notebook: 'jupyter',
  protobuf: 'proto',
  tf: 'terraform',
  hcl: 'terraform',
  docker: 'dockerfile',
  md: 'markdown',
  yml: 'yaml',
  txt: 'text',
};

/**
 * Words that, in a question, name a programming language and hardly anything else. Not
 * `go`, `c`, `json`: those are things too.
 */
const spoken: Readonly<Record<string, string>> = {
  python: 'python',
  java: 'java',
  javascript: 'javascript',
  js: 'javascript',
  typescript: 'typescript',
  golang: 'go',
  rust: 'rust',
  cpp: 'cpp',
  ruby: 'ruby',
  csharp: 'csharp',
  php: 'php',
  kotlin: 'kotlin',
  scala: 'scala',
  haskell: 'haskell',
  elixir: 'elixir',
  lua: 'lua',
  perl: 'perl',
  powershell: 'powershell',
};

/** The language that a word of a question names, or `null`. */
export const spokenLanguage = (word: string): string | null => {
  const folded = word.toLowerCase();
  return Object.hasOwn(spoken, folded) ? (spoken[folded] ?? null) : null;
};

const kinds: readonly (SymbolKind | ChunkKind)[] = [...new Set([...symbolKinds, ...chunkKinds])];

const kindAliases: Readonly<Record<string, SymbolKind>> = {
  func: 'function',
  fn: 'function',
  def: 'function',
  iface: 'interface',
  protocol: 'interface',
  const: 'constant',
  var: 'variable',
  prop: 'property',
  attribute: 'property',
  heading: 'section',
  package: 'module',
  typedef: 'type',
};

/** @throws WinnowError `bad-query` naming the nearest languages */
export const languageNamed = (word: string): string => named(word, 'lang', languages, languageAliases);

/** Plurals are understood. @throws WinnowError `bad-query` naming the nearest kinds */
export const kindNamed = (word: string): SymbolKind | ChunkKind => named(word, 'kind', kinds, kindAliases);

function named<Name extends string>(
  word: string,
  filter: string,
  names: readonly Name[],
  aliases: Readonly<Record<string, Name>>,
): Name {
  const folded = word.toLowerCase();
  for (const form of [folded, folded.replace(/e?s$/, ''), folded.replace(/s$/, '')]) {
    const alias = Object.hasOwn(aliases, form) ? aliases[form] : undefined;
    const found = names.find((name) => name === form) ?? alias;
    if (found !== undefined) return found;
  }
  const near = names
    .map((name) => ({ name, distance: distanceWithin(folded, name, 3) ?? (name.startsWith(folded) ? 3 : 9) }))
    .filter(({ distance }) => distance <= 3)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name);
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `Known: ${names.join(', ')}.`;
  throw new WinnowError('bad-query', `${filter}:${word} is not known. ${hint}`, { details: { filter, word, near } });
}
