/**
 * Expressions of Ruby's source as expressions of the graph.
 *
 * What the library's collections give is spelled out beside what a method of the name in the repository would: `first` takes
 * the repository's word before the library's.
 */
import { literalName } from '../languages/ruby-macros.ts';
import type { LinkBuilder } from './builder.ts';
import type { LinkLanguage, ValueRule } from './language.ts';
import { openBlock, resultOf } from './ruby-blocks.ts';
import {
  argumentsOf,
  bodyKinds,
  callableOf,
  describedAs,
  implicit,
  isLocal,
  lastOf,
  methodNameOf,
  ownName,
  placeOf,
  selfValue,
} from './ruby-notes.ts';
import { field, literal } from './value-rules.ts';

const last: ValueRule = (links, node) => links.value(lastOf(links, node));

const identifier: ValueRule = (links, node) => {
  const narrowed = links.narrowings.of(node);
  if (narrowed >= 0) return narrowed;
  const name = links.tree.textOf(node);
  if (isLocal(links, node)) return links.name(name);
  const described = describedAs(links, name);
  if (described >= 0) return described;
  if (name.startsWith('__')) return links.expressions.literal('String');
  return links.expressions.call(implicit(links, name));
};

/** `@x`, of the object or of the class itself. */
const instanceVariable: ValueRule = (links, node) => {
  const narrowed = links.narrowings.of(node);
  return narrowed >= 0 ? narrowed : implicit(links, variableName(links, node));
};

/** Under which name an instance variable is kept. */
export function variableName(links: LinkBuilder, node: number): string {
  const name = links.tree.textOf(node);
  return placeOf(links).side === 'class' && placeOf(links).classScope >= 0 ? ownName(name) : name;
}

const classVariable: ValueRule = (links, node) => {
  const { classScope } = placeOf(links);
  if (classScope < 0) return -1;
  return links.expressions.member(links.expressions.self('self', classScope), links.tree.textOf(node));
};

const streams = new Set(['$stdout', '$stderr', '$stdin', '$PROGRAM_NAME', '$0', '$,', '$/', '$:', '$LOAD_PATH']);

const globalVariable: ValueRule = (links, node) => {
  const name = links.tree.textOf(node);
  if (streams.has(name)) return links.expressions.literal('IO');
  return links.expressions.name(name, 0);
};

const scopeResolution: ValueRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  if (name < 0) return -1;
  const scope = tree.field(node, 'scope');
  if (scope < 0) return links.name(`::${tree.textOf(name)}`);
  return links.expressions.member(links.value(scope), tree.textOf(name));
};

/** What `super` calls, or -1 outside of methods. */
export function superMethod(links: LinkBuilder): number {
  const scope = links.nearest(['function', 'class']);
  const symbol =
    scope < 0 || links.kindOf(scope) !== 'function' ? undefined : links.scan.symbols[links.symbolOf(scope)];
  const { classScope, side } = placeOf(links);
  if (symbol === undefined || classScope < 0) return -1;
  const behind = links.expressions.self('super', classScope);
  return links.expressions.member(behind, side === 'class' ? ownName(symbol.name) : symbol.name);
}

const maxParts = 64;

const array: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const parts = tree.namedChildren(node).slice(0, maxParts);
  return expressions.collection(
    'Array',
    parts.map((one) => links.value(one)),
  );
};

const list: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const parts = tree.namedChildren(node);
  if (parts.some((one) => tree.kind(one) === 'splat_argument')) return expressions.literal('Array');
  return expressions.collection(
    'tuple',
    parts.map((one) => links.value(one)),
  );
};

const hash: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const values = tree
    .namedChildren(node)
    .slice(0, maxParts)
    .map((one) => (tree.kind(one) === 'pair' ? links.value(tree.field(one, 'value')) : -1));
  return expressions.collection('Hash', values);
};

const branches: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  return expressions.either([
    links.value(tree.field(node, 'consequence')),
    links.value(tree.field(node, 'alternative')),
  ]);
};

const cases: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const found: number[] = [];
  for (const child of tree.namedChildren(node)) {
    const kind = tree.kind(child);
    if (kind === 'when' || kind === 'in_clause') found.push(links.value(tree.field(child, 'body')));
    else if (kind === 'else') found.push(last(links, child));
  }
  return expressions.either(found);
};

const operators = new Set(['==', '!=', '<', '>', '<=', '>=', '=~', '!~', '===', 'defined?', '!', 'not']);

const binary: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const operator = tree.field(node, 'operator');
  const written = operator < 0 ? '' : tree.textOf(operator);
  const left = links.value(tree.field(node, 'left'));
  const right = (): number => links.value(tree.field(node, 'right'));
  if (written === '||' || written === 'or') return expressions.either([left, right()]);
  if (written === '&&' || written === 'and') return right();
  if (operators.has(written)) return expressions.literal('Boolean');
  const kind = expressions.list[left]?.kind;
  if (left < 0 || kind === 'literal' || kind === 'collection') return left;
  return expressions.first([expressions.call(expressions.member(left, written)), left]);
};

const unary: ValueRule = (links, node) => {
  const { tree } = links;
  const operator = tree.field(node, 'operator');
  if (operator >= 0 && operators.has(tree.textOf(operator))) return links.expressions.literal('Boolean');
  return links.value(tree.field(node, 'operand'));
};

const elementReference: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const [of = -1, index = -1, more = -1] = tree.namedChildren(node);
  const object = links.value(of);
  if (object < 0) return -1;
  const place = index >= 0 && tree.kind(index) === 'integer' ? Number.parseInt(tree.textOf(index), 10) : -1;
  const isPart = more >= 0 || (index >= 0 && tree.kind(index) === 'range');
  const own = expressions.call(expressions.member(object, '[]'));
  if (isPart) return expressions.first([own, object]);
  return expressions.first([own, expressions.element(object, 'subscript', Number.isSafeInteger(place) ? place : -1)]);
};

const lambda: ValueRule = (links, node) => {
  const body = links.tree.field(node, 'body');
  return body < 0 ? -1 : links.expressions.collection('closure', [resultOf(links, body)]);
};

/** Methods whose argument names another: the name, where it is written out. */
export const sends = /^(send|__send__|public_send)$/;

const kernel: Readonly<Record<string, (links: LinkBuilder, call: number) => number>> = {
  lambda: (links, call) => closure(links, call),
  proc: (links, call) => closure(links, call),
  Array: (links, call) => links.expressions.collection('Array', [links.value(argumentsOf(links, call)[0] ?? -1)]),
  String: (links) => links.expressions.literal('String'),
  Integer: (links) => links.expressions.literal('Integer'),
  Float: (links) => links.expressions.literal('Float'),
  format: (links) => links.expressions.literal('String'),
  sprintf: (links) => links.expressions.literal('String'),
  'block_given?': (links) => links.expressions.literal('Boolean'),
  method: (links, call) => named(links, call, selfValue(links)),
};

function closure(links: LinkBuilder, call: number): number {
  const block = links.tree.field(call, 'block');
  return block < 0 ? -1 : links.expressions.collection('closure', [resultOf(links, block)]);
}

/** The method that the first argument names, of an object. */
function named(links: LinkBuilder, call: number, object: number): number {
  const extent = literalName(links, argumentsOf(links, call)[0] ?? -1);
  if (extent === null) return -1;
  const name = links.text.slice(extent.start, extent.end);
  return object < 0 ? links.name(name) : links.expressions.member(object, name);
}

const call: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const method = tree.field(node, 'method');
  const block = tree.field(node, 'block');
  if (block >= 0) openBlock(links, block);
  const receiver = tree.field(node, 'receiver');
  if (method < 0) return receiver < 0 ? -1 : expressions.call(links.value(receiver));
  if (tree.kind(method) === 'super') return expressions.call(superMethod(links));
  const name = tree.textOf(method);
  if (receiver < 0) {
    const known = Object.hasOwn(kernel, name) ? kernel[name] : undefined;
    if (known !== undefined) return known(links, node);
    if (sends.test(name)) return expressions.call(named(links, node, selfValue(links)));
    return expressions.call(implicit(links, callableOf(links, method)));
  }
  if (name === 'class' && tree.kind(receiver) === 'self') {
    const { classScope, side } = placeOf(links);
    if (side === 'object') return expressions.self('self-type', classScope);
  }
  const object = links.value(receiver);
  if (object < 0) return -1;
  if (sends.test(name)) return expressions.call(named(links, node, object));
  if (name === 'method') return named(links, node, object);
  const written = madeClass(links, node, receiver, name);
  if (written >= 0) return written;
  return expressions.first([expressions.call(expressions.member(object, name)), ofLibrary(links, node, object, name)]);
};

/** A class without a name is as good as what it inherits from. */
function madeClass(links: LinkBuilder, node: number, receiver: number, name: string): number {
  if (name !== 'new' || links.tree.textOf(receiver) !== 'Class') return -1;
  return links.value(argumentsOf(links, node)[0] ?? -1);
}

const same =
  /^(tap|dup|clone|freeze|itself|each|each_pair|select|filter|reject|sort|sort_by|reverse|uniq|compact|to_a|take|drop|shuffle|rotate|push|append|concat|merge|extend|presence|lazy|find_all|compact!|uniq!|sort!|select!|reject!|sort_by!|grep|unshift|instance_eval|tap!)$/;
const one = /^(first|last|find|detect|min_by|max_by|min|max|sample|shift|pop)$/;
const part = /^(fetch|dig|delete|at|delete_at|values_at)$/;

/** What methods of the library's values give. */
function ofLibrary(links: LinkBuilder, node: number, object: number, name: string): number {
  const { tree, expressions } = links;
  const count = argumentsOf(links, node).length;
  if (same.test(name)) return object;
  if (one.test(name)) return count > 0 && name !== 'find' ? object : expressions.element(object, 'iterate');
  if (part.test(name)) return expressions.element(object, 'subscript');
  if (name === 'values') return expressions.collection('Array', [expressions.element(object, 'subscript')]);
  if (name === 'to_s' || name === 'inspect' || name === 'name' || name === 'join') return expressions.literal('String');
  if (/^(is_a\?|kind_of\?|nil\?|respond_to\?|equal\?|frozen\?|empty\?|include\?)$/.test(name)) {
    return expressions.literal('Boolean');
  }
  if (/^(map|collect|flat_map|filter_map)$/.test(name)) {
    const block = tree.field(node, 'block');
    if (block >= 0) return expressions.collection('Array', [resultOf(links, block)]);
    const symbol = blockSymbol(links, node);
    if (symbol === '') return -1;
    const element = expressions.element(object, 'iterate');
    return expressions.collection('Array', [expressions.call(expressions.member(element, symbol))]);
  }
  return -1;
}

/** `run` of a call that is given `&:run`, else `''`. */
export function blockSymbol(links: LinkBuilder, call: number): string {
  const { tree } = links;
  const given = argumentsOf(links, call).at(-1) ?? -1;
  if (given < 0 || tree.kind(given) !== 'block_argument') return '';
  const symbol = tree.child(given, 'simple_symbol');
  return symbol < 0 ? '' : tree.textOf(symbol).slice(1);
}

/** What a call calls, where the call is one. */
export function calleeOf(links: LinkBuilder, node: number): number {
  const { tree, expressions } = links;
  const method = tree.field(node, 'method');
  if (method < 0) return -1;
  if (tree.kind(method) === 'super') return superMethod(links);
  const receiver = tree.field(node, 'receiver');
  const name = methodNameOf(links, node);
  if (receiver < 0) return implicit(links, callableOf(links, method));
  const object = links.value(receiver);
  return expressions.member(object, name);
}

export const values: LinkLanguage['values'] = {
  identifier,
  constant: (links, node) => {
    const narrowed = links.narrowings.of(node);
    return narrowed >= 0 ? narrowed : links.name(links.tree.textOf(node));
  },
  scope_resolution: scopeResolution,
  instance_variable: instanceVariable,
  class_variable: classVariable,
  global_variable: globalVariable,
  self: (links) => selfValue(links),
  super: (links) => links.expressions.call(superMethod(links)),
  call,
  element_reference: elementReference,
  binary,
  unary,
  conditional: branches,
  if: branches,
  unless: branches,
  elsif: branches,
  if_modifier: field('body'),
  unless_modifier: field('body'),
  rescue_modifier: field('body'),
  case: cases,
  case_match: cases,
  ...Object.fromEntries(bodyKinds.map((kind) => [kind, last])),
  assignment: field('right'),
  operator_assignment: field('right'),
  right_assignment_list: list,
  array,
  hash,
  lambda,
  string_array: (links) => links.expressions.collection('Array', [links.expressions.literal('String')]),
  symbol_array: (links) => links.expressions.collection('Array', [links.expressions.literal('Symbol')]),
  string: literal('String'),
  chained_string: literal('String'),
  heredoc_beginning: literal('String'),
  subshell: literal('String'),
  character: literal('String'),
  simple_symbol: literal('Symbol'),
  delimited_symbol: literal('Symbol'),
  integer: literal('Integer'),
  float: literal('Float'),
  rational: literal('Rational'),
  complex: literal('Complex'),
  regex: literal('Regexp'),
  range: literal('Range'),
  true: literal('Boolean'),
  false: literal('Boolean'),
  nil: literal('nil'),
};
