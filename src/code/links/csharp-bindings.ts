/** What C# binds inside members: loops, patterns, exceptions, queries, parameters of lambdas; and what `using` brings. */
import type { LinkBuilder } from './builder.ts';
import { callableName } from './callables.ts';
import { bindParameters, parametersOf } from './csharp-callables.ts';
import { argumentsOf, calledBy, calleeOf, constructed, valueOf } from './csharp-calls.ts';
import { givenOut, givenToLambda } from './csharp-library.ts';
import { namespaceName, typeName, usingName } from './csharp-names.ts';
import { notesOf } from './csharp-notes.ts';
import { declaredType } from './csharp-types.ts';
import type { LinkRule } from './language.ts';

interface Given {
  readonly type?: number;
  readonly value?: number;
}

function bindLocal(links: LinkBuilder, name: number, { type = -1, value = -1 }: Given, scope = links.scope): void {
  if (name < 0) return;
  const text = links.tree.textOf(name);
  links.markUsed(name);
  notesOf(links).locals.add(text);
  links.bind('variable', text, { scope, type, value: type >= 0 ? -1 : value });
}

/** Opens a block for names that are seen in it alone. */
export const block: LinkRule = (links, node) => {
  links.scopeOf(node, 'block');
};

/** Names in brackets take what stands at their places. */
function bindTuple(links: LinkBuilder, pattern: number, value: number, scope: number): void {
  const { tree, expressions } = links;
  let place = 0;
  for (const child of tree.namedChildren(pattern)) {
    if (tree.kind(child) === 'identifier')
      bindLocal(links, child, { value: expressions.element(value, 'subscript', place) }, scope);
    place++;
  }
}

export const foreachStatement: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const scope = links.scopeOf(node, 'block');
  const left = tree.field(node, 'left');
  const type = declaredType(links, tree.field(node, 'type'));
  const value = type >= 0 ? -1 : expressions.element(valueOf(links, tree.field(node, 'right')), 'iterate');
  if (left < 0) return;
  if (tree.kind(left) === 'identifier') bindLocal(links, left, { type, value }, scope);
  else if (tree.kind(left) === 'tuple_pattern') bindTuple(links, left, value, scope);
};

/** `var (a, b) = …;` */
export const tuplePattern: LinkRule = (links, node) => {
  const { tree } = links;
  const parent = tree.parent(node);
  if (parent < 0 || tree.kind(parent) !== 'variable_declarator') return;
  const given = tree.children(parent).at(-1) ?? -1;
  bindTuple(links, node, given === node ? -1 : valueOf(links, given), links.scope);
};

export const catchDeclaration: LinkRule = (links, node) => {
  bindLocal(links, links.tree.field(node, 'name'), { type: links.value(links.tree.field(node, 'type')) });
};

/** What the pattern around a node is held against, as far as that is plain. */
function matched(links: LinkBuilder, pattern: number): number {
  const { tree } = links;
  const parent = tree.parent(pattern);
  if (parent < 0) return -1;
  switch (tree.kind(parent)) {
    case 'is_pattern_expression':
      return valueOf(links, tree.field(parent, 'expression'));
    case 'subpattern': {
      const clause = tree.parent(parent);
      const around = clause < 0 ? -1 : tree.parent(clause);
      const name = tree.firstChild(parent);
      if (around < 0 || name < 0 || tree.kind(name) !== 'identifier') return -1;
      const type = declaredType(links, tree.field(around, 'type'));
      const object = type >= 0 ? links.expressions.instance(type) : matched(links, around);
      return object < 0 ? -1 : links.expressions.member(object, tree.textOf(name));
    }
    default:
      return -1;
  }
}

/** `Foo f`, `var f`, `Foo { … } f`: a condition's names are seen behind it, so an `if` has no block of its own. */
export const pattern: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  if (name < 0 || tree.kind(name) !== 'identifier') return;
  const type = declaredType(links, tree.field(node, 'type'));
  bindLocal(links, name, { type, value: type >= 0 ? -1 : matched(links, node) });
};

/** Members that a pattern looks at, and labels: they mean nothing around them. */
export const firstIsNoUse: LinkRule = (links, node) => {
  const { tree } = links;
  const [first = -1] = tree.namedChildren(node);
  if (first >= 0 && tree.kind(first) === 'identifier') links.markUsed(first);
};

/** `out var x`, `out Foo x`, `(int a, var b) = …`. */
export const declarationExpression: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const name = tree.field(node, 'name');
  const type = declaredType(links, tree.field(node, 'type'));
  const argument = tree.parent(node);
  const list = argument < 0 ? -1 : tree.parent(argument);
  const call = list < 0 ? -1 : tree.parent(list);
  if (type >= 0 || call < 0) {
    bindLocal(links, name, { type });
    return;
  }
  if (tree.kind(list) === 'tuple_expression') {
    const place = tree.namedChildren(list).indexOf(argument);
    const whole = tree.kind(call) === 'assignment_expression' ? valueOf(links, tree.field(call, 'right')) : -1;
    bindLocal(links, name, { value: expressions.element(whole, 'subscript', place) });
    return;
  }
  const called = tree.kind(call) === 'invocation_expression' ? calledBy(links, call) : null;
  const told = called === null ? -1 : givenOut(links, called.object, tree.textOf(called.name));
  const place = argumentsOf(links, call).indexOf(argument);
  const given =
    called === null ? -1 : expressions.element(calleeOf(links, call, called), 'parameter', Math.max(place, 0));
  bindLocal(links, name, { value: expressions.first([given, told]) });
};

/** What a lambda is given at a place by the call that it is passed to, or by the type of what it is assigned to. */
function givenAt(links: LinkBuilder, lambda: number, place: number): number {
  const { tree, expressions } = links;
  const parent = tree.parent(lambda);
  if (parent < 0) return -1;
  if (tree.kind(parent) === 'argument') {
    const list = tree.parent(parent);
    const call = list < 0 ? -1 : tree.parent(list);
    if (call < 0) return -1;
    const at = argumentsOf(links, call).indexOf(parent);
    if (at < 0) return -1;
    if (tree.kind(call) !== 'invocation_expression') {
      const made = /object_creation_expression$/.test(tree.kind(call)) ? constructed(links, call) : -1;
      return expressions.element(expressions.element(made, 'parameter', at), 'parameter', place);
    }
    const called = calledBy(links, call);
    const expected = expressions.element(calleeOf(links, call, called), 'parameter', at);
    const told = called === null ? -1 : givenToLambda(links, called.object, tree.textOf(called.name), place);
    return expressions.first([expressions.element(expected, 'parameter', place), told]);
  }
  let expected = -1;
  if (tree.kind(parent) === 'variable_declarator') {
    const list = tree.parent(parent);
    expected = list < 0 ? -1 : expressions.instance(declaredType(links, tree.field(list, 'type')));
  } else if (tree.kind(parent) === 'assignment_expression') expected = valueOf(links, tree.field(parent, 'left'));
  return expressions.element(expected, 'parameter', place);
}

export const lambda: LinkRule = (links, node) => {
  const { tree } = links;
  const list = tree.field(node, 'parameters');
  const scope = links.scopeOf(node, 'function');
  if (list < 0) return;
  const bindGiven = (name: number, place: number): void => {
    const value = givenAt(links, node, place);
    links.markUsed(name);
    notesOf(links).locals.add(tree.textOf(name));
    // A variable, not a parameter: what is passed there is all that is ever passed.
    links.bind(value >= 0 ? 'variable' : 'parameter', tree.textOf(name), { scope, value });
  };
  if (tree.kind(list) === 'implicit_parameter') {
    bindGiven(list, 0);
    return;
  }
  parametersOf(links, list).forEach((parameter, place) => {
    if (parameter.type >= 0) bindParameters(links, [parameter], scope);
    else bindGiven(parameter.name, place);
  });
};

export const fromClause: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const name = tree.field(node, 'name');
  const type = declaredType(links, tree.field(node, 'type'));
  const source = valueOf(links, tree.children(node).at(-1) ?? -1);
  bindLocal(links, name, { type, value: expressions.element(source, 'iterate') });
};

export const letClause: LinkRule = (links, node) => {
  const { tree } = links;
  bindLocal(links, tree.child(node, 'identifier'), { value: valueOf(links, tree.children(node).at(-1) ?? -1) });
};

export const joinClause: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const [name = -1, source = -1] = tree.namedChildren(node);
  if (name >= 0 && tree.kind(name) === 'identifier') {
    bindLocal(links, name, { value: expressions.element(valueOf(links, source), 'iterate') });
  }
};

export const joinInto: LinkRule = (links, node) => bindLocal(links, links.tree.child(node, 'identifier'), {});

export const usingDirective: LinkRule = (links, node) => {
  const { tree } = links;
  const index = links.importAt(node);
  const alias = links.scan.imports[index]?.alias ?? null;
  for (const name of alias === null ? [usingName] : [alias, typeName(alias, 0)])
    links.bind('import', name, { import: index, scope: links.scope });
  if (tree.child(node, "'global'") >= 0 && alias === null && index >= 0) {
    addToPackage(links, `using ${links.scan.imports[index]?.module ?? ''}`);
  }
  links.skip(node);
};

/** A file may have several namespaces, and say what all files of its project use: one a line. */
function addToPackage(links: LinkBuilder, line: string): void {
  const lines = links.package === null ? [] : links.package.split('\n');
  if (!lines.includes(line)) links.package = [...lines, line].join('\n');
}

/** Levels of namespaces written in each other. */
const maxNamespaces = 16;

export const namespace: LinkRule = (links, node) => {
  const { tree } = links;
  const names: string[] = [];
  for (let at = node, up = 0; at >= 0 && up < maxNamespaces; at = tree.parent(at), up++) {
    if (!/^(file_scoped_)?namespace_declaration$/.test(tree.kind(at))) continue;
    const name = tree.field(at, 'name');
    if (name >= 0) names.unshift(tree.textOf(name).replaceAll(/\s+/g, ''));
  }
  // What is written for a whole file has no block: it is the file's.
  const scope = tree.kind(node) === 'namespace_declaration' ? links.scopeOf(node, 'namespace') : links.scope;
  if (names.length > 0) {
    const whole = names.join('.');
    addToPackage(links, whole);
    links.bind('variable', namespaceName, { scope, value: links.expressions.literal(whole) });
  }
  const name = tree.field(node, 'name');
  if (name >= 0) for (let at = name; at < tree.next(name); at++) links.markUsed(at);
};

/** `nameof(x)` and a method that is passed on: any of the name, whatever they take. */
export const whicheverName = (name: string): string => callableName(name, '?');
