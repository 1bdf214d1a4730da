/**
 * Patterns of Rust: what names they bind, and to which part of a value.
 *
 * The fields of a variant are members of its enumeration under the variant's name: `Shape::Circle(r)` binds `r` to what is
 * declared as `Circle.0`.
 */
import type { LinkBuilder } from './builder.ts';
import { bindLocal } from './rust-notes.ts';
import { lastNode, path, valueOfType } from './rust-types.ts';
import { unwrapped } from './rust-values.ts';

interface Given {
  readonly value: number;
  readonly type?: number;
  /** Node from which on the names hold. */
  readonly from: number;
  readonly kind?: 'parameter' | 'variable';
}

/** As people nest them, doubled. */
const maxDepth = 12;

export function bindPattern(links: LinkBuilder, node: number, given: Given, depth = 0): void {
  if (node < 0 || depth > maxDepth) return;
  const { tree } = links;
  const inner = (child: number, value: number): void =>
    bindPattern(links, child, { value, from: given.from, ...(given.kind && { kind: given.kind }) }, depth + 1);
  switch (tree.kind(node)) {
    case 'identifier':
    case 'shorthand_field_identifier':
      bindName(links, node, given);
      return;
    case 'mut_pattern':
    case 'ref_pattern':
    case 'reference_pattern':
    case 'match_pattern':
      for (const child of tree.namedChildren(node)) {
        if (!tree.isField(child, 'condition')) bindPattern(links, child, given, depth + 1);
      }
      return;
    case 'captured_pattern':
    case 'or_pattern':
      for (const child of tree.namedChildren(node)) bindPattern(links, child, given, depth + 1);
      return;
    case 'tuple_pattern':
    case 'slice_pattern':
      for (const [child, place] of placed(links, node)) inner(child, partOf(links, given.value, place));
      return;
    case 'tuple_struct_pattern': {
      const type = tree.field(node, 'type');
      const last = lastNode(links, type);
      const name = last < 0 ? '' : tree.textOf(last);
      const holds = name === 'Some' || name === 'Ok';
      for (const [child, place] of placed(links, node)) {
        if (child === type) continue;
        inner(child, holds ? unwrapped(links, given.value) : memberOf(links, type, name, String(place)));
      }
      return;
    }
    case 'struct_pattern': {
      const type = tree.field(node, 'type');
      const last = lastNode(links, type);
      const variant = last < 0 ? '' : tree.textOf(last);
      for (const child of tree.namedChildren(node)) {
        if (tree.kind(child) !== 'field_pattern') continue;
        const name = tree.field(child, 'name');
        if (name < 0) continue;
        links.markUsed(name);
        const pattern = tree.field(child, 'pattern');
        inner(pattern < 0 ? name : pattern, memberOf(links, type, variant, tree.textOf(name)));
      }
      return;
    }
    default:
  }
}

/** Named children with their places between commas: `_` is no named node. */
export function placed(links: LinkBuilder, node: number): [number, number][] {
  const { tree } = links;
  const found: [number, number][] = [];
  let place = 0;
  for (const child of tree.children(node)) {
    if (tree.isNamed(child)) found.push([child, place]);
    else if (tree.kind(child) === "','") place++;
  }
  return found;
}

/** A name in capitals in a pattern is a constant or a variant. */
function bindName(links: LinkBuilder, node: number, { value, type, from, kind }: Given): void {
  const name = links.tree.textOf(node);
  if (/^\p{Lu}/u.test(name)) return;
  links.markUsed(node);
  bindLocal(links, name, from, { value, ...(type !== undefined && { type }), ...(kind !== undefined && { kind }) });
}

/** A loop over a mapping binds its key and value. */
function partOf(links: LinkBuilder, value: number, place: number): number {
  const { expressions } = links;
  const known = expressions.list[value];
  if (known?.kind === 'collection' && known.type === 'tuple') return known.elements[place] ?? -1;
  const part = expressions.element(value, 'iterate', place);
  if (known?.kind !== 'element' || known.how !== 'iterate' || place > 1) return part;
  return expressions.first([part, place === 0 ? value : expressions.element(known.object, 'subscript')]);
}

function memberOf(links: LinkBuilder, type: number, variant: string, name: string): number {
  const { expressions } = links;
  const object = path(links, type);
  if (object < 0) return -1;
  return expressions.first([expressions.member(object, `${variant}.${name}`), expressions.member(object, name)]);
}

/** A parameter of a function or a closure. @param value what is known of it where it has no type */
export function bindParameter(links: LinkBuilder, parameter: number, value = -1): void {
  const { tree } = links;
  const pattern = tree.kind(parameter) === 'parameter' ? tree.field(parameter, 'pattern') : parameter;
  const written = tree.kind(parameter) === 'parameter' ? tree.field(parameter, 'type') : -1;
  if (pattern < 0) return;
  const told = written < 0 ? value : valueOfType(links, written);
  const given = { from: 0, value: told } as const;
  const known = links.expressions.list[told];
  // A declared type outweighs what is passed, and a plain name can say so.
  if (known?.kind === 'instance' && isPlain(links, pattern)) {
    bindPattern(links, pattern, { from: 0, value: -1, type: known.type, kind: 'parameter' });
  } else bindPattern(links, pattern, given);
}

const isPlain = (links: LinkBuilder, pattern: number): boolean =>
  links.tree.kind(pattern) === 'identifier' || links.tree.kind(pattern) === 'mut_pattern';
