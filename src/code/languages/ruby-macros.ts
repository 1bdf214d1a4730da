/**
 * Calls in Ruby's classes that define methods when their arguments are literal: `attr_reader :name`, `alias_method :to_s, :inspect`,
 * `delegate :size, to: :items`, `define_method(:run) { … }`; and those that hide what others defined: `private :run`.
 *
 * Names that are put together while running define nothing here, and neither do the macros of one framework (`has_many`).
 */
import type { Extent, Scan } from '../scan.ts';
import { none } from '../tree/tree.ts';

/** How many of its arguments a macro makes methods of. */
const macros: ReadonlyMap<string, number> = new Map([
  ...[
    'attr_reader',
    'attr_writer',
    'attr_accessor',
    'attr',
    'delegate',
    // ActiveSupport's, which many libraries copied.
    'class_attribute',
    'mattr_reader',
    'mattr_writer',
    'mattr_accessor',
    'cattr_reader',
    'cattr_writer',
    'cattr_accessor',
  ].map((name) => [name, Number.POSITIVE_INFINITY] as const),
  ['alias_method', 1],
  ['define_method', 1],
  ['define_singleton_method', 1],
]);

/** Place of the name in a symbol or string that is written out; `null` for anything else. */
export function literalName(scan: Pick<Scan, 'tree'>, node: number): Extent | null {
  const { tree } = scan;
  if (node < 0) return null;
  const kind = tree.kind(node);
  if (kind === 'simple_symbol') return { start: tree.start(node) + 1, end: tree.end(node) };
  if (kind === 'hash_key_symbol' || kind === 'bare_symbol') return { start: tree.start(node), end: tree.end(node) };
  if (kind !== 'string' && kind !== 'delimited_symbol') return null;
  const parts = tree.namedChildren(node);
  const [content = none] = parts;
  if (parts.length !== 1 || tree.kind(content) !== 'string_content') return null;
  return { start: tree.start(content), end: tree.end(content) };
}

export function argumentsOf(scan: Pick<Scan, 'tree'>, call: number): number[] {
  const { tree } = scan;
  const list = tree.field(call, 'arguments');
  return list < 0 ? [] : tree.namedChildren(list);
}

/** The value that a call is given under a name: `to: :items`. */
export function keywordOf(scan: Pick<Scan, 'tree'>, call: number, name: string): number {
  const { tree } = scan;
  for (const argument of argumentsOf(scan, call)) {
    if (tree.kind(argument) !== 'pair') continue;
    const key = tree.field(argument, 'key');
    if (key >= 0 && tree.textOf(key).replace(/^:/, '') === name) return tree.field(argument, 'value');
  }
  return none;
}

const methodName = /^[A-Za-z_\u0080-\u{10ffff}][\w\u0080-\u{10ffff}]*[?!=]?$/u;

export interface MacroName extends Extent {
  readonly name: string;
  /** The argument it stands in. */
  readonly node: number;
}

/** Names of the methods that a call in a class's body defines; empty for other calls. */
export function definedBy(scan: Pick<Scan, 'tree'>, call: number, method: string): MacroName[] {
  const { tree } = scan;
  const args = argumentsOf(scan, call);
  let named: readonly number[];
  if (method === 'def_delegators') named = args.slice(1);
  else if (method === 'def_delegator') named = args.slice(args.length > 2 ? 2 : 1);
  else {
    const most = macros.get(method);
    if (most === undefined) return [];
    // With a prefix the name is not in the source.
    if (method === 'delegate' && keywordOf(scan, call, 'prefix') >= 0) return [];
    named = args.slice(0, most);
  }
  const found: MacroName[] = [];
  for (const node of named) {
    const extent = literalName(scan, node);
    if (extent === null) continue;
    const name = tree.text.slice(extent.start, extent.end);
    if (methodName.test(name)) found.push({ ...extent, name, node });
  }
  return found;
}

/** Whether a node of the kind names a constant: `A`, `A::B`. */
export const isConstantPath = (kind: string): boolean => kind === 'constant' || kind === 'scope_resolution';
