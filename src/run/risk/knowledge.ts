/** What a language knows of its own: the port between the evaluator, which knows no language, and the tables of each. */
import type { Evaluator } from './evaluate.ts';
import type { CallArguments, Value, Values } from './values.ts';

/** What is called, and with what. */
export type Invocation = readonly [callee: Value, args: CallArguments];

/** What a language's own functions give, where that is known: `base64.b64decode`. */
export interface Knowledge {
  /** @returns null: nothing is known of it */
  call(name: string, args: CallArguments, evaluator: Evaluator): Values | null;
  method(self: Value, name: string, args: CallArguments, evaluator: Evaluator): Values | null;
  /** @returns null: what it is called */
  member(of: Value, name: string): Values | null;
  /** A name that nothing in the file writes. */
  global(name: string): Values;
  /** Labels of what comes out of a call of a name, or of a member. */
  origin(name: string): Value['from'];
  operator(operator: string, left: Value, right: Value): Value | null;
  /** What a call calls in truth where it calls something for its caller; null: what is written. */
  forward(callee: Value, args: CallArguments): readonly Invocation[] | null;
}
