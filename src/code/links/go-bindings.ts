/** What Go binds inside functions and at file level besides definitions: declarations, loops, type switches, imports. */
import type { LinkBuilder } from './builder.ts';
import { notesOf } from './go-notes.ts';
import { namesOf, typeNamed } from './go-types.ts';
import type { LinkRule } from './language.ts';

function bindLocal(links: LinkBuilder, name: number, given: { type?: number; value?: number }): void {
  const { tree, scope } = links;
  const written = tree.textOf(name);
  links.markUsed(name);
  if (written === '_') return;
  const symbol = links.symbolAt(name);
  links.bind(symbol >= 0 ? 'symbol' : 'variable', written, { scope, symbol, ...given });
  const { declared } = notesOf(links);
  const known = declared.get(scope);
  if (known === undefined) declared.set(scope, new Set([written]));
  else known.add(written);
}

/** Parts of an expression list, or the expression itself. */
function partsOf(links: LinkBuilder, node: number): number[] {
  if (node < 0) return [];
  return links.tree.kind(node) === 'expression_list' ? links.tree.namedChildren(node) : [node];
}

/** Expressions that give a second value, `ok`, when two are asked for. */
const givesOk = new Set(['index_expression', 'type_assertion_expression', 'unary_expression']);

/** Values for `count` names of what stands on the right. */
function valuesFor(links: LinkBuilder, right: readonly number[], count: number): number[] {
  const { tree, expressions } = links;
  const [only] = right;
  if (count < 2 || right.length !== 1 || only === undefined) return right.map((one) => links.value(one));
  const value = links.value(only);
  if (givesOk.has(tree.kind(only))) return [value, expressions.literal('bool')];
  return Array.from({ length: count }, (_, place) => expressions.element(value, 'iterate', place));
}

/** `a, b := …` declares what the block has not yet; on the right those names still mean what stands around. */
export const shortDeclaration: LinkRule = (links, node) => {
  const { tree } = links;
  const names = partsOf(links, tree.field(node, 'left'));
  const right = tree.field(node, 'right');
  rememberOuter(links, names, right);
  const values = valuesFor(links, partsOf(links, right), names.length);
  names.forEach((name, place) => {
    if (tree.kind(name) === 'identifier') bindLocal(links, name, { value: values[place] ?? -1 });
  });
};

/** Longer right sides are functions and tables, and are not searched for the name. */
const maxNodes = 400;

function rememberOuter(links: LinkBuilder, names: readonly number[], right: number): void {
  const { tree, scope } = links;
  const { declared, outer } = notesOf(links);
  if (right < 0 || tree.next(right) - right > maxNodes || scope === 0) return;
  const known = declared.get(scope);
  const fresh = new Set(names.map((name) => tree.textOf(name)).filter((name) => known?.has(name) !== true));
  for (let at = right; at < tree.next(right); at++) {
    const kind = tree.kind(at);
    if (kind !== 'identifier' && kind !== 'type_identifier') continue;
    if (fresh.has(tree.textOf(at))) outer.set(at, links.parentOf(scope));
  }
}

/** `var a, b T = …`. */
export const valueSpec: LinkRule = (links, node) => {
  const { tree } = links;
  const names = namesOf(links, node);
  const type = links.value(tree.field(node, 'type'));
  const right = partsOf(links, tree.field(node, 'value'));
  const values = type >= 0 ? [] : valuesFor(links, right, names.length);
  names.forEach((name, place) => {
    bindLocal(links, name, { type, value: values[place] ?? -1 });
  });
};

/** `for k, v := range xs`. */
export const rangeClause: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const names = partsOf(links, tree.field(node, 'left'));
  if (tree.child(node, "':='") < 0) return;
  rememberOuter(links, names, tree.field(node, 'right'));
  const range = links.value(tree.field(node, 'right'));
  // Of one name it is the key of a mapping or what a channel gives; of a slice its place.
  const values =
    names.length > 1
      ? [expressions.element(range, 'iterate'), expressions.element(range, 'subscript')]
      : [expressions.element(range, 'iterate')];
  names.forEach((name, place) => {
    if (tree.kind(name) === 'identifier') bindLocal(links, name, { value: values[place] ?? -1 });
  });
};

/** `f = func() {…}`: a variable that holds one function may hold another. */
export const assignment: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const [left, right] = [partsOf(links, tree.field(node, 'left')), partsOf(links, tree.field(node, 'right'))];
  left.forEach((target, place) => {
    const value = right[place] ?? -1;
    if (value < 0 || tree.kind(target) !== 'identifier' || tree.kind(value) !== 'func_literal') return;
    const type = expressions.applied(expressions.literal('Function'), [typeNamed(links, 'nil')]);
    links.hint(tree.textOf(target), { value: expressions.instance(type) });
  });
};

/** `case v := <-ch`. */
export const receiveStatement: LinkRule = (links, node) => {
  const { tree } = links;
  if (tree.child(node, "':='") < 0) return;
  const names = partsOf(links, tree.field(node, 'left'));
  const values = valuesFor(links, partsOf(links, tree.field(node, 'right')), names.length);
  names.forEach((name, place) => {
    if (tree.kind(name) === 'identifier') bindLocal(links, name, { value: values[place] ?? -1 });
  });
};

export const typeSwitch: LinkRule = (links, node) => {
  links.scopeOf(node, 'block');
  for (const alias of partsOf(links, links.tree.field(node, 'alias'))) links.markUsed(alias);
};

/** `switch v := x.(type)`: each case has a `v` of its own. */
export const typeCase: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const scope = links.scopeOf(node, 'block');
  const parent = tree.parent(node);
  const [alias = -1] = partsOf(links, parent < 0 ? -1 : tree.field(parent, 'alias'));
  if (alias < 0) return;
  const types = tree.children(node).filter((child) => tree.isField(child, 'type') && tree.isNamed(child));
  const only = types.length === 1 && tree.textOf(types[0] as number) !== 'nil' ? (types[0] as number) : -1;
  const value = only < 0 ? links.value(tree.field(parent, 'value')) : expressions.instance(links.value(only));
  links.bind('variable', tree.textOf(alias), { scope, value });
};

export const block: LinkRule = (links, node) => {
  links.scopeOf(node, 'block');
};

export const importSpec: LinkRule = (links, node) => {
  const index = links.importAt(node);
  const alias = links.scan.imports[index]?.alias ?? null;
  if (alias !== null && alias !== '') links.bind('import', alias, { import: index, scope: 0 });
  links.skip(node);
};
