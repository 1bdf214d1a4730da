/**
 * What is expected where a function is written: the type of what it is assigned to, passed as or returned from.
 *
 * Callbacks seldom say what they are given; who takes them does. A well-known method of a container gives its elements.
 */
import type { LinkBuilder } from './builder.ts';
import { valueOfType } from './ecmascript-declared.ts';
import { argumentsOf, lastName, nameNode, notesOf } from './ecmascript-notes.ts';
import { typeOf } from './ecmascript-types.ts';

/** Objects in objects, functions that return functions: people nest a few. */
const maxDepth = 8;

/** A value of the type that is expected of a node, or -1. */
export function contextOf(links: LinkBuilder, node: number, depth = 0): number {
  const { tree, expressions } = links;
  const parent = tree.parent(node);
  if (parent < 0 || depth > maxDepth) return -1;
  const written = (type: number): number => (type < 0 ? -1 : valueOfType(links, typeOf(links, type), type));
  const outer = (): number => contextOf(links, parent, depth + 1);
  switch (tree.kind(parent)) {
    case 'parenthesized_expression':
    case 'ternary_expression':
    case 'binary_expression':
      return outer();
    case 'as_expression':
    case 'satisfies_expression':
      return written(tree.namedChildren(parent)[1] ?? -1);
    case 'variable_declarator':
    case 'public_field_definition':
      return written(tree.field(parent, 'type'));
    case 'return_statement':
      return returned(links, links.nearest(['function']));
    case 'arrow_function': {
      const scope = notesOf(links).functions.get(parent) ?? -1;
      const told = returned(links, scope);
      return told >= 0 ? told : expressions.call(outer());
    }
    case 'pair':
    case 'object': {
      const isPair = tree.kind(parent) === 'pair';
      const object = isPair ? tree.parent(parent) : parent;
      const name = nameNode(links, tree.field(isPair ? parent : node, isPair ? 'key' : 'name'));
      const whole = name < 0 || object < 0 ? -1 : contextOf(links, object, depth + 1);
      return whole < 0 ? -1 : expressions.member(whole, tree.textOf(name));
    }
    case 'arguments': {
      const call = tree.parent(parent);
      const callee = call < 0 ? -1 : Math.max(tree.field(call, 'function'), tree.field(call, 'constructor'));
      if (callee < 0) return -1;
      return expressions.element(links.value(callee), 'parameter', argumentsOf(links, call).indexOf(node));
    }
    default:
      return -1;
  }
}

/** What a function is declared to give, without the promise that an asynchronous one puts around it. */
function returned(links: LinkBuilder, scope: number): number {
  const { declared, nodeOf } = notesOf(links);
  const result = declared.get(scope) ?? -1;
  const node = nodeOf.get(scope);
  if (result < 0 || node === undefined) return -1;
  return links.tree.child(node, "'async'") >= 0 ? links.expressions.element(result, 'unwrap') : result;
}

/** What callbacks of well-known methods are given first. */
const givesElements = new Set('forEach map filter find findLast findIndex some every flatMap sort toSorted'.split(' '));

/** What a callback is given at a place, by the method that it is passed to; or -1. */
export function givenTo(links: LinkBuilder, node: number, place: number): number {
  const { tree, expressions } = links;
  const list = tree.parent(node);
  const call = list < 0 || tree.kind(list) !== 'arguments' ? -1 : tree.parent(list);
  const callee = call < 0 ? -1 : tree.field(call, 'function');
  if (callee < 0 || tree.kind(callee) !== 'member_expression' || argumentsOf(links, call)[0] !== node) return -1;
  const name = lastName(links, callee);
  const object = tree.field(callee, 'object');
  if (givesElements.has(name) && (place === 0 || name.endsWith('ort'))) {
    return expressions.element(links.value(object), 'iterate');
  }
  if (name === 'reduce' && place === 1) return expressions.element(links.value(object), 'iterate');
  return name === 'then' && place === 0 ? expressions.element(links.value(object), 'unwrap') : -1;
}
