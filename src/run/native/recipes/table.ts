/** Every recipe of the native backend, one line a language. */
import type { Recipe } from '../recipe.ts';
import { awk } from './awk.ts';
import { bash } from './bash.ts';
import { c } from './c.ts';
import { cpp } from './cpp.ts';
import { csharp } from './csharp.ts';
import { fortran } from './fortran.ts';
import { go } from './go.ts';
import { haskell } from './haskell.ts';
import { java } from './java.ts';
import { javascript } from './javascript.ts';
import { kotlin } from './kotlin.ts';
import { lua } from './lua.ts';
import { ocaml } from './ocaml.ts';
import { perl } from './perl.ts';
import { php } from './php.ts';
import { python } from './python.ts';
import { r } from './r.ts';
import { ruby } from './ruby.ts';
import { rust } from './rust.ts';
import { sql } from './sql.ts';
import { tcl } from './tcl.ts';
import { typescript } from './typescript.ts';

export const recipes: readonly Recipe[] = [
  python,
  javascript,
  typescript,
  c,
  cpp,
  java,
  go,
  rust,
  ruby,
  php,
  perl,
  lua,
  bash,
  r,
  sql,
  csharp,
  kotlin,
  haskell,
  ocaml,
  fortran,
  awk,
  tcl,
];
