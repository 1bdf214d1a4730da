/**
 * What a frame means that prints a name and no place.
 *
 * A method is looked up by the type that owns it, wherever that type is written: C#'s partial classes stand in many files. A
 * function without an owner, as Rust has them, is told from its namesakes by the modules before it. Types of arguments are not read.
 */
import type { Symbol } from '../../code/mod.ts';
import { callablesMeant, mostMeant, outermost, sourceOf } from './callables.ts';
import { type Evidence, fileOfKey, symbolOfKey } from './evidence.ts';
import { constructorName, withoutBrackets } from './framenames.ts';
import type { Frame } from './frames.ts';
import { type Definitions, isCallable, isType, type NamedSymbol } from './names.ts';

/** What `Owner.method` means where no path is printed: a method of that owner, or else the owner's file. */
export function named(evidence: Evidence, definitions: Definitions, frame: Frame): Map<number, number[]> {
  const { name, around = [] } = frame;
  const [owner, last] = name?.split('.').slice(-2) ?? [];
  if (owner === undefined) return new Map();
  if (last === undefined) return inModules(evidence, definitions, owner, frame);
  const owners = typesNamed(evidence, definitions, owner, frame);
  const classes = owners.every((key) => kindAt(evidence, key) === 'interface') ? around : [];
  for (const outer of classes.toReversed()) {
    const meant = methodsOf(evidence, definitions, outer, last, frame);
    const spelt = keepSpelt(evidence, meant, `${owner}.${last}`);
    if (spelt.size > 0) return spelt;
  }
  const own = methodsOf(evidence, definitions, owner, last, frame);
  if (own.size > 0) return own;
  const meant = new Map<number, number[]>();
  if (owners.length > mostMeant) return meant;
  for (const key of owners) {
    const file = fileOfKey(key);
    const { at, byName } = callablesMeant(evidence, file, null, name);
    if (byName) meant.set(file, at);
  }
  const [only] = owners;
  if (meant.size === 0 && owners.length === 1 && only !== undefined) meant.set(fileOfKey(only), []);
  return meant;
}

const isSource = ({ corpus }: Evidence, key: number, { sources }: Frame): boolean =>
  sources?.test(corpus.files[fileOfKey(key)]?.path ?? '') !== false;

const typesNamed = (evidence: Evidence, definitions: Definitions, name: string, frame: Frame): number[] =>
  definitions
    .named(name)
    .filter(({ key, kind }) => isType(kind) && isSource(evidence, key, frame))
    .map(({ key }) => key);

const symbolAt = ({ corpus }: Evidence, key: number): Symbol | undefined =>
  corpus.facts(fileOfKey(key)).symbols[symbolOfKey(key)];
const kindAt = (evidence: Evidence, key: number): Symbol['kind'] | undefined => symbolAt(evidence, key)?.kind;
const ownersOf = (symbol: Symbol | undefined): string[] => symbol?.qualifiedName.split('.').slice(0, -1) ?? [];

/** Methods of a type that may be written in many files, as C#'s partial classes are: those that state it as their owner. */
function methodsOf(
  evidence: Evidence,
  definitions: Definitions,
  owner: string,
  method: string,
  frame: Frame,
): Map<number, number[]> {
  const isConstructor = method === constructorName;
  const found = definitions
    .named(isConstructor ? owner : method)
    .filter(
      ({ key, kind }) =>
        (isConstructor ? kind === 'constructor' : isCallable(kind)) &&
        isSource(evidence, key, frame) &&
        ownersOf(symbolAt(evidence, key)).at(-1) === owner,
    );
  return byFile(evidence, nearest(evidence, found, frame));
}

function byFile(evidence: Evidence, found: readonly NamedSymbol[]): Map<number, number[]> {
  const meant = new Map<number, number[]>();
  for (const { key } of found) {
    const file = fileOfKey(key);
    const at = outermost(evidence.corpus.facts(file).symbols, symbolOfKey(key));
    const known = meant.get(file) ?? [];
    if (!known.includes(at)) meant.set(file, [...known, at]);
  }
  return meant.size <= mostMeant ? meant : new Map();
}

/** Those that are written under a name with a dot in it, as implementations of one interface's method are. */
function keepSpelt(
  evidence: Evidence,
  meant: ReadonlyMap<number, readonly number[]>,
  name: string,
): Map<number, number[]> {
  const kept = new Map<number, number[]>();
  for (const [file, symbols] of meant) {
    const spelt = symbols.filter((at) => headOf(evidence, file, at).includes(name));
    if (spelt.length > 0) kept.set(file, spelt);
  }
  return kept;
}

/** A definition up to its body, without arguments of types. */
function headOf(evidence: Evidence, file: number, at: number): string {
  const [head = ''] = sourceOf(evidence, file, at).split(/\{|=>/);
  return withoutBrackets(head, '<', '>');
}

/** What a definition's file and its owners are called, as modules are: `regex-automata/src/dfa/mod.rs` is `regex_automata`, `dfa`. */
function modulesOf(evidence: Evidence, key: number): Set<string> {
  const { path } = evidence.corpus.files[fileOfKey(key)] ?? { path: '' };
  const folders = path
    .replace(/\.\w+$/, '')
    .replaceAll('-', '_')
    .split('/');
  return new Set([...folders, ...ownersOf(symbolAt(evidence, key))]);
}

/** Those that share the most modules with what the frame prints before the name. */
function nearest(evidence: Evidence, found: readonly NamedSymbol[], { around = [] }: Frame): NamedSymbol[] {
  const shared = found.map(({ key }) => {
    const modules = modulesOf(evidence, key);
    return around.filter((part) => modules.has(part)).length;
  });
  const most = Math.max(0, ...shared);
  return found.filter((_, at) => shared[at] === most);
}

/** Rust's own crates; a repository that has none of them means no function of theirs. */
const standardCrates: ReadonlySet<string> = new Set(['std', 'core', 'alloc']);

/** What the path of a crate's outermost module is made of, when the crate is the repository and its name is not told there. */
const crateFiles: ReadonlySet<string> = new Set(['src', 'main', 'lib']);

/** A function without an owner, found by the modules before it; the crate's name may be told nowhere in the paths. */
function inModules(evidence: Evidence, definitions: Definitions, name: string, frame: Frame): Map<number, number[]> {
  const [crate, ...modules] = frame.around ?? [];
  if (crate === undefined) return new Map();
  const fits = definitions.named(name).filter(({ key, kind }) => {
    if (!isCallable(kind) || !isSource(evidence, key, frame)) return false;
    const own = modulesOf(evidence, key);
    if (!modules.every((part) => own.has(part)) || (standardCrates.has(crate) && !own.has(crate))) return false;
    return modules.length > 0 || own.has(crate) || [...own].every((part) => crateFiles.has(part));
  });
  return byFile(evidence, nearest(evidence, fits, frame));
}
