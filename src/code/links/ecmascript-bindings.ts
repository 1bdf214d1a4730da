/** What ECMAScript binds besides functions and classes: declarations, destructuring, assignments, loops, `catch`. */
import type { LinkBuilder } from './builder.ts';
import { assignExport, bindRequired, isExportTarget } from './ecmascript-exports.ts';
import {
  bindMember,
  definedOn,
  mixIn,
  mixTarget,
  objectScope,
  scopeNamed,
  scopeOfValue,
} from './ecmascript-holders.ts';
import {
  argumentsOf,
  bracketed,
  firstNamed,
  isExports,
  isFunction,
  isWritten,
  lastName,
  nameNode,
  stringText,
  unwrapped,
} from './ecmascript-notes.ts';
import { declared, typeOf } from './ecmascript-types.ts';
import type { LinkRule } from './language.ts';

export interface Given {
  readonly value: number;
  readonly type: number;
  /** `assignment`: the name is bound elsewhere. */
  readonly as: 'parameter' | 'variable' | 'assignment';
  readonly scope: number;
  /** Node after which what was known of the name no longer holds. */
  readonly after: number;
}

/** Patterns that are followed into each other; people write two. */
const maxDepth = 8;

/** Binds what stands on the left. */
export function bindPattern(links: LinkBuilder, node: number, given: Given, depth = 0): void {
  const { tree, expressions } = links;
  if (node < 0 || depth > maxDepth) return;
  const inner = (part: number, value: number): void =>
    bindPattern(
      links,
      part,
      { ...given, value, type: -1, as: given.as === 'parameter' ? 'variable' : given.as },
      depth + 1,
    );
  const whole = (): number => (given.type >= 0 ? expressions.instance(given.type) : given.value);
  switch (tree.kind(node)) {
    case 'identifier':
    case 'shorthand_property_identifier_pattern':
      bindName(links, node, given);
      return;
    case 'member_expression':
      assignMember(links, node, -1, given.value);
      return;
    case 'object_pattern':
    case 'object':
      for (const part of tree.namedChildren(node)) bindProperty(links, part, whole(), inner);
      return;
    case 'array_pattern':
    case 'array': {
      let place = 0;
      for (let part = tree.firstChild(node); part >= 0; part = tree.nextSibling(part)) {
        if (tree.kind(part) === "','") place++;
        else if (tree.kind(part) === 'rest_pattern')
          inner(firstNamed(links, part), expressions.collection('Array', [expressions.element(whole(), 'iterate')]));
        else if (tree.isNamed(part)) inner(part, partOf(links, whole(), place));
      }
      return;
    }
    case 'assignment_pattern':
    case 'object_assignment_pattern': {
      const value = expressions.either([whole(), links.value(tree.field(node, 'right'))]);
      bindPattern(links, tree.field(node, 'left'), { ...given, value: given.type >= 0 ? -1 : value }, depth + 1);
      return;
    }
    case 'rest_pattern':
      bindPattern(links, firstNamed(links, node), given, depth + 1);
      return;
    case 'parenthesized_expression':
    case 'non_null_expression':
    case 'as_expression':
      bindPattern(links, firstNamed(links, node), given, depth + 1);
      return;
    default:
  }
}

function bindProperty(
  links: LinkBuilder,
  part: number,
  whole: number,
  inner: (part: number, value: number) => void,
): void {
  const { tree, expressions } = links;
  const of = (name: number): number => (name < 0 || whole < 0 ? -1 : expressions.member(whole, tree.textOf(name)));
  switch (tree.kind(part)) {
    case 'shorthand_property_identifier_pattern':
    case 'shorthand_property_identifier':
      inner(part, of(part));
      return;
    case 'object_assignment_pattern': {
      const left = tree.field(part, 'left');
      inner(left, expressions.either([of(left), links.value(tree.field(part, 'right'))]));
      return;
    }
    case 'pair_pattern':
    case 'pair': {
      const value = tree.field(part, 'value');
      inner(value, of(nameNode(links, tree.field(part, 'key'))));
      return;
    }
    case 'rest_pattern':
      inner(firstNamed(links, part), whole);
      return;
    default:
  }
}

/** What unpacking gives to a place. */
function partOf(links: LinkBuilder, value: number, place: number): number {
  return links.expressions.element(value, 'iterate', place);
}

function bindName(links: LinkBuilder, name: number, { value, type, as, scope, after }: Given): void {
  const text = links.tree.textOf(name);
  links.narrowings.end(name, after);
  if (as === 'assignment') {
    links.hint(text, { value });
    return;
  }
  links.markUsed(name);
  const symbol = links.symbolAt(name);
  const isField = as === 'parameter' && symbol >= 0;
  // A parameter that is a field as well is bound as one where the class is.
  if (symbol >= 0 && !isField) links.bind('symbol', text, { scope, symbol, value, type });
  else links.bind(as, text, { scope, value, type });
}

/** Scope of a declaration's names: `var` sees no blocks. */
function declarationScope(links: LinkBuilder, declaration: number): number {
  const { tree } = links;
  const isVar = declaration < 0 || tree.kind(declaration) === 'variable_declaration';
  return isVar ? links.nearest(['file', 'namespace', 'function']) : links.scope;
}

export const declarator: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  const value = tree.field(node, 'value');
  const scope = declarationScope(links, tree.parent(node));
  if (name < 0) return;
  if (bindRequired(links, name, value, scope)) return;
  const written = tree.field(node, 'type');
  const told = declared(links, typeOf(links, written), written);
  const symbol = links.symbolAt(name);
  const isCallable = symbol >= 0 && /^(function|class)$/.test(links.scan.symbols[symbol]?.kind ?? '');
  const held = told.value >= 0 || isCallable ? told.value : links.value(value);
  const bound = { as: 'variable', scope, after: tree.next(node) } as const;
  if (told.type >= 0 && held >= 0 && isConstant(links, node) && tree.kind(name) === 'identifier') {
    // What never changes is what it was set to, of which its type is only what others may know.
    const type = links.expressions.instance(told.type);
    bindPattern(links, name, { value: links.expressions.first([held, type]), type: -1, ...bound });
  } else bindPattern(links, name, { value: held, type: told.type, ...bound });
};

const isConstant = (links: LinkBuilder, declarator: number): boolean =>
  links.tree.child(links.tree.parent(declarator), "'const'") >= 0;

export const assignment: LinkRule = (links, node) => {
  const { tree } = links;
  const left = unwrapped(links, tree.field(node, 'left'));
  const right = tree.field(node, 'right');
  if (left < 0 || right < 0) return;
  if (isExportTarget(links, left)) {
    assignExport(links, node, left, right);
    return;
  }
  if (isWritten(links, left, 'exports')) return;
  if (tree.kind(left) === 'member_expression') {
    links.narrowings.end(left, tree.next(node));
    assignMember(links, left, right, -1);
    return;
  }
  if (tree.kind(left) === 'subscript_expression') {
    assignElement(links, left, right);
    return;
  }
  bindPattern(links, left, {
    value: links.value(right),
    type: -1,
    as: 'assignment',
    scope: -1,
    after: tree.next(node),
  });
};

/** `a ||= b` */
export const augmentedAssignment: LinkRule = (links, node) => {
  const { tree } = links;
  const left = tree.field(node, 'left');
  const operator = tree.field(node, 'operator');
  if (left < 0 || operator < 0 || !/^(\|\||\?\?|&&)=$/.test(tree.textOf(operator))) return;
  const right = tree.field(node, 'right');
  if (tree.kind(left) === 'identifier') links.hint(tree.textOf(left), { value: links.value(right) });
  else if (tree.kind(left) === 'member_expression') assignMember(links, left, right, -1);
};

/** `this.x = …`, `Foo.prototype.bar = …`, `app.use = …`. @param right node, or -1 when only the value is known */
function assignMember(links: LinkBuilder, left: number, right: number, known: number): void {
  const { tree } = links;
  const object = tree.field(left, 'object');
  const name = tree.field(left, 'property');
  if (object < 0 || name < 0) return;
  const property = tree.textOf(name);
  if (property === 'prototype' || property === '__proto__') {
    inherit(links, object, right);
    return;
  }
  const scope = tree.kind(object) === 'this' ? scopeOfValue(links, links.value(object)) : scopeNamed(links, object);
  if (scope < 0) {
    if (links.symbolAt(name) >= 0) links.markUsed(name);
    return;
  }
  const isNamed =
    (isFunction(links, right) || (right >= 0 && tree.kind(right) === 'class')) && links.symbolAt(name) >= 0;
  bindMember(links, scope, name, isNamed ? -1 : right < 0 ? known : links.value(right));
}

/** What is made the prototype of something: an object's entries are its own, everything else is behind it. */
function inherit(links: LinkBuilder, target: number, right: number): void {
  const { tree } = links;
  const at = unwrapped(links, right);
  if (at < 0) return;
  if (tree.kind(at) === 'object') {
    objectScope(links, at);
    return;
  }
  const scope = scopeNamed(links, target);
  const isCreated =
    tree.kind(at) === 'call_expression' && isWritten(links, tree.field(at, 'function'), 'Object.create');
  const [created = -1] = isCreated ? argumentsOf(links, at) : [at];
  hangBehind(links, scope, created);
}

/** Says that members are looked for in something else as well: a base of a function that constructs. */
function hangBehind(links: LinkBuilder, scope: number, node: number): void {
  const value = links.value(node);
  const symbol = scope < 0 ? -1 : links.symbolOf(scope);
  const kind = symbol < 0 ? '' : links.scan.symbols[symbol]?.kind;
  if (kind === 'function' || kind === 'class') links.describe(symbol, { bases: [value] });
  else mixIn(links, scope, value);
}

/** `Object.assign(target, …)`, `util.inherits(A, B)`, `Object.defineProperty(target, 'name', …)`. */
export function mixingCall(links: LinkBuilder, call: number): void {
  const { tree } = links;
  const target = mixTarget(links, call);
  if (target < 0) return;
  const [, ...sources] = argumentsOf(links, call);
  if (isExports(links, target)) {
    for (const source of sources) assignExport(links, call, target, source);
    return;
  }
  const isBase = /inherits|setPrototypeOf/.test(tree.textOf(tree.field(call, 'function')).slice(-24));
  const scope = scopeNamed(links, target);
  if (scope < 0) return;
  for (const source of sources) {
    const at = unwrapped(links, source);
    if (tree.kind(at) === 'object') objectScope(links, at);
    else if (isBase) hangBehind(links, scope, at);
    else mixIn(links, scope, links.value(at));
  }
}

/** `Object.defineProperty(target, 'name', { get() {} })`, `defineGetter(target, 'name', function () {})`. */
export function definingCall(links: LinkBuilder, call: number): void {
  const { tree } = links;
  const target = definedOn(links, call);
  const [, key = -1, third = -1] = target < 0 ? [] : argumentsOf(links, call);
  const name = key < 0 || tree.kind(key) !== 'string' ? -1 : nameNode(links, key);
  const scope = name < 0 || third < 0 ? -1 : scopeNamed(links, target);
  if (scope < 0) return;
  const text = tree.textOf(name);
  if (isFunction(links, third)) {
    bindAccessor(links, scope, text, links.symbolAt(tree.field(third, 'name')));
    return;
  }
  if (tree.kind(third) !== 'object') return;
  for (const entry of tree.namedChildren(third)) {
    const isMethod = tree.kind(entry) === 'method_definition';
    const entryName = nameNode(links, tree.field(entry, isMethod ? 'name' : 'key'));
    if (isWritten(links, entryName, 'get')) bindAccessor(links, scope, text, links.symbolAt(entryName));
    else if (isWritten(links, entryName, 'value') && !isMethod) {
      links.bind('member', text, { scope, value: links.value(tree.field(entry, 'value')) });
    }
  }
}

function bindAccessor(links: LinkBuilder, scope: number, name: string, symbol: number): void {
  if (symbol < 0) return;
  links.describe(symbol, { accessor: true });
  links.bind('symbol', name, { scope, symbol });
}

/** `xs.push(v)`, `m.set(k, v)`, `o[k] = v`: what else the container holds. */
function addElement(links: LinkBuilder, holder: number, type: string, value: number): void {
  const { tree, expressions } = links;
  if (value < 0 || holder < 0 || expressions.list[value]?.kind === 'literal') return;
  const more = expressions.collection(type, [value]);
  if (tree.kind(holder) === 'identifier') {
    links.hint(tree.textOf(holder), { value: more });
    return;
  }
  const object = tree.kind(holder) === 'member_expression' ? tree.field(holder, 'object') : -1;
  if (object < 0 || tree.kind(object) !== 'this') return;
  const scope = scopeOfValue(links, links.value(object));
  const name = tree.field(holder, 'property');
  if (scope >= 0 && name >= 0) links.bind('member', tree.textOf(name), { scope, value: more });
}

/** Methods that put their last argument into the container they are called on. */
const adding = new Set(['push', 'unshift', 'add', 'set']);

export function addingCall(links: LinkBuilder, call: number): void {
  const { tree } = links;
  const callee = tree.field(call, 'function');
  if (callee < 0 || tree.kind(callee) !== 'member_expression' || !adding.has(lastName(links, callee))) return;
  const value = argumentsOf(links, call).at(-1) ?? -1;
  if (value < 0 || tree.kind(value) === 'spread_element') return;
  const type = lastName(links, callee) === 'set' ? 'Map' : 'Array';
  addElement(links, tree.field(callee, 'object'), type, links.value(value));
}

/** `this[kState] = …`, `o[k] = …`. */
function assignElement(links: LinkBuilder, left: number, right: number): void {
  const { tree } = links;
  const object = tree.field(left, 'object');
  const index = tree.field(left, 'index');
  if (object < 0 || index < 0) return;
  const name = bracketed(links, index) ?? (tree.kind(index) === 'string' ? stringText(links, index) : null);
  if (name === null) {
    addElement(links, object, 'Object', links.value(right));
    return;
  }
  const scope = tree.kind(object) === 'this' ? scopeOfValue(links, links.value(object)) : scopeNamed(links, object);
  if (scope >= 0) links.bind('member', name, { scope, value: links.value(right) });
}

/** `for (const x of xs)`, `for (k in o)`. */
export const forInStatement: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const left = tree.field(node, 'left');
  const kind = tree.field(node, 'kind');
  const operator = tree.field(node, 'operator');
  const right = links.value(tree.field(node, 'right'));
  const isOf = operator >= 0 && tree.textOf(operator) === 'of';
  const value = isOf ? expressions.element(right, 'iterate') : expressions.literal('string');
  const isVar = kind >= 0 && isWritten(links, kind, 'var');
  const scope = isVar || kind < 0 ? links.nearest(['file', 'namespace', 'function']) : links.scopeOf(node, 'block');
  const as = kind < 0 ? 'assignment' : 'variable';
  bindPattern(links, left, { value, type: -1, as, scope, after: left });
};

export const forStatement: LinkRule = (links, node) => {
  links.scopeOf(node, 'block');
};

export const catchClause: LinkRule = (links, node) => {
  const scope = links.scopeOf(node, 'block');
  const parameter = links.tree.field(node, 'parameter');
  bindPattern(links, parameter, { value: -1, type: -1, as: 'variable', scope, after: parameter });
};

const lexical = new Set([
  'lexical_declaration',
  'class_declaration',
  'abstract_class_declaration',
  'function_declaration',
  'generator_function_declaration',
  'type_alias_declaration',
  'interface_declaration',
  'enum_declaration',
]);

/** A block is a scope when it declares something; the body of a function is its function's. */
export const block: LinkRule = (links, node) => {
  const { tree } = links;
  const parent = tree.parent(node);
  if (parent >= 0 && tree.isField(node, 'body') && /function|method|_module$|^module$/.test(tree.kind(parent))) return;
  for (let child = tree.firstChild(node); child >= 0; child = tree.nextSibling(child)) {
    if (!lexical.has(tree.kind(child))) continue;
    links.scopeOf(node, 'block');
    return;
  }
};

export const switchBody: LinkRule = (links, node) => {
  links.scopeOf(node, 'block');
};
