/**
 * Paths of Rust across files: `crate::a::B::c`, `super::f`, `other_crate::T`, whether in `use` or in code.
 *
 * Each word is looked up in what the words before it mean, be it a file's module, a module written inside a file, a type or an
 * enumeration. Only the first word depends on where it stands.
 */
import type { Import } from '../../code/mod.ts';
import { membersOf } from './classes.ts';
import { type Entity, outside, unknownOnly } from './entities.ts';
import type { Evaluator } from './evaluate.ts';
import { importsKey, lookUp } from './lookup.ts';
import type { Unit } from './unit.ts';

const keyword = /^(\$?crate|self|super)(::|$)/;

/** What the language's prelude and the language itself bind everywhere, as far as names of types go. */
const prelude = new Set(
  `Option Result Some None Ok Err Vec String Box ToString ToOwned Clone Copy Send Sync Sized Drop Fn FnMut FnOnce Default Iterator
   IntoIterator Extend DoubleEndedIterator ExactSizeIterator FromIterator From Into TryFrom TryInto AsRef AsMut Eq PartialEq Ord PartialOrd
   Unpin bool char str u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 std core alloc drop`.split(/\s+/),
);

/** What a name means that no scope binds; `null` when that is for the star imports to say. */
export function unboundPath(evaluator: Evaluator, unit: Unit, scope: number, name: string): readonly Entity[] | null {
  if (keyword.test(name)) return startOf(evaluator, unit, scope, name.split('::'));
  if (prelude.has(name)) return [outside(name, false)];
  return null;
}

/** A crate of the repository, or a macro, which are known everywhere. */
export function globalName(evaluator: Evaluator, unit: Unit, name: string): readonly Entity[] | null {
  if (name.endsWith('!')) {
    // `use quote::quote;` says whose macro it is, when nothing of the file has the name.
    const imported = unit.imports.findIndex(({ alias, name: from }) => alias === name.slice(0, -1) && from !== '*');
    const found = imported < 0 ? [] : evaluator.settle(importedPath(evaluator, unit, imported));
    if (found.length > 0 && found.every(({ kind }) => kind === 'outside')) return found;
    return macros(evaluator, unit, name.slice(0, -1));
  }
  const answer = evaluator.program.modules.path(unit.path, unit.language, name);
  return answer.kind === 'module' ? [answer] : null;
}

/** Of the standard library: one of that name elsewhere is not meant. */
const standardMacros = new Set(
  `assert assert_eq assert_ne cfg column concat dbg debug_assert debug_assert_eq debug_assert_ne env eprint eprintln file format format_args
   include include_bytes include_str line matches module_path panic print println stringify thread_local todo unimplemented unreachable vec
   write writeln`.split(/\s+/),
);

/** Macros of a name, those of the same file first. */
function macros(evaluator: Evaluator, unit: Unit, name: string): readonly Entity[] | null {
  const found = evaluator
    .named(name, unit.language)
    .filter(({ file, symbol }) => evaluator.program.unit(file).symbol(symbol).kind === 'macro');
  if (found.length === 0 || found.length > 4) return null;
  const own = found.filter(({ file }) => file === unit.file);
  if (own.length === 0 && standardMacros.has(name)) return null;
  return (own.length > 0 ? own : found).map(({ file, symbol }) => ({
    kind: 'symbol',
    file,
    symbol,
    rule: 'import',
    receiver: null,
    args: null,
    own: false,
  }));
}

/** What `crate`, `self` and `super` mean; modules written inside a file come before its own. */
function startOf(evaluator: Evaluator, unit: Unit, scope: number, words: readonly string[]): readonly Entity[] {
  evaluator.consult(unit, importsKey(unit));
  if (words[0]?.endsWith('crate')) return moduleOf(evaluator, unit, 'crate');
  let at = moduleAround(unit, scope);
  let above = 0;
  for (const word of words) {
    if (word !== 'super') continue;
    if (at > 0) at = moduleAround(unit, unit.scope(at).parent);
    else above++;
  }
  if (above > 0) return moduleOf(evaluator, unit, Array.from({ length: above }, () => 'super').join('::'));
  if (at === 0) return [{ kind: 'module', files: [unit.file] }];
  const { symbol } = unit.scope(at);
  if (symbol < 0) return unknownOnly;
  return [{ kind: 'symbol', file: unit.file, symbol, rule: 'scope', receiver: null, args: null, own: false }];
}

function moduleOf(evaluator: Evaluator, unit: Unit, path: string): readonly Entity[] {
  const answer = evaluator.program.modules.path(unit.path, unit.language, path);
  return answer.kind === 'module' ? [answer] : unknownOnly;
}

function moduleAround(unit: Unit, scope: number): number {
  let at = scope;
  while (at > 0 && unit.scope(at).kind !== 'namespace') at = unit.scope(at).parent;
  return at;
}

/** The innermost module written inside the file around an import: its scope, or 0. */
function scopeAround(unit: Unit, { span }: Import): number {
  let found = 0;
  unit.links.scopes.forEach(({ kind, span: around }, scope) => {
    if (kind === 'namespace' && around.start <= span.start && span.end <= around.end) found = scope;
  });
  return found;
}

/** What an import names: of stars and whole modules the module. Nothing where it leads to itself. */
export function importedPath(evaluator: Evaluator, unit: Unit, index: number): readonly Entity[] {
  const found = unit.imports[index] as Import;
  return evaluator.guarded(`use ${unit.file} ${index}`, () => {
    const path = found.name === '*' ? found.module : `${found.module}::${found.name}`;
    const inside = scopeAround(unit, found);
    if (inside > 0 && found.module === found.alias) {
      // `mod a { mod b; }` has its file in `a`.
      const answer = moduleOf(
        evaluator,
        unit,
        `${unit.symbol(unit.scope(inside).symbol)?.qualifiedName.replaceAll('.', '/')}/${path}`,
      );
      if (answer !== unknownOnly && !leadsTo(answer, unit.file)) return answer;
    }
    return meaning(evaluator, unit, scopeAround(unit, found), path);
  });
}

const leadsTo = (found: readonly Entity[], file: number): boolean =>
  found.some((one) => one.kind === 'module' && one.files[0] === file);

function meaning(evaluator: Evaluator, unit: Unit, scope: number, path: string): readonly Entity[] {
  const words = path.split('::').filter((word) => word !== '');
  let lead = 0;
  while (/^(\$?crate|self|super)$/.test(words[lead] ?? '')) lead++;
  const first = words[0] ?? '';
  let found =
    lead > 0
      ? startOf(evaluator, unit, scope, words.slice(0, lead))
      : (globalName(evaluator, unit, first) ?? lookUp(evaluator, unit, scope, first));
  for (const word of words.slice(Math.max(1, lead))) {
    found = membersOf(evaluator, evaluator.settle(found), word);
  }
  return found;
}

/** What a module has under a name through its star imports, or `null`. @param indices the imports */
export function throughStars(
  evaluator: Evaluator,
  unit: Unit,
  indices: readonly number[],
  name: string,
): readonly Entity[] | null {
  if (indices.length === 0 || name.endsWith('!')) return null;
  const found = evaluator.guarded(`stars ${unit.file} ${name}`, () => {
    for (const index of indices) {
      const from = evaluator.settle(importedPath(evaluator, unit, index)).filter(({ kind }) => kind !== 'outside');
      const known = membersOf(evaluator, from, name).filter(({ kind }) => kind !== 'unknown' && kind !== 'outside');
      if (known.length > 0) return known;
    }
    return [];
  });
  return found.length === 0 ? null : found;
}

/** The module of an import as the file itself would write it: inside modules that it holds, `super` may be the file. */
export function asOfFile(unit: Unit, index: number): string {
  const found = unit.imports[index] as Import;
  const words = found.module.split('::');
  if (words[0] !== 'super' && words[0] !== 'self') return found.module;
  for (
    let at = scopeAround(unit, found);
    at > 0 && words[0] === 'super';
    at = moduleAround(unit, unit.scope(at).parent)
  ) {
    words.shift();
  }
  return ['self', ...words].join('::');
}
