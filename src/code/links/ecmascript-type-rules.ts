/** Rules for types wherever they stand, and for the names that type parameters are. */
import { firstNamed } from './ecmascript-notes.ts';
import { typeOf } from './ecmascript-types.ts';
import type { LinkRule } from './language.ts';

/** A type that stands anywhere. */
export const typeNode: LinkRule = (links, node) => {
  if (!links.isUsed(node)) typeOf(links, node);
  links.skip(node);
};

export const typeArguments: LinkRule = (links, node) => {
  for (const child of links.tree.namedChildren(node)) typeOf(links, child);
  links.skip(node);
};

/** Type parameters are names of whatever they stand in. */
export const typeParameters: LinkRule = (links, node) => {
  const { tree } = links;
  for (const parameter of tree.namedChildren(node)) {
    const name = tree.field(parameter, 'name');
    if (name < 0) continue;
    links.markUsed(name);
    const constraint = tree.field(parameter, 'constraint');
    const value = constraint < 0 ? -1 : typeOf(links, firstNamed(links, constraint));
    typeOf(links, firstNamed(links, tree.field(parameter, 'value')));
    links.bind('variable', tree.textOf(name), { scope: links.scope, value });
  }
  links.skip(node);
};
