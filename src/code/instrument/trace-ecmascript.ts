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
import type { SyntaxTree } from '../tree/tree.ts';
import { afterDirectives, endOf, nameNode, plainName } from './ecmascriptnodes.ts';
import type { Insertions } from './insertions.ts';
import { FunctionFlow } from './traceflow.ts';
import { type Context, lineHook, TracePoints, type TraceRewriting, valuesOf } from './tracepoints.ts';
import { TraceStatements } from './tracestatements.ts';
import { declaresTwice, endsByItself, returnsThroughFinally } from './tracesyntax.ts';
import type { TracedCodeKind, TraceTables } from './tracetables.ts';
import { functionKinds, type Variables } from './variables.ts';

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
  readonly #points: TracePoints;
  readonly #statements: TraceStatements;
  readonly #makesCode: number[] = [];

  constructor(tree: SyntaxTree, language: string, tables: TraceTables, given: TraceRewriting) {
    this.#tree = tree;
    this.#language = language;
    this.#tables = tables;
    this.#given = given;
    this.#points = new TracePoints(tree, tables, given);
    this.#statements = new TraceStatements(tree, this.#points, given);
    this.#put = this.#points.put;
    this.#variables = this.#points.variables;
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
    if (callee >= 0 && /^(eval|Function)$/.test(this.#tree.textOf(callee)))
      this.#makesCode.push(this.#points.line(node));
  }

  #code(node: number, name: string, kind: TracedCodeKind, parameters: readonly string[]): number {
    const end = this.#points.place(Math.max(this.#tree.start(node), this.#tree.end(node) - 1));
    return this.#tables.codes.push([this.#given.path, name, kind, this.#points.line(node), end, parameters]) - 1;
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
    const names = this.#points.isCounted ? hooks.counted : hooks.values;
    const listed = names.split(',');
    const taken = isModule
      ? `import{${listed.map((name) => `${name} as $w${name}`).join(',')}}from${JSON.stringify(runtime)};`
      : `var $w=require(${JSON.stringify(runtime)}),${listed.map((name) => `$w${name}=$w.${name}`).join(',')};`;
    const first = tree.namedChildren(0).find((node) => tree.kind(node) === 'hash_bang_line');
    const at = first === undefined ? afterDirectives(tree, 0, 0) : tree.end(first) + 1;
    if (at > tree.text.length) return;
    const begin = this.#points.isCounted ? '' : `${isModule ? 'const' : 'var'} $wf=$we(${code});`;
    this.#put.around(at, Math.max(at, tree.text.length), taken + begin, this.#points.isCounted ? '' : '\n;$wr($wf);');
    this.#statements.list(tree.namedChildren(0), this.#context(code, 0, 1, false), 0);
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
    const code = this.#code(node, name, kind, this.#points.hasValues ? parameters : []);
    const isBlock = tree.kind(body) === 'statement_block';
    const context = this.#context(code, body, this.#points.line(node), isBlock && returnsThroughFinally(tree, body));
    const start = isBlock ? afterDirectives(tree, body) : tree.start(body);
    const end = isBlock ? tree.end(body) - 1 : endOf(tree, body);
    const entry = this.#points.isCounted && isBlock ? this.#points.wayPoint(code) : -1;
    if (this.#points.isCounted) {
      const tick = entry < 0 ? '' : this.#points.tick(entry);
      if (isBlock) this.#put.around(start, end, `${tick};`, '');
      else {
        const point = this.#points.point(code, this.#points.line(body));
        this.#put.around(start, end, `(${this.#points.tick(point)},${this.#points.count(point)},(`, '))');
      }
    } else {
      const args = this.#points.hasValues ? parameters.map((one) => `,${one}`).join('') : '';
      const isWrapped = !isBlock || !(declaresTwice(tree, body) || this.#givesFields(node));
      const begin = `const $wf=${args === '' ? '$we' : '$wh'}(${code}${args});${isWrapped ? 'try{' : ''}`;
      // A function that throws into a promise says what: nobody prints where that was thrown again.
      const ends = isAsync ? '}catch($wm){throw $wg($wf,$wm)}' : '}finally{$wf.on&&$wx($wf)}';
      const tail = isWrapped ? ends : '';
      const last = `${endsByItself(tree, body) ? '' : ';$wr($wf)'}${tail}`;
      if (isBlock && start === end) this.#put.open(start, begin + last);
      else if (isBlock) this.#put.around(start, end, begin, last);
      else {
        const effects = this.#points.effects(body, tree.next(body));
        const effect = this.#points.effectRow(effects);
        const [before, after] = effect < 0 ? ['', ''] : [`$wv($wf,${effect},`, `${valuesOf(effects)})`];
        const line = `${lineHook(this.#points.point(code, this.#points.line(body)))};`;
        this.#put.around(start, end, `{${begin}${line}return $wr($wf,${before}(`, `)${after})${tail}}`);
        this.#points.onTheSpot(effects);
      }
    }
    if (isBlock)
      this.#statements.list(tree.namedChildren(body), context, 0, this.#given.level === 'coverage' ? entry : -1);
    else this.#statements.expressions.expression(body, tree.next(body), context);
  }

  /** Fields are put in by TypeScript behind the call of `super`, which it looks for among the statements of the constructor. */
  #givesFields(node: number): boolean {
    const name = this.#tree.field(node, 'name');
    return /\.[cm]?tsx?$/.test(this.#given.path) && name >= 0 && this.#tree.textOf(name) === 'constructor';
  }

  // Numbers.
}
