/** Rules for expressions that mean the same in most languages, so that the files of one language hold what is its own. */
import type { ValueRule } from './language.ts';

/** A value of a type of the language. */
export const literal =
  (type: string): ValueRule =>
  (links) =>
    links.expressions.literal(type);

/** What the part of that field is worth: the inside of a parenthesis, the right side of an assignment. */
export const field =
  (name: string): ValueRule =>
  (links, node) =>
    links.value(links.tree.field(node, name));

/** A name in its scope, or what a test around it says that it holds. */
export const narrowedName: ValueRule = (links, node) => {
  const narrowed = links.narrowings.of(node);
  return narrowed >= 0 ? narrowed : links.name(links.tree.textOf(node));
};

const comparisons = new Set(['==', '!=', '<', '>', '<=', '>=', '&&', '||']);

/** Of two operands: a truth when they are compared, else what the left one is. */
export const truthOrLeft: ValueRule = (links, node) => {
  const { tree } = links;
  const operator = tree.field(node, 'operator');
  if (operator >= 0 && comparisons.has(tree.textOf(operator))) return links.expressions.literal('bool');
  return links.value(tree.field(node, 'left'));
};
