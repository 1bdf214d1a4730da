/** A Cypher query over a graph view, with its values as they are shown: nodes by id, name and place. */
import { worldOf } from './cypher/graphworld.ts';
import { type CypherOptions, type CypherResult, runCypher } from './cypher/run.ts';
import { labelOf, typeOf } from './cypher/schema.ts';
import { type EdgeValue, isEdge, isList, isNode, isPath, type Value } from './cypher/values.ts';
import { best } from './neighbours.ts';
import type { GraphView } from './view.ts';

export interface NodeCell {
  readonly id: string;
  readonly label: string;
  readonly name: string;
  readonly path: string;
  /** `null` for directories, and in files that changed since they were indexed. */
  readonly line: number | null;
}

export interface EdgeCell {
  readonly type: string;
  /** Ids. */
  readonly from: string;
  readonly to: string;
  readonly state: string;
}

export interface PathCell {
  readonly nodes: readonly NodeCell[];
  readonly relationships: readonly EdgeCell[];
}

export type Cell = null | boolean | number | string | readonly Cell[] | NodeCell | EdgeCell | PathCell;

export interface QueryAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Why there may be more rows, and why counts may be too low; `null` when the answer is whole. */
  readonly cut: CypherResult['cut'];
  readonly notices: readonly string[];
}

const cutNotices = {
  time: 'The time for a query ended: there may be more rows, and what is counted or collected may be too little.',
  steps: 'The query follows more of the graph than one may: there may be more rows, and counts may be too low.',
  held: 'The query sorts or groups more than 200,000 rows, or collects or tells apart more than 1,000,000: there may be more rows, and counts may be too low.',
  rows: 'There are more rows than the limit.',
  size: 'The answer is too large; there are more rows.',
} as const;

/** @throws WinnowError `bad-query` with line, column and a caret */
export function queryGraph(view: GraphView, text: string, options: CypherOptions = {}): QueryAnswer {
  const { columns, rows, cut } = runCypher(worldOf(view), text, options);
  const cells = new Cells(view);
  const shown = rows.map((row) => row.map((value) => cells.of(value)));
  const notices = [...(cut === null ? [] : [cutNotices[cut]]), ...view.reader.changeNotices()];
  return { columns, rows: shown, cut, notices };
}

/** Values as they are shown; paths repeat their nodes and relationships, so each is described once. */
class Cells {
  readonly #view: GraphView;
  readonly #nodes = new Map<number, NodeCell>();
  readonly #edges = new Map<string, EdgeCell>();

  constructor(view: GraphView) {
    this.#view = view;
  }

  of(value: Value): Cell {
    if (isNode(value)) return this.#node(value.id);
    if (isEdge(value)) return this.#edge(value);
    if (isPath(value))
      return {
        nodes: value.nodes.map(({ id }) => this.#node(id)),
        relationships: value.edges.map((edge) => this.#edge(edge)),
      };
    if (isList(value)) return value.map((item) => this.of(item));
    // JSON has neither infinities nor NaN.
    if (typeof value === 'number' && !Number.isFinite(value)) return null;
    return value as Cell;
  }

  #node(id: number): NodeCell {
    const known = this.#nodes.get(id);
    if (known !== undefined) return known;
    const { kind, name, path } = this.#view.graph.node(id);
    const line = this.#view.lines(id)?.first ?? null;
    const made = { id: this.#view.id(id), label: labelOf(kind), name, path, line };
    this.#nodes.set(id, made);
    return made;
  }

  #edge({ type, from, to }: EdgeValue): EdgeCell {
    const key = `${type} ${from} ${to}`;
    const known = this.#edges.get(key);
    if (known !== undefined) return known;
    const edges = this.#view.graph.out(from, { kinds: [type] }).filter((edge) => edge.to === to);
    const made = { type: typeOf(type), from: this.#view.id(from), to: this.#view.id(to), state: best(edges).state };
    this.#edges.set(key, made);
    return made;
  }
}
