/**
 * How long a round goes on: rounds of loops and beginnings of functions are counted, and the clock is asked ever more seldom while little time goes by between them.
 *
 * When it is late every loop is left at once, so that the rest of the program still runs. What goes on for as long again, a recursion that catches its own errors, is ended by an error in each
 * function that begins. Where clocks are virtual, rounds stand for time.
 */
'use strict';
const { flush, gap } = require('./rows.cjs');
const plan = require('./plan.json');

/** Time after which loops are left, ms: half of what a round has; and, in shares of it, that after which functions are. */
const longestMs = plan.wallMs ?? 1_200;
const over = 1.75;
const isVirtual = process.versions.quickjs !== undefined;
/** QuickJS runs some 3 million short rounds in that time. */
const longestVirtual = 3_000_000;
/** Counted between two looks at the clock, and the time between them for which there may be as many again, ms. */
const mostCounted = 200_000;
const seldomMs = 20;
/** The first that are counted before what ran is written down; then twice as many each time. */
const firstFlush = 4096;

const watch = performance;
const { now } = watch;
const { apply } = Reflect;
const clock = () => apply(now, watch, []);
const began = clock();
const ended = new Error('the round ran long enough');

let counted = 0;
let flushAt = firstFlush;
let askAt = 64;
let step = askAt;
let askedMs = began;
let isLate = false;
let isOver = false;

function ask() {
  let share;
  if (isVirtual) share = counted / longestVirtual;
  else {
    const at = clock();
    step = at - askedMs > seldomMs ? (step >> 2) + 1 : step >= mostCounted ? mostCounted : step * 2;
    askedMs = at;
    share = (at - began) / longestMs;
  }
  askAt = counted + step;
  isLate = share > 1;
  isOver = share > over;
}

/** Not where it is found out: there the stack may be full. */
function tell() {
  if (isLate) gap('the program ran long; from then on every loop was left at once');
  if (isOver) gap('it went on in functions that call each other; from then on each was left at once');
}

function count() {
  if (++counted >= flushAt) {
    flushAt *= 2;
    flush();
  }
  if (counted >= askAt) ask();
}

/** @returns whether loops are to be left */
function rounds() {
  count();
  return isLate;
}

/** A function begins. @throws where the round has run long enough; the program as it is is left to its limits */
function begins() {
  count();
  if (isOver && plan.level > 1) throw ended;
}

module.exports = { rounds, begins, tell, isOver: () => isOver, isEnd: (error) => error === ended };
