/**
 * Every number that ranking depends on, in one place, so that tuning touches one file.
 *
 * Words. A chunk's score is
 *     ranked text × factor of its kind × factor of each of its flags × (1 + Σ weight × signal)
 * where signals lie in [0, 1]. Field weights, k1 and b belong to the text index.
 *
 * Names. A definition's score is
 *     base of the way it matches × how its qualifiers match + 0.04 × fit + 0.04 × prior
 * with fit and prior in [0, 1]: bases lie further apart than both together, so a better
 * kind of match always wins.
 *
 * Starting values are reasoned from the field (definition and name matches lift plain
 * BM25 by 0.16 NDCG on a public board; name +3 and path +1.5 and the decayed sum of a
 * file's top three chunks each carry several points in file localization); they are
 * tuned on the development half of the retrieval board and nothing else.
 */
import type { ChunkKind, SymbolKind } from '../code/mod.ts';

/** How many candidates each phase looks at. Cost grows with each; quality stops growing first. */
export const depth = {
  /** Chunks that ranked text hands to the re-ranking. */
  ranked: 100,
  /** The same where a filter or phrase is checked only after ranking. */
  rankedBehindFilter: 2_000,
  /** Chunks nearest in meaning that join them. */
  near: 100,
  /** Best chunks after the signals that need no facts; only these files' facts are read. */
  examined: 40,
  /** Definitions, best by cheap priors, whose facts are read when looking up a name. */
  names: 400,
  /** The same where a filter on kinds or names looks into facts. */
  examinedBehindFilter: 500,
  /** Distinct names, best matches first, whose definitions are fetched after a look at all names. */
  scanned: 600,
  /** Files whose definitions are listed when a query has only filters. */
  browsed: 4_000,
  /** Names that start with the one asked for, read from each segment. */
  prefixes: 4_000,
} as const;

/** Factor of a chunk whose file is of this sort, when the query does not ask for the sort. */
export const flagFactors = {
  test: 0.45,
  vendored: 0.4,
  generated: 0.4,
  example: 0.65,
  documentation: 0.6,
  /** A later piece of a long definition: the first piece has the name and the header. */
  continued: 0.85,
} as const;

/** Factor of a chunk by its kind. */
export const kindFactors: Readonly<Record<ChunkKind, number>> = { function: 1, class: 0.85, module: 0.8, text: 0.7 };

/** Weights of the re-ranking's signals; see `rerank.ts` for what each measures. */
export const signalWeights = {
  coherence: 0.35,
  pathMatch: 0.35,
  shallow: 0.05,
  coverage: 0.5,
  nameIsQuery: 1.2,
  queryInName: 0.6,
  nameInQuery: 0.4,
  exported: 0.05,
  kind: 0.1,
  language: 0.3,
} as const;
export type SignalName = keyof typeof signalWeights;

/**
 * What a standard deviation of each part of meaning counts, beside one of the score by words; see `meaning/fuse.ts`. On CoSQA's development half
 * weights from 3 to 8 and 1.5 to 4 lie within 0.01 MRR of each other; the board's dev half cannot tell them apart (docs/measurements/meaning-search.md).
 */
export const meaningWeights = {
  /** Of the chunk's vector and the query's. */
  cosine: 4,
  /** Nearness of the chunk's words to each of the query's. */
  nearestWords: 2,
} as const;

/**
 * Cosine below which a chunk that holds no word of the query is no answer, by an encoder of words. Questions about nothing in the repository (recipes, physics,
 * another field of computing) have nearest chunks of 0.19 to 0.30 in pytest and gin, questions about something 0.54 to 0.85.
 */
export const leastCosine = 0.3;

/** Share of a file's second chunk that adds to the first, of the third to the second. */
export const coherenceDecay = 0.6;
export const coherenceChunks = 3;

/** Query weight of the whole of an identifier-like word, relative to one of its parts. */
export const wholeIdentifierWeight = 1.5;
/** The same for two neighbouring words joined, when some text has them joined. */
export const compoundWeight = 0.2;

/**
 * Query weight of a word that names a programming language, relative to another word: it
 * says where to look. Dropping it whole or by this much lifts CoSQA's development half
 * from 0.346 to 0.366 MRR (0.235 to 0.258 without docstrings); every query there names one.
 */
export const languageWordWeight = 0.2;

/** Share of the query, by worth, that a definition inside a nameless chunk must name to stand for the chunk. */
export const adoptedShare = 0.5;

/** How likely a definition of this kind is what someone looks for, in [0, 1]. */
export const kindPriors: Readonly<Record<SymbolKind | ChunkKind, number>> = {
  class: 1,
  interface: 1,
  struct: 1,
  trait: 1,
  enum: 0.95,
  function: 0.95,
  type: 0.9,
  method: 0.9,
  macro: 0.85,
  constructor: 0.7,
  module: 0.6,
  namespace: 0.6,
  constant: 0.6,
  variable: 0.5,
  property: 0.45,
  field: 0.45,
  'enum-member': 0.45,
  section: 0.3,
  text: 0.25,
  key: 0.2,
};

/** Ways a name can match, best first, and the base score of each. */
export const nameBases = {
  /** Letter for letter. */
  exact: 1,
  /** But for letter case. */
  folded: 0.9,
  /** The same words in another convention: `get_ready` for `getReady`. */
  respelled: 0.8,
  prefix: 0.7,
  /** Its words hold the words asked for, together and in order. */
  words: 0.6,
  /** Beginnings of its words, all of them or as capitals show: `gRC`. */
  humps: 0.5,
  /** Within it, anywhere. */
  inside: 0.4,
  /** One or two letters off. */
  fuzzy: 0.3,
  /** Beginnings of some of its words, without capitals to show it is meant. */
  looseHumps: 0.2,
} as const;
export type NameMatchKind = keyof typeof nameBases;

/** Factor on the base by how the qualifiers of `a.b.name` match. */
export const qualifierFactors = {
  /** Nothing was asked, or all stand right before the name. */
  aligned: 1,
  /** All found in order, with others between. */
  scattered: 0.92,
  /** Not found: only the name matches. Below every aligned exact, folded, respelled or prefix match. */
  missing: 0.45,
} as const;

export const namePoints = { fit: 0.04, prior: 0.04 } as const;

/** Parts of a definition's prior; they add up to 1. */
export const priorWeights = { kind: 0.4, primary: 0.3, exported: 0.1, shallow: 0.1, short: 0.1 } as const;

/** What a definition with lines that match a regular expression gets, each times a number in [0, 1]; reasoned, see `regex.ts`. */
export const regexPoints = { name: 1, signature: 0.3, lines: 0.5, prior: 0.5 } as const;

/** When a query is vague, and what is asked then; chosen on the board's dev half (docs/measurements/clarify.md). */
export const clarifying = {
  /** Hits looked at: those that words mode examines. With 20 a quarter of the gain is lost. */
  considered: 40,
  /**
   * Chances of hits go as exp(steepness × score ÷ best score). The most likely value for the dev half's 28 queries of words whose answer is among the first
   * 50 hits, and within 0.01 nats of the most likely for its 12 names.
   */
  steepness: 12,
  /** Vague: the first hit is more likely wrong than right. */
  vagueBelow: 0.5,
  /** Fewer are read sooner than a question. */
  leastHits: 6,
  /** Lift of the mean reciprocal rank below which nothing is asked. From 0 to 0.1 it makes no difference there. */
  leastGain: 0.05,
  /** As many as are read at a glance: 3, 4, 5, 6 lift the dev half's MRR by 0.13, 0.16, 0.18, 0.18. */
  choices: 5,
  /** A choice that holds one hit is that hit. */
  hitsPerChoice: 2,
  /** Shorter words are found in too many names. */
  shortestWord: 3,
} as const;
