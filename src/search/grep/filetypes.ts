/** Types of files for `-t` and `-T`: ripgrep's names for those that are common in source trees, and the globs that they stand for. */
import { nearest, WinnowError } from '../../base/mod.ts';

/** Endings start with a dot; all else is a whole name. */
const types: Readonly<Record<string, string>> = {
  asm: '.asm .s .S',
  awk: '.awk',
  bazel: '.bazel .bazelrc .BUILD .bzl BUILD MODULE.bazel WORKSPACE WORKSPACE.bazel WORKSPACE.bzlmod',
  c: '.c .h .H .cats .[chH].in',
  clojure: '.clj .cljc .cljs .cljx',
  cmake: '.cmake CMakeLists.txt',
  coffeescript: '.coffee',
  cpp: '.C .H .cc .cpp .cxx .h .hh .hpp .hxx .inl .C.in .H.in .cc.in .cpp.in .cxx.in .h.in .hh.in .hpp.in .hxx.in',
  cs: '.cs',
  csharp: '.cs',
  css: '.css .scss',
  csv: '.csv',
  cython: '.pyx .pxd .pxi',
  dart: '.dart',
  diff: '.patch .diff',
  elixir: '.ex .eex .exs .heex .leex .livemd',
  erlang: '.erl .hrl',
  fsharp: '.fs .fsx .fsi',
  go: '.go',
  gradle: '.gradle .gradle.kts gradle-wrapper.* gradle.properties gradlew gradlew.bat',
  graphql: '.graphql .graphqls',
  groovy: '.groovy .gradle',
  haskell: '.hs .lhs .cpphs .c2hs .hsc',
  html: '.htm .html .ejs',
  java: '.java .jsp .jspx .properties',
  js: '.js .jsx .vue .cjs .mjs',
  json: '.json .sarif composer.lock',
  jsonl: '.jsonl',
  julia: '.jl',
  jupyter: '.ipynb .jpynb',
  kotlin: '.kt .kts',
  less: '.less',
  lua: '.lua',
  make: '.mk .mak [Gg][Nn][Uu]makefile [Gg][Nn][Uu]makefile.am [Gg][Nn][Uu]makefile.in [Mm]akefile [Mm]akefile.am [Mm]akefile.in Makefile.*',
  markdown: '.markdown .md .mdown .mdwn .mkd .mkdn .mdx',
  md: '.markdown .md .mdown .mdwn .mkd .mkdn .mdx',
  objc: '.h .m',
  objcpp: '.h .mm',
  ocaml: '.ml .mli .mll .mly',
  perl: '.perl .pl .PL .plh .plx .pm .t',
  php: '.php .php3 .php4 .php5 .php7 .php8 .pht .phtml',
  protobuf: '.proto',
  ps: '.cdxml .ps1 .ps1xml .psd1 .psm1',
  puppet: '.epp .erb .pp .rb',
  py: '.py .pyi',
  python: '.py .pyi',
  r: '.R .r .Rmd .rmd .Rnw .rnw',
  rst: '.rst',
  ruby: 'config.ru Gemfile .irbrc Rakefile .gemspec .rb .rbw .rake',
  rust: '.rs',
  sass: '.sass .scss',
  scala: '.scala .sbt',
  sql: '.sql .psql',
  svelte: '.svelte .svelte.ts',
  swift: '.swift',
  tcl: '.tcl',
  tex: '.tex .ltx .cls .sty .bib .dtx .ins',
  tf: '.tf .tf.json .tfvars .tfvars.json .terraform.lock.hcl .terraformrc terraform.rc .tfrc',
  toml: '.toml Cargo.lock',
  ts: '.ts .tsx .cts .mts',
  txt: '.txt',
  typescript: '.ts .tsx .cts .mts',
  vue: '.vue',
  xml: '.xml .xml.dist .dtd .xsl .xslt .xsd .xjb .rng .sch .xhtml',
  yaml: '.yaml .yml',
  zig: '.zig',
};

export const typeNames: readonly string[] = Object.keys(types);

/**
 * @param wanted types of which a file must be one; @param unwanted types of which it must be none
 * @throws WinnowError `bad-usage` for a type that is not known
 */
export function typeJudge(
  wanted: readonly string[],
  unwanted: readonly string[],
): (name: string) => 'out' | 'in' | null {
  if (wanted.length + unwanted.length === 0) return () => null;
  const globs = [...wanted.map((name) => testOf(name)), ...unwanted.map((name) => testOf(name))];
  return (name) => {
    for (let at = globs.length - 1; at >= 0; at--) if (globs[at]?.(name)) return at < wanted.length ? 'in' : 'out';
    return wanted.length > 0 ? 'out' : null;
  };
}

function testOf(name: string): (file: string) => boolean {
  const known = types[name];
  if (known === undefined) {
    const near = nearest(name, typeNames);
    throw new WinnowError(
      'bad-usage',
      `"${name}" is no type of files.${near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''} For any other ending use -g '*.ending'.`,
      { details: { type: name, nearest: near } },
    );
  }
  const endings: string[] = [];
  const names: RegExp[] = [];
  for (const glob of known.split(' ')) {
    const plain = /^\.[\w.]+$/.test(glob) && !hiddenNames.has(glob);
    if (plain) endings.push(glob);
    else {
      const anywhere = glob.startsWith('.') && !hiddenNames.has(glob) ? '.*' : '';
      // Only sets and one star: nothing that takes long.
      names.push(new RegExp(`^${anywhere}${glob.replaceAll('.', '\\.').replaceAll('*', '.*')}$`));
    }
  }
  return (file) => endings.some((ending) => file.endsWith(ending)) || names.some((pattern) => pattern.test(file));
}

/** Whole names that begin with a dot. */
const hiddenNames = new Set(['.irbrc']);
