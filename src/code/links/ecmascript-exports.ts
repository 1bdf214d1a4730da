/**
 * Imports and exports of ECMAScript.
 *
 * What a module of the older kind exports is bound under names that no identifier has (`module.exports`, `exports.name`), since
 * names of the file may be spelled the same. `export=` stands for the value of `module.exports`, whole.
 */
import type { LinkBuilder } from './builder.ts';
import { objectScope, scopeNamed } from './ecmascript-holders.ts';
import {
  firstNamed,
  isExports,
  isFunction,
  isRequire,
  isWritten,
  lastAssigned,
  nameNode,
  notesOf,
  requireOf,
  symbolOfValue,
  unwrapped,
} from './ecmascript-notes.ts';
import type { LinkRule } from './language.ts';

const wholeName = 'module.exports';
const localOf = (name: string): string => `exports.${name}`;

// Imports

export const importStatement: LinkRule = (links, node) => {
  const { tree } = links;
  const bind = (name: number, at: number): void => {
    if (name < 0) return;
    links.markUsed(name);
    const index = links.importAt(at);
    if (index >= 0) links.bind('import', tree.textOf(name), { scope: links.scope, import: index });
  };
  const required = tree.child(node, 'import_require_clause');
  if (required >= 0) bind(tree.child(required, 'identifier'), node);
  const clause = tree.child(node, 'import_clause');
  for (const child of clause < 0 ? [] : tree.namedChildren(clause)) {
    const kind = tree.kind(child);
    if (kind === 'identifier') bind(child, child);
    else if (kind === 'namespace_import') bind(tree.child(child, 'identifier'), child);
    else if (kind === 'named_imports') {
      for (const specifier of tree.namedChildren(child)) {
        const alias = tree.field(specifier, 'alias');
        bind(alias >= 0 ? alias : tree.field(specifier, 'name'), specifier);
      }
    }
  }
  links.skip(node);
};

/** `import A = B.C` */
export const importAlias: LinkRule = (links, node) => {
  const { tree } = links;
  const [name = -1, value = -1] = tree.namedChildren(node);
  if (name < 0) return;
  links.markUsed(name);
  links.bind('variable', tree.textOf(name), { scope: links.scope, value: links.value(value) });
};

/** Binds what a declaration takes from `require('x')` or `await import('x')`. @returns whether it does */
export function bindRequired(links: LinkBuilder, name: number, value: number, scope: number): boolean {
  const { tree } = links;
  const call = requireOf(links, value);
  if (call < 0) return false;
  const bind = (node: number, at: number): boolean => {
    const index = links.importAt(at);
    if (index < 0 || links.scan.imports[index]?.alias !== tree.textOf(node)) return false;
    links.markUsed(node);
    links.bind('import', tree.textOf(node), { scope, import: index });
    return true;
  };
  if (tree.kind(name) === 'identifier') return bind(name, call);
  if (tree.kind(name) !== 'object_pattern') return false;
  for (const part of tree.namedChildren(name)) {
    const target = tree.kind(part) === 'pair_pattern' ? tree.field(part, 'value') : part;
    if (target >= 0 && /^(identifier|shorthand_property_identifier_pattern)$/.test(tree.kind(target)))
      bind(target, part);
  }
  return true;
}

/** What `require('x')` or `import('x')` gives, by a name for its import. */
export function required(links: LinkBuilder, call: number): number {
  const index = links.importAt(call);
  if (index < 0) return -1;
  const name = `import ${index}`;
  const { imports } = notesOf(links);
  if (!imports.has(index)) {
    imports.add(index);
    links.bind('import', name, { scope: 0, import: index });
  }
  return links.expressions.name(name, 0);
}

/** The call of `require('x').member`, whose import is the member's; or -1. */
export function requiredMember(links: LinkBuilder, member: number): number {
  const { tree } = links;
  const call = requireOf(links, member);
  const property = call < 0 ? -1 : tree.field(member, 'property');
  const index = property < 0 ? -1 : links.importAt(call);
  return index >= 0 && links.scan.imports[index]?.name === tree.textOf(property) ? call : -1;
}

// Exports

export const exportStatement: LinkRule = (links, node) => {
  const { tree } = links;
  const isFrom = tree.field(node, 'source') >= 0;
  const clause = tree.child(node, 'export_clause');
  for (const specifier of clause < 0 ? [] : tree.namedChildren(clause)) exportSpecifier(links, specifier, isFrom);
  const namespace = tree.child(node, 'namespace_export');
  if (namespace >= 0) bindImport(links, firstNamed(links, namespace), node);
  else if (isFrom && tree.child(node, "'*'") >= 0) links.passOn(links.importAt(node));
  if (clause >= 0 || isFrom) {
    links.skip(node);
    return;
  }
  const isDefault = tree.child(node, "'default'");
  if (isDefault >= 0) exportDefault(links, node, isDefault);
  else if (tree.child(node, "'='") >= 0) assignWhole(links, firstNamed(links, node));
};

function bindImport(links: LinkBuilder, name: number, at: number): void {
  const index = links.importAt(at);
  const node = nameNode(links, name);
  if (node >= 0 && index >= 0) links.bind('import', links.tree.textOf(node), { scope: 0, import: index });
}

function exportSpecifier(links: LinkBuilder, specifier: number, isFrom: boolean): void {
  const { tree } = links;
  const name = nameNode(links, tree.field(specifier, 'name'));
  const alias = nameNode(links, tree.field(specifier, 'alias'));
  if (name < 0) return;
  if (isFrom) {
    bindImport(links, alias >= 0 ? alias : name, specifier);
    return;
  }
  links.use('use', name, links.name(tree.textOf(name)));
  if (alias >= 0) links.export(tree.textOf(alias), tree.textOf(name));
}

function exportDefault(links: LinkBuilder, node: number, keyword: number): void {
  const { tree } = links;
  const declaration = tree.field(node, 'declaration');
  if (declaration >= 0) {
    const name = tree.field(declaration, 'name');
    if (name >= 0) links.export('default', tree.textOf(name));
    return;
  }
  const value = unwrapped(links, tree.field(node, 'value'));
  if (value < 0) return;
  if (tree.kind(value) === 'identifier') {
    links.use('use', value, links.name(tree.textOf(value)));
    links.export('default', tree.textOf(value));
    return;
  }
  const own = symbolOfValue(links, value);
  const symbol = own >= 0 ? own : links.symbolAt(keyword);
  const isCallable = symbol >= 0 && /^(function|class)$/.test(links.scan.symbols[symbol]?.kind ?? '');
  links.bind(symbol >= 0 ? 'symbol' : 'variable', 'default', {
    scope: 0,
    symbol,
    value: isCallable ? -1 : links.value(value),
  });
}

/** Whether something is `module.exports`, or a name of it. */
export function isExportTarget(links: LinkBuilder, left: number): boolean {
  const { tree } = links;
  if (tree.kind(left) !== 'member_expression') return false;
  return isWritten(links, left, wholeName) || isExports(links, tree.field(left, 'object'));
}

/** What is assigned to `module.exports` or one of its names, or assigned into it by `Object.assign`. */
export function assignExport(links: LinkBuilder, node: number, left: number, right: number): void {
  const { tree } = links;
  const value = lastAssigned(links, right);
  if (value < 0) return;
  if (tree.kind(node) === 'call_expression') {
    if (tree.kind(value) === 'object') exportEntries(links, value);
    else if (tree.kind(value) === 'call_expression' && isRequire(links, value)) links.passOn(links.importAt(value));
    return;
  }
  const name = tree.field(left, 'property');
  if (isWritten(links, left, wholeName)) {
    if (links.symbolAt(name) >= 0) links.markUsed(name);
    assignWhole(links, value);
    return;
  }
  if (name >= 0) exportName(links, name, right);
}

/** `module.exports = value` */
function assignWhole(links: LinkBuilder, node: number): void {
  const { tree } = links;
  const value = lastAssigned(links, node);
  if (value < 0) return;
  notesOf(links).whole = value;
  const kind = tree.kind(value);
  if (kind === 'identifier') {
    links.export('export=', tree.textOf(value));
    return;
  }
  if (kind === 'object') exportEntries(links, value);
  const isDefinition = isFunction(links, value) || kind === 'class';
  const symbol = isDefinition ? symbolOfValue(links, value) : -1;
  links.bind(symbol >= 0 ? 'symbol' : 'variable', wholeName, {
    scope: 0,
    symbol,
    value: symbol >= 0 ? -1 : links.value(value),
  });
  links.export('export=', wholeName);
}

/** Exports what an object names: its functions are definitions, its identifiers the file's. */
function exportEntries(links: LinkBuilder, object: number): void {
  const { tree } = links;
  objectScope(links, object);
  for (const child of tree.namedChildren(object).slice(0, maxEntries)) {
    const kind = tree.kind(child);
    if (kind === 'shorthand_property_identifier') links.export(tree.textOf(child), tree.textOf(child));
    const key = kind === 'pair' ? nameNode(links, tree.field(child, 'key')) : -1;
    const value = key < 0 ? -1 : unwrapped(links, tree.field(child, 'value'));
    if (value >= 0 && tree.kind(value) === 'identifier') links.export(tree.textOf(key), tree.textOf(value));
    else if (value >= 0 && tree.kind(value) === 'call_expression' && isRequire(links, value)) {
      bindExport(links, tree.textOf(key), { symbol: -1, value: required(links, value) });
    }
    const spread = kind === 'spread_element' ? firstNamed(links, child) : -1;
    if (spread >= 0 && tree.kind(spread) === 'call_expression' && isRequire(links, spread)) {
      links.passOn(links.importAt(spread));
    }
  }
}

/** As `ecmascript-holders.ts`. */
const maxEntries = 512;

/** `exports.name = value` */
function exportName(links: LinkBuilder, name: number, right: number): void {
  const { tree } = links;
  const text = tree.textOf(name);
  const symbol = links.symbolAt(name);
  const value = unwrapped(links, right);
  links.markUsed(name);
  if (value >= 0 && tree.kind(value) === 'identifier' && links.scope === 0) {
    links.export(text, tree.textOf(value));
    notesOf(links).assignedExports.push({ name: text, symbol: -1, value: links.name(tree.textOf(value)) });
    return;
  }
  const isDefinition = symbol >= 0 && (isFunction(links, value) || tree.kind(value) === 'class');
  const given = { symbol, value: isDefinition ? -1 : links.value(right) };
  bindExport(links, text, given);
  notesOf(links).assignedExports.push({ name: text, ...given });
}

function bindExport(links: LinkBuilder, name: string, { symbol, value }: { symbol: number; value: number }): void {
  links.bind(symbol >= 0 ? 'symbol' : 'variable', localOf(name), { scope: 0, symbol, value });
  links.export(name, localOf(name));
}

/** What `module.exports` or a name of it is worth; -1 for any other expression. */
export function exportedValue(links: LinkBuilder, member: number): number {
  const { tree, expressions } = links;
  if (isWritten(links, member, wholeName)) return expressions.name(wholeName, 0);
  const name = tree.field(member, 'property');
  if (name < 0 || !isExports(links, tree.field(member, 'object'))) return -1;
  return expressions.name(localOf(tree.textOf(name)), 0);
}

/** What was assigned to names of `module.exports` hangs on its value as well. */
export function bindAssignedExports(links: LinkBuilder): void {
  const { whole, assignedExports } = notesOf(links);
  if (whole < 0 || assignedExports.length === 0) return;
  const scope = scopeNamed(links, whole);
  if (scope < 0) return;
  for (const { name, symbol, value } of assignedExports) {
    links.bind(symbol >= 0 ? 'symbol' : 'member', name, { scope, symbol, value });
  }
}
