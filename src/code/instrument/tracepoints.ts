/**
 * The numbers by which a rewritten source tells what it does, with the rows that they stand for, and the texts that tell them.
 *
 * What is put where is not known here: that is for those who know statements and expressions.
 */
import type { SyntaxTree } from '../tree/tree.ts';
import { endOf } from './ecmascriptnodes.ts';
import { type Effects, effectsOf } from './effects.ts';
import { Insertions } from './insertions.ts';
import type { FunctionFlow } from './traceflow.ts';
import { placesOfText, type TracedLevel, type TraceTables } from './tracetables.ts';
import { Variables } from './variables.ts';

export interface TraceRewriting {
  readonly path: string;
  readonly level: TracedLevel;
  /** How the file gets at the runtime: the path of `runtime.cjs`, and of `runtime.mjs` for a module. */
  readonly runtime: string;
  readonly isModule: boolean;
  /**
   * What a place is told as, when not as its line: `placesOfText`. The tables then hold such places for lines, until they are taken apart.
   *
   * @param line from 1 @param column from 0, in UTF-16 units
   */
  readonly placeOf?: (line: number, column: number) => number;
}

/** The function, or file, in which something stands. */
export interface Context {
  readonly code: number;
  readonly flow: FunctionFlow;
  /** A value that is returned is told when what is `finally` to run has run. */
  readonly defersReturn: boolean;
}

/** Counts down in place, and calls only when there is something to do: most executions of a long run are not told. */
export const lineHook = (point: number): string => `--$wq[${point}]<0?$wl($wf,${point}):$wf.at=${-point - 2}`;

/** Tells what a statement did; where that is not told, only that objects may have changed. */
export const effectHook = (effects: Effects, effect: number): string => {
  const { touched } = effects;
  const skipped = touched.length === 0 ? '0' : `(${touched.map((text) => `$wS(${text})`).join()})`;
  return `$wf.at<-1?${skipped}:$wd($wf,${effect}${valuesOf(effects)})`;
};

/** What tells with counters which way was taken, with a semicolon, and by which point; -1: none. */
export interface Way {
  readonly text: string;
  readonly point: number;
}
export const noWay: Way = { text: '', point: -1 };

export const valuesOf = ({ writes, touched }: Effects): string =>
  [...writes.map(({ text }) => text), ...touched].map((text) => `,${text}`).join('');

export class TracePoints {
  readonly isCounted: boolean;
  readonly hasValues: boolean;
  readonly put: Insertions;
  readonly variables: Variables;
  readonly tables: TraceTables;
  readonly #tree: SyntaxTree;
  readonly #given: TraceRewriting;
  readonly #places = { lineOf: (offset: number): number => this.place(offset) };

  constructor(tree: SyntaxTree, tables: TraceTables, given: TraceRewriting) {
    this.#tree = tree;
    this.tables = tables;
    this.#given = given;
    this.put = new Insertions(tree.text);
    this.variables = new Variables(tree, (offset) => this.place(offset) % placesOfText);
    this.isCounted = given.level === 'coverage' || given.level === 'counts';
    this.hasValues = given.level === 'values';
  }

  line(node: number): number {
    return this.place(this.#tree.start(node));
  }

  place(offset: number): number {
    const line = this.put.lineOf(offset);
    return this.#given.placeOf?.(line, this.put.columnOf(offset)) ?? line;
  }

  point(code: number, line: number): number {
    return this.tables.points.push([code, line]) - 1;
  }

  /** A counter of its own that stands for no line. */
  wayPoint(code: number): number {
    return this.tables.points.push([code]) - 1;
  }

  count(point: number): string {
    return this.#given.level === 'coverage' ? `$wc[${point}]=1` : `$wc[${point}]++`;
  }

  /** Where a program may run for ever: now and then it is seen to that what was counted is written. */
  tick(point: number): string {
    return `(++$wo[${point}]&4095||$wk())`;
  }

  effects(start: number, end: number): Effects {
    if (!this.hasValues) return { writes: [], touched: [], onTheSpot: [] };
    return effectsOf(this.#tree, this.variables, start, end);
  }

  /** @returns -1 when there is nothing to tell */
  effectRow({ writes, touched }: Effects): number {
    if (writes.length === 0 && touched.length === 0) return -1;
    const row = [writes.map(({ told, scope }) => [told, scope] as const), touched.length] as const;
    return this.tables.effects.push(row) - 1;
  }

  onTheSpot(effects: Effects): void {
    for (const { node, names } of effects.onTheSpot) {
      const written = names.map((name) => ({ ...this.variables.lookUp(name), text: this.#tree.textOf(name) }));
      const effect = this.effectRow({ writes: written, touched: [], onTheSpot: [] });
      this.put.around(
        this.#tree.start(node),
        endOf(this.#tree, node),
        `$wv($wf,${effect},`,
        `,${written.map(({ text }) => text).join()})`,
      );
    }
  }

  branch(context: Context, node: number, line: number, whenTrue: number, whenFalse: number): number {
    const to = (given: number, way: 'true' | 'false'): number =>
      given || context.flow.lineAfter(node, way, this.#places);
    return this.tables.branches.push([context.code, line, to(whenTrue, 'true'), to(whenFalse, 'false')]) - 1;
  }

  say(node: number, context: Context, point: number): string {
    if (this.isCounted) return `${this.count(point)};`;
    if (this.#given.level === 'blocks' && !context.flow.beginsBlock(node)) return `$wc[${point}]++;`;
    return `${lineHook(point)};`;
  }

  /** With counters: that a way was taken, with a semicolon. */
  way(context: Context, node: number, line: number, way: 'true' | 'false'): Way {
    if (!this.isCounted) return noWay;
    const to = context.flow.lineAfter(node, way, this.#places);
    if (to === 0) return noWay;
    const point = this.wayPoint(context.code);
    const isTrue = way === 'true';
    this.tables.branches.push([-1 - point, line, isTrue ? to : 0, isTrue ? 0 : to]);
    return { text: `${this.count(point)};`, point };
  }

  /** With counters: one more round of a loop. */
  round(context: Context, node: number, line: number): Way {
    if (!this.isCounted) return noWay;
    const way = this.way(context, node, line, 'true');
    const point = way.point < 0 ? this.wayPoint(context.code) : way.point;
    // With `coverage` the steps themselves say that the body was come to.
    if (this.#given.level === 'coverage') return { text: `${this.tick(point)};`, point };
    return { text: `${way.text}${this.tick(point)};`, point: way.point };
  }
}
