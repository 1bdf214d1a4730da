/**
 * What patterns of Ruby bind: `case x in {name:, age: Integer => years}`, `x => [first, *rest]`, `/(?<year>\d+)/ =~ text`; and what a
 * pattern that is a type says of the subject in its clause.
 */
import type { LinkBuilder } from './builder.ts';
import type { LinkRule } from './language.ts';
import { capturedBy } from './ruby-locals.ts';
import { scopeOfLocal } from './ruby-notes.ts';

/** Patterns in patterns that are followed; people write three. */
const maxDepth = 8;

const constants = /^(constant|scope_resolution)$/;

function bindLocal(links: LinkBuilder, name: string, value = -1): void {
  links.bind('variable', name, { scope: scopeOfLocal(links, name), value });
}

function bindPattern(links: LinkBuilder, pattern: number, value: number, depth = 0): void {
  const { tree, expressions } = links;
  if (pattern < 0 || depth > maxDepth) return;
  const parts = tree.namedChildren(pattern);
  switch (tree.kind(pattern)) {
    case 'identifier':
      links.markUsed(pattern);
      links.narrowings.end(pattern, pattern);
      bindLocal(links, tree.textOf(pattern), value);
      return;
    case 'as_pattern': {
      const type = typeOf(links, tree.field(pattern, 'value'));
      bindPattern(links, tree.field(pattern, 'value'), value, depth + 1);
      bindPattern(links, tree.field(pattern, 'name'), type >= 0 ? expressions.instance(type) : value, depth + 1);
      return;
    }
    case 'keyword_pattern': {
      const key = tree.field(pattern, 'key');
      const inner = tree.field(pattern, 'value');
      if (inner >= 0) bindPattern(links, inner, -1, depth + 1);
      else if (key >= 0 && tree.kind(key) === 'hash_key_symbol') bindLocal(links, tree.textOf(key));
      return;
    }
    case 'splat_parameter':
    case 'hash_splat_parameter': {
      const name = tree.field(pattern, 'name');
      const type = tree.kind(pattern) === 'splat_parameter' ? 'Array' : 'Hash';
      if (name >= 0) bindPattern(links, name, expressions.literal(type), depth + 1);
      return;
    }
    case 'array_pattern':
      parts
        .filter((part) => !tree.isField(part, 'class'))
        .forEach((part, place) => {
          bindPattern(links, part, expressions.element(value, 'iterate', place), depth + 1);
        });
      return;
    case 'hash_pattern':
    case 'find_pattern':
    case 'alternative_pattern':
    case 'parenthesized_pattern':
      for (const part of parts) if (!tree.isField(part, 'class')) bindPattern(links, part, -1, depth + 1);
      return;
    default:
  }
}

/** The type that a pattern asks for, or -1. */
function typeOf(links: LinkBuilder, pattern: number): number {
  const { tree, expressions } = links;
  if (pattern < 0) return -1;
  const kind = tree.kind(pattern);
  if (constants.test(kind)) return links.value(pattern);
  if (kind === 'alternative_pattern') {
    const types = tree.namedChildren(pattern).map((part) => typeOf(links, part));
    return types.includes(-1) ? -1 : expressions.either(types);
  }
  if (kind === 'as_pattern') return typeOf(links, tree.field(pattern, 'value'));
  return kind === 'array_pattern' || kind === 'hash_pattern' ? typeOf(links, tree.field(pattern, 'class')) : -1;
}

/** `case x in …`. */
export const caseMatch: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const subject = tree.field(node, 'value');
  const value = links.value(subject);
  for (const clause of tree.namedChildren(node)) {
    if (tree.kind(clause) !== 'in_clause') continue;
    const pattern = tree.field(clause, 'pattern');
    bindPattern(links, pattern, value);
    const type = typeOf(links, pattern);
    const body = tree.field(clause, 'body');
    if (type >= 0 && body >= 0) links.narrowings.add(subject, expressions.instance(type), body, tree.next(body));
  }
};

/** `x => pattern`, `x in pattern`. */
export const match: LinkRule = (links, node) => {
  const { tree } = links;
  bindPattern(links, tree.field(node, 'pattern'), links.value(tree.field(node, 'value')));
};

/** `/(?<year>\d+)/ =~ text`. */
export const captures: LinkRule = (links, node) => {
  for (const name of capturedBy(links.tree, node)) bindLocal(links, name, links.expressions.literal('String'));
};
