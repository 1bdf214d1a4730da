/**
 * Which types of Go implement which interfaces: no word of the source says so, the names of their methods do.
 *
 * A type implements an interface when it has a method of each name that the interface asks for, with as many parameters; what either
 * embeds is counted in. This rests on all files together, so it is worked out anew over the finished columns after every change,
 * from what each file shows of itself (`shapeOf`). The rarest method of an interface tells the few types that are asked.
 *
 * Edges: `implements` from type to interface, `overrides` from method to the method asked for. Not done: types of parameters are not compared;
 * an interface that embeds one of another module is left out, since all that it asks for is not known; interfaces without methods fit
 * everything and say nothing; between two interfaces there is no edge; and a type's methods count whether its receivers are pointers or not.
 */
import { Column } from './columns.ts';
import { flagsOf, isAmbiguous, kindOf, ruleOf } from './flags.ts';
import { absent, type NodeTable } from './nodes.ts';
import { edgeColumns, type GraphTables } from './tables.ts';
import type { Unit } from './unit.ts';

/**
 * What a file shows of its interfaces and methods, three numbers each: symbol, what it is, and of a method its parameters + 1
 * (0: not known), of an interface the named types that it embeds.
 */
export function shapeOf(unit: Unit): Uint32Array {
  if (unit.language !== 'go') return noShape;
  const shape: number[] = [];
  for (const { symbol, bases, takes } of unit.links.symbols) {
    const { kind } = unit.symbol(symbol);
    if (kind === 'method') shape.push(symbol, isMethod, takes + 1);
    else if (kind === 'interface') {
      const named = bases.filter((base) => !isError(unit, base)).length;
      shape.push(symbol, named === bases.length ? isInterface : isErrorInterface, named);
    }
  }
  return Uint32Array.from(shape);
}

const noShape = new Uint32Array();
const [isMethod, isInterface, isErrorInterface] = [0, 1, 2];

/** `error` is the one interface of the language itself that has a method. */
function isError(unit: Unit, base: number): boolean {
  const written = unit.expression(base);
  return written.kind === 'name' && written.name === 'error';
}

/** Looks at one type for one interface that are made in all: what a second does. Interfaces beyond, those that the most types might implement, have no edges. */
const mostPairs = 4_000_000;

/**
 * The same graph with the edges that method sets give, in place of those it had.
 *
 * @param shapes of each file
 * @param packages as `Dependencies.packages`
 */
export function withMethodSets(
  tables: GraphTables,
  shapes: readonly Uint32Array[],
  packages: Uint32Array,
): GraphTables {
  if (shapes.every(({ length }) => length === 0)) return tables;
  return rejoined(tables, new MethodSets(tables, shapes, packages).edges());
}

interface Method {
  readonly node: number;
  /** Parameters + 1, or 0. */
  readonly takes: number;
}

/** By name: an unexported one together with its package, outside of which nobody can have it. */
type MethodSet = ReadonlyMap<string, readonly Method[]>;

/** A type; it may be written several times, once for each system that it is built for. */
interface Type {
  readonly nodes: number[];
  readonly own: Map<string, Method[]>;
  readonly embeds: Set<Type>;
  isInterface: boolean;
  /** Asks for methods that are not known. */
  isOpen: boolean;
}

interface Edge {
  readonly from: number;
  readonly to: number;
  readonly flags: number;
}

class MethodSets {
  readonly #tables: GraphTables;
  readonly #nodes: NodeTable;
  readonly #packages: Uint32Array;
  readonly #types = new Map<string, Type>();
  readonly #typeOf = new Map<number, Type>();
  readonly #sets = new Map<Type, MethodSet>();

  constructor(tables: GraphTables, shapes: readonly Uint32Array[], packages: Uint32Array) {
    this.#tables = tables;
    this.#nodes = tables.nodes;
    this.#packages = packages;
    const files = [...shapes.keys()].filter((file) => this.#languageOf(file) === 'go');
    for (const file of files) this.#takeTypes(file);
    const embedded = new Map<Type, number>();
    for (const file of files) this.#takeShape(file, shapes[file] as Uint32Array, embedded);
    for (const [node, type] of this.#typeOf) this.#takeEmbedded(node, type);
    for (const [type, count] of embedded) if (type.embeds.size < count) type.isOpen = true;
  }

  #languageOf(file: number): string {
    return this.#nodes.strings.text(this.#tables.files.language[file] as number);
  }

  #takeTypes(file: number): void {
    const nodes = this.#nodes;
    const top = nodes.firstNode[file] as number;
    for (let node = top + 1; node < (nodes.firstNode[file + 1] as number); node++) {
      if (nodes.kind(node) !== 'class') continue;
      // A type inside a function is its own.
      const outer = nodes.columns.parent[node] === top;
      const type = this.#type(outer ? this.#keyOf(file, nodes.name(node)) : `${node}`);
      type.nodes.push(node);
      this.#typeOf.set(node, type);
    }
  }

  #type(key: string): Type {
    const known = this.#types.get(key);
    if (known !== undefined) return known;
    const type: Type = { nodes: [], own: new Map(), embeds: new Set(), isInterface: false, isOpen: false };
    this.#types.set(key, type);
    return type;
  }

  /** A name of the file's package. */
  #keyOf(file: number, name: string): string {
    const directory = this.#nodes.columns.parent[this.#nodes.firstNode[file] as number];
    return `${directory} ${this.#packages[file]} ${name}`;
  }

  #takeShape(file: number, shape: Uint32Array, embedded: Map<Type, number>): void {
    const nodes = this.#nodes;
    for (let at = 0; at < shape.length; at += 3) {
      const node = nodes.nodeOf(file, shape[at] as number);
      const [what, number] = [shape[at + 1], shape[at + 2] as number];
      if (node < 0) continue;
      if (what === isMethod) {
        const name = nodes.name(node);
        const type = this.#typeOf.get(nodes.columns.parent[node] as number) ?? this.#receiverOf(file, node);
        if (type !== undefined) add(type.own, this.#methodKey(file, name), { node, takes: number });
        continue;
      }
      const type = this.#typeOf.get(node);
      if (type === undefined) continue;
      type.isInterface = true;
      if (what === isErrorInterface) add(type.own, 'Error', { node: absent, takes: 1 });
      embedded.set(type, Math.max(number, embedded.get(type) ?? 0));
    }
  }

  #receiverOf(file: number, method: number): Type | undefined {
    const name = this.#nodes.qualifiedName(method);
    return this.#types.get(this.#keyOf(file, name.slice(0, Math.max(0, name.lastIndexOf('.')))));
  }

  #methodKey(file: number, name: string): string {
    return /^\p{Lu}/u.test(name) ? name : this.#keyOf(file, name);
  }

  #takeEmbedded(node: number, type: Type): void {
    const { outStart, to, flags } = this.#tables.edges;
    const end = outStart[node + 1] as number;
    for (let at = outStart[node] as number; at < end; at++) {
      if (kindOf(flags[at] as number) !== 'inherits') continue;
      const base = this.#typeOf.get(to[at] as number);
      // One type that is written several times is ambiguous, and still one.
      if (base !== undefined && base !== type && (!isAmbiguous(flags[at] as number) || base.nodes.length > 1)) {
        type.embeds.add(base);
      }
    }
  }

  edges(): Edge[] {
    const types = [...this.#types.values()];
    const concrete = new Map<string, Type[]>();
    for (const type of types) {
      if (type.isInterface) continue;
      for (const name of this.#setOf(type).keys()) add(concrete, name, type);
    }
    const asking = types.flatMap((type) => {
      const wanted = type.isInterface && !this.#asksMore(type) ? this.#setOf(type) : none;
      if (wanted.size === 0) return [];
      const lists = [...wanted.keys()].map((name) => concrete.get(name) ?? []);
      const candidates = lists.reduce((rarest, list) => (list.length < rarest.length ? list : rarest));
      return [{ type, wanted, candidates, pairs: candidates.length * wanted.size }];
    });
    asking.sort((a, b) => a.pairs - b.pairs || (a.type.nodes[0] as number) - (b.type.nodes[0] as number));
    const found = new Map<string, Edge>();
    let left = mostPairs;
    for (const { type, wanted, candidates, pairs } of asking) {
      left -= pairs;
      if (left < 0) break;
      for (const one of candidates) this.#hold(one, type, wanted, found);
    }
    return [...found.values()].sort((a, b) => a.from - b.from || a.to - b.to);
  }

  /** Whether what an interface asks for is not known in full. */
  #asksMore(type: Type, seen = new Set<Type>()): boolean {
    if (seen.has(type)) return false;
    seen.add(type);
    return !type.isInterface || type.isOpen || [...type.embeds].some((base) => this.#asksMore(base, seen));
  }

  /** Own methods and those of what is embedded, the least deep first: of two at one depth Go has neither. */
  #setOf(type: Type): MethodSet {
    const known = this.#sets.get(type);
    if (known !== undefined) return known;
    const set = new Map<string, readonly Method[]>(type.own);
    const seen = new Set([type]);
    for (let level = [...type.embeds]; level.length > 0; ) {
      const here = new Map<string, readonly Method[]>();
      const next: Type[] = [];
      for (const one of level) {
        if (seen.has(one)) continue;
        seen.add(one);
        for (const [name, methods] of one.own) {
          if (!set.has(name)) here.set(name, here.has(name) && !type.isInterface ? [] : methods);
        }
        next.push(...one.embeds);
      }
      for (const [name, methods] of here) set.set(name, methods);
      level = next;
    }
    this.#sets.set(type, set);
    return set;
  }

  #hold(one: Type, type: Type, wanted: MethodSet, found: Map<string, Edge>): void {
    const set = this.#setOf(one);
    const pairs: [Method, Method][] = [];
    for (const [name, asked] of wanted) {
      const fitting = (set.get(name) ?? []).flatMap((method) =>
        asked.filter((other) => fits(method, other)).map((other): [Method, Method] => [method, other]),
      );
      if (fitting.length === 0) return;
      pairs.push(...fitting);
    }
    const put = (from: number, to: number, flags: number): void => {
      if (from !== to && from !== absent && to !== absent) found.set(`${from} ${to}`, { from, to, flags });
    };
    for (const from of one.nodes) {
      // What embeds the interface says so already.
      if (!one.embeds.has(type)) for (const to of type.nodes) put(from, to, implementsFlags);
    }
    for (const [method, asked] of pairs) put(method.node, asked.node, overridesFlags);
  }
}

const none: MethodSet = new Map();

const fits = (method: Method, asked: Method): boolean =>
  method.takes === 0 || asked.takes === 0 || method.takes === asked.takes;

const structural = { ambiguous: false, rule: 'method-set', rank: 0, length: 0 } as const;
const implementsFlags = flagsOf({ kind: 'implements', ...structural });
const overridesFlags = flagsOf({ kind: 'overrides', ...structural });

function add<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [value]);
  else known.push(value);
}

/** @param added ascending by source; they come behind the other edges of theirs */
function rejoined(tables: GraphTables, added: readonly Edge[]): GraphTables {
  const { nodes, edges } = tables;
  const before = edges.flags.reduce((count, flags) => count + (ruleOf(flags) === 'method-set' ? 1 : 0), 0);
  if (before === 0 && added.length === 0) return tables;
  const length = edges.to.length - before + added.length;
  const [to, flags, site] = [new Column(length), new Column(length), new Column(length)];
  const outStart = new Uint32Array(nodes.count + 1);
  let next = 0;
  for (let node = 0; node < nodes.count; node++) {
    outStart[node] = to.length;
    const end = edges.outStart[node + 1] as number;
    for (let at = edges.outStart[node] as number; at < end; at++) {
      if (ruleOf(edges.flags[at] as number) === 'method-set') continue;
      to.push(edges.to[at] as number);
      flags.push(edges.flags[at] as number);
      site.push(edges.site[at] as number);
    }
    for (; added[next]?.from === node; next++) {
      to.push((added[next] as Edge).to);
      flags.push((added[next] as Edge).flags);
      site.push(0);
    }
  }
  outStart[nodes.count] = to.length;
  return { ...tables, edges: edgeColumns(nodes, outStart, { to: to.take(), flags: flags.take(), site: site.take() }) };
}
