/**
 * Signals of history: files that commits with like messages changed, and files that change often or lately.
 *
 * Messages are documents: BM25 finds those that speak as the issue does, and what they changed is probably near. A
 * file is also the sum of all messages that ever changed it.
 */
import { type History, hashTerm } from '../../index/mod.ts';
import { role } from './corpus.ts';
import type { Evidence } from './evidence.ts';
import type { QueryTerm } from './textscores.ts';

/** Commits that change more files say nothing of any; those for which recency counts may be a little larger. */
const mostFilesAlike = 15;
const mostFilesRecent = 30;
const bestCommits = 200;
/** k1 and b of messages, and the length in terms at which nothing is taken off. */
const saturation = 1.2;
const lengthShare = 0.75;
const meanLength = 25;
const dayS = 86_400;

/** Hash → slot of a term; open addressing, because two million look-ups are made. */
class TermTable {
  readonly #keys: Uint32Array;
  readonly #values: Int16Array;
  readonly #mask: number;

  constructor(hashes: readonly number[]) {
    const size = 2 ** Math.ceil(Math.log2(hashes.length * 4 + 16));
    this.#keys = new Uint32Array(size);
    this.#values = new Int16Array(size).fill(-1);
    this.#mask = size - 1;
    for (const [at, hash] of hashes.entries()) {
      let slot = hash & this.#mask;
      while (this.#values[slot] !== -1 && this.#keys[slot] !== hash) slot = (slot + 1) & this.#mask;
      this.#keys[slot] = hash;
      this.#values[slot] = at;
    }
  }

  find(hash: number): number {
    let slot = hash & this.#mask;
    while (this.#values[slot] !== -1) {
      if (this.#keys[slot] === hash) return this.#values[slot] as number;
      slot = (slot + 1) & this.#mask;
    }
    return -1;
  }
}

/** A commit whose message speaks as the issue does. */
export interface AlikeCommit {
  /** Its number in the history. */
  readonly at: number;
  readonly score: number;
}

/** @returns the commits that speak as the issue does, best first */
export function historySignals(
  evidence: Evidence,
  history: History,
  terms: readonly QueryTerm[],
): readonly AlikeCommit[] {
  if (history.count === 0 || terms.length === 0) return [];
  const { corpus } = evidence;
  const fileOf = Int32Array.from(history.paths, (path) => {
    const file = corpus.byPath.get(path);
    return file !== undefined && corpus.roles[file] === role.source ? file : -1;
  });
  const table = new TermTable(terms.map(({ term }) => hashTerm(term)));
  const holding = new Float64Array(terms.length);
  /** Per commit that touches source: its query terms, flat. */
  const commits: number[] = [];
  const hits: {
    readonly slots: number[];
    readonly counts: number[];
    readonly length: number;
    readonly files: number[];
  }[] = [];
  const recent60 = new Float64Array(corpus.files.length);
  const recent365 = new Float64Array(corpus.files.length);
  const often = new Float64Array(corpus.files.length);
  for (let at = 0; at < history.count; at++) {
    const files: number[] = [];
    for (const path of history.filesOf(at)) if ((fileOf[path] as number) >= 0) files.push(fileOf[path] as number);
    if (files.length === 0) continue;
    if (files.length <= mostFilesRecent) {
      const days = Math.max(0, (history.headTimeS - history.timeOf(at)) / dayS);
      for (const file of files) {
        recent60[file] = (recent60[file] as number) + Math.exp(-days / 60);
        recent365[file] = (recent365[file] as number) + Math.exp(-days / 365);
        often[file] = (often[file] as number) + 1;
      }
    }
    const hashes = history.termsOf(at);
    const counts = history.countsOf(at);
    const found = { slots: [] as number[], counts: [] as number[], length: 0, files };
    for (let i = 0; i < hashes.length; i++) {
      found.length += counts[i] as number;
      const slot = table.find(hashes[i] as number);
      if (slot < 0) continue;
      found.slots.push(slot);
      found.counts.push(counts[i] as number);
      holding[slot] = (holding[slot] as number) + 1;
    }
    commits.push(at);
    hits.push(found);
  }
  evidence.setFiles('recent60', recent60.map(Math.log1p));
  evidence.setFiles('recent365', recent365.map(Math.log1p));
  evidence.setFiles('frequency', often.map(Math.log1p));
  const idf = holding.map((n) => Math.log(1 + hits.length / Math.max(n, 1)));
  const scores = hits.map(({ slots, counts, length }) => {
    const norm = saturation * (1 - lengthShare + (lengthShare * length) / meanLength);
    let score = 0;
    for (const [i, slot] of slots.entries()) {
      const count = counts[i] as number;
      const weight = (terms[slot] as QueryTerm).weights.all;
      score += (weight * (idf[slot] as number) * count * (saturation + 1)) / (count + norm);
    }
    return score;
  });
  profiles(evidence, hits, terms);
  return alike(evidence, history, commits, hits, scores);
}

function alike(
  evidence: Evidence,
  history: History,
  commits: readonly number[],
  hits: readonly { readonly files: readonly number[] }[],
  scores: readonly number[],
): AlikeCommit[] {
  const best = scores
    .map((score, at) => ({ score, at }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, bestCommits)
    .filter(({ at }) => (hits[at] as (typeof hits)[number]).files.length <= mostFilesAlike);
  for (const { score, at } of best) {
    const files = (hits[at] as (typeof hits)[number]).files;
    for (const file of files) {
      evidence.addFile('historySum', file, score ** 2 / files.length ** 0.7);
      evidence.raiseFile('historyMax', file, score / files.length ** 0.5);
      const { id, subject } = history.commit(commits[at] as number);
      evidence.note('historyMax', `file ${file}`, `${id.slice(0, 9)} ${subject}`);
    }
  }
  return best.map(({ score, at }) => ({ score, at: commits[at] as number }));
}

/** Each file as one document: all messages of commits that changed it. */
function profiles(
  evidence: Evidence,
  hits: readonly {
    readonly slots: number[];
    readonly counts: number[];
    readonly length: number;
    readonly files: number[];
  }[],
  terms: readonly QueryTerm[],
): void {
  const counts = new Map<number, Map<number, number>>();
  const lengths = new Map<number, number>();
  for (const { slots, counts: times, length, files } of hits) {
    if (files.length > mostFilesAlike) continue;
    for (const file of files) {
      const own = counts.get(file) ?? new Map<number, number>();
      counts.set(file, own);
      lengths.set(file, (lengths.get(file) ?? 0) + length);
      for (const [i, slot] of slots.entries()) own.set(slot, (own.get(slot) ?? 0) + (times[i] as number));
    }
  }
  if (counts.size === 0) return;
  const mean = [...lengths.values()].reduce((sum, length) => sum + length, 0) / lengths.size;
  const holding = new Float64Array(terms.length);
  for (const own of counts.values()) for (const slot of own.keys()) holding[slot] = (holding[slot] as number) + 1;
  for (const [file, own] of counts) {
    const norm = saturation * (0.6 + (0.4 * (lengths.get(file) ?? 0)) / mean);
    let score = 0;
    for (const [slot, count] of own) {
      const idf = Math.log(1 + (counts.size - (holding[slot] as number) + 0.5) / ((holding[slot] as number) + 0.5));
      score += ((terms[slot] as QueryTerm).weights.all * idf * count * (saturation + 1)) / (count + norm);
    }
    evidence.addFile('historyProfile', file, score);
  }
}
