/**
 * Which names are locals in Ruby's source: `run` alone is a local where something assigned it before, else a call.
 *
 * The idea: frames (methods, classes, blocks) are found in one walk over the file before anything else is asked, each with the names
 * that are bound in it and where. A block sees the names around it and adds its own; a method or class sees none from outside. As
 * for Ruby itself, a name is a local from the place on where it is first assigned, patterns and `(?<name>…) =~` included.
 */
import type { SyntaxTree } from '../tree/tree.ts';
import type { LinkBuilder } from './builder.ts';

export interface Frame {
  /** The frame around it whose names it sees, or `null`. */
  readonly outer: Frame | null;
  /** By name the node from which on it is a local. */
  readonly names: Map<string, number>;
}

interface OpenFrame {
  readonly frame: Frame;
  readonly node: number;
  readonly end: number;
}

const closed = new Set(['method', 'singleton_method', 'class', 'module', 'singleton_class']);
const open = new Set(['block', 'do_block', 'lambda']);

const byBuilder = new WeakMap<LinkBuilder, ReadonlyMap<number, Frame>>();

/** Frames by node; that of the file is at node 0. */
export function framesOf(links: LinkBuilder): ReadonlyMap<number, Frame> {
  let frames = byBuilder.get(links);
  if (frames === undefined) {
    frames = readFrames(links.tree);
    byBuilder.set(links, frames);
  }
  return frames;
}

/** Whether the name is a local where the node stands. */
export function isBoundIn(frame: Frame | null, name: string, node: number): boolean {
  for (let at = frame; at !== null; at = at.outer) {
    const since = at.names.get(name);
    if (since !== undefined && since <= node) return true;
  }
  return false;
}

function readFrames(tree: SyntaxTree): Map<number, Frame> {
  const frames = new Map<number, Frame>();
  const file: Frame = { outer: null, names: new Map() };
  frames.set(0, file);
  const stack: OpenFrame[] = [{ frame: file, end: tree.size, node: 0 }];
  for (let node = 1; node < tree.size; node++) {
    while (stack.length > 1 && node >= (stack.at(-1) as OpenFrame).end) stack.pop();
    const { frame, node: framed } = stack.at(-1) as OpenFrame;
    if (!tree.isNamed(node)) continue;
    const add = (name: string): void => {
      if (!isBoundIn(frame, name, node)) frame.names.set(name, node);
    };
    const kind = tree.kind(node);
    if (open.has(kind) || closed.has(kind)) {
      const own: Frame = { outer: open.has(kind) ? frame : null, names: new Map() };
      // The block of `->(x) { }` is the lambda's own.
      const isBody = open.has(kind) && framed === tree.parent(node) && tree.kind(framed) === 'lambda';
      frames.set(node, isBody ? frame : own);
      if (!isBody) stack.push({ frame: own, end: tree.next(node), node });
    } else if (kind === 'identifier') {
      const how = bindingOf(tree, node);
      if (how === 'own') frame.names.set(tree.textOf(node), node);
      else if (how === 'assigned') add(tree.textOf(node));
      else if (isNumbered(tree, node, framed)) add(tree.textOf(node));
    } else if (kind === 'hash_key_symbol') {
      if (isShortPattern(tree, node)) add(tree.textOf(node));
    } else if (kind === 'regex') {
      for (const name of capturedBy(tree, node)) add(name);
    } else if (kind === 'simple_symbol' && isLet(tree, node)) frame.names.set(tree.textOf(node).slice(1), 0);
  }
  return frames;
}

/** `_1` and `it` in a block without parameters of its own. */
function isNumbered(tree: SyntaxTree, node: number, framed: number): boolean {
  if (!/^(_[1-9]|it)$/.test(tree.textOf(node)) || tree.isField(node, 'method')) return false;
  return framed > 0 && open.has(tree.kind(framed)) && tree.field(framed, 'parameters') < 0;
}

/** `in {name:}` binds `name`. */
export function isShortPattern(tree: SyntaxTree, key: number): boolean {
  const parent = tree.parent(key);
  return parent >= 0 && tree.kind(parent) === 'keyword_pattern' && tree.field(parent, 'value') < 0;
}

/** What `/(?<year>\d+)/ =~ text` binds: names of groups, where the expression is written out and stands on the left. */
export function capturedBy(tree: SyntaxTree, regex: number): string[] {
  const parent = tree.parent(regex);
  if (parent < 0 || tree.kind(parent) !== 'binary' || tree.field(parent, 'left') !== regex) return [];
  const operator = tree.field(parent, 'operator');
  if (operator < 0 || tree.textOf(operator) !== '=~') return [];
  if (tree.namedChildren(regex).some((part) => tree.kind(part) === 'interpolation')) return [];
  return [...tree.textOf(regex).matchAll(/\(\?<([\p{Ll}_]\w*)>/gu)].map(([, name]) => name as string);
}

const parameterLists = new Set([
  'method_parameters',
  'block_parameters',
  'lambda_parameters',
  'destructured_parameter',
]);
const parameters = new Set([
  'optional_parameter',
  'keyword_parameter',
  'splat_parameter',
  'hash_splat_parameter',
  'block_parameter',
]);
const assignedIn = new Set([
  'left_assignment_list',
  'destructured_left_assignment',
  'rest_assignment',
  'exception_variable',
  'array_pattern',
  'find_pattern',
  'alternative_pattern',
  'parenthesized_pattern',
]);
const patternLists = new Set(['array_pattern', 'find_pattern', 'hash_pattern']);

/** Whether an identifier binds a name: always its own (a parameter), or only where none around has it. */
function bindingOf(tree: SyntaxTree, node: number): 'own' | 'assigned' | null {
  const parent = tree.parent(node);
  const kind = parent < 0 ? '' : tree.kind(parent);
  if (parameterLists.has(kind)) return 'own';
  // The grammar does not know the locals of `->(x; y)`.
  if (kind === 'ERROR') return parameterLists.has(tree.kind(tree.parent(parent))) ? 'own' : null;
  if (parameters.has(kind)) {
    if (!tree.isField(node, 'name')) return null;
    return patternLists.has(tree.kind(tree.parent(parent))) ? 'assigned' : 'own';
  }
  if (kind === 'assignment' || kind === 'operator_assignment') return tree.isField(node, 'left') ? 'assigned' : null;
  if (kind === 'as_pattern') return tree.isField(node, 'name') ? 'assigned' : null;
  if (kind === 'keyword_pattern') return tree.isField(node, 'value') ? 'assigned' : null;
  if (binds.has(kind)) return tree.isField(node, 'pattern') ? 'assigned' : null;
  return assignedIn.has(kind) ? 'assigned' : null;
}

/** What stands in their pattern is bound. */
const binds = new Set(['for', 'in_clause', 'match_pattern', 'test_pattern']);

const lets = new Set(['let', 'let!', 'subject', 'subject!', 'let_it_be']);

/** `let(:user) { … }` of specifications: read as a name in all that is below. */
export function isLet(tree: SyntaxTree, symbol: number): boolean {
  const list = tree.parent(symbol);
  const call = list < 0 ? -1 : tree.parent(list);
  if (call < 0 || tree.kind(list) !== 'argument_list' || tree.kind(call) !== 'call') return false;
  const method = tree.field(call, 'method');
  return method >= 0 && tree.field(call, 'receiver') < 0 && lets.has(tree.textOf(method));
}
