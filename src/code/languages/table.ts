/** Every language, one line each. Order matters only for reading. */
import { asciidoc } from './asciidoc.ts';
import { bash } from './bash.ts';
import { c } from './c.ts';
import { cpp } from './cpp.ts';
import { csharp } from './csharp.ts';
import { css } from './css.ts';
import { dart } from './dart.ts';
import { dockerfile } from './dockerfile.ts';
import { elixir } from './elixir.ts';
import { go } from './go.ts';
import { haskell } from './haskell.ts';
import { html } from './html.ts';
import { java } from './java.ts';
import { javascript } from './javascript.ts';
import { json } from './json.ts';
import { jupyter } from './jupyter.ts';
import { kotlin } from './kotlin.ts';
import type { Language } from './language.ts';
import { lua } from './lua.ts';
import { markdown } from './markdown.ts';
import { perl } from './perl.ts';
import { php } from './php.ts';
import { plain } from './plain.ts';
import { powershell } from './powershell.ts';
import { proto } from './proto.ts';
import { python } from './python.ts';
import { r } from './r.ts';
import { rst } from './rst.ts';
import { ruby } from './ruby.ts';
import { rust } from './rust.ts';
import { scala } from './scala.ts';
import { less, scss } from './scss.ts';
import { sql } from './sql.ts';
import { svelte } from './svelte.ts';
import { swift } from './swift.ts';
import { terraform } from './terraform.ts';
import { toml } from './toml.ts';
import { tsx } from './tsx.ts';
import { typescript } from './typescript.ts';
import { vue } from './vue.ts';
import { yaml } from './yaml.ts';

export const languages: readonly Language[] = [
  typescript,
  tsx,
  javascript,
  python,
  java,
  go,
  rust,
  ruby,
  c,
  cpp,
  csharp,
  php,
  kotlin,
  scala,
  swift,
  dart,
  bash,
  powershell,
  css,
  scss,
  less,
  html,
  vue,
  svelte,
  jupyter,
  sql,
  proto,
  terraform,
  dockerfile,
  lua,
  r,
  perl,
  haskell,
  elixir,
  markdown,
  rst,
  asciidoc,
  json,
  yaml,
  toml,
  plain,
];

const byName = new Map(languages.map((language) => [language.name, language]));

/** @returns null for unknown names */
export const languageNamed = (name: string): Language | null => byName.get(name) ?? null;
