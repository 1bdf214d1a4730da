/** Calls of C# taken apart: what is called, on what, with which arguments; and what `new` makes. */
import type { LinkBuilder } from './builder.ts';
import { callableName, constructorName, isCallableName } from './callables.ts';
import { toldName } from './csharp-names.ts';
import { isValueName } from './csharp-notes.ts';
import { declaredType, genericName } from './csharp-types.ts';

/** An expression's value; `this` and `base` are tokens, which have no rules. */
export function valueOf(links: LinkBuilder, node: number): number {
  if (node < 0) return -1;
  const { tree, expressions } = links;
  if (tree.isNamed(node)) return links.value(node);
  const scope = links.nearest(['class']);
  if (scope < 0) return -1;
  const kind = tree.kind(node);
  return kind === "'this'"
    ? expressions.self('self', scope)
    : kind === "'base'"
      ? expressions.self('super', scope)
      : -1;
}

/** The expression of an argument, past its label and `ref`. */
export function argumentValue(links: LinkBuilder, argument: number): number {
  const { tree } = links;
  const expression = tree.children(argument).at(-1) ?? -1;
  return expression < 0 ? -1 : valueOf(links, expression);
}

export function argumentsOf(links: LinkBuilder, call: number): readonly number[] {
  const { tree } = links;
  const named = tree.field(call, 'arguments');
  const subscript = tree.field(call, 'subscript');
  const list = named >= 0 ? named : subscript >= 0 ? subscript : tree.child(call, 'argument_list');
  return list < 0 ? [] : tree.namedChildren(list).filter((one) => tree.kind(one) === 'argument');
}

/** A call taken apart: the object before the last dot or -1, the name, and what stands in angle brackets. */
export interface Called {
  readonly object: number;
  readonly hasObject: boolean;
  /** Node of the name. */
  readonly name: number;
  readonly told: readonly number[];
}

export function calledBy(links: LinkBuilder, call: number): Called | null {
  const { tree } = links;
  let written = tree.field(call, 'function');
  if (written < 0) return null;
  let before = -1;
  if (tree.kind(written) === 'member_access_expression') {
    before = tree.field(written, 'expression');
    written = tree.field(written, 'name');
  } else if (tree.kind(written) === 'conditional_access_expression') {
    before = tree.field(written, 'condition');
    const binding = tree.namedChildren(written).at(-1) ?? -1;
    written = binding >= 0 ? tree.field(binding, 'name') : -1;
  }
  if (written < 0) return null;
  let told: readonly number[] = [];
  if (tree.kind(written) === 'generic_name') {
    told = genericName(links, written).args;
    written = tree.firstChild(written);
  }
  if (written < 0 || tree.kind(written) !== 'identifier') return null;
  return { object: before < 0 ? -1 : valueOf(links, before), hasObject: before >= 0, name: written, told };
}

/** What a call calls; -1 when that is no name. */
export function calleeOf(links: LinkBuilder, call: number, called: Called | null = calledBy(links, call)): number {
  if (called === null) return valueOf(links, links.tree.field(call, 'function'));
  const { object, hasObject, name, told } = called;
  const text = links.tree.textOf(name);
  // A delegate's own method is the delegate.
  if (hasObject && text === 'Invoke') return object;
  const asked = toldName(callableName(text, argumentsOf(links, call).length), told.length);
  if (hasObject) return links.expressions.member(object, asked);
  return links.name(isValueName(links, text) ? text : asked);
}

/** A callee with what it is given, which chooses between methods of as many parameters; of a delegate it chooses nothing. */
export function withArguments(links: LinkBuilder, callee: number, call: number): number {
  const { tree, expressions } = links;
  const called = expressions.list[callee];
  if (called === undefined || !('name' in called) || !isCallableName(called.name)) return callee;
  let isNamed = false;
  const given = argumentsOf(links, call).map((argument) => {
    isNamed ||= tree.field(argument, 'name') >= 0;
    const value = isNamed ? -1 : passedValue(links, argument);
    return value < 0 ? expressions.literal('?') : value;
  });
  return given.every((one) => one === expressions.literal('?')) ? callee : expressions.applied(callee, given);
}

function passedValue(links: LinkBuilder, argument: number): number {
  const { tree, expressions } = links;
  const last = tree.children(argument).at(-1) ?? -1;
  const kind = last < 0 ? '' : tree.kind(last);
  if (kind === 'lambda_expression' || kind === 'anonymous_method_expression') return expressions.literal('lambda');
  if (kind === 'declaration_expression') return expressions.instance(declaredType(links, tree.field(last, 'type')));
  return argumentValue(links, argument);
}

/** The type that `new` makes an object of; without a name it is the one that is expected there. */
export function createdType(links: LinkBuilder, node: number): number {
  const { tree } = links;
  if (tree.kind(node) === 'object_creation_expression') return links.value(tree.field(node, 'type'));
  const parent = tree.parent(node);
  if (parent < 0) return -1;
  switch (tree.kind(parent)) {
    case 'variable_declarator': {
      const list = tree.parent(parent);
      return list < 0 ? -1 : links.value(tree.field(list, 'type'));
    }
    case 'property_declaration':
      return links.value(tree.field(parent, 'type'));
    case 'arrow_expression_clause':
    case 'return_statement':
      return expectedResult(links, parent);
    default:
      return -1;
  }
}

/** Levels of blocks between a `return` and what it returns from; deeper ones are not looked through. */
const maxLevels = 32;

/** The type that the method or property around gives. */
function expectedResult(links: LinkBuilder, from: number): number {
  const { tree } = links;
  for (let at = tree.parent(from), up = 0; at >= 0 && up < maxLevels; at = tree.parent(at), up++) {
    const kind = tree.kind(at);
    if (kind === 'lambda_expression' || kind === 'anonymous_method_expression') return -1;
    if (!/_declaration$|^local_function_statement$/.test(kind) || kind === 'accessor_declaration') continue;
    const type = tree.field(at, 'returns');
    return links.value(type >= 0 ? type : tree.field(at, 'type'));
  }
  return -1;
}

/** The constructor that `new` calls. */
export function constructed(links: LinkBuilder, node: number): number {
  const type = createdType(links, node);
  const made = type < 0 ? -1 : links.expressions.member(type, constructorName(argumentsOf(links, node).length));
  return withArguments(links, made, node);
}
