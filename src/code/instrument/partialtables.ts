/** What a file rewritten for partial execution is told by: rows that the numbers in it stand for. */
import type { ElementFactory } from './jsx.ts';
import type { Guess } from './partialguess.ts';

/** A value that may be missing, by the text that tells it. */
export interface PartialSite {
  /** `user`, `load().name`, `rows[]`. */
  readonly what: string;
  /** From 1; columns in characters. */
  readonly line: number;
  readonly column: number;
  readonly guess: Guess;
}

/** A stretch of the rewritten text in which an error is one of a statement's: lines from 1, columns from 1 in UTF-16 units, the end exclusive. */
export interface PartialSpan {
  readonly from: readonly [line: number, column: number];
  readonly to: readonly [line: number, column: number];
  readonly line: number;
  readonly column: number;
  /** Keys that it reads, and that the conditions over it read. */
  readonly reads: readonly string[];
  readonly guards: readonly string[];
  /** An index of `statements`; -1: an expression that is the whole of a function. */
  readonly statement: number;
}

export interface PartialFunction {
  /** `Class.method`. */
  readonly name: string;
  readonly line: number;
  readonly lastLine: number;
  readonly column: number;
  readonly parameters: readonly {
    readonly what: string;
    readonly key: string;
    readonly line: number;
    readonly column: number;
    readonly guess: Guess;
    readonly isRest: boolean;
    readonly hasDefault: boolean;
    /** Names that a pattern in its place takes. */
    readonly isPattern: boolean;
    /** What members that a pattern takes are told by, where that is not their name: `name@12`, where another variable of that name comes before. */
    readonly names: Readonly<Record<string, string>>;
  }[];
  readonly usesThis: boolean;
  readonly isGenerator: boolean;
  /** Where it stands in the rewritten text, as spans have it. */
  readonly from: readonly [line: number, column: number];
  readonly to: readonly [line: number, column: number];
  readonly kind: 'function' | 'method' | 'getter' | 'setter' | 'constructor';
}

export interface PartialCondition {
  readonly line: number;
  readonly column: number;
  readonly isLoop: boolean;
  /** Of an `if` that leaves: it seldom holds. */
  readonly isGuard: boolean;
  readonly reads: readonly string[];
}

/** What a value is compared with, one way after the other. */
export interface PartialSwitch {
  readonly what: string;
  readonly line: number;
  readonly column: number;
  /** Literals of its cases, as the source has them, and the statement that each begins with; -1: none of its own. */
  readonly cases: readonly (readonly [text: string, statement: number])[];
}

/** One file. Numbers in its text are indices of these lists, with the file's own number before them. */
export interface PartialFile {
  readonly path: string;
  /** Line of each statement. */
  readonly statements: readonly number[];
  readonly spans: readonly PartialSpan[];
  readonly sites: readonly PartialSite[];
  readonly functions: readonly PartialFunction[];
  readonly conditions: readonly PartialCondition[];
  readonly switches: readonly PartialSwitch[];
  /** Modules that it takes, by the text that names them. */
  readonly modules: readonly {
    readonly name: string;
    /** What finds it among the job's files; null: nothing does. */
    readonly to: string | null;
    readonly line: number;
    readonly column: number;
  }[];
  /** What each key rests on (`partialflow.ts`). */
  readonly edges: readonly (readonly [key: string, on: readonly string[]])[];
  readonly decorators: readonly PartialDecorator[];
  /** What makes its elements (JSX); null: it has none. */
  readonly elements: ElementFactory | null;
}

/** One that does not run. */
export interface PartialDecorator {
  /** With the `@`. */
  readonly what: string;
  readonly line: number;
  readonly column: number;
}
