/**
 * A pattern as a nondeterministic automaton over bytes (Thompson's construction), forwards or backwards.
 *
 * Built from its end to its start, so that every state knows what follows it. Backwards, sequences and
 * the bytes of a character run the other way and priorities do not count; it finds where a match of known end starts.
 */
import { WinnowError } from '../../../base/mod.ts';
import { asciiWordLooks, look, type Tree, unicodeWordLooks } from './tree.ts';
import { accept, type ByteGraph, byteGraph } from './utf8.ts';

export type State =
  /** Edges taken by one byte; may overlap in an automaton that runs backwards. */
  | {
      readonly kind: 'bytes';
      readonly lo: readonly number[];
      readonly hi: readonly number[];
      readonly to: readonly number[];
    }
  /** Free ways on, the preferred first. */
  | { readonly kind: 'either'; readonly to: readonly number[] }
  | { readonly kind: 'look'; readonly look: number; readonly to: number }
  | { readonly kind: 'match' };

export interface Nfa {
  readonly states: readonly State[];
  readonly start: number;
  readonly backwards: boolean;
  /** Byte → class; bytes of one class lead everywhere to the same. */
  readonly classOf: Uint8Array;
  readonly classCount: number;
  /** Whether anything depends on what stands beside a position; whether on words, and on words of Unicode. */
  readonly looks: boolean;
  readonly words: boolean;
  readonly unicodeWords: boolean;
}

/** States that a pattern may have. Each costs some 100 bytes; a hundred counted Unicode words have 50,000. */
const mostStates = 250_000;

/** @throws WinnowError `bad-query` when it needs too many states */
export function buildNfa(tree: Tree, backwards: boolean): Nfa {
  return new Builder(backwards).build(tree);
}

class Builder {
  readonly #backwards: boolean;
  readonly #states: State[] = [{ kind: 'match' }];
  readonly #graphs = new Map<string, ByteGraph>();
  /** Bytes that start a class of their own. */
  readonly #cuts = new Uint8Array(257);
  #looks = 0;

  constructor(backwards: boolean) {
    this.#backwards = backwards;
  }

  build(tree: Tree): Nfa {
    const start = this.#compile(tree, 0);
    const looks = this.#looks;
    if ((looks & (look.lineStart | look.lineEnd)) !== 0) this.#cut(10, 10);
    if ((looks & (asciiWordLooks | unicodeWordLooks)) !== 0) {
      for (const [lo, hi] of wordBytes) this.#cut(lo, hi);
      this.#cut(0x80, 0xff);
    }
    const classOf = new Uint8Array(256);
    let count = 0;
    for (let byte = 0; byte < 256; byte++) {
      if (byte > 0 && this.#cuts[byte] === 1) count++;
      classOf[byte] = count;
    }
    return {
      states: this.#states,
      start,
      backwards: this.#backwards,
      classOf,
      classCount: count + 1,
      looks: looks !== 0,
      words: (looks & (asciiWordLooks | unicodeWordLooks)) !== 0,
      unicodeWords: (looks & unicodeWordLooks) !== 0,
    };
  }

  #cut(lo: number, hi: number): void {
    this.#cuts[lo] = 1;
    this.#cuts[hi + 1] = 1;
  }

  #add(state: State): number {
    if (this.#states.length >= mostStates) {
      throw new WinnowError(
        'bad-query',
        `The pattern is too large: it needs more than ${mostStates} states. Make its counted repetitions smaller.`,
      );
    }
    return this.#states.push(state) - 1;
  }

  /** @returns the state from which `tree` and then `next` is matched */
  #compile(tree: Tree, next: number): number {
    switch (tree.kind) {
      case 'empty':
        return next;
      case 'class':
        return this.#class(tree.ranges, tree.bytes, next);
      case 'look':
        this.#looks |= tree.look;
        return this.#add({ kind: 'look', look: tree.look, to: next });
      case 'concat': {
        let to = next;
        if (this.#backwards) for (const part of tree.parts) to = this.#compile(part, to);
        else for (let at = tree.parts.length - 1; at >= 0; at--) to = this.#compile(tree.parts[at] as Tree, to);
        return to;
      }
      case 'either':
        return this.#add({ kind: 'either', to: tree.parts.map((part) => this.#compile(part, next)) });
      case 'repeat':
        return this.#repeat(tree, next);
    }
  }

  #repeat(tree: Tree & { kind: 'repeat' }, next: number): number {
    const { part, min, max, greedy } = tree;
    let to = next;
    let times = min;
    if (max === Number.POSITIVE_INFINITY) {
      to = this.#oneOrMore(part, to, greedy);
      // What may match nothing is entered before it is left, so that of its ways the first is taken.
      if (min === 0) return this.#choice(to, next, greedy);
      times = min - 1;
    } else {
      for (let optional = max - min; optional > 0; optional--) {
        to = this.#choice(this.#compile(part, to), next, greedy);
      }
    }
    for (; times > 0; times--) {
      const before = this.#states.length;
      to = this.#compile(part, to);
      // Nothing was added: the part is empty, however often.
      if (this.#states.length === before) break;
    }
    return to;
  }

  #oneOrMore(part: Tree, next: number, greedy: boolean): number {
    const ways: number[] = [];
    const again = this.#add({ kind: 'either', to: ways });
    const body = this.#compile(part, again);
    ways.push(...(greedy ? [body, next] : [next, body]));
    return body;
  }

  #choice(into: number, past: number, greedy: boolean): number {
    return this.#add({ kind: 'either', to: greedy ? [into, past] : [past, into] });
  }

  #class(ranges: readonly number[], bytes: boolean, next: number): number {
    const key = `${bytes ? 'b' : 'u'}${ranges.join()}`;
    let graph = this.#graphs.get(key);
    if (graph === undefined) {
      graph = byteGraph(ranges, bytes);
      this.#graphs.set(key, graph);
      for (const edges of graph.nodes) for (const { lo, hi } of edges) this.#cut(lo, hi);
    }
    return this.#backwards ? this.#reversed(graph, next) : this.#forwards(graph, next);
  }

  #forwards({ nodes, root }: ByteGraph, next: number): number {
    const ids: number[] = [];
    // A node stands behind those that it leads to.
    for (const edges of nodes) {
      const to = edges.map((edge) => (edge.to === accept ? next : (ids[edge.to] as number)));
      ids.push(this.#add({ kind: 'bytes', lo: edges.map((edge) => edge.lo), hi: edges.map((edge) => edge.hi), to }));
    }
    return ids[root] as number;
  }

  #reversed({ nodes, root }: ByteGraph, next: number): number {
    const into = new Map<number, { lo: number[]; hi: number[]; to: number[] }>();
    const entry = { lo: [], hi: [], to: [] };
    into.set(accept, entry);
    const ids = new Map<number, number>();
    const stateOf = (node: number): number => {
      let id = ids.get(node);
      if (id === undefined) {
        const edges = into.get(node) ?? { lo: [], hi: [], to: [] };
        into.set(node, edges);
        id = this.#add({ kind: 'bytes', ...edges });
        ids.set(node, id);
      }
      return id;
    };
    stateOf(accept);
    for (let node = 0; node < nodes.length; node++) if (node !== root) stateOf(node);
    nodes.forEach((edges, node) => {
      for (const { lo, hi, to } of edges) {
        const back = into.get(to) as { lo: number[]; hi: number[]; to: number[] };
        back.lo.push(lo);
        back.hi.push(hi);
        back.to.push(node === root ? next : stateOf(node));
      }
    });
    return stateOf(accept);
  }
}

const wordBytes = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
] as const;

export const isWordByte = (byte: number): boolean =>
  (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f;
