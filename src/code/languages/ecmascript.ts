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
import type { Rule } from './language.ts';

export const ecmascriptBlocks = ['program', 'statement_block', 'class_body', 'switch_body'] as const;
export const ecmascriptComments = ['comment', 'html_comment'] as const;

const functionKinds = new Set(['arrow_function', 'function_expression', 'generator_function', 'function']);

const isFunction = (scan: Scan, node: number): boolean => node >= 0 && functionKinds.has(scan.tree.kind(node));

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

const decorator: Rule = (scan, node) => {
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

const functionDeclaration: Rule = (scan, node) => {
  const { tree } = scan;
  const { outer, exported } = declarationOf(scan, node);
  const name = tree.field(node, 'name');
  scan.define({ kind: 'function', name, node: outer, body: tree.field(node, 'body'), exported });
};

/** A function expression that nothing else has named. */
const functionExpression: Rule = (scan, node) => {
  const { tree } = scan;
  if (scan.isReported(node)) return;
  const name = tree.field(node, 'name');
  if (name >= 0) scan.define({ kind: 'function', name, node, body: tree.field(node, 'body') });
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

/** Function given to a call that names it: `const Button = memo((props) => …)`. */
function wrappedFunction(scan: Scan, call: number): number {
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

const declarator: Rule = (scan, node) => {
  const { tree } = scan;
  const declaration = tree.parent(node);
  if (declaration < 0 || tree.kind(declaration) === 'ERROR') return;
  const name = tree.field(node, 'name');
  const value = tree.field(node, 'value');
  const only = tree.namedChildren(declaration).filter((at) => tree.kind(at) === 'variable_declarator').length === 1;
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

/** `require('x')`, perhaps with `.y` after it: the binding is an import, not a definition. */
function isRequire(scan: Scan, value: number): boolean {
  const { tree } = scan;
  let at = value;
  while (at >= 0 && tree.kind(at) === 'member_expression') at = tree.field(at, 'object');
  if (at < 0 || tree.kind(at) !== 'call_expression') return false;
  const callee = tree.field(at, 'function');
  return callee >= 0 && tree.kind(callee) === 'identifier' && tree.textOf(callee) === 'require';
}

const variableKind = (scan: Scan, declaration: number): SymbolKind =>
  scan.tree.child(declaration, "'const'") >= 0 ? 'constant' : 'variable';

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

function moduleExports(scan: Scan, outer: number, right: number, name: number): void {
  const { tree } = scan;
  const kind = tree.kind(right);
  if (kind === 'identifier') exportName(scan, tree.textOf(right));
  else if (kind === 'object') {
    for (const child of tree.namedChildren(right)) {
      if (tree.kind(child) === 'shorthand_property_identifier') exportName(scan, tree.textOf(child));
      const value = tree.kind(child) === 'pair' ? tree.field(child, 'value') : none;
      if (value >= 0 && tree.kind(value) === 'identifier') exportName(scan, tree.textOf(value));
    }
  } else if (isFunction(scan, right) || kind === 'class') {
    scan.report(right);
    const own = tree.field(right, 'name');
    const body = tree.field(right, 'body');
    const symbol = kind === 'class' ? 'class' : 'function';
    scan.define({ kind: symbol, name: own >= 0 ? own : name, node: outer, body, exported: true });
  }
}

/** Names exported by a list somewhere in the file; applied by `finishEcmascript`. */
const exportedNames = new WeakMap<Scan, Set<string>>();

function exportName(scan: Scan, name: string): void {
  const names = exportedNames.get(scan);
  if (names === undefined) exportedNames.set(scan, new Set([name]));
  else names.add(name);
}

const exportStatement: Rule = (scan, node) => {
  const { tree } = scan;
  const source = tree.field(node, 'source');
  const module = source < 0 ? null : stringText(scan, source);
  for (const child of tree.namedChildren(node)) {
    const kind = tree.kind(child);
    if (kind === 'export_clause') {
      for (const specifier of tree.namedChildren(child)) exportSpecifier(scan, specifier, module);
    } else if (kind === 'namespace_export' && module !== null) {
      const alias = tree.namedChildren(child)[0] ?? none;
      if (alias >= 0) scan.report(alias);
      scan.importName(module, '*', alias < 0 ? null : tree.textOf(alias), node);
    }
  }
  if (module !== null && tree.child(node, "'*'") >= 0) scan.importName(module, '*', null, node);
  const isDefault = tree.child(node, "'default'");
  const value = tree.field(node, 'value');
  if (isDefault >= 0 && value >= 0) defaultExport(scan, node, isDefault, value);
};

function exportSpecifier(scan: Scan, specifier: number, module: string | null): void {
  const { tree } = scan;
  const name = tree.field(specifier, 'name');
  const alias = tree.field(specifier, 'alias');
  if (name < 0) return;
  if (alias >= 0) scan.report(alias);
  if (module === null) exportName(scan, tree.textOf(name));
  else scan.importName(module, tree.textOf(name), tree.textOf(alias < 0 ? name : alias), specifier);
  scan.refer('use', name);
}

function defaultExport(scan: Scan, node: number, keyword: number, value: number): void {
  const { tree } = scan;
  const kind = tree.kind(value);
  if (kind === 'identifier') {
    exportName(scan, tree.textOf(value));
    scan.refer('use', value);
    return;
  }
  scan.report(value);
  const wrapped = kind === 'call_expression' ? wrappedFunction(scan, value) : none;
  const callable = isFunction(scan, value) ? value : wrapped;
  if (wrapped >= 0) scan.report(wrapped);
  if (callable >= 0 || kind === 'class') {
    const own = tree.field(callable < 0 ? value : callable, 'name');
    const name = own >= 0 ? own : keyword;
    const body = tree.field(callable < 0 ? value : callable, 'body');
    scan.define({ kind: kind === 'class' ? 'class' : 'function', name, node, body, exported: true });
  } else scan.define({ kind: 'constant', name: keyword, node, value, exported: true });
}

function stringText(scan: Scan, node: number): string {
  return scan.text.slice(scan.tree.start(node) + 1, scan.tree.end(node) - 1);
}

const importStatement: Rule = (scan, node) => {
  const { tree } = scan;
  const source = tree.field(node, 'source');
  const clause = tree.child(node, 'import_clause');
  const required = tree.child(node, 'import_require_clause');
  if (required >= 0) {
    const name = tree.child(required, 'identifier');
    const path = tree.field(required, 'source');
    if (name >= 0) scan.report(name);
    if (name >= 0 && path >= 0) scan.importName(stringText(scan, path), '*', tree.textOf(name), node);
    return;
  }
  if (source < 0) return;
  const module = stringText(scan, source);
  if (clause < 0) return scan.importName(module, '*', null, node);
  for (const child of tree.namedChildren(clause)) {
    const kind = tree.kind(child);
    if (kind === 'identifier') {
      scan.report(child);
      scan.importName(module, 'default', tree.textOf(child), child);
    } else if (kind === 'namespace_import') {
      const alias = tree.child(child, 'identifier');
      if (alias < 0) continue;
      scan.report(alias);
      scan.importName(module, '*', tree.textOf(alias), child);
    } else if (kind === 'named_imports') {
      for (const specifier of tree.namedChildren(child)) {
        const name = tree.field(specifier, 'name');
        const alias = tree.field(specifier, 'alias');
        if (name < 0) continue;
        scan.report(name);
        if (alias >= 0) scan.report(alias);
        scan.importName(module, tree.textOf(name), tree.textOf(alias < 0 ? name : alias), specifier);
      }
    }
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

/** `require('x')` and `import('x')`, bound to what they are assigned to. */
function requireCall(scan: Scan, node: number): void {
  const { tree } = scan;
  const callArguments = tree.field(node, 'arguments');
  const path = callArguments < 0 ? none : (tree.namedChildren(callArguments)[0] ?? none);
  if (path < 0 || tree.kind(path) !== 'string') return;
  const module = stringText(scan, path);
  let holder = tree.parent(node);
  let member: string | null = null;
  while (holder >= 0) {
    const kind = tree.kind(holder);
    if (kind === 'member_expression' && member === null) member = tree.textOf(tree.field(holder, 'property'));
    else if (kind !== 'await_expression' && kind !== 'parenthesized_expression') break;
    holder = tree.parent(holder);
  }
  const bound = holder >= 0 && tree.kind(holder) === 'variable_declarator' ? tree.field(holder, 'name') : none;
  if (bound >= 0 && tree.kind(bound) === 'identifier') {
    scan.importName(module, member ?? '*', tree.textOf(bound), node);
    return;
  }
  if (bound < 0 || tree.kind(bound) !== 'object_pattern') {
    scan.importName(module, member ?? '*', null, node);
    return;
  }
  for (const part of tree.namedChildren(bound)) {
    const key = tree.kind(part) === 'pair_pattern' ? tree.field(part, 'key') : part;
    const value = tree.kind(part) === 'pair_pattern' ? tree.field(part, 'value') : part;
    if (key >= 0 && value >= 0) scan.importName(module, tree.textOf(key), tree.textOf(value), part);
  }
}

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
  class_declaration: classDeclaration,
  class: classDeclaration,
  class_heritage: heritage,
  method_definition: method,
  pair,
  variable_declarator: declarator,
  assignment_expression: assignment,
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
  const listed = exportedNames.get(scan);
  const exported = new Set<string>();
  for (const symbol of scan.symbols) {
    if (symbol.parent >= 0) continue;
    if (listed?.has(symbol.name)) symbol.exported = true;
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
