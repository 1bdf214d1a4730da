/** Types of PHP's declarations as expressions that name them. */
import type { LinkBuilder } from './builder.ts';
import { classAt, named } from './php-names.ts';

/** What may be anything, in the place of a type. */
export const anything = (links: LinkBuilder): number => links.expressions.member(-1, 'mixed');

/** A type of the language, which no source defines. */
export const languageType = (links: LinkBuilder, name: string): number => named(links, `\\${name}`);

/** An array with such elements; of elements that nobody tells anything may come out. */
export const arrayOf = (links: LinkBuilder, element: number): number =>
  links.expressions.applied(languageType(links, 'array'), [element < 0 ? anything(links) : element]);

/** Types that a value may have and that tell nothing of it. */
const empty = new Set(['null', 'void', 'false', 'never']);

/** Types without the word of what they hold, give or are: a doc comment says more. */
const loose = new Set(['array', 'iterable', 'mixed', 'object', 'callable', 'self', 'static']);

const containers = new Set(['traversable', 'iterator', 'iteratoraggregate', 'generator', 'arrayaccess', 'closure']);

/** Unions in unions: people write two. */
const maxDepth = 8;

/** The declared type at a node, or -1 when there is none. */
export function typeAt(links: LinkBuilder, node: number, depth = 0): number {
  const { tree, expressions } = links;
  if (node < 0 || depth > maxDepth) return -1;
  const parts = tree.namedChildren(node);
  switch (tree.kind(node)) {
    case 'named_type':
      return containers.has(baseName(tree.textOf(node)))
        ? expressions.applied(classAt(links, node), [anything(links)])
        : classAt(links, node);
    case 'primitive_type':
      return primitive(links, tree.textOf(node).toLowerCase());
    case 'optional_type':
      return typeAt(links, parts[0] ?? -1, depth + 1);
    case 'union_type':
    case 'type_list':
    case 'disjunctive_normal_form_type': {
      const full = parts.filter((part) => !empty.has(tree.textOf(part).toLowerCase()));
      return expressions.either(full.map((part) => typeAt(links, part, depth + 1)));
    }
    case 'intersection_type':
      return expressions.first(parts.map((part) => typeAt(links, part, depth + 1)));
    default:
      return -1;
  }
}

export function primitive(links: LinkBuilder, name: string): number {
  if (name === 'array' || name === 'iterable') return arrayOf(links, -1);
  if (name === 'mixed' || name === 'object' || name === 'callable') return anything(links);
  return languageType(links, name);
}

const baseName = (text: string): string => text.slice(text.lastIndexOf('\\') + 1).toLowerCase();

/** Whether a doc comment may say more than the declared type: there is none, or it says little. */
export function isLoose(links: LinkBuilder, node: number): boolean {
  if (node < 0) return true;
  const name = baseName(links.tree.textOf(node).replace('?', ''));
  return loose.has(name) || containers.has(name);
}

/** Whether what a doc comment tells counts beside a declared type. */
export const saysMore = (links: LinkBuilder, typeNode: number, told: number): boolean => {
  const kind = links.expressions.list[told]?.kind;
  return isLoose(links, typeNode) || kind === 'applied' || kind === 'first';
};
