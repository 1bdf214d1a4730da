/**
 * Items of Rust: functions, types, `impl` blocks, traits, modules, macros, `use`.
 *
 * What an `impl` gives a type of the same file is bound in the type's own scope; for other types it carries its receiver. The
 * traits that a type implements here are its bases, and so are those that it derives: methods that it lacks are theirs.
 */
import type { LinkBuilder } from './builder.ts';
import type { LinkRule } from './language.ts';
import { notesOf, typeNamed } from './rust-notes.ts';
import { bindParameter } from './rust-patterns.ts';
import { boundsOf, lastNode, typeOf, valueOfType } from './rust-types.ts';

/** Binds a definition. @param detail what is known of its value or type */
function define(links: LinkBuilder, name: number, detail: { value?: number; type?: number } = {}): number {
  if (name < 0) return -1;
  const { tree, scope } = links;
  const symbol = links.symbolAt(name);
  const written = tree.textOf(name);
  links.markUsed(name);
  const impl = notesOf(links).impls.get(scope);
  if (impl === undefined) {
    if (written !== '_') links.bind(symbol >= 0 ? 'symbol' : 'variable', written, { scope, symbol, ...detail });
  } else if (impl.symbol >= 0) {
    const { hung } = notesOf(links);
    const list = hung.get(impl.symbol) ?? [];
    hung.set(impl.symbol, list);
    list.push({ name: written, symbol, value: detail.value ?? -1, type: detail.type ?? -1 });
  } else links.describe(symbol, { receiver: impl.type });
  return symbol;
}

export const functionItem: LinkRule = (links, node) => {
  const { tree } = links;
  const symbol = define(links, tree.field(node, 'name'));
  const scope = links.scopeOf(node, 'function', symbol);
  const parameters = tree.field(node, 'parameters');
  links.within(scope, () => {
    const written = parameters < 0 ? [] : tree.namedChildren(parameters);
    let receives = false;
    for (const parameter of written) {
      const pattern = tree.field(parameter, 'pattern');
      if (tree.kind(parameter) === 'self_parameter' || (pattern >= 0 && tree.kind(pattern) === 'self')) receives = true;
      else if (tree.kind(parameter) === 'parameter') bindParameter(links, parameter);
    }
    const result = tree.field(node, 'return_type');
    const given = result < 0 ? links.expressions.literal('()') : valueOfType(links, result);
    links.describe(symbol, { scope, results: [given], static: !receives });
  });
};

/** Opens the scope of a type. */
function defineType(links: LinkBuilder, node: number): number {
  const notes = notesOf(links);
  const symbol = define(links, links.tree.field(node, 'name'));
  const scope = links.scopeOf(node, 'class', symbol);
  links.describe(symbol, { scope });
  if (symbol >= 0) {
    notes.scopes.set(symbol, scope);
    addTraits(links, symbol, notes.derived.get(node) ?? []);
  }
  return scope;
}

function addTraits(links: LinkBuilder, symbol: number, traits: readonly number[]): void {
  const { traits: known } = notesOf(links);
  known.set(symbol, [...(known.get(symbol) ?? []), ...traits.filter((trait) => trait >= 0)]);
}

/** `struct`, `union`, `enum`. Fields without names are members called by their numbers. */
export const typeItem: LinkRule = (links, node) => {
  const { tree } = links;
  const scope = defineType(links, node);
  const body = tree.field(node, 'body');
  links.within(scope, () => bindNumbered(links, body, scope, ''));
};

function bindNumbered(links: LinkBuilder, body: number, scope: number, prefix: string): void {
  const { tree } = links;
  if (body < 0 || tree.kind(body) !== 'ordered_field_declaration_list') return;
  const types = tree.namedChildren(body).filter((child) => tree.isField(child, 'type'));
  types.forEach((type, place) => {
    links.bind('member', `${prefix}${place}`, { scope, type: typeOf(links, type) });
  });
}

/** Where the types of a variant's fields are looked up: `Const(Const)` holds no value of its own enumeration. */
const typeScope = (links: LinkBuilder, scope: number): number => {
  const symbol = links.scan.symbols[links.symbolOf(scope)];
  const isGeneric = symbol !== undefined && links.tree.field(symbol.node, 'type_parameters') >= 0;
  return isGeneric ? scope : links.parentOf(scope);
};

export const enumVariant: LinkRule = (links, node) => {
  const { tree, scope } = links;
  const name = tree.field(node, 'name');
  if (name < 0 || links.kindOf(scope) !== 'class') return;
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  links.bind(symbol >= 0 ? 'symbol' : 'member', tree.textOf(name), { scope, symbol });
  links.within(typeScope(links, scope), () => {
    bindNumbered(links, tree.field(node, 'body'), scope, `${tree.textOf(name)}.`);
  });
};

export const fieldDeclaration: LinkRule = (links, node) => {
  const { tree, scope } = links;
  const name = tree.field(node, 'name');
  if (name < 0 || links.kindOf(scope) !== 'class') return;
  const holder = tree.parent(tree.parent(node));
  const isOfVariant = holder >= 0 && tree.kind(holder) === 'enum_variant';
  const read = (): number => typeOf(links, tree.field(node, 'type'));
  const type = isOfVariant ? links.within(typeScope(links, scope), read) : read();
  links.markUsed(name);
  if (isOfVariant) {
    const variant = tree.field(holder, 'name');
    if (variant >= 0) links.bind('member', `${tree.textOf(variant)}.${tree.textOf(name)}`, { scope, type });
    return;
  }
  const symbol = links.symbolAt(name);
  links.bind(symbol >= 0 ? 'symbol' : 'member', tree.textOf(name), { scope, symbol, type });
};

export const traitItem: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const scope = defineType(links, node);
  const bounds = tree.field(node, 'bounds');
  links.within(scope, () => {
    const written = bounds < 0 ? [] : tree.namedChildren(bounds).filter((bound) => tree.kind(bound) !== 'lifetime');
    for (const bound of written) inherit(links, 'inherit', bound, -1);
    const all = written.map((bound) => typeOf(links, bound));
    addTraits(links, links.symbolOf(scope), all);
  });
  notesOf(links).own.set(scope, { value: expressions.self('self', scope), type: expressions.self('self-type', scope) });
};

function inherit(links: LinkBuilder, kind: 'inherit' | 'implement', type: number, from: number): void {
  const name = lastNode(links, type);
  if (name >= 0 && links.tree.kind(name) === 'type_identifier') links.use(kind, name, typeOf(links, type), from);
}

export const implItem: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const type = tree.field(node, 'type');
  const trait = tree.field(node, 'trait');
  const plain = type >= 0 && tree.kind(type) === 'generic_type' ? tree.field(type, 'type') : type;
  const isPlain = plain >= 0 && tree.kind(plain) === 'type_identifier';
  const around = links.nearest(['namespace']);
  const before = around < 0 ? '' : `${links.scan.symbols[links.symbolOf(around)]?.qualifiedName ?? ''}.`;
  const symbol = isPlain ? typeNamed(links, before + tree.textOf(plain)) : -1;
  const scope = links.scopeOf(node, 'block', symbol);
  links.within(scope, () => {
    const named = typeOf(links, type);
    const notes = notesOf(links);
    notes.impls.set(scope, { symbol, type: named });
    notes.own.set(
      scope,
      symbol >= 0
        ? { value: expressions.self('self', scope), type: expressions.self('self-type', scope) }
        : { value: expressions.instance(named), type: named },
    );
    if (trait < 0) return;
    inherit(links, 'implement', trait, symbol);
    if (symbol >= 0) addTraits(links, symbol, [typeOf(links, trait)]);
  });
};

/** `type X = Y;`, also of an `impl` or a trait. */
export const aliasItem: LinkRule = (links, node) => {
  const { tree } = links;
  const type = tree.field(node, 'type');
  const value = type >= 0 ? typeOf(links, type) : boundsOf(links, tree.field(node, 'bounds'));
  define(links, tree.field(node, 'name'), { value });
};

/** `const`, `static`. */
export const valueItem: LinkRule = (links, node) => {
  const { tree } = links;
  const type = typeOf(links, tree.field(node, 'type'));
  define(links, tree.field(node, 'name'), { type, value: type >= 0 ? -1 : links.value(tree.field(node, 'value')) });
};

export const modItem: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  if (name < 0) return;
  if (tree.field(node, 'body') < 0) {
    links.markUsed(name);
    links.bind('import', tree.textOf(name), { import: links.importAt(node), scope: links.scope });
    const place = notesOf(links).places.get(node);
    // The place is all that a file of Rust says of where it belongs: one line for each such module.
    if (place !== undefined) {
      links.package = `${links.package === null ? '' : `${links.package}\n`}${tree.textOf(name)}=${place}`;
    }
    return;
  }
  const symbol = define(links, name);
  const scope = links.scopeOf(node, 'namespace', symbol);
  links.describe(symbol, { scope });
};

/** Macros have names of their own: `name!`. */
export const macroDefinition: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  if (name >= 0) {
    const symbol = links.symbolAt(name);
    links.bind(symbol >= 0 ? 'symbol' : 'variable', `${tree.textOf(name)}!`, { symbol, scope: links.scope });
  }
  links.skip(node);
};

export const useDeclaration: LinkRule = (links, node) => {
  const { tree, scope } = links;
  for (let at = node; at < tree.next(node); at++) {
    const index = links.importAt(at);
    const found = links.scan.imports[index];
    if (found === undefined || found.end > tree.end(at)) continue;
    // What is imported by stars is seen from the modules below as well.
    if (found.name === '*' && found.alias === null) links.passOn(index);
    else if (found.alias !== null && found.alias !== '_') links.bind('import', found.alias, { import: index, scope });
    at = Math.max(at, tree.next(at) - 1);
  }
  links.skip(node);
};

/** `#[derive(Trait)]` belongs to the item that follows; other attributes may be macros of the repository. */
export const attributeItem: LinkRule = (links, node) => {
  const { tree } = links;
  const attribute = tree.child(node, 'attribute');
  const path = attribute < 0 ? -1 : (tree.namedChildren(attribute)[0] ?? -1);
  const name = path < 0 ? '' : tree.textOf(path);
  let item = tree.nextSibling(node);
  while (item >= 0 && /attribute|comment/.test(tree.kind(item))) item = tree.nextSibling(item);
  if (name === 'path') {
    const value = tree.field(attribute, 'value');
    const content = value < 0 ? -1 : tree.child(value, 'string_content');
    if (content >= 0) notesOf(links).places.set(item, tree.textOf(content));
  }
  if (name === 'derive') {
    const list = tree.field(attribute, 'arguments');
    const traits = list < 0 ? [] : tree.namedChildren(list).filter((one) => tree.kind(one) === 'identifier');
    const { derived } = notesOf(links);
    derived.set(item, [...(derived.get(item) ?? []), ...traits.map((one) => links.name(tree.textOf(one)))]);
  }
  links.skip(node);
};

/** When all is bound: what `impl` blocks gave, and what was left for later. */
export function finish(links: LinkBuilder): void {
  const { hung, scopes, traits, later } = notesOf(links);
  for (const [type, members] of hung) {
    const scope = scopes.get(type);
    if (scope === undefined) continue;
    for (const { name, symbol, value, type: told } of members) {
      links.bind(symbol >= 0 ? 'symbol' : 'member', name, { scope, symbol, value, type: told });
    }
  }
  for (const [symbol, bases] of traits) links.describe(symbol, { bases: [...new Set(bases)] });
  // Reading one may leave others.
  for (let at = 0; at < later.length; at++) {
    const { scope, name, inside, node } = later[at] as (typeof later)[number];
    const value = links.within(links.scopeOf(inside, 'block'), () => links.value(node));
    links.bind('variable', name, { scope, value });
  }
}
