/** The value of an expression in a row. Three-valued logic as in Cypher: null is unknown. */

import { sliceOf } from './characters.ts';
import { fault } from './fault.ts';
import { aggregateFunctions, scalarFunctions } from './functions.ts';
import { linearRegExp } from './regexp.ts';
import { edgePropertyOf, kindsOfLabel, nodePropertyOf } from './schema.ts';
import type { Tallies } from './tallies.ts';
import type { Expression, Pattern } from './types.ts';
import { type Budget, equals, isEdge, isList, isNode, order, type Row, sizeOf, type Value } from './values.ts';
import type { World } from './world.ts';

export interface Evaluation {
  readonly text: string;
  readonly world: World;
  readonly budget: Budget;
  /** Whether the patterns can be matched from the row. */
  exists(patterns: readonly Pattern[], where: Expression | null, row: Row): boolean;
}

export const isAggregate = (expression: Expression): expression is Expression & { kind: 'count-all' | 'call' } =>
  expression.kind === 'count-all' || (expression.kind === 'call' && Object.hasOwn(aggregateFunctions, expression.name));

/** Whether an aggregate stands anywhere in it. */
export function holdsAggregate(expression: Expression): boolean {
  return isAggregate(expression) || operandsOf(expression).some(holdsAggregate);
}

/** The aggregates in it, outermost alone: one may not stand in another. */
export function aggregatesOf(expression: Expression): (Expression & { kind: 'count-all' | 'call' })[] {
  return isAggregate(expression) ? [expression] : operandsOf(expression).flatMap(aggregatesOf);
}

function operandsOf(expression: Expression): Expression[] {
  switch (expression.kind) {
    case 'property':
      return [expression.object];
    case 'list':
      return [...expression.items];
    case 'index':
      return [expression.object, expression.index];
    case 'slice':
      return [expression.object, expression.from, expression.to].filter((one) => one !== null);
    case 'not':
    case 'minus':
    case 'is-null':
    case 'has-labels':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    case 'call':
      return [...expression.args];
    case 'case':
      return [
        ...(expression.subject === null ? [] : [expression.subject]),
        ...expression.branches.flatMap(({ when, result }) => [when, result]),
        ...(expression.otherwise === null ? [] : [expression.otherwise]),
      ];
    case 'comprehension':
      return [expression.list, ...(expression.result === null ? [] : [expression.result])];
    case 'quantified':
      return [expression.list];
    default:
      return [];
  }
}

/** Only `true` passes a WHERE. */
export const holds = (on: Evaluation, expression: Expression | null, row: Row): boolean =>
  expression === null || evaluate(on, expression, row) === true;

/** @param group what aggregates have found; `null` where none may stand */
export function evaluate(on: Evaluation, expression: Expression, row: Row, group: Tallies | null = null): Value {
  const value = (part: Expression): Value => evaluate(on, part, row, group);
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'variable': {
      const found = row.get(expression.name);
      if (found === undefined) throw fault(on.text, expression.at, `Nothing is named ${expression.name} here.`);
      return found;
    }
    case 'property':
      return propertyOf(on, value(expression.object), expression);
    case 'list':
      return bounded(on, expression, expression.items.map(value));
    case 'index':
      return indexed(value(expression.object), value(expression.index));
    case 'slice': {
      const list = value(expression.object);
      const bound = (part: Expression | null): number | undefined => {
        const found = part === null ? null : value(part);
        return typeof found === 'number' ? found : undefined;
      };
      const [from, to] = [bound(expression.from), bound(expression.to)];
      if (typeof list === 'string') return sliceOf(list, from, to);
      return isList(list) ? list.slice(from, to) : null;
    }
    case 'not': {
      const operand = value(expression.operand);
      return typeof operand === 'boolean' ? !operand : null;
    }
    case 'minus': {
      const operand = value(expression.operand);
      return typeof operand === 'number' ? -operand : null;
    }
    case 'is-null':
      return (value(expression.operand) === null) !== expression.negated;
    case 'has-labels': {
      const node = value(expression.operand);
      if (!isNode(node)) return null;
      const { kind } = on.world.graph.node(node.id);
      return expression.labels.every((label) => kindsOfLabel(on.text, label).includes(kind));
    }
    case 'binary':
      return binary(on, expression, value);
    case 'case':
      return chosen(expression, value);
    case 'exists':
      return on.exists(expression.patterns, expression.where, row);
    case 'comprehension': {
      const { variable, where, result } = expression;
      const items = itemsOf(on, value(expression.list), variable, row).filter(([, inner]) => holds(on, where, inner));
      const made = items.map(([item, inner]) => (result === null ? item : evaluate(on, result, inner)));
      return bounded(on, expression, made);
    }
    case 'quantified': {
      const { variable, where, quantifier } = expression;
      const items = itemsOf(on, value(expression.list), variable, row);
      const fitting = items.filter(([, inner]) => holds(on, where, inner)).length;
      if (quantifier === 'all') return fitting === items.length;
      return quantifier === 'any' ? fitting > 0 : fitting === (quantifier === 'none' ? 0 : 1);
    }
    case 'count-all':
      return groupFor(on, expression, group).valueOf(expression);
    case 'call':
      return bounded(on, expression, called(on, expression, value, group));
  }
}

/** Characters of one value: the source of a large file is some hundred thousand. Items of lists count by what they take when printed. */
const mostSize = 30_000_000;

function bounded(on: Evaluation, { at }: Expression, value: Value): Value {
  if (typeof value !== 'string' && !isList(value)) return value;
  if (sizeOf(value) <= mostSize) return value;
  throw fault(
    on.text,
    at,
    `Expected a value of at most ${mostSize} characters, items counted with ten or more; this one is larger.`,
  );
}

/** What reading a text costs: 20 million steps are 200 MB of source. */
const charactersPerStep = 10;

function groupFor(on: Evaluation, expression: Expression, group: Tallies | null): Tallies {
  if (group === null) throw fault(on.text, expression.at, 'Counting and collecting belong into RETURN or WITH.');
  return group;
}

function called(
  on: Evaluation,
  expression: Expression & { kind: 'call' },
  value: (part: Expression) => Value,
  group: Tallies | null,
): Value {
  const { name, args, at } = expression;
  if (isAggregate(expression)) return groupFor(on, expression, group).valueOf(expression);
  const scalar = scalarFunctions[name];
  if (scalar === undefined) throw new Error(`unchecked call of ${name}()`);
  return scalar.apply(on.world, args.map(value), (message) => fault(on.text, at, message));
}

function itemsOf(on: Evaluation, list: Value, variable: string, row: Row): [Value, Row][] {
  if (!isList(list)) return [];
  on.budget.step(list.length);
  return list.map((item) => [item, new Map(row).set(variable, item)]);
}

function propertyOf(on: Evaluation, object: Value, expression: Expression & { kind: 'property' }): Value {
  const named = { name: expression.name, at: expression.at + 1 };
  if (object === null) return null;
  if (isNode(object)) {
    const found = on.world.nodeProperty(object.id, nodePropertyOf(on.text, named));
    if (typeof found === 'string') on.budget.step(Math.ceil(found.length / charactersPerStep));
    return found;
  }
  if (isEdge(object)) return on.world.edgeProperty(object, edgePropertyOf(on.text, named));
  throw fault(on.text, named.at, 'Only nodes and relationships have properties.');
}

function indexed(object: Value, index: Value): Value {
  if (!isList(object) || typeof index !== 'number') return null;
  return object.at(index) ?? null;
}

function chosen(expression: Expression & { kind: 'case' }, value: (part: Expression) => Value): Value {
  const { subject, branches, otherwise } = expression;
  const wanted = subject === null ? true : value(subject);
  const branch = branches.find(({ when }) => equals(value(when), wanted) === true);
  if (branch !== undefined) return value(branch.result);
  return otherwise === null ? null : value(otherwise);
}

function binary(
  on: Evaluation,
  expression: Expression & { kind: 'binary' },
  value: (part: Expression) => Value,
): Value {
  const { operator } = expression;
  const left = value(expression.left);
  if (operator === 'and' && left === false) return false;
  if (operator === 'or' && left === true) return true;
  const right = value(expression.right);
  switch (operator) {
    case 'and':
      return right === false ? false : left === true && right === true ? true : null;
    case 'or':
      return right === true ? true : left === false && right === false ? false : null;
    case 'xor':
      return typeof left === 'boolean' && typeof right === 'boolean' ? left !== right : null;
    case '=':
      return equals(left, right);
    case '<>': {
      const same = equals(left, right);
      return same === null ? null : !same;
    }
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compared(operator, order(left, right));
    case 'in':
      return isList(right) && left !== null ? right.some((item) => equals(item, left) === true) : null;
    case 'starts with':
    case 'ends with':
    case 'contains':
    case '=~':
      return typeof left === 'string' && typeof right === 'string' ? textTest(on, expression, left, right) : null;
    default:
      return bounded(on, expression, arithmetic(operator, left, right));
  }
}

function compared(operator: '<' | '<=' | '>' | '>=', found: number | null): boolean | null {
  if (found === null) return null;
  if (operator === '<') return found < 0;
  if (operator === '<=') return found <= 0;
  return operator === '>' ? found > 0 : found >= 0;
}

function textTest(on: Evaluation, expression: Expression & { kind: 'binary' }, left: string, right: string): boolean {
  if (expression.operator === 'starts with') return left.startsWith(right);
  if (expression.operator === 'ends with') return left.endsWith(right);
  if (expression.operator === 'contains') return left.includes(right);
  on.budget.step(1 + left.length / 100);
  return linearRegExp(right, (message) => fault(on.text, expression.right.at, message)).test(left);
}

function arithmetic(operator: string, left: Value, right: Value): Value {
  if (operator === '+') {
    if (isList(left)) return isList(right) ? [...left, ...right] : [...left, right];
    if (isList(right)) return [left, ...right];
    if (typeof left === 'string' || typeof right === 'string')
      return left === null || right === null ? null : `${left}${right}`;
  }
  if (typeof left !== 'number' || typeof right !== 'number') return null;
  if (operator === '+') return left + right;
  if (operator === '-') return left - right;
  if (operator === '*') return left * right;
  if (operator === '^') return left ** right;
  if (right === 0) return null;
  if (operator === '%') return left % right;
  // Numbers have one kind here, so 7 / 2 is 3.5: a share that were cut to 0 would mislead more than a fraction does.
  return left / right;
}
