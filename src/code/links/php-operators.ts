/**
 * What PHP runs where no call is written: methods that loops, `clone`, `count` and text ask of objects, and those that guard properties.
 *
 * An object that becomes text is asked for `__toString`: in a cast, `echo`, `print`, between quotes, beside a `.`. What is done to a property is
 * kept with its name, for where a class has not got it another method stands in for each: `$total=` is set, `$total?` asked for by `isset` or
 * `empty`, `$total!` taken away. Text that functions of the language make of objects is not followed.
 */
import type { LinkBuilder } from './builder.ts';
import type { LinkRule } from './language.ts';

/**
 * Methods that an operator or loop calls, where the object is known to have them; they stand where its first word does.
 *
 * @param at node that begins with that word
 */
export function asks(links: LinkBuilder, at: number, object: number, methods: readonly string[]): void {
  asksAt(links, links.tree.firstChild(at), object, methods);
}

function asksAt(links: LinkBuilder, place: number, object: number, methods: readonly string[]): void {
  const { tree, expressions } = links;
  const value = links.value(object);
  if (value < 0 || place < 0 || expressions.list[value]?.kind === 'literal') return;
  const extent = { start: tree.start(place), end: tree.end(place) };
  for (const method of methods) links.useAt('operate', extent, expressions.member(value, method));
}

const asText = (links: LinkBuilder, place: number, object: number): void =>
  asksAt(links, place, object, ['__toString']);

/** `echo $a, $b;`, `print $a` */
export const printed: LinkRule = (links, node) => {
  const { tree } = links;
  for (const child of tree.namedChildren(node)) {
    const parts = tree.kind(child) === 'sequence_expression' ? tree.namedChildren(child) : [child];
    for (const part of parts) asText(links, part, part);
  }
};

/** Parts of a string that are no text. */
export const interpolated: LinkRule = (links, node) => {
  const { tree } = links;
  for (const part of tree.namedChildren(node)) {
    if (/_expression$|^variable_name$/.test(tree.kind(part))) asText(links, part, part);
  }
};

/** `$a . $b`, `$a .= $b` */
export const joined: LinkRule = (links, node) => {
  const { tree } = links;
  const operator = tree.field(node, 'operator');
  const word = operator < 0 ? '' : tree.textOf(operator);
  const [left, right] = [tree.field(node, 'left'), tree.field(node, 'right')];
  if (word === '.') asText(links, left, left);
  if (word === '.' || word === '.=') asText(links, right, right);
};

export const cast: LinkRule = (links, node) => {
  const type = links.tree.field(node, 'type');
  const isText = type >= 0 && /^(string|binary)$/i.test(links.tree.textOf(type));
  if (isText) asks(links, node, links.tree.field(node, 'value'), ['__toString']);
};

/** What is done to a property where it stands: `=`, `?`, `!`, or `''` where it is read. */
export function doneTo(links: LinkBuilder, node: number): string {
  const { tree } = links;
  const parent = tree.parent(node);
  switch (parent < 0 ? '' : tree.kind(parent)) {
    case 'assignment_expression':
    case 'augmented_assignment_expression':
      return tree.isField(node, 'left') ? '=' : '';
    case 'unset_statement':
      return '!';
    case 'argument': {
      const call = tree.parent(tree.parent(parent));
      const callee = call < 0 ? -1 : tree.field(call, 'function');
      return callee >= 0 && /^(isset|empty)$/i.test(tree.textOf(callee)) ? '?' : '';
    }
    default:
      return '';
  }
}
