/** Imports and exports of ECMAScript: `import`, `export`, `require()`, `import()`, `module.exports`. */
import type { Scan } from '../scan.ts';
import { none } from '../tree/tree.ts';
import { isFunction, wrappedFunction } from './ecmascript-names.ts';
import type { Rule } from './language.ts';

/** `module.exports = …` */
export function moduleExports(scan: Scan, outer: number, right: number, name: number): void {
  const { tree } = scan;
  const kind = tree.kind(right);
  if (kind === 'identifier') exportName(scan, tree.textOf(right));
  else if (kind === 'object') {
    for (const child of tree.namedChildren(right)) {
      if (tree.kind(child) === 'shorthand_property_identifier') exportName(scan, tree.textOf(child));
      const value = tree.kind(child) === 'pair' ? tree.field(child, 'value') : none;
      if (value >= 0 && tree.kind(value) === 'identifier') exportName(scan, tree.textOf(value));
    }
  } else if (isFunction(scan, right) || kind === 'class') {
    scan.report(right);
    const own = tree.field(right, 'name');
    const body = tree.field(right, 'body');
    const symbol = kind === 'class' ? 'class' : 'function';
    scan.define({ kind: symbol, name: own >= 0 ? own : name, node: outer, body, exported: true });
  }
}

/** Names exported by a list somewhere in the file. */
const exportedNames = new WeakMap<Scan, Set<string>>();

/** Names that the file exports by lists and assignments, apart from its declarations. */
export const listedExports = (scan: Scan): ReadonlySet<string> => exportedNames.get(scan) ?? noNames;

const noNames: ReadonlySet<string> = new Set();

export function exportName(scan: Scan, name: string): void {
  const names = exportedNames.get(scan);
  if (names === undefined) exportedNames.set(scan, new Set([name]));
  else names.add(name);
}

export const exportStatement: Rule = (scan, node) => {
  const { tree } = scan;
  const source = tree.field(node, 'source');
  const module = source < 0 ? null : stringText(scan, source);
  for (const child of tree.namedChildren(node)) {
    const kind = tree.kind(child);
    if (kind === 'export_clause') {
      for (const specifier of tree.namedChildren(child)) exportSpecifier(scan, specifier, module);
    } else if (kind === 'namespace_export' && module !== null) {
      const alias = tree.namedChildren(child)[0] ?? none;
      if (alias >= 0) scan.report(alias);
      scan.importName(module, '*', alias < 0 ? null : tree.textOf(alias), node);
    }
  }
  if (module !== null && tree.child(node, "'*'") >= 0) scan.importName(module, '*', null, node);
  const isDefault = tree.child(node, "'default'");
  const value = tree.field(node, 'value');
  if (isDefault >= 0 && value >= 0) defaultExport(scan, node, isDefault, value);
};

function exportSpecifier(scan: Scan, specifier: number, module: string | null): void {
  const { tree } = scan;
  const name = tree.field(specifier, 'name');
  const alias = tree.field(specifier, 'alias');
  if (name < 0) return;
  if (alias >= 0) scan.report(alias);
  if (module === null) exportName(scan, tree.textOf(name));
  else scan.importName(module, tree.textOf(name), tree.textOf(alias < 0 ? name : alias), specifier);
  scan.refer('use', name);
}

function defaultExport(scan: Scan, node: number, keyword: number, value: number): void {
  const { tree } = scan;
  const kind = tree.kind(value);
  if (kind === 'identifier') {
    exportName(scan, tree.textOf(value));
    scan.refer('use', value);
    return;
  }
  scan.report(value);
  const wrapped = kind === 'call_expression' ? wrappedFunction(scan, value) : none;
  const callable = isFunction(scan, value) ? value : wrapped;
  if (wrapped >= 0) scan.report(wrapped);
  if (callable >= 0 || kind === 'class') {
    const own = tree.field(callable < 0 ? value : callable, 'name');
    const name = own >= 0 ? own : keyword;
    const body = tree.field(callable < 0 ? value : callable, 'body');
    scan.define({ kind: kind === 'class' ? 'class' : 'function', name, node, body, exported: true });
  } else scan.define({ kind: 'constant', name: keyword, node, value, exported: true });
}

function stringText(scan: Scan, node: number): string {
  return scan.text.slice(scan.tree.start(node) + 1, scan.tree.end(node) - 1);
}

export const importStatement: Rule = (scan, node) => {
  const { tree } = scan;
  const source = tree.field(node, 'source');
  const clause = tree.child(node, 'import_clause');
  const required = tree.child(node, 'import_require_clause');
  if (required >= 0) {
    const name = tree.child(required, 'identifier');
    const path = tree.field(required, 'source');
    if (name >= 0) scan.report(name);
    if (name >= 0 && path >= 0) scan.importName(stringText(scan, path), '*', tree.textOf(name), node);
    return;
  }
  if (source < 0) return;
  const module = stringText(scan, source);
  if (clause < 0) return scan.importName(module, '*', null, node);
  for (const child of tree.namedChildren(clause)) {
    const kind = tree.kind(child);
    if (kind === 'identifier') {
      scan.report(child);
      scan.importName(module, 'default', tree.textOf(child), child);
    } else if (kind === 'namespace_import') {
      const alias = tree.child(child, 'identifier');
      if (alias < 0) continue;
      scan.report(alias);
      scan.importName(module, '*', tree.textOf(alias), child);
    } else if (kind === 'named_imports') {
      for (const specifier of tree.namedChildren(child)) {
        const name = tree.field(specifier, 'name');
        const alias = tree.field(specifier, 'alias');
        if (name < 0) continue;
        scan.report(name);
        if (alias >= 0) scan.report(alias);
        scan.importName(module, tree.textOf(name), tree.textOf(alias < 0 ? name : alias), specifier);
      }
    }
  }
};

/** `require('x')` and `import('x')`, bound to what they are assigned to. */
export function requireCall(scan: Scan, node: number): void {
  const { tree } = scan;
  const callArguments = tree.field(node, 'arguments');
  const path = callArguments < 0 ? none : (tree.namedChildren(callArguments)[0] ?? none);
  if (path < 0 || tree.kind(path) !== 'string') return;
  const module = stringText(scan, path);
  let holder = tree.parent(node);
  let member: string | null = null;
  while (holder >= 0) {
    const kind = tree.kind(holder);
    if (kind === 'member_expression' && member === null) member = tree.textOf(tree.field(holder, 'property'));
    else if (kind !== 'await_expression' && kind !== 'parenthesized_expression') break;
    holder = tree.parent(holder);
  }
  const bound = holder >= 0 && tree.kind(holder) === 'variable_declarator' ? tree.field(holder, 'name') : none;
  if (bound >= 0 && tree.kind(bound) === 'identifier') {
    scan.importName(module, member ?? '*', tree.textOf(bound), node);
    return;
  }
  if (bound < 0 || tree.kind(bound) !== 'object_pattern') {
    scan.importName(module, member ?? '*', null, node);
    return;
  }
  for (const part of tree.namedChildren(bound)) {
    const key = tree.kind(part) === 'pair_pattern' ? tree.field(part, 'key') : part;
    const value = tree.kind(part) === 'pair_pattern' ? tree.field(part, 'value') : part;
    if (key >= 0 && value >= 0) scan.importName(module, tree.textOf(key), tree.textOf(value), part);
  }
}

/** `require('x')`, perhaps with `.y` after it: the binding is an import, not a definition. */
export function isRequire(scan: Scan, value: number): boolean {
  const { tree } = scan;
  let at = value;
  while (at >= 0 && tree.kind(at) === 'member_expression') at = tree.field(at, 'object');
  if (at < 0 || tree.kind(at) !== 'call_expression') return false;
  const callee = tree.field(at, 'function');
  return callee >= 0 && tree.kind(callee) === 'identifier' && tree.textOf(callee) === 'require';
}

/** `import('./x').Cart` in doc comments, which names a type of another module. */
export const importsInDocs: Rule = (scan, node) => {
  const text = scan.tree.textOf(node);
  if (!text.startsWith('/**')) return;
  const seen = new Set<string>();
  for (const [, , module = '', name = 'default'] of text.matchAll(
    /\bimport\(\s*(['"])([^'"\n]{1,200})\1\s*\)(?:\s*\.\s*([\w$]+))?/g,
  )) {
    if (!seen.has(`${module} ${name}`)) scan.importName(module, name, null, node);
    seen.add(`${module} ${name}`);
  }
};
