/**
 * PHP, in files that may begin and end as HTML.
 *
 * Classes qualify their members (`Logger.info`); namespaces do not, as packages do not in Java: files say which they are in
 * (`FileLinks.package`). Properties are fields without their `$`, those that a constructor's parameters make are the class's,
 * and `define('NAME', …)` is a constant. Variables outside of classes are no symbols: scripts use them up as they go.
 */
import type { ReferenceKind, SymbolKind } from '../facts.ts';
import type { Scan } from '../scan.ts';
import { none } from '../tree/tree.ts';
import { silence } from './bindings.ts';
import type { GrammarLanguage, Rule } from './language.ts';
import { includedPath, literalText, usedNames } from './php-imports.ts';

interface Head {
  readonly decorators: string[];
  /** First node after attributes. */
  readonly signature: number;
  /** A doc comment between attributes and what they belong to. */
  readonly doc?: number;
}

/** What stands before a declaration: attributes, and comments among them. */
function headOf({ tree }: Scan, node: number): Head {
  const list = tree.field(node, 'attributes');
  if (list < 0) return { decorators: [], signature: none };
  const decorators: string[] = [];
  let doc = none;
  const note = (at: number): void => {
    if (tree.kind(at) === 'comment' && tree.textOf(at).startsWith('/**')) doc = at;
  };
  for (const group of tree.namedChildren(list)) {
    note(group);
    for (const attribute of tree.namedChildren(group)) {
      const [name = none] = tree.kind(attribute) === 'attribute' ? tree.namedChildren(attribute) : [];
      if (name >= 0) decorators.push(tree.textOf(name).replace(/^\\/, ''));
    }
  }
  let signature = tree.nextSibling(list);
  for (; signature >= 0 && tree.kind(signature) === 'comment'; signature = tree.nextSibling(signature)) note(signature);
  return doc < 0 ? { decorators, signature } : { decorators, signature, doc };
}

/** Whether a member is for everybody: the first word that says so and is not about writing alone, `private(set)`. */
function isPublic({ tree }: Scan, declaration: number): boolean {
  for (const child of tree.namedChildren(declaration)) {
    if (tree.kind(child) !== 'visibility_modifier' || tree.child(child, "'('") >= 0) continue;
    const after = tree.nextSibling(child);
    if (after >= 0 && tree.kind(after) === "'('") continue;
    return tree.textOf(child).toLowerCase() === 'public';
  }
  return true;
}

const definitionOf =
  (kind: SymbolKind): Rule =>
  (scan, node) => {
    const { tree } = scan;
    const name = tree.field(node, 'name');
    const isConstructor = kind === 'method' && name >= 0 && tree.textOf(name).toLowerCase() === '__construct';
    scan.define({
      kind: isConstructor ? 'constructor' : kind,
      name,
      node,
      body: tree.field(node, 'body'),
      exported: kind === 'method' ? isPublic(scan, node) : !scan.insideCallable,
      ...headOf(scan, node),
    });
  };

/** The name of a variable without its `$`. */
function plainName({ tree }: Scan, variable: number): number {
  return variable >= 0 && tree.kind(variable) === 'variable_name' ? tree.child(variable, 'name') : none;
}

/** What all elements of one declaration share: `const A = 1, B = 2`. */
interface Shared {
  readonly declaration: number;
  readonly exported: boolean;
  readonly head: Head;
  /** The list of hooks of a property, or `none`. */
  readonly hooks: number;
  /** Broken: parts of it may belong to something else, so an element vouches for itself alone. */
  readonly torn: boolean;
}

/** Of the declaration last met: a long one would else be read for each of its elements. */
const lastShared = new WeakMap<Scan, Shared>();

function sharedBy(scan: Scan, declaration: number): Shared {
  let shared = lastShared.get(scan);
  if (shared?.declaration !== declaration) {
    const { tree } = scan;
    const torn = !tree.kind(declaration).endsWith('_declaration') || tree.child(declaration, 'ERROR') >= 0;
    const hooks = torn ? none : tree.child(declaration, 'property_hook_list');
    shared = { declaration, exported: isPublic(scan, declaration), head: headOf(scan, declaration), hooks, torn };
    lastShared.set(scan, shared);
  }
  return shared;
}

/** Whether an element is all that its declaration declares: it may hold more definitions then. */
function isAlone({ tree }: Scan, element: number): boolean {
  const after = tree.nextSibling(element);
  if (after >= 0 && tree.kind(after) === "','") return false;
  const declaration = tree.parent(element);
  const kind = tree.kind(element);
  for (let child = tree.firstChild(declaration); child >= 0; child = tree.nextSibling(child)) {
    if (tree.kind(child) === kind) return child === element;
  }
  return true;
}

const constantElement: Rule = (scan, node) => {
  const { tree } = scan;
  const declaration = tree.parent(node);
  const { exported, head, torn } = sharedBy(scan, declaration);
  const [name = none, value = none] = tree.namedChildren(node);
  const leaf = !isAlone(scan, node);
  scan.define({ kind: 'constant', name, node: torn ? node : declaration, leaf, value, exported, ...head });
};

const propertyElement: Rule = (scan, node) => {
  const { tree } = scan;
  const declaration = tree.parent(node);
  const { exported, head, hooks, torn } = sharedBy(scan, declaration);
  scan.define({
    kind: hooks < 0 ? 'field' : 'property',
    name: plainName(scan, tree.field(node, 'name')),
    node: torn ? node : declaration,
    leaf: !isAlone(scan, node),
    value: tree.field(node, 'default_value'),
    exported,
    ...(hooks < 0 ? {} : { body: hooks }),
    ...head,
  });
};

/** A parameter of a constructor that is a property as well. */
const promotion: Rule = (scan, node) => {
  const { tree } = scan;
  const owner = scan.symbols[scan.enclosing];
  const holder = owner?.kind === 'constructor' ? scan.symbols[owner.parent] : undefined;
  scan.define({
    kind: 'field',
    name: plainName(scan, tree.field(node, 'name')),
    node,
    leaf: true,
    value: tree.field(node, 'default_value'),
    exported: isPublic(scan, node),
    ...(holder === undefined ? {} : { qualifier: holder.qualifiedName }),
    ...headOf(scan, node),
  });
};

const enumCase: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  scan.define({
    kind: 'enum-member',
    name,
    node,
    value: tree.field(node, 'value'),
    exported: true,
    ...headOf(scan, node),
  });
};

/** `self`, `parent` and `static` name no definition. */
const relative = /^(self|parent|static)$/i;

/** Reports what a class's or function's name is used for; the namespace before it is its receiver. */
function referName(scan: Scan, kind: ReferenceKind, node: number): void {
  const { tree } = scan;
  const form = node < 0 ? '' : tree.kind(node);
  if (form === 'named_type') referName(scan, kind, tree.firstChild(node));
  else if (form === 'name') {
    if (relative.test(tree.textOf(node))) scan.report(node);
    else scan.refer(kind, node);
  } else if (form === 'qualified_name' || form === 'relative_name') {
    const name = tree.namedChildren(node).at(-1) ?? none;
    const namespace = tree.child(node, 'namespace_name');
    silence(scan, namespace);
    scan.refer(kind, name, namespace);
  }
}

const referAll =
  (kind: ReferenceKind): Rule =>
  (scan, node) => {
    for (const child of scan.tree.namedChildren(node)) referName(scan, kind, child);
  };

const functionCall: Rule = (scan, node) => {
  const { tree } = scan;
  const callee = tree.field(node, 'function');
  const written = callee < 0 ? '' : tree.textOf(callee).slice(0, 20).replace(/^\\/, '');
  if (written === 'define') defineConstant(scan, node);
  else if (written === 'class_alias') defineAlias(scan, node);
  referName(scan, 'call', callee);
};

/** `define('NAME', 1)`. */
function defineConstant(scan: Scan, call: number): void {
  const { tree } = scan;
  const list = tree.field(call, 'arguments');
  const [first = none, second = none] = list < 0 ? [] : tree.namedChildren(list);
  const string = first < 0 ? none : tree.firstChild(first);
  const name = string < 0 ? none : tree.child(string, 'string_content');
  if (name < 0 || !/^\w+$/.test(tree.textOf(name)) || scan.insideCallable) return;
  scan.define({ kind: 'constant', name, node: call, leaf: true, value: second, exported: true });
}

/** `class_alias(Foo::class, 'Old\Foo')`. */
function defineAlias(scan: Scan, call: number): void {
  const { tree } = scan;
  const list = tree.field(call, 'arguments');
  const [, second = none] = list < 0 ? [] : tree.namedChildren(list);
  const string = second < 0 ? none : tree.firstChild(second);
  const text = literalText(tree, string);
  const name = text === null ? none : (tree.namedChildren(string).findLast((part) => isContent(scan, part)) ?? none);
  if (text === null || name < 0 || !/^[\w\\]+$/.test(text)) return;
  const end = tree.end(name);
  const start = tree.start(name) + tree.textOf(name).lastIndexOf('\\') + 1;
  scan.define({ kind: 'type', name: { start, end }, node: call, leaf: true, exported: true });
}

const isContent = ({ tree }: Scan, node: number): boolean => tree.kind(node) === 'string_content';

const methodCall: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  const object = tree.field(node, 'object');
  if (name >= 0 && tree.kind(name) === 'name') scan.refer('call', name, object);
};

const scopedCall: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  const scope = tree.field(node, 'scope');
  if (name >= 0 && tree.kind(name) === 'name') scan.refer('call', name, scope);
  referName(scan, 'use', scope);
};

/** A property of the object itself; of other objects it would say too little. */
const memberAccess: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  const object = tree.field(node, 'object');
  if (name < 0 || tree.kind(name) !== 'name') return;
  if (object >= 0 && tree.textOf(object) === '$this') scan.refer('use', name, object);
  else scan.report(name);
};

const scopedProperty: Rule = (scan, node) => {
  const { tree } = scan;
  const scope = tree.field(node, 'scope');
  scan.refer('use', plainName(scan, tree.field(node, 'name')), scope);
  referName(scan, 'use', scope);
};

const classConstant: Rule = (scan, node) => {
  const { tree } = scan;
  const parts = tree.namedChildren(node);
  const [scope = none] = parts;
  const name = parts.at(-1) ?? none;
  if (parts.length > 1 && tree.kind(name) === 'name') {
    if (tree.textOf(name).toLowerCase() === 'class') scan.report(name);
    else scan.refer('use', name, scope);
  }
  referName(scan, 'use', scope);
};

const binary: Rule = (scan, node) => {
  const { tree } = scan;
  const operator = tree.field(node, 'operator');
  if (operator >= 0 && tree.kind(operator) === "'instanceof'") referName(scan, 'type', tree.field(node, 'right'));
};

const useDeclaration: Rule = (scan, node) => {
  const { tree } = scan;
  silence(scan, node);
  for (const { namespace, name, alias, node: clause } of usedNames(tree, node)) {
    scan.importName(namespace, name, alias, clause);
  }
};

const include: Rule = (scan, node) => {
  const path = includedPath(scan.tree, node);
  if (path !== null) scan.importName(path, '*', null, node);
};

/** A name that stands for a value is a constant's; those between underscores are the language's. */
const name: Rule = (scan, node) => {
  if (!scan.isReported(node) && !/^__\w+__$/.test(scan.tree.textOf(node))) scan.refer('use', node);
};

const reportFirst: Rule = (scan, node) => scan.report(scan.tree.firstChild(node));

const reportNames: Rule = (scan, node) => {
  const { tree } = scan;
  for (const child of tree.namedChildren(node)) if (tree.kind(child) === 'name') scan.report(child);
};

const silent: Rule = (scan, node) => silence(scan, node);

export const php: GrammarLanguage = {
  form: 'grammar',
  code: true,
  name: 'php',
  displayName: 'PHP',
  extensions: ['php', 'phtml', 'php3', 'php4', 'php5', 'php7', 'php8', 'phps', 'phpt'],
  interpreters: ['php'],
  openings: ['<?php'],
  grammar: 'tree-sitter-php.wasm',
  blocks: ['program', 'compound_statement', 'declaration_list', 'enum_declaration_list', 'colon_block', 'switch_block'],
  comments: ['comment'],
  rules: {
    namespace_name: silent,
    namespace_use_declaration: useDeclaration,
    include_expression: include,
    include_once_expression: include,
    require_expression: include,
    require_once_expression: include,
    class_declaration: definitionOf('class'),
    interface_declaration: definitionOf('interface'),
    trait_declaration: definitionOf('trait'),
    enum_declaration: definitionOf('enum'),
    function_definition: definitionOf('function'),
    method_declaration: definitionOf('method'),
    const_element: constantElement,
    property_element: propertyElement,
    property_promotion_parameter: promotion,
    property_hook: reportNames,
    enum_case: enumCase,
    anonymous_function: (scan, node) => scan.holdLocals(node),
    arrow_function: (scan, node) => scan.holdLocals(node),
    base_clause: referAll('inherit'),
    class_interface_clause: referAll('implement'),
    use_declaration: referAll('inherit'),
    use_instead_of_clause: referAll('use'),
    use_as_clause: reportNames,
    named_type: (scan, node) => referName(scan, 'type', node),
    attribute: (scan, node) => referName(scan, 'decorate', scan.tree.firstChild(node)),
    function_call_expression: functionCall,
    member_call_expression: methodCall,
    nullsafe_member_call_expression: methodCall,
    scoped_call_expression: scopedCall,
    object_creation_expression: (scan, node) => {
      const [made = none] = scan.tree.namedChildren(node);
      referName(scan, 'call', made);
    },
    member_access_expression: memberAccess,
    nullsafe_member_access_expression: memberAccess,
    scoped_property_access_expression: scopedProperty,
    class_constant_access_expression: classConstant,
    binary_expression: binary,
    variable_name: reportNames,
    dynamic_variable_name: reportNames,
    argument: (scan, node) => scan.report(scan.tree.field(node, 'name')),
    goto_statement: reportNames,
    named_label_statement: reportFirst,
    qualified_name: (scan, node) => {
      const last = scan.tree.namedChildren(node).at(-1) ?? none;
      if (last >= 0 && !scan.isReported(last)) referName(scan, 'use', node);
    },
    name,
  },
};
