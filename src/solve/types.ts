/**
 * The nouns of solving: what a strategy may see of a problem.
 *
 * There is no place here for a hidden test, an expected patch or a reference solution: those are keys, they live in `judge`, and this layer cannot import it.
 */

/** A test that the solver was given. Of another type than a judge's tests on purpose. */
export interface VisibleTest {
  /** A statement that raises when it fails (`assert f(1) == 2`), or what to write to standard input. */
  readonly source: string;
  /** Of a test by standard input: what is to be printed; null for a statement. */
  readonly expected: string | null;
}

export interface Task {
  readonly id: string;
  /** Language of the program that is wanted, as `run` names it. */
  readonly language: string;
  /** What is wanted: a statement, or a signature with its documentation. */
  readonly text: string;
  /** The function that is wanted; null for a whole program. */
  readonly entry: string | null;
  readonly visible: readonly VisibleTest[];
}
