/** What PHP binds besides definitions: assignments, loops, exceptions, `static`, comments that tell the type of a variable. */
import type { LinkBuilder } from './builder.ts';
import type { LinkRule } from './language.ts';
import { saidOfVariables } from './php-docs.ts';
import { classAround, notesOf } from './php-names.ts';
import { asks, joined } from './php-operators.ts';
import { typeAt } from './php-types.ts';

interface Given {
  readonly value: number;
  readonly type?: number;
  /** Node after which what was known of the target no longer holds. */
  readonly after: number;
}

/** Patterns in patterns; people write two. */
const maxDepth = 8;

/** The scope whose variables the code at the place sees: a function's, or the file's. */
const variables = (links: LinkBuilder): number => links.nearest(['function', 'file']);

export function bindTarget(links: LinkBuilder, target: number, given: Given, depth = 0): void {
  const { tree, expressions } = links;
  if (target < 0 || depth > maxDepth) return;
  const told = notesOf(links).told.get(target);
  if (told !== undefined && told !== given.value) {
    bindTarget(links, target, { ...given, value: told }, depth);
    return;
  }
  switch (tree.kind(target)) {
    case 'variable_name': {
      const name = tree.textOf(target);
      if (name === '$this') return;
      links.narrowings.end(target, given.after);
      links.bind('variable', name, { scope: variables(links), value: given.value, type: given.type ?? -1 });
      return;
    }
    case 'member_access_expression':
    case 'scoped_property_access_expression':
      links.narrowings.end(target, given.after);
      bindMember(links, target, given);
      return;
    case 'subscript_expression': {
      const [holder = -1] = tree.namedChildren(target);
      if (given.value < 0 || expressions.list[given.value]?.kind === 'literal') return;
      const held = expressions.collection('array', [given.value]);
      bindTarget(links, holder, { value: held, after: target }, depth + 1);
      return;
    }
    case 'by_ref':
      bindTarget(links, tree.namedChildren(target)[0] ?? -1, given, depth + 1);
      return;
    case 'pair':
      bindTarget(links, tree.namedChildren(target)[1] ?? -1, given, depth + 1);
      return;
    case 'list_literal':
    case 'array_creation_expression':
      bindParts(links, target, given, depth);
      return;
    default:
  }
}

/** `[$a, 'k' => $b]`: what stands before an arrow says where the part is. */
function bindParts(links: LinkBuilder, target: number, given: Given, depth: number): void {
  const { tree, expressions } = links;
  const children = tree.children(target);
  let place = 0;
  children.forEach((child, at) => {
    const kind = tree.kind(child);
    if (kind === "','") place++;
    const isKey = tree.kind(children[at + 1] ?? child) === "'=>'";
    if (!tree.isNamed(child) || isKey) return;
    const part = kind === 'array_element_initializer' ? (tree.namedChildren(child).at(-1) ?? -1) : child;
    const index = tree.kind(children[at - 1] ?? child) === "'=>'" ? -1 : place;
    bindTarget(links, part, { ...given, value: expressions.element(given.value, 'subscript', index) }, depth + 1);
  });
}

/** `$this->x = …`, `self::$x = …`: a property of the class, set from code. */
function bindMember(links: LinkBuilder, target: number, { value, type = -1 }: Given): void {
  const { tree } = links;
  const scope = classAround(links);
  const name = tree.field(target, 'name');
  if (scope < 0 || name < 0) return;
  if (tree.kind(target) === 'member_access_expression') {
    const object = tree.field(target, 'object');
    if (tree.kind(name) !== 'name' || object < 0 || tree.textOf(object) !== '$this') return;
    links.bind('member', `$${tree.textOf(name)}`, { scope, value, type });
    return;
  }
  const holder = tree.field(target, 'scope');
  if (tree.kind(name) !== 'variable_name' || holder < 0 || !/^(self|static)$/i.test(tree.textOf(holder))) return;
  links.bind('member', tree.textOf(name), { scope, value, type });
}

export const assignment: LinkRule = (links, node) => {
  const { tree } = links;
  const value = links.value(tree.field(node, 'right'));
  bindTarget(links, tree.field(node, 'left'), { value, after: tree.next(node) });
};

/** Of those that combine only `??=` gives what stands on its right. */
export const augmentedAssignment: LinkRule = (links, node) => {
  joined(links, node);
  if (links.tree.child(node, "'??='") >= 0) assignment(links, node);
};

/** What a loop binds. */
const loopTarget = (links: LinkBuilder, node: number): number => {
  const as = links.tree.child(node, "'as'");
  return as < 0 ? -1 : links.tree.nextSibling(as);
};

export const foreachStatement: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const [subject = -1] = tree.namedChildren(node).filter((one) => tree.kind(one) !== 'comment');
  const target = loopTarget(links, node);
  if (target < 0 || subject < 0) return;
  asks(links, node, subject, ['getIterator', 'current', 'next', 'valid']);
  bindTarget(links, target, { value: expressions.element(links.value(subject), 'iterate'), after: target });
};

export const catchClause: LinkRule = (links, node) => {
  const { tree } = links;
  const type = typeAt(links, tree.field(node, 'type'));
  bindTarget(links, tree.field(node, 'name'), { value: -1, type, after: node });
};

export const staticVariable: LinkRule = (links, node) => {
  const { tree } = links;
  const value = links.value(tree.field(node, 'value'));
  bindTarget(links, tree.field(node, 'name'), { value, after: node });
};

/** `global $db;`: what the name holds outside of functions. */
export const globalDeclaration: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  for (const variable of tree.namedChildren(node)) {
    if (tree.kind(variable) !== 'variable_name') continue;
    const value = expressions.name(tree.textOf(variable), 0);
    links.bind('variable', tree.textOf(variable), { scope: variables(links), value });
  }
};

/** `/** @var Foo $x *\/` before code: the type of what the statement behind it binds, or from here on of a variable. */
export const comment: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const text = tree.textOf(node);
  if (!text.startsWith('/**') || !text.includes('@var') || links.kindOf(links.scope) === 'class') return;
  const bound = boundBehind(links, node);
  for (const { name, type } of saidOfVariables(links, text)) {
    const value = expressions.instance(type);
    if (bound >= 0 && (name === null || name === tree.textOf(bound))) notesOf(links).told.set(bound, value);
    else if (name === null) continue;
    // What a script is given: functions below have variables of their own.
    else if (variables(links) === 0 && name !== '$this') links.bind('variable', name, { scope: 0, type });
    else links.narrowings.addText(name, value, node, tree.next(tree.parent(node)));
  }
};

/** What the statement behind a comment binds: the target of an assignment or of a loop, or -1. */
function boundBehind(links: LinkBuilder, node: number): number {
  const { tree } = links;
  const statement = tree.nextSibling(node);
  if (statement < 0) return -1;
  if (tree.kind(statement) === 'foreach_statement') {
    const target = loopTarget(links, statement);
    return target >= 0 && tree.kind(target) === 'pair' ? (tree.namedChildren(target)[1] ?? -1) : target;
  }
  const [expression = -1] = tree.namedChildren(statement);
  const isAssignment = expression >= 0 && tree.kind(expression) === 'assignment_expression';
  return isAssignment ? tree.field(expression, 'left') : -1;
}
