/**
 * Which write of a variable a read may get its value from, and which reads a write is computed of.
 *
 * Reaching definitions (Aho, Lam, Sethi and Ullman, 2nd ed., §9.2.4) over the blocks of `control.ts`: writes flow along the ways and
 * are ended by the next write of the same name; along an exception all writes of the block may have happened. The edges are those of
 * GraphCodeBERT (Guo et al. 2021, arXiv:2009.08366, §3): "comes from" and "computed from".
 *
 * Known by name only: what other names mean the same object, what functions inside change, and what a call does are not told.
 */
import type { SyntaxTree } from '../tree/tree.ts';
import type { FlowLanguage } from './constructs.ts';
import { Names, type NameUse } from './names.ts';
import type { TreeFlow } from './ways.ts';

export interface TreeOccurrence {
  readonly name: string;
  readonly use: NameUse;
  readonly start: number;
  readonly end: number;
  /** Index of the statement, -1 for parameters. */
  readonly statement: number;
}

export interface TreeData {
  readonly occurrences: readonly TreeOccurrence[];
  /** Of a read (or update), the writes and updates it may come from; of a write, the reads it is computed of. Indices of `occurrences`. */
  readonly sources: readonly (readonly number[])[];
}

/** Of a function with more occurrences, their flow is not followed: 40 MB of sets at most. */
const mostOccurrences = 20_000;

/** @param node the function, or the root of a file */
export function dataFlowOf(
  tree: SyntaxTree,
  flow: TreeFlow,
  rules: FlowLanguage,
  language: string,
  node: number,
): TreeData | null {
  const names = new Names(tree, language);
  const occurrences: TreeOccurrence[] = [];
  const computed: number[][] = [];
  const byStatement: number[][] = flow.statements.map(() => []);
  const collect = (from: number, start: number, end: number, statement: number, only: NameUse | null): void => {
    const found: { node: number; use: NameUse; source: number; at: number }[] = [];
    const note = (node: number, use: NameUse): void => {
      const write = use === 'read' ? null : names.writeOf(node);
      found.push({ node, use, source: write?.source ?? -1, at: write?.at ?? tree.start(node) });
    };
    for (let at = from; at < tree.next(from); ) {
      const inner = rules.functions[tree.kind(at)] !== undefined;
      if (tree.start(at) >= end || tree.end(at) <= start) {
        at = tree.next(at);
        continue;
      }
      if (tree.start(at) >= start && tree.end(at) <= end)
        for (const use of names.usesOf(at)) if (only === null || only === use) note(at, use);
      // Of a definition inside, only its name is bound here.
      const named = inner ? tree.field(at, 'name') : -1;
      if (named >= 0 && tree.start(named) < end)
        for (const use of names.usesOf(named)) if (use === 'write') note(named, use);
      at = inner ? tree.next(at) : at + 1;
    }
    found.sort((a, b) => a.at - b.at || Number(a.use !== 'read') - Number(b.use !== 'read'));
    const first = occurrences.length;
    for (const { node: one, use, source } of found) {
      const number = occurrences.length;
      occurrences.push({ name: tree.textOf(one), use, start: tree.start(one), end: tree.end(one), statement });
      computed.push(
        found.flatMap((other, place) =>
          source >= 0 && other.use === 'read' && other.node > source && other.node < tree.next(source)
            ? [first + place]
            : [],
        ),
      );
      if (statement >= 0) byStatement[statement]?.push(number);
    }
  };
  for (const field of names.parameters) {
    const part = tree.field(node, field);
    if (part >= 0) collect(part, tree.start(part), tree.end(part), -1, 'write');
  }
  const parameters = occurrences.map((_, index) => index);
  flow.statements.forEach(({ node: one, start, end }, statement) => {
    collect(one, start, end, statement, null);
  });
  if (occurrences.length > mostOccurrences) return null;
  const sources = reaching(flow, occurrences, byStatement, parameters);
  return { occurrences, sources: sources.map((found, index) => [...found, ...(computed[index] as number[])]) };
}

type State = Map<string, ReadonlySet<number>>;

function reaching(
  { blocks, edges }: TreeFlow,
  occurrences: readonly TreeOccurrence[],
  byStatement: readonly (readonly number[])[],
  parameters: readonly number[],
): number[][] {
  const sources: Set<number>[] = occurrences.map(() => new Set());
  const before: (State | null)[] = blocks.map(() => null);
  before[0] = new Map(parameters.map((index) => [occurrences[index]?.name ?? '', new Set([index])]));
  const out = blocks.map((_, from) => edges.filter((edge) => edge.from === from));
  const queue = [0];
  while (queue.length > 0) {
    const block = queue.shift() as number;
    const state: State = new Map(before[block]);
    // All that a name may have been at any time in the block: what an exception carries out of it.
    const ever: Map<string, Set<number>> = new Map([...state].map(([name, found]) => [name, new Set(found)]));
    for (const statement of blocks[block] as readonly number[])
      for (const index of byStatement[statement] as readonly number[]) {
        const { name, use } = occurrences[index] as TreeOccurrence;
        const reach = state.get(name) ?? new Set();
        if (use !== 'write') for (const one of reach) sources[index]?.add(one);
        if (use === 'read') continue;
        // An update leaves the object that was there.
        const now = use === 'write' ? new Set([index]) : new Set([...reach, index]);
        state.set(name, now);
        const all = ever.get(name) ?? new Set();
        for (const one of now) all.add(one);
        ever.set(name, all);
      }
    for (const { to, kind } of out[block] as typeof edges) {
      if (joins(before, to, kind === 'exception' ? ever : state) && !queue.includes(to)) queue.push(to);
    }
  }
  return sources.map((found) => [...found].sort((a, b) => a - b));
}

/** @returns whether anything is new */
function joins(before: (State | null)[], to: number, state: ReadonlyMap<string, ReadonlySet<number>>): boolean {
  const known = before[to];
  if (known === null || known === undefined) {
    before[to] = new Map(state);
    return true;
  }
  let grown = false;
  for (const [name, found] of state) {
    const had = known.get(name);
    if (had !== undefined && [...found].every((one) => had.has(one))) continue;
    known.set(name, new Set([...(had ?? []), ...found]));
    grown = true;
  }
  return grown;
}
