/**
 * Signals of names: which definitions the issue speaks of, what they inherit, and which names are made from theirs.
 *
 * A name that one definition has says where; a name that fifty have says little, so what it adds is shared among
 * them. `Class.method` prefers the method of that class. Programs that dispatch by name (`visit_Call`,
 * `_print_Mul`, `handle_data`) are met by asking for names that end in `_` and the name of a type that is mentioned.
 */
import type { SymbolKind } from '../../code/mod.ts';
import { role } from './corpus.ts';
import type { Evidence } from './evidence.ts';
import { fileOfKey, symbolKey } from './evidence.ts';
import type { Issue } from './issue.ts';

/** Words that code of every project holds; as names they point nowhere. */
const everywhere: ReadonlySet<string> = new Set(
  `print import from as def class return self for in if else elif not and or None True False try except raise with lambda
   assert is pass yield del global range len list dict str int float set tuple np numpy pd plt foo bar test main const let var
   function new this null undefined true false void public static final String console log Error Object Array`.split(
    /\s+/,
  ),
);

const typeKinds: ReadonlySet<SymbolKind> = new Set(['class', 'interface', 'struct', 'enum', 'trait', 'type']);
const callableKinds: ReadonlySet<SymbolKind> = new Set(['function', 'method', 'constructor', 'macro']);

export const isType = (kind: SymbolKind): boolean => typeKinds.has(kind);
export const isCallable = (kind: SymbolKind): boolean => callableKinds.has(kind);

export interface NamedSymbol {
  readonly key: number;
  readonly kind: SymbolKind;
}

/** Definitions in source files by their exact name; looked up once each. */
export class Definitions {
  readonly #evidence: Evidence;
  readonly #known = new Map<string, readonly NamedSymbol[]>();

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
  }

  named(name: string): readonly NamedSymbol[] {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const { views, byVersion, roles } = this.#evidence.corpus;
    const found: NamedSymbol[] = [];
    for (const { segment } of views) {
      for (const entry of segment.names.exact(name.toLowerCase())) {
        if (entry.name !== name) continue;
        const file = byVersion.get(entry.version);
        if (file !== undefined && roles[file] === role.source)
          found.push({ key: symbolKey(file, entry.symbol), kind: entry.kind });
      }
    }
    this.#known.set(name, found);
    return found;
  }
}

/** How a definition shared by `n` counts for each. Between a fair share and none. */
const shareOf = (n: number): number => 1 / n ** 0.8;
/** A field or variable of the name is a weaker sign, and none when many have it. */
const fieldShare = 0.7;
const mostFields = 5;
/** Short words in small letters are words first and names second. */
const plainShare = 0.4;

export function nameSignals(evidence: Evidence, definitions: Definitions, issue: Issue): void {
  resolve(evidence, definitions, issue.namesInProse, 'namesProse');
  resolve(evidence, definitions, issue.namesInCode, 'namesCode');
  baseSignals(evidence, definitions, issue);
  conventionSignals(evidence, issue);
}

function resolve(
  evidence: Evidence,
  definitions: Definitions,
  names: ReadonlyMap<string, number>,
  signal: 'namesProse' | 'namesCode',
): void {
  const seen = new Set<string>();
  for (const [dotted, count] of names) {
    const weight = Math.log(1 + count);
    const parts = dotted.split(/\.|::|#/);
    for (const [at, name] of parts.entries()) {
      const last = at === parts.length - 1;
      if (everywhere.has(name) || name.length < 2 || seen.has(`${name} ${last}`)) continue;
      seen.add(`${name} ${last}`);
      const found = definitions.named(name);
      const callable = found.filter(({ kind }) => isCallable(kind) || isType(kind));
      const owner = at === 0 ? [] : definitions.named(parts[at - 1] as string).filter(({ kind }) => isType(kind));
      const inOwner = new Set(owner.map(({ key }) => fileOfKey(key)));
      const own = callable.filter(({ key }) => inOwner.has(fileOfKey(key)));
      const wanted = own.length > 0 ? own : callable;
      const factor =
        own.length > 0
          ? 2 / own.length
          : shareOf(wanted.length) * (name.length >= 4 || /[^a-z]/.test(name) ? 1 : plainShare);
      for (const { key } of wanted) {
        evidence.addSymbol(signal, key, weight * factor);
        evidence.note(signal, `${key}`, name);
        evidence.note(signal, `file ${fileOfKey(key)}`, name);
      }
      const fields = found.filter(({ kind }) => !isCallable(kind) && !isType(kind));
      if (fields.length > 0 && fields.length <= mostFields && name.length > 3) {
        for (const { key } of fields) evidence.addSymbol(signal, key, (fieldShare * weight) / fields.length);
      }
    }
  }
  const max = signal === 'namesProse' ? 'namesProseMax' : 'namesCodeMax';
  for (const [key, value] of evidence.symbols(signal)) {
    evidence.addFile(signal, fileOfKey(key), value);
    evidence.raiseFile(max, fileOfKey(key), value);
  }
}

const codeShare = 0.6;

/** How strongly each symbol is named, in prose and code together. */
export function namedAltogether(evidence: Evidence): Map<number, number> {
  const all = new Map(evidence.symbols('namesProse'));
  for (const [key, value] of evidence.symbols('namesCode')) all.set(key, (all.get(key) ?? 0) + codeShare * value);
  return all;
}

/** Types that are followed to their bases, and how far up. */
const followedTypes = 40;
const basesUp = 3;
const baseDecay = 0.5;

/** What a mentioned class inherits may be where its behaviour stands, above all a mentioned method of a base. */
function baseSignals(evidence: Evidence, definitions: Definitions, issue: Issue): void {
  const { corpus } = evidence;
  const mentioned = new Set(
    [...issue.namesInProse.keys(), ...issue.namesInCode.keys()].flatMap((name) => name.split('.')),
  );
  const types = [...namedAltogether(evidence)]
    .filter(([key]) => isType(kindOf(evidence, key)))
    .sort((a, b) => b[1] - a[1])
    .slice(0, followedTypes);
  for (const [start, strength] of types) {
    let level: [number, number][] = [[start, strength]];
    const seen = new Set([start]);
    for (let up = 0; up < basesUp && level.length > 0; up++) {
      const next: [number, number][] = [];
      for (const [key, weight] of level) {
        const facts = corpus.facts(fileOfKey(key));
        for (const { kind, name, from } of facts.references) {
          if ((kind !== 'inherit' && kind !== 'implement') || symbolKey(fileOfKey(key), from) !== key) continue;
          const bases = definitions.named(name).filter((found) => isType(found.kind));
          if (bases.length === 0 || bases.length > 3) continue;
          for (const base of bases) {
            if (seen.has(base.key)) continue;
            seen.add(base.key);
            const share = (weight * baseDecay) / bases.length;
            evidence.addSymbol('bases', base.key, share);
            evidence.note('bases', `file ${fileOfKey(base.key)}`, name);
            next.push([base.key, share]);
            for (const [at, symbol] of corpus.facts(fileOfKey(base.key)).symbols.entries()) {
              const member = symbolKey(fileOfKey(base.key), symbol.parent) === base.key && symbol.parent >= 0;
              if (member && mentioned.has(symbol.name) && isCallable(symbol.kind)) {
                evidence.addSymbol('bases', symbolKey(fileOfKey(base.key), at), weight / bases.length);
                evidence.note('bases', `${symbolKey(fileOfKey(base.key), at)}`, `${name}.${symbol.name}`);
              }
            }
          }
        }
      }
      level = next;
    }
  }
  for (const [key, value] of evidence.symbols('bases')) evidence.raiseFile('bases', fileOfKey(key), value);
}

const kindOf = (evidence: Evidence, key: number): SymbolKind =>
  evidence.corpus.facts(fileOfKey(key)).symbols[key - symbolKey(fileOfKey(key), 0)]?.kind ?? 'variable';

/** Names asked for as the second half of others; more would be noise. */
const mostStems = 60;

/** `visit_Call` for `Call`: names made of a verb and a name that the issue mentions. */
function conventionSignals(evidence: Evidence, issue: Issue): void {
  const { corpus } = evidence;
  const wanted = new Map<string, number>();
  for (const names of [issue.namesInProse, issue.namesInCode]) {
    for (const [dotted, count] of names) {
      const name = dotted.split(/\.|::|#/).at(-1) ?? '';
      if (/^[A-Z][A-Za-z0-9]{2,}$/.test(name))
        wanted.set(name.toLowerCase(), Math.max(wanted.get(name.toLowerCase()) ?? 0, Math.log(1 + count)));
    }
  }
  if (wanted.size === 0 || wanted.size > mostStems) return;
  const words = new Set(issue.text.toLowerCase().match(/[a-z]{3,}/g) ?? []);
  for (const { segment } of corpus.views) {
    segment.names.scan((name, at) => {
      const cut = name.lastIndexOf('_');
      if (cut < 2) return true;
      const weight = wanted.get(name.slice(cut + 1).toLowerCase());
      if (weight === undefined) return true;
      const verb = name.slice(0, cut).replace(/^_+/, '').toLowerCase();
      // The verb, too, is mostly in the issue's words: `_print_Mul` in one about printing.
      const fits = [...words].some((word) => word.length >= 4 && (word.startsWith(verb) || verb.startsWith(word)))
        ? 1
        : 0.3;
      for (const entry of segment.names.entries(at)) {
        const file = corpus.byVersion.get(entry.version);
        if (file === undefined || corpus.roles[file] !== role.source || !isCallable(entry.kind)) continue;
        const key = symbolKey(file, entry.symbol);
        evidence.raiseSymbol('convention', key, weight * fits);
        evidence.note('convention', `${key}`, name);
        evidence.note('convention', `file ${file}`, name);
      }
      return true;
    });
  }
  // A printer for everything holds all such names: what counts is the best, not how many.
  for (const [key, value] of evidence.symbols('convention')) evidence.raiseFile('convention', fileOfKey(key), value);
}
