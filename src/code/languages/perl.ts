/**
 * Perl. A `package` names what follows it, to the next one or in its block; `Shop::Cart` is `Shop.Cart`. `our` variables and
 * constants are defined; `my` variables are the file's own affair. Documentation in POD is text.
 */
import type { Scan } from '../scan.ts';
import { none } from '../tree/tree.ts';
import type { GrammarLanguage, Rule } from './language.ts';
import { childOf, kindOf, lastChildOf, textOf } from './shapes.ts';

/** The package that the last statement without a block opened. */
const openPackage = new WeakMap<Scan, string>();

const qualifierOf = (scan: Scan): { qualifier?: string } => {
  const name = openPackage.get(scan);
  return scan.enclosing >= 0 || name === undefined || name === 'main' ? {} : { qualifier: name };
};

const dotted = (name: string): string => name.replaceAll('::', '.').replaceAll(/\s/g, '');

const packageStatement: Rule = (scan, node) => {
  const { tree } = scan;
  const named = tree.child(node, 'package_name');
  const name = named < 0 ? none : lastChildOf(tree, named, 'identifier');
  if (name < 0) return;
  const written = dotted(tree.textOf(named));
  const body = tree.field(node, 'body');
  if (body < 0) openPackage.set(scan, written);
  if (written === 'main') return;
  const dot = written.lastIndexOf('.');
  scan.define({
    kind: body < 0 ? 'module' : 'class',
    name,
    node,
    leaf: body < 0,
    ...(body < 0 ? {} : { body }),
    exported: true,
    qualifier: written.slice(0, Math.max(0, dot)),
  });
};

const subroutine: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  const inPackage = scan.enclosingKind === 'class' || qualifierOf(scan).qualifier !== undefined;
  scan.define({
    kind: inPackage ? 'method' : 'function',
    name,
    node,
    body: tree.field(node, 'body'),
    exported: !textOf(tree, name).startsWith('_'),
    ...qualifierOf(scan),
  });
};

const use: Rule = (scan, node) => {
  const { tree } = scan;
  const named = childOf(tree, node, 'package_name');
  if (named < 0) return;
  const module = tree.textOf(named);
  // Pragmas are part of the language.
  if (/^[a-z]/.test(module)) return;
  const words = childOf(tree, node, 'word_list_qw');
  const names = words < 0 ? [] : tree.namedChildren(words).filter((child) => tree.kind(child) === 'list_item');
  if (names.length === 0) scan.importName(module, '*', null, named);
  for (const name of names) scan.importName(module, tree.textOf(name), tree.textOf(name), name);
};

const variables: Rule = (scan, node) => {
  const { tree } = scan;
  if (scan.insideCallable || textOf(tree, tree.child(node, 'scope')) !== 'our') return;
  const list = tree.child(node, 'array');
  for (const name of tree.namedChildren(list < 0 ? node : list)) {
    if (!/_variable$/.test(tree.kind(name))) continue;
    const start = tree.start(name) + 1;
    scan.define({
      kind: 'variable',
      name: { start, end: tree.end(name) },
      node,
      leaf: true,
      exported: true,
      ...qualifierOf(scan),
    });
  }
};

const parents: Rule = (scan, node) => {
  const { tree } = scan;
  const end = tree.next(node);
  for (let at = node + 1; at < end; at++) {
    const kind = tree.kind(at);
    if (kind !== 'string_single_quoted' && kind !== 'string_double_quoted' && kind !== 'list_item') continue;
    const written = tree.textOf(at);
    const name = /(\w+)["']?$/.exec(written);
    if (name === null || written.startsWith('-')) continue;
    const start = tree.start(at) + name.index;
    scan.referAt('inherit', { start, end: start + (name[1] as string).length });
  }
};

export const perl: GrammarLanguage = {
  form: 'grammar',
  code: true,
  name: 'perl',
  displayName: 'Perl',
  extensions: ['pl', 'pm', 't', 'psgi', 'cgi', 'al'],
  fileNames: ['cpanfile', 'makefile.pl', 'build.pl'],
  interpreters: ['perl'],
  grammar: 'tree-sitter-perl.wasm',
  optionalPackage: '@cursorless/tree-sitter-wasms',
  blocks: ['source_file', 'block'],
  comments: ['comments'],
  rules: {
    package_statement: packageStatement,
    function_definition: subroutine,
    use_no_statement: use,
    require_statement: use,
    use_parent_statement: parents,
    use_constant_statement: (scan, node) =>
      void scan.define({
        kind: 'constant',
        name: scan.tree.field(node, 'constant'),
        node,
        leaf: true,
        value: scan.tree.field(node, 'value'),
        exported: true,
        ...qualifierOf(scan),
      }),
    variable_declaration: variables,
    method_invocation: (scan, node) => {
      const { tree } = scan;
      const object = childOf(tree, node, 'package_name');
      const receiver = object < 0 ? tree.field(node, 'object_return_value') : object;
      const name = tree.field(node, 'function_name');
      if (kindOf(tree, name) === 'identifier') scan.refer('call', name, receiver);
      if (object >= 0) scan.refer('use', lastChildOf(tree, object, 'identifier'));
    },
    call_expression_with_bareword: (scan, node) => {
      const { tree } = scan;
      const name = tree.field(node, 'function_name');
      // A word before `=>` is a string.
      const after = tree.nextSibling(tree.parent(node));
      if (kindOf(tree, after) === 'fat_comma') scan.report(name);
      else if (kindOf(tree, name) === 'identifier') scan.refer('call', name, tree.field(node, 'package_name'));
    },
  },
};
