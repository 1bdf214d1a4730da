/**
 * What Python's operators, loops, `with`, conditions and built-in functions call on objects: `a + b` calls `__add__`.
 *
 * Each is reported where it stands (the operator, the keyword, the name of the function) as an `operate`, of what the language asks
 * first. Whether the object has such a method is for resolution to find; of literals nothing is reported. Absent: what the right
 * side is asked when the left refuses (`__radd__`), and `__getattr__`.
 */
import type { LinkBuilder } from './builder.ts';
import { maxOptions } from './expressions.ts';
import type { LinkRule } from './language.ts';
import { positional } from './python-notes.ts';
import { operatorMethods } from './python-values.ts';

/** Reports the first of the methods that the object has. @param at node where it stands */
function asks(links: LinkBuilder, at: number, object: number, ...methods: readonly string[]): void {
  const { tree, expressions } = links;
  if (at < 0 || object < 0) return;
  const value = links.value(object);
  const written = expressions.list[value];
  if (written === undefined || written.kind === 'literal' || written.kind === 'collection') return;
  const asked = expressions.first(methods.slice(0, maxOptions).map((method) => expressions.member(value, method)));
  const start = tree.start(at);
  links.useAt('operate', { start, end: Math.min(tree.end(at), start + maxWritten) }, asked);
}

/** A site is the operator or keyword; where that has no node of its own, the beginning of what it stands in. */
const maxWritten = 8;

export const binaryOperation: LinkRule = (links, node) => {
  const { tree } = links;
  const operator = tree.field(node, 'operator');
  const method = operator < 0 ? undefined : operatorMethods[tree.textOf(operator)];
  if (method !== undefined) asks(links, operator, tree.field(node, 'left'), method);
};

export function augmentedOperation(links: LinkBuilder, node: number): void {
  const { tree } = links;
  const operator = tree.field(node, 'operator');
  const method = operator < 0 ? undefined : operatorMethods[tree.textOf(operator).slice(0, -1)];
  if (method !== undefined) asks(links, operator, tree.field(node, 'left'), method.replace('__', '__i'), method);
}

const comparisons: Readonly<Record<string, readonly string[]>> = {
  '==': ['__eq__'],
  '!=': ['__ne__', '__eq__'],
  '<>': ['__ne__', '__eq__'],
  '<': ['__lt__'],
  '<=': ['__le__'],
  '>': ['__gt__'],
  '>=': ['__ge__'],
};

/** `a < b < c`: each of the left is asked; of `in` the right. */
export const comparison: LinkRule = (links, node) => {
  const { tree } = links;
  let left = -1;
  let operator = -1;
  for (let child = tree.firstChild(node); child >= 0; child = tree.nextSibling(child)) {
    const text = tree.isNamed(child) ? '' : tree.textOf(child);
    if (text !== '') {
      operator = child;
      continue;
    }
    if (operator >= 0) {
      const written = tree.textOf(operator);
      if (/\bin$/.test(written)) asks(links, operator, child, '__contains__', '__iter__');
      else asks(links, operator, left, ...(comparisons[written] ?? []));
    }
    left = child;
    operator = -1;
  }
};

/** `with a, b as c`: both ends of each. */
export const withItem: LinkRule = (links, node) => {
  const { tree } = links;
  const value = tree.field(node, 'value');
  const object = value >= 0 && tree.kind(value) === 'as_pattern' ? (tree.namedChildren(value)[0] ?? -1) : value;
  let statement = tree.parent(node);
  while (statement >= 0 && tree.kind(statement) !== 'with_statement') statement = tree.parent(statement);
  if (statement < 0) return;
  const isAsync = tree.child(statement, "'async'") >= 0;
  for (const end of ['enter__', 'exit__']) asks(links, object, object, `__${isAsync ? 'a' : ''}${end}`);
};

/** `for x in xs`, also in comprehensions. */
export function iteration(links: LinkBuilder, node: number): void {
  const { tree } = links;
  const isAsync = tree.child(node, "'async'") >= 0;
  const right = tree.field(node, 'right');
  asks(links, tree.child(node, "'in'"), right, ...(isAsync ? ['__aiter__'] : ['__iter__', '__getitem__']));
}

/** `x[k]`, `x[k] = v`, `del x[k]`. Of `x[k] += v` what is read is reported. */
export const subscription: LinkRule = (links, node) => {
  const { tree } = links;
  const parent = tree.parent(node);
  const kind = parent < 0 ? '' : tree.kind(parent);
  const isSet = kind === 'assignment' && tree.isField(node, 'left');
  const method = isSet ? '__setitem__' : kind === 'delete_statement' ? '__delitem__' : '__getitem__';
  asks(links, tree.child(node, "'['"), tree.field(node, 'value'), method);
};

const unaryMethods: Readonly<Record<string, string>> = { '-': '__neg__', '+': '__pos__', '~': '__invert__' };

export const unaryOperation: LinkRule = (links, node) => {
  const { tree } = links;
  const operator = tree.field(node, 'operator');
  const method = operator < 0 ? undefined : unaryMethods[tree.textOf(operator)];
  if (method !== undefined) asks(links, operator, tree.field(node, 'argument'), method);
};

/** What is asked whether it is true: names, members and calls; of tests and operators the parts are asked themselves. */
const asked = new Set(['identifier', 'attribute', 'call', 'subscript']);

/** A condition, or an operand of `and`, `or` or `not`. */
export function truth(links: LinkBuilder, condition: number): void {
  if (condition < 0 || !asked.has(links.tree.kind(condition))) return;
  asks(links, condition, condition, '__bool__', '__len__');
}

/** What built-in functions call on their first argument. */
const builtinMethods: Readonly<Record<string, readonly string[]>> = {
  len: ['__len__'],
  str: ['__str__', '__repr__'],
  repr: ['__repr__'],
  bool: ['__bool__', '__len__'],
  hash: ['__hash__'],
  iter: ['__iter__', '__getitem__'],
  next: ['__next__'],
  abs: ['__abs__'],
  int: ['__int__', '__index__'],
  float: ['__float__', '__index__'],
  bytes: ['__bytes__', '__iter__'],
  reversed: ['__reversed__', '__getitem__'],
  dict: ['keys', '__iter__'],
  ...Object.fromEntries(
    'list tuple set frozenset sorted sum any all min max enumerate zip'
      .split(' ')
      .map((name) => [name, ['__iter__', '__getitem__']]),
  ),
};

export function builtinCall(links: LinkBuilder, call: number, callee: number): void {
  const { tree } = links;
  const name = tree.textOf(callee);
  if (!Object.hasOwn(builtinMethods, name)) return;
  const args = positional(links, call);
  // Of several things `min` and `max` compare one with the other.
  if ((name === 'min' || name === 'max') && args.length > 1) return;
  asks(links, callee, args[0] ?? -1, ...(builtinMethods[name] as readonly string[]));
}

/** `f'{x!r:>8}'`. */
export const interpolation: LinkRule = (links, node) => {
  const { tree } = links;
  const value = tree.field(node, 'expression');
  const conversion = tree.child(node, 'type_conversion');
  const isRepr = conversion >= 0 && /^![ra]$/.test(tree.textOf(conversion));
  asks(links, node, value, ...(isRepr ? ['__repr__'] : ['__format__', '__str__', '__repr__']));
};
