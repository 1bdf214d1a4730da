/**
 * JavaScript and TypeScript rewritten so that they tell what they do, statement by statement.
 *
 * The idea: every statement says its number before it runs, and after it says what it may have changed; functions say when they
 * begin and end, conditions how they were decided. At the levels `coverage` and `counts` a statement only sets or raises a number in an array, and statements that
 * cannot but run together share one. All is put in between on the line where it belongs, so lines stay true; columns
 * move, and so does what `toString` gives of a function. Numbers are told from file to file, and stand for rows of `tracetables.ts`.
 *
 * Not rewritten: what runs outside of statements (default values of parameters, fields of classes, apart from functions in them),
 * text given to `eval`, and files with `with`, where a name may mean anything.
 */
import { flowLanguages } from '../flow/constructs.ts';
import { none, type SyntaxTree } from '../tree/tree.ts';
import { afterDirectives, endOf, nameNode, plainName } from './ecmascriptnodes.ts';
import { type Effects, effectsOf, isType } from './effects.ts';
import { Insertions } from './insertions.ts';
import { FunctionFlow } from './traceflow.ts';
import { placesOfText, type TracedCodeKind, type TracedLevel, type TraceTables } from './tracetables.ts';
import { functionKinds, Variables } from './variables.ts';

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

export interface TracedSource {
  readonly text: string;
  /** Lines on which code is made out of text (`eval`, `new Function`): that code is not told. */
  readonly makesCode: readonly number[];
}

/** What a rewritten file uses of the runtime, by the names that it has there. */
const hooks = {
  values: 'c,o,q,k,e,h,S,r,R,x,g,y,z,l,d,v,b,n,s,j,i,t,u',
  counted: 'c,o,k',
} as const;

interface Context {
  readonly code: number;
  readonly flow: FunctionFlow;
  /** A value that is returned is told when what is `finally` to run has run. */
  readonly defersReturn: boolean;
}

const simple = new Set([
  'expression_statement',
  'lexical_declaration',
  'variable_declaration',
  'class_declaration',
  'abstract_class_declaration',
  'enum_declaration',
  'debugger_statement',
  'break_statement',
  'continue_statement',
]);
/** Statements that are only told before they run. */
const mayShare = new Set([...simple, 'return_statement', 'throw_statement', 'if_statement', 'switch_statement']);
const silent = new Set([
  'comment',
  'function_declaration',
  'generator_function_declaration',
  'function_signature',
  'import_statement',
  'import_alias',
  'empty_statement',
  'interface_declaration',
  'type_alias_declaration',
  'ambient_declaration',
  'hash_bang_line',
]);

/** @returns null when the file cannot be told: it uses `with` */
export function traceEcmascript(
  tree: SyntaxTree,
  language: string,
  tables: TraceTables,
  rewriting: TraceRewriting,
): TracedSource | null {
  for (let node = 0; node < tree.size; node++) if (tree.kind(node) === 'with_statement') return null;
  return new Rewriter(tree, language, tables, rewriting).run();
}

class Rewriter {
  readonly #tree: SyntaxTree;
  readonly #language: string;
  readonly #tables: TraceTables;
  readonly #given: TraceRewriting;
  readonly #put: Insertions;
  readonly #variables: Variables;
  readonly #places = { lineOf: (offset: number): number => this.#place(offset) };
  readonly #counted: boolean;
  readonly #values: boolean;
  readonly #makesCode: number[] = [];

  constructor(tree: SyntaxTree, language: string, tables: TraceTables, given: TraceRewriting) {
    this.#tree = tree;
    this.#language = language;
    this.#tables = tables;
    this.#given = given;
    this.#put = new Insertions(tree.text);
    this.#variables = new Variables(tree, (offset) => this.#place(offset) % placesOfText);
    this.#counted = given.level === 'coverage' || given.level === 'counts';
    this.#values = given.level === 'values';
  }

  run(): TracedSource {
    const tree = this.#tree;
    const open: { readonly end: number; readonly name: string }[] = [];
    this.#file();
    for (let node = 1; node < tree.size; node++) {
      while (open.length > 0 && node >= (open.at(-1)?.end ?? 0)) open.pop();
      const kind = tree.kind(node);
      const isClass = /^(class|(abstract_)?class_declaration)$/.test(kind) && tree.isNamed(node);
      if (kind === 'call_expression' || kind === 'new_expression') this.#noteMadeCode(node);
      if (!isClass && !functionKinds.has(kind)) continue;
      const named = nameNode(tree, node);
      const name = named < 0 ? '' : plainName(tree.textOf(named));
      const qualified = [...open.map((one) => one.name), name || '<anonymous>'].filter((part) => part !== '').join('.');
      if (!isClass) this.#function(node, qualified);
      open.push({ end: tree.next(node), name });
    }
    return { text: this.#put.finish().text, makesCode: this.#makesCode };
  }

  #noteMadeCode(node: number): void {
    const callee = Math.max(this.#tree.field(node, 'function'), this.#tree.field(node, 'constructor'));
    if (callee >= 0 && /^(eval|Function)$/.test(this.#tree.textOf(callee))) this.#makesCode.push(this.#line(node));
  }

  #line(node: number): number {
    return this.#place(this.#tree.start(node));
  }

  #place(offset: number): number {
    const line = this.#put.lineOf(offset);
    return this.#given.placeOf?.(line, this.#put.columnOf(offset)) ?? line;
  }

  #code(node: number, name: string, kind: TracedCodeKind, parameters: readonly string[]): number {
    const end = this.#place(Math.max(this.#tree.start(node), this.#tree.end(node) - 1));
    return this.#tables.codes.push([this.#given.path, name, kind, this.#line(node), end, parameters]) - 1;
  }

  #context(code: number, body: number, line: number, defersReturn: boolean): Context {
    const language = flowLanguages[this.#language];
    if (language === undefined) throw new Error(`no control flow of ${this.#language}`);
    return { code, flow: new FunctionFlow(this.#tree, language, body, line), defersReturn };
  }

  #file(): void {
    const tree = this.#tree;
    const { runtime, isModule } = this.#given;
    const end = this.#put.lineOf(tree.text.length);
    const code = this.#tables.codes.push([this.#given.path, '<module>', 'module', 1, end, []]) - 1;
    const names = this.#counted ? hooks.counted : hooks.values;
    const listed = names.split(',');
    const taken = isModule
      ? `import{${listed.map((name) => `${name} as $w${name}`).join(',')}}from${JSON.stringify(runtime)};`
      : `var $w=require(${JSON.stringify(runtime)}),${listed.map((name) => `$w${name}=$w.${name}`).join(',')};`;
    const first = tree.namedChildren(0).find((node) => tree.kind(node) === 'hash_bang_line');
    const at = first === undefined ? afterDirectives(tree, 0, 0) : tree.end(first) + 1;
    if (at > tree.text.length) return;
    const begin = this.#counted ? '' : `${isModule ? 'const' : 'var'} $wf=$we(${code});`;
    this.#put.around(at, Math.max(at, tree.text.length), taken + begin, this.#counted ? '' : '\n;$wr($wf);');
    this.#list(tree.namedChildren(0), this.#context(code, 0, 1, false), 0);
  }

  #function(node: number, name: string): void {
    const tree = this.#tree;
    const body = tree.field(node, 'body');
    if (body < 0) return;
    const isAsync = tree.child(node, "'async'") >= 0;
    const isGenerator = tree.kind(node).startsWith('generator') || tree.child(node, "'*'") >= 0;
    const parameters = [tree.field(node, 'parameters'), tree.field(node, 'parameter')]
      .flatMap((part) => this.#variables.namesIn(part))
      .map((one) => tree.textOf(one));
    const kind = isAsync ? 'coroutine' : isGenerator ? 'generator' : 'function';
    const code = this.#code(node, name, kind, this.#values ? parameters : []);
    const isBlock = tree.kind(body) === 'statement_block';
    const context = this.#context(code, body, this.#line(node), isBlock && returnsThroughFinally(tree, body));
    const start = isBlock ? afterDirectives(tree, body) : tree.start(body);
    const end = isBlock ? tree.end(body) - 1 : endOf(tree, body);
    const entry = this.#counted && isBlock ? this.#wayPoint(code) : -1;
    if (this.#counted) {
      const tick = entry < 0 ? '' : this.#tick(entry);
      if (isBlock) this.#put.around(start, end, `${tick};`, '');
      else {
        const point = this.#point(code, this.#line(body));
        this.#put.around(start, end, `(${this.#tick(point)},${this.#count(point)},(`, '))');
      }
    } else {
      const args = this.#values ? parameters.map((one) => `,${one}`).join('') : '';
      const isWrapped = !isBlock || !(declaresTwice(tree, body) || this.#givesFields(node));
      const begin = `const $wf=${args === '' ? '$we' : '$wh'}(${code}${args});${isWrapped ? 'try{' : ''}`;
      // A function that throws into a promise says what: nobody prints where that was thrown again.
      const ends = isAsync ? '}catch($wm){throw $wg($wf,$wm)}' : '}finally{$wf.on&&$wx($wf)}';
      const tail = isWrapped ? ends : '';
      const last = `${endsByItself(tree, body) ? '' : ';$wr($wf)'}${tail}`;
      if (isBlock && start === end) this.#put.open(start, begin + last);
      else if (isBlock) this.#put.around(start, end, begin, last);
      else {
        const effects = this.#effects(body, tree.next(body));
        const effect = this.#effectRow(effects);
        const [before, after] = effect < 0 ? ['', ''] : [`$wv($wf,${effect},`, `${valuesOf(effects)})`];
        const line = `${lineHook(this.#point(code, this.#line(body)))};`;
        this.#put.around(start, end, `{${begin}${line}return $wr($wf,${before}(`, `)${after})${tail}}`);
        this.#onTheSpot(effects);
      }
    }
    if (isBlock) this.#list(tree.namedChildren(body), context, 0, this.#given.level === 'coverage' ? entry : -1);
    else this.#expression(body, tree.next(body), context);
  }

  /** Fields are put in by TypeScript behind the call of `super`, which it looks for among the statements of the constructor. */
  #givesFields(node: number): boolean {
    const name = this.#tree.field(node, 'name');
    return /\.[cm]?tsx?$/.test(this.#given.path) && name >= 0 && this.#tree.textOf(name) === 'constructor';
  }

  // Numbers.

  #point(code: number, line: number): number {
    return this.#tables.points.push([code, line]) - 1;
  }

  /** A counter of its own that stands for no line. */
  #wayPoint(code: number): number {
    return this.#tables.points.push([code]) - 1;
  }

  #count(point: number): string {
    return this.#given.level === 'coverage' ? `$wc[${point}]=1` : `$wc[${point}]++`;
  }

  /** Where a program may run for ever: now and then it is seen to that what was counted is written. */
  #tick(point: number): string {
    return `(++$wo[${point}]&4095||$wk())`;
  }

  #effects(start: number, end: number): Effects {
    if (!this.#values) return { writes: [], touched: [], onTheSpot: [] };
    return effectsOf(this.#tree, this.#variables, start, end);
  }

  /** @returns -1 when there is nothing to tell */
  #effectRow({ writes, touched }: Effects): number {
    if (writes.length === 0 && touched.length === 0) return -1;
    const row = [writes.map(({ told, scope }) => [told, scope] as const), touched.length] as const;
    return this.#tables.effects.push(row) - 1;
  }

  #onTheSpot(effects: Effects): void {
    for (const { node, names } of effects.onTheSpot) {
      const written = names.map((name) => ({ ...this.#variables.lookUp(name), text: this.#tree.textOf(name) }));
      const effect = this.#effectRow({ writes: written, touched: [], onTheSpot: [] });
      this.#put.around(
        this.#tree.start(node),
        endOf(this.#tree, node),
        `$wv($wf,${effect},`,
        `,${written.map(({ text }) => text).join()})`,
      );
    }
  }

  #branch(context: Context, node: number, line: number, whenTrue: number, whenFalse: number): number {
    const to = (given: number, way: 'true' | 'false'): number =>
      given || context.flow.lineAfter(node, way, this.#places);
    return this.#tables.branches.push([context.code, line, to(whenTrue, 'true'), to(whenFalse, 'false')]) - 1;
  }

  // Statements.

  /**
   * @param above line that was last told, of the statement around; 0: none
   * @param entry point that is told just before the first, -1: none
   */
  #list(nodes: readonly number[], context: Context, above: number, entry = -1): void {
    let told = above;
    /** With counters: the point that the statement before has, when nothing can come between. Its lines are all of one text. */
    let shared = this.#given.placeOf === undefined ? entry : none;
    for (const node of nodes) {
      if (this.#isSilent(node)) continue;
      const line = this.#line(node);
      const isTold = line !== told && !this.#tellsItself(node);
      if (this.#counted && isTold && shared >= 0 && mayShare.has(this.#tree.kind(node))) {
        const row = this.#tables.points[shared];
        this.#tables.points[shared] = [...(row as [number, ...number[]]), line];
        this.#statement(node, context, -1, node);
      } else {
        const point = isTold ? this.#point(context.code, line) : -1;
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
    const before = point < 0 ? '' : this.#say(node, context, point);
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
      this.#expression(node + 1, tree.next(node), context);
      return;
    }
    const inner = kind === 'expression_statement' ? tree.firstChild(node) : none;
    if (inner >= 0 && tree.kind(inner) === 'internal_module') {
      const body = tree.field(inner, 'body');
      tell('');
      this.#list(body < 0 ? [] : tree.namedChildren(body), context, 0);
      return;
    }
    if (simple.has(kind)) {
      this.#simple(node, before, outer, context);
      return;
    }
    const line = this.#line(node);
    switch (kind) {
      case 'statement_block':
        this.#list(tree.namedChildren(node), context, 0);
        return;
      case 'return_statement': {
        tell('');
        const value = tree.namedChildren(node).find((one) => tree.kind(one) !== 'comment');
        if (this.#counted) {
          if (value !== undefined) this.#expression(value, tree.next(value), context);
          return;
        }
        const hook = context.defersReturn ? '$wR' : '$wr';
        if (value !== undefined) {
          this.#told(value, context, `${hook}($wf,`);
          return;
        }
        const word = tree.firstChild(node);
        this.#put.around(tree.start(word), tree.end(word), '', ` ${hook}($wf)`);
        return;
      }
      case 'throw_statement': {
        tell('');
        const value = tree.namedChildren(node).find((one) => tree.kind(one) !== 'comment');
        if (value !== undefined) this.#told(value, context, this.#counted ? '' : '$wt($wf,');
        return;
      }
      case 'if_statement':
        tell('');
        this.#if(node, context, line, '');
        return;
      case 'while_statement': {
        const own = this.#point(context.code, line);
        const say = `(${this.#say(node, context, own).slice(0, -1)})`;
        const told =
          this.#given.level === 'coverage' ? this.#tick(own) : this.#counted ? `${say},${this.#tick(own)}` : say;
        this.#condition(tree.field(node, 'condition'), context, node, line, told);
        this.#body(tree.field(node, 'body'), context, line);
        return;
      }
      case 'do_statement': {
        this.#body(tree.field(node, 'body'), context, 0);
        const condition = tree.field(node, 'condition');
        const at = this.#line(condition);
        const own = this.#point(context.code, at);
        const say = `(${this.#say(node, context, own).slice(0, -1)})`;
        const told =
          this.#given.level === 'coverage' ? this.#tick(own) : this.#counted ? `${say},${this.#tick(own)}` : say;
        this.#condition(condition, context, node, at, told);
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
        this.#expression(node + 1, tree.next(node), context);
        return;
    }
  }

  #say(node: number, context: Context, point: number): string {
    if (this.#counted) return `${this.#count(point)};`;
    if (this.#given.level === 'blocks' && !context.flow.beginsBlock(node)) return `$wc[${point}]++;`;
    return `${lineHook(point)};`;
  }

  #simple(node: number, before: string, outer: number, context: Context): void {
    const tree = this.#tree;
    const leaves = /^(break|continue|debugger)/.test(tree.kind(node));
    const effects = leaves ? this.#effects(0, 0) : this.#effects(node, tree.next(node));
    if (this.#values && /class_declaration/.test(tree.kind(node))) {
      const name = tree.field(node, 'name');
      if (name >= 0) {
        const { told, scope } = this.#variables.lookUp(name);
        effects.writes.push({ told, scope, text: tree.textOf(name) });
      }
    }
    const effect = this.#effectRow(effects);
    const after = effect < 0 ? '' : `;${effectHook(effects, effect)};`;
    if (before !== '' || after !== '') this.#put.around(tree.start(outer), endOf(tree, outer), before, after);
    this.#onTheSpot(effects);
    if (!leaves) this.#expression(node + 1, tree.next(node), context);
  }

  /** A value that is given to a hook, after what it changed was told. */
  #told(node: number, context: Context, hook: string): void {
    const tree = this.#tree;
    const [start, end] = [tree.start(node), endOf(tree, node)];
    const effects = this.#effects(node, tree.next(node));
    const effect = this.#effectRow(effects);
    // A sequence without brackets would be several arguments.
    if (hook !== '') this.#put.around(start, end, `${hook}(`, '))');
    if (effect >= 0) this.#put.around(start, end, `$wv($wf,${effect},(`, `)${valuesOf(effects)})`);
    this.#onTheSpot(effects);
    this.#expression(node, tree.next(node), context);
  }

  /** @param node in brackets @param said what is to be told before, without a semicolon */
  #condition(
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
    if (said !== '') this.#put.around(start, end, `${said},(`, ')');
    if (!this.#counted) {
      const branch = this.#branch(context, whole, line, whenTrue, whenFalse);
      this.#put.around(start, end, `$wb($wf,${branch},(`, '))');
    }
    const leaves = this.#counted && /^(while|do|for)_/.test(tree.kind(whole));
    const way = leaves ? this.#way(context, whole, line, 'false').text.slice(0, -1) : '';
    if (way !== '') this.#put.around(start, end, '(', `)||(${way},!1)`);
    const effects = this.#effects(node, tree.next(node));
    const effect = this.#effectRow(effects);
    if (effect >= 0) this.#put.around(start, end, `$wv($wf,${effect},(`, `)${valuesOf(effects)})`);
    this.#onTheSpot(effects);
    this.#expression(node, tree.next(node), context);
  }

  #if(node: number, context: Context, line: number, said: string): void {
    const tree = this.#tree;
    this.#condition(tree.field(node, 'condition'), context, node, line, said);
    const then = tree.field(node, 'consequence');
    const otherwise = tree.field(node, 'alternative');
    const missing = otherwise < 0 ? this.#way(context, node, line, 'false').text : '';
    this.#body(then, context, line, this.#way(context, node, line, 'true'), missing === '' ? '' : `else{${missing}}`);
    if (otherwise < 0) return;
    const inner = tree.namedChildren(otherwise).find((one) => tree.kind(one) !== 'comment');
    if (inner === undefined) return;
    const way = this.#way(context, node, line, 'false');
    if (tree.kind(inner) !== 'if_statement') {
      this.#body(inner, context, line, way);
      return;
    }
    const at = this.#line(inner);
    const point = at === line ? -1 : this.#point(context.code, at);
    const told = [way.text.slice(0, -1), point < 0 ? '' : `(${this.#say(inner, context, point).slice(0, -1)})`];
    this.#if(inner, context, at, told.filter((one) => one !== '').join());
  }

  /** With counters: that a way was taken, with a semicolon. */
  #way(context: Context, node: number, line: number, way: 'true' | 'false'): Way {
    if (!this.#counted) return noWay;
    const to = context.flow.lineAfter(node, way, this.#places);
    if (to === 0) return noWay;
    const point = this.#wayPoint(context.code);
    const isTrue = way === 'true';
    this.#tables.branches.push([-1 - point, line, isTrue ? to : 0, isTrue ? 0 : to]);
    return { text: `${this.#count(point)};`, point };
  }

  /** A statement that may stand without braces. */
  #body(node: number, context: Context, above: number, way: Way = noWay, behind = ''): void {
    const tree = this.#tree;
    if (node < 0) return;
    const kind = tree.kind(node);
    if (kind === 'statement_block') {
      if (behind !== '') this.#put.around(tree.start(node), tree.end(node), '', behind);
      if (way.text !== '') this.#put.open(tree.start(node) + 1, way.text);
      this.#list(tree.namedChildren(node), context, above, way.point);
    } else if (!functionKinds.has(kind)) {
      this.#put.around(tree.start(node), endOf(tree, node), `{${way.text}`, `}${behind}`);
      this.#list([node], context, above, way.point);
    }
  }

  #for(node: number, context: Context, point: number): void {
    const tree = this.#tree;
    const line = this.#line(node);
    const first = tree.field(node, 'initializer');
    const asked = tree.field(node, 'condition');
    const condition = asked >= 0 && tree.kind(asked) === 'expression_statement' ? tree.firstChild(asked) : asked;
    const increment = tree.field(node, 'increment');
    const body = tree.field(node, 'body');
    const close = tree.start(tree.children(node).findLast((one) => tree.kind(one) === "')'") ?? body);
    // What the beginning and each step wrote is told before the condition is asked.
    const written = this.#effects(first, first < 0 ? 0 : tree.next(first));
    const stepped = this.#effects(increment, increment < 0 ? 0 : tree.next(increment));
    const known = new Map([...written.writes, ...stepped.writes].map((one) => [`${one.scope} ${one.told}`, one]));
    const effects: Effects = {
      writes: [...known.values()],
      touched: [...new Set([...written.touched, ...stepped.touched])],
      onTheSpot: [],
    };
    const effect = this.#effectRow(effects);
    const told = effect < 0 ? '' : `(${effectHook(effects, effect)})`;
    this.#onTheSpot(written);
    if (first >= 0) this.#expression(first, tree.next(first), context);
    if (condition >= 0 && tree.kind(condition) !== 'empty_statement')
      this.#condition(condition, context, node, line, told);
    else if (told !== '' && condition >= 0)
      this.#put.around(tree.start(condition), tree.start(condition), `${told},!0`, '');
    const isSaid = point >= 0 && this.#given.level !== 'coverage';
    const again = isSaid ? `(${this.#say(node, context, point).slice(0, -1)})` : '';
    if (again !== '') {
      if (increment < 0) this.#put.around(close, close, again, '');
      else this.#put.around(tree.start(increment), endOf(tree, increment), `${again},(`, ')');
    }
    this.#onTheSpot(stepped);
    if (increment >= 0) this.#expression(increment, tree.next(increment), context);
    this.#body(body, context, line, this.#round(context, node, line));
  }

  /** With counters: one more round of a loop. */
  #round(context: Context, node: number, line: number): Way {
    if (!this.#counted) return noWay;
    const way = this.#way(context, node, line, 'true');
    const point = way.point < 0 ? this.#wayPoint(context.code) : way.point;
    // With `coverage` the steps themselves say that the body was come to.
    if (this.#given.level === 'coverage') return { text: `${this.#tick(point)};`, point };
    return { text: `${way.text}${this.#tick(point)};`, point: way.point };
  }

  #forEach(node: number, context: Context, point: number): void {
    const tree = this.#tree;
    const line = this.#line(node);
    const left = tree.field(node, 'left');
    const right = tree.field(node, 'right');
    if (right >= 0) this.#told(right, context, '');
    let first = noWay;
    if (this.#counted) {
      const again = point >= 0 && this.#given.level === 'counts' ? `${this.#count(point)};` : '';
      const round = this.#round(context, node, line);
      first = { text: again + round.text, point: round.point };
    } else {
      const names = this.#values ? this.#variables.namesIn(left) : [];
      const writes = names.map((name) => ({ ...this.#variables.lookUp(name), text: tree.textOf(name) }));
      const effects: Effects = { writes, touched: [], onTheSpot: [] };
      const branch = this.#branch(context, node, line, 0, 0);
      const effect = this.#effectRow(effects);
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
      if (!this.#counted) this.#put.around(start, end, '$ws($wf,(', '))');
      this.#told(value, context, '');
    }
    const cases = body < 0 ? [] : tree.namedChildren(body).filter((one) => /^switch_/.test(tree.kind(one)));
    const insides = cases.map((one) =>
      tree.namedChildren(one).filter((child) => child !== tree.field(one, 'value') && tree.kind(child) !== 'comment'),
    );
    // What is come to from the case before was not chosen.
    const falls = this.#counted && insides.slice(0, -1).some((inside) => inside.length > 0 && !leaves(tree, inside));
    if (falls) this.#put.around(tree.start(node), endOf(tree, node), '{let $wj=!0;', '}');
    for (const [at, one] of cases.entries()) {
      const asked = tree.field(one, 'value');
      if (asked >= 0) this.#expression(asked, tree.next(asked), context);
      const colon = tree.child(one, "':'");
      const inside = insides[at] as readonly number[];
      if (colon < 0) continue;
      const first = insides.slice(at).find((later) => later.length > 0)?.[0];
      const to = first === undefined ? 0 : this.#line(firstOf(tree, first));
      if (!this.#counted) {
        const branch = this.#tables.branches.push([context.code, line, to, 0]) - 1;
        this.#put.open(tree.end(colon), `$wj($wf,${branch});`);
      } else if (inside.length > 0) {
        const way = this.#wayPoint(context.code);
        this.#tables.branches.push([-1 - way, line, to, 0]);
        const count = this.#count(way);
        this.#put.open(tree.end(colon), falls ? `$wj&&($wj=!1,${count});` : `${count};`);
      }
      this.#list(inside, context, line);
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
      if (!this.#counted) {
        if (parameter < 0) this.#put.open(tree.start(body), '($wm)');
        const isName = parameter >= 0 && tree.kind(parameter) === 'identifier';
        const caught = parameter < 0 ? ',$wm' : isName ? `,${tree.textOf(parameter)}` : '';
        const at = this.#line(handler);
        const row = this.#tables.branches.push([context.code, at, at, 0]) - 1;
        first = `$wu($wf,${row}${caught});`;
        const names = this.#values ? this.#variables.namesIn(parameter) : [];
        const writes = names.map((name) => ({ ...this.#variables.lookUp(name), text: tree.textOf(name) }));
        const effects: Effects = { writes, touched: [], onTheSpot: [] };
        const effect = this.#effectRow(effects);
        if (effect >= 0) first += `${effectHook(effects, effect)};`;
      }
      this.#body(body, context, 0, { text: first, point: -1 });
    }
    const last = tree.field(node, 'finalizer');
    if (last >= 0) this.#body(tree.field(last, 'body'), context, 0);
  }

  // Expressions.

  /** Conditions within expressions, and where a function rests. @param start @param end nodes, half open */
  #expression(start: number, end: number, context: Context): void {
    const tree = this.#tree;
    for (let node = start; node < end; node++) {
      const kind = tree.kind(node);
      if (functionKinds.has(kind) || isType(kind)) node = tree.next(node) - 1;
      else if (kind === 'class_body') {
        for (const member of tree.namedChildren(node))
          if (tree.kind(member) === 'class_static_block') this.#body(tree.field(member, 'body'), context, 0);
        node = tree.next(node) - 1;
      } else if (!this.#counted) this.#part(node, kind, context);
    }
  }

  #part(node: number, kind: string, context: Context): void {
    const tree = this.#tree;
    const around = (part: number, before: string, after: string): void =>
      void this.#put.around(tree.start(part), endOf(tree, part), before, after);
    const decided = (part: number, hook: string, whenTrue: number, whenFalse: number): void => {
      const lines = [whenTrue, whenFalse].map((one) => (one < 0 ? 0 : this.#line(one))) as [number, number];
      const branch = this.#tables.branches.push([context.code, this.#line(part), ...lines]) - 1;
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

/** Counts down in place, and calls only when there is something to do: most executions of a long run are not told. */
const lineHook = (point: number): string => `--$wq[${point}]<0?$wl($wf,${point}):$wf.at=${-point - 2}`;

/** Tells what a statement did; where that is not told, only that objects may have changed. */
const effectHook = (effects: Effects, effect: number): string => {
  const { touched } = effects;
  const skipped = touched.length === 0 ? '0' : `(${touched.map((text) => `$wS(${text})`).join()})`;
  return `$wf.at<-1?${skipped}:$wd($wf,${effect}${valuesOf(effects)})`;
};

/** What tells with counters which way was taken, with a semicolon, and by which point; -1: none. */
interface Way {
  readonly text: string;
  readonly point: number;
}
const noWay: Way = { text: '', point: -1 };

const valuesOf = ({ writes, touched }: Effects): string =>
  [...writes.map(({ text }) => text), ...touched].map((text) => `,${text}`).join('');

/** What an export declares; -1 when it runs nothing. */
function exported(tree: SyntaxTree, node: number): number {
  return Math.max(tree.field(node, 'declaration'), tree.field(node, 'value'));
}

/** Statements that neither throw nor call: the next one runs when they did. */
const plainKinds = new Set([
  'expression_statement',
  'lexical_declaration',
  'variable_declaration',
  'variable_declarator',
  'assignment_expression',
  'augmented_assignment_expression',
  'update_expression',
  'identifier',
  'number',
  'string',
  'string_fragment',
  'true',
  'false',
  'null',
  'undefined',
  'arrow_function',
  'function_expression',
  'parenthesized_expression',
  'type_annotation',
]);
/** Of two operands that are numbers or texts; a symbol or a BigInt would throw, and the next line would wrongly be said to have run. */
const plainOperators = /^([-+*/%<>|&^]|<=|>=|[!=]==|==|!=|<<|>>>?|&&|\|\|)$/;

function isPlain(tree: SyntaxTree, statement: number): boolean {
  for (let node = statement; node < tree.next(statement); node++) {
    if (!tree.isNamed(node)) continue;
    const kind = tree.kind(node);
    if (kind === 'binary_expression') {
      if (!plainOperators.test(tree.textOf(tree.field(node, 'operator')))) return false;
    } else if (!plainKinds.has(kind)) return false;
    if (functionKinds.has(kind) || isType(kind)) node = tree.next(node) - 1;
  }
  return true;
}

/** The statement that runs first of one that may be a block. */
function firstOf(tree: SyntaxTree, statement: number): number {
  if (tree.kind(statement) !== 'statement_block') return statement;
  const inside = tree.namedChildren(statement).find((one) => tree.kind(one) !== 'comment');
  return inside === undefined ? statement : firstOf(tree, inside);
}

/** Whether nothing comes to run behind the last statement; false where that is not plain to see. */
function leaves(tree: SyntaxTree, statements: readonly number[]): boolean {
  const last = statements.at(-1);
  if (last === undefined) return false;
  const kind = tree.kind(last);
  if (kind === 'statement_block')
    return leaves(
      tree,
      tree.namedChildren(last).filter((one) => tree.kind(one) !== 'comment'),
    );
  return /^(break|continue|return|throw)_statement$/.test(kind);
}

function endsByItself(tree: SyntaxTree, body: number): boolean {
  const last = tree.namedChildren(body).findLast((one) => tree.kind(one) !== 'comment');
  return last !== undefined && /^(return|throw)_statement$/.test(tree.kind(last));
}

/** A `return` inside of a `try` with a `finally`: other lines run after it. */
function returnsThroughFinally(tree: SyntaxTree, body: number): boolean {
  for (let node = body; node < tree.next(body); node++) {
    const kind = tree.kind(node);
    if (functionKinds.has(kind)) node = tree.next(node) - 1;
    else if (kind === 'finally_clause') return true;
  }
  return false;
}

/** Two declarations of one name may stand in a function, but not in the block that is put around what it does. */
function declaresTwice(tree: SyntaxTree, body: number): boolean {
  const functions = tree
    .namedChildren(body)
    .filter((one) => /function_declaration$/.test(tree.kind(one)))
    .map((one) => tree.textOf(tree.field(one, 'name')));
  if (functions.length === 0) return false;
  const names = new Set(functions);
  if (names.size < functions.length) return true;
  for (let node = body; node < tree.next(body); node++) {
    const kind = tree.kind(node);
    if (functionKinds.has(kind)) node = tree.next(node) - 1;
    else if (kind === 'variable_declarator' && names.has(tree.textOf(tree.field(node, 'name')))) return true;
  }
  return false;
}
