/**
 * Which names are locals in Ruby's source: `run` alone is a local where something assigned it before, else a call.
 *
 * The idea: frames (methods, classes, blocks) are found in one walk over the file before anything else is asked, each with the names
 * that are bound in it. A block sees the names around it and adds its own; a method or class sees none from outside. That
 * a name is assigned further down than it is read counts as assigned: nobody writes both meanings of a name in one method.
 */
import type { SyntaxTree } from '../tree/tree.ts';
import type { LinkBuilder } from './builder.ts';

export interface Frame {
  /** The frame around it whose names it sees, or `null`. */
  readonly outer: Frame | null;
  readonly names: Set<string>;
}

interface OpenFrame {
  readonly frame: Frame;
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

export function isBoundIn(frame: Frame | null, name: string): boolean {
  for (let at = frame; at !== null; at = at.outer) if (at.names.has(name)) return true;
  return false;
}

function readFrames(tree: SyntaxTree): Map<number, Frame> {
  const frames = new Map<number, Frame>();
  const file: Frame = { outer: null, names: new Set() };
  frames.set(0, file);
  const stack: OpenFrame[] = [{ frame: file, end: tree.size }];
  for (let node = 1; node < tree.size; node++) {
    while (stack.length > 1 && node >= (stack.at(-1) as OpenFrame).end) stack.pop();
    const { frame } = stack.at(-1) as OpenFrame;
    if (!tree.isNamed(node)) continue;
    const kind = tree.kind(node);
    if (open.has(kind) || closed.has(kind)) {
      const own: Frame = { outer: open.has(kind) ? frame : null, names: new Set() };
      frames.set(node, own);
      stack.push({ frame: own, end: tree.next(node) });
    } else if (kind === 'identifier') {
      const how = bindingOf(tree, node);
      if (how === 'own') frame.names.add(tree.textOf(node));
      else if (how === 'assigned' && !isBoundIn(frame, tree.textOf(node))) frame.names.add(tree.textOf(node));
    } else if (kind === 'simple_symbol' && isLet(tree, node)) frame.names.add(tree.textOf(node).slice(1));
  }
  return frames;
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
  'splat_parameter',
]);

/** Whether an identifier binds a name: always its own (a parameter), or only where none around has it. */
function bindingOf(tree: SyntaxTree, node: number): 'own' | 'assigned' | null {
  const parent = tree.parent(node);
  const kind = parent < 0 ? '' : tree.kind(parent);
  if (parameterLists.has(kind)) return 'own';
  if (parameters.has(kind)) return tree.isField(node, 'name') ? 'own' : null;
  if (kind === 'assignment' || kind === 'operator_assignment') return tree.isField(node, 'left') ? 'assigned' : null;
  if (kind === 'for') return tree.isField(node, 'pattern') ? 'assigned' : null;
  if (kind === 'as_pattern') return tree.isField(node, 'name') ? 'assigned' : null;
  if (kind === 'keyword_pattern' || kind === 'in_clause' || kind === 'in') {
    return tree.isField(node, 'pattern') || tree.isField(node, 'value') ? patternName(tree, node, kind) : null;
  }
  return assignedIn.has(kind) ? 'assigned' : null;
}

/** `in {name: n}` binds `n`; `for x in xs` reads `xs`. */
const patternName = (tree: SyntaxTree, node: number, kind: string): 'assigned' | null =>
  kind === 'in' && !tree.isField(node, 'pattern') ? null : 'assigned';

const lets = new Set(['let', 'let!', 'subject', 'subject!', 'let_it_be']);

/** `let(:user) { … }` of specifications: read as a name in all that is below. */
export function isLet(tree: SyntaxTree, symbol: number): boolean {
  const list = tree.parent(symbol);
  const call = list < 0 ? -1 : tree.parent(list);
  if (call < 0 || tree.kind(list) !== 'argument_list' || tree.kind(call) !== 'call') return false;
  const method = tree.field(call, 'method');
  return method >= 0 && tree.field(call, 'receiver') < 0 && lets.has(tree.textOf(method));
}
