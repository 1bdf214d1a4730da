/** What Ruby binds besides definitions: assignments, loops, what is rescued; and what `case` and `is_a?` say of a name. */
import { literalName, argumentsOf as macroArguments } from '../languages/ruby-macros.ts';
import type { LinkBuilder } from './builder.ts';
import type { LinkRule } from './language.ts';
import { useConstant } from './ruby-definitions.ts';
import { bindMethod } from './ruby-methods.ts';
import { argumentsOf, groupScope, lastOf, methodNameOf, noteScope, placeOf, scopeOfLocal } from './ruby-notes.ts';
import { variableName } from './ruby-values.ts';

const maxDepth = 8;

function bindTarget(links: LinkBuilder, target: number, value: number, depth = 0): void {
  const { tree, expressions } = links;
  if (target < 0 || depth > maxDepth) return;
  switch (tree.kind(target)) {
    case 'identifier': {
      const name = tree.textOf(target);
      links.markUsed(target);
      links.narrowings.end(target, target);
      links.bind('variable', name, { scope: scopeOfLocal(links, name), value });
      return;
    }
    case 'instance_variable':
      links.narrowings.end(target, target);
      bindMember(links, variableName(links, target), value);
      return;
    case 'class_variable':
      bindMember(links, tree.textOf(target), value);
      return;
    case 'global_variable':
      links.bind('variable', tree.textOf(target), { scope: 0, value });
      return;
    case 'call':
      assignAttribute(links, target);
      return;
    case 'left_assignment_list':
    case 'destructured_left_assignment':
      tree.namedChildren(target).forEach((part, place) => {
        bindTarget(links, part, partOf(links, value, place), depth + 1);
      });
      return;
    case 'rest_assignment':
      bindTarget(links, tree.namedChildren(target)[0] ?? -1, expressions.literal('Array'), depth + 1);
      return;
    case 'element_reference':
      addElement(links, tree.field(target, 'object'), value);
      return;
    default:
  }
}

function partOf(links: LinkBuilder, value: number, place: number): number {
  const known = links.expressions.list[value];
  if (known?.kind === 'collection' && known.type === 'tuple' && place < known.elements.length) {
    return known.elements[place] as number;
  }
  return links.expressions.element(value, 'iterate', place);
}

/** A variable of the object or the class; of a group of tests where there is no class. */
function bindMember(links: LinkBuilder, name: string, value: number): void {
  const { classScope } = placeOf(links);
  if (classScope >= 0) links.bind('member', name, { scope: classScope, value });
  else links.bind('variable', name, { scope: groupScope(links), value });
}

/** `a.b = c` calls `b=`. */
function assignAttribute(links: LinkBuilder, target: number): void {
  const { tree, expressions } = links;
  const method = tree.field(target, 'method');
  const receiver = tree.field(target, 'receiver');
  if (method < 0 || receiver < 0) return;
  links.use('call', method, expressions.member(links.value(receiver), `${tree.textOf(method)}=`));
}

/** `xs[k] = v`, `xs << v`: what else the container holds. */
export function addElement(links: LinkBuilder, holder: number, value: number): void {
  const { tree, expressions } = links;
  if (holder < 0 || value < 0 || expressions.list[value]?.kind === 'literal') return;
  const more = expressions.collection('Array', [value]);
  const kind = tree.kind(holder);
  if (kind === 'identifier') {
    const name = tree.textOf(holder);
    links.hint(name, { value: more });
  } else if (kind === 'instance_variable' && placeOf(links).classScope >= 0) {
    links.bind('member', variableName(links, holder), { scope: placeOf(links).classScope, value: more });
  }
}

export const assignment: LinkRule = (links, node) => {
  const { tree } = links;
  const left = tree.field(node, 'left');
  const right = tree.field(node, 'right');
  if (left < 0) return;
  const kind = tree.kind(left);
  if (kind === 'constant' || kind === 'scope_resolution') bindConstant(links, left, right);
  else bindTarget(links, left, links.value(right));
};

export const operatorAssignment: LinkRule = (links, node) => {
  const { tree } = links;
  const left = tree.field(node, 'left');
  const operator = tree.field(node, 'operator');
  if (left < 0) return;
  const kind = tree.kind(left);
  if (kind === 'call') {
    // It is read first.
    const method = tree.field(left, 'method');
    const receiver = tree.field(left, 'receiver');
    if (method < 0 || receiver < 0) return;
    const [start, end] = [tree.start(method), tree.end(method)];
    const { expressions } = links;
    const object = links.value(receiver);
    links.markUsed(method);
    links.useAt('call', { start, end }, expressions.member(object, tree.textOf(method)));
    links.useAt('call', { start, end }, expressions.member(object, `${tree.textOf(method)}=`));
    return;
  }
  const isDefault = operator >= 0 && /^(\|\||&&)=$/.test(tree.textOf(operator));
  if (kind === 'constant') bindConstant(links, left, tree.field(node, 'right'));
  else if (isDefault) bindTarget(links, left, links.value(tree.field(node, 'right')));
  else if (kind === 'identifier') links.markUsed(left);
};

function bindConstant(links: LinkBuilder, left: number, right: number): void {
  const { tree } = links;
  const isPath = tree.kind(left) === 'scope_resolution';
  const name = isPath ? tree.field(left, 'name') : left;
  if (name < 0) return;
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  const scope = links.nearest(['file', 'class']);
  const written = isPath ? tree.textOf(left) : tree.textOf(name);
  const kind = symbol < 0 ? null : links.scan.symbols[symbol]?.kind;
  if (kind === 'class' || kind === 'module') {
    links.bind('symbol', written, { symbol, scope });
    bindMade(links, right, symbol);
  } else links.bind(symbol >= 0 ? 'symbol' : 'variable', written, { symbol, scope, value: links.value(right) });
}

/** `Struct.new(:a) do … end`, `Class.new(Base)`: a class all the same. */
function bindMade(links: LinkBuilder, call: number, symbol: number): void {
  const { tree, expressions } = links;
  const receiver = tree.field(call, 'receiver');
  const maker = receiver < 0 ? '' : tree.textOf(receiver);
  const args = argumentsOf(links, call);
  const isPlain = maker === 'Class' || maker === 'Module';
  const bases = isPlain ? args.map((one) => useConstant(links, 'inherit', one)) : [expressions.literal('Struct')];
  for (const base of bases) if (base >= 0) links.describe(symbol, { bases: [base] });
  const block = tree.field(call, 'block');
  // Fields are members also where nothing else is written.
  const scope = links.scopeOf(block < 0 ? call : block, 'class', symbol);
  noteScope(links, scope, block, 'class');
  links.describe(symbol, { scope });
  if (isPlain) return;
  links.within(scope, () => {
    for (const argument of macroArguments(links, call)) {
      const extent = literalName(links, argument);
      if (extent === null) continue;
      const field = links.symbolFrom(extent.start);
      const name = links.text.slice(extent.start, extent.end);
      bindMethod(links, name, field, { node: argument, side: 'object' });
      bindMethod(links, `${name}=`, field, { node: argument, side: 'object' });
      links.describe(field, { results: [expressions.member(expressions.self('self', scope), `@${name}`)] });
    }
  });
}

export const forStatement: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const clause = tree.field(node, 'value');
  const [of = -1] = clause < 0 ? [] : tree.namedChildren(clause);
  bindTarget(links, tree.field(node, 'pattern'), expressions.element(links.value(of), 'iterate'));
};

/** `rescue Foo => error`. */
export const rescueClause: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const variable = tree.field(node, 'variable');
  const target = variable < 0 ? -1 : (tree.namedChildren(variable)[0] ?? -1);
  if (target < 0) return;
  const exceptions = tree.field(node, 'exceptions');
  const types = exceptions < 0 ? [] : tree.namedChildren(exceptions).map((one) => links.value(one));
  const value =
    types.length === 0 ? expressions.literal('StandardError') : expressions.instance(expressions.either(types));
  bindTarget(links, target, value);
};

/** `case x when Foo then x.bar`. */
export const caseStatement: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const subject = tree.field(node, 'value');
  if (subject < 0) return;
  for (const clause of tree.namedChildren(node)) {
    if (tree.kind(clause) !== 'when') continue;
    const types: number[] = [];
    for (const pattern of tree.namedChildren(clause)) {
      const [of = -1] = tree.kind(pattern) === 'pattern' ? tree.namedChildren(pattern) : [];
      if (of >= 0 && /^(constant|scope_resolution)$/.test(tree.kind(of))) types.push(links.value(of));
    }
    const body = tree.field(clause, 'body');
    if (types.length === 0 || body < 0) continue;
    links.narrowings.add(subject, expressions.instance(expressions.either(types)), body, tree.next(body));
  }
};

const tests = /^(is_a\?|kind_of\?|instance_of\?)$/;

/** What a condition says of a name: `x.is_a?(Foo) && …`. */
function saidBy(links: LinkBuilder, condition: number, depth = 0): { subject: number; value: number }[] {
  const { tree, expressions } = links;
  if (condition < 0 || depth > maxDepth) return [];
  const kind = tree.kind(condition);
  if (kind === 'parenthesized_statements') return saidBy(links, lastOf(links, condition), depth + 1);
  if (kind === 'binary') {
    const operator = tree.field(condition, 'operator');
    if (operator < 0 || !/^(&&|and)$/.test(tree.textOf(operator))) return [];
    return [
      ...saidBy(links, tree.field(condition, 'left'), depth + 1),
      ...saidBy(links, tree.field(condition, 'right'), depth + 1),
    ];
  }
  if (kind !== 'call') return [];
  const name = methodNameOf(links, condition);
  const receiver = tree.field(condition, 'receiver');
  const [argument = -1] = argumentsOf(links, condition);
  if (tests.test(name)) return [{ subject: receiver, value: expressions.instance(links.value(argument)) }];
  if (name === '===' && receiver >= 0)
    return [{ subject: argument, value: expressions.instance(links.value(receiver)) }];
  return [];
}

export const conditional: LinkRule = (links, node) => {
  const { tree } = links;
  const body = tree.field(node, 'consequence') >= 0 ? tree.field(node, 'consequence') : tree.field(node, 'body');
  if (body < 0) return;
  for (const { subject, value } of saidBy(links, tree.field(node, 'condition'))) {
    links.narrowings.add(subject, value, body, tree.next(body));
  }
};

/** `x.is_a?(Foo) && x.bar`. */
export const conjunction: LinkRule = (links, node) => {
  const { tree } = links;
  const operator = tree.field(node, 'operator');
  const right = tree.field(node, 'right');
  if (operator < 0 || right < 0) return;
  const written = tree.textOf(operator);
  if (written === '&&' || written === 'and') {
    for (const { subject, value } of saidBy(links, tree.field(node, 'left'))) {
      links.narrowings.add(subject, value, right, tree.next(right));
    }
  } else if (written === '<<') addElement(links, tree.field(node, 'left'), links.value(right));
};

/** `let(:user) { … }`: a name in all that stands below. */
export function bindLet(links: LinkBuilder, call: number, result: number): void {
  const extent = literalName(links, argumentsOf(links, call)[0] ?? -1);
  if (extent === null) return;
  const name = links.text.slice(extent.start, extent.end);
  links.bind('variable', name, { scope: scopeOfLocal(links, name), value: result });
}
