/** What ECMAScript binds besides functions and classes: declarations, destructuring, assignments, loops, `catch`. */
import type { LinkBuilder } from './builder.ts';
import { declared } from './ecmascript-declared.ts';
import { typeTold } from './ecmascript-docs.ts';
import { assignExport, bindRequired, isExportTarget } from './ecmascript-exports.ts';
import { assignElement, assignMember } from './ecmascript-hanging.ts';
import { firstNamed, isFunction, isWritten, nameNode, unwrapped } from './ecmascript-notes.ts';
import { typeOf } from './ecmascript-types.ts';
import type { LinkRule } from './language.ts';

export interface Given {
  readonly value: number;
  readonly type: number;
  /** `assignment`: the name is bound elsewhere. */
  readonly as: 'parameter' | 'variable' | 'assignment';
  readonly scope: number;
  /** Node after which what was known of the name no longer holds. */
  readonly after: number;
}

/** Patterns that are followed into each other; people write two. */
const maxDepth = 8;

/** Binds what stands on the left. */
export function bindPattern(links: LinkBuilder, node: number, given: Given, depth = 0): void {
  const { tree, expressions } = links;
  if (node < 0 || depth > maxDepth) return;
  const inner = (part: number, value: number): void =>
    bindPattern(
      links,
      part,
      { ...given, value, type: -1, as: given.as === 'parameter' ? 'variable' : given.as },
      depth + 1,
    );
  const whole = (): number => (given.type >= 0 ? expressions.instance(given.type) : given.value);
  switch (tree.kind(node)) {
    case 'identifier':
    case 'shorthand_property_identifier_pattern':
      bindName(links, node, given);
      return;
    case 'member_expression':
      assignMember(links, node, -1, given.value);
      return;
    case 'object_pattern':
    case 'object':
      for (const part of tree.namedChildren(node)) bindProperty(links, part, whole(), inner);
      return;
    case 'array_pattern':
    case 'array': {
      let place = 0;
      for (let part = tree.firstChild(node); part >= 0; part = tree.nextSibling(part)) {
        if (tree.kind(part) === "','") place++;
        else if (tree.kind(part) === 'rest_pattern')
          inner(firstNamed(links, part), expressions.collection('Array', [expressions.element(whole(), 'iterate')]));
        else if (tree.isNamed(part)) inner(part, partOf(links, whole(), place));
      }
      return;
    }
    case 'assignment_pattern':
    case 'object_assignment_pattern': {
      const value = expressions.either([whole(), links.value(tree.field(node, 'right'))]);
      bindPattern(links, tree.field(node, 'left'), { ...given, value: given.type >= 0 ? -1 : value }, depth + 1);
      return;
    }
    case 'rest_pattern':
      bindPattern(links, firstNamed(links, node), given, depth + 1);
      return;
    case 'parenthesized_expression':
    case 'non_null_expression':
    case 'as_expression':
      bindPattern(links, firstNamed(links, node), given, depth + 1);
      return;
    default:
  }
}

function bindProperty(
  links: LinkBuilder,
  part: number,
  whole: number,
  inner: (part: number, value: number) => void,
): void {
  const { tree, expressions } = links;
  const of = (name: number): number => (name < 0 || whole < 0 ? -1 : expressions.member(whole, tree.textOf(name)));
  switch (tree.kind(part)) {
    case 'shorthand_property_identifier_pattern':
    case 'shorthand_property_identifier':
      inner(part, of(part));
      return;
    case 'object_assignment_pattern': {
      const left = tree.field(part, 'left');
      inner(left, expressions.either([of(left), links.value(tree.field(part, 'right'))]));
      return;
    }
    case 'pair_pattern':
    case 'pair': {
      const value = tree.field(part, 'value');
      inner(value, of(nameNode(links, tree.field(part, 'key'))));
      return;
    }
    case 'rest_pattern':
      inner(firstNamed(links, part), whole);
      return;
    default:
  }
}

/** What unpacking gives to a place. */
function partOf(links: LinkBuilder, value: number, place: number): number {
  return links.expressions.element(value, 'iterate', place);
}

function bindName(links: LinkBuilder, name: number, { value, type, as, scope, after }: Given): void {
  const text = links.tree.textOf(name);
  links.narrowings.end(name, after);
  if (as === 'assignment') {
    links.hint(text, { value });
    return;
  }
  links.markUsed(name);
  const symbol = links.symbolAt(name);
  const isField = as === 'parameter' && symbol >= 0;
  // A parameter that is a field as well is bound as one where the class is.
  if (symbol >= 0 && !isField) links.bind('symbol', text, { scope, symbol, value, type });
  else links.bind(as, text, { scope, value, type });
}

/** Scope of a declaration's names: `var` sees no blocks. */
function declarationScope(links: LinkBuilder, declaration: number): number {
  const { tree } = links;
  const isVar = declaration < 0 || tree.kind(declaration) === 'variable_declaration';
  return isVar ? links.nearest(['file', 'namespace', 'function']) : links.scope;
}

export const declarator: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  const value = tree.field(node, 'value');
  const scope = declarationScope(links, tree.parent(node));
  if (name < 0) return;
  if (bindRequired(links, name, value, scope)) return;
  const written = tree.field(node, 'type');
  const isPlain = written < 0 && tree.kind(name) === 'identifier' && !isFunction(links, value);
  const told = isPlain ? { value: -1, type: typeTold(links, node) } : declared(links, typeOf(links, written), written);
  const symbol = links.symbolAt(name);
  const isCallable = symbol >= 0 && /^(function|class)$/.test(links.scan.symbols[symbol]?.kind ?? '');
  const held = told.value >= 0 || isCallable ? told.value : links.value(value);
  const bound = { as: 'variable', scope, after: tree.next(node) } as const;
  if (told.type >= 0 && held >= 0 && isConstant(links, node) && tree.kind(name) === 'identifier') {
    // What never changes is what it was set to, of which its type is only what others may know.
    const type = links.expressions.instance(told.type);
    bindPattern(links, name, { value: links.expressions.first([held, type]), type: -1, ...bound });
  } else bindPattern(links, name, { value: held, type: told.type, ...bound });
};

const isConstant = (links: LinkBuilder, declarator: number): boolean =>
  links.tree.child(links.tree.parent(declarator), "'const'") >= 0;

export const assignment: LinkRule = (links, node) => {
  const { tree } = links;
  const left = unwrapped(links, tree.field(node, 'left'));
  const right = tree.field(node, 'right');
  if (left < 0 || right < 0) return;
  if (isExportTarget(links, left)) {
    assignExport(links, node, left, right);
    return;
  }
  if (isWritten(links, left, 'exports')) return;
  if (tree.kind(left) === 'member_expression') {
    links.narrowings.end(left, tree.next(node));
    const type = isFunction(links, right) ? -1 : typeTold(links, node);
    if (type >= 0) assignMember(links, left, -1, links.expressions.instance(type));
    else assignMember(links, left, right, -1);
    return;
  }
  if (tree.kind(left) === 'subscript_expression') {
    assignElement(links, left, right);
    return;
  }
  bindPattern(links, left, {
    value: links.value(right),
    type: -1,
    as: 'assignment',
    scope: -1,
    after: tree.next(node),
  });
};

/** `a ||= b` */
export const augmentedAssignment: LinkRule = (links, node) => {
  const { tree } = links;
  const left = tree.field(node, 'left');
  const operator = tree.field(node, 'operator');
  if (left < 0 || operator < 0 || !/^(\|\||\?\?|&&)=$/.test(tree.textOf(operator))) return;
  const right = tree.field(node, 'right');
  if (tree.kind(left) === 'identifier') links.hint(tree.textOf(left), { value: links.value(right) });
  else if (tree.kind(left) === 'member_expression') assignMember(links, left, right, -1);
};

/** `for (const x of xs)`, `for (k in o)`. */
export const forInStatement: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const left = tree.field(node, 'left');
  const kind = tree.field(node, 'kind');
  const operator = tree.field(node, 'operator');
  const right = links.value(tree.field(node, 'right'));
  const isOf = operator >= 0 && tree.textOf(operator) === 'of';
  const value = isOf ? expressions.element(right, 'iterate') : expressions.literal('string');
  const isVar = kind >= 0 && isWritten(links, kind, 'var');
  const scope = isVar || kind < 0 ? links.nearest(['file', 'namespace', 'function']) : links.scopeOf(node, 'block');
  const as = kind < 0 ? 'assignment' : 'variable';
  bindPattern(links, left, { value, type: -1, as, scope, after: left });
};

export const forStatement: LinkRule = (links, node) => {
  links.scopeOf(node, 'block');
};

export const catchClause: LinkRule = (links, node) => {
  const scope = links.scopeOf(node, 'block');
  const parameter = links.tree.field(node, 'parameter');
  bindPattern(links, parameter, { value: -1, type: -1, as: 'variable', scope, after: parameter });
};

const lexical = new Set([
  'lexical_declaration',
  'class_declaration',
  'abstract_class_declaration',
  'function_declaration',
  'generator_function_declaration',
  'type_alias_declaration',
  'interface_declaration',
  'enum_declaration',
]);

/** A block is a scope when it declares something; the body of a function is its function's. */
export const block: LinkRule = (links, node) => {
  const { tree } = links;
  const parent = tree.parent(node);
  if (parent >= 0 && tree.isField(node, 'body') && /function|method|_module$|^module$/.test(tree.kind(parent))) return;
  for (let child = tree.firstChild(node); child >= 0; child = tree.nextSibling(child)) {
    if (!lexical.has(tree.kind(child))) continue;
    links.scopeOf(node, 'block');
    return;
  }
};

export const switchBody: LinkRule = (links, node) => {
  links.scopeOf(node, 'block');
};
