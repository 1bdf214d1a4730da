/** Every language, one line each. Order matters only for reading. */
import { asciidoc } from './asciidoc.ts';
import { c } from './c.ts';
import { cpp } from './cpp.ts';
import { csharp } from './csharp.ts';
import { go } from './go.ts';
import { java } from './java.ts';
import { javascript } from './javascript.ts';
import { json } from './json.ts';
import type { Language } from './language.ts';
import { markdown } from './markdown.ts';
import { php } from './php.ts';
import { plain } from './plain.ts';
import { python } from './python.ts';
import { rst } from './rst.ts';
import { ruby } from './ruby.ts';
import { rust } from './rust.ts';
import { toml } from './toml.ts';
import { tsx } from './tsx.ts';
import { typescript } from './typescript.ts';
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
