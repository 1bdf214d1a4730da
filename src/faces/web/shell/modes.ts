/**
 * Which tokeniser reads which language, each in a file of its own that is loaded when it is first wanted.
 *
 * They read line by line and know no grammar, which is enough for colours; what the engine says of code never comes from here.
 */
import type { StreamParser } from '@codemirror/language';

// biome-ignore lint/suspicious/noExplicitAny: each has a state of its own that nobody else looks into
export type Mode = StreamParser<any>;

const clike = () => import('@codemirror/legacy-modes/mode/clike');
const ml = () => import('@codemirror/legacy-modes/mode/mllike');
const css = () => import('@codemirror/legacy-modes/mode/css');
const xml = () => import('@codemirror/legacy-modes/mode/xml');
const script = () => import('@codemirror/legacy-modes/mode/javascript');

const words = (text: string): Record<string, boolean> =>
  Object.fromEntries(text.split(' ').map((word) => [word, true]));

const loaders: Readonly<Record<string, () => Promise<Mode>>> = {
  python: async () => (await import('@codemirror/legacy-modes/mode/python')).python,
  javascript: async () => (await script()).javascript,
  typescript: async () => (await script()).typescript,
  json: async () => (await script()).json,
  c: async () => (await clike()).c,
  cpp: async () => (await clike()).cpp,
  csharp: async () => (await clike()).csharp,
  java: async () => (await clike()).java,
  kotlin: async () => (await clike()).kotlin,
  scala: async () => (await clike()).scala,
  dart: async () => (await clike()).dart,
  php: async () =>
    (await clike()).clike({
      name: 'php',
      keywords: words(
        'abstract and array as break case catch class clone const continue declare default do echo else elseif empty enum extends final finally fn for foreach function global goto if implements include instanceof interface isset list match namespace new or print private protected public readonly require require_once return static switch throw trait try unset use var while xor yield',
      ),
      blockKeywords: words('catch class do else elseif finally for foreach function if switch try while'),
      atoms: words('true false null TRUE FALSE NULL'),
      multiLineStrings: true,
      // biome-ignore lint/suspicious/noExplicitAny: a stream, as the mode's own hooks get it
      hooks: { $: (stream: any) => stream.eatWhile(/[\w$]/) && 'variableName' },
    }),
  go: async () => (await import('@codemirror/legacy-modes/mode/go')).go,
  rust: async () => (await import('@codemirror/legacy-modes/mode/rust')).rust,
  ruby: async () => (await import('@codemirror/legacy-modes/mode/ruby')).ruby,
  perl: async () => (await import('@codemirror/legacy-modes/mode/perl')).perl,
  lua: async () => (await import('@codemirror/legacy-modes/mode/lua')).lua,
  bash: async () => (await import('@codemirror/legacy-modes/mode/shell')).shell,
  powershell: async () => (await import('@codemirror/legacy-modes/mode/powershell')).powerShell,
  r: async () => (await import('@codemirror/legacy-modes/mode/r')).r,
  sql: async () => (await import('@codemirror/legacy-modes/mode/sql')).standardSQL,
  swift: async () => (await import('@codemirror/legacy-modes/mode/swift')).swift,
  haskell: async () => (await import('@codemirror/legacy-modes/mode/haskell')).haskell,
  ocaml: async () => (await ml()).oCaml,
  fortran: async () => (await import('@codemirror/legacy-modes/mode/fortran')).fortran,
  tcl: async () => (await import('@codemirror/legacy-modes/mode/tcl')).tcl,
  css: async () => (await css()).css,
  scss: async () => (await css()).sCSS,
  less: async () => (await css()).less,
  html: async () => (await xml()).html,
  xml: async () => (await xml()).xml,
  yaml: async () => (await import('@codemirror/legacy-modes/mode/yaml')).yaml,
  toml: async () => (await import('@codemirror/legacy-modes/mode/toml')).toml,
  dockerfile: async () => (await import('@codemirror/legacy-modes/mode/dockerfile')).dockerFile,
  proto: async () => (await import('@codemirror/legacy-modes/mode/protobuf')).protobuf,
  wasm: async () => (await import('@codemirror/legacy-modes/mode/wast')).wast,
};

/** Languages that are near enough to another. */
const like: Readonly<Record<string, string>> = {
  tsx: 'typescript',
  vue: 'html',
  svelte: 'html',
  elixir: 'ruby',
  terraform: 'toml',
};

const loaded = new Map<string, Mode | null>();

/** @returns null where none is known: the text has no colours then. Undefined while it is being loaded */
export function modeOf(language: string): Mode | null | undefined {
  return language in loaders || language in like ? loaded.get(language) : null;
}

export async function loadMode(language: string): Promise<Mode | null> {
  const loader = loaders[like[language] ?? language];
  const mode = loader === undefined ? null : await loader().catch(() => null);
  loaded.set(language, mode);
  return mode;
}
