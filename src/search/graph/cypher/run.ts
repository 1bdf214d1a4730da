/**
 * Runs a parsed query: each clause takes the rows of the one before it and gives rows on, one at a time, so that a
 * LIMIT ends the work behind it. Where the budget ends, the rows found until then are the answer, and it says so.
 */

import { checkStatement } from './check.ts';
import { aggregatesOf, type Evaluation, evaluate, holds, holdsAggregate } from './evaluate.ts';
import { fault } from './fault.ts';
import { hintsOf } from './hints.ts';
import { matchPatterns } from './match.ts';
import { columnsOf, variablesOf } from './names.ts';
import { parseCypher } from './parse.ts';
import { Tallies } from './tallies.ts';
import type { Clause, Expression, Pattern, Projection } from './types.ts';
import {
  Budget,
  BudgetSpent,
  compareValues,
  isList,
  keyOf,
  type Row,
  type Spent,
  sizeOf,
  type Value,
} from './values.ts';
import type { World } from './world.ts';

export interface CypherOptions {
  /** Most milliseconds; default 5,000. */
  readonly timeMs?: number;
  /** Most rows of the answer; default 1,000. */
  readonly rows?: number;
  readonly signal?: AbortSignal;
}

export interface CypherResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
  /** Why there may be more rows than these, and why counts may be too low; `null` when the answer is whole. */
  readonly cut: Spent | 'rows' | 'size' | null;
}

const defaultTimeMs = 5_000;
const defaultRows = 1_000;

/** Edges followed, nodes tried and rows kept; some ten seconds' worth, so that memory ends where time has no say. */
const mostSteps = 20_000_000;

/** What a query whose budget is spent may still use to give what it found. */
const graceMs = 500;
const graceSteps = 1_000_000;

/** Rows that one sorting may hold, and groups of one grouping: nobody reads as many, and memory is bounded. */
const mostHeldRows = 200_000;

/** Values that all `collect` and DISTINCT inside of aggregates may hold: as many as rows that DISTINCT tells apart. */
const mostHeldValues = 1_000_000;

/** Different rows that DISTINCT may remember: some 100 MB. */
const mostDistinct = 1_000_000;

/** Characters and items of a whole answer: more is a copy of the repository. */
const mostAnswer = 100_000_000;

type Emit = (row: Row) => void;
type Source = (emit: Emit) => void;

class Enough extends Error {}

/** @throws WinnowError `bad-query` with a caret */
export function runCypher(world: World, text: string, options: CypherOptions = {}): CypherResult {
  try {
    return runParsed(world, text, options);
  } catch (cause) {
    // Only a query can ask for so much: chains of operators are as deep as they are long. Nothing is half done by then.
    if (!(cause instanceof RangeError)) throw cause;
    if (/call stack/.test(cause.message))
      throw fault(text, 0, 'Expected shorter chains of operators and less nesting.');
    if (/Invalid (?:string|array) length/.test(cause.message))
      throw fault(text, 0, 'Expected smaller texts and lists.');
    throw cause;
  }
}

function runParsed(world: World, text: string, options: CypherOptions): CypherResult {
  const statement = parseCypher(text);
  checkStatement(text, statement);
  const { timeMs = defaultTimeMs, rows: mostRows = defaultRows, signal } = options;
  const query = new Query(world, text, new Budget(timeMs, mostSteps, signal));
  const rows: (readonly Value[])[] = [];
  const seen = new Set<string>();
  let columns: readonly string[] | null = null;
  let more: 'rows' | 'size' | null = null;
  let size = 0;
  for (const part of statement.parts) {
    const names = columnsOf(part, text);
    columns ??= names;
    if (names.join('\n') !== columns.join('\n')) {
      throw fault(
        text,
        (part.at(-1) as Clause).at,
        `The parts of a UNION must return the same names, here ${columns.join(', ')}.`,
      );
    }
    query.collect(part, (row) => {
      const values = names.map((name) => row.get(name) ?? null);
      if (!statement.keepDuplicates) {
        const key = keyOf(values);
        if (seen.has(key)) return;
        seen.add(key);
      }
      size += sizeOf(values);
      if (rows.length >= mostRows) more = 'rows';
      else if (size > mostAnswer) more = 'size';
      else {
        rows.push(values);
        return;
      }
      throw new Enough();
    });
  }
  return { columns: columns ?? [], rows, cut: query.spent ?? more };
}

class Query implements Evaluation {
  readonly text: string;
  readonly world: World;
  budget: Budget;
  spent: Spent | null = null;
  /** Values that aggregates keep. */
  #kept = 0;

  constructor(world: World, text: string, budget: Budget) {
    this.world = world;
    this.text = text;
    this.budget = budget;
  }

  exists(patterns: readonly Pattern[], where: Expression | null, row: Row): boolean {
    try {
      matchPatterns(this, patterns, hintsOf(where), row, (found) => {
        if (holds(this, where, found)) throw new Enough();
      });
      return false;
    } catch (cause) {
      if (cause instanceof Enough) return true;
      throw cause;
    }
  }

  /** Until `emit` wants no more, or the budget ends. */
  collect(part: readonly Clause[], emit: Emit): void {
    let source: Source = (first) => first(new Map());
    for (const clause of part) source = this.#after(clause, source);
    try {
      source(emit);
    } catch (cause) {
      if (cause instanceof Enough) return;
      if (!(cause instanceof BudgetSpent)) throw cause;
      this.spent ??= this.budget.spent;
    }
  }

  #after(clause: Clause, source: Source): Source {
    switch (clause.kind) {
      case 'match': {
        const hints = hintsOf(clause.where);
        return (emit) =>
          source((row) => {
            let any = false;
            matchPatterns(this, clause.patterns, hints, row, (found) => {
              if (!holds(this, clause.where, found)) return;
              any = true;
              emit(found);
            });
            if (!clause.optional || any) return;
            const missing = new Map(row);
            for (const name of clause.patterns.flatMap(variablesOf)) if (!row.has(name)) missing.set(name, null);
            emit(missing);
          });
      }
      case 'unwind':
        return (emit) =>
          source((row) => {
            const list = evaluate(this, clause.list, row);
            const items = isList(list) ? list : list === null ? [] : [list];
            for (const item of items) {
              this.budget.step();
              emit(new Map(row).set(clause.variable, item));
            }
          });
      case 'with': {
        const projected = this.#project(clause.projection, source);
        return (emit) => projected((row) => (holds(this, clause.where, row) ? emit(row) : undefined));
      }
      case 'return':
        return this.#project(clause.projection, source);
    }
  }

  #project(projection: Projection, source: Source): Source {
    const aggregated = projection.items.some(({ expression }) => holdsAggregate(expression));
    const rows: Source = aggregated ? this.#grouped(projection, source) : this.#plain(projection, source);
    const unique = projection.distinct ? this.#distinct(rows) : rows;
    return this.#limited(projection, projection.order.length > 0 ? this.#sorted(projection, unique) : unique);
  }

  #plain(projection: Projection, source: Source): Source {
    // ORDER BY may speak of what is not projected, except where DISTINCT has joined rows.
    const keepsOld = projection.order.length > 0 && !projection.distinct;
    return (emit) =>
      source((row) => {
        const out: Row = new Map(projection.all ? row : []);
        for (const { expression, name } of projection.items) out.set(name, evaluate(this, expression, row));
        if (keepsOld) hidden.set(out, row);
        emit(out);
      });
  }

  #grouped(projection: Projection, source: Source): Source {
    const keys = projection.items.filter(({ expression }) => !holdsAggregate(expression));
    const counted = [...projection.items, ...projection.order].flatMap(({ expression }) => aggregatesOf(expression));
    const hold = (): void => {
      if (++this.#kept > mostHeldValues) this.budget.stop('held');
    };
    return (emit) => {
      const groups = new Map<string, { readonly first: Row; readonly tallies: Tallies }>();
      this.#until(source, (row) => {
        const star = projection.all ? [...row.values()] : [];
        const key = keyOf([...star, ...keys.map(({ expression }) => evaluate(this, expression, row))]);
        let group = groups.get(key);
        if (group === undefined) {
          if (groups.size >= mostHeldRows) this.budget.stop('held');
          group = { first: row, tallies: new Tallies(counted, hold) };
          groups.set(key, group);
        }
        group.tallies.add(this, row);
      });
      if (groups.size === 0 && keys.length === 0 && !projection.all)
        groups.set('', { first: new Map(), tallies: new Tallies(counted, hold) });
      for (const { first, tallies } of groups.values()) {
        const out: Row = new Map(projection.all ? first : []);
        for (const { expression, name } of projection.items) out.set(name, evaluate(this, expression, first, tallies));
        talliesOf.set(out, tallies);
        hidden.set(out, first);
        emit(out);
      }
    };
  }

  #distinct(source: Source): Source {
    return (emit) => {
      const seen = new Set<string>();
      source((row) => {
        const key = keyOf([...row.values()]);
        if (seen.has(key)) return;
        if (seen.size >= mostDistinct) this.budget.stop('held');
        seen.add(key);
        emit(row);
      });
    };
  }

  #sorted({ order }: Projection, source: Source): Source {
    return (emit) => {
      const rows = this.#held(source).map((row) => {
        const scope: Row = new Map([...(hidden.get(row) ?? []), ...row]);
        const tallies = talliesOf.get(row) ?? null;
        return { row, keys: order.map(({ expression }) => evaluate(this, expression, scope, tallies)) };
      });
      rows.sort((a, b) => {
        for (let i = 0; i < order.length; i++) {
          const found = compareValues(a.keys[i] as Value, b.keys[i] as Value);
          if (found !== 0) return order[i]?.descending ? -found : found;
        }
        return 0;
      });
      for (const { row } of rows) emit(row);
    };
  }

  #limited({ skip, limit }: Projection, source: Source): Source {
    if (skip === null && limit === null) return source;
    const skipped = skip === null ? 0 : this.#count(skip, 'SKIP');
    const most = limit === null ? Number.POSITIVE_INFINITY : this.#count(limit, 'LIMIT');
    return (emit) => {
      let seen = 0;
      const full = new Enough();
      if (most === 0) return;
      try {
        source((row) => {
          seen++;
          if (seen <= skipped) return;
          emit(row);
          if (seen - skipped >= most) throw full;
        });
      } catch (cause) {
        if (cause !== full) throw cause;
      }
    };
  }

  #count(expression: Expression, what: string): number {
    const value = evaluate(this, expression, new Map());
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
    throw fault(this.text, expression.at, `${what} takes a whole number of at least 0.`);
  }

  /** All rows of a source, or those that the budget was enough for. */
  #held(source: Source): Row[] {
    const rows: Row[] = [];
    this.#until(source, (row) => {
      if (rows.length >= mostHeldRows) this.budget.stop('held');
      rows.push(row);
    });
    return rows;
  }

  /** Takes rows until there are no more or the budget ends; then a little of it is left for giving what was found. */
  #until(source: Source, take: Emit): void {
    try {
      source((row) => {
        this.budget.step();
        take(row);
      });
    } catch (cause) {
      if (!(cause instanceof BudgetSpent) || this.spent !== null) throw cause;
      this.spent = this.budget.spent;
      this.budget = new Budget(graceMs, graceSteps);
    }
  }
}

/** What a projected row was made from, for ORDER BY. */
const hidden = new WeakMap<Row, Row>();
const talliesOf = new WeakMap<Row, Tallies>();
