/**
 * Types of TypeScript as expressions that name types, and their names as uses.
 *
 * An object type is an object (`types.ts`), and so is an intersection, into which its parts are mixed. What a conditional
 * or mapped type comes to is not worked out.
 */
import type { LinkBuilder } from './builder.ts';
import { declared, mayBeFunction, valueOfType, withArguments } from './ecmascript-declared.ts';
import { bindMember, bodyScope, mixIn } from './ecmascript-holders.ts';
import { firstNamed, memberName, nameNode, notesOf, stringText } from './ecmascript-notes.ts';

/** As `expressions.ts`: deeper ones could not be kept. */
const maxDepth = 32;

/** `X<T>` is `T`, for these. */
const transparent = new Set(
  'Partial Required Readonly NonNullable Pick Omit Extract Exclude DeepReadonly Readonly Mutable Writable NoInfer InstanceType'.split(
    ' ',
  ),
);

/** Types that say nothing of members. */
const open = new Set(['any', 'unknown', 'never', 'object']);

/** The type that a node names, or -1; reports its names once. */
export function typeOf(links: LinkBuilder, node: number): number {
  if (node < 0) return -1;
  const notes = notesOf(links);
  const known = notes.types.get(node);
  if (known !== undefined) return known;
  if (notes.typeDepth >= maxDepth) return -1;
  notes.typeDepth++;
  const found = read(links, node);
  notes.typeDepth--;
  notes.types.set(node, found);
  return found;
}

function read(links: LinkBuilder, node: number): number {
  const { tree, expressions } = links;
  const parts = (): number[] => tree.namedChildren(node).map((child) => typeOf(links, child));
  switch (tree.kind(node)) {
    case 'type_annotation':
    case 'parenthesized_type':
    case 'readonly_type':
    case 'optional_type':
    case 'rest_type':
      return typeOf(links, firstNamed(links, node));
    case 'type_identifier':
    case 'identifier':
      return named(links, node);
    case 'predefined_type':
      return open.has(tree.textOf(node)) ? -1 : expressions.name(tree.textOf(node), 0);
    case 'nested_type_identifier': {
      const type = nestedName(links, node);
      links.use('type', tree.field(node, 'name'), type);
      return type;
    }
    case 'generic_type':
      return generic(links, node);
    case 'union_type':
      return expressions.either(parts());
    case 'intersection_type':
      return mixed(links, node, parts());
    case 'literal_type':
      return literalType(links, node);
    case 'template_literal_type':
    case 'index_type_query':
      parts();
      return expressions.name('string', 0);
    case 'array_type':
      return expressions.applied(expressions.name('Array', 0), parts());
    case 'tuple_type': {
      const known = parts();
      // Places count, so what is no type keeps its own.
      const kept = known.map((part) => (part < 0 ? expressions.literal('object') : part));
      return known.some((part) => part >= 0) ? expressions.applied(expressions.name('Tuple', 0), kept) : -1;
    }
    case 'function_type':
    case 'constructor_type':
      return functionType(links, node);
    case 'object_type':
    case 'interface_body':
      return objectType(links, node);
    case 'type_query':
      return query(links, node);
    case 'lookup_type':
      return lookup(links, node);
    case 'conditional_type':
      for (const part of ['left', 'right']) typeOf(links, tree.field(node, part));
      return expressions.either([
        typeOf(links, tree.field(node, 'consequence')),
        typeOf(links, tree.field(node, 'alternative')),
      ]);
    case 'this_type':
    case 'this':
      return thisType(links, node);
    case 'type_predicate':
    case 'type_predicate_annotation':
    case 'asserts':
    case 'asserts_annotation':
      parts();
      return expressions.name('boolean', 0);
    default:
      parts();
      return -1;
  }
}

function named(links: LinkBuilder, node: number): number {
  const { tree } = links;
  const type = links.name(tree.textOf(node));
  links.use('type', node, type);
  return type;
}

/** `a.b.C` as an expression; its head is a use. */
export function nestedName(links: LinkBuilder, node: number): number {
  const { tree, expressions } = links;
  const names: number[] = [];
  let at = node;
  for (let level = 0; at >= 0 && level < maxDepth; level++) {
    const kind = tree.kind(at);
    const [object, name] = kind === 'nested_type_identifier' ? ['module', 'name'] : ['object', 'property'];
    if (kind !== 'nested_type_identifier' && kind !== 'nested_identifier' && kind !== 'member_expression') break;
    names.push(tree.field(at, name as string));
    at = tree.field(at, object as string);
  }
  if (at < 0) return -1;
  if (tree.kind(at) === 'identifier') links.read(at);
  let type = links.value(at);
  for (const name of names.reverse()) if (name >= 0) type = expressions.member(type, tree.textOf(name));
  return type;
}

function generic(links: LinkBuilder, node: number): number {
  const { tree, expressions } = links;
  const name = tree.field(node, 'name');
  const base = typeOf(links, name);
  const list = tree.field(node, 'type_arguments');
  const args = list < 0 ? [] : tree.namedChildren(list).map((arg) => typeOf(links, arg));
  const text = name < 0 ? '' : tree.textOf(name);
  if (transparent.has(text)) return args[0] ?? -1;
  if (text === 'Awaited') return expressions.element(expressions.instance(args[0] ?? -1), 'unwrap');
  if (text === 'ReturnType') return expressions.call(args[0] ?? -1);
  return withArguments(links, base, args);
}

function literalType(links: LinkBuilder, node: number): number {
  const { tree, expressions } = links;
  const literal = firstNamed(links, node);
  switch (literal < 0 ? '' : tree.kind(literal)) {
    case 'null':
    case 'undefined':
      return expressions.name(tree.textOf(literal), 0);
    case 'string':
      return expressions.name('string', 0);
    case 'true':
    case 'false':
      return expressions.name('boolean', 0);
    default:
      return expressions.name('number', 0);
  }
}

function mixed(links: LinkBuilder, node: number, parts: readonly number[]): number {
  const known = parts.filter((part) => part >= 0);
  if (known.length < 2) return known[0] ?? -1;
  const scope = bodyScope(links, node, -1);
  if (scope < 0) return -1;
  notesOf(links).objects.add(scope);
  for (const part of known) mixIn(links, scope, links.expressions.instance(part));
  return links.expressions.self('object', scope);
}

/** Parameters of a type of functions that are kept, so that with the result they are no more than operands may be. */
const maxParameters = 6;

/** A type of functions: what they are given, and last what they give. */
function functionType(links: LinkBuilder, node: number): number {
  const { tree } = links;
  const written = Math.max(tree.field(node, 'return_type'), tree.field(node, 'type'));
  return functionOf(links, parameterTypes(links, node), typeOf(links, written));
}

function functionOf(links: LinkBuilder, parameters: readonly number[], result: number): number {
  const { expressions } = links;
  const args = [...parameters.slice(0, maxParameters), result];
  return withArguments(links, expressions.name('Function', 0), args);
}

/** Types of parameters where there is no function to hold them, by place. */
function parameterTypes(links: LinkBuilder, node: number): number[] {
  const { tree } = links;
  const list = tree.field(node, 'parameters');
  const types: number[] = [];
  for (const parameter of list < 0 ? [] : tree.namedChildren(list)) {
    if (!tree.kind(parameter).endsWith('_parameter')) continue;
    const type = typeOf(links, tree.field(parameter, 'type'));
    if (tree.kind(tree.field(parameter, 'pattern')) !== 'this') types.push(type);
  }
  return types;
}

function objectType(links: LinkBuilder, node: number): number {
  const scope = bodyScope(links, node, -1);
  if (scope < 0) return -1;
  const { objects } = notesOf(links);
  objects.add(scope);
  bindSignatureMembers(links, node, scope);
  return links.expressions.self('object', scope);
}

/** Binds what an interface or object type lists. */
export function bindSignatureMembers(links: LinkBuilder, body: number, scope: number): void {
  const { tree } = links;
  const seen = new Map<string, number>();
  for (const member of tree.namedChildren(body)) {
    const name = memberName(links, member);
    const text = name < 0 ? '' : tree.textOf(name);
    switch (tree.kind(member)) {
      case 'property_signature': {
        const written = tree.field(member, 'type');
        const told = declared(links, typeOf(links, written), written);
        if (name >= 0)
          links.bind(links.symbolAt(name) >= 0 ? 'symbol' : 'member', text, {
            scope,
            symbol: links.symbolAt(name),
            ...told,
          });
        break;
      }
      case 'method_signature': {
        const given = parameterTypes(links, member);
        const written = tree.field(member, 'return_type');
        const type = typeOf(links, written);
        const result = valueOfType(links, type, written);
        const symbol = links.symbolAt(name);
        const first = seen.get(text);
        // Overloads are one member, whose results add up.
        if (first !== undefined) links.describe(first, { results: [result] });
        else if (symbol >= 0) {
          seen.set(text, symbol);
          keepParameters(links, member, symbol);
          bindMember(links, scope, name, -1);
          const accessor = tree.child(member, "'get'") >= 0 || tree.child(member, "'set'") >= 0;
          links.describe(symbol, { results: [result], accessor });
        } else if (name >= 0) {
          links.bind('member', text, { scope, type: functionOf(links, given, type) });
        }
        break;
      }
      default:
        for (const child of tree.namedChildren(member)) typeOf(links, child);
        parameterTypes(links, member);
        typeOf(links, tree.field(member, 'return_type'));
    }
  }
}

/** Binds what a signature is given by place, as the scope of a function does. */
function keepParameters(links: LinkBuilder, node: number, symbol: number): void {
  const { tree } = links;
  const list = tree.field(node, 'parameters');
  let place = 0;
  for (const parameter of list < 0 ? [] : tree.namedChildren(list)) {
    if (!tree.kind(parameter).endsWith('_parameter')) continue;
    const written = tree.field(parameter, 'type');
    if (written >= 0 && mayBeFunction(links, written)) {
      const scope = links.scopeOf(node, 'function', symbol);
      links.bind('variable', `(${place})`, { scope, type: typeOf(links, written) });
    }
    place++;
  }
}

/** `typeof x`: what `x` is. */
function query(links: LinkBuilder, node: number): number {
  const { tree } = links;
  const of = firstNamed(links, node);
  if (of < 0) return -1;
  const kind = tree.kind(of);
  if (kind === 'identifier') {
    links.read(of);
    return links.name(tree.textOf(of));
  }
  return kind === 'member_expression' || kind === 'nested_identifier' ? nestedName(links, of) : -1;
}

/** `T['key']`. */
function lookup(links: LinkBuilder, node: number): number {
  const { tree, expressions } = links;
  const [object = -1, index = -1] = tree.namedChildren(node);
  const type = typeOf(links, object);
  const literal = index >= 0 && tree.kind(index) === 'literal_type' ? nameNode(links, firstNamed(links, index)) : -1;
  if (literal >= 0 && tree.kind(literal) === 'string_fragment') {
    return expressions.member(expressions.instance(type), tree.textOf(literal));
  }
  typeOf(links, index);
  return stringText(links, index) === null ? expressions.element(expressions.instance(type), 'subscript') : -1;
}

/** `this` as a type: the class or interface around it. */
function thisType(links: LinkBuilder, node: number): number {
  const { tree, expressions } = links;
  let at = tree.parent(node);
  for (let level = 0; at >= 0 && level < 2 * maxDepth; level++) {
    const kind = tree.kind(at);
    if (kind === 'class_body' || kind === 'interface_body') {
      const holder = notesOf(links).holders.get(at) ?? -1;
      return holder < 0 ? -1 : expressions.self('self-type', holder);
    }
    at = tree.parent(at);
  }
  return -1;
}
