/**
 * What is looked for, as plain data: ast-grep's rule object, read but not yet tied to a language.
 *
 * It comes from a pattern on the command line or from a YAML file; `compile.ts` ties it to a grammar. All conditions of one rule must hold.
 */

/**
 * How exactly a pattern must be met, ast-grep's names:
 * `cst` every node; `smart` every node of the pattern, while tokens that only the code has are passed over; `ast` named nodes;
 * `relaxed` named nodes but comments; `signature` the same without texts; `template` texts without kinds.
 */
export const strictnesses = ['cst', 'smart', 'ast', 'relaxed', 'signature', 'template'] as const;
export type Strictness = (typeof strictnesses)[number];

export interface PatternSpec {
  readonly text: string;
  /** Kind of the node in `text` that is looked for; the rest is context. Absent: the outermost. */
  readonly selector?: string | undefined;
  readonly strictness: Strictness;
}

export interface RelationSpec {
  readonly rule: RuleSpec;
  /** How far the relation reaches: the next node, as far as there are nodes, or up to the first that meets a rule. */
  readonly stopBy: 'neighbor' | 'end' | RuleSpec;
  readonly field?: string | undefined;
}

export interface NthChildSpec {
  /** `step`·n + `offset`, counted from 1 among named siblings. */
  readonly step: number;
  readonly offset: number;
  readonly ofRule?: RuleSpec | undefined;
  readonly reverse: boolean;
}

export interface RuleSpec {
  /** Where it stands, for complaints: `line 7`, `the pattern`. */
  readonly at: string;
  readonly pattern?: PatternSpec | undefined;
  readonly kind?: string | undefined;
  readonly regex?: string | undefined;
  readonly nthChild?: NthChildSpec | undefined;
  readonly all?: readonly RuleSpec[] | undefined;
  readonly any?: readonly RuleSpec[] | undefined;
  readonly not?: RuleSpec | undefined;
  /** Name of a rule among the utilities. */
  readonly matches?: string | undefined;
  readonly inside?: RelationSpec | undefined;
  readonly has?: RelationSpec | undefined;
  readonly precedes?: RelationSpec | undefined;
  readonly follows?: RelationSpec | undefined;
}

/** A rule with what it refers to. */
export interface RuleSet {
  readonly rule: RuleSpec;
  /** What the node of a metavariable must meet besides, by name without the sign. */
  readonly constraints: ReadonlyMap<string, RuleSpec>;
  readonly utils: ReadonlyMap<string, RuleSpec>;
}
