/** What the rules for ECMAScript remember of one file from node to node, and how its trees say who is who. */
import type { LinkBuilder } from './builder.ts';

/** Something exported by assignment: `exports.name = …`. */
export interface AssignedExport {
  readonly name: string;
  readonly symbol: number;
  readonly value: number;
}

/** A signature without a body. */
interface Signature {
  readonly scope: number;
  readonly name: string;
  readonly symbol: number;
}

export interface Notes {
  /** Scopes of functions by node. */
  readonly functions: Map<number, number>;
  /** Nodes of functions, field initialisers and static blocks by scope. */
  readonly nodeOf: Map<number, number>;
  /** What `this` is, by function scope. */
  readonly thisOf: Map<number, number>;
  /** What annotations say that functions give, by scope. */
  readonly declared: Map<number, number>;
  /** Functions that functions of a declared result return, by scope; null where they return something else as well. */
  readonly returned: Map<number, number[] | null>;
  /** Types read already, by node. */
  readonly types: Map<number, number>;
  /** Types that are being read, one in the other. */
  typeDepth: number;
  /** Class scopes of objects, classes and functions, by node. */
  readonly holders: Map<number, number>;
  /** Those of them that belong to an object rather than to a class or function. */
  readonly objects: Set<number>;
  /** Places of declarations by name, made when first asked for. */
  declarations: ReadonlyMap<string, readonly Declaration[]> | null;
  /** Names of functions where they are made members of something, by name; made when first asked for. */
  placements: ReadonlyMap<string, readonly Placement[]> | null;
  /** Symbols that have a name in their own scope by which expressions reach them. */
  readonly selves: Map<number, number>;
  /** Imports that have a name by which expressions reach them. */
  readonly imports: Set<number>;
  /** What `module.exports` was assigned, or -1. */
  whole: number;
  readonly assignedExports: AssignedExport[];
  readonly signatures: Signature[];
  /** Scope and name of callables with a body. */
  readonly implemented: Set<string>;
}

/** A name that is declared somewhere. */
export interface Declaration {
  /** Nodes that see it: [from, until). */
  readonly from: number;
  readonly until: number;
  /** Node of its value, function or class; -1 for a parameter. */
  readonly value: number;
}

/** A name where what it stands for becomes a member: of a written object, or of what something is assigned to. */
export interface Placement {
  readonly name: number;
  readonly owner: number;
}

const byBuilder = new WeakMap<LinkBuilder, Notes>();

export function notesOf(links: LinkBuilder): Notes {
  let notes = byBuilder.get(links);
  if (notes === undefined) {
    notes = {
      functions: new Map(),
      nodeOf: new Map(),
      thisOf: new Map(),
      declared: new Map(),
      returned: new Map(),
      types: new Map(),
      typeDepth: 0,
      holders: new Map(),
      objects: new Set(),
      declarations: null,
      placements: null,
      selves: new Map(),
      imports: new Set(),
      whole: -1,
      assignedExports: [],
      signatures: [],
      implemented: new Set(),
    };
    byBuilder.set(links, notes);
  }
  return notes;
}

const functionKinds = new Set(['arrow_function', 'function_expression', 'generator_function']);

/** A function that is written as a value. */
export const isFunction = (links: LinkBuilder, node: number): boolean =>
  node >= 0 && functionKinds.has(links.tree.kind(node));

const wrapperKinds = new Set([
  'parenthesized_expression',
  'as_expression',
  'satisfies_expression',
  'non_null_expression',
  'instantiation_expression',
]);

/** Wrappers and chained assignments that are looked through; people write two. */
const maxWrappers = 16;

/** What is in parentheses, casts and `!`. */
export function unwrapped(links: LinkBuilder, node: number): number {
  const { tree } = links;
  let at = node;
  for (let level = 0; at >= 0 && level < maxWrappers && wrapperKinds.has(tree.kind(at)); level++) {
    at = firstNamed(links, at);
  }
  return at;
}

/** What is assigned in the end: `{}` of `app = module.exports = {}`. */
export function lastAssigned(links: LinkBuilder, node: number): number {
  const { tree } = links;
  let at = unwrapped(links, node);
  for (let level = 0; at >= 0 && level < maxWrappers && tree.kind(at) === 'assignment_expression'; level++) {
    at = unwrapped(links, tree.field(at, 'right'));
  }
  return at;
}

/** The first named child that is no comment, or -1. */
export function firstNamed(links: LinkBuilder, node: number): number {
  const { tree } = links;
  for (let child = tree.firstChild(node); child >= 0; child = tree.nextSibling(child)) {
    if (tree.isNamed(child) && tree.kind(child) !== 'comment') return child;
  }
  return -1;
}

/** Arguments of a call, comments left out. */
export function argumentsOf(links: LinkBuilder, call: number): number[] {
  const { tree } = links;
  const list = tree.field(call, 'arguments');
  if (list < 0 || tree.kind(list) !== 'arguments') return [];
  return tree.namedChildren(list).filter((argument) => tree.kind(argument) !== 'comment');
}

/** Node whose text is a name: of a quoted key its content, of one computed from a constant that with its brackets. Else -1. */
export function nameNode(links: LinkBuilder, node: number): number {
  const { tree } = links;
  if (node < 0) return -1;
  switch (tree.kind(node)) {
    case 'string':
      return tree.child(node, 'string_fragment');
    case 'computed_property_name':
      return tree.kind(firstNamed(links, node)) === 'identifier' ? node : -1;
    default:
      return node;
  }
}

/** Names of constants that stand for symbols, by which members are named: `kState`, `STATE`, `stateSymbol`. */
const symbolName = /^(k[A-Z]\w*|[A-Z][A-Z0-9_]*|\w*[sS]ymbol)$/;

/** The name of a member as it is written in brackets, `[kState]`, or null for what is a place. */
export function bracketed(links: LinkBuilder, index: number): string | null {
  const name = lastName(links, index);
  return name !== '' && symbolName.test(name) ? `[${name}]` : null;
}

/** The text of a plain string, or null. */
export function stringText(links: LinkBuilder, node: number): string | null {
  const { tree } = links;
  if (node < 0 || tree.kind(node) !== 'string') return null;
  return links.text.slice(tree.start(node) + 1, tree.end(node) - 1);
}

/** Name of a class member or property signature: TypeScript's grammar says `name`, JavaScript's `property` of fields. */
export const memberName = (links: LinkBuilder, node: number): number =>
  nameNode(links, Math.max(links.tree.field(node, 'name'), links.tree.field(node, 'property')));

/** The last name of what is called: `bar` of `foo.bar`, `''` when there is none. */
export function lastName(links: LinkBuilder, node: number): string {
  const { tree } = links;
  if (node < 0) return '';
  const kind = tree.kind(node);
  if (kind === 'identifier') return tree.textOf(node);
  const name = kind === 'member_expression' ? tree.field(node, 'property') : -1;
  return name < 0 ? '' : tree.textOf(name);
}

/** Longest text that is compared with words of the language. */
const wordUnits = 40;

/** Whether a node is written so. */
export function isWritten(links: LinkBuilder, node: number, text: string): boolean {
  const { tree } = links;
  return node >= 0 && tree.end(node) - tree.start(node) < wordUnits && tree.textOf(node) === text;
}

/** `exports` or `module.exports`. */
export const isExports = (links: LinkBuilder, node: number): boolean =>
  isWritten(links, node, 'exports') || isWritten(links, node, 'module.exports');

/** The `require('x')` or `import('x')` that a value is, perhaps awaited or with one member after it; or -1. */
export function requireOf(links: LinkBuilder, node: number): number {
  const { tree } = links;
  let at = node;
  let members = 0;
  for (let level = 0; at >= 0 && level < maxWrappers; level++) {
    const kind = tree.kind(at);
    if (kind === 'call_expression') return isRequire(links, at) ? at : -1;
    if (kind === 'member_expression' && members++ === 0) at = tree.field(at, 'object');
    else if (kind === 'await_expression' || kind === 'parenthesized_expression') at = firstNamed(links, at);
    else return -1;
  }
  return -1;
}

/** Whether a call is `require('x')` or `import('x')`. */
export function isRequire(links: LinkBuilder, call: number): boolean {
  const { tree } = links;
  const callee = tree.field(call, 'function');
  return callee >= 0 && (tree.kind(callee) === 'import' || isWritten(links, callee, 'require'));
}

/** The symbol that a function, class or object written as a value is the definition of, by what it is given to; or -1. */
export function symbolOfValue(links: LinkBuilder, node: number): number {
  const { tree } = links;
  const own = links.symbolAt(tree.field(node, 'name'));
  const parent = tree.parent(node);
  if (parent < 0) return own;
  switch (tree.kind(parent)) {
    case 'variable_declarator':
      return links.symbolAt(tree.field(parent, 'name'));
    case 'assignment_expression': {
      const left = tree.field(parent, 'left');
      if (left < 0 || !tree.isField(node, 'right')) return own;
      if (own >= 0 && isWritten(links, left, 'module.exports')) return own;
      return links.symbolAt(tree.kind(left) === 'member_expression' ? tree.field(left, 'property') : left);
    }
    case 'pair':
      return links.symbolAt(nameNode(links, tree.field(parent, 'key')));
    case 'field_definition':
    case 'public_field_definition':
      return links.symbolAt(memberName(links, parent));
    case 'export_statement':
      return own >= 0 ? own : links.symbolAt(tree.child(parent, "'default'"));
    case 'arguments':
      return own >= 0 ? own : wrapperSymbol(links, node, parent);
    default:
      return own;
  }
}

/** `const Button = memo((props) => …)`: the symbol is the function's. */
function wrapperSymbol(links: LinkBuilder, node: number, list: number): number {
  const { tree } = links;
  if (!isFunction(links, node)) return -1;
  const holder = tree.parent(tree.parent(list));
  if (holder < 0) return -1;
  const kind = tree.kind(holder);
  const name =
    kind === 'variable_declarator'
      ? tree.field(holder, 'name')
      : kind === 'export_statement'
        ? tree.child(holder, "'default'")
        : -1;
  const symbol = links.symbolAt(name);
  if (symbol < 0 || links.scan.symbols[symbol]?.kind !== 'function') return -1;
  // The first function with a block is the one that facts take for it.
  for (const argument of tree.namedChildren(list)) {
    const body = isFunction(links, argument) ? tree.field(argument, 'body') : -1;
    if (body >= 0 && tree.kind(body) === 'statement_block') return argument === node ? symbol : -1;
  }
  return -1;
}

/** Binds a definition's name. @returns its symbol, or -1 */
export function define(links: LinkBuilder, name: number, scope: number, value = -1): number {
  if (name < 0) return -1;
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  links.bind(symbol >= 0 ? 'symbol' : 'variable', links.tree.textOf(name), { symbol, scope, value });
  return symbol;
}

/** Reports a use of what an expression names: of `a.b` the `b`. */
export function useLast(links: LinkBuilder, kind: 'call' | 'decorate' | 'inherit', node: number): void {
  const { tree } = links;
  const at = unwrapped(links, node);
  if (at < 0) return;
  const written = tree.kind(at);
  if (written === 'identifier') links.use(kind, at, links.value(at));
  else if (written === 'member_expression' || written === 'nested_identifier') {
    links.use(kind, tree.field(at, 'property'), links.value(at));
  }
}
