/**
 * R. What a name is assigned at the top of a file is defined by it: functions, and values the first time. Classes of S4, R5 and
 * R6 are known by the calls that make them; S3 methods are functions with a dot in their names, as written.
 */
import type { SymbolKind } from '../facts.ts';
import type { Extent, Scan } from '../scan.ts';
import { none } from '../tree/tree.ts';
import { bindLocal } from './bindings.ts';
import type { GrammarLanguage, Rule } from './language.ts';
import { isDefinedAtTop, kindOf, maybeUse, textOf } from './shapes.ts';

/** The name at a node: an identifier, or what stands in a string. */
function nameAt({ tree }: Scan, node: number): Extent | null {
  const kind = kindOf(tree, node);
  if (kind === 'identifier') {
    const quoted = tree.textOf(node).startsWith('`') ? 1 : 0;
    return { start: tree.start(node) + quoted, end: tree.end(node) - quoted };
  }
  const content = kind === 'string' ? tree.child(node, 'string_content') : none;
  return content < 0 ? null : { start: tree.start(content), end: tree.end(content) };
}

const argumentsOf = ({ tree }: Scan, call: number): number[] => {
  const list = tree.field(call, 'arguments');
  return list < 0 ? [] : tree.namedChildren(list).filter((child) => tree.kind(child) === 'argument');
};

const valueOf = ({ tree }: Scan, argument: number | undefined): number =>
  argument === undefined ? none : tree.field(argument, 'value');

/** The last part of what is called: `R6Class` of `R6::R6Class`. */
function calleeOf({ tree }: Scan, call: number): string {
  const callee = kindOf(tree, call) === 'call' ? tree.field(call, 'function') : none;
  return kindOf(tree, callee) === 'namespace_operator' ? textOf(tree, tree.field(callee, 'rhs')) : textOf(tree, callee);
}

const classMakers = new Set(['R6Class', 'setRefClass', 'setClass', 'new_class']);

const assignment: Rule = (scan, node) => {
  const { tree } = scan;
  const operator = textOf(tree, tree.field(node, 'operator'));
  const isRight = operator === '->' || operator === '->>';
  if (!isRight && operator !== '<-' && operator !== '<<-' && operator !== '=' && operator !== ':=') return;
  const target = tree.field(node, isRight ? 'rhs' : 'lhs');
  const value = tree.field(node, isRight ? 'lhs' : 'rhs');
  const name = nameAt(scan, target);
  if (name === null) return;
  const isFunction = kindOf(tree, value) === 'function_definition';
  scan.report(target);
  if (scan.insideCallable) {
    if (isFunction) scan.define({ kind: 'function', name, node, body: tree.field(value, 'body') });
    else bindLocal(scan, target);
    return;
  }
  if (isFunction) {
    const kind: SymbolKind = scan.enclosing >= 0 ? 'method' : 'function';
    scan.define({ kind, name, node, body: tree.field(value, 'body'), exported: true });
    return;
  }
  const written = scan.text.slice(name.start, name.end);
  // In the braces of a call (`test_that("…", { x <- 1 })`) it is local.
  if (kindOf(tree, tree.parent(node)) !== 'program' || isDefinedAtTop(scan, written)) return;
  if (classMakers.has(calleeOf(scan, value))) {
    scan.define({ kind: 'class', name, node, body: tree.field(value, 'arguments'), exported: true });
    return;
  }
  scan.define({ kind: 'variable', name, node, value, leaf: true, exported: true });
};

const call: Rule = (scan, node) => {
  const { tree } = scan;
  const callee = tree.field(node, 'function');
  const name = calleeOf(scan, node);
  const [first, second, third] = argumentsOf(scan, node);
  const named = nameAt(scan, valueOf(scan, first));
  if (
    named !== null &&
    (name === 'library' || name === 'require' || name === 'requireNamespace' || name === 'source')
  ) {
    scan.importName(scan.text.slice(named.start, named.end), '*', null, node);
    scan.report(callee);
    scan.report(valueOf(scan, first));
    return;
  }
  if (named !== null && scan.enclosing < 0 && kindOf(tree, valueOf(scan, first)) === 'string') {
    if (name === 'setClass' || name === 'setRefClass') {
      scan.define({ kind: 'class', name: named, node, exported: true });
      return;
    }
    if (name === 'setGeneric' || name === 'setMethod' || name === 'setValidity') {
      const value = valueOf(scan, name === 'setGeneric' ? second : third);
      const body = kindOf(tree, value) === 'function_definition' ? tree.field(value, 'body') : none;
      scan.define({ kind: 'method', name: named, node, exported: true, ...(body < 0 ? {} : { body }) });
      return;
    }
  }
  const form = kindOf(tree, callee);
  if (form === 'identifier') scan.refer('call', callee);
  else if (form === 'namespace_operator') scan.refer('call', tree.field(callee, 'rhs'), tree.field(callee, 'lhs'));
  else if (form === 'extract_operator') scan.refer('call', tree.field(callee, 'rhs'), tree.field(callee, 'lhs'));
};

/** Functions in the lists that a class is made of, and what it inherits. */
const argument: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  if (name < 0) return;
  scan.report(name);
  const value = tree.field(node, 'value');
  const inClass = scan.enclosingKind === 'class' && !scan.insideCallable;
  if (!inClass) return;
  if (kindOf(tree, value) === 'function_definition') {
    const kind: SymbolKind = tree.textOf(name) === 'initialize' ? 'constructor' : 'method';
    scan.define({ kind, name, node, body: tree.field(value, 'body'), exported: true });
  } else if (/^(inherit|contains)$/.test(tree.textOf(name))) {
    if (kindOf(tree, value) === 'identifier') scan.refer('inherit', value);
    const written = kindOf(tree, value) === 'string' ? nameAt(scan, value) : null;
    if (written !== null) scan.referAt('inherit', written);
  }
};

export const r: GrammarLanguage = {
  form: 'grammar',
  code: true,
  name: 'r',
  displayName: 'R',
  extensions: ['r', 'rprofile'],
  fileNames: ['.rprofile'],
  interpreters: ['rscript', 'r'],
  grammar: 'tree-sitter-r.wasm',
  optionalPackage: '@cursorless/tree-sitter-wasms',
  blocks: ['program', 'braced_expression', 'arguments'],
  comments: ['comment'],
  rules: {
    binary_operator: assignment,
    call,
    argument,
    function_definition: (scan, node) => scan.holdLocals(node),
    parameter: (scan, node) => bindLocal(scan, scan.tree.field(node, 'name')),
    for_statement: (scan, node) => bindLocal(scan, scan.tree.field(node, 'variable')),
    namespace_operator: (scan, node) => {
      const name = scan.tree.field(node, 'rhs');
      if (name >= 0 && !scan.isReported(name)) scan.refer('use', name, scan.tree.field(node, 'lhs'));
      scan.report(scan.tree.field(node, 'lhs'));
    },
    identifier: (scan, node) => {
      const parent = scan.tree.parent(node);
      if (kindOf(scan.tree, parent) !== 'extract_operator' || scan.tree.isField(node, 'lhs')) maybeUse(scan, node);
    },
  },
};
