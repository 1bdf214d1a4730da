/**
 * Where one function or class is asked for, what is asked about: its own statements count, and what is in it is called; the rest of its file is there
 * for it to run.
 */
'use strict';
const plan = require('./plan.json');

const isAfter = (place, other) => place[0] > other[0] || (place[0] === other[0] && place[1] > other[1]);

/** @returns numbers of the functions of a file that the plan names: one, or the methods of a class; none where there is no such name */
function namedIn(functions) {
  const exact = functions.findIndex(({ name }) => name === plan.function);
  const number = exact >= 0 ? exact : functions.findIndex(({ name }) => name.endsWith(`.${plan.function}`));
  if (number >= 0) return [number];
  const numbers = functions.map((_, at) => at);
  return numbers.filter((at) => functions[at].name.startsWith(`${plan.function}.`));
}

/** @returns whether a place, `[line, column]`, is in what is asked for; null where all of the file is */
function scopeOf({ isEntry, functions }) {
  if (plan.function === null || !isEntry) return null;
  const found = namedIn(functions).map((at) => functions[at]);
  if (found.length === 0) return null;
  return (place) => found.some(({ from, to }) => isAfter(place, from) && !isAfter(place, to));
}

/** @returns one byte for each statement: whether it counts */
function counting(table) {
  const counts = new Uint8Array(table.statements.length);
  const isIn = scopeOf(table);
  if (isIn === null) return counts.fill(1);
  for (const { statement, from } of table.spans) if (statement >= 0 && isIn(from)) counts[statement] = 1;
  return counts;
}

/** @returns one byte for each function: the one that is asked for, where it is an expression without any statement (`x => x + 1`) and counts as one */
function expressions(table) {
  const counts = new Uint8Array(table.functions.length);
  if (scopeOf(table) !== null && !counting(table).includes(1)) counts[namedIn(table.functions)[0]] = 1;
  return counts;
}

module.exports = { namedIn, scopeOf, counting, expressions };
