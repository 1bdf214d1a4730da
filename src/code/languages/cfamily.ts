/**
 * What C and C++ share: declarators, structs, macros, includes, calls.
 *
 * The preprocessor is not run: both branches of an `#if` are read, macros are symbols,
 * and what stands between their uses is read as if they were functions. A function that
 * is only declared is a symbol of its own kind: a header is where it is looked for.
 */
import type { SymbolKind } from '../facts.ts';
import type { Scan } from '../scan.ts';
import { none } from '../tree/tree.ts';
import { bindLocal, isLocal, silence } from './bindings.ts';
import type { Rule } from './language.ts';

/** Where a declarator chain ends: the node that is or holds the name. */
const nameKinds = new Set([
  'identifier',
  'field_identifier',
  'type_identifier',
  'qualified_identifier',
  'destructor_name',
  'operator_name',
  'operator_cast',
  'template_function',
  'structured_binding_declarator',
]);

export interface Declarator {
  readonly name: number;
  /** Declares a function, not a pointer to one. */
  readonly isFunction: boolean;
}

/** Follows `*`, `&`, `[]`, `()` and initialisers down to the declared name. */
export function declaratorOf({ tree }: Scan, node: number): Declarator {
  let at = node;
  let isFunction = false;
  while (at >= 0 && !nameKinds.has(tree.kind(at))) {
    const kind = tree.kind(at);
    if (kind === 'function_declarator') isFunction = true;
    else if (kind !== 'parenthesized_declarator' && kind !== 'attributed_declarator') {
      // A pointer inside parentheses: `int (*callback)(int)` declares a variable.
      isFunction = false;
    }
    const inner = tree.field(at, 'declarator');
    at = inner >= 0 ? inner : (tree.namedChildren(at)[0] ?? none);
  }
  return { name: at, isFunction };
}

/** Declarators of a declaration, in order. */
export function declaratorsOf({ tree }: Scan, node: number): number[] {
  return tree.children(node).filter((child) => tree.isField(child, 'declarator'));
}

export function hasWord({ tree }: Scan, node: number, kind: string, word: string): boolean {
  for (let child = tree.firstChild(node); child >= 0; child = tree.nextSibling(child)) {
    if (tree.kind(child) === kind && tree.textOf(child) === word) return true;
  }
  return false;
}

export const isStatic = (scan: Scan, node: number): boolean => hasWord(scan, node, 'storage_class_specifier', 'static');

/** `const` says it of the variable itself only when no pointer stands between. */
export function isConstant(scan: Scan, node: number, declarator: number): boolean {
  const { tree } = scan;
  if (hasWord(scan, node, 'type_qualifier', 'constexpr')) return true;
  const inner = tree.kind(declarator) === 'init_declarator' ? tree.field(declarator, 'declarator') : declarator;
  return inner >= 0 && tree.kind(inner) !== 'pointer_declarator' && hasWord(scan, node, 'type_qualifier', 'const');
}

const include: Rule = (scan, node) => {
  const { tree } = scan;
  const path = tree.field(node, 'path');
  if (path < 0) return;
  const written = tree.textOf(path);
  const isQuoted = written.startsWith('<') || written.startsWith('"');
  scan.importName(isQuoted ? written.slice(1, -1) : written, '*', null, node);
  silence(scan, node);
};

/** Macros over at least this many lines are worth a chunk of their own. */
const macroLines = 4;
/** A macro is shown with its value up to this many units, as `scan.ts` does for constants. */
const shortMacroUnits = 160;

const macroFunction: Rule = (scan, node) => {
  const { tree } = scan;
  const value = tree.field(node, 'value');
  const isLong = value >= 0 && tree.textOf(node).split('\n', macroLines + 1).length > macroLines;
  const body = isLong ? { body: value } : { value: isShort(scan, node) ? none : value };
  scan.define({ kind: 'macro', name: tree.field(node, 'name'), node, ...body, exported: true });
  silence(scan, node);
};

/** The node of a macro holds its line break, so its value would never count as standing on the same line. */
function isShort({ tree }: Scan, node: number): boolean {
  const text = tree.textOf(node).trimEnd();
  return text.length <= shortMacroUnits && !text.includes('\n');
}

/** `#define X` without a value is a guard or a switch: no definition to look for. */
const macroConstant: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  const value = tree.field(node, 'value');
  if (value >= 0) {
    scan.define({ kind: 'constant', name, node, value: isShort(scan, node) ? none : value, exported: true });
  } else if (name >= 0) scan.report(name);
};

/** A macro's name in capitals before parentheses and a body. */
const macroName = /^[A-Z][A-Z0-9_]*$/;

/**
 * `TEST(Suite, Name) {…}`, `SYSCALL_DEFINE(read, …) {…}`: a macro makes the function. Its name is
 * what the macro is given: the second of two plain names, in the first; a single one; or a string.
 *
 * @param list arguments or parameters
 */
export function defineByMacro(scan: Scan, list: number, node: number, first: number, body: number): boolean {
  const { tree } = scan;
  if (list < 0) return false;
  const given = tree.namedChildren(list);
  const [one, two] = given;
  if (one === undefined) return false;
  if (tree.kind(one) === 'string_literal') {
    const content = tree.child(one, 'string_content');
    return scan.define({ kind: 'function', name: content, node, first, signature: first, body, exported: true }) >= 0;
  }
  const plain = /^[A-Za-z_]\w*$/;
  if (!plain.test(tree.textOf(one))) return false;
  const isPair = two !== undefined && given.length === 2 && plain.test(tree.textOf(two));
  const name = isPair ? two : one;
  silence(scan, list);
  const qualifier = isPair ? { qualifier: tree.textOf(one) } : {};
  const extent = { start: tree.start(name), end: tree.end(name) };
  const made = { kind: 'function', name: extent, node, first, signature: first, body, exported: true } as const;
  return scan.define({ ...made, ...qualifier }) >= 0;
}

/** The name of a function definition without a type is a macro's when it is in capitals. */
export function isMacroDefinition({ tree }: Scan, node: number, name: number): boolean {
  return tree.field(node, 'type') < 0 && tree.kind(name) === 'identifier' && macroName.test(tree.textOf(name));
}

/** A macro call without `;` before a block, at the top of a file. */
const expressionStatement: Rule = (scan, node) => {
  const { tree } = scan;
  const parent = tree.parent(node);
  const semicolon = tree.child(node, "';'");
  // One that the parser only expected is empty.
  if (parent < 0 || scan.insideCallable || (semicolon >= 0 && tree.end(semicolon) > tree.start(semicolon))) return;
  const body = tree.nextSibling(node);
  const call = tree.child(node, 'call_expression');
  if (call < 0 || body < 0 || tree.kind(body) !== 'compound_statement') return;
  const macro = tree.field(call, 'function');
  if (macro < 0 || tree.kind(macro) !== 'identifier') return;
  defineByMacro(scan, tree.field(call, 'arguments'), body, node, body);
};

const functionDefinition: Rule = (scan, node) => {
  const { tree } = scan;
  const declarator = tree.field(node, 'declarator');
  const { name } = declaratorOf(scan, declarator);
  if (name < 0) return;
  const body = tree.field(node, 'body');
  if (isMacroDefinition(scan, node, name)) {
    const list = tree.field(declarator, 'parameters');
    if (defineByMacro(scan, list, node, none, body)) {
      scan.refer('call', name);
      return;
    }
  }
  scan.define({ kind: 'function', name, node, body, exported: !isStatic(scan, node) });
};

const declaration: Rule = (scan, node) => {
  const { tree } = scan;
  const declarators = declaratorsOf(scan, node);
  const outside = !scan.insideCallable;
  for (const declarator of declarators) {
    const { name, isFunction } = declaratorOf(scan, declarator);
    if (name < 0 || tree.kind(name) !== 'identifier') continue;
    if (!outside) {
      bindLocal(scan, name);
      continue;
    }
    const kind: SymbolKind = isFunction ? 'function' : isConstant(scan, node, declarator) ? 'constant' : 'variable';
    const value = tree.kind(declarator) === 'init_declarator' ? tree.field(declarator, 'value') : none;
    const leaf = declarators.length > 1;
    scan.define({ kind, name, node, value, leaf, exported: !isStatic(scan, node) });
  }
};

const typeKinds: Readonly<Record<string, SymbolKind>> = {
  struct_specifier: 'struct',
  union_specifier: 'struct',
  class_specifier: 'class',
  enum_specifier: 'enum',
};

/** `typedef struct { … } name;` and `typedef struct name { … } name;` are one definition of `name`. */
export const typeDefinition: Rule = (scan, node) => {
  const { tree } = scan;
  const type = tree.field(node, 'type');
  const body = type < 0 ? none : tree.field(type, 'body');
  const tag = body < 0 ? none : tree.field(type, 'name');
  let merged = false;
  for (const declarator of declaratorsOf(scan, node)) {
    const { name } = declaratorOf(scan, declarator);
    if (name < 0) continue;
    const isPlain = declarator === name;
    const sameName = tag >= 0 && tree.textOf(tag) === tree.textOf(name);
    if (body >= 0 && isPlain && !merged && (tag < 0 || sameName)) {
      merged = true;
      scan.report(type);
      if (tag >= 0) scan.report(tag);
      scan.define({ kind: typeKinds[tree.kind(type)] ?? 'type', name, node, body, exported: true });
    } else scan.define({ kind: 'type', name, node, leaf: true, exported: true });
  }
};

const typeSpecifier: Rule = (scan, node) => {
  const { tree } = scan;
  const body = tree.field(node, 'body');
  if (body < 0 || scan.isReported(node)) return;
  const name = tree.field(node, 'name');
  const kind = typeKinds[tree.kind(node)] ?? 'type';
  if (name >= 0 && tree.kind(name) === 'type_identifier') scan.define({ kind, name, node, body, exported: true });
};

const fieldDeclaration: Rule = (scan, node) => {
  const declarators = declaratorsOf(scan, node);
  const kind = scan.enclosingKind;
  if (kind !== 'struct' && kind !== 'class' && kind !== 'field') return;
  for (const declarator of declarators) {
    const { name } = declaratorOf(scan, declarator);
    scan.define({ kind: 'field', name, node, leaf: declarators.length > 1, exported: true });
  }
};

/** A parameter is local; in an old-style list of names too. */
const parameter: Rule = (scan, node) => {
  const { name } = declaratorOf(scan, scan.tree.field(node, 'declarator'));
  if (name >= 0 && scan.tree.kind(name) === 'identifier') bindLocal(scan, name);
};

const parameterList: Rule = (scan, node) => {
  const { tree } = scan;
  for (const child of tree.namedChildren(node)) if (tree.kind(child) === 'identifier') bindLocal(scan, child);
};

const call: Rule = (scan, node) => {
  const { tree } = scan;
  const callee = tree.field(node, 'function');
  if (callee < 0) return;
  const kind = tree.kind(callee);
  if (kind === 'identifier') {
    if (isLocal(scan, callee)) scan.report(callee);
    else scan.refer('call', callee);
  } else if (kind === 'field_expression') {
    const field = tree.field(callee, 'field');
    if (field >= 0 && tree.kind(field) === 'field_identifier')
      scan.refer('call', field, tree.field(callee, 'argument'));
  }
};

const quiet: Rule = (scan, node) => silence(scan, node);

export const cfamilyBlocks: readonly string[] = [
  'translation_unit',
  'compound_statement',
  'field_declaration_list',
  'enumerator_list',
  'case_statement',
  'preproc_if',
  'preproc_ifdef',
  'preproc_else',
  'preproc_elif',
];

export const cfamilyRules: Readonly<Record<string, Rule>> = {
  preproc_include: include,
  preproc_function_def: macroFunction,
  preproc_def: macroConstant,
  preproc_call: quiet,
  preproc_defined: quiet,
  expression_statement: expressionStatement,
  function_definition: functionDefinition,
  declaration,
  type_definition: typeDefinition,
  struct_specifier: typeSpecifier,
  union_specifier: typeSpecifier,
  enum_specifier: typeSpecifier,
  field_declaration: fieldDeclaration,
  enumerator: (scan, node) => {
    const { tree } = scan;
    scan.define({ kind: 'enum-member', name: tree.field(node, 'name'), node, exported: true });
  },
  parameter_declaration: parameter,
  parameter_list: parameterList,
  call_expression: call,
  attribute_specifier: quiet,
  ms_declspec_modifier: quiet,
  type_identifier: (scan, node) => {
    if (!scan.isReported(node) && !isLocal(scan, node)) scan.refer('type', node);
  },
  identifier: (scan, node) => {
    if (!scan.isReported(node) && !isLocal(scan, node)) scan.refer('use', node);
  },
};
