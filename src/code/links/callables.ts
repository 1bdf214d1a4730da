/**
 * Names of callables in languages where a method, a field and a type of one name do not meet, and where the number of
 * arguments chooses between methods: Java binds `void add(int a, int b)` as `add(2)` and looks a call `add(x, y)` up so.
 *
 * `add(*)` is what takes any number, asked for when no number fits; `add(?)` is every method of the name, for `Foo::add`.
 * Constructors are called `constructor(1)`. Types of arguments are not compared: what they alone tell apart stays ambiguous.
 */

/** Of those that take any number. */
export const anyNumber = '*';
/** Of all, whatever they take. */
export const whicheverNumber = '?';

export const callableName = (name: string, takes: number | typeof anyNumber | typeof whicheverNumber): string =>
  `${name}(${takes})`;

export const isCallableName = (name: string): boolean => name.endsWith(')');

/** `add` of `add(2)`, and `add` of PHP's `\Shop\add`; any other name as it is. */
export function plainName(name: string): string {
  const plain = isCallableName(name) ? name.slice(0, name.lastIndexOf('(')) : name;
  return plain.slice(plain.lastIndexOf('\\') + 1);
}

/** `add(*)` for `add(2)`; `null` when the name does not ask for a number. */
export function nameOfVariadic(name: string): string | null {
  if (!isCallableName(name) || name.endsWith('(*)') || name.endsWith('(?)')) return null;
  return callableName(plainName(name), anyNumber);
}

/** As a function binds in its own scope the functions that it returns, where its declared result says less. */
export const resultName = '(returned)';

/** What constructors are called. */
export const constructorName = (takes: number | typeof anyNumber | typeof whicheverNumber): string =>
  callableName('constructor', takes);
