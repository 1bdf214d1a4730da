/**
 * From the syntax tree of a function to its blocks and the ways between them.
 *
 * The idea: walk statements in order with one open block. A construct opens blocks for where its ways lead and joins them behind it;
 * `return`, `break` and their like close the block with an edge to where they go, by way of the `finally` parts they leave. What
 * raises inside of a `try` leads to its first handler, a handler that does not fit to the next, and from the last outwards. Blocks
 * that stay empty are taken out in the end.
 *
 * Not told: which statements can raise (inside of `try` all may), and calls that never return.
 */
import { none, type SyntaxTree } from '../tree/tree.ts';
import type { Construct, FlowLanguage } from './constructs.ts';
import { type Around, entry, exit, type Last, type TreeFlow, Ways } from './ways.ts';

/** @param body node of the function's body, or of a file */
export function controlFlowOf(tree: SyntaxTree, language: FlowLanguage, body: number): TreeFlow {
  return new Walk(tree, language).whole(body);
}

/** How a case is named where one goes to it: `case 3`, `default`. */
const caseName = (text: string): string => (text.split(':')[0] ?? '').replace(/\s+/g, ' ').trim();

class Walk {
  readonly #tree: SyntaxTree;
  readonly #language: FlowLanguage;
  readonly #ways: Ways;
  #labelsHere: string[] = [];
  #fallTo: number | null = null;
  /** Of the switch around: `case 3`, `default`. */
  #cases: ReadonlyMap<string, number> = new Map();

  constructor(tree: SyntaxTree, language: FlowLanguage) {
    this.#tree = tree;
    this.#language = language;
    this.#ways = new Ways(tree);
  }

  whole(body: number): TreeFlow {
    this.#ways.open = this.#ways.after(entry, 'next');
    const kind = this.#tree.kind(body);
    const runs = this.#language.sequences.has(kind) || this.#language.constructs[kind] !== undefined;
    if (runs) this.#run(body);
    else this.#expression(body);
    return this.#ways.end();
  }

  #part(node: number, part: string): number {
    return part.startsWith('[') ? this.#tree.child(node, part.slice(1, -1)) : this.#tree.field(node, part);
  }

  #run(node: number): void {
    const { sequences, constructs, silent, returns } = this.#language;
    const tree = this.#tree;
    if (node < 0 || !tree.isNamed(node) || tree.isExtra(node)) return;
    const kind = tree.kind(node);
    if (silent.has(kind)) return;
    const construct = constructs[kind];
    if (construct !== undefined) this.#construct(node, construct);
    else if (returns?.(tree.textOf(node)) === true) this.#jump(node, 'return');
    else if (sequences.has(kind)) this.#sequence(node);
    else this.#expression(node);
  }

  #sequence(node: number): void {
    const children = this.#tree.children(node);
    const label = this.#tree.child(node, 'label');
    if (label < 0) {
      for (const child of children) this.#run(child);
      return;
    }
    // A block that is left by its label (Rust).
    const after = this.#ways.block();
    const labels = [this.#tree.textOf(label)];
    this.#ways.within({ labels, breakTo: after, labelled: true }, () => {
      for (const child of children) if (child !== label) this.#run(child);
    });
    this.#ways.connect(this.#ways.open, after, 'next');
    this.#ways.open = after;
  }

  /** A statement that steers nothing itself; what steers inside of it, where the language has that, runs before. */
  #expression(node: number): void {
    const tree = this.#tree;
    const { nested, leaves, functions, constructs } = this.#language;
    if ((nested || leaves !== undefined) && functions[tree.kind(node)] === undefined) {
      for (let at = node + 1; at < tree.next(node); ) {
        const kind = tree.kind(at);
        if (functions[kind] !== undefined) at = tree.next(at);
        else if (nested && (constructs[kind] !== undefined || (leaves !== undefined && kind === 'block'))) {
          // In Rust a block is a value as well.
          this.#run(at);
          // A statement that is nothing but the construct.
          if (at === node + 1 && (tree.next(at) >= tree.next(node) || tree.kind(node) === 'expression_statement'))
            return;
          at = tree.next(at);
        } else {
          if (kind === leaves) this.#ways.leave(this.#ways.open, exit, 0, 'exception');
          at++;
        }
      }
    }
    this.#ways.add(node, tree.start(node), this.#headEnd(node));
    if (leaves !== undefined && functions[tree.kind(node)] === undefined && [...this.#kindsIn(node)].includes(leaves)) {
      this.#ways.leave(this.#ways.open, exit, 0, 'exception');
      this.#ways.open = this.#ways.after(this.#ways.open, 'next');
    }
  }

  *#kindsIn(node: number): Generator<string> {
    for (let at = node; at < this.#tree.next(node); at++) yield this.#tree.kind(at);
  }

  /** Of a definition, where its body begins; else the end. */
  #headEnd(node: number): number {
    const tree = this.#tree;
    for (const one of [node, ...tree.children(node)]) {
      const field = this.#language.functions[tree.kind(one)];
      const body = field === undefined || tree.kind(one) === 'lambda' ? none : this.#part(one, field);
      if (body >= 0 && (one === node || /decorated|export/.test(tree.kind(node)))) return tree.start(body);
    }
    return tree.end(node);
  }

  #construct(node: number, construct: Construct): void {
    // Rust writes the label of a loop into the loop.
    const own = this.#tree.child(node, 'label');
    const labels = own < 0 ? this.#labelsHere : [...this.#labelsHere, this.#tree.textOf(own)];
    this.#labelsHere = [];
    switch (construct.is) {
      case 'if':
        this.#if(node, construct, this.#alternatives(node, construct.otherwise));
        break;
      case 'while':
        this.#while(node, construct, labels);
        break;
      case 'do':
        this.#do(node, construct, labels);
        break;
      case 'for':
        this.#for(node, construct, labels);
        break;
      case 'each':
        this.#each(node, this.#part(node, construct.body), construct.otherwise, labels);
        break;
      case 'guard':
        this.#guard(node, construct);
        break;
      case 'switch':
        this.#switch(node, construct, labels);
        break;
      case 'try':
        this.#try(node, construct);
        break;
      case 'with':
        this.#with(node, construct);
        break;
      case 'label':
        this.#label(node, labels);
        break;
      default:
        this.#jump(node, construct.is);
        break;
    }
  }

  #guard(node: number, { otherwise }: Construct & { is: 'guard' }): void {
    const part = this.#part(node, otherwise);
    if (part < 0) {
      this.#expression(node);
      return;
    }
    const end =
      this.#tree.start(node) +
      this.#tree.text.slice(this.#tree.start(node), this.#tree.start(part)).replace(/\belse\s*$/, '').length;
    this.#insideOf(this.#tree.field(node, 'value'));
    this.#ways.add(node, this.#tree.start(node), end);
    const asked = this.#ways.open;
    this.#ways.open = this.#ways.after(asked, 'false');
    this.#run(part);
    const next = this.#ways.after(asked, 'true');
    this.#ways.connect(this.#ways.open, next, 'next');
    this.#ways.open = next;
  }

  #alternatives(node: number, field: string): number[] {
    return this.#tree.children(node).filter((child) => this.#tree.isField(child, field));
  }

  #if(node: number, construct: Construct & { is: 'if' }, alternatives: readonly number[]): void {
    const tree = this.#tree;
    const condition = this.#part(node, construct.condition);
    this.#asked(node, condition);
    const asked = this.#ways.open;
    const after = this.#ways.block();
    const [holds, fails] = construct.inverted === true ? (['false', 'true'] as const) : (['true', 'false'] as const);
    this.#ways.open = this.#ways.after(asked, holds);
    this.#run(this.#part(node, construct.then));
    this.#ways.connect(this.#ways.open, after, 'next');
    const [first, ...rest] = alternatives;
    if (first === undefined) this.#ways.connect(asked, after, fails);
    else {
      this.#ways.open = this.#ways.after(asked, fails);
      const other = this.#language.constructs[tree.kind(first)];
      if (other?.is === 'if' && rest.length > 0)
        this.#if(first, other, [...this.#alternatives(first, other.otherwise), ...rest]);
      else this.#run(first);
      this.#ways.connect(this.#ways.open, after, 'next');
    }
    this.#ways.open = after;
  }

  /** A condition as a statement of its own, of the kind of what it belongs to. */
  #asked(node: number, condition: number): void {
    if (condition < 0) return;
    this.#insideOf(condition);
    this.#ways.add(node, this.#tree.start(condition), this.#tree.end(condition));
  }

  /** Runs what steers inside of an expression. */
  #insideOf(expression: number): void {
    if (!this.#language.nested) return;
    const tree = this.#tree;
    for (let at = expression; at < tree.next(expression); ) {
      const kind = tree.kind(at);
      if (this.#language.functions[kind] !== undefined) at = tree.next(at);
      else if (this.#language.constructs[kind] !== undefined) {
        this.#run(at);
        at = tree.next(at);
      } else at++;
    }
  }

  #holdsAlways(condition: number): boolean {
    return condition < 0 || /^\(?\s*(?:true|1)\s*\)?$/i.test(this.#tree.textOf(condition));
  }

  #while(node: number, construct: Construct & { is: 'while' }, labels: readonly string[]): void {
    const condition = construct.condition === null ? none : this.#part(node, construct.condition);
    const body = this.#part(node, construct.body);
    const holds = construct.inverted === true ? 'false' : 'true';
    if (body >= 0 && this.#tree.kind(body) === construct.bodyFirst) this.#doLoop(node, body, condition, holds, labels);
    else this.#whileLoop(node, condition, body, construct.otherwise, labels, holds);
  }

  #whileLoop(
    node: number,
    condition: number,
    body: number,
    otherwise: string | undefined,
    labels: readonly string[],
    holds: 'true' | 'false' = 'true',
  ): void {
    const head = this.#ways.after(this.#ways.open, 'next');
    this.#ways.open = head;
    this.#asked(node, condition);
    const asked = this.#ways.open;
    const after = this.#ways.block();
    const inside = this.#ways.after(asked, condition < 0 ? 'next' : holds);
    this.#ways.open = inside;
    this.#ways.within({ labels, breakTo: after, continueTo: head, againTo: inside }, () => this.#run(body));
    this.#ways.connect(this.#ways.open, head, 'next');
    const ends = holds === 'false' || !this.#holdsAlways(condition);
    this.#ending(node, asked, after, otherwise, ends, holds === 'true' ? 'false' : 'true');
  }

  /** What comes when a loop is over, which a `break` leaves out. */
  #ending(
    node: number,
    asked: number,
    after: number,
    otherwise: string | undefined,
    ends: boolean,
    over: 'true' | 'false' = 'false',
  ): void {
    const part = otherwise === undefined ? none : this.#part(node, otherwise);
    if (part >= 0) {
      this.#ways.open = ends ? this.#ways.after(asked, over) : this.#ways.block();
      this.#run(part);
      this.#ways.connect(this.#ways.open, after, 'next');
    } else if (ends) this.#ways.connect(asked, after, over);
    this.#ways.open = after;
  }

  #do(node: number, construct: Construct & { is: 'do' }, labels: readonly string[]): void {
    this.#doLoop(node, this.#part(node, construct.body), this.#part(node, construct.condition), 'true', labels);
  }

  #doLoop(node: number, body: number, condition: number, holds: 'true' | 'false', labels: readonly string[]): void {
    const inside = this.#ways.after(this.#ways.open, 'next');
    const ask = this.#ways.block();
    const after = this.#ways.block();
    this.#ways.open = inside;
    this.#ways.within({ labels, breakTo: after, continueTo: ask, againTo: inside }, () => this.#run(body));
    this.#ways.connect(this.#ways.open, ask, 'next');
    this.#ways.open = ask;
    this.#asked(node, condition);
    this.#ways.connect(this.#ways.open, inside, holds);
    if (holds === 'false' || !this.#holdsAlways(condition))
      this.#ways.connect(this.#ways.open, after, holds === 'true' ? 'false' : 'true');
    this.#ways.open = after;
  }

  #for(node: number, construct: Construct & { is: 'for' }, labels: readonly string[]): void {
    const tree = this.#tree;
    const body = this.#part(node, construct.body);
    let head = node;
    if (construct.head !== undefined) {
      const inner = tree.namedChildren(node).find((child) => child !== body && !tree.isExtra(child)) ?? none;
      if (inner < 0 || !construct.head.includes(tree.kind(inner))) {
        if (inner >= 0 && tree.kind(inner) === 'range_clause') this.#each(node, body, undefined, labels);
        else this.#whileLoop(node, inner, body, undefined, labels);
        return;
      }
      head = inner;
    }
    const first = this.#part(head, construct.first);
    if (first >= 0) this.#ways.add(node, tree.start(first), tree.end(first));
    const ask = this.#ways.after(this.#ways.open, 'next');
    this.#ways.open = ask;
    const condition = this.#part(head, construct.condition);
    this.#asked(node, condition);
    const asked = this.#ways.open;
    const step = this.#ways.block();
    const after = this.#ways.block();
    const inside = this.#ways.after(asked, condition < 0 ? 'next' : 'true');
    this.#ways.open = inside;
    this.#ways.within({ labels, breakTo: after, continueTo: step, againTo: inside }, () => this.#run(body));
    this.#ways.connect(this.#ways.open, step, 'next');
    this.#ways.open = step;
    const update = this.#part(head, construct.update);
    if (update >= 0) this.#ways.add(node, tree.start(update), tree.end(update));
    this.#ways.connect(this.#ways.open, ask, 'next');
    if (!this.#holdsAlways(condition)) this.#ways.connect(asked, after, 'false');
    this.#ways.open = after;
  }

  #each(node: number, body: number, otherwise: string | undefined, labels: readonly string[]): void {
    const head = this.#ways.after(this.#ways.open, 'next');
    this.#ways.open = head;
    this.#ways.add(node, this.#tree.start(node), body < 0 ? this.#tree.end(node) : this.#tree.start(body));
    const after = this.#ways.block();
    const inside = this.#ways.after(head, 'true');
    this.#ways.open = inside;
    this.#ways.within({ labels, breakTo: after, continueTo: head, againTo: inside }, () => this.#run(body));
    this.#ways.connect(this.#ways.open, head, 'next');
    this.#ending(node, head, after, otherwise, true);
  }

  #switch(node: number, construct: Construct & { is: 'switch' }, labels: readonly string[]): void {
    const tree = this.#tree;
    const cases = this.#casesOf(node, construct.cases);
    const [first] = cases;
    this.#ways.add(node, tree.start(node), first === undefined ? tree.end(node) : this.#switchHeadEnd(node, first));
    const head = this.#ways.open;
    const after = this.#ways.block();
    const bodies = cases.map(() => this.#ways.block());
    let ask = head;
    let fallback: number | null = null;
    const isDefault = cases.map((one) => this.#isDefault(one, construct));
    cases.forEach((one, index) => {
      const inside = bodies[index] as number;
      if (isDefault[index]) fallback = inside;
      else if (construct.falls) this.#ways.connect(head, inside, 'case');
      else {
        // Cases are asked in order.
        this.#ways.open = ask === head ? this.#ways.after(head, 'next') : this.#ways.after(ask, 'false');
        const end = Math.max(tree.start(one), ...this.#askedOf(one, construct).map((part) => tree.end(part)));
        this.#ways.add(one, tree.start(one), end);
        ask = this.#ways.open;
        this.#ways.connect(ask, inside, 'case');
      }
    });
    const rest = construct.falls ? head : ask;
    if (fallback !== null) this.#ways.connect(rest, fallback, construct.falls ? 'case' : 'false');
    else if (!(construct.total ?? false) && !this.#takesAll(cases.at(-1))) this.#ways.connect(rest, after, 'false');
    const leaving = construct.breaks || labels.length > 0 ? after : null;
    const again = construct.continues === true ? after : null;
    const outerCases = this.#cases;
    this.#cases = new Map(cases.map((one, index) => [caseName(tree.textOf(one)), bodies[index] as number]));
    this.#ways.within({ labels, breakTo: leaving, labelled: !construct.breaks, continueTo: again }, () =>
      cases.forEach((one, index) => {
        this.#ways.open = bodies[index] as number;
        const outer = this.#fallTo;
        this.#fallTo = bodies[index + 1] ?? after;
        const asked = new Set(this.#askedOf(one, construct));
        for (const child of tree.children(one)) if (!asked.has(child)) this.#run(child);
        const falls = construct.falls && tree.kind(one) !== 'switch_rule';
        this.#ways.connect(this.#ways.open, falls ? this.#fallTo : after, 'next');
        this.#fallTo = outer;
      }),
    );
    this.#cases = outerCases;
    this.#ways.open = after;
  }

  #casesOf(node: number, kinds: readonly string[]): number[] {
    const direct = this.#tree.namedChildren(node).filter((child) => kinds.includes(this.#tree.kind(child)));
    if (direct.length > 0) return direct;
    const body = this.#part(node, 'body');
    return body < 0 ? [] : this.#tree.namedChildren(body).filter((child) => kinds.includes(this.#tree.kind(child)));
  }

  #switchHeadEnd(node: number, first: number): number {
    const body = this.#part(node, 'body');
    return body < 0 ? this.#tree.start(first) : this.#tree.start(body);
  }

  /** What a case asks before it runs: parts by field or by kind. */
  #askedOf(one: number, { asked }: Construct & { is: 'switch' }): number[] {
    return this.#tree
      .children(one)
      .filter((child) => asked.some((part) => this.#tree.isField(child, part) || this.#tree.kind(child) === part));
  }

  #isDefault(one: number, { defaults }: Construct & { is: 'switch' }): boolean {
    if (defaults.includes(this.#tree.kind(one))) return true;
    return defaults.includes('default') && /^default\b/.test(this.#tree.textOf(one));
  }

  /** Whether a pattern fits whatever comes: Python's `case _:`. */
  #takesAll(one: number | undefined): boolean {
    return one !== undefined && /^case\s+[A-Za-z_]\w*\s*:/.test(this.#tree.textOf(one));
  }

  #try(node: number, construct: Construct & { is: 'try' }): void {
    const tree = this.#tree;
    const parts = (kinds: readonly string[]): number[] =>
      tree.namedChildren(node).filter((child) => kinds.includes(tree.kind(child)));
    const handlers = parts(construct.handlers);
    const lastPart = parts(construct.last)[0] ?? none;
    const last: Last | null = lastPart < 0 ? null : { entry: this.#ways.block(), onward: [], raises: false };
    const after = this.#ways.block();
    const heads = handlers.map(() => this.#ways.block());
    const begin = this.#ways.after(this.#ways.open, 'next');
    const rest = new Set([...handlers, ...parts(construct.otherwise), lastPart]);
    const catchesAll = handlers.some((clause) => this.#language.catchesAll(tree.textOf(clause)));
    const join = (): void => this.#ways.connect(this.#ways.open, last?.entry ?? after, 'next');
    this.#ways.within({ last }, () => {
      this.#ways.open = begin;
      this.#ways.within({ handler: heads[0] ?? null, catchesAll }, () => {
        const resources = tree.field(node, 'resources');
        if (resources >= 0) this.#ways.add(node, tree.start(node), tree.end(resources));
        if (construct.body !== null) this.#run(this.#part(node, construct.body));
        else for (const child of tree.children(node)) if (!rest.has(child)) this.#run(child);
      });
      for (const part of parts(construct.otherwise)) {
        this.#ways.open = this.#ways.after(this.#ways.open, 'next');
        this.#run(part);
      }
      join();
      handlers.forEach((clause, index) => {
        const head = heads[index] as number;
        const body = this.#bodyOf(clause);
        this.#ways.open = head;
        this.#ways.add(clause, tree.start(clause), body < 0 ? tree.end(clause) : tree.start(body));
        const next = heads[index + 1];
        if (!this.#language.catchesAll(tree.textOf(clause))) {
          if (next === undefined) this.#ways.raise(head, true);
          else this.#ways.connect(head, next, 'false');
        }
        this.#ways.open = this.#ways.after(head, 'true');
        this.#ways.within({ retryTo: begin }, () => this.#run(body));
        join();
      });
    });
    if (last !== null) {
      this.#ways.open = last.entry;
      this.#run(lastPart);
      for (const { to, depth, kind } of last.onward) this.#ways.leave(this.#ways.open, to, depth, kind);
      if (last.raises) this.#ways.raise(this.#ways.open, true);
      this.#ways.connect(this.#ways.open, after, 'next');
    }
    this.#ways.open = after;
  }

  /** What a clause runs: its field, or its last child that is a sequence. */
  #bodyOf(clause: number): number {
    const body = this.#tree.field(clause, 'body');
    if (body >= 0) return body;
    const { sequences } = this.#language;
    return this.#tree.namedChildren(clause).findLast((child) => sequences.has(this.#tree.kind(child))) ?? none;
  }

  #with(node: number, construct: Construct & { is: 'with' }): void {
    const body = this.#part(node, construct.body);
    this.#ways.add(node, this.#tree.start(node), body < 0 ? this.#tree.end(node) : this.#tree.start(body));
    const after = this.#ways.block();
    this.#ways.open = this.#ways.after(this.#ways.open, 'next');
    this.#ways.within({ handler: construct.swallows === true ? after : null }, () => this.#run(body));
    this.#ways.connect(this.#ways.open, after, 'next');
    this.#ways.open = after;
  }

  #label(node: number, outer: readonly string[]): void {
    const tree = this.#tree;
    const [name, ...rest] = tree.namedChildren(node).filter((child) => !tree.isExtra(child));
    if (name === undefined) return;
    const label = tree.textOf(name);
    const here = this.#ways.target(label);
    this.#ways.connect(this.#ways.open, here, 'next');
    this.#ways.open = here;
    const after = this.#ways.block();
    this.#ways.within({ labels: [label], breakTo: after, labelled: true }, () => {
      for (const child of rest) {
        this.#labelsHere = [...outer, label];
        this.#run(child);
      }
    });
    this.#labelsHere = [];
    this.#ways.connect(this.#ways.open, after, 'next');
    this.#ways.open = after;
  }

  #jump(node: number, is: 'return' | 'throw' | 'break' | 'continue' | 'retry' | 'again' | 'fall' | 'goto'): void {
    const tree = this.#tree;
    const child = tree.namedChildren(node).find((one) => !tree.isExtra(one)) ?? none;
    if (is === 'return' || is === 'throw') {
      if (child >= 0) this.#insideOf(child);
    }
    this.#ways.add(node, tree.start(node), tree.end(node));
    const from = this.#ways.open;
    if (is === 'return') this.#ways.leave(from, exit, 0);
    else if (is === 'throw') this.#ways.raise(from, true);
    else if (is === 'fall') this.#ways.connect(from, this.#fallTo ?? exit, 'next');
    else if (is === 'goto') {
      const named = /^goto\s+(case\b[^;]*|default)\s*;/.exec(tree.textOf(node));
      const inCase = named === null ? undefined : this.#cases.get(caseName(named[1] as string));
      this.#ways.connect(from, inCase ?? (child < 0 ? exit : this.#ways.target(tree.textOf(child))), 'next');
    } else this.#leaveTo(from, is, this.#labelOf(child));
    this.#ways.open = this.#ways.block();
  }

  /** Of `break outer`, `break 'outer`, `continue 2`. */
  #labelOf(child: number): string | null {
    if (child < 0) return null;
    return /label|identifier|^integer$/.test(this.#tree.kind(child)) ? this.#tree.textOf(child) : null;
  }

  #leaveTo(from: number, is: 'break' | 'continue' | 'retry' | 'again', label: string | null): void {
    let levels = label !== null && /^\d+$/.test(label) ? Number(label) : 1;
    const named = label !== null && !/^\d+$/.test(label);
    const part = { break: 'breakTo', continue: 'continueTo', retry: 'retryTo', again: 'againTo' } as const;
    for (let depth = this.#ways.around.length - 1; depth >= 0; depth--) {
      const around = this.#ways.around[depth] as Around;
      const to = around[part[is]];
      if (to === null) continue;
      if (named ? !around.labels.includes(label) : around.labelled || --levels > 0) continue;
      this.#ways.leave(from, to, depth);
      return;
    }
    // Out of place, or a block of Ruby: it ends there.
    this.#ways.leave(from, exit, 0);
  }
}
