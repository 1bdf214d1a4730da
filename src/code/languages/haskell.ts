/**
 * Haskell. A function is its signature and all of its equations, one definition; what `where` and `let` bind is local. Constructors and
 * fields belong to their type, methods of an instance to `Class.Type`. Exported is what the module's head lists, or everything.
 */
import type { SymbolKind } from '../facts.ts';
import type { Scan } from '../scan.ts';
import { none, type SyntaxTree } from '../tree/tree.ts';
import { bindLocal, isLocal } from './bindings.ts';
import type { GrammarLanguage, Rule } from './language.ts';
import { childOf, kindOf, lastChildOf, maybeUse, textOf, typeName } from './shapes.ts';

const equationKinds = new Set(['function', 'bind']);

/** Node of the name that a signature or equation is for. */
function nameOf(tree: SyntaxTree, node: number): number {
  const name = tree.field(node, 'name');
  if (kindOf(tree, name) === 'prefix_id') return lastChildOf(tree, name, 'operator', 'variable');
  if (name >= 0) return name;
  const infix = childOf(tree, node, 'infix');
  const operator = infix < 0 ? none : tree.field(infix, 'operator');
  return kindOf(tree, operator) === 'infix_id' ? lastChildOf(tree, operator, 'variable') : operator;
}

function instanceOf({ tree }: Scan, node: number): { qualifier?: string } {
  const body = tree.parent(node);
  const around = body < 0 ? none : tree.parent(body);
  if (kindOf(tree, around) !== 'instance') return {};
  const types = tree.field(around, 'patterns');
  const name = /[A-Z][\w.']*/.exec(textOf(tree, types))?.[0];
  const of = textOf(tree, tree.field(around, 'name'));
  return of === '' ? {} : { qualifier: name === undefined ? of : `${of}.${name}` };
}

/** Signature and equations of one name that stand together are one definition. */
const functionGroup: Rule = (scan, node) => {
  const { tree } = scan;
  const name = nameOf(tree, node);
  if (name < 0 || scan.isReported(name)) return;
  if (scan.insideCallable) {
    bindLocal(scan, name);
    return;
  }
  const text = tree.textOf(name);
  const isSignature = tree.kind(node) === 'signature';
  let last = node;
  let first = none;
  for (let at = isSignature ? tree.nextSibling(node) : node; at >= 0; at = tree.nextSibling(at)) {
    const kind = tree.kind(at);
    if (kind === 'comment' || kind === 'haddock' || !tree.isNamed(at)) continue;
    if (!equationKinds.has(kind) || textOf(tree, nameOf(tree, at)) !== text) break;
    if (first < 0) first = at;
    scan.report(nameOf(tree, at));
    last = at;
  }
  const match = first < 0 ? none : tree.field(first, 'match');
  const body = isSignature ? first : match;
  const inClass = scan.enclosingKind === 'trait' || instanceOf(scan, node).qualifier !== undefined;
  const isCallable =
    first < 0 || tree.kind(first) === 'function' || isSignature
      ? /->|→|=>/.test(isSignature ? tree.textOf(node) : '->')
      : false;
  const kind: SymbolKind = inClass ? 'method' : isCallable || isAction(tree, node) ? 'function' : 'variable';
  scan.define({
    kind,
    name,
    node: last,
    first: node,
    signature: node,
    ...(body < 0 ? {} : { body }),
    exported: true,
    ...instanceOf(scan, node),
  });
};

/** `main :: IO ()` is called, though it takes nothing. */
const isAction = (tree: SyntaxTree, node: number): boolean =>
  tree.kind(node) === 'signature' && /::\s*(\w+\.)*\w*IO\b/.test(tree.textOf(node));

const dataType =
  (kind: SymbolKind): Rule =>
  (scan, node) => {
    const { tree } = scan;
    const name = tree.field(node, 'name');
    scan.define({ kind, name, node, body: childOf(tree, node, 'class_declarations'), exported: true });
    if (kind === 'trait') scan.report(name);
  };

const constructor: Rule = (scan, node) => {
  const { tree } = scan;
  const form = kindOf(tree, node) === 'newtype_constructor' ? node : tree.field(node, 'constructor');
  const name = form < 0 ? none : tree.field(form, 'name');
  if (kindOf(tree, name) === 'constructor')
    scan.define({ kind: 'enum-member', name, node, leaf: true, exported: true });
};

const moduleName = (tree: SyntaxTree, node: number): string => textOf(tree, node).replaceAll(/\s/g, '');

const importDeclaration: Rule = (scan, node) => {
  const { tree } = scan;
  const module = moduleName(tree, tree.field(node, 'module'));
  const aliasNode = tree.field(node, 'alias');
  const alias = aliasNode < 0 ? null : moduleName(tree, aliasNode);
  const list = tree.field(node, 'names');
  const isHiding = tree.child(node, "'hiding'") >= 0;
  const end = tree.next(node);
  for (let at = node; at < end; at++) scan.report(at);
  if (module === '') return;
  if (list < 0 || isHiding || alias !== null) scan.importName(module, '*', alias, node);
  if (list < 0 || isHiding) return;
  for (const one of tree.namedChildren(list)) {
    const name = childOf(tree, one, 'variable', 'name', 'prefix_id');
    if (name < 0) continue;
    const written = tree.textOf(name).replaceAll(/[()\s]/g, '');
    scan.importName(module, written, written, one);
  }
};

const lastModule = (tree: SyntaxTree, qualified: number): number =>
  lastChildOf(tree, tree.field(qualified, 'module'), 'module_id');

/** The function of an application: `f` in `f x y`. */
const application: Rule = (scan, node) => {
  const { tree } = scan;
  const callee = tree.field(node, 'function');
  if (kindOf(tree, callee) === 'qualified') {
    scan.refer('call', tree.field(callee, 'id'), lastModule(tree, callee));
    return;
  }
  const kind = kindOf(tree, callee);
  if (kind === 'constructor') scan.refer('call', callee);
  if (kind === 'variable' && !isLocal(scan, callee)) scan.refer('call', callee);
};

const constructorUse: Rule = (scan, node) => {
  if (!scan.isReported(node)) scan.refer('use', node);
};

const exportsOf = new WeakMap<Scan, Set<string>>();

export const haskell: GrammarLanguage = {
  form: 'grammar',
  code: true,
  name: 'haskell',
  displayName: 'Haskell',
  extensions: ['hs', 'hsc', 'hs-boot'],
  interpreters: ['runghc', 'runhaskell', 'stack'],
  grammar: 'tree-sitter-haskell.wasm',
  optionalPackage: '@cursorless/tree-sitter-wasms',
  blocks: ['haskell', 'declarations', 'class_declarations', 'instance_declarations', 'local_binds', 'do'],
  comments: ['comment', 'haddock'],
  rules: {
    header: (scan, node) => {
      const { tree } = scan;
      const list = tree.field(node, 'exports');
      const end = tree.next(node);
      if (list >= 0) {
        const names = new Set<string>();
        for (let at = list; at < end; at++)
          if (/^(variable|name|operator)$/.test(tree.kind(at))) names.add(tree.textOf(at));
        exportsOf.set(scan, names);
      }
      for (let at = node; at < end; at++) scan.report(at);
    },
    import: importDeclaration,
    class: dataType('trait'),
    data_type: dataType('struct'),
    newtype: dataType('struct'),
    type_synomym: dataType('type'),
    type_family: dataType('type'),
    data_family: dataType('type'),
    data_constructor: constructor,
    newtype_constructor: constructor,
    gadt_constructor: (scan, node) => {
      const name = scan.tree.field(node, 'name');
      if (name >= 0) scan.define({ kind: 'enum-member', name, node, leaf: true, exported: true });
    },
    field: (scan, node) => {
      const { tree } = scan;
      for (const child of tree.namedChildren(node)) {
        const name = tree.kind(child) === 'field_name' ? tree.child(child, 'variable') : none;
        if (name >= 0) scan.define({ kind: 'field', name, node, leaf: true, exported: true });
      }
    },
    instance: (scan, node) => scan.refer('implement', scan.tree.field(node, 'name')),
    signature: functionGroup,
    function: functionGroup,
    bind: functionGroup,
    patterns: (scan, node) => {
      const { tree } = scan;
      const end = tree.next(node);
      for (let at = node + 1; at < end; at++) if (tree.kind(at) === 'variable') bindLocal(scan, at);
    },
    lambda: (scan, node) => {
      const patterns = scan.tree.field(node, 'patterns');
      if (patterns >= 0) scan.holdLocals(node);
    },
    type_params: (scan, node) => {
      for (const child of scan.tree.namedChildren(node)) scan.report(child);
    },
    deriving: (scan, node) => {
      const end = scan.tree.next(node);
      for (let at = node + 1; at < end; at++) if (scan.tree.kind(at) === 'name') scan.refer('implement', at);
    },
    apply: application,
    qualified: (scan, node) => scan.refer('use', scan.tree.field(node, 'id'), lastModule(scan.tree, node)),
    name: typeName,
    constructor: constructorUse,
    variable: maybeUse,
  },
  finish: (scan) => {
    const listed = exportsOf.get(scan);
    if (listed === undefined) return;
    for (const symbol of scan.symbols) {
      const outer = scan.symbols[symbol.parent];
      symbol.exported = listed.has(symbol.name) || (outer?.exported ?? false);
    }
  },
};
