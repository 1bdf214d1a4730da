/** What a type that was read means for what has it: an instance, the thing itself of `typeof`, or a function. */
import type { LinkBuilder } from './builder.ts';
import { firstNamed } from './ecmascript-notes.ts';

/** What a declaration with this type gives a name: an instance of it, or for `typeof x` what `x` is. */
export function declared(links: LinkBuilder, type: number, written: number): { value: number; type: number } {
  return type >= 0 && isQuery(links, written) ? { value: type, type: -1 } : { value: -1, type };
}

/** A value of the type, as an expression. */
export const valueOfType = (links: LinkBuilder, type: number, written: number): number =>
  isQuery(links, written) ? type : links.expressions.instance(type);

/** Whether a type may be a function's: worth remembering for what is passed there. */
export function mayBeFunction(links: LinkBuilder, written: number): boolean {
  const { tree } = links;
  let at = written;
  while (at >= 0 && (tree.kind(at) === 'type_annotation' || tree.kind(at) === 'parenthesized_type')) {
    at = firstNamed(links, at);
  }
  return at >= 0 && callableKinds.has(tree.kind(at));
}

const callableKinds = new Set([
  'function_type',
  'type_identifier',
  'nested_type_identifier',
  'generic_type',
  'union_type',
]);

/** Whether a type is `typeof x`. */
function isQuery(links: LinkBuilder, written: number): boolean {
  const { tree } = links;
  let at = written;
  while (at >= 0 && (tree.kind(at) === 'type_annotation' || tree.kind(at) === 'parenthesized_type')) {
    at = firstNamed(links, at);
  }
  return at >= 0 && tree.kind(at) === 'type_query';
}

/** A type with arguments, whose places count. */
export function withArguments(links: LinkBuilder, base: number, args: readonly number[]): number {
  const { expressions } = links;
  if (!args.some((arg) => arg >= 0)) return base;
  return expressions.applied(
    base,
    args.map((arg) => (arg < 0 ? expressions.literal('object') : arg)),
  );
}
