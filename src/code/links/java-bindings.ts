/** What Java binds inside methods: loops, patterns, resources, exceptions, parameters of lambdas; and imports. */
import type { LinkBuilder } from './builder.ts';
import { bindParameters, parametersOf } from './java-definitions.ts';
import { givenToLambda } from './java-library.ts';
import { declaredType } from './java-types.ts';
import type { LinkRule } from './language.ts';

interface Given {
  readonly type?: number;
  readonly value?: number;
}

function bindLocal(links: LinkBuilder, name: number, scope: number, { type = -1, value = -1 }: Given): void {
  if (name < 0) return;
  links.markUsed(name);
  links.bind('variable', links.tree.textOf(name), { scope, type, value: type >= 0 ? -1 : value });
}

/** Opens a block for names that are seen in it alone. */
export const block: LinkRule = (links, node) => {
  links.scopeOf(node, 'block');
};

export const enhancedFor: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const type = declaredType(links, tree.field(node, 'type'));
  const value = type >= 0 ? -1 : expressions.element(links.value(tree.field(node, 'value')), 'iterate');
  bindLocal(links, tree.field(node, 'name'), links.scopeOf(node, 'block'), { type, value });
};

export const resource: LinkRule = (links, node) => {
  const { tree } = links;
  const type = declaredType(links, tree.field(node, 'type'));
  const value = type >= 0 ? -1 : links.value(tree.field(node, 'value'));
  bindLocal(links, tree.field(node, 'name'), links.scope, { type, value });
};

export const catchParameter: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const types = tree.child(node, 'catch_type');
  const type = expressions.either((types < 0 ? [] : tree.namedChildren(types)).map((one) => links.value(one)));
  bindLocal(links, tree.field(node, 'name'), links.scope, { type });
};

/**
 * Where a pattern's name is seen: where the test holds. Of a test that is turned round that is what follows, so the block around
 * the statement.
 */
function patternScope(links: LinkBuilder, node: number): number {
  const { tree } = links;
  let turned = false;
  for (let at = tree.parent(node), up = 0; at >= 0 && up < maxLevels; at = tree.parent(at), up++) {
    const kind = tree.kind(at);
    if (kind === 'unary_expression') turned = !turned;
    else if (kind === 'if_statement' || kind === 'while_statement') {
      return turned ? links.parentOf(links.scope) : links.scope;
    } else if (kind === 'block') break;
  }
  return links.scope;
}

/** Conditions are not nested deeper where people write them. */
const maxLevels = 32;

export const instanceofExpression: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  if (name < 0) return;
  bindLocal(links, name, Math.max(0, patternScope(links, node)), { type: links.value(tree.field(node, 'right')) });
};

/** `Foo f` in a pattern: a type, then a name. */
export const typedName: LinkRule = (links, node) => {
  const { tree } = links;
  const [type = -1, name = -1] = tree.namedChildren(node);
  if (name < 0 || tree.kind(name) !== 'identifier') return;
  bindLocal(links, name, Math.max(0, patternScope(links, node)), { type: declaredType(links, type) });
};

export const recordPattern: LinkRule = (links, node) => {
  const [type = -1] = links.tree.namedChildren(node);
  if (type >= 0 && links.tree.kind(type) === 'identifier') links.use('type', type, links.value(type));
};

export const lambda: LinkRule = (links, node) => {
  const { tree } = links;
  const list = tree.field(node, 'parameters');
  if (list < 0) return;
  const scope = links.scopeOf(node, 'function');
  if (tree.kind(list) === 'formal_parameters') {
    bindParameters(links, parametersOf(links, list), scope);
    return;
  }
  const names = tree.kind(list) === 'identifier' ? [list] : tree.namedChildren(list);
  names.forEach((name, place) => {
    links.markUsed(name);
    const value = givenToLambda(links, node, place, names.length);
    // A variable, not a parameter: what a library passes is all that is ever passed.
    links.bind(value >= 0 ? 'variable' : 'parameter', tree.textOf(name), { scope, value });
  });
};

export const importDeclaration: LinkRule = (links, node) => {
  const index = links.importAt(node);
  const alias = links.scan.imports[index]?.alias ?? null;
  if (alias !== null) links.bind('import', alias, { import: index, scope: 0 });
  links.skip(node);
};

export const packageDeclaration: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.namedChildren(node).find((child) => /identifier$/.test(tree.kind(child))) ?? -1;
  if (name >= 0) links.package = tree.textOf(name).replaceAll(/\s+/g, '');
  links.skip(node);
};

export const label: LinkRule = (links, node) => {
  const { tree } = links;
  for (const child of tree.namedChildren(node)) if (tree.kind(child) === 'identifier') links.markUsed(child);
};
