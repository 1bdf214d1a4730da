/** The numbers that a rewriting for partial execution gives out, with their rows, and the texts of the hooks that carry them. */
import type { SyntaxTree } from '../tree/tree.ts';
import { endOf } from './ecmascriptnodes.ts';
import { Insertions } from './insertions.ts';
import type { WithoutElements } from './jsx.ts';
import { conditionsOver, PartialFlow } from './partialflow.ts';
import type {
  PartialCondition,
  PartialDecorator,
  PartialFile,
  PartialFunction,
  PartialSite,
  PartialSwitch,
} from './partialtables.ts';
import { Told } from './partialtold.ts';
import { DeclaredTypes } from './partialtypes.ts';
import { Uses } from './partialuses.ts';
import { Variables } from './variables.ts';

interface OpenSpan {
  readonly node: number;
  readonly start: number;
  readonly end: number;
  readonly statement: number;
  readonly reads: readonly string[];
  readonly guards: readonly string[];
}

export class PartialPoints {
  readonly put: Insertions;
  readonly variables: Variables;
  readonly told: Told;
  readonly types: DeclaredTypes;
  readonly uses: Uses;
  readonly flow: PartialFlow;
  readonly #functions: (Omit<PartialFunction, 'from' | 'to'> & { readonly start: number; readonly end: number })[] = [];
  readonly #tree: SyntaxTree;
  readonly #elements: WithoutElements | null;
  readonly #statements: number[] = [];
  readonly #spans: OpenSpan[] = [];
  readonly #conditions: PartialCondition[] = [];
  readonly switches: PartialSwitch[] = [];
  readonly #modules: { name: string; to: string | null; line: number; column: number }[] = [];
  readonly #sites: PartialSite[] = [];
  readonly #siteOf = new Map<string, number>();

  /** @param elements of a source whose elements became calls */
  constructor(tree: SyntaxTree, elements: WithoutElements | null) {
    this.#elements = elements;
    this.#tree = tree;
    this.put = new Insertions(tree.text);
    const lineOf = (offset: number): number => this.put.lineOf(offset);
    this.variables = new Variables(tree, lineOf);
    this.told = new Told(tree, this.variables, lineOf);
    this.types = new DeclaredTypes(tree);
    this.uses = new Uses(tree, this.told, this.types, lineOf);
    this.flow = new PartialFlow(tree, this.variables, this.told);
    for (const [what, node] of this.uses.places) this.site(what, node);
  }

  placeOf(node: number): { line: number; column: number } {
    const start = this.#tree.start(node);
    return { line: this.put.lineOf(start), column: this.#elements?.columnOf(start) ?? this.put.columnOf(start) + 1 };
  }

  /** @param head what of it is its own: a compound statement's body has statements of its own @returns its number */
  statement(node: number, head = node): number {
    const number = this.#statements.push(this.put.lineOf(this.#tree.start(node))) - 1;
    this.span(node, this.#tree.start(node), endOf(this.#tree, head), number, this.flow.reads(head));
    return number;
  }

  /** Number of the statement that comes next. */
  nextStatement(): number {
    return this.#statements.length;
  }

  span(node: number, start: number, end: number, statement: number, reads: ReadonlySet<string>): void {
    const guards = new Set(conditionsOver(this.#tree, node).flatMap((one) => [...this.flow.reads(one)]));
    this.#spans.push({ node, start, end, statement, reads: [...reads], guards: [...guards] });
  }

  condition(node: number, isLoop: boolean, isGuard: boolean): number {
    return this.#conditions.push({ ...this.placeOf(node), isLoop, isGuard, reads: [...this.flow.reads(node)] }) - 1;
  }

  /** @returns its number */
  function(node: number, about: Omit<PartialFunction, 'from' | 'to'>): number {
    return this.#functions.push({ ...about, start: this.#tree.start(node), end: endOf(this.#tree, node) }) - 1;
  }

  /** @param to what finds it, where the job has it */
  module(name: string, node: number, to: string | null = null): number {
    return this.#modules.push({ name, to, ...this.placeOf(node) }) - 1;
  }

  site(what: string, node: number): number {
    const known = this.#siteOf.get(what);
    if (known !== undefined) return known;
    const number = this.#sites.push({ what, ...this.placeOf(node), guess: this.uses.guess(what) }) - 1;
    this.#siteOf.set(what, number);
    return number;
  }

  finish(
    path: string,
    { decorators }: { readonly decorators: readonly PartialDecorator[] },
  ): { readonly text: string; readonly table: PartialFile } {
    const placed = this.put.finish();
    const spans = this.#spans.map(({ node, start, end, statement, reads, guards }) => {
      const [from, to] = [placed.ofSource(start), placed.ofSource(end)];
      return {
        from: [from.line, 1 + (from.column - 1)] as const,
        to: [to.line, to.column] as const,
        ...this.placeOf(node),
        reads,
        guards,
        statement,
      };
    });
    const functions = this.#functions.map(({ start, end, ...one }) => {
      const [from, to] = [placed.ofSource(start), placed.ofSource(end)];
      return { ...one, from: [from.line, from.column] as const, to: [to.line, to.column] as const };
    });
    const edges = [...this.flow.edges].map(([key, on]) => [key, [...on]] as const);
    return {
      text: placed.text,
      table: {
        path,
        statements: this.#statements,
        spans,
        sites: this.#sites,
        functions,
        conditions: this.#conditions,
        switches: this.switches,
        modules: this.#modules,
        edges,
        decorators,
        elements: this.#elements?.factory ?? null,
      },
    };
  }
}
