/**
 * What every language's links must keep, and how tests write links down: shared by the tests beside the languages.
 */
import type { FileFacts } from '../facts.ts';
import { maxOptions } from './expressions.ts';
import { type Expression, type FileLinks, useKinds } from './types.ts';

/** Breaches of what `types.ts` promises, in words; empty when there is none. */
export function violations(bytes: Uint8Array, facts: FileFacts, links: FileLinks): string[] {
  const found: string[] = [];
  const check = (holds: boolean, what: string): void => {
    if (!holds && found.length < 10) found.push(what);
  };
  const inRange = (index: number, list: readonly unknown[]): boolean => index >= -1 && index < list.length;
  const { scopes, bindings, expressions, uses } = links;
  scopes.forEach(({ parent, symbol, span }, index) => {
    check(index === 0 ? parent === -1 : parent >= 0 && parent < index, `scope ${index} has parent ${parent}`);
    check(inRange(symbol, facts.symbols), `scope ${index} is of symbol ${symbol}`);
    check(span.start <= span.end && span.end <= bytes.length, `scope ${index} spans ${span.start}–${span.end}`);
  });
  bindings.forEach((binding) => {
    const { name, scope, symbol, value, type } = binding;
    check(name !== '' && scope >= 0 && scope < scopes.length, `${name} is bound in scope ${scope}`);
    check(inRange(symbol, facts.symbols), `${name} is bound to symbol ${symbol}`);
    check(inRange(binding.import, facts.imports), `${name} is bound to import ${binding.import}`);
    check(inRange(value, expressions) && inRange(type, expressions), `${name} has value ${value}, type ${type}`);
    check(binding.kind !== 'member' || scopes[scope]?.kind === 'class', `member ${name} is not in a class`);
  });
  const heights: number[] = [];
  expressions.forEach((expression, index) => {
    const operands = operandsOf(expression);
    const mayLack = expression.kind === 'member' || expression.kind === 'collection';
    const least = mayLack ? -1 : 0;
    check(
      operands.every((operand) => operand >= least && operand < index),
      `expression ${index} comes before its operands`,
    );
    check(operands.length <= maxOptions + 1, `expression ${index} has ${operands.length} operands`);
    heights.push(1 + Math.max(-1, ...operands.map((operand) => heights[operand] ?? -1)));
    check((heights[index] as number) <= 32, `expression ${index} is ${heights[index]} deep`);
    if ('scope' in expression) check(scopes[expression.scope] !== undefined, `expression ${index} has no scope`);
  });
  let last = 0;
  uses.forEach(({ kind, expression, from, span }) => {
    check(useKinds.includes(kind) && expressions[expression] !== undefined, `a use of expression ${expression}`);
    check(inRange(from, facts.symbols), `a use from symbol ${from}`);
    check(
      span.start >= last && span.start < span.end && span.end <= bytes.length,
      `a use at ${span.start}–${span.end}`,
    );
    last = span.start;
  });
  let lastSymbol = -1;
  for (const { symbol, scope, bases, results, receiver } of links.symbols) {
    check(symbol > lastSymbol && symbol < facts.symbols.length, `links of symbol ${symbol}`);
    check(inRange(scope, scopes) && inRange(receiver, expressions), `symbol ${symbol} has scope ${scope}`);
    check(results.length <= maxOptions, `symbol ${symbol} has ${results.length} results`);
    check(
      [...bases, ...results].every((index) => expressions[index] !== undefined),
      `symbol ${symbol} has unknown bases or results`,
    );
    lastSymbol = symbol;
  }
  check(
    links.passedOn.every((index) => facts.imports[index] !== undefined),
    'an import that does not exist is passed on',
  );
  return found;
}

/** Expressions that an expression is made of. */
function operandsOf(expression: Expression): readonly number[] {
  switch (expression.kind) {
    case 'member':
    case 'element':
      return [expression.object];
    case 'call':
    case 'new':
      return [expression.callee];
    case 'instance':
      return [expression.type];
    case 'applied':
      return [expression.base, ...expression.args];
    case 'either':
    case 'first':
      return expression.options;
    case 'collection':
      return expression.elements;
    default:
      return [];
  }
}

/** An expression in words: `call(app.run)`, `instance(Foo)`; `?` where nothing is known. Scopes are left out. */
export function written(links: FileLinks, index: number): string {
  const expression = links.expressions[index];
  if (expression === undefined) return '?';
  const all = (list: readonly number[]): string => list.map((one) => written(links, one)).join(', ');
  switch (expression.kind) {
    case 'name':
      return expression.name;
    case 'member':
      return `${written(links, expression.object)}.${expression.name}`;
    case 'call':
    case 'new':
      return `${expression.kind}(${written(links, expression.callee)})`;
    case 'instance':
      return `instance(${written(links, expression.type)})`;
    case 'self':
    case 'self-type':
    case 'super':
    case 'object':
      return expression.kind;
    case 'applied':
      return `${written(links, expression.base)}<${all(expression.args)}>`;
    case 'element': {
      const place = expression.index < 0 ? '' : ` ${expression.index}`;
      return `${expression.how}${place}(${written(links, expression.object)})`;
    }
    case 'either':
    case 'first':
      return `${expression.kind}(${all(expression.options)})`;
    case 'collection':
      return `${expression.type}[${all(expression.elements)}]`;
    case 'literal':
      return `'${expression.type}'`;
  }
}

/** Bindings as `scope kind name = value : type`, in order; the scope by its symbol's name or its kind. */
export function bindingLines(facts: FileFacts, links: FileLinks): string[] {
  return links.bindings.map(({ kind, name, scope, value, type }) => {
    const given = value < 0 ? '' : ` = ${written(links, value)}`;
    const told = type < 0 ? '' : ` : ${written(links, type)}`;
    return `${scopeName(facts, links, scope)} ${kind} ${name}${given}${told}`;
  });
}

/** Uses as `from kind expression`, in order. */
export function useLines(facts: FileFacts, links: FileLinks): string[] {
  return links.uses.map(({ kind, expression, from }) => {
    return `${facts.symbols[from]?.qualifiedName ?? 'file'} ${kind} ${written(links, expression)}`;
  });
}

/** Symbols as `name(bases) → results`, with what else is said of them. */
export function symbolLines(facts: FileFacts, links: FileLinks): string[] {
  return links.symbols.map(({ symbol, bases, results, accessor, receiver, ...more }) => {
    const name = facts.symbols[symbol]?.qualifiedName ?? '?';
    const words = [
      bases.length === 0 ? name : `${name}(${bases.map((base) => written(links, base)).join(', ')})`,
      results.length === 0 ? '' : `→ ${results.map((result) => written(links, result)).join(' | ')}`,
      more.static ? 'static' : '',
      accessor ? 'accessor' : '',
      receiver < 0 ? '' : `of ${written(links, receiver)}`,
    ];
    return words.filter((word) => word !== '').join(' ');
  });
}

function scopeName(facts: FileFacts, links: FileLinks, scope: number): string {
  const found = links.scopes[scope];
  if (found === undefined) return '?';
  return facts.symbols[found.symbol]?.qualifiedName ?? found.kind;
}
