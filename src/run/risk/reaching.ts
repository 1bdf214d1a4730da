/**
 * Which writes of a file a read of a name may have its value from: by the flow of data where it is known, else all of the scopes around.
 *
 * What is written is not looked at here; that is the evaluator's.
 */
import type { CodeFlow } from '../../code/mod.ts';
import type { Lowering, Write } from './expression.ts';
import type { RiskTree } from './risktree.ts';

export class Reaching {
  readonly #tree: RiskTree;
  readonly #lowering: Lowering;
  readonly #byStart = new Map<number, Write>();
  readonly #byName = new Map<string, Write[]>();
  /** The same by scope, since a name may be written in thousands. */
  readonly #byScope = new Map<string, Map<number, Write[]>>();
  readonly #reads = new Map<number, { flow: CodeFlow; index: number }>();
  readonly #parameters = new Map<number, Write[]>();
  /** Modules of which all names are taken. */
  readonly star: readonly string[];

  /** @param flows null: the flow of data is not known */
  constructor(tree: RiskTree, lowering: Lowering, flows: readonly CodeFlow[] | null) {
    this.#tree = tree;
    this.#lowering = lowering;
    const star: string[] = [];
    for (const write of lowering.writes(tree)) {
      const { start, name, scope, source } = write;
      if (!this.#byStart.has(start)) this.#byStart.set(start, write);
      push(this.#byName, name, write);
      const scopes = this.#byScope.get(name) ?? new Map<number, Write[]>();
      push(scopes, scope, write);
      this.#byScope.set(name, scopes);
      if (source.is === 'parameter') push(this.#parameters, scope, write);
      if (name === '*' && source.is === 'import') star.push(source.name);
    }
    this.star = star;
    for (const flow of flows ?? [])
      for (const [index, { use, span }] of (flow.names ?? []).entries())
        if (use !== 'write') this.#reads.set(span.start, { flow, index });
  }

  named(name: string): readonly Write[] {
    return this.#byName.get(name) ?? [];
  }

  /** Whether the scope that a node stands in writes the name. */
  isLocal(name: string, node: number): boolean {
    return this.#byScope.get(name)?.has(this.#scopeOf(node)) === true;
  }

  /** Of one name in one scope. */
  countIn(name: string, scope: number): number {
    return this.#byScope.get(name)?.get(scope)?.length ?? 0;
  }

  parametersOf(scope: number): readonly Write[] {
    return this.#parameters.get(scope) ?? [];
  }

  #scopeOf(node: number): number {
    return Math.max(0, this.#tree.around(node, this.#lowering.scopes));
  }

  /** @param node that reads it */
  of(name: string, node: number): readonly Write[] {
    const read = this.#reads.get(this.#tree.start(node));
    const sources = read?.flow.names?.[read.index]?.sources ?? [];
    const found = sources.flatMap((source) => {
      const occurrence = read?.flow.names?.[source];
      return occurrence?.name === name ? (this.#byStart.get(occurrence.span.start) ?? []) : [];
    });
    if (found.length > 0) return found;
    const scopes = this.#byScope.get(name);
    if (scopes === undefined) return [];
    for (let scope = this.#scopeOf(node); ; scope = this.#scopeOf(scope)) {
      const own = scopes.get(scope);
      if (own !== undefined) return own;
      if (scope === 0) return [];
    }
  }

  /** Of a write that adds to a name (`x += 1`): what the name had before, and whether that may come from the write itself, in a loop. */
  before({ start }: Write): { readonly writes: readonly Write[]; readonly isRepeated: boolean } {
    const read = this.#reads.get(start);
    const starts = (read?.flow.names?.[read.index]?.sources ?? []).map((one) => read?.flow.names?.[one]?.span.start);
    return {
      writes: starts.flatMap((at) => (at === undefined || at === start ? [] : (this.#byStart.get(at) ?? []))),
      isRepeated: starts.includes(start),
    };
  }
}

function push<Key>(map: Map<Key, Write[]>, key: Key, write: Write): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [write]);
  else known.push(write);
}
