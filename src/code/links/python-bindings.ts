/** What Python binds besides definitions: assignments, loops, `with`, `except`, patterns, imports. */
import type { LinkBuilder } from './builder.ts';
import type { LinkRule } from './language.ts';
import { lastName, memberScope, notesOf, positional, receiverNamed, stringContent } from './python-notes.ts';
import { classesOf, classOfPattern, dottedName, narrowByCase } from './python-tests.ts';
import { annotation, declared, typeAt, typeOf } from './python-types.ts';
import { entered, iterated } from './python-values.ts';

interface Given {
  readonly value: number;
  readonly type?: number;
  /** Node after which what was known of the target no longer holds. */
  readonly after: number;
  /** Where names are bound, when it is not the function around. */
  readonly scope?: number;
}

/** Patterns that are followed into each other; people write two. */
const maxDepth = 8;

/** Binds what stands on the left. */
function bindTarget(links: LinkBuilder, target: number, given: Given, depth = 0): void {
  const { tree, expressions } = links;
  if (target < 0 || depth > maxDepth) return;
  switch (tree.kind(target)) {
    case 'identifier':
      links.narrowings.end(target, given.after);
      bindName(links, target, given);
      return;
    case 'attribute':
      links.narrowings.end(target, given.after);
      bindMember(links, target, given);
      return;
    case 'subscript':
      addElement(links, tree.field(target, 'value'), 'dict', given.value);
      return;
    case 'pattern_list':
    case 'tuple_pattern':
    case 'list_pattern':
    case 'tuple':
    case 'list':
    case 'as_pattern_target':
    case 'parenthesized_expression': {
      const parts = tree.namedChildren(target);
      if (tree.kind(target) === 'as_pattern_target' || tree.kind(target) === 'parenthesized_expression') {
        bindTarget(links, parts[0] ?? -1, given, depth + 1);
        return;
      }
      parts.forEach((part, index) => {
        bindTarget(links, part, { ...given, value: partOf(links, given.value, index) }, depth + 1);
      });
      return;
    }
    case 'list_splat_pattern': {
      const value = expressions.collection('list', [given.value]);
      bindTarget(links, tree.child(target, 'identifier'), { ...given, value }, depth + 1);
      return;
    }
    default:
  }
}

/** The part of a value that unpacking gives to place `index`. */
function partOf(links: LinkBuilder, value: number, index: number): number {
  const known = links.expressions.list[value];
  if (known?.kind === 'collection' && known.type === 'tuple' && index < known.elements.length) {
    return known.elements[index] as number;
  }
  return links.expressions.element(value, 'iterate', index);
}

function bindName(links: LinkBuilder, name: number, { value, type = -1, scope }: Given): void {
  const { expressions } = links;
  const symbol = links.symbolAt(name);
  const written = links.tree.textOf(name);
  links.markUsed(name);
  const holder = links.nearest(['function', 'class', 'file']);
  const sent = notesOf(links).elsewhere.get(holder)?.get(written);
  const member = symbol >= 0 && links.scan.symbols[symbol]?.kind === 'enum-member';
  // The value of a member of an enumeration is the member.
  const told = member
    ? { value: -1, type: expressions.self('self-type', links.nearest(['class'])) }
    : { value, type: type };
  links.bind(symbol >= 0 ? 'symbol' : 'variable', written, { ...told, symbol, scope: sent ?? scope ?? holder });
}

/** `self.x = …`, `cls.x = …`: a member of the class, set from code. */
function bindMember(links: LinkBuilder, attribute: number, { value, type = -1 }: Given): void {
  const { tree } = links;
  const name = tree.field(attribute, 'attribute');
  if (name < 0) return;
  const symbol = links.symbolAt(name);
  if (symbol >= 0) links.markUsed(name);
  const scope = memberScope(links, attribute);
  if (scope >= 0) links.bind('member', tree.textOf(name), { scope, symbol, value, type });
}

/** `xs.append(v)`, `d[k] = v`: what else the container holds. */
function addElement(links: LinkBuilder, holder: number, type: string, value: number): void {
  const { tree, expressions } = links;
  if (value < 0 || holder < 0 || expressions.list[value]?.kind === 'literal') return;
  const more = expressions.collection(type, [value]);
  if (tree.kind(holder) === 'identifier') {
    // `self[k] = v` asks the class, which is no container of the language's.
    if (receiverNamed(links, tree.textOf(holder)) === null) links.hint(tree.textOf(holder), { value: more });
    return;
  }
  const scope = tree.kind(holder) === 'attribute' ? memberScope(links, holder) : -1;
  const name = scope < 0 ? -1 : tree.field(holder, 'attribute');
  if (name >= 0) links.bind('member', tree.textOf(name), { scope, value: more });
}

/** Methods that put their last argument into the container they are called on. */
const adding = new Set(['append', 'add', 'appendleft', 'insert', 'setdefault', 'put']);

export function addedBy(links: LinkBuilder, call: number): void {
  const { tree } = links;
  const callee = tree.field(call, 'function');
  if (callee < 0 || tree.kind(callee) !== 'attribute' || !adding.has(lastName(links, callee))) return;
  const value = links.value(positional(links, call).at(-1) ?? -1);
  addElement(links, tree.field(callee, 'object'), lastName(links, callee) === 'setdefault' ? 'dict' : 'list', value);
}

/** `isinstance(x, Foo)` of a parameter without annotation: one of the values it may have, beside what nobody says. */
export function testedBy(links: LinkBuilder, call: number): void {
  const { tree } = links;
  const callee = tree.field(call, 'function');
  if (callee < 0 || tree.kind(callee) !== 'identifier' || tree.textOf(callee) !== 'isinstance') return;
  const [subject = -1, classes = -1] = positional(links, call);
  if (subject < 0 || tree.kind(subject) !== 'identifier') return;
  const name = tree.textOf(subject);
  const scope = links.nearest(['function']);
  if (notesOf(links).untyped.get(scope)?.has(name) !== true) return;
  const value = links.expressions.instance(classesOf(links, classes));
  if (value >= 0) links.hint(name, { value });
}

export const assignment: LinkRule = (links, node) => {
  const { tree } = links;
  const left = tree.field(node, 'left');
  if (left < 0) return;
  if (listsNames(links, left, tree.field(node, 'right'))) return;
  const written = tree.field(node, 'type');
  const right = tree.field(node, 'right');
  if (written >= 0 && right >= 0 && /\bTypeAlias$|^_TypeAlias$/.test(tree.textOf(written))) {
    // What stands on the right is a type, also in quotes.
    bindTarget(links, left, { value: typeOf(links, right), after: tree.next(node) });
    return;
  }
  const type = written >= 0 ? annotation(links, written) : commentedType(links, node);
  const told = declared(links, type);
  const value = told.value >= 0 ? told.value : links.value(right);
  bindTarget(links, left, { value, type: told.type, after: tree.next(node) });
};

/** `x = []  # type: List[Foo]`, as it was written before annotations. */
function commentedType(links: LinkBuilder, node: number): number {
  const { text } = links;
  let at = links.tree.end(node);
  while (text[at] === ' ' || text[at] === '\t') at++;
  if (text[at] !== '#') return -1;
  const lineEnd = text.indexOf('\n', at);
  const end = lineEnd < 0 ? text.length : lineEnd;
  const found = /^#\s*type:(?!\s*ignore\b)\s*/.exec(text.slice(at, Math.min(end, at + 200)));
  return found === null ? -1 : typeAt(links, { start: at + found[0].length, end });
}

/** `__all__ = […]` at file level: the names that `import *` takes. */
function listsNames(links: LinkBuilder, left: number, right: number): boolean {
  const { tree } = links;
  if (links.scope !== 0 || tree.kind(left) !== 'identifier' || tree.textOf(left) !== '__all__') return false;
  links.markUsed(left);
  if (right < 0) return true;
  for (let at = right; at < tree.next(right); at++) {
    const content = tree.kind(at) === 'string' ? stringContent(links, at) : -1;
    if (content >= 0) links.export(tree.textOf(content), tree.textOf(content));
  }
  return true;
}

export const augmentedAssignment: LinkRule = (links, node) => {
  const { tree } = links;
  const left = tree.field(node, 'left');
  if (left >= 0) listsNames(links, left, tree.field(node, 'right'));
};

export const namedExpression: LinkRule = (links, node) => {
  const { tree } = links;
  const value = links.value(tree.field(node, 'value'));
  bindTarget(links, tree.field(node, 'name'), { value, after: tree.next(node) });
};

export const forStatement: LinkRule = (links, node) => {
  const { tree } = links;
  const value = iterated(links, links.value(tree.field(node, 'right')));
  const left = tree.field(node, 'left');
  bindTarget(links, left, { value, after: left });
};

/** In a comprehension: its names are its own. */
export const forInClause: LinkRule = (links, node) => {
  const { tree, scope } = links;
  const value = iterated(links, links.value(tree.field(node, 'right')));
  const left = tree.field(node, 'left');
  bindTarget(links, left, { value, after: left, scope });
};

/** `… as x`, in `with`, `except` and patterns. */
export const asPattern: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const parent = tree.parent(node);
  const [subject = -1] = tree.namedChildren(node);
  const kind = parent < 0 ? '' : tree.kind(parent);
  if (kind === 'with_item') {
    const value = entered(links, links.value(subject), isAsync(links, parent));
    bindTarget(links, tree.field(node, 'alias'), { value, after: node });
  } else if (kind === 'except_clause') {
    const value = expressions.instance(classesOf(links, subject));
    const alias = tree.field(node, 'alias');
    bindTarget(links, alias, { value, after: node });
    // The name is gone after the clause, so in it no other clause's exception is meant.
    links.narrowings.add(alias, value, tree.next(node), tree.next(parent));
  } else if (kind === 'case_pattern') {
    const value = expressions.instance(classOfPattern(links, subject));
    bindTarget(links, tree.namedChildren(node)[1] ?? -1, { value, after: node });
  }
};

/** Whether the `with` around an item is asynchronous. */
function isAsync(links: LinkBuilder, item: number): boolean {
  const { tree } = links;
  let at = item;
  while (at >= 0 && tree.kind(at) !== 'with_statement') at = tree.parent(at);
  return at >= 0 && tree.child(at, "'async'") >= 0;
}

export const caseClause: LinkRule = (links, node) => {
  narrowByCase(links, node);
};

/** A name in a pattern: a class or constant with dots or before a bracket, else it is bound. */
export const patternName: LinkRule = (links, node) => {
  const { tree } = links;
  const parent = tree.parent(node);
  const kind = parent < 0 ? '' : tree.kind(parent);
  const parts = tree.namedChildren(node);
  const last = parts.at(-1) ?? -1;
  if (kind === 'class_pattern') links.use('type', last, dottedName(links, node));
  else if (parts.length > 1) links.use('use', last, dottedName(links, node));
  else if (kind === 'case_pattern') bindTarget(links, last, { value: -1, after: node });
  links.skip(node);
};

export const splatPattern: LinkRule = (links, node) => {
  bindTarget(links, links.tree.child(node, 'identifier'), { value: -1, after: node });
};

export const keywordPattern: LinkRule = (links, node) => links.markUsed(links.tree.firstChild(node));

/** `global` and `nonlocal`: names of this function that belong to a scope further out. */
export const elsewhere: LinkRule = (links, node) => {
  const { tree } = links;
  const holder = links.nearest(['function']);
  const isGlobal = tree.kind(node) === 'global_statement';
  const outer = isGlobal || holder < 0 ? 0 : links.nearest(['function'], links.parentOf(holder));
  if (holder >= 0 && outer >= 0) {
    const { elsewhere: sent } = notesOf(links);
    const names = sent.get(holder) ?? new Map<string, number>();
    sent.set(holder, names);
    for (const name of tree.namedChildren(node)) names.set(tree.textOf(name), outer);
  }
  links.skip(node);
};

export const importStatement: LinkRule = (links, node) => {
  const { tree } = links;
  const source = tree.field(node, 'module_name');
  for (const child of tree.namedChildren(node)) {
    if (child === source) continue;
    const index = links.importAt(child);
    const alias = links.scan.imports[index]?.alias ?? null;
    if (alias !== null) links.bind('import', alias, { import: index });
  }
  if (tree.child(node, 'wildcard_import') >= 0 && links.scope === 0) links.passOn(links.importAt(node));
  links.skip(node);
};

/** The first name in something, or -1. */
function firstName(links: LinkBuilder, node: number): number {
  let at = node;
  while (at >= 0 && links.tree.kind(at) !== 'identifier') at = links.tree.firstChild(at);
  return at;
}

/** The names that `def f[T: Bound]` makes. They are bound around the function, where its annotations are read. */
export const typeParameters: LinkRule = (links, node) => {
  const { tree } = links;
  for (const written of tree.namedChildren(node)) {
    const name = firstName(links, written);
    const [, bound = -1] = tree.namedChildren(tree.firstChild(written));
    const value = bound < 0 ? -1 : annotation(links, bound);
    if (name >= 0) links.bind('variable', tree.textOf(name), { value });
  }
  links.skip(node);
};

/** `type Alias = …`. */
export const typeAlias: LinkRule = (links, node) => {
  const { tree } = links;
  const name = firstName(links, tree.field(node, 'left'));
  const right = tree.field(node, 'right');
  if (name >= 0) {
    const symbol = links.symbolAt(name);
    const value = right < 0 ? -1 : annotation(links, right);
    links.bind(symbol >= 0 ? 'symbol' : 'variable', tree.textOf(name), { symbol, value });
  }
  links.skip(node);
};
