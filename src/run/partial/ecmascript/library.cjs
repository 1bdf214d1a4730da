/**
 * What well-known functions of a missing library give, made from what the program gives them: the hooks of React and of those that have taken over its names.
 *
 * A state begins with its first value, as at the first drawing of a component; one that begins as nothing is guessed, as at a later one. Effects are not run: at level 3 they are
 * functions that nobody called. (https://react.dev/reference/react/hooks)
 */
'use strict';
const { outside } = require('./kept.cjs');

const isPlain = (it, isGuess) => typeof it === 'function' && !isGuess(it);

/** By name, from arguments; `guess` makes a value of no known type, `setter` what a state is set by. Undefined: nothing is known. */
const known = {
  __proto__: null,
  useState: ([first], { isGuess, guess, setter }) => {
    const value = isPlain(first, isGuess) ? outside(first) : first;
    return [value ?? guess(), setter()];
  },
  useReducer: ([, first, begin], { isGuess, guess, setter }) => {
    const value = isPlain(begin, isGuess) ? outside(() => begin(first)) : first;
    return [value ?? guess(), setter()];
  },
  useRef: ([current], { guess }) => ({ current: current ?? guess() }),
  useMemo: ([make], { isGuess }) => (isPlain(make, isGuess) ? outside(make) : undefined),
  useCallback: ([callback]) => callback,
};

/** @param name last of what is called @param root of the value that is called @returns undefined where nothing is known of it */
function gives(name, root, args, ways) {
  const make = root.startsWith('module:') ? known[name] : undefined;
  return make?.(args, ways);
}

module.exports = { gives };
