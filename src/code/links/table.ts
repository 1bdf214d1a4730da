/** Languages that give links, by their names in `languages/table.ts`, one line each. */
import { c } from './cfamily.ts';
import { cpp } from './cpp.ts';
import { csharp } from './csharp.ts';
import { ecmascript } from './ecmascript.ts';
import { go } from './go.ts';
import { java } from './java.ts';
import type { LinkLanguage } from './language.ts';
import { php } from './php.ts';
import { python } from './python.ts';
import { ruby } from './ruby.ts';
import { rust } from './rust.ts';

const linkLanguages: Readonly<Record<string, LinkLanguage>> = {
  python,
  javascript: ecmascript,
  typescript: ecmascript,
  tsx: ecmascript,
  java,
  go,
  rust,
  ruby,
  c,
  cpp,
  csharp,
  php,
};

/** @returns null for languages without links: their files have facts, and the graph has their nodes */
export const linkLanguageNamed = (name: string): LinkLanguage | null =>
  Object.hasOwn(linkLanguages, name) ? (linkLanguages[name] as LinkLanguage) : null;
