/**
 * The languages that can be run, whatever backend runs them: names, file endings, and a known
 * program each, which proves that a runtime works (`run --doctor`).
 */

export interface RunLanguage {
  readonly name: string;
  readonly label: string;
  readonly aliases: readonly string[];
  /** File endings, with the dot, lower case. */
  readonly extensions: readonly string[];
  /** The path given to a program that comes without a name. */
  readonly defaultEntry: string;
  /** Reads one line `World` from standard input and prints `Hello, World: 5050` (the sum of 1 to 100, computed) and a line break. */
  readonly known: string;
}
