/**
 * Queries drawn from an index's own names and doc words, seeded: the same tree gives
 * the same queries, and every term occurs somewhere.
 *
 * Terms are drawn by occurrence, so frequent words come often, as in real text; that
 * is the hard case for a ranked index. They are independent of each other, so these
 * queries measure speed and say nothing about quality.
 */
import { type Random, seededRandom } from '../src/base/mod.ts';
import type { Snapshot } from '../src/index/mod.ts';

export interface DrawnQueries {
  /** 3 to 8 words each. */
  readonly words: readonly string[];
  /** Names of symbols. */
  readonly identifiers: readonly string[];
}

/** Files looked at for words; enough that the draw hardly depends on which. */
const sampledFiles = 2000;

/**
 * @param counts how many queries of each sort
 * @throws Error when the tree has no word at all
 */
export function drawQueries(
  snapshot: Snapshot,
  counts: { readonly words: number; readonly identifiers: number },
  seed: number,
): DrawnQueries {
  const random = seededRandom(seed);
  const names = new Set<string>();
  const pool: string[] = [];
  for (const file of random.shuffle(snapshot.files()).slice(0, sampledFiles)) {
    const facts = snapshot.facts(file.version);
    const source = facts.symbols.some((symbol) => symbol.doc !== null) ? snapshot.source(file) : null;
    for (const symbol of facts.symbols) {
      if (/^[\p{L}_$][\p{L}\p{N}_$]{3,}$/u.test(symbol.name)) names.add(symbol.name);
      const text =
        source?.kind === 'source' && symbol.doc !== null
          ? source.bytes.subarray(symbol.doc.start, symbol.doc.end)
          : null;
      const words = `${symbol.name} ${text === null ? '' : new TextDecoder().decode(text)}`;
      pool.push(...(words.slice(0, 2000).match(/\p{Lu}?\p{Ll}{2,}/gu) ?? []).map((word) => word.toLowerCase()));
    }
  }
  if (pool.length === 0) throw new Error('expected a tree with names or documented symbols; this one has neither');
  return {
    words: Array.from({ length: counts.words }, () => wordQuery(pool, random)),
    identifiers: random.shuffle([...names]).slice(0, counts.identifiers),
  };
}

function wordQuery(pool: readonly string[], random: Random): string {
  const wanted = 3 + random.int(6);
  const terms = new Set<string>();
  for (let tries = 0; terms.size < wanted && tries < 50; tries++) terms.add(pool[random.int(pool.length)] as string);
  return [...terms].join(' ');
}
