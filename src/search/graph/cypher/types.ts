/** What a Cypher query is once parsed. Offsets are UTF-16 units of the query's text, for carets in messages. */

/** Something of the query, with the place at which it begins. */
interface Placed {
  readonly at: number;
}

export type Expression = Placed &
  (
    | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
    | { readonly kind: 'variable'; readonly name: string }
    | { readonly kind: 'property'; readonly object: Expression; readonly name: string }
    | { readonly kind: 'list'; readonly items: readonly Expression[] }
    | { readonly kind: 'index'; readonly object: Expression; readonly index: Expression }
    | {
        readonly kind: 'slice';
        readonly object: Expression;
        readonly from: Expression | null;
        readonly to: Expression | null;
      }
    | { readonly kind: 'not' | 'minus'; readonly operand: Expression }
    | {
        readonly kind: 'binary';
        readonly operator: BinaryOperator;
        readonly left: Expression;
        readonly right: Expression;
      }
    | { readonly kind: 'is-null'; readonly operand: Expression; readonly negated: boolean }
    | { readonly kind: 'has-labels'; readonly operand: Expression; readonly labels: readonly Named[] }
    | { readonly kind: 'call'; readonly name: string; readonly distinct: boolean; readonly args: readonly Expression[] }
    | { readonly kind: 'count-all' }
    | {
        readonly kind: 'case';
        readonly subject: Expression | null;
        readonly branches: readonly { readonly when: Expression; readonly result: Expression }[];
        readonly otherwise: Expression | null;
      }
    | {
        readonly kind: 'comprehension';
        readonly variable: string;
        readonly list: Expression;
        readonly where: Expression | null;
        readonly result: Expression | null;
      }
    | {
        readonly kind: 'quantified';
        readonly quantifier: 'all' | 'any' | 'none' | 'single';
        readonly variable: string;
        readonly list: Expression;
        readonly where: Expression;
      }
    | { readonly kind: 'exists'; readonly patterns: readonly Pattern[]; readonly where: Expression | null }
  );

export type BinaryOperator =
  | 'or'
  | 'xor'
  | 'and'
  | '='
  | '<>'
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '^'
  | 'in'
  | 'starts with'
  | 'ends with'
  | 'contains'
  | '=~';

/** A label or a type of relationship as written. */
export interface Named extends Placed {
  readonly name: string;
}

export interface NodePattern extends Placed {
  readonly variable: string | null;
  /** All of the groups must fit; any one of the names in a group. `(:A:B)` is two groups, `(:A|B)` one. */
  readonly labels: readonly (readonly Named[])[];
  readonly properties: readonly (Named & { readonly value: Expression })[];
}

export interface EdgePattern extends Placed {
  readonly variable: string | null;
  readonly types: readonly Named[];
  readonly properties: readonly (Named & { readonly value: Expression })[];
  readonly direction: 'out' | 'in' | 'both';
  /** `*1..3`; `null` for a single step. `most` is `null` when the query sets no bound. */
  readonly hops: { readonly least: number; readonly most: number | null } | null;
}

/** Nodes and the edges between them: always one node more than edges. */
export interface Pattern extends Placed {
  readonly variable: string | null;
  readonly nodes: readonly NodePattern[];
  readonly edges: readonly EdgePattern[];
}

export interface Projection extends Placed {
  readonly distinct: boolean;
  /** `*`: all variables, before the items. */
  readonly all: boolean;
  readonly items: readonly { readonly expression: Expression; readonly name: string }[];
  readonly order: readonly { readonly expression: Expression; readonly descending: boolean }[];
  readonly skip: Expression | null;
  readonly limit: Expression | null;
}

export type Clause = Placed &
  (
    | {
        readonly kind: 'match';
        readonly optional: boolean;
        readonly patterns: readonly Pattern[];
        readonly where: Expression | null;
      }
    | { readonly kind: 'unwind'; readonly list: Expression; readonly variable: string }
    | { readonly kind: 'with'; readonly projection: Projection; readonly where: Expression | null }
    | { readonly kind: 'return'; readonly projection: Projection }
  );

export interface Statement {
  readonly parts: readonly (readonly Clause[])[];
  /** Whether each part after the first was joined by `UNION ALL`. */
  readonly keepDuplicates: boolean;
}
