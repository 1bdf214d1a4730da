/**
 * Expressions rewritten so that they tell how conditions were decided, what was written, and where a function rests.
 *
 * Functions within them are left out: each is rewritten by itself.
 */
import { none, type SyntaxTree } from '../tree/tree.ts';
import { endOf } from './ecmascriptnodes.ts';
import { isType } from './effects.ts';
import { type Context, type TracePoints, valuesOf } from './tracepoints.ts';
import { functionKinds } from './variables.ts';

export class TraceExpressions {
  readonly #tree: SyntaxTree;
  readonly #points: TracePoints;
  readonly #block: (body: number, context: Context) => void;

  /** @param block rewrites the statements of a class's `static` block */
  constructor(tree: SyntaxTree, points: TracePoints, block: (body: number, context: Context) => void) {
    this.#tree = tree;
    this.#points = points;
    this.#block = block;
  }

  /** A value that is given to a hook, after what it changed was told. */
  told(node: number, context: Context, hook: string): void {
    const tree = this.#tree;
    const [start, end] = [tree.start(node), endOf(tree, node)];
    const effects = this.#points.effects(node, tree.next(node));
    const effect = this.#points.effectRow(effects);
    // A sequence without brackets would be several arguments.
    if (hook !== '') this.#points.put.around(start, end, `${hook}(`, '))');
    if (effect >= 0) this.#points.put.around(start, end, `$wv($wf,${effect},(`, `)${valuesOf(effects)})`);
    this.#points.onTheSpot(effects);
    this.expression(node, tree.next(node), context);
  }

  /** @param node in brackets @param said what is to be told before, without a semicolon */
  condition(
    node: number,
    context: Context,
    whole: number,
    line: number,
    said: string,
    whenTrue = 0,
    whenFalse = 0,
  ): void {
    const tree = this.#tree;
    if (node < 0) return;
    const isBracketed = tree.kind(node) === 'parenthesized_expression';
    const [start, end] = isBracketed
      ? [tree.start(node) + 1, tree.end(node) - 1]
      : [tree.start(node), endOf(tree, node)];
    if (said !== '') this.#points.put.around(start, end, `${said},(`, ')');
    if (!this.#points.isCounted) {
      const branch = this.#points.branch(context, whole, line, whenTrue, whenFalse);
      this.#points.put.around(start, end, `$wb($wf,${branch},(`, '))');
    }
    const leaves = this.#points.isCounted && /^(while|do|for)_/.test(tree.kind(whole));
    const way = leaves ? this.#points.way(context, whole, line, 'false').text.slice(0, -1) : '';
    if (way !== '') this.#points.put.around(start, end, '(', `)||(${way},!1)`);
    const effects = this.#points.effects(node, tree.next(node));
    const effect = this.#points.effectRow(effects);
    if (effect >= 0) this.#points.put.around(start, end, `$wv($wf,${effect},(`, `)${valuesOf(effects)})`);
    this.#points.onTheSpot(effects);
    this.expression(node, tree.next(node), context);
  }

  /** Conditions within expressions, and where a function rests. @param start @param end nodes, half open */
  expression(start: number, end: number, context: Context): void {
    const tree = this.#tree;
    for (let node = start; node < end; node++) {
      const kind = tree.kind(node);
      if (functionKinds.has(kind) || isType(kind)) node = tree.next(node) - 1;
      else if (kind === 'class_body') {
        for (const member of tree.namedChildren(node))
          if (tree.kind(member) === 'class_static_block') this.#block(tree.field(member, 'body'), context);
        node = tree.next(node) - 1;
      } else if (!this.#points.isCounted) this.#part(node, kind, context);
    }
  }

  #part(node: number, kind: string, context: Context): void {
    const tree = this.#tree;
    const around = (part: number, before: string, after: string): void =>
      void this.#points.put.around(tree.start(part), endOf(tree, part), before, after);
    const decided = (part: number, hook: string, whenTrue: number, whenFalse: number): void => {
      const lines = [whenTrue, whenFalse].map((one) => (one < 0 ? 0 : this.#points.line(one))) as [number, number];
      const branch = this.#points.tables.branches.push([context.code, this.#points.line(part), ...lines]) - 1;
      around(part, `${hook}($wf,${branch},(`, '))');
    };
    if (kind === 'ternary_expression') {
      const [yes, no] = [tree.field(node, 'consequence'), tree.field(node, 'alternative')];
      decided(tree.field(node, 'condition'), '$wb', yes, no);
    } else if (kind === 'binary_expression') {
      const operator = tree.textOf(tree.field(node, 'operator'));
      const right = tree.field(node, 'right');
      if (operator === '&&') decided(tree.field(node, 'left'), '$wb', right, none);
      else if (operator === '||') decided(tree.field(node, 'left'), '$wb', none, right);
      else if (operator === '??') decided(tree.field(node, 'left'), '$wn', none, right);
    } else if (kind === 'yield_expression' || kind === 'await_expression') {
      const value = tree.namedChildren(node).find((one) => tree.kind(one) !== 'comment');
      around(node, '$wz($wf,', value === undefined ? ' $wy($wf))' : ')');
      if (value !== undefined) around(value, '$wy($wf,(', '))');
    }
  }
}
