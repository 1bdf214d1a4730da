/** Weights of the map, as Aider's `repomap.py` has them; each multiplies the weight of an edge from a file that refers to one that defines. */
export const mapWeights = {
  /** The name was asked for. */
  mentioned: 10,
  /** A name of several words, `longName` or more characters in all: said on purpose, not `get` or `x`. */
  compound: 10,
  longName: 8,
  /** A leading underscore: meant for nobody else. */
  hidden: 0.1,
  /** The name is defined in more than `manyFiles` files: it says little about any of them. */
  common: 0.1,
  manyFiles: 5,
  /** A definition that nothing refers to still belongs to its file. */
  unused: 0.1,
} as const;

/** PageRank as published (Page et al. 1999): the share of rank that follows edges. Ends when no more than `tolerance` moves, or after `rounds`. */
export const pageRank = { damping: 0.85, tolerance: 1e-6, rounds: 100 } as const;
