/**
 * Lua. A function hangs on the table it is put into (`M.run`, `Basket.add`); the table that a file returns is not told from
 * others. What is `local` at the top of a file is defined, and not exported.
 */
import type { Scan } from '../scan.ts';
import { none } from '../tree/tree.ts';
import { bindLocal } from './bindings.ts';
import type { GrammarLanguage, Rule } from './language.ts';
import { childOf, isDefinedAtTop, kindOf, maybeUse, textOf } from './shapes.ts';

interface Place {
  readonly name: number;
  readonly qualifier: string;
  readonly table: number;
}

/** `a.b:c` → c of `a.b`. */
function placeOf({ tree }: Scan, node: number): Place | null {
  const kind = kindOf(tree, node);
  if (kind === 'identifier') return { name: node, qualifier: '', table: none };
  if (kind !== 'dot_index_expression' && kind !== 'method_index_expression') return null;
  const table = tree.field(node, 'table');
  const name = tree.field(node, kind === 'dot_index_expression' ? 'field' : 'method');
  const written = textOf(tree, table).replaceAll(':', '.').replace(/^_G$/, '');
  return /^[\w.]*$/.test(written) && name >= 0 ? { name, qualifier: written, table } : null;
}

function defineAt(
  scan: Scan,
  place: Place,
  how: { node: number; body?: number; value?: number; isLocal: boolean },
): void {
  const { tree } = scan;
  const { isLocal, ...rest } = how;
  const { name, qualifier, table } = place;
  const isCallable = rest.body !== undefined;
  if (scan.insideCallable && !isCallable) return;
  if (!isCallable && isDefinedAtTop(scan, qualifier === '' ? tree.textOf(name) : `${qualifier}.${tree.textOf(name)}`))
    return;
  const inTable = qualifier !== '';
  scan.define({
    kind: isCallable ? (inTable ? 'method' : 'function') : inTable ? 'field' : 'variable',
    name,
    ...rest,
    leaf: !isCallable && kindOf(tree, rest.value ?? none) !== 'table_constructor',
    exported: !isLocal && !scan.insideCallable,
    ...(inTable ? { qualifier } : {}),
  });
  if (table >= 0 && kindOf(tree, table) === 'identifier') scan.report(table);
}

const functionDeclaration: Rule = (scan, node) => {
  const { tree } = scan;
  const place = placeOf(scan, tree.field(node, 'name'));
  const body = tree.field(node, 'body');
  const end = tree.child(node, "'end'");
  if (place !== null)
    defineAt(scan, place, { node, body: body < 0 ? end : body, isLocal: tree.child(node, "'local'") >= 0 });
};

/** `require("a.b")` → `a.b`. */
function required({ tree }: Scan, call: number): string | null {
  if (kindOf(tree, call) !== 'function_call' || textOf(tree, tree.field(call, 'name')) !== 'require') return null;
  const text = textOf(tree, tree.field(call, 'arguments'));
  return /^\(?\s*["']([^"']+)["']\s*\)?$/.exec(text)?.[1] ?? null;
}

const assignment: Rule = (scan, node) => {
  const { tree } = scan;
  const isLocal = kindOf(tree, tree.parent(node)) === 'variable_declaration';
  const targets = namesIn(scan, childOf(tree, node, 'variable_list'));
  const list = childOf(tree, node, 'expression_list');
  const values = list < 0 ? [] : tree.namedChildren(list);
  targets.forEach((target, at) => {
    const value = values[at] ?? none;
    const module = required(scan, value);
    if (module !== null) {
      const alias = kindOf(tree, target) === 'identifier' ? tree.textOf(target) : null;
      scan.importName(module, '*', alias, value);
      scan.report(tree.field(value, 'name'));
      if (alias !== null) scan.report(target);
      return;
    }
    const place = placeOf(scan, target);
    if (place === null) return;
    const isFunction = kindOf(tree, value) === 'function_definition';
    if (isLocal && scan.insideCallable && !isFunction) bindLocal(scan, target);
    const whole = isLocal ? tree.parent(node) : node;
    const body = isFunction ? bodyOf(scan, value) : none;
    if (isFunction) defineAt(scan, place, { node: targets.length > 1 ? value : whole, body, isLocal });
    else if (isLocal || !scan.insideCallable) defineAt(scan, place, { node: whole, value, isLocal });
  });
};

function bodyOf({ tree }: Scan, definition: number): number {
  const body = tree.field(definition, 'body');
  return body < 0 ? tree.child(definition, "'end'") : body;
}

const namesIn = ({ tree }: Scan, list: number): number[] => (list < 0 ? [] : tree.namedChildren(list));

/** A function in a table that stands at the top: `{ open = function() … end }`. */
const field: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  const value = tree.field(node, 'value');
  if (kindOf(tree, name) !== 'identifier' || tree.child(node, "'['") >= 0) return;
  scan.report(name);
  if (kindOf(tree, value) !== 'function_definition' || scan.insideCallable) return;
  scan.define({ kind: 'method', name, node, body: bodyOf(scan, value), exported: true });
};

export const lua: GrammarLanguage = {
  form: 'grammar',
  code: true,
  name: 'lua',
  displayName: 'Lua',
  extensions: ['lua', 'rockspec', 'wlua', 'nse'],
  fileNames: ['.luacheckrc', '.busted'],
  interpreters: ['lua', 'luajit', 'texlua'],
  grammar: 'tree-sitter-lua.wasm',
  optionalPackage: '@cursorless/tree-sitter-wasms',
  blocks: ['chunk', 'block', 'table_constructor'],
  comments: ['comment'],
  rules: {
    function_declaration: functionDeclaration,
    assignment_statement: assignment,
    variable_declaration: (scan, node) => {
      // `local a, b` without values.
      for (const name of namesIn(scan, scan.tree.child(node, 'variable_list')))
        if (scan.insideCallable) bindLocal(scan, name);
    },
    field,
    function_definition: (scan, node) => scan.holdLocals(node),
    parameters: (scan, node) => {
      for (const name of scan.tree.namedChildren(node))
        if (scan.tree.kind(name) === 'identifier') bindLocal(scan, name);
    },
    for_generic_clause: (scan, node) => {
      for (const name of namesIn(scan, scan.tree.child(node, 'variable_list'))) bindLocal(scan, name);
    },
    for_numeric_clause: (scan, node) => bindLocal(scan, scan.tree.field(node, 'name')),
    function_call: (scan, node) => {
      const place = placeOf(scan, scan.tree.field(node, 'name'));
      const module = required(scan, node);
      if (module !== null && !scan.isReported(scan.tree.field(node, 'name'))) {
        scan.report(scan.tree.field(node, 'name'));
        scan.importName(module, '*', null, node);
      } else if (place !== null) scan.refer('call', place.name, place.table);
    },
    dot_index_expression: (scan, node) => {
      const place = placeOf(scan, node);
      if (place !== null && kindOf(scan.tree, place.table) === 'identifier') scan.useIfKnown(place.name, place.table);
    },
    identifier: (scan, node) => {
      if (!/index_expression$/.test(kindOf(scan.tree, scan.tree.parent(node))) || scan.tree.isField(node, 'table'))
        maybeUse(scan, node);
    },
  },
};
