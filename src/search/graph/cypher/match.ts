/**
 * Matching patterns against the graph: from the node of a pattern that fits the fewest, along its relationships, by
 * backtracking. Within one MATCH no relationship is used twice, as in Cypher.
 *
 * One departure, for the sake of questions such as "all callers, at any distance": a relationship of variable
 * length without a name, in a pattern without a name, finds each end node once, nearest first, instead of once for each way there.
 */
import { type EdgeFilter, type EdgeKind, edgeKinds, type GraphEdge } from '../../../index/mod.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import type { Hints } from './hints.ts';
import { mostHops } from './parse.ts';
import { type EdgeType, edgePropertyOf, edgeTypeOf, kindsOfLabel, nodePropertyOf } from './schema.ts';
import type { EdgePattern, NodePattern, Pattern } from './types.ts';
import { type EdgeValue, equals, isNode, type NodeValue, type Row } from './values.ts';

/** Calls `found` with a row for every way in which all patterns fit together. */
export function matchPatterns(
  on: Evaluation,
  patterns: readonly Pattern[],
  hints: Hints,
  row: Row,
  found: (row: Row) => void,
): void {
  const bound: Row = new Map(row);
  const used = new Set<string>();
  const next = (at: number): void => {
    const pattern = patterns[at];
    if (pattern === undefined) {
      on.budget.step();
      found(new Map(bound));
    } else new Matcher(on, pattern, hints, bound, used).run(() => next(at + 1));
  };
  next(0);
}

interface Step {
  readonly edge: number;
  readonly from: number;
  readonly to: number;
}

class Matcher {
  readonly #on: Evaluation;
  readonly #pattern: Pattern;
  readonly #hints: Hints;
  readonly #bound: Row;
  readonly #used: Set<string>;
  /** By position in the pattern, while matching. */
  readonly #nodes: number[];
  readonly #edges: (readonly EdgeValue[])[];
  #steps: readonly Step[] = [];

  constructor(on: Evaluation, pattern: Pattern, hints: Hints, bound: Row, used: Set<string>) {
    this.#on = on;
    this.#pattern = pattern;
    this.#hints = hints;
    this.#bound = bound;
    this.#used = used;
    this.#nodes = pattern.nodes.map(() => -1);
    this.#edges = pattern.edges.map(() => []);
  }

  run(next: () => void): void {
    const { nodes } = this.#pattern;
    const starts = nodes.map((node) => this.#candidates(node));
    const counts = starts.map((one) => one?.length ?? this.#on.world.graph.nodeCount + 1);
    const start = counts.indexOf(Math.min(...counts));
    const right = nodes.slice(start + 1).map((_, i): Step => ({ edge: start + i, from: start + i, to: start + i + 1 }));
    const left = nodes
      .slice(0, start)
      .map((_, i): Step => ({ edge: start - 1 - i, from: start - i, to: start - 1 - i }));
    this.#steps = [...right, ...left];
    const candidates = starts[start] ?? null;
    const count = candidates?.length ?? this.#on.world.graph.nodeCount;
    for (let i = 0; i < count; i++) {
      this.#on.budget.step();
      this.#bindNode(start, candidates === null ? i : (candidates[i] as number), () => this.#walk(0, next));
    }
  }

  /** Nodes that a node of the pattern can be; `null` for any. */
  #candidates(pattern: NodePattern): readonly number[] | null {
    const { variable } = pattern;
    const known = variable === null ? undefined : this.#bound.get(variable);
    if (known !== undefined) return isNode(known) ? [known.id] : [];
    const literal = (property: string): string | undefined => {
      const own = pattern.properties.find(({ name }) => name === property)?.value;
      if (own?.kind === 'literal' && typeof own.value === 'string') return own.value;
      return variable === null ? undefined : this.#hints.get(`${variable} ${property}`);
    };
    const qualified = literal('qualifiedName') ?? literal('qualified_name');
    const name = literal('name') ?? qualified?.slice(qualified.lastIndexOf('.') + 1);
    const { graph } = this.#on.world;
    if (name !== undefined) {
      const kinds = pattern.labels.map((group) => group.flatMap((label) => kindsOfLabel(this.#on.text, label)));
      const onlySymbols = kinds.some((group) => group.every((kind) => kind !== 'file' && kind !== 'directory'));
      // Files and directories have names too, which are not in the table of symbols.
      if (onlySymbols) return graph.named(name);
    }
    return null;
  }

  #bindNode(at: number, id: number, next: () => void): void {
    const pattern = this.#pattern.nodes[at] as NodePattern;
    const { text, world } = this.#on;
    const { kind } = world.graph.node(id);
    const labelled = pattern.labels.every((group) => group.some((label) => kindsOfLabel(text, label).includes(kind)));
    if (!labelled) return;
    const fits = pattern.properties.every((property) => {
      const wanted = evaluate(this.#on, property.value, this.#bound);
      return equals(world.nodeProperty(id, nodePropertyOf(text, property)), wanted) === true;
    });
    if (!fits) return;
    const { variable } = pattern;
    const known = variable === null ? undefined : this.#bound.get(variable);
    if (known !== undefined && !(isNode(known) && known.id === id)) return;
    this.#nodes[at] = id;
    if (variable === null || known !== undefined) {
      next();
      return;
    }
    this.#bound.set(variable, { kind: 'node', id });
    next();
    this.#bound.delete(variable);
  }

  #walk(at: number, next: () => void): void {
    const step = this.#steps[at];
    if (step === undefined) {
      this.#finish(next);
      return;
    }
    const pattern = this.#pattern.edges[step.edge] as EdgePattern;
    const from = this.#nodes[step.from] as number;
    const arrive = (node: number, edges: readonly EdgeValue[]): void => {
      this.#edges[step.edge] = edges;
      this.#bindEdge(pattern, edges, () => this.#bindNode(step.to, node, () => this.#walk(at + 1, next)));
    };
    const backwards = step.to < step.from;
    if (pattern.hops === null) {
      for (const { other, edge } of this.#expand(from, pattern, backwards)) {
        this.#using([edge], () => arrive(other, [edge]));
      }
    } else if (pattern.variable === null && this.#pattern.variable === null)
      this.#reach(from, pattern, backwards, arrive);
    else this.#trails(from, pattern, backwards, arrive);
  }

  #using(edges: readonly EdgeValue[], act: () => void): void {
    const keys = edges.map(({ type, from, to }) => `${type} ${from} ${to}`);
    if (keys.some((key) => this.#used.has(key))) return;
    for (const key of keys) this.#used.add(key);
    act();
    for (const key of keys) this.#used.delete(key);
  }

  #bindEdge({ variable, hops }: EdgePattern, edges: readonly EdgeValue[], next: () => void): void {
    if (variable === null) {
      next();
      return;
    }
    if (this.#bound.has(variable)) {
      if (hops === null && equals(this.#bound.get(variable) ?? null, edges[0] as EdgeValue) === true) next();
      return;
    }
    this.#bound.set(variable, hops === null ? (edges[0] as EdgeValue) : edges);
    next();
    this.#bound.delete(variable);
  }

  #finish(next: () => void): void {
    const { variable } = this.#pattern;
    if (variable === null) {
      next();
      return;
    }
    const edges = this.#edges.flat();
    const nodes: NodeValue[] = [{ kind: 'node', id: this.#nodes[0] as number }];
    for (const edge of edges) {
      const last = (nodes.at(-1) as NodeValue).id;
      nodes.push({ kind: 'node', id: edge.from === last ? edge.to : edge.from });
    }
    this.#bound.set(variable, { kind: 'path', nodes, edges });
    next();
    this.#bound.delete(variable);
  }

  /** Neighbours by one relationship; `backwards` when the pattern is walked from right to left. */
  #expand(from: number, pattern: EdgePattern, backwards: boolean): { other: number; edge: EdgeValue }[] {
    const { graph } = this.#on.world;
    const types = pattern.types.map((type) => edgeTypeOf(this.#on.text, type));
    const kinds: readonly EdgeKind[] = types.length === 0 ? edgeKinds : [...new Set(types.map(({ kind }) => kind))];
    const filter: EdgeFilter = { kinds };
    const found: { other: number; edge: EdgeValue }[] = [];
    const outwards = pattern.direction === 'both' || (pattern.direction === 'out') !== backwards;
    const inwards = pattern.direction === 'both' || (pattern.direction === 'in') !== backwards;
    if (outwards) this.#gather(graph.out(from, filter), ({ to }) => to, types, found);
    if (inwards) this.#gather(graph.in(from, filter), ({ from: source }) => source, types, found);
    return found.filter(({ edge }) => this.#edgeFits(pattern, edge));
  }

  #gather(
    edges: readonly GraphEdge[],
    otherEnd: (edge: GraphEdge) => number,
    types: readonly EdgeType[],
    found: { other: number; edge: EdgeValue }[],
  ): void {
    this.#on.budget.step(edges.length);
    const { graph } = this.#on.world;
    const known = new Set<string>();
    for (const edge of edges) {
      const narrowed = types.filter(({ kind }) => kind === edge.kind);
      const open =
        narrowed.length === 0 || narrowed.some(({ to }) => to === null || to.includes(graph.node(edge.to).kind));
      const key = `${edge.kind} ${edge.from} ${edge.to}`;
      if (!open || known.has(key)) continue;
      known.add(key);
      found.push({ other: otherEnd(edge), edge: { kind: 'edge', type: edge.kind, from: edge.from, to: edge.to } });
    }
  }

  #edgeFits(pattern: EdgePattern, edge: EdgeValue): boolean {
    return pattern.properties.every((property) => {
      const wanted = evaluate(this.#on, property.value, this.#bound);
      return equals(this.#on.world.edgeProperty(edge, edgePropertyOf(this.#on.text, property)), wanted) === true;
    });
  }

  /** Each end node once, by the fewest steps that the bounds allow. */
  #reach(
    from: number,
    pattern: EdgePattern,
    backwards: boolean,
    arrive: (node: number, edges: readonly EdgeValue[]) => void,
  ): void {
    const { least, most } = pattern.hops as { least: number; most: number | null };
    const arrived = new Set<number>();
    let frontier = new Set([from]);
    for (let depth = 0; frontier.size > 0; depth++) {
      if (depth >= least) {
        for (const node of frontier) {
          if (arrived.has(node)) continue;
          arrived.add(node);
          arrive(node, []);
        }
      }
      if (depth >= (most ?? mostHops)) return;
      const further = new Set<number>();
      for (const node of frontier) {
        for (const { other } of this.#expand(node, pattern, backwards)) {
          // Past the least distance, what was arrived at leads to nothing new.
          if (!arrived.has(other)) further.add(other);
        }
      }
      frontier = further;
    }
  }

  /** Every way of the wanted length that uses no relationship twice. */
  #trails(
    from: number,
    pattern: EdgePattern,
    backwards: boolean,
    arrive: (node: number, edges: readonly EdgeValue[]) => void,
  ): void {
    const { least, most } = pattern.hops as { least: number; most: number | null };
    const way: EdgeValue[] = [];
    const go = (node: number): void => {
      if (way.length >= least) arrive(node, backwards ? [...way].reverse() : [...way]);
      if (way.length >= (most ?? mostHops)) return;
      for (const { other, edge } of this.#expand(node, pattern, backwards)) {
        this.#using([edge], () => {
          way.push(edge);
          go(other);
          way.pop();
        });
      }
    };
    go(from);
  }
}
