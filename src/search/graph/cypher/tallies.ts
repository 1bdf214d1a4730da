/**
 * Counting and collecting over the rows of one group, as the rows come: a count of millions holds one number. What has to be
 * held, collected values and the keys of DISTINCT, is charged one by one. It does not decide which rows are a group.
 */
import { type Evaluation, evaluate } from './evaluate.ts';
import { aggregateFunctions, type Tally } from './functions.ts';
import type { Expression } from './types.ts';
import { keyOf, type Row, type Value } from './values.ts';

type Aggregate = Expression & { readonly kind: 'count-all' | 'call' };

interface Running {
  /** `null` for `count(*)`, which counts rows. */
  readonly arg: Expression | null;
  readonly tally: Tally;
  /** Keys seen; `null` without DISTINCT. */
  readonly seen: Set<string> | null;
}

export class Tallies {
  readonly #running = new Map<Expression, Running>();
  readonly #hold: () => void;

  /** @param hold called for each value that is kept until the group ends */
  constructor(aggregates: readonly Aggregate[], hold: () => void) {
    this.#hold = hold;
    for (const one of aggregates) {
      const isCall = one.kind === 'call';
      const make = aggregateFunctions[isCall ? one.name : 'count'];
      if (make === undefined) throw new Error('aggregates are checked before anything runs');
      this.#running.set(one, {
        arg: isCall ? (one.args[0] as Expression) : null,
        tally: make(),
        seen: isCall && one.distinct ? new Set() : null,
      });
    }
  }

  add(on: Evaluation, row: Row): void {
    for (const { arg, tally, seen } of this.#running.values()) {
      const value: Value = arg === null ? true : evaluate(on, arg, row);
      if (value === null) continue;
      if (seen !== null) {
        const key = keyOf(value);
        if (seen.has(key)) continue;
        this.#hold();
        seen.add(key);
      }
      if (tally.holds) this.#hold();
      tally.add(value);
    }
  }

  /** @param expression one of those it was made for */
  valueOf(expression: Expression): Value {
    const found = this.#running.get(expression);
    if (found === undefined) throw new Error('an aggregate that nothing ran over');
    return found.tally.result();
  }
}
