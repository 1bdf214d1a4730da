/**
 * What JavaScript, TypeScript and TSX share: definitions, calls, imports and exports of
 * ECMAScript, in the node kinds that the three grammars have in common.
 *
 * Names are what people call things: `const f = () => …` is a function, a method of an object
 * literal is `object.method`, `Foo.prototype.bar = function` is `Foo.bar`, an anonymous
 * default export is `default`. Locals are not symbols; functions inside functions are.
 */
import type { SymbolKind } from '../facts.ts';
import type { Scan, ScannedSymbol } from '../scan.ts';
import { none } from '../tree/tree.ts';
import {
  exportName,
  exportStatement,
  importStatement,
  isRequire,
  listedExports,
  moduleExports,
  requireCall,
} from './ecmascript-modules.ts';
import {
  declarationOf,
  decorator,
  decoratorsOf,
  isFunction,
  isVisible,
  memberDecorators,
  nameExtent,
  referTo,
  wrappedFunction,
} from './ecmascript-names.ts';
import { reactiveStatement } from './ecmascript-reactive.ts';
import type { Rule } from './language.ts';

export const ecmascriptBlocks = ['program', 'statement_block', 'class_body', 'switch_body'] as const;
export const ecmascriptComments = ['comment', 'html_comment'] as const;

const functionDeclaration: Rule = (scan, node) => {
  const { tree } = scan;
  const { outer, exported } = declarationOf(scan, node);
  const name = tree.field(node, 'name');
  scan.define({ kind: 'function', name, node: outer, body: tree.field(node, 'body'), exported });
};

/** A function expression that nothing else has named: a callback, unless it has a name of its own. */
const functionExpression: Rule = (scan, node) => {
  const { tree } = scan;
  if (scan.isReported(node)) return;
  const name = tree.field(node, 'name');
  if (name >= 0) scan.define({ kind: 'function', name, node, body: tree.field(node, 'body') });
  else scan.holdLocals(node);
};

const classDeclaration: Rule = (scan, node) => {
  const { tree } = scan;
  if (scan.isReported(node)) return;
  const name = tree.field(node, 'name');
  if (name < 0) return;
  const { outer, exported } = declarationOf(scan, node);
  const { names, signature } = decoratorsOf(scan, outer === node ? [node] : [outer, node]);
  scan.define({
    kind: 'class',
    name,
    node: outer,
    body: tree.field(node, 'body'),
    exported,
    decorators: names,
    signature,
  });
};

const heritage: Rule = (scan, node) => {
  const { tree } = scan;
  for (const child of tree.namedChildren(node)) {
    if (tree.kind(child) === 'extends_clause') referTo(scan, 'inherit', tree.field(child, 'value'));
    else if (tree.kind(child) === 'call_expression') continue;
    else referTo(scan, 'inherit', child);
  }
};

const method: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  const inClass = tree.kind(tree.parent(node)) !== 'object';
  const accessor = tree.child(node, "'get'") >= 0 || tree.child(node, "'set'") >= 0;
  const isConstructor = inClass && name >= 0 && tree.textOf(name) === 'constructor';
  const kind: SymbolKind = isConstructor ? 'constructor' : accessor ? 'property' : 'method';
  const { names, first, signature } = memberDecorators(scan, node);
  scan.define({
    kind,
    name: nameExtent(scan, name),
    node,
    first,
    signature,
    body: tree.field(node, 'body'),
    decorators: names,
    exported: isVisible(scan, node, name),
    ...qualifierOfMember(scan, node),
  });
};

export const field: Rule = (scan, node) => {
  const { tree } = scan;
  // TypeScript's grammar says `name`, JavaScript's `property`.
  const name = Math.max(tree.field(node, 'name'), tree.field(node, 'property'));
  const value = tree.field(node, 'value');
  const { names, first, signature } = memberDecorators(scan, node);
  const common = {
    name: nameExtent(scan, name),
    node,
    first,
    signature,
    decorators: names,
    exported: isVisible(scan, node, name),
  };
  if (isFunction(scan, value)) {
    scan.report(value);
    scan.define({ kind: 'method', ...common, body: tree.field(value, 'body') });
  } else scan.define({ kind: 'field', ...common, value });
};

/** `Foo.prototype = { bar() {} }` names `Foo.bar`. */
function qualifierOfMember(scan: Scan, node: number): { qualifier?: string } {
  const { tree } = scan;
  const object = tree.parent(node);
  const assignment = object < 0 ? none : tree.parent(object);
  if (assignment < 0 || tree.kind(object) !== 'object' || tree.kind(assignment) !== 'assignment_expression') return {};
  return qualifierOf(scan, tree.field(assignment, 'left'));
}

/** What a definition by assignment hangs on: `exports` and `prototype` are not part of the name. */
function qualifierOf(scan: Scan, target: number): { qualifier?: string } {
  const { tree } = scan;
  if (target < 0) return {};
  const kind = tree.kind(target);
  if (kind !== 'identifier' && kind !== 'member_expression') return {};
  const written = tree.textOf(target);
  if (written === 'exports' || written === 'module.exports') return { qualifier: '' };
  if (written.length > 80 || /[\s(]/.test(written)) return {};
  return { qualifier: written.replace(/^(module\.)?exports\./, '').replace(/\.prototype(?=\.|$)/g, '') };
}

const pair: Rule = (scan, node) => {
  const { tree } = scan;
  const value = tree.field(node, 'value');
  if (value < 0) return;
  const key = tree.field(node, 'key');
  if (isFunction(scan, value)) {
    scan.report(value);
    const name = nameExtent(scan, key);
    const body = tree.field(value, 'body');
    scan.define({ kind: 'method', name, node, body, exported: true, ...qualifierOfMember(scan, node) });
  } else if (tree.kind(value) === 'object' && holdsFunctions(scan, value)) {
    scan.define({ kind: 'property', name: nameExtent(scan, key), node, value, ...qualifierOfMember(scan, node) });
  }
};

/** Whether an object literal has functions among its own entries: then its key is worth a name. */
function holdsFunctions(scan: Scan, object: number): boolean {
  const { tree } = scan;
  for (let child = tree.firstChild(object); child >= 0; child = tree.nextSibling(child)) {
    const kind = tree.kind(child);
    if (kind === 'method_definition') return true;
    if (kind === 'pair' && isFunction(scan, tree.field(child, 'value'))) return true;
  }
  return false;
}

const declarator: Rule = (scan, node) => {
  const { tree } = scan;
  const declaration = tree.parent(node);
  if (declaration < 0 || tree.kind(declaration) === 'ERROR') return;
  const name = tree.field(node, 'name');
  const value = tree.field(node, 'value');
  const next = tree.nextSibling(node);
  const only = tree.child(declaration, 'variable_declarator') === node && (next < 0 || tree.kind(next) !== "','");
  const { outer: statement, exported } = declarationOf(scan, declaration);
  const outer = only ? statement : node;
  if (name < 0 || isRequire(scan, value)) return;
  if (tree.kind(name) !== 'identifier') return pattern(scan, name, node, { declaration, exported });
  const valueKind = value < 0 ? '' : tree.kind(value);
  if (isFunction(scan, value)) {
    scan.report(value);
    scan.define({ kind: 'function', name, node: outer, body: tree.field(value, 'body'), exported });
    return;
  }
  if (valueKind === 'class') {
    scan.report(value);
    scan.define({ kind: 'class', name, node: outer, body: tree.field(value, 'body'), exported });
    return;
  }
  if (scan.insideCallable || !isStatement(scan, declaration)) {
    if (valueKind === 'object' && holdsFunctions(scan, value))
      scan.define({ kind: 'variable', name, node: outer, value });
    else scan.report(name);
    return;
  }
  const wrapped = valueKind === 'call_expression' ? wrappedFunction(scan, value) : none;
  if (wrapped >= 0) {
    scan.report(wrapped);
    scan.define({ kind: 'function', name, node: outer, body: tree.field(wrapped, 'body'), exported });
    return;
  }
  scan.define({ kind: variableKind(scan, declaration), name, node: outer, value, exported });
};

const variableKind = (scan: Scan, declaration: number): SymbolKind =>
  scan.tree.kind(scan.tree.firstChild(declaration)) === "'const'" ? 'constant' : 'variable';

/** Not the head of a loop. */
function isStatement(scan: Scan, declaration: number): boolean {
  const kind = scan.tree.kind(scan.tree.parent(declaration));
  return !kind.startsWith('for_');
}

/** Names bound by destructuring at the top level. */
function pattern(scan: Scan, name: number, node: number, options: { declaration: number; exported: boolean }): void {
  const { tree } = scan;
  const top = !scan.insideCallable && isStatement(scan, options.declaration);
  const kind = variableKind(scan, options.declaration);
  const end = tree.next(name);
  for (let at = name; at < end; at++) {
    const atKind = tree.kind(at);
    const bound =
      atKind === 'shorthand_property_identifier_pattern' || (atKind === 'identifier' && isBinding(scan, at));
    if (!bound) continue;
    if (top)
      scan.define({ kind, name: at, node, leaf: true, exported: options.exported, value: tree.field(node, 'value') });
    else scan.report(at);
  }
}

function isBinding(scan: Scan, identifier: number): boolean {
  const { tree } = scan;
  const parent = tree.parent(identifier);
  switch (tree.kind(parent)) {
    case 'pair_pattern':
      return tree.isField(identifier, 'value');
    case 'array_pattern':
    case 'rest_pattern':
      return true;
    case 'assignment_pattern':
    case 'object_assignment_pattern':
      return tree.isField(identifier, 'left');
    default:
      return false;
  }
}

const assignment: Rule = (scan, node) => {
  const { tree } = scan;
  const left = tree.field(node, 'left');
  const right = tree.field(node, 'right');
  const statement = tree.parent(node);
  if (left < 0 || right < 0 || statement < 0) return;
  const outer = tree.kind(statement) === 'expression_statement' ? statement : node;
  const member = tree.kind(left) === 'member_expression';
  const target = member ? tree.field(left, 'object') : none;
  const name = member ? tree.field(left, 'property') : left;
  const written = member ? tree.textOf(target) : '';
  const isExport = written === 'exports' || written === 'module.exports';
  if (tree.textOf(left) === 'module.exports') return moduleExports(scan, outer, right, name);
  const isClass = tree.kind(right) === 'class';
  if (isFunction(scan, right) || isClass) {
    if (!member && tree.kind(left) !== 'identifier') return;
    scan.report(right);
    const kind = isClass ? 'class' : written.endsWith('.prototype') ? 'method' : 'function';
    const qualifier = written === 'this' ? {} : qualifierOf(scan, target);
    scan.define({ kind, name, node: outer, body: tree.field(right, 'body'), exported: isExport, ...qualifier });
    return;
  }
  if (isExport && outer === statement && !scan.insideCallable) {
    if (tree.kind(right) === 'identifier') exportName(scan, tree.textOf(right));
    if (tree.kind(right) === 'identifier' && tree.textOf(right) === tree.textOf(name)) return;
    scan.define({ kind: 'constant', name, node: outer, value: right, exported: true, qualifier: '' });
  }
};

const call: Rule = (scan, node) => {
  const { tree } = scan;
  const callee = tree.field(node, 'function');
  if (callee < 0) return;
  const kind = tree.kind(callee);
  if (kind === 'import' || (kind === 'identifier' && tree.textOf(callee) === 'require')) {
    if (kind === 'identifier') scan.report(callee);
    return requireCall(scan, node);
  }
  referTo(scan, 'call', callee);
};

const construct: Rule = (scan, node) => referTo(scan, 'call', scan.tree.field(node, 'constructor'));

const identifier: Rule = (scan, node) => {
  if (!scan.isReported(node) && !isParameter(scan, node)) scan.useIfKnown(node);
};

function isParameter(scan: Scan, node: number): boolean {
  const kind = scan.tree.kind(scan.tree.parent(node));
  if (kind === 'formal_parameters' || kind === 'labeled_statement') return true;
  if (kind === 'required_parameter' || kind === 'optional_parameter') return scan.tree.isField(node, 'pattern');
  return kind === 'arrow_function' && scan.tree.isField(node, 'parameter');
}

/** `Color.Red`, where the file knows `Color`. */
const memberExpression: Rule = (scan, node) => {
  const { tree } = scan;
  const object = tree.field(node, 'object');
  if (object < 0 || tree.kind(object) !== 'identifier') return;
  const property = tree.field(node, 'property');
  if (property >= 0 && !scan.isReported(property)) scan.useIfKnown(property, object);
};

/** `<Button>` calls `Button`; `<div>` calls nothing. */
const jsxElement: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  if (name < 0) return;
  if (tree.kind(name) === 'identifier' && !/^[A-Z_$]/.test(tree.textOf(name))) return scan.report(name);
  referTo(scan, 'call', name);
};

const jsxClosing: Rule = (scan, node) => {
  const { tree } = scan;
  for (let at = node; at < tree.next(node); at++) scan.report(at);
};

export const ecmascriptRules: Readonly<Record<string, Rule>> = {
  function_declaration: functionDeclaration,
  generator_function_declaration: functionDeclaration,
  function_expression: functionExpression,
  generator_function: functionExpression,
  arrow_function: functionExpression,
  class_declaration: classDeclaration,
  class: classDeclaration,
  class_heritage: heritage,
  method_definition: method,
  pair,
  variable_declarator: declarator,
  assignment_expression: assignment,
  labeled_statement: reactiveStatement,
  export_statement: exportStatement,
  import_statement: importStatement,
  call_expression: call,
  new_expression: construct,
  decorator,
  identifier,
  shorthand_property_identifier: identifier,
  member_expression: memberExpression,
  jsx_opening_element: jsxElement,
  jsx_self_closing_element: jsxElement,
  jsx_closing_element: jsxClosing,
};

const memberHolders = new Set<SymbolKind>(['class', 'interface', 'enum', 'type', 'constant', 'variable', 'property']);
const memberKinds = new Set<SymbolKind>(['method', 'constructor', 'property', 'field', 'enum-member']);

/** Applies export lists; members are exported as far as what holds them is. */
export function finishEcmascript(scan: Scan): void {
  const listed = listedExports(scan);
  const exported = new Set<string>();
  for (const symbol of scan.symbols) {
    if (symbol.parent >= 0) continue;
    if (listed.has(symbol.name)) symbol.exported = true;
    if (symbol.exported) exported.add(symbol.name);
  }
  for (const symbol of scan.symbols) {
    if (symbol.parent < 0) {
      // `Foo.prototype.bar = …` is as visible as `Foo`.
      const dot = symbol.qualifiedName.indexOf('.');
      if (dot > 0) symbol.exported = exported.has(symbol.qualifiedName.slice(0, dot));
      continue;
    }
    if (!memberKinds.has(symbol.kind)) continue;
    const parent = scan.symbols[symbol.parent] as ScannedSymbol;
    // Fields declared by a constructor's parameters belong to its class.
    const holder = parent.kind === 'constructor' ? scan.symbols[parent.parent] : parent;
    symbol.exported = symbol.exported && holder !== undefined && memberHolders.has(holder.kind) && holder.exported;
  }
}
