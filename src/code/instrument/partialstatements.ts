/**
 * Statements rewritten so that each says that it ran: a simple one when it completed, a compound one when its block was entered.
 *
 * `throw`, `break` and `continue` are counted among the statements and never say so: the definition of LExecutor (docs/methods.md), so that figures can be
 * compared. At level 4 a simple statement that fails asks whether the program may go on behind it.
 */
import { none, type SyntaxTree } from '../tree/tree.ts';
import { afterDirectives, endOf } from './ecmascriptnodes.ts';
import type { PartialPoints } from './partialpoints.ts';
import { exported } from './tracesyntax.ts';
import { functionKinds } from './variables.ts';

/** What runs nothing, or only declares types. */
const unseen = new Set([
  'comment',
  'function_signature',
  'empty_statement',
  'interface_declaration',
  'type_alias_declaration',
  'ambient_declaration',
  'hash_bang_line',
  'ERROR',
]);

export interface StatementWishes {
  /** Level 4. */
  readonly resumes: boolean;
  /** Functions say where they are, so that they can be called. */
  readonly registers: boolean;
}

export class PartialStatements {
  readonly #tree: SyntaxTree;
  readonly #points: PartialPoints;
  readonly #wishes: StatementWishes;
  readonly #functionOf: (node: number) => number;
  /** Inside of a `try` that has a `catch` of its own: errors are the program's to catch. */
  #caught = 0;
  /** At the top of the file: behind each statement what ran is told, since the next may never end. */
  #isTop = false;

  /** @param functionOf number of a function by its node */
  constructor(tree: SyntaxTree, points: PartialPoints, wishes: StatementWishes, functionOf: (node: number) => number) {
    this.#tree = tree;
    this.#points = points;
    this.#wishes = wishes;
    this.#functionOf = functionOf;
  }

  /** @param at where what declares itself before the first statement runs may be put */
  list(nodes: readonly number[], at: number, isTop = false): void {
    const before = this.#isTop;
    this.#isTop = isTop;
    if (this.#wishes.registers) {
      const hoisted = nodes
        .map((node) => (this.#tree.kind(node) === 'export_statement' ? exported(this.#tree, node) : node))
        .filter((node) => node >= 0 && /function_declaration$/.test(this.#tree.kind(node)))
        .map((node) => [this.#functionOf(node), this.#tree.field(node, 'name')] as const)
        .filter(([, name]) => name >= 0)
        .map(([number, name]) => `$yp.r(${number},${this.#tree.textOf(name)});`)
        .join('');
      if (hoisted !== '') this.#points.put.open(at, hoisted);
    }
    for (const node of nodes) this.#statement(node, node);
    this.#isTop = before;
  }

  /** Statements of a function or a block in braces. @param first to be said when it is entered */
  block(body: number, first: string, isFunction = false): void {
    const at = isFunction ? afterDirectives(this.#tree, body) : this.#tree.start(body) + 1;
    if (first !== '') this.#points.put.open(at, first);
    this.list(this.#tree.namedChildren(body), at);
  }

  #body(node: number, first: string): void {
    const tree = this.#tree;
    if (node < 0) return;
    if (tree.kind(node) === 'statement_block') this.block(node, first);
    else {
      this.#points.put.around(tree.start(node), endOf(tree, node), `{${first}`, '}');
      this.list([node], tree.start(node));
    }
  }

  #simple(node: number, outer: number, before = '', after = ''): void {
    const tree = this.#tree;
    const number = this.#points.statement(node);
    this.#points.put.around(
      tree.start(outer),
      endOf(tree, outer),
      before,
      `;$yc[${number}]=1;${this.#isTop ? '$yp.s();' : ''}${after}`,
    );
  }

  /** @param outer the node, or the label or the export before it */
  #statement(node: number, outer: number): void {
    const tree = this.#tree;
    const kind = tree.kind(node);
    if (unseen.has(kind) || tree.isExtra(node) || tree.isMissing(node)) return;
    if (kind === 'expression_statement') {
      const inner = tree.firstChild(node);
      if (inner >= 0 && tree.kind(inner) === 'string') return;
      if (inner >= 0 && tree.kind(inner) === 'internal_module') {
        const body = tree.field(inner, 'body');
        if (body >= 0) this.block(body, '');
        return;
      }
      const resumes = this.#resumes(node);
      const number = this.#points.statement(node);
      const after = `;$yc[${number}]=1;${this.#isTop ? '$yp.s();' : ''}`;
      this.#points.put.around(
        tree.start(outer),
        endOf(tree, outer),
        resumes ? 'try{' : '',
        resumes ? `${after}}catch($yz){$yp.e(${number},$yz)}` : after,
      );
      return;
    }
    switch (kind) {
      case 'import_statement':
      case 'import_alias':
        if (!/^import\s+type\b/.test(tree.textOf(node))) this.#imported.push(this.#points.statement(node));
        return;
      case 'export_statement':
        this.#export(node);
        return;
      case 'lexical_declaration':
      case 'variable_declaration':
        this.#simple(node, outer);
        this.#resumedValues(node);
        return;
      case 'class_declaration':
      case 'abstract_class_declaration':
        this.#class(node, outer);
        return;
      case 'enum_declaration':
      case 'debugger_statement':
        this.#simple(node, outer);
        return;
      case 'break_statement':
      case 'continue_statement':
        this.#points.statement(node);
        return;
      case 'throw_statement': {
        const number = this.#points.statement(node);
        const value = tree.namedChildren(node).find((one) => tree.kind(one) !== 'comment');
        if (value !== undefined)
          this.#points.put.around(tree.start(value), endOf(tree, value), `$yp.x(${number},(`, '))');
        return;
      }
      case 'return_statement':
        this.#return(node);
        return;
      case 'function_declaration':
      case 'generator_function_declaration':
        // Its body is come to with all other functions' (`partial-ecmascript.ts`).
        return;
      case 'statement_block':
        this.block(node, '');
        return;
      case 'if_statement': {
        const number = this.#points.statement(node, tree.field(node, 'condition'));
        this.#body(tree.field(node, 'consequence'), `$yc[${number}]=1;`);
        const otherwise = tree.field(node, 'alternative');
        if (otherwise < 0) return;
        const inner = tree.namedChildren(otherwise).find((one) => tree.kind(one) !== 'comment');
        if (inner === undefined) return;
        if (tree.kind(inner) === 'if_statement') this.#statement(inner, inner);
        else this.#body(inner, '');
        return;
      }
      case 'for_statement':
      case 'for_in_statement':
      case 'while_statement':
      case 'do_statement': {
        const body = tree.field(node, 'body');
        const head = Math.max(tree.field(node, 'right'), tree.field(node, 'condition'), node);
        const number = this.#points.statement(node, kind === 'for_statement' ? node : head);
        this.#body(body, `if($yp.l(${number}))break;$yc[${number}]=1;`);
        return;
      }
      case 'switch_statement': {
        const number = this.#points.statement(node, tree.field(node, 'value'));
        const body = tree.field(node, 'body');
        const cases: [string, number][] = [];
        for (const one of body < 0 ? [] : tree.namedChildren(body)) {
          const colon = tree.child(one, "':'");
          if (colon < 0) continue;
          this.#points.put.open(tree.end(colon), `$yc[${number}]=1;`);
          const value = tree.field(one, 'value');
          const inside = tree.namedChildren(one).filter((child) => child !== value);
          const first = this.#points.nextStatement();
          this.list(inside, tree.end(colon));
          if (value >= 0) cases.push([tree.textOf(value), this.#points.nextStatement() > first ? first : -1]);
        }
        const asked = tree.field(node, 'value');
        const what = this.#points.told.of(asked);
        if (what !== null) this.#points.switches.push({ what, ...this.#points.placeOf(asked), cases });
        return;
      }
      case 'try_statement':
        this.#try(node);
        return;
      case 'labeled_statement': {
        const body = tree.field(node, 'body');
        if (body < 0) return;
        if (functionKinds.has(tree.kind(body))) return;
        this.#statement(body, outer);
        return;
      }
      case 'with_statement': {
        const number = this.#points.statement(node, tree.field(node, 'object'));
        this.#body(tree.field(node, 'body'), `$yc[${number}]=1;`);
        return;
      }
      default:
        this.#points.statement(node);
    }
  }

  readonly #imported: number[] = [];

  /** Import statements ran when the file's first statement does. */
  get imported(): readonly number[] {
    return this.#imported;
  }

  /** Whether an error of a statement may be passed over. */
  #resumes(node: number): boolean {
    if (!this.#wishes.resumes || this.#caught > 0) return false;
    // `super()` must be what it is: nothing of the object is there before.
    return !/\bsuper\s*\(/.test(this.#tree.textOf(node));
  }

  #resumedValues(node: number): void {
    if (!this.#resumes(node)) return;
    const tree = this.#tree;
    for (const one of tree.namedChildren(node)) {
      const value = tree.kind(one) === 'variable_declarator' ? tree.field(one, 'value') : none;
      if (value >= 0) this.#resumed(value);
    }
  }

  /** An expression whose error gives way to a guess. */
  #resumed(value: number): void {
    const tree = this.#tree;
    if (
      /^(number|string|true|false|null|undefined|identifier|class|this|array|object)$/.test(tree.kind(value)) &&
      tree.next(value) - value < 3
    )
      return;
    if (functionKinds.has(tree.kind(value)) || tree.kind(value) === 'class') return;
    let waits = false;
    for (let at = value; at < tree.next(value); at++) {
      const kind = tree.kind(at);
      if (functionKinds.has(kind)) at = tree.next(at) - 1;
      else if (kind === 'yield_expression') return;
      else if (kind === 'await_expression') waits = true;
    }
    const told = this.#points.told.of(value);
    const site = told === null ? -1 : this.#points.site(told, value);
    const [line, column] = [this.#points.placeOf(value).line, this.#points.placeOf(value).column];
    this.#points.put.around(
      tree.start(value),
      endOf(tree, value),
      waits ? `(await $yp.W(${site},${line},${column},async()=>(` : `$yp.w(${site},${line},${column},()=>(`,
      waits ? ')))' : '))',
    );
  }

  #return(node: number): void {
    const tree = this.#tree;
    const number = this.#points.statement(node);
    const value = tree.namedChildren(node).find((one) => tree.kind(one) !== 'comment');
    if (value === undefined) {
      const word = tree.firstChild(node);
      this.#points.put.open(tree.end(word), ` $yp.v(${number})`);
      return;
    }
    this.#points.put.around(tree.start(value), endOf(tree, value), `$yp.v(${number},(`, '))');
    if (this.#resumes(node)) this.#resumed(value);
  }

  #class(node: number, outer: number): void {
    const tree = this.#tree;
    const name = tree.field(node, 'name');
    const body = tree.field(node, 'body');
    const methods = (body < 0 ? [] : tree.namedChildren(body)).filter((one) => tree.kind(one) === 'method_definition');
    const told = methods.map((one) => this.#functionOf(one)).join();
    const isTold = this.#wishes.registers && name >= 0 && told !== '';
    this.#simple(node, outer, '', isTold ? `$yp.k([${told}],${tree.textOf(name)});` : '');
  }

  #export(node: number): void {
    const tree = this.#tree;
    const inside = exported(tree, node);
    if (inside < 0) {
      if (tree.field(node, 'source') >= 0 && !/^export\s+type\b/.test(tree.textOf(node)))
        this.#imported.push(this.#points.statement(node));
      return;
    }
    const kind = tree.kind(inside);
    if (unseen.has(kind)) return;
    if (/_declaration$/.test(kind)) {
      if (!(kind === 'class_declaration' && tree.field(inside, 'name') < 0)) this.#statement(inside, node);
      return;
    }
    if (!functionKinds.has(kind) || kind === 'arrow_function') this.#simple(node, node);
  }

  #try(node: number): void {
    const tree = this.#tree;
    const body = tree.field(node, 'body');
    const handler = tree.field(node, 'handler');
    const number = this.#points.statement(node, tree.firstChild(node));
    if (handler >= 0) this.#caught++;
    this.#body(body, `$yc[${number}]=1;`);
    if (handler >= 0) {
      this.#caught--;
      const parameter = tree.field(handler, 'parameter');
      const inside = tree.field(handler, 'body');
      const own = this.#points.statement(handler, tree.firstChild(handler));
      if (parameter < 0 && inside >= 0) this.#points.put.open(tree.start(inside), '($yz)');
      const isName = parameter >= 0 && tree.kind(parameter) === 'identifier';
      const caught = parameter < 0 ? '$yz' : isName ? tree.textOf(parameter) : 'null';
      this.#body(inside, `$yc[${own}]=1;$yp.u(${caught});`);
    }
    const last = tree.field(node, 'finalizer');
    if (last < 0) return;
    const own = this.#points.statement(last, tree.firstChild(last));
    this.#body(tree.field(last, 'body'), `$yc[${own}]=1;`);
  }
}
