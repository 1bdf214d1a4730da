/**
 * A graph in flat columns, both ways, as it lies in memory and in its file; and beside it what linking rested on,
 * which only the next change needs.
 */
import { Column, orderBy, startsOf } from './columns.ts';
import type { LinkedFile, SiteCounts } from './linked.ts';
import { type ModuleQuestion, questionKinds } from './module-map.ts';
import { absent, type NodeTable } from './nodes.ts';
import type { Surface } from './surface.ts';

/** Edges ordered by their source, then by place in the file. The number of an edge is its place here. */
export interface EdgeColumns {
  /** By node: first edge. */
  readonly outStart: Uint32Array;
  readonly to: Uint32Array;
  readonly flags: Uint32Array;
  readonly site: Uint32Array;
  /** By node: first place in `inEdges`. */
  readonly inStart: Uint32Array;
  readonly inEdges: Uint32Array;
}

/** Call sites that are not resolved, ordered by file. */
export interface OpenColumns {
  readonly start: Uint32Array;
  readonly from: Uint32Array;
  readonly name: Uint32Array;
  readonly site: Uint32Array;
  /** As `LinkedFile.openTraits`. */
  readonly traits: Uint32Array;
}

/** Of each file, in the order of paths. */
export interface FileColumns {
  readonly version: Uint32Array;
  /** Numbers of strings. */
  readonly language: Uint32Array;
  /** 1 for tests. */
  readonly test: Uint32Array;
  /** Five numbers a file, as `SiteCounts`. */
  readonly counts: Uint32Array;
}

export interface GraphTables {
  readonly nodes: NodeTable;
  readonly files: FileColumns;
  readonly edges: EdgeColumns;
  readonly open: OpenColumns;
}

/** What the links of each file rest on; see `surface.ts`. */
export interface Dependencies {
  readonly surfaces: readonly Surface[];
  readonly consulted: readonly Uint32Array[];
  /** Modules and names of a file's imports, as numbers of strings, in pairs. */
  readonly imports: readonly Uint32Array[];
  readonly importPrints: Uint32Array;
  /** What was asked of modules beside imports; see `packQuestions`. */
  readonly questions: readonly Uint32Array[];
  /** See `method-sets.ts`. */
  readonly shapes: readonly Uint32Array[];
  /** What a file says it belongs to, as string + 1. */
  readonly packages: Uint32Array;
  /** Configuration files that module rules read: hash of each text. */
  readonly configurations: Readonly<Record<string, number>>;
}

export const countNames = [
  'sites',
  'resolved',
  'ambiguous',
  'external',
  'unknown',
] as const satisfies (keyof SiteCounts)[];

/** Takes files in the order of their paths and makes the columns. */
export class TableBuilder {
  readonly #nodes: NodeTable;
  readonly #outStart: Uint32Array;
  /** Nodes whose edges have been given. */
  #nodesDone: number;
  readonly #to: Column;
  readonly #flags: Column;
  readonly #site: Column;
  readonly #openStart = new Column();
  readonly #openFrom: Column;
  readonly #openName: Column;
  readonly #openSite: Column;
  readonly #openTraits: Column;
  readonly #counts = new Column();

  /** @param before what is mostly copied */
  constructor(nodes: NodeTable, before: GraphTables | null) {
    const [edges, sites] = [before?.edges.to.length, before?.open.from.length];
    this.#to = new Column(edges);
    this.#flags = new Column(edges);
    this.#site = new Column(edges);
    this.#openFrom = new Column(sites);
    this.#openName = new Column(sites);
    this.#openSite = new Column(sites);
    this.#openTraits = new Column(sites);
    this.#nodes = nodes;
    this.#outStart = new Uint32Array(nodes.count + 1);
    this.#nodesDone = nodes.directoryCount;
  }

  add(linked: LinkedFile): void {
    const file = this.#openStart.length;
    const end = this.#nodes.firstNode[file + 1] as number;
    for (let at = 0; this.#nodesDone < end; this.#nodesDone++) {
      while (at < linked.from.length && (linked.from[at] as number) < this.#nodesDone) at++;
      this.#outStart[this.#nodesDone] = this.#to.length + at;
    }
    this.#to.append(linked.to);
    this.#flags.append(linked.flags);
    this.#site.append(linked.site);
    this.#openStart.push(this.#openFrom.length);
    this.#openFrom.append(linked.openFrom);
    this.#openName.append(linked.openName);
    this.#openSite.append(linked.openSite);
    this.#openTraits.append(linked.openTraits);
    for (const name of countNames) this.#counts.push(linked.counts[name]);
  }

  /** Files `start` to `end` of a graph, as they were but for the numbers of nodes. */
  copy(before: GraphTables, start: number, end: number, moved: Moved): void {
    const { edges, open, nodes, files } = before;
    const [firstNode, lastNode] = [nodes.firstNode[start] as number, nodes.firstNode[end] as number];
    const [low, high] = [edges.outStart[firstNode] as number, edges.outStart[lastNode] as number];
    const shift = this.#to.length - low;
    for (let node = firstNode; node < lastNode; node++) {
      this.#outStart[this.#nodesDone++] = (edges.outStart[node] as number) + shift;
    }
    moved.append(this.#to, edges.to.subarray(low, high));
    this.#flags.append(edges.flags.subarray(low, high));
    this.#site.append(edges.site.subarray(low, high));
    const [openLow, openHigh] = [open.start[start] as number, open.start[end] as number];
    const openShift = this.#openFrom.length - openLow;
    for (let file = start; file < end; file++) this.#openStart.push((open.start[file] as number) + openShift);
    moved.append(this.#openFrom, open.from.subarray(openLow, openHigh));
    this.#openName.append(open.name.subarray(openLow, openHigh));
    this.#openSite.append(open.site.subarray(openLow, openHigh));
    this.#openTraits.append(open.traits.subarray(openLow, openHigh));
    this.#counts.append(files.counts.subarray(start * countNames.length, end * countNames.length));
  }

  finish(files: Omit<FileColumns, 'counts'>): GraphTables {
    const nodes = this.#nodes;
    this.#openStart.push(this.#openFrom.length);
    this.#outStart.fill(this.#to.length, this.#nodesDone);
    return {
      nodes,
      files: { ...files, counts: this.#counts.take() },
      edges: edgeColumns(nodes, this.#outStart, {
        to: this.#to.take(),
        flags: this.#flags.take(),
        site: this.#site.take(),
      }),
      open: {
        start: this.#openStart.take(),
        from: this.#openFrom.take(),
        name: this.#openName.take(),
        site: this.#openSite.take(),
        traits: this.#openTraits.take(),
      },
    };
  }
}

/** The same edges both ways. */
export function edgeColumns(
  nodes: NodeTable,
  outStart: Uint32Array,
  columns: Pick<EdgeColumns, 'to' | 'flags' | 'site'>,
): EdgeColumns {
  const inStart = startsOf(columns.to, nodes.count);
  return { outStart, ...columns, inStart, inEdges: orderBy(columns.to, inStart) };
}

/** Numbers of nodes after a change, by their numbers before. */
export class Moved {
  /** `absent` for what is gone. */
  readonly #numbers: Uint32Array;
  /** Nothing moved: most edits leave definitions as they are. */
  readonly #identity: boolean;

  constructor(numbers: Uint32Array) {
    this.#numbers = numbers;
    this.#identity = numbers.every((number, at) => number === at);
  }

  append(column: Column, nodes: Uint32Array): void {
    if (this.#identity) column.append(nodes);
    else column.append(nodes.map((node) => this.#numbers[node] as number));
  }

  /** Whether one of the nodes is gone. */
  lost(nodes: Uint32Array): boolean {
    if (this.#identity) return false;
    for (let at = 0; at < nodes.length; at++) if (this.#numbers[nodes[at] as number] === absent) return true;
    return false;
  }

  of(nodes: Uint32Array): Uint32Array {
    return this.#identity ? nodes : nodes.map((node) => this.#numbers[node] as number);
  }
}

/** Links of one file of a graph, as they were. */
export function linksOfFile({ nodes, edges, open, files }: GraphTables, file: number): LinkedFile {
  const [first, end] = [nodes.firstNode[file] as number, nodes.firstNode[file + 1] as number];
  const [low, high] = [edges.outStart[first] as number, edges.outStart[end] as number];
  const from = new Uint32Array(high - low);
  for (let node = first; node < end; node++) {
    from.fill(node, (edges.outStart[node] as number) - low, (edges.outStart[node + 1] as number) - low);
  }
  const [openLow, openHigh] = [open.start[file] as number, open.start[file + 1] as number];
  const counts = Object.fromEntries(
    countNames.map((name, at) => [name, files.counts[file * countNames.length + at] as number]),
  );
  return {
    from,
    to: edges.to.subarray(low, high),
    flags: edges.flags.subarray(low, high),
    site: edges.site.subarray(low, high),
    openFrom: open.from.subarray(openLow, openHigh),
    openName: open.name.subarray(openLow, openHigh),
    openSite: open.site.subarray(openLow, openHigh),
    openTraits: open.traits.subarray(openLow, openHigh),
    counts: counts as unknown as SiteCounts,
  };
}

/** The same links between other numbers of nodes. */
export const movedLinks = (linked: LinkedFile, moved: Moved): LinkedFile => ({
  ...linked,
  from: moved.of(linked.from),
  to: moved.of(linked.to),
  openFrom: moved.of(linked.openFrom),
});

/** Targets of a file's edges. */
export function targetsOfFile({ nodes, edges }: GraphTables, file: number): Uint32Array {
  const [first, end] = [nodes.firstNode[file] as number, nodes.firstNode[file + 1] as number];
  return edges.to.subarray(edges.outStart[first], edges.outStart[end]);
}

/** Numbers that a question about modules takes. */
const questionNumbers = 5;

export const packQuestions = (questions: readonly ModuleQuestion[], intern: (text: string) => number): Uint32Array =>
  Uint32Array.from(
    questions.flatMap(({ kind, of, language, name, print }) => [
      questionKinds.indexOf(kind),
      intern(of),
      intern(language),
      intern(name),
      print,
    ]),
  );

export function unpackQuestions(packed: Uint32Array, text: (number: number) => string): ModuleQuestion[] {
  const questions: ModuleQuestion[] = [];
  for (let at = 0; at < packed.length; at += questionNumbers) {
    const [kind, of, language, name, print] = packed.subarray(at, at + questionNumbers) as unknown as Five;
    questions.push({
      kind: questionKinds[kind] as ModuleQuestion['kind'],
      of: text(of),
      language: text(language),
      name: text(name),
      print,
    });
  }
  return questions;
}

type Five = readonly [number, number, number, number, number];
