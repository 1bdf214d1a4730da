/**
 * What is wrong with a query whatever the graph holds: labels, types, properties and functions that there are not, names that
 * nothing binds, counting where there is nothing to count. Found before anything runs, so that a misspelling never looks like an empty answer.
 */
import { fault } from './fault.ts';
import { aggregateFunctions, scalarFunctions } from './functions.ts';
import { edgePropertyOf, edgeTypeOf, kindsOfLabel, nodePropertyOf } from './schema.ts';
import type { Clause, Expression, Pattern, Projection, Statement } from './types.ts';

/** What a name stands for, as far as the query's text says; `value` may be anything. */
type Kind = 'node' | 'relationship' | 'relationships' | 'path' | 'value';
type Scope = Map<string, Kind>;

/** Longer ways than this explain nothing, and each step of one takes stack. */
const longestWay = 100;

/** @throws WinnowError `bad-query` at the first fault */
export function checkStatement(text: string, { parts }: Statement): void {
  const check = new Check(text);
  for (const part of parts) check.part(part);
}

class Check {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  part(clauses: readonly Clause[]): void {
    let scope: Scope = new Map();
    for (const clause of clauses) {
      switch (clause.kind) {
        case 'match':
          this.#patterns(clause.patterns, scope);
          this.#where(clause.where, scope);
          break;
        case 'unwind':
          this.#expression(clause.list, scope, false);
          this.#bind(scope, clause.variable, 'value', clause.at);
          break;
        case 'with':
          scope = this.#projection(clause.projection, scope);
          this.#where(clause.where, scope);
          break;
        case 'return':
          this.#projection(clause.projection, scope);
      }
    }
  }

  /** @returns the names that are left */
  #projection({ all, items, order, skip, limit, distinct }: Projection, scope: Scope): Scope {
    const after: Scope = new Map(all ? scope : []);
    for (const { expression, name } of items) {
      this.#expression(expression, scope, true);
      after.set(name, expression.kind === 'variable' ? (scope.get(expression.name) ?? 'value') : 'value');
    }
    const both: Scope = new Map([...(distinct ? [] : scope), ...after]);
    for (const { expression } of order) this.#expression(expression, both, true);
    for (const count of [skip, limit]) if (count !== null) this.#expression(count, new Map(), false);
    return after;
  }

  #where(where: Expression | null, scope: Scope): void {
    if (where !== null) this.#expression(where, scope, false);
  }

  #patterns(patterns: readonly Pattern[], scope: Scope): void {
    for (const pattern of patterns) {
      for (const { variable, labels, at } of pattern.nodes) {
        for (const label of labels.flat()) kindsOfLabel(this.#text, label);
        if (variable !== null) this.#bind(scope, variable, 'node', at);
      }
      for (const { variable, types, hops, at } of pattern.edges) {
        for (const type of types) edgeTypeOf(this.#text, type);
        if (variable !== null) this.#bind(scope, variable, hops === null ? 'relationship' : 'relationships', at);
        if (hops === null) continue;
        const { least, most } = hops;
        if (Math.max(least, most ?? 0) > longestWay)
          throw fault(this.#text, at, `Expected a way of at most ${longestWay} relationships.`);
        if (most !== null && most < least)
          throw fault(this.#text, at, `Expected bounds that rise, found ${least}..${most}.`);
      }
      if (pattern.variable !== null) this.#bind(scope, pattern.variable, 'path', pattern.at);
    }
    for (const { nodes, edges } of patterns) {
      for (const property of nodes.flatMap(({ properties }) => properties)) {
        nodePropertyOf(this.#text, property);
        this.#expression(property.value, scope, false);
      }
      for (const property of edges.flatMap(({ properties }) => properties)) {
        edgePropertyOf(this.#text, property);
        this.#expression(property.value, scope, false);
      }
    }
  }

  #bind(scope: Scope, name: string, kind: Kind, at: number): void {
    const known = scope.get(name);
    // Nodes and single relationships may be named again, to come back to them; what came through WITH may be either.
    const again = kind === 'node' || kind === 'relationship';
    if (known !== undefined && !(again && (known === kind || known === 'value')))
      throw fault(this.#text, at, `${name} is a ${known} already, so it cannot be another ${kind}.`);
    scope.set(name, kind);
  }

  #expression(expression: Expression, scope: Scope, mayCount: boolean): void {
    const inner = (part: Expression): void => this.#expression(part, scope, mayCount);
    switch (expression.kind) {
      case 'literal':
        return;
      case 'variable':
        if (!scope.has(expression.name))
          throw fault(this.#text, expression.at, `Nothing is named ${expression.name} here.`);
        return;
      case 'property':
        inner(expression.object);
        this.#property(expression, scope);
        return;
      case 'list':
        expression.items.forEach(inner);
        return;
      case 'index':
        inner(expression.object);
        inner(expression.index);
        return;
      case 'slice':
        for (const part of [expression.object, expression.from, expression.to]) if (part !== null) inner(part);
        return;
      case 'has-labels':
        inner(expression.operand);
        for (const label of expression.labels) kindsOfLabel(this.#text, label);
        return;
      case 'not':
      case 'minus':
      case 'is-null':
        inner(expression.operand);
        return;
      case 'binary':
        inner(expression.left);
        inner(expression.right);
        return;
      case 'case':
        for (const { when, result } of expression.branches) {
          inner(when);
          inner(result);
        }
        for (const part of [expression.subject, expression.otherwise]) if (part !== null) inner(part);
        return;
      case 'comprehension':
      case 'quantified': {
        inner(expression.list);
        const within: Scope = new Map(scope).set(expression.variable, 'value');
        this.#where(expression.where, within);
        if (expression.kind === 'comprehension' && expression.result !== null)
          this.#expression(expression.result, within, false);
        return;
      }
      case 'exists': {
        const within = new Map(scope);
        this.#patterns(expression.patterns, within);
        this.#where(expression.where, within);
        return;
      }
      case 'count-all':
        this.#counts(expression.at, mayCount);
        return;
      case 'call':
        this.#call(expression, scope, mayCount);
    }
  }

  #property({ object, name, at }: Expression & { kind: 'property' }, scope: Scope): void {
    const kind = object.kind === 'variable' ? scope.get(object.name) : 'value';
    const named = { name, at: at + 1 };
    if (kind === 'node') nodePropertyOf(this.#text, named);
    else if (kind === 'relationship') edgePropertyOf(this.#text, named);
    else if (kind !== 'value') throw fault(this.#text, at + 1, 'Only nodes and single relationships have properties.');
  }

  #call({ name, args, at }: Expression & { kind: 'call' }, scope: Scope, mayCount: boolean): void {
    if (Object.hasOwn(aggregateFunctions, name)) {
      this.#counts(at, mayCount);
      if (args.length !== 1) throw fault(this.#text, at, `${name}() takes one argument.`);
      for (const one of args) this.#expression(one, scope, false);
      return;
    }
    const scalar = Object.hasOwn(scalarFunctions, name) ? scalarFunctions[name] : undefined;
    if (scalar === undefined) {
      const known = [...Object.keys(aggregateFunctions), ...Object.keys(scalarFunctions)].join(', ');
      throw fault(this.#text, at, `There is no function ${name}(). Known: ${known}.`);
    }
    if (args.length < scalar.least || args.length > scalar.most) {
      const wanted = scalar.least === scalar.most ? `${scalar.least}` : `${scalar.least} to ${scalar.most}`;
      throw fault(this.#text, at, `${name}() takes ${wanted} arguments, not ${args.length}.`);
    }
    for (const one of args) this.#expression(one, scope, mayCount);
  }

  #counts(at: number, mayCount: boolean): void {
    if (!mayCount)
      throw fault(this.#text, at, 'Counting and collecting belong into RETURN or WITH, and not into one another.');
  }
}
