/**
 * Ruby. Modules and classes nest by their names (`module A::B` is `A.B`); methods of an object and of its class share one
 * name. What `Struct.new`, `Class.new` and their like are assigned to is a class.
 *
 * A name without arguments may be a local or a call: it is a call when nothing bound it before, as for Ruby itself. `private`
 * counts wherever it is written, as a word of its own, before a definition or with names.
 */
import type { SymbolKind } from '../facts.ts';
import type { Scan } from '../scan.ts';
import { none } from '../tree/tree.ts';
import { bindLocal, bindWithin, isLocal } from './bindings.ts';
import type { GrammarLanguage, Rule } from './language.ts';
import { argumentsOf, definedBy, literalName } from './ruby-macros.ts';
import { requiredBy } from './ruby-requires.ts';

/** What `private` alone in a body says of definitions after it, by node of the body. */
const hidden = new WeakMap<Scan, Map<number, boolean>>();

function hiddenOf(scan: Scan): Map<number, boolean> {
  const known = hidden.get(scan) ?? new Map<number, boolean>();
  hidden.set(scan, known);
  return known;
}

const isModule = (kind: SymbolKind | null): boolean => kind === 'class' || kind === 'module';

const textOf = (scan: Scan, node: number): string => (node < 0 ? '' : scan.tree.textOf(node));

/** Scope and last name of `A::B::C`, and of a plain constant. */
function partsOf({ tree }: Scan, node: number): { scope: number; name: number; isTop: boolean } {
  if (node < 0 || tree.kind(node) !== 'scope_resolution') return { scope: none, name: node, isTop: false };
  const scope = tree.field(node, 'scope');
  return { scope, name: tree.field(node, 'name'), isTop: scope < 0 };
}

/** The name that everything inside has before its own: of a nested one, its surroundings' too. */
function qualifierOf(scan: Scan, scope: number, isTop: boolean): { qualifier?: string } {
  if (isTop) return { qualifier: '' };
  if (scope < 0) return {};
  const written = scan.tree.textOf(scope).replaceAll(/\s+/g, '');
  const names = written.replace(/^::/, '').split('::').join('.');
  const around = written.startsWith('::') ? undefined : scan.symbols[scan.enclosing]?.qualifiedName;
  return { qualifier: around === undefined || around === '' ? names : `${around}.${names}` };
}

const typeDefinition =
  (kind: SymbolKind): Rule =>
  (scan, node) => {
    const { tree } = scan;
    const written = tree.field(node, 'name');
    const { scope, name, isTop } = partsOf(scan, written);
    if (name < 0) return;
    const superclass = tree.field(node, 'superclass');
    // Comments may stand between the name and the body.
    const body = tree.nextSibling(superclass < 0 ? written : superclass);
    if (scope >= 0) referTo(scan, 'use', scope);
    scan.define({ kind, name, node, body, exported: !scan.insideCallable, ...qualifierOf(scan, scope, isTop) });
    if (superclass >= 0) referTo(scan, 'inherit', tree.namedChildren(superclass)[0] ?? none);
  };

/** Refers to what a constant or the call of one names. */
function referTo(scan: Scan, kind: 'call' | 'inherit' | 'use', node: number): void {
  const { tree } = scan;
  if (node < 0) return;
  const form = tree.kind(node);
  if (form === 'constant') scan.refer(kind, node);
  else if (form === 'scope_resolution') scan.refer(kind, tree.field(node, 'name'), tree.field(node, 'scope'));
}

/** Where the definitions around a place are listed: the body it stands in, or that of the call it is given to. */
function listOf({ tree }: Scan, node: number): { list: number; word: string } {
  const parent = tree.parent(node);
  if (parent < 0 || tree.kind(parent) !== 'argument_list') return { list: parent, word: '' };
  const call = tree.parent(parent);
  const method = call < 0 ? none : tree.field(call, 'method');
  return { list: call < 0 ? none : tree.parent(call), word: method < 0 ? '' : tree.textOf(method) };
}

function isHidden(scan: Scan, node: number): boolean {
  const { list, word } = listOf(scan, node);
  if (word === 'private' || word === 'protected' || word === 'private_class_method') return true;
  return word !== 'public' && (hiddenOf(scan).get(list) ?? false);
}

const methodDefinition: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  if (name < 0) return;
  const isSingleton = tree.kind(node) === 'singleton_method';
  const inModule = isModule(scan.enclosingKind);
  let kind: SymbolKind = inModule || isSingleton ? 'method' : 'function';
  if (inModule && !isSingleton && tree.textOf(name) === 'initialize') kind = 'constructor';
  const parameters = tree.field(node, 'parameters');
  const object = isSingleton ? tree.field(node, 'object') : none;
  const ofConstant = object >= 0 && tree.kind(object) === 'constant' && !isEnclosing(scan, tree.textOf(object));
  scan.define({
    kind,
    name,
    node,
    body: tree.nextSibling(parameters < 0 ? name : parameters),
    // `private` alone says nothing of methods of the class itself.
    exported: !scan.insideCallable && !(isSingleton ? false : isHidden(scan, node)),
    ...(ofConstant ? qualifierOf(scan, object, false) : {}),
  });
  if (object >= 0) scan.report(object);
};

/** Whether a definition around has the name: `def Foo.bar` inside `Foo` is its own. */
function isEnclosing(scan: Scan, name: string): boolean {
  return scan.symbols[scan.enclosing]?.name === name;
}

const parameterList: Rule = (scan, node) => {
  const { tree } = scan;
  for (const child of tree.namedChildren(node)) {
    const name = tree.kind(child) === 'identifier' ? child : tree.field(child, 'name');
    if (name >= 0) bind(scan, name);
  }
};

/** Binds a local of the definition around, or of the file. */
function bind(scan: Scan, name: number): void {
  if (scan.enclosing >= 0) bindLocal(scan, name);
  else bindWithin(scan, name, 0);
}

const assignment: Rule = (scan, node) => {
  const { tree } = scan;
  const left = tree.field(node, 'left');
  if (left < 0) return;
  const kind = tree.kind(left);
  if (kind === 'constant' || kind === 'scope_resolution') {
    defineConstant(scan, node, left);
    return;
  }
  bindTarget(scan, left, 0);
};

/** Patterns in patterns that are followed; people write two. */
const maxPatternDepth = 8;

function bindTarget(scan: Scan, target: number, depth: number): void {
  const { tree } = scan;
  if (target < 0 || depth > maxPatternDepth) return;
  switch (tree.kind(target)) {
    case 'identifier':
      bind(scan, target);
      return;
    case 'left_assignment_list':
    case 'destructured_left_assignment':
    case 'destructured_parameter':
    case 'rest_assignment':
    case 'exception_variable':
      for (const child of tree.namedChildren(target)) bindTarget(scan, child, depth + 1);
      return;
    default:
  }
}

const makers = new Set(['Struct', 'Class', 'Module', 'Data', 'ImmutableStruct', 'Concurrent::ImmutableStruct']);

function defineConstant(scan: Scan, node: number, left: number): void {
  const { tree } = scan;
  const { scope, name, isTop } = partsOf(scan, left);
  if (name < 0 || scan.insideCallable) {
    if (name >= 0) scan.report(name);
    return;
  }
  const right = tree.field(node, 'right');
  const made = right >= 0 && tree.kind(right) === 'call' ? madeBy(scan, right) : null;
  if (scope >= 0) referTo(scan, 'use', scope);
  const common = { name, node, exported: true, ...qualifierOf(scan, scope, isTop) };
  if (made === null) {
    scan.define({ ...common, kind: 'constant', value: right, leaf: true });
    return;
  }
  const index = scan.define({ ...common, kind: made.kind, body: made.body });
  if (index < 0) return;
  for (const argument of argumentsOf(scan, right)) {
    const extent = literalName(scan, argument);
    if (made.hasFields && extent !== null) defineAccessor(scan, argument, extent);
    else referTo(scan, 'inherit', argument);
  }
}

function madeBy(scan: Scan, call: number): { kind: SymbolKind; body: number; hasFields: boolean } | null {
  const { tree } = scan;
  const receiver = textOf(scan, tree.field(call, 'receiver')).replace(/^::/, '');
  const method = textOf(scan, tree.field(call, 'method'));
  if (!makers.has(receiver) || (method !== 'new' && !(receiver === 'Data' && method === 'define'))) return null;
  const body = tree.field(call, 'block');
  return {
    kind: receiver === 'Module' ? 'module' : 'class',
    body,
    hasFields: receiver !== 'Module' && receiver !== 'Class',
  };
}

function defineAccessor(scan: Scan, node: number, name: { readonly start: number; readonly end: number }): void {
  scan.report(node);
  scan.define({ kind: 'method', name, node, leaf: true, exported: true });
}

const call: Rule = (scan, node) => {
  const { tree } = scan;
  const method = tree.field(node, 'method');
  const receiver = tree.field(node, 'receiver');
  if (method < 0) return;
  const name = tree.textOf(method);
  if (tree.kind(method) === 'super') return;
  if (receiver < 0 && plainCall(scan, node, name)) {
    scan.report(method);
    return;
  }
  if (name === 'new' && receiver >= 0 && /^(constant|scope_resolution)$/.test(tree.kind(receiver))) {
    scan.report(method);
    referTo(scan, 'call', receiver);
    return;
  }
  referToNames(scan, node, name);
  scan.refer('call', method, receiver);
};

/** Calls that are the language's own words. @returns whether it was one */
function plainCall(scan: Scan, node: number, name: string): boolean {
  const required = requiredBy(scan, node, name);
  if (required !== null) {
    scan.importName(required.module, required.name, null, node);
    return true;
  }
  if (!isModule(scan.enclosingKind)) return false;
  if (name === 'include' || name === 'extend' || name === 'prepend') {
    for (const argument of argumentsOf(scan, node)) referTo(scan, 'inherit', argument);
    return true;
  }
  if (/^(private|protected|public|private_class_method|private_constant)$/.test(name)) {
    hideNamed(scan, node, name !== 'public');
    return true;
  }
  const names = definedBy(scan, node, name);
  if (names.length === 0) return false;
  const block = scan.tree.field(node, 'block');
  const exported = !isHidden(scan, node);
  for (const one of names) {
    scan.report(one.node);
    const isBody = name.startsWith('define_') && block >= 0;
    scan.define({ kind: 'method', name: one, node, exported, ...(isBody ? { body: block } : { leaf: true }) });
  }
  return true;
}

/** `private :a, :b`, which may stand behind what it hides. */
function hideNamed(scan: Scan, node: number, isHiding: boolean): void {
  const written = argumentsOf(scan, node);
  if (written.length === 0) hiddenOf(scan).set(scan.tree.parent(node), isHiding);
  const names = new Set<string>();
  for (const argument of written) {
    const extent = literalName(scan, argument);
    if (extent !== null) names.add(scan.text.slice(extent.start, extent.end));
  }
  if (names.size === 0) return;
  const holder = scan.enclosing;
  for (let at = scan.symbols.length - 1; at > holder; at--) {
    const symbol = scan.symbols[at];
    if (symbol?.parent === holder && names.has(symbol.name)) symbol.exported = !isHiding;
  }
}

const byName =
  /^(send|__send__|public_send|method|instance_method|public_method|respond_to\?|try|alias_method|before_action|after_action|around_action|helper_method)$/;

/** Methods that are named by symbols: `send(:run)`, `&method(:run)`. */
function referToNames(scan: Scan, node: number, name: string): void {
  if (!byName.test(name)) return;
  for (const argument of argumentsOf(scan, node).slice(0, 8)) {
    const extent = scan.tree.kind(argument) === 'simple_symbol' ? literalName(scan, argument) : null;
    if (extent !== null) scan.referAt('use', extent);
  }
}

/** `&:run`. */
const blockArgument: Rule = (scan, node) => {
  const symbol = scan.tree.child(node, 'simple_symbol');
  const extent = literalName(scan, symbol);
  if (extent !== null) scan.referAt('call', extent);
};

const aliasDefinition: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  const of = tree.field(node, 'alias');
  if (of >= 0) scan.report(of);
  if (name < 0 || tree.kind(name) === 'global_variable') return;
  const extent = literalName(scan, name) ?? name;
  scan.report(name);
  if (!isModule(scan.enclosingKind)) return;
  scan.define({ kind: 'method', name: extent, node, leaf: true, exported: true });
};

const identifier: Rule = (scan, node) => {
  const { tree } = scan;
  if (scan.isReported(node)) return;
  const written = tree.textOf(node);
  const parent = tree.parent(node);
  if (/^(private|protected|public)$/.test(written) && isModule(scan.enclosingKind)) {
    hiddenOf(scan).set(parent, written !== 'public');
    return;
  }
  if (written === 'module_function' || written.startsWith('__')) return;
  if (!isLocal(scan, node)) scan.refer('call', node);
};

const constant: Rule = (scan, node) => {
  if (!scan.isReported(node)) scan.refer('use', node);
};

/** `A::B`: a type that is used; what stands before it is its receiver. */
const scopeResolution: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  if (name >= 0 && !scan.isReported(name)) scan.refer('use', name, tree.field(node, 'scope'));
};

const bindAll: Rule = (scan, node) => {
  for (const child of scan.tree.namedChildren(node)) bindTarget(scan, child, 0);
};

export const ruby: GrammarLanguage = {
  form: 'grammar',
  code: true,
  name: 'ruby',
  displayName: 'Ruby',
  extensions: ['rb', 'rake', 'gemspec', 'ru', 'rbw', 'podspec', 'jbuilder', 'thor'],
  fileNames: [
    'gemfile',
    'rakefile',
    'guardfile',
    'capfile',
    'vagrantfile',
    'podfile',
    'fastfile',
    'dangerfile',
    'brewfile',
    'thorfile',
    'appraisals',
  ],
  interpreters: ['ruby', 'jruby', 'macruby', 'rake'],
  grammar: 'tree-sitter-ruby.wasm',
  blocks: ['program', 'body_statement', 'block_body', 'begin', 'then', 'else', 'do', 'ensure'],
  comments: ['comment'],
  rules: {
    module: typeDefinition('module'),
    class: typeDefinition('class'),
    method: methodDefinition,
    singleton_method: methodDefinition,
    method_parameters: parameterList,
    block_parameters: parameterList,
    lambda_parameters: parameterList,
    destructured_parameter: bindAll,
    exception_variable: bindAll,
    block_parameter: (scan, node) => {
      const name = scan.tree.field(node, 'name');
      if (name >= 0) bind(scan, name);
    },
    for: (scan, node) => bindTarget(scan, scan.tree.field(node, 'pattern'), 0),
    assignment,
    operator_assignment: assignment,
    left_assignment_list: bindAll,
    keyword_pattern: bindAll,
    as_pattern: (scan, node) => bindTarget(scan, scan.tree.field(node, 'name'), 0),
    call,
    block_argument: blockArgument,
    alias: aliasDefinition,
    undef: (scan, node) => {
      for (const child of scan.tree.namedChildren(node)) scan.report(child);
    },
    identifier,
    constant,
    scope_resolution: scopeResolution,
  },
};
