/**
 * What `const` at the top of a session's cell means when the name outlives its cell: set once, and then by another declaration only.
 *
 * Declarations at the top become `var`s, that is properties of the global object. One of a constant has a setter that takes the first value alone. So that
 * it can be declared as something else later, every declared name is made a property that can be defined again.
 */

const { defineProperty, getOwnPropertyDescriptor } = Object;
const { deleteProperty } = Reflect;
const setters = new WeakSet<object>();

/** Names as they were before the last call of `declare`. */
let before: (readonly [name: string, was: PropertyDescriptor | undefined])[] = [];

/** A cell is about to run that declares these. */
export function declare({ constants, variables }: { constants: string[]; variables: string[] }): void {
  before = [];
  for (const name of new Set([...variables, ...constants])) {
    const was = getOwnPropertyDescriptor(globalThis, name);
    if (was !== undefined && was.configurable !== true) continue;
    before.push([name, was]);
    const isConstant = constants.includes(name);
    if (isConstant) defineProperty(globalThis, name, constant(name));
    else if (was === undefined || (was.set !== undefined && setters.has(was.set)))
      defineProperty(globalThis, name, { value: undefined, writable: true, enumerable: true, configurable: true });
  }
}

/** It was no JavaScript, so that nothing of it ran. */
export function undeclare(): void {
  for (const [name, was] of before) {
    if (was === undefined) deleteProperty(globalThis, name);
    else defineProperty(globalThis, name, was);
  }
  before = [];
}

function constant(name: string): PropertyDescriptor {
  let isSet = false;
  let value: unknown;
  const set = (given: unknown): void => {
    if (isSet) throw new TypeError(`Assignment to constant variable '${name}'.`);
    isSet = true;
    value = given;
  };
  setters.add(set);
  const get = (): unknown => {
    if (isSet) return value;
    throw new ReferenceError(`Cannot access '${name}' before initialization`);
  };
  return { get, set, enumerable: true, configurable: true };
}
