/**
 * Limits that keep memory and time bounded whatever comes in. Each names its unit and
 * its reason; a caller may lower them, never raise them past these.
 */
export const limits = {
  /** A larger file is skipped and counted: generated data, not code (the largest hand-written file we met is 0.9 MB). */
  parseFileBytes: 4 * 1024 * 1024,
  /** Plain text above this is skipped: prose of that size is a data dump. */
  textFileBytes: 16 * 1024 * 1024,
  /** One file may hold a parser for this long before what was found is taken as it is. */
  parseMs: 5_000,
  /** A chunk longer than this is split at syntax boundaries. About 120 lines. */
  chunkBytes: 4_000,
  /** Symbols or references past this number in one file are dropped and a problem is recorded. */
  symbolsPerFile: 100_000,
  /** A longer identifier, in UTF-16 units, is no name. Generated code has some of several hundred; what is longer is data in disguise. */
  identifierUnits: 1_000,
  /** Query text past this is refused. */
  queryBytes: 16 * 1024,
  /** Distinct terms of one query; the rarest are kept. */
  queryTerms: 64,
} as const;
