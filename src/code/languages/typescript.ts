/** TypeScript: ECMAScript with types. TSX is the same language with another grammar (`tsx.ts`). */
import type { Scan, ScannedSymbol } from '../scan.ts';
import { ecmascriptBlocks, ecmascriptComments, ecmascriptRules, field, finishEcmascript } from './ecmascript.ts';
import { declarationOf, isVisible, memberDecorators, nameExtent, referTo } from './ecmascript-names.ts';
import type { GrammarLanguage, Rule } from './language.ts';
import { endMembers } from './typescript-members.ts';

const overload: Rule = (scan, node) => {
  const { outer, exported } = declarationOf(scan, node);
  scan.define({ kind: 'function', name: scan.tree.field(node, 'name'), node: outer, exported, overload: true });
};

const methodSignature: Rule = (scan, node) => {
  if (!isMember(scan, node)) return;
  const name = scan.tree.field(node, 'name');
  const { names, first, signature } = memberDecorators(scan, node);
  const exported = isVisible(scan, node, name);
  const accessor = scan.tree.child(node, "'get'") >= 0 || scan.tree.child(node, "'set'") >= 0;
  scan.define({
    kind: accessor ? 'property' : 'method',
    name: nameExtent(scan, name),
    node,
    first,
    signature,
    decorators: names,
    exported,
    overload: scan.tree.kind(scan.tree.parent(node)) === 'class_body',
  });
};

const propertySignature: Rule = (scan, node) => {
  if (!isMember(scan, node)) return;
  const name = scan.tree.field(node, 'name');
  scan.define({ kind: 'property', name: nameExtent(scan, name), node, exported: true });
};

/** Members of classes, interfaces and aliased object types are named; those of types in passing are not. */
function isMember(scan: Scan, node: number): boolean {
  const { tree } = scan;
  const body = tree.parent(node);
  if (body < 0 || tree.kind(body) !== 'object_type') return true;
  const holder = tree.parent(body);
  return (
    holder >= 0 && (tree.kind(holder) === 'type_alias_declaration' || tree.kind(holder) === 'interface_declaration')
  );
}

/** `constructor(private readonly db: Db)` declares a field. */
const parameterProperty: Rule = (scan, node) => {
  const { tree } = scan;
  const isField = tree.child(node, 'accessibility_modifier') >= 0 || tree.child(node, "'readonly'") >= 0;
  if (!isField || scan.enclosing < 0) return;
  const owner = scan.symbols[scan.enclosing] as ScannedSymbol;
  if (owner.kind !== 'constructor') return;
  const qualifier = owner.qualifiedName.slice(0, -'.constructor'.length);
  const name = tree.field(node, 'pattern');
  scan.define({ kind: 'field', name, node, qualifier, exported: isVisible(scan, node, name) });
};

const interfaceDeclaration: Rule = (scan, node) => {
  const { tree } = scan;
  const { outer, exported } = declarationOf(scan, node);
  const name = tree.field(node, 'name');
  scan.define({ kind: 'interface', name, node: outer, body: tree.field(node, 'body'), exported });
};

const interfaceBases: Rule = (scan, node) => {
  for (const base of scan.tree.namedChildren(node)) referTo(scan, 'inherit', base);
};

const implementsClause: Rule = (scan, node) => {
  for (const base of scan.tree.namedChildren(node)) referTo(scan, 'implement', base);
};

const enumDeclaration: Rule = (scan, node) => {
  const { tree } = scan;
  const { outer, exported } = declarationOf(scan, node);
  const body = tree.field(node, 'body');
  scan.define({ kind: 'enum', name: tree.field(node, 'name'), node: outer, body, exported });
};

const enumBody: Rule = (scan, node) => {
  const { tree } = scan;
  for (const member of tree.namedChildren(node)) {
    const assigned = tree.kind(member) === 'enum_assignment';
    const name = assigned ? tree.field(member, 'name') : member;
    const value = assigned ? tree.field(member, 'value') : -1;
    if (!assigned && tree.kind(member) !== 'property_identifier' && tree.kind(member) !== 'string') continue;
    scan.define({ kind: 'enum-member', name: nameExtent(scan, name), node: member, value, leaf: true, exported: true });
  }
};

const typeAlias: Rule = (scan, node) => {
  const { tree } = scan;
  const { outer, exported } = declarationOf(scan, node);
  scan.define({
    kind: 'type',
    name: tree.field(node, 'name'),
    node: outer,
    value: tree.field(node, 'value'),
    exported,
  });
};

const namespace: Rule = (scan, node) => {
  const { tree } = scan;
  const statement = tree.kind(tree.parent(node)) === 'expression_statement' ? tree.parent(node) : node;
  const { outer, exported } = declarationOf(scan, statement);
  const name = tree.field(node, 'name');
  if (name < 0) return;
  const body = tree.field(node, 'body');
  if (tree.kind(name) !== 'nested_identifier') {
    const kind = tree.kind(name) === 'string' ? 'module' : 'namespace';
    scan.define({ kind, name: nameExtent(scan, name), node: outer, body, exported });
    return;
  }
  const around = scan.enclosing < 0 ? '' : `${(scan.symbols[scan.enclosing] as ScannedSymbol).qualifiedName}.`;
  const qualifier = around + tree.textOf(tree.field(name, 'object'));
  for (let at = name; at < tree.next(name); at++) scan.report(at);
  scan.define({ kind: 'namespace', name: tree.field(name, 'property'), node: outer, body, exported, qualifier });
};

/** Type parameters of the file: locals, though written like types of the outside. */
const typeParameters = new WeakMap<Scan, Set<string>>();

const typeName: Rule = (scan, node) => {
  const locals = typeParameters.get(scan);
  if (locals?.has(scan.tree.textOf(node)) !== true) scan.refer('type', node);
};

const nestedTypeName: Rule = (scan, node) => referTo(scan, 'type', node);

const typeParameter: Rule = (scan, node) => {
  const name = scan.tree.field(node, 'name');
  if (name < 0) return;
  scan.report(name);
  const locals = typeParameters.get(scan);
  if (locals === undefined) typeParameters.set(scan, new Set([scan.tree.textOf(name)]));
  else locals.add(scan.tree.textOf(name));
};

export const typescriptRules: Readonly<Record<string, Rule>> = {
  ...ecmascriptRules,
  abstract_class_declaration: ecmascriptRules.class_declaration as Rule,
  function_signature: overload,
  method_signature: methodSignature,
  abstract_method_signature: methodSignature,
  property_signature: propertySignature,
  public_field_definition: field,
  required_parameter: parameterProperty,
  interface_declaration: interfaceDeclaration,
  extends_type_clause: interfaceBases,
  implements_clause: implementsClause,
  enum_declaration: enumDeclaration,
  enum_body: enumBody,
  type_alias_declaration: typeAlias,
  internal_module: namespace,
  module: namespace,
  type_identifier: typeName,
  nested_type_identifier: nestedTypeName,
  type_parameter: typeParameter,
};

/** Overloads are documented once: the implementation, which comes last, takes the doc of the first. */
function finish(scan: Scan): void {
  finishEcmascript(scan);
  scan.symbols.forEach((symbol, index) => {
    const before = scan.symbols[index - 1];
    if (before === undefined || !before.isOverload || before.qualifiedName !== symbol.qualifiedName) return;
    if (symbol.docEnd > symbol.docStart || before.docEnd <= before.docStart) return;
    symbol.docStart = before.docStart;
    symbol.docEnd = before.docEnd;
  });
}

export const typescriptBlocks = [...ecmascriptBlocks, 'interface_body', 'enum_body', 'object_type'];

export const typescript: GrammarLanguage = {
  name: 'typescript',
  displayName: 'TypeScript',
  extensions: ['ts', 'mts', 'cts'],
  interpreters: ['ts-node', 'tsx', 'deno', 'bun'],
  code: true,
  form: 'grammar',
  grammar: 'tree-sitter-typescript.wasm',
  mask: endMembers,
  blocks: typescriptBlocks,
  comments: ecmascriptComments,
  rules: typescriptRules,
  finish,
};
