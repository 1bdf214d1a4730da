/**
 * Statements rewritten so that each says its number before it runs, and after it what it may have changed; and those that decide, how.
 *
 * What is put in keeps to the lines of the statement, and to what it does: where it may stand without braces it gets them, with its label before them.
 */
import { none, type SyntaxTree } from '../tree/tree.ts';
import { endOf } from './ecmascriptnodes.ts';
import type { Effects } from './effects.ts';
import type { Insertions } from './insertions.ts';
import { TraceExpressions } from './traceexpressions.ts';
import { type Context, effectHook, noWay, type TracePoints, type TraceRewriting, type Way } from './tracepoints.ts';
import { exported, firstOf, isPlain, leaves, mayShare, silent, simple } from './tracesyntax.ts';
import type { TraceTables } from './tracetables.ts';
import { functionKinds, type Variables } from './variables.ts';

/** How statements of the partial rewriting begin. */
const put = /^(if\()?\$y[pcm]\b|^(var|const|let) \$y[pm]\d*\b/;

export class TraceStatements {
  readonly expressions: TraceExpressions;
  readonly #tree: SyntaxTree;
  readonly #tables: TraceTables;
  readonly #given: TraceRewriting;
  readonly #points: TracePoints;
  readonly #put: Insertions;
  readonly #variables: Variables;

  constructor(tree: SyntaxTree, points: TracePoints, given: TraceRewriting) {
    this.expressions = new TraceExpressions(tree, points, (body, context) => this.#body(body, context, 0));
    this.#tree = tree;
    this.#tables = points.tables;
    this.#given = given;
    this.#points = points;
    this.#put = points.put;
    this.#variables = points.variables;
  }

  /**
   * @param above line that was last told, of the statement around; 0: none
   * @param entry point that is told just before the first, -1: none
   */
  list(nodes: readonly number[], context: Context, above: number, entry = -1): void {
    let told = above;
    /** With counters: the point that the statement before has, when nothing can come between. Its lines are all of one text. */
    let shared = this.#given.placeOf === undefined ? entry : none;
    for (const node of nodes) {
      if (this.#isSilent(node)) continue;
      const line = this.#points.line(node);
      const isTold = line !== told && !this.#tellsItself(node);
      if (this.#points.isCounted && isTold && shared >= 0 && mayShare.has(this.#tree.kind(node))) {
        const row = this.#tables.points[shared];
        this.#tables.points[shared] = [...(row as [number, ...number[]]), line];
        this.#statement(node, context, -1, node);
      } else {
        const point = isTold ? this.#points.point(context.code, line) : -1;
        this.#statement(node, context, point, node);
        if (isTold && this.#given.placeOf === undefined) shared = point;
      }
      if (!isPlain(this.#tree, node)) shared = -1;
      told = this.#tellsItself(node) ? 0 : line;
    }
  }

  #isSilent(node: number): boolean {
    const tree = this.#tree;
    const kind = tree.kind(node);
    if (silent.has(kind) || tree.isExtra(node) || kind === 'ERROR') return true;
    // What partial execution put in (`partialstatements.ts`) is no line of the program.
    if (put.test(tree.text.slice(tree.start(node), tree.start(node) + 10))) return true;
    if (kind === 'variable_declaration') return tree.namedChildren(node).every((one) => tree.field(one, 'value') < 0);
    if (kind === 'expression_statement') {
      // A directive, or what stands for one: nothing may come before it, and it does nothing.
      const inner = tree.firstChild(node);
      return inner >= 0 && tree.kind(inner) === 'string';
    }
    if (kind !== 'export_statement') return false;
    const inside = exported(tree, node);
    return inside < 0 || functionKinds.has(tree.kind(inside)) || this.#isSilent(inside);
  }

  /** Statements whose own parts say their lines, whenever they run. */
  #tellsItself(node: number): boolean {
    const kind = this.#tree.kind(node);
    const body = kind === 'labeled_statement' ? this.#tree.field(node, 'body') : none;
    if (body >= 0) return this.#tellsItself(body);
    return (
      kind === 'while_statement' || kind === 'do_statement' || kind === 'statement_block' || kind === 'try_statement'
    );
  }

  /** @param point to be told before, -1: none @param outer what the pieces go around: the node, or a label before it */
  #statement(node: number, context: Context, point: number, outer: number): void {
    const tree = this.#tree;
    const kind = tree.kind(node);
    const [start, end] = [tree.start(outer), endOf(tree, outer)];
    const before = point < 0 ? '' : this.#points.say(node, context, point);
    const tell = (after: string): void => {
      if (before !== '' || after !== '') this.#put.around(start, end, before, after);
    };
    if (kind === 'export_statement') {
      const inside = exported(tree, node);
      if (simple.has(tree.kind(inside))) {
        this.#simple(inside, before, outer, context);
        return;
      }
      tell('');
      this.expressions.expression(node + 1, tree.next(node), context);
      return;
    }
    const inner = kind === 'expression_statement' ? tree.firstChild(node) : none;
    if (inner >= 0 && tree.kind(inner) === 'internal_module') {
      const body = tree.field(inner, 'body');
      tell('');
      this.list(body < 0 ? [] : tree.namedChildren(body), context, 0);
      return;
    }
    if (simple.has(kind)) {
      this.#simple(node, before, outer, context);
      return;
    }
    const line = this.#points.line(node);
    switch (kind) {
      case 'statement_block':
        this.list(tree.namedChildren(node), context, 0);
        return;
      case 'return_statement': {
        tell('');
        const value = tree.namedChildren(node).find((one) => tree.kind(one) !== 'comment');
        if (this.#points.isCounted) {
          if (value !== undefined) this.expressions.expression(value, tree.next(value), context);
          return;
        }
        const hook = context.defersReturn ? '$wR' : '$wr';
        if (value !== undefined) {
          this.expressions.told(value, context, `${hook}($wf,`);
          return;
        }
        const word = tree.firstChild(node);
        this.#put.around(tree.start(word), tree.end(word), '', ` ${hook}($wf)`);
        return;
      }
      case 'throw_statement': {
        tell('');
        const value = tree.namedChildren(node).find((one) => tree.kind(one) !== 'comment');
        if (value !== undefined) this.expressions.told(value, context, this.#points.isCounted ? '' : '$wt($wf,');
        return;
      }
      case 'if_statement':
        tell('');
        this.#if(node, context, line, '');
        return;
      case 'while_statement': {
        const own = this.#points.point(context.code, line);
        const told = this.#toldOfCondition(node, context, own);
        this.expressions.condition(tree.field(node, 'condition'), context, node, line, told);
        this.#body(tree.field(node, 'body'), context, line);
        return;
      }
      case 'do_statement': {
        this.#body(tree.field(node, 'body'), context, 0);
        const condition = tree.field(node, 'condition');
        const at = this.#points.line(condition);
        const own = this.#points.point(context.code, at);
        const told = this.#toldOfCondition(node, context, own);
        this.expressions.condition(condition, context, node, at, told);
        return;
      }
      case 'for_statement':
        tell('');
        this.#for(node, context, point);
        return;
      case 'for_in_statement':
        tell('');
        this.#forEach(node, context, point);
        return;
      case 'switch_statement':
        tell('');
        this.#switch(node, context, line);
        return;
      case 'try_statement':
        this.#try(node, context);
        return;
      case 'labeled_statement': {
        const body = tree.field(node, 'body');
        if (body < 0) {
          tell('');
          return;
        }
        this.#statement(body, context, point, outer);
        return;
      }
      default:
        tell('');
        this.expressions.expression(node + 1, tree.next(node), context);
        return;
    }
  }

  /** What a loop's condition says of its line each time that it is asked. */
  #toldOfCondition(node: number, context: Context, point: number): string {
    const say = `(${this.#points.say(node, context, point).slice(0, -1)})`;
    if (this.#given.level === 'coverage') return this.#points.tick(point);
    return this.#points.isCounted ? `${say},${this.#points.tick(point)}` : say;
  }

  #simple(node: number, before: string, outer: number, context: Context): void {
    const tree = this.#tree;
    const leaves = /^(break|continue|debugger)/.test(tree.kind(node));
    const effects = leaves ? this.#points.effects(0, 0) : this.#points.effects(node, tree.next(node));
    if (this.#points.hasValues && /class_declaration/.test(tree.kind(node))) {
      const name = tree.field(node, 'name');
      if (name >= 0) {
        const { told, scope } = this.#variables.lookUp(name);
        effects.writes.push({ told, scope, text: tree.textOf(name) });
      }
    }
    const effect = this.#points.effectRow(effects);
    const after = effect < 0 ? '' : `;${effectHook(effects, effect)};`;
    if (before !== '' || after !== '') this.#put.around(tree.start(outer), endOf(tree, outer), before, after);
    this.#points.onTheSpot(effects);
    if (!leaves) this.expressions.expression(node + 1, tree.next(node), context);
  }

  #if(node: number, context: Context, line: number, said: string): void {
    const tree = this.#tree;
    this.expressions.condition(tree.field(node, 'condition'), context, node, line, said);
    const then = tree.field(node, 'consequence');
    const otherwise = tree.field(node, 'alternative');
    const missing = otherwise < 0 ? this.#points.way(context, node, line, 'false').text : '';
    this.#body(
      then,
      context,
      line,
      this.#points.way(context, node, line, 'true'),
      missing === '' ? '' : `else{${missing}}`,
    );
    if (otherwise < 0) return;
    const inner = tree.namedChildren(otherwise).find((one) => tree.kind(one) !== 'comment');
    if (inner === undefined) return;
    const way = this.#points.way(context, node, line, 'false');
    if (tree.kind(inner) !== 'if_statement') {
      this.#body(inner, context, line, way);
      return;
    }
    const at = this.#points.line(inner);
    const point = at === line ? -1 : this.#points.point(context.code, at);
    const told = [way.text.slice(0, -1), point < 0 ? '' : `(${this.#points.say(inner, context, point).slice(0, -1)})`];
    this.#if(inner, context, at, told.filter((one) => one !== '').join());
  }

  /** A statement that may stand without braces. */
  #body(node: number, context: Context, above: number, way: Way = noWay, behind = ''): void {
    const tree = this.#tree;
    if (node < 0) return;
    const kind = tree.kind(node);
    if (kind === 'statement_block') {
      if (behind !== '') this.#put.around(tree.start(node), tree.end(node), '', behind);
      if (way.text !== '') this.#put.open(tree.start(node) + 1, way.text);
      this.list(tree.namedChildren(node), context, above, way.point);
    } else if (!functionKinds.has(kind)) {
      this.#put.around(tree.start(node), endOf(tree, node), `{${way.text}`, `}${behind}`);
      this.list([node], context, above, way.point);
    }
  }

  #for(node: number, context: Context, point: number): void {
    const tree = this.#tree;
    const line = this.#points.line(node);
    const first = tree.field(node, 'initializer');
    const asked = tree.field(node, 'condition');
    const condition = asked >= 0 && tree.kind(asked) === 'expression_statement' ? tree.firstChild(asked) : asked;
    const increment = tree.field(node, 'increment');
    const body = tree.field(node, 'body');
    const close = tree.start(tree.children(node).findLast((one) => tree.kind(one) === "')'") ?? body);
    // What the beginning and each step wrote is told before the condition is asked.
    const written = this.#points.effects(first, first < 0 ? 0 : tree.next(first));
    const stepped = this.#points.effects(increment, increment < 0 ? 0 : tree.next(increment));
    const known = new Map([...written.writes, ...stepped.writes].map((one) => [`${one.scope} ${one.told}`, one]));
    const effects: Effects = {
      writes: [...known.values()],
      touched: [...new Set([...written.touched, ...stepped.touched])],
      onTheSpot: [],
    };
    const effect = this.#points.effectRow(effects);
    const told = effect < 0 ? '' : `(${effectHook(effects, effect)})`;
    this.#points.onTheSpot(written);
    if (first >= 0) this.expressions.expression(first, tree.next(first), context);
    if (condition >= 0 && tree.kind(condition) !== 'empty_statement')
      this.expressions.condition(condition, context, node, line, told);
    else if (told !== '' && condition >= 0)
      this.#put.around(tree.start(condition), tree.start(condition), `${told},!0`, '');
    const isSaid = point >= 0 && this.#given.level !== 'coverage';
    const again = isSaid ? `(${this.#points.say(node, context, point).slice(0, -1)})` : '';
    if (again !== '') {
      if (increment < 0) this.#put.around(close, close, again, '');
      else this.#put.around(tree.start(increment), endOf(tree, increment), `${again},(`, ')');
    }
    this.#points.onTheSpot(stepped);
    if (increment >= 0) this.expressions.expression(increment, tree.next(increment), context);
    this.#body(body, context, line, this.#points.round(context, node, line));
  }

  #forEach(node: number, context: Context, point: number): void {
    const tree = this.#tree;
    const line = this.#points.line(node);
    const left = tree.field(node, 'left');
    const right = tree.field(node, 'right');
    if (right >= 0) this.expressions.told(right, context, '');
    let first = noWay;
    if (this.#points.isCounted) {
      const again = point >= 0 && this.#given.level === 'counts' ? `${this.#points.count(point)};` : '';
      const round = this.#points.round(context, node, line);
      first = { text: again + round.text, point: round.point };
    } else {
      const names = this.#points.hasValues ? this.#variables.namesIn(left) : [];
      const writes = names.map((name) => ({ ...this.#variables.lookUp(name), text: tree.textOf(name) }));
      const effects: Effects = { writes, touched: [], onTheSpot: [] };
      const branch = this.#points.branch(context, node, line, 0, 0);
      const effect = this.#points.effectRow(effects);
      const said = effect < 0 ? '' : `${effectHook(effects, effect)};`;
      first = { text: `$wi($wf,${point},${branch});${said}`, point: -1 };
    }
    this.#body(tree.field(node, 'body'), context, line, first);
  }

  #switch(node: number, context: Context, line: number): void {
    const tree = this.#tree;
    const value = tree.field(node, 'value');
    const body = tree.field(node, 'body');
    if (value >= 0) {
      const [start, end] = [tree.start(value) + 1, tree.end(value) - 1];
      if (!this.#points.isCounted) this.#put.around(start, end, '$ws($wf,(', '))');
      this.expressions.told(value, context, '');
    }
    const cases = body < 0 ? [] : tree.namedChildren(body).filter((one) => /^switch_/.test(tree.kind(one)));
    const insides = cases.map((one) =>
      tree.namedChildren(one).filter((child) => child !== tree.field(one, 'value') && tree.kind(child) !== 'comment'),
    );
    // What is come to from the case before was not chosen.
    const falls =
      this.#points.isCounted && insides.slice(0, -1).some((inside) => inside.length > 0 && !leaves(tree, inside));
    if (falls) this.#put.around(tree.start(node), endOf(tree, node), '{let $wj=!0;', '}');
    for (const [at, one] of cases.entries()) {
      const asked = tree.field(one, 'value');
      if (asked >= 0) this.expressions.expression(asked, tree.next(asked), context);
      const colon = tree.child(one, "':'");
      const inside = insides[at] as readonly number[];
      if (colon < 0) continue;
      const first = insides.slice(at).find((later) => later.length > 0)?.[0];
      const to = first === undefined ? 0 : this.#points.line(firstOf(tree, first));
      if (!this.#points.isCounted) {
        const branch = this.#tables.branches.push([context.code, line, to, 0]) - 1;
        this.#put.open(tree.end(colon), `$wj($wf,${branch});`);
      } else if (inside.length > 0) {
        const way = this.#points.wayPoint(context.code);
        this.#tables.branches.push([-1 - way, line, to, 0]);
        const count = this.#points.count(way);
        this.#put.open(tree.end(colon), falls ? `$wj&&($wj=!1,${count});` : `${count};`);
      }
      this.list(inside, context, line);
    }
  }

  #try(node: number, context: Context): void {
    const tree = this.#tree;
    this.#body(tree.field(node, 'body'), context, 0);
    const handler = tree.field(node, 'handler');
    if (handler >= 0) {
      const parameter = tree.field(handler, 'parameter');
      const body = tree.field(handler, 'body');
      let first = '';
      if (!this.#points.isCounted) {
        if (parameter < 0) this.#put.open(tree.start(body), '($wm)');
        const isName = parameter >= 0 && tree.kind(parameter) === 'identifier';
        const caught = parameter < 0 ? ',$wm' : isName ? `,${tree.textOf(parameter)}` : '';
        const at = this.#points.line(handler);
        const row = this.#tables.branches.push([context.code, at, at, 0]) - 1;
        first = `$wu($wf,${row}${caught});`;
        const names = this.#points.hasValues ? this.#variables.namesIn(parameter) : [];
        const writes = names.map((name) => ({ ...this.#variables.lookUp(name), text: tree.textOf(name) }));
        const effects: Effects = { writes, touched: [], onTheSpot: [] };
        const effect = this.#points.effectRow(effects);
        if (effect >= 0) first += `${effectHook(effects, effect)};`;
      }
      this.#body(body, context, 0, { text: first, point: -1 });
    }
    const last = tree.field(node, 'finalizer');
    if (last >= 0) this.#body(tree.field(last, 'body'), context, 0);
  }
}
