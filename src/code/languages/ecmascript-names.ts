/** How ECMAScript's grammars say who is who: what the rules of `ecmascript.ts` look up around a node. */
import type { Scan } from '../scan.ts';
import { none } from '../tree/tree.ts';
import type { Rule } from './language.ts';

const functionKinds = new Set(['arrow_function', 'function_expression', 'generator_function', 'function']);

export const isFunction = (scan: Scan, node: number): boolean => node >= 0 && functionKinds.has(scan.tree.kind(node));

/** The statement that holds a declaration: with `export` and `declare`. */
export function declarationOf(scan: Scan, node: number): { outer: number; exported: boolean } {
  const { tree } = scan;
  let outer = node;
  let exported = false;
  for (let parent = tree.parent(node); parent >= 0; parent = tree.parent(parent)) {
    const kind = tree.kind(parent);
    if (kind === 'export_statement') exported = true;
    else if (kind !== 'ambient_declaration' || tree.child(parent, "'global'") >= 0) break;
    outer = parent;
  }
  return { outer, exported };
}

/** Decorators of a class member stand before it as siblings, or inside; those of a class inside it or its export. */
export function decoratorsOf(
  scan: Scan,
  nodes: readonly number[],
): { names: string[]; first: number; signature: number } {
  const { tree } = scan;
  const names: string[] = [];
  const first = none;
  let signature = none;
  for (const node of nodes) {
    for (let child = tree.firstChild(node); child >= 0; child = tree.nextSibling(child)) {
      const kind = tree.kind(child);
      if (kind === 'decorator') names.push(decoratorName(scan, child));
      else if (kind !== 'comment') {
        if (signature < 0) signature = child;
        break;
      }
    }
  }
  return { names, first, signature };
}

/** As `decoratorsOf`, for members of a class body whose decorators are siblings before them. */
export function memberDecorators(scan: Scan, node: number): { names: string[]; first: number; signature: number } {
  const { tree } = scan;
  const inside = decoratorsOf(scan, [node]);
  const body = tree.parent(node);
  if (body < 0 || tree.kind(body) !== 'class_body') return inside;
  const pending = pendingDecorators.get(scan);
  if (pending === undefined || pending.before !== node) return inside;
  return {
    names: [...pending.nodes.map((at) => decoratorName(scan, at)), ...inside.names],
    first: pending.nodes[0] as number,
    signature: inside.signature,
  };
}

/** Sibling decorators met last, and the member they stand before. */
const pendingDecorators = new WeakMap<Scan, { nodes: number[]; before: number }>();

function decoratorName(scan: Scan, node: number): string {
  const { tree } = scan;
  let name = tree.firstChild(node);
  while (name >= 0 && !tree.isNamed(name)) name = tree.nextSibling(name);
  if (name >= 0 && tree.kind(name) === 'call_expression') name = tree.field(name, 'function');
  return name < 0 ? '' : tree.textOf(name);
}

export const decorator: Rule = (scan, node) => {
  const { tree } = scan;
  let name = tree.firstChild(node);
  while (name >= 0 && !tree.isNamed(name)) name = tree.nextSibling(name);
  if (name >= 0 && tree.kind(name) === 'call_expression') name = tree.field(name, 'function');
  referTo(scan, 'decorate', name);
  const parent = tree.parent(node);
  if (parent < 0 || tree.kind(parent) !== 'class_body') return;
  let next = tree.nextSibling(node);
  while (next >= 0 && !tree.isNamed(next)) next = tree.nextSibling(next);
  const pending = pendingDecorators.get(scan);
  if (pending !== undefined && pending.before === node) {
    pending.nodes.push(node);
    pending.before = next;
  } else pendingDecorators.set(scan, { nodes: [node], before: next });
};

/** Refers to what an expression names: `a`, `a.b`, `a.b<T>`, `(a)`, `a!`. */
export function referTo(scan: Scan, kind: 'call' | 'inherit' | 'implement' | 'decorate' | 'type', node: number): void {
  const { tree } = scan;
  let at = node;
  while (at >= 0 && wrappers.has(tree.kind(at))) at = tree.namedChildren(at)[0] ?? none;
  if (at < 0) return;
  const atKind = tree.kind(at);
  if (atKind === 'identifier' || atKind === 'type_identifier') scan.refer(kind, at);
  else if (atKind === 'member_expression' || atKind === 'nested_identifier') {
    scan.refer(kind, tree.field(at, 'property'), tree.field(at, 'object'));
  } else if (atKind === 'nested_type_identifier') {
    scan.refer(kind, tree.field(at, 'name'), tree.field(at, 'module'));
  }
}

/** What may stand around a name without changing what is named. */
const wrappers = new Set([
  'generic_type',
  'parenthesized_expression',
  'non_null_expression',
  'instantiation_expression',
]);

/** Members of exported classes count as exported unless private. `finish` joins that with the class. */
export function isVisible(scan: Scan, node: number, name: number): boolean {
  const { tree } = scan;
  if (name >= 0 && tree.kind(name) === 'private_property_identifier') return false;
  const modifier = tree.child(node, 'accessibility_modifier');
  return modifier < 0 || tree.textOf(modifier) !== 'private';
}

/** A quoted key without its quotes; computed names as written. */
export function nameExtent(scan: Scan, name: number): number | { start: number; end: number } {
  const { tree } = scan;
  if (name < 0 || tree.kind(name) !== 'string') return name;
  scan.report(name);
  return { start: tree.start(name) + 1, end: tree.end(name) - 1 };
}

/** Function given to a call that names it: `const Button = memo((props) => …)`. */
export function wrappedFunction(scan: Scan, call: number): number {
  const { tree } = scan;
  const callee = tree.field(call, 'function');
  const callArguments = tree.field(call, 'arguments');
  if (callee < 0 || callArguments < 0) return none;
  const isPlain = tree.kind(callee) === 'identifier' || /^[A-Z]\w*\.\w+$/.test(tree.textOf(callee));
  if (!isPlain) return none;
  for (const argument of tree.namedChildren(callArguments)) {
    if (isFunction(scan, argument) && tree.kind(tree.field(argument, 'body')) === 'statement_block') return argument;
  }
  return none;
}
