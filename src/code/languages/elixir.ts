/**
 * Elixir. Definitions are calls of macros (`def`, `defmodule`), so they are known by those words. Clauses of one function that
 * follow each other are one definition; `@doc` before it is its doc. An implementation's functions belong to `Protocol.Type`.
 */
import type { SymbolKind } from '../facts.ts';
import type { Extent, Scan } from '../scan.ts';
import { none, type SyntaxTree } from '../tree/tree.ts';
import { bindLocal } from './bindings.ts';
import type { GrammarLanguage, Rule } from './language.ts';
import { childOf, kindOf, maybeUse, siblingBefore, textOf } from './shapes.ts';

const callables: Readonly<Record<string, SymbolKind>> = {
  def: 'function',
  defp: 'function',
  defmacro: 'macro',
  defmacrop: 'macro',
  defguard: 'macro',
  defguardp: 'macro',
  defdelegate: 'function',
  defn: 'function',
  defnp: 'function',
};

const modules: Readonly<Record<string, SymbolKind>> = {
  defmodule: 'module',
  defprotocol: 'interface',
  defimpl: 'class',
};

const wordOf = (tree: SyntaxTree, call: number): string => {
  const target = kindOf(tree, call) === 'call' ? tree.field(call, 'target') : none;
  return kindOf(tree, target) === 'identifier' ? tree.textOf(target) : '';
};

const argumentsOf = (tree: SyntaxTree, call: number): number[] => {
  const list = tree.child(call, 'arguments');
  return list < 0 ? [] : tree.namedChildren(list);
};

/** Head of a definition: the call that names it and its parameters, without its guard. */
function headOf(tree: SyntaxTree, call: number): number {
  let head = argumentsOf(tree, call)[0] ?? none;
  if (kindOf(tree, head) === 'binary_operator' && textOf(tree, tree.field(head, 'operator')) === 'when')
    head = tree.field(head, 'left');
  return head;
}

function nameOf(tree: SyntaxTree, head: number): number {
  const kind = kindOf(tree, head);
  if (kind === 'identifier') return head;
  if (kind === 'call') return tree.field(head, 'target');
  return kind === 'binary_operator' || kind === 'unary_operator' ? tree.field(head, 'operator') : none;
}

const arityOf = (tree: SyntaxTree, head: number): number =>
  kindOf(tree, head) === 'call' ? argumentsOf(tree, head).length : kindOf(tree, head) === 'binary_operator' ? 2 : 0;

/** `@name value` → name. */
function attributeOf(tree: SyntaxTree, node: number): { word: string; value: number } | null {
  if (kindOf(tree, node) !== 'unary_operator' || textOf(tree, tree.field(node, 'operator')) !== '@') return null;
  const call = tree.field(node, 'operand');
  const word = wordOf(tree, call);
  return word === '' ? null : { word, value: argumentsOf(tree, call)[0] ?? none };
}

/** The `@doc` above a definition, past other attributes. */
function docAbove({ tree }: Scan, node: number): { doc?: Extent } {
  let at = siblingBefore(tree, node);
  for (let steps = 0; at >= 0 && steps < 8; steps++) {
    const attribute = attributeOf(tree, at);
    if (attribute === null) break;
    if (attribute.word === 'doc' || attribute.word === 'typedoc') {
      const isText = /^(string|sigil)$/.test(kindOf(tree, attribute.value));
      return isText ? { doc: { start: tree.start(attribute.value), end: tree.end(attribute.value) } } : {};
    }
    at = siblingBefore(tree, at);
  }
  return {};
}

function moduleDoc({ tree }: Scan, block: number): { doc?: Extent } {
  if (block < 0) return {};
  for (const child of tree.namedChildren(block).slice(0, 4)) {
    const attribute = attributeOf(tree, child);
    if (attribute?.word === 'moduledoc' && /^(string|sigil)$/.test(kindOf(tree, attribute.value)))
      return { doc: { start: tree.start(attribute.value), end: tree.end(attribute.value) } };
  }
  return {};
}

function defineModule(scan: Scan, node: number, kind: SymbolKind, word: string): void {
  const { tree } = scan;
  const [named = none, options = none] = argumentsOf(tree, node);
  if (kindOf(tree, named) !== 'alias') return;
  const written = tree.textOf(named);
  const target = word === 'defimpl' ? /for:\s*([\w.]+)/.exec(textOf(tree, options)) : null;
  scan.report(named);
  const around = scan.symbols[scan.enclosing]?.qualifiedName;
  const block = tree.child(node, 'do_block');
  const common = { kind, node, body: block, exported: true, ...moduleDoc(scan, block) };
  if (target !== null && options >= 0) {
    const start = tree.start(options) + target.index + target[0].length - (target[1] as string).length;
    const own = (target[1] as string).lastIndexOf('.') + 1;
    scan.referAt('implement', lastPart(tree, named));
    const qualifier = `${written}.${(target[1] as string).slice(0, Math.max(0, own - 1))}`.replace(/\.$/, '');
    scan.define({ ...common, name: { start: start + own, end: start + (target[1] as string).length }, qualifier });
    return;
  }
  const before = written.slice(0, Math.max(0, written.lastIndexOf('.')));
  const qualifier = [around, before].filter((part) => part !== undefined && part !== '').join('.');
  scan.define({ ...common, name: lastPart(tree, named), qualifier });
}

const lastPart = (tree: SyntaxTree, alias: number): Extent => {
  const start = tree.start(alias) + tree.textOf(alias).lastIndexOf('.') + 1;
  return { start, end: tree.end(alias) };
};

function defineCallable(scan: Scan, node: number, kind: SymbolKind, word: string): void {
  const { tree } = scan;
  const head = headOf(tree, node);
  const name = nameOf(tree, head);
  if (name < 0 || covered(scan).has(node)) return;
  const text = tree.textOf(name);
  const arity = arityOf(tree, head);
  let last = node;
  for (let at = tree.nextSibling(node); at >= 0; at = tree.nextSibling(at)) {
    if (kindOf(tree, at) === 'comment') continue;
    if (wordOf(tree, at) !== word) break;
    const other = headOf(tree, at);
    if (textOf(tree, nameOf(tree, other)) !== text || arityOf(tree, other) !== arity) break;
    covered(scan).add(at);
    scan.report(nameOf(tree, other));
    last = at;
  }
  const block = tree.child(node, 'do_block');
  const short = childOf(tree, tree.child(node, 'arguments'), 'keywords');
  const body = block < 0 ? short : block;
  const exported = !word.endsWith('p') && !scan.insideCallable;
  scan.define({
    kind,
    name,
    node: last,
    first: node,
    signature: node,
    ...(body < 0 ? {} : { body }),
    exported,
    ...docAbove(scan, node),
  });
  bindNames(scan, head, name);
}

/** Further clauses of functions that are defined. */
const clauses = new WeakMap<Scan, Set<number>>();

function covered(scan: Scan): Set<number> {
  const known = clauses.get(scan) ?? new Set<number>();
  clauses.set(scan, known);
  return known;
}

function bindNames(scan: Scan, head: number, name: number): void {
  const { tree } = scan;
  if (head < 0) return;
  const end = tree.next(head);
  for (let at = head + 1; at < end; at++)
    if (at !== name && tree.kind(at) === 'identifier' && kindOf(tree, tree.parent(at)) !== 'call') bindLocal(scan, at);
}

/** `alias A.{B, C}`, `alias A.B, as: C`, `import A`, `use A`, `require A`. */
function importNames(scan: Scan, node: number, word: string): void {
  const { tree } = scan;
  const [named = none, options = none] = argumentsOf(tree, node);
  const kind = kindOf(tree, named);
  if (kind === 'dot') {
    const base = textOf(tree, tree.field(named, 'left'));
    const inner = tree.field(named, 'right');
    if (kindOf(tree, inner) !== 'tuple') return;
    for (const one of tree.namedChildren(inner)) {
      const written = tree.textOf(one);
      scan.importName(`${base}.${written}`, '*', written.slice(written.lastIndexOf('.') + 1), one);
    }
  } else if (kind === 'alias') {
    const module = tree.textOf(named);
    const renamed = /as:\s*([\w.]+)/.exec(textOf(tree, options))?.[1];
    const alias = renamed ?? (word === 'alias' ? module.slice(module.lastIndexOf('.') + 1) : null);
    scan.importName(module, '*', alias, named);
  } else return;
  const end = tree.next(node);
  for (let at = node; at < end; at++) scan.report(at);
}

const call: Rule = (scan, node) => {
  const { tree } = scan;
  const target = tree.field(node, 'target');
  const word = wordOf(tree, node);
  const asModule = Object.hasOwn(modules, word) ? modules[word] : undefined;
  const asCallable = Object.hasOwn(callables, word) ? callables[word] : undefined;
  if (asModule !== undefined) {
    scan.report(target);
    defineModule(scan, node, asModule, word);
  } else if (asCallable !== undefined) {
    scan.report(target);
    defineCallable(scan, node, asCallable, word);
  } else if (/^(alias|import|use|require)$/.test(word)) importNames(scan, node, word);
  else if (word === 'defstruct' || word === 'defexception') {
    scan.report(target);
    defineFields(scan, node);
  } else if (word !== '') scan.refer('call', target);
  else if (kindOf(tree, target) === 'dot') {
    const name = tree.field(target, 'right');
    if (kindOf(tree, name) === 'identifier') scan.refer('call', name, tree.field(target, 'left'));
  }
};

function defineFields(scan: Scan, node: number): void {
  const { tree } = scan;
  if (scan.insideCallable) return;
  const end = tree.next(node);
  for (let at = node + 1; at < end; at++) {
    const kind = tree.kind(at);
    const isKey = kind === 'keyword' && kindOf(tree, tree.parent(at)) === 'pair';
    const isAtom = kind === 'atom' && kindOf(tree, tree.parent(at)) === 'list' && depthBelow(tree, at, node) <= 3;
    if (isKey && depthBelow(tree, at, node) > 5) continue;
    if (!isKey && !isAtom) continue;
    const name = isKey ? /^\w+[?!]?/.exec(tree.textOf(at))?.[0] : tree.textOf(at).slice(1);
    const start = tree.start(at) + (isKey ? 0 : 1);
    if (name === undefined || name === '') continue;
    const whole = isKey ? tree.parent(at) : at;
    scan.define({ kind: 'field', name: { start, end: start + name.length }, node: whole, leaf: true, exported: true });
    if (isKey) at = tree.next(whole) - 1;
  }
}

function depthBelow(tree: SyntaxTree, node: number, top: number): number {
  let depth = 0;
  for (let at = node; at > top && depth < 9; at = tree.parent(at)) depth++;
  return depth;
}

/** `@type t :: …`, `@callback run(t) :: …`, and constants of the module: `@limit 20`. */
const attribute: Rule = (scan, node) => {
  const { tree } = scan;
  const found = attributeOf(tree, node);
  if (found === null || scan.insideCallable) return;
  const target = tree.field(tree.field(node, 'operand'), 'target');
  scan.report(target);
  if (/^(type|typep|opaque|callback|macrocallback|spec)$/.test(found.word)) referTypes(scan, found.value);
  if (/^(type|typep|opaque|callback|macrocallback)$/.test(found.word)) {
    const head = kindOf(tree, found.value) === 'binary_operator' ? tree.field(found.value, 'left') : found.value;
    const name = nameOf(tree, head);
    if (kindOf(tree, name) !== 'identifier') return;
    const kind: SymbolKind = found.word.endsWith('callback') ? 'method' : 'type';
    scan.define({ kind, name, node, leaf: true, exported: found.word !== 'typep', ...docAbove(scan, node) });
  } else if (found.word === 'behaviour') {
    if (kindOf(tree, found.value) === 'alias') scan.referAt('implement', lastPart(tree, found.value));
    scan.report(found.value);
  } else if (!reserved.has(found.word) && found.value >= 0 && !isDefined(scan, found.word))
    scan.define({ kind: 'constant', name: target, node, leaf: true, value: found.value, exported: false });
};

/** In `@spec run(t, Item.t()) :: …` what looks like calls are types, but for the name it is about. */
function referTypes(scan: Scan, value: number): void {
  const { tree } = scan;
  if (value < 0) return;
  const head = kindOf(tree, value) === 'binary_operator' ? tree.field(value, 'left') : value;
  const own = nameOf(tree, head);
  if (own >= 0 && kindOf(tree, own) === 'identifier') scan.report(own);
  const end = tree.next(value);
  for (let at = value; at < end; at++) {
    if (tree.kind(at) !== 'call') continue;
    const target = tree.field(at, 'target');
    if (kindOf(tree, target) === 'identifier') scan.refer('type', target);
    else if (kindOf(tree, target) === 'dot' && kindOf(tree, tree.field(target, 'right')) === 'identifier')
      scan.refer('type', tree.field(target, 'right'), tree.field(target, 'left'));
  }
}

const reserved = new Set([
  'doc',
  'moduledoc',
  'typedoc',
  'spec',
  'impl',
  'derive',
  'enforce_keys',
  'compile',
  'deprecated',
  'since',
  'dialyzer',
  'on_load',
  'before_compile',
  'after_compile',
  'external_resource',
  'optional_callbacks',
  'tag',
  'moduletag',
  'describetag',
]);

/** An attribute that is set again and again (`@tag`) is defined once. */
function isDefined(scan: Scan, name: string): boolean {
  for (let at = scan.symbols.length - 1, seen = 0; at >= 0 && seen < 50; at--, seen++) {
    const symbol = scan.symbols[at];
    if (symbol?.kind === 'constant' && symbol.name === name && symbol.parent === scan.enclosing) return true;
  }
  return false;
}

export const elixir: GrammarLanguage = {
  form: 'grammar',
  code: true,
  name: 'elixir',
  displayName: 'Elixir',
  extensions: ['ex', 'exs'],
  fileNames: ['mix.lock'],
  interpreters: ['elixir'],
  grammar: 'tree-sitter-elixir.wasm',
  optionalPackage: '@cursorless/tree-sitter-wasms',
  blocks: ['source', 'do_block', 'else_block', 'stab_clause', 'body'],
  comments: ['comment'],
  rules: {
    call,
    unary_operator: attribute,
    alias: (scan, node) => {
      if (scan.isReported(node)) return;
      scan.report(node);
      const written = scan.tree.textOf(node);
      const dot = written.lastIndexOf('.');
      scan.referAt('use', lastPart(scan.tree, node), dot < 0 ? null : written.slice(0, dot).slice(-80));
    },
    identifier: maybeUse,
  },
};
