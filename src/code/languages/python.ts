/**
 * Python.
 *
 * Module and class level assignments are symbols (constants by their upper case, fields in
 * classes, members in enums), and so are the attributes that `__init__` sets on `self`.
 * Exported is what `__all__` lists or, without one, what has no leading underscore.
 */
import type { SymbolKind } from '../facts.ts';
import type { Scan, ScannedSymbol } from '../scan.ts';
import { none } from '../tree/tree.ts';
import type { GrammarLanguage, Rule } from './language.ts';

function decoratorsOf(scan: Scan, outer: number): string[] {
  const { tree } = scan;
  if (tree.kind(outer) !== 'decorated_definition') return [];
  const names: string[] = [];
  for (const child of tree.namedChildren(outer)) {
    const name = tree.kind(child) === 'decorator' ? decoratorTarget(scan, child) : none;
    if (name >= 0) names.push(tree.textOf(name));
  }
  return names;
}

function decoratorTarget(scan: Scan, decorator: number): number {
  const { tree } = scan;
  const expression = tree.namedChildren(decorator)[0] ?? none;
  return expression >= 0 && tree.kind(expression) === 'call' ? tree.field(expression, 'function') : expression;
}

/** The string that is the first statement of a body. */
function docstringOf(scan: Scan, node: number): { doc?: number } {
  const { tree } = scan;
  const body = tree.field(node, 'body');
  let first = body < 0 ? none : tree.firstChild(body);
  while (first >= 0 && tree.kind(first) === 'comment') first = tree.nextSibling(first);
  if (first < 0 || tree.kind(first) !== 'expression_statement') return {};
  const value = tree.firstChild(first);
  const kind = value < 0 ? '' : tree.kind(value);
  return kind === 'string' || kind === 'concatenated_string' ? { doc: value } : {};
}

const outerOf = (scan: Scan, node: number): number => {
  const parent = scan.tree.parent(node);
  return parent >= 0 && scan.tree.kind(parent) === 'decorated_definition' ? parent : node;
};

const isType = (kind: SymbolKind | null): boolean => kind === 'class' || kind === 'enum';

/** `__init__` is public, `_x` and `__x` are not. */
const isPublic = (name: string): boolean => !name.startsWith('_') || (name.startsWith('__') && name.endsWith('__'));

const propertyDecorator = /(^|\.)(property|cached_property|setter|getter|deleter)$/;

const functionDefinition: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  if (name < 0) return;
  const outer = outerOf(scan, node);
  const decorators = decoratorsOf(scan, outer);
  let kind: SymbolKind = 'function';
  if (isType(scan.enclosingKind)) {
    if (tree.textOf(name) === '__init__') kind = 'constructor';
    else kind = decorators.some((decorator) => propertyDecorator.test(decorator)) ? 'property' : 'method';
  }
  // The colon ends the signature: a comment may stand between it and the body.
  const body = tree.child(node, "':'");
  const exported = isPublic(tree.textOf(name)) && !scan.insideCallable;
  const overload = decorators.some((decorator) => decorator === 'overload' || decorator.endsWith('.overload'));
  const doc = docstringOf(scan, node);
  scan.define({ kind, name, node: outer, signature: node, body, decorators, exported, overload, ...doc });
};

/** Bases whose members are values of the type. */
const enumBase = /(^|\.)(\w*Enum|\w*Flag|TextChoices|IntegerChoices)$/;

const classDefinition: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  if (name < 0) return;
  const outer = outerOf(scan, node);
  const bases = tree.field(node, 'superclasses');
  const isEnum = bases >= 0 && tree.namedChildren(bases).some((base) => enumBase.test(tree.textOf(base).slice(-80)));
  scan.define({
    kind: isEnum ? 'enum' : 'class',
    name,
    node: outer,
    signature: node,
    body: tree.child(node, "':'"),
    decorators: decoratorsOf(scan, outer),
    exported: isPublic(tree.textOf(name)) && !scan.insideCallable,
    ...docstringOf(scan, node),
  });
  if (bases < 0) return;
  for (const base of tree.namedChildren(bases)) {
    if (tree.kind(base) === 'keyword_argument') referTo(scan, 'type', tree.field(base, 'value'));
    else referTo(scan, 'inherit', base);
  }
};

/** Refers to what an expression names: `a`, `a.b`, `a[T]`, `a()`, `(a)`. */
function referTo(scan: Scan, kind: 'call' | 'inherit' | 'type' | 'decorate', node: number): void {
  const { tree } = scan;
  let at = node;
  while (at >= 0) {
    const atKind = tree.kind(at);
    if (atKind === 'subscript') at = tree.field(at, 'value');
    else if (atKind === 'parenthesized_expression') at = tree.namedChildren(at)[0] ?? none;
    else break;
  }
  if (at < 0) return;
  if (tree.kind(at) === 'identifier') scan.refer(kind, at);
  else if (tree.kind(at) === 'attribute') scan.refer(kind, tree.field(at, 'attribute'), tree.field(at, 'object'));
}

const decorator: Rule = (scan, node) => referTo(scan, 'decorate', decoratorTarget(scan, node));

const call: Rule = (scan, node) => referTo(scan, 'call', scan.tree.field(node, 'function'));

const upperCase = /^_*[A-Z][A-Z0-9_]*$/;

const assignment: Rule = (scan, node) => {
  const { tree } = scan;
  const left = tree.field(node, 'left');
  if (left < 0) return;
  const right = tree.field(node, 'right');
  const statement = tree.parent(node);
  const outer = statement >= 0 && tree.kind(statement) === 'expression_statement' ? statement : node;
  const leftKind = tree.kind(left);
  if (leftKind === 'attribute') {
    selfAttribute(scan, left, { outer, right });
    return;
  }
  if (right >= 0 && leftKind === 'identifier' && tree.kind(right) === 'lambda') {
    const kind = isType(scan.enclosingKind) ? 'method' : 'function';
    const exported = isPublic(tree.textOf(left)) && !scan.insideCallable;
    scan.define({ kind, name: left, node: outer, body: tree.field(right, 'body'), exported });
    return;
  }
  const names = leftKind === 'identifier' ? [left] : boundNames(scan, left);
  for (const name of names) {
    if (scan.insideCallable) scan.report(name);
    else defineName(scan, name, { outer, right });
  }
};

function boundNames(scan: Scan, pattern: number): number[] {
  const { tree } = scan;
  const kind = tree.kind(pattern);
  if (kind === 'identifier') return [pattern];
  if (kind !== 'pattern_list' && kind !== 'tuple_pattern' && kind !== 'list_pattern' && kind !== 'list_splat_pattern') {
    return [];
  }
  return tree.namedChildren(pattern).flatMap((part) => boundNames(scan, part));
}

function defineName(scan: Scan, name: number, at: { outer: number; right: number }): void {
  const { tree } = scan;
  const written = tree.textOf(name);
  const { enclosingKind } = scan;
  let kind: SymbolKind = upperCase.test(written) ? 'constant' : 'variable';
  if (enclosingKind === 'enum') kind = written.startsWith('_') ? 'field' : 'enum-member';
  else if (enclosingKind === 'class') kind = 'field';
  scan.define({ kind, name, node: at.outer, value: at.right, leaf: true, exported: isPublic(written) });
}

/** Attributes met already: index of the class and name. */
const selfAttributes = new WeakMap<Scan, Set<string>>();

/** `self.x = …` in `__init__` declares a field of the class, once. */
function selfAttribute(scan: Scan, left: number, at: { outer: number; right: number }): void {
  const { tree } = scan;
  const owner = scan.enclosing < 0 ? undefined : scan.symbols[scan.enclosing];
  if (owner === undefined || owner.kind !== 'constructor' || owner.parent < 0) return;
  const object = tree.field(left, 'object');
  const name = tree.field(left, 'attribute');
  if (object < 0 || name < 0 || tree.textOf(object) !== 'self') return;
  const holder = scan.symbols[owner.parent] as ScannedSymbol;
  const key = `${owner.parent} ${tree.textOf(name)}`;
  const known = selfAttributes.get(scan) ?? new Set();
  if (known.has(key)) return;
  selfAttributes.set(scan, known.add(key));
  const exported = isPublic(tree.textOf(name));
  scan.define({
    kind: 'field',
    name,
    node: at.outer,
    value: at.right,
    leaf: true,
    qualifier: holder.qualifiedName,
    exported,
  });
}

const typeAlias: Rule = (scan, node) => {
  const { tree } = scan;
  const left = tree.field(node, 'left');
  const name = left < 0 ? none : firstIdentifier(scan, left);
  const exported = name >= 0 && isPublic(tree.textOf(name)) && !scan.insideCallable;
  scan.define({ kind: 'type', name, node, value: tree.field(node, 'right'), exported });
};

function firstIdentifier(scan: Scan, node: number): number {
  for (let at = node; at < scan.tree.next(node); at++) if (scan.tree.kind(at) === 'identifier') return at;
  return none;
}

const word = /[A-Za-z_]\w*/g;

/** Types that no file defines: a reference to them would say nothing. */
const builtinTypes = new Set(
  'None bool bytearray bytes complex dict float frozenset int list object set str tuple type'.split(' '),
);

/** Names in an annotation; also in one that is quoted because it looks ahead. */
const annotation: Rule = (scan, node) => {
  const { tree, text } = scan;
  if (tree.kind(tree.parent(node)) === 'type_alias_statement' && tree.isField(node, 'left')) return;
  for (let at = node; at < tree.next(node); at++) {
    const kind = tree.kind(at);
    if (kind === 'attribute') {
      scan.refer('type', tree.field(at, 'attribute'), tree.field(at, 'object'));
      at = tree.next(at) - 1;
    } else if (kind === 'identifier') {
      if (!builtinTypes.has(tree.textOf(at))) scan.refer('type', at);
    } else if (kind === 'string_content' && !scan.isReported(at)) {
      scan.report(at);
      const written = text.slice(tree.start(at), tree.end(at));
      if (!/^[\w.[\], |]+$/.test(written)) continue;
      for (const found of written.matchAll(word)) {
        if (builtinTypes.has(found[0])) continue;
        const start = tree.start(at) + found.index;
        scan.referAt('type', { start, end: start + found[0].length });
      }
    }
  }
};

const importStatement: Rule = (scan, node) => {
  const { tree } = scan;
  for (const child of tree.namedChildren(node)) {
    if (tree.kind(child) === 'dotted_name') {
      const module = tree.textOf(child);
      scan.importName(module, '*', module.split('.')[0] ?? module, child);
    } else if (tree.kind(child) === 'aliased_import') {
      const name = tree.field(child, 'name');
      const alias = tree.field(child, 'alias');
      if (name < 0 || alias < 0) continue;
      scan.report(alias);
      scan.importName(tree.textOf(name), '*', tree.textOf(alias), child);
    }
  }
};

const importFrom: Rule = (scan, node) => {
  const { tree } = scan;
  const source = tree.field(node, 'module_name');
  const module = source < 0 ? '__future__' : tree.textOf(source);
  if (tree.child(node, 'wildcard_import') >= 0) {
    scan.importName(module, '*', null, node);
    return;
  }
  for (const child of tree.namedChildren(node)) {
    if (child === source) continue;
    if (tree.kind(child) === 'dotted_name') {
      const name = tree.textOf(child);
      scan.importName(module, name, name, child);
    } else if (tree.kind(child) === 'aliased_import') {
      const name = tree.field(child, 'name');
      const alias = tree.field(child, 'alias');
      if (name < 0 || alias < 0) continue;
      scan.report(alias);
      scan.importName(module, tree.textOf(name), tree.textOf(alias), child);
    }
  }
};

const augmentedAssignment: Rule = (scan, node) => {
  const left = scan.tree.field(node, 'left');
  if (left >= 0 && scan.tree.textOf(left) === '__all__') scan.report(left);
};

const identifier: Rule = (scan, node) => {
  if (!scan.isReported(node) && !isBinding(scan, node)) scan.useIfKnown(node);
};

function isBinding(scan: Scan, node: number): boolean {
  const { tree } = scan;
  const kind = tree.kind(tree.parent(node));
  switch (kind) {
    case 'parameters':
    case 'lambda_parameters':
    case 'typed_parameter':
    case 'list_splat_pattern':
    case 'dictionary_splat_pattern':
    case 'dotted_name':
    case 'global_statement':
    case 'nonlocal_statement':
      return true;
    case 'default_parameter':
    case 'typed_default_parameter':
    case 'keyword_argument':
      return tree.isField(node, 'name');
    case 'attribute':
      return tree.isField(node, 'attribute');
    default:
      return false;
  }
}

/** `settings.DEBUG`, where the file knows `settings`. */
const attribute: Rule = (scan, node) => {
  const { tree } = scan;
  const object = tree.field(node, 'object');
  if (object < 0 || tree.kind(object) !== 'identifier') return;
  const name = tree.field(node, 'attribute');
  if (name >= 0 && !scan.isReported(name)) scan.useIfKnown(name, object);
};

/** Names that `__all__` lists at the top level, or null when there is none. */
function listedNames(scan: Scan): Set<string> | null {
  const { tree } = scan;
  let names: Set<string> | null = null;
  for (let child = tree.firstChild(0); child >= 0; child = tree.nextSibling(child)) {
    if (tree.kind(child) !== 'expression_statement') continue;
    if (!scan.text.startsWith('__all__', tree.start(child))) continue;
    names ??= new Set();
    for (let at = child; at < tree.next(child); at++) {
      if (tree.kind(at) === 'string_content') names.add(tree.textOf(at));
    }
  }
  return names;
}

function finish(scan: Scan): void {
  const listed = scan.tree.size === 0 ? null : listedNames(scan);
  for (const symbol of scan.symbols) {
    if (symbol.parent >= 0) {
      symbol.exported = symbol.exported && (scan.symbols[symbol.parent] as ScannedSymbol).exported;
    } else if (listed !== null) symbol.exported = listed.has(symbol.name);
  }
}

export const python: GrammarLanguage = {
  name: 'python',
  displayName: 'Python',
  extensions: ['py', 'pyi', 'pyw'],
  fileNames: ['sconstruct', 'sconscript', 'wscript'],
  interpreters: ['python', 'python3', 'python2', 'pypy', 'pypy3'],
  code: true,
  form: 'grammar',
  grammar: 'tree-sitter-python.wasm',
  blocks: ['module', 'block'],
  comments: ['comment'],
  rules: {
    function_definition: functionDefinition,
    class_definition: classDefinition,
    decorator,
    call,
    assignment,
    augmented_assignment: augmentedAssignment,
    type_alias_statement: typeAlias,
    type: annotation,
    import_statement: importStatement,
    import_from_statement: importFrom,
    future_import_statement: importFrom,
    identifier,
    attribute,
  },
  finish,
};
