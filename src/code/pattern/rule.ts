/** A rule tied to a language: patterns read, kinds and fields as numbers, references followed. Made by `compile.ts`. */
import type { Pattern } from './goal.ts';

export interface Relation {
  readonly rule: Rule;
  readonly stopBy: 'neighbor' | 'end' | Rule;
  /** Number of the field; null when none was named. */
  readonly field: number | null;
}

export type Rule =
  | { readonly kind: 'pattern'; readonly pattern: Pattern }
  | { readonly kind: 'kind'; readonly symbols: ReadonlySet<number> }
  | { readonly kind: 'regex'; readonly test: TextTest; readonly source: string }
  | {
      readonly kind: 'nth-child';
      readonly step: number;
      readonly offset: number;
      readonly ofRule: Rule | null;
      readonly reverse: boolean;
    }
  | { readonly kind: 'all' | 'any'; readonly rules: readonly Rule[] }
  | { readonly kind: 'not'; readonly rule: Rule }
  /** `utility.rule` is filled in when all utilities are there: they may refer to each other through relations. */
  | { readonly kind: 'matches'; readonly utility: { rule: Rule | null } }
  | { readonly kind: 'inside' | 'has' | 'precedes' | 'follows'; readonly relation: Relation };

export type TextTest = (text: string) => boolean;

/** Makes the test of a regular expression. @throws WinnowError `bad-query` */
export type ReadRegex = (source: string) => TextTest;

/** Symbols that a node meeting the rule can have; null: any. */
export function symbolsOf(rule: Rule): ReadonlySet<number> | null {
  switch (rule.kind) {
    case 'pattern':
      return rule.pattern.symbol === null ? null : new Set([rule.pattern.symbol]);
    case 'kind':
      return rule.symbols;
    case 'matches':
      return symbolsOf(rule.utility.rule as Rule);
    case 'all':
      return rule.rules.map(symbolsOf).reduce((a, b) => (a === null ? b : b === null ? a : common(a, b)), null);
    case 'any': {
      const sets = rule.rules.map(symbolsOf);
      return sets.includes(null) ? null : new Set(sets.flatMap((set) => [...(set as ReadonlySet<number>)]));
    }
    default:
      return null;
  }
}

const common = (a: ReadonlySet<number>, b: ReadonlySet<number>): ReadonlySet<number> =>
  new Set([...a].filter((symbol) => b.has(symbol)));
