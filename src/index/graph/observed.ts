/**
 * What recorded runs say about calls, laid over what was resolved.
 *
 * A call that a run took becomes `observed` wherever its caller calls its callee, and comes first among the candidates of
 * its site; a call that nothing had led to becomes an edge without a site. Kept are names, not places, so observations
 * live as long as both definitions have the same path and qualified name; those of partial runs only as long as both files stay as they are (`store`).
 *
 * What a partial run took may rest on a guess: it is marked, and does not move the candidates of a site where a real run took another.
 */
import type { ObservedRow } from '../store/graph-rows.ts';
import {
  flagsOf,
  isAmbiguous,
  isObserved,
  isPartial,
  kindOf,
  observed,
  rankOf,
  ruleOf,
  unobserved,
  withRank,
} from './flags.ts';
import type { LinkedFile } from './linked.ts';
import type { NodeTable } from './nodes.ts';
import type { EdgeColumns } from './tables.ts';

const runFlags = flagsOf({ kind: 'calls', ambiguous: false, rule: 'run', rank: 0, length: 0 });

export class Observations {
  /** By file of the caller, then by caller: the callees, and whether only partial runs called them. */
  readonly #calls = new Map<number, Map<number, Map<number, boolean>>>();

  /** @param fileOf number of a path's file, or -1 */
  constructor(rows: readonly ObservedRow[], nodes: NodeTable | null, fileOf: (path: string) => number) {
    const known = new Map<number, Map<string, number>>();
    const find = (file: number, name: string): number => {
      let places = known.get(file);
      if (places === undefined) {
        places = nodes === null ? new Map<string, number>() : namesIn(nodes, file);
        known.set(file, places);
      }
      return places.get(name) ?? -1;
    };
    for (const { callerPath, caller, calleePath, callee, partial } of rows) {
      const [file, other] = [fileOf(callerPath), fileOf(calleePath)];
      if (file < 0 || other < 0) continue;
      const [from, to] = [find(file, caller), find(other, callee)];
      if (from < 0 || to < 0) continue;
      const callers = this.#calls.get(file) ?? new Map<number, Map<number, boolean>>();
      const callees = callers.get(from) ?? new Map<number, boolean>();
      this.#calls.set(file, callers.set(from, callees.set(to, partial && callees.get(to) !== false)));
    }
  }

  /** Whether the links of a file that was at `old` differ from what they were without runs, or will. */
  concern(file: number, { outStart, flags }: EdgeColumns, { firstNode }: NodeTable, old: number): boolean {
    if (this.#calls.has(file)) return true;
    const end = outStart[firstNode[old + 1] as number] as number;
    for (let at = outStart[firstNode[old] as number] as number; at < end; at++) {
      if (isObserved(flags[at] as number)) return true;
    }
    return false;
  }

  /** The links of a file with what runs say now, and without what they said before. */
  lay(file: number, linked: LinkedFile): LinkedFile {
    const calls = this.#calls.get(file);
    const marked = linked.flags.some(isObserved);
    if (calls === undefined) return marked ? withoutRuns(linked) : linked;
    const plain = marked ? withoutRuns(linked) : linked;
    const flags = plain.flags.slice();
    const met = new Map<number, Set<number>>();
    for (let at = 0; at < flags.length; at++) {
      const [from, to] = [plain.from[at] as number, plain.to[at] as number];
      const partial = kindOf(flags[at] as number) === 'calls' ? calls.get(from)?.get(to) : undefined;
      if (partial === undefined) continue;
      flags[at] = observed(flags[at] as number, partial);
      met.set(from, (met.get(from) ?? new Set()).add(to));
    }
    // Those of partial runs first, so that what real runs took comes before them.
    for (const partial of [true, false])
      for (let at = 0; at < flags.length; at++) {
        const value = flags[at] as number;
        if (isObserved(value) && isPartial(value) === partial) putFirst(plain, flags, at);
      }
    const missing = [...calls].flatMap(([from, callees]) =>
      [...callees].filter(([to]) => !met.get(from)?.has(to)).map(([to, partial]) => ({ from, to, partial })),
    );
    return withEdges({ ...plain, flags }, missing);
  }
}

export const noObservations = new Observations([], null, () => -1);

function namesIn(nodes: NodeTable, file: number): Map<string, number> {
  const places = new Map<string, number>();
  for (let node = nodes.firstNode[file] as number; node < (nodes.firstNode[file + 1] as number); node++) {
    const name = nodes.qualifiedName(node);
    if (!places.has(name)) places.set(name, node);
  }
  return places;
}

/** Siblings at the site move one place down. */
function putFirst(linked: LinkedFile, flags: Uint32Array, chosen: number): void {
  const rank = rankOf(flags[chosen] as number);
  for (let at = 0; at < flags.length; at++) {
    const value = flags[at] as number;
    const sibling =
      at !== chosen &&
      linked.site[at] === linked.site[chosen] &&
      linked.from[at] === linked.from[chosen] &&
      kindOf(value) === 'calls' &&
      isAmbiguous(value) &&
      rankOf(value) < rank;
    if (sibling) flags[at] = withRank(value, rankOf(value) + 1);
  }
  flags[chosen] = withRank(flags[chosen] as number, 0);
}

function withoutRuns(linked: LinkedFile): LinkedFile {
  const flags = linked.flags.map(unobserved);
  if (!flags.some((value) => ruleOf(value) === 'run')) return { ...linked, flags };
  const keep = (_: number, at: number): boolean => ruleOf(flags[at] as number) !== 'run';
  return {
    ...linked,
    from: linked.from.filter(keep),
    to: linked.to.filter(keep),
    site: linked.site.filter(keep),
    flags: flags.filter(keep),
  };
}

function withEdges(linked: LinkedFile, added: readonly { from: number; to: number; partial: boolean }[]): LinkedFile {
  if (added.length === 0) return linked;
  const edges = Array.from(linked.from, (from, at) => ({
    from,
    to: linked.to[at] as number,
    flags: linked.flags[at] as number,
    site: linked.site[at] as number,
  }));
  for (const { from, to, partial } of added) edges.push({ from, to, flags: observed(runFlags, partial), site: 0 });
  edges.sort((a, b) => a.from - b.from);
  return {
    ...linked,
    from: Uint32Array.from(edges, (edge) => edge.from),
    to: Uint32Array.from(edges, (edge) => edge.to),
    flags: Uint32Array.from(edges, (edge) => edge.flags),
    site: Uint32Array.from(edges, (edge) => edge.site),
  };
}
