/**
 * What a file shows to others, name by name: a key for each name of each scope and each symbol, with a fingerprint of
 * what is said about it. When a file changes, the keys whose fingerprints differ tell which other files must be
 * linked again: those that looked one of them up, and no others.
 *
 * What is inside one function is one name: it matters to others only when the function's results are inferred from it.
 * Positions do not count, so code may move without anybody noticing.
 */
import type { Expression } from '../../code/mod.ts';
import { namespaceOfSymbol, packageKey } from './csharp-namespaces.ts';
import { namedKey } from './evaluate.ts';
import { hashOf, mix, mixText } from './hash.ts';
import { familyOf } from './module-map.ts';
import type { Unit } from './unit.ts';

/**
 * Languages that ask for all definitions of a name and choose among them by what only their files say: which is a macro, which
 * a declaration, which is seen outside of its file. In the others the nodes say enough.
 */
const choosing: ReadonlySet<string> = new Set(['c', 'cpp', 'rust', 'csharp', 'php', 'ruby']);

export interface Surface {
  /** Ascending. */
  readonly keys: Uint32Array;
  readonly prints: Uint32Array;
}

export function surfaceOf(unit: Unit): Surface {
  const prints = new Map<number, number>();
  const add = (key: number, print: number): void => {
    prints.set(key, mix(prints.get(key) ?? 0, print));
  };
  const expressions = expressionPrints(unit);
  const printOf = (expression: number): number => (expression < 0 ? 0 : (expressions[expression] as number));

  for (const [index, binding] of unit.links.bindings.entries()) {
    const { kind, name, scope, symbol, import: imported, value, type } = binding;
    let print = mixText(hashOf(kind), name);
    if (symbol >= 0) print = mix(mixText(print, unit.symbol(symbol).kind), unit.symbolKey(symbol));
    const source = unit.imports[imported];
    if (source !== undefined) print = mixText(mixText(print, source.module), source.name);
    if (scope === 0) {
      for (const star of unit.starsAfter([index])) print = mixText(print, unit.imports[star]?.module ?? '');
    }
    add(unit.nameKey(scope, name), mix(mix(print, printOf(value)), printOf(type)));
  }
  const family = familyOf(unit.language);
  const namesakes = new Namesakes();
  unit.symbols.forEach(({ kind, name, qualifiedName, parent, exported }, symbol) => {
    if (choosing.has(unit.language)) {
      const defined = (unit.linksOf(symbol)?.scope ?? -1) >= 0;
      const namespace = unit.language === 'csharp' ? hashOf(namespaceOfSymbol(unit, symbol)) : 0;
      add(namedKey(name, family), mix(hashOf(kind) + (exported ? 1 : 0) + (defined ? 2 : 0), namespace));
    }
    let print = mix(hashOf(kind) + (unit.test ? 1 : 0), parent < 0 ? 0 : unit.symbolKey(parent));
    print += namesakes.place(unit, qualifiedName);
    const links = unit.linksOf(symbol);
    if (links !== undefined) {
      for (const base of links.bases) print = mix(print, printOf(base));
      for (const result of links.results) print = mix(print, printOf(result));
      print = mix(print, (links.static ? 1 : 0) + (links.accessor ? 2 : 0) + (links.scope >= 0 ? 4 : 0));
      print = mix(print, printOf(links.receiver));
      // Fields of a tuple are known by their places.
      const ofTuple = unit.language === 'python' && links.scope >= 0 && links.bases.length > 0;
      if (ofTuple) for (const type of unit.fieldTypes(links.scope)) print = mix(print, printOf(type));
    }
    add(unit.symbolKey(symbol), print);
  });
  if (unit.links.package !== null) add(packageKey(unit.path), hashOf(unit.links.package));
  const exportsKey = mixText(unit.key, '#exports');
  add(exportsKey, unit.test ? 1 : 0);
  for (const { name, local } of unit.links.exports) add(exportsKey, mixText(hashOf(name), local));
  for (const index of [...unit.links.passedOn, ...unit.starImports]) {
    add(exportsKey, hashOf(unit.imports[index]?.module ?? ''));
  }

  const keys = Uint32Array.from(prints.keys()).sort();
  return { keys, prints: keys.map((key) => prints.get(key) as number) };
}

/** Of C#, where namesakes may stand in several namespaces of a file: how many of the name come before, by which nodes are told apart. */
class Namesakes {
  readonly #counts = new Map<string, number>();

  place({ language }: Unit, qualifiedName: string): number {
    if (language !== 'csharp') return 0;
    const place = this.#counts.get(qualifiedName) ?? 0;
    this.#counts.set(qualifiedName, place + 1);
    return place;
  }
}

function expressionPrints(unit: Unit): Uint32Array {
  const prints = new Uint32Array(unit.links.expressions.length);
  unit.links.expressions.forEach((expression, index) => {
    prints[index] = printOf(unit, expression, prints);
  });
  return prints;
}

function printOf(unit: Unit, expression: Expression, known: Uint32Array): number {
  const of = (operand: number): number => (operand < 0 ? 0 : (known[operand] as number));
  const all = (start: number, operands: readonly number[]): number =>
    operands.reduce((hash, one) => mix(hash, of(one)), start);
  const kind = hashOf(expression.kind);
  switch (expression.kind) {
    case 'name':
      return mix(mixText(kind, expression.name), unit.scopeKey(expression.scope));
    case 'member':
      return mix(mixText(kind, expression.name), of(expression.object));
    case 'call':
    case 'new':
      return mix(kind, of(expression.callee));
    case 'instance':
      return mix(kind, of(expression.type));
    case 'self':
    case 'self-type':
    case 'super':
    case 'object':
      return mix(kind, unit.scopeKey(expression.scope));
    case 'applied':
      return all(mix(kind, of(expression.base)), expression.args);
    case 'element':
      return mix(mix(mixText(kind, expression.how), expression.index), of(expression.object));
    case 'collection':
      return all(mixText(kind, expression.type), expression.elements);
    case 'either':
    case 'first':
      return all(kind, expression.options);
    case 'literal':
      return mixText(kind, expression.type);
  }
}

/** Keys that only one of two surfaces has, or that say something else in them. */
export function differingKeys(before: Surface, after: Surface, into: Set<number>): void {
  let [i, j] = [0, 0];
  while (i < before.keys.length || j < after.keys.length) {
    const a = before.keys[i] ?? Number.POSITIVE_INFINITY;
    const b = after.keys[j] ?? Number.POSITIVE_INFINITY;
    if (a < b || a > b || before.prints[i] !== after.prints[j]) into.add(Math.min(a, b));
    if (a <= b) i++;
    if (b <= a) j++;
  }
}

export const noSurface: Surface = { keys: new Uint32Array(), prints: new Uint32Array() };
