/**
 * Tests are asked here, where no candidate runs: a stand-in has the candidate's name, and gives what the candidate gave, call by call. A call whose answer is not known ends the test, and is told.
 *
 * So nothing of a test has to be parsed: its calls are those that it makes. Reads `plan.json`, appends a line of JSON for each item to `told.jsonl`: ["passed" | "returned" | "failed" | "raised" | "invalid" |
 * "unjudged" | "inside"] or ["asks", arguments]. A line is begun before an item, so that one that never ends is known.
 */
'use strict';
const fs = require('node:fs');
const { tell, make, isWhole, errorOf, Unknown } = require('./values.cjs');
const { run } = require('./harness.cjs');

const plan = JSON.parse(fs.readFileSync(`${__dirname}/plan.json`, 'utf8'));
const out = `${__dirname}/told.jsonl`;

class Asks {
  constructor(args) {
    this.args = args;
    this.winnowAsks = true;
  }
}

async function ask({ source, answers }) {
  let asked = null;
  let raised = null;
  let next = 0;
  const standIn = (...args) => {
    if (asked !== null) throw asked;
    if (next < answers.length) {
      const [kind, tree, message] = answers[next++];
      if (kind === 'r') return make(tree);
      raised = errorOf(tree, message);
      if (kind === 'p') return Promise.reject(raised);
      throw raised;
    }
    asked = new Asks(args.map(tell));
    throw asked;
  };
  let isExpecting = false;
  let failure = null;
  try {
    isExpecting = await run(source, plan.context, plan.entry, standIn);
  } catch (error) {
    failure = { error };
  }
  // Whether the test caught it or not: what it does after a call without an answer says nothing.
  if (asked !== null) return asked.args.every(isWhole) ? ['asks', asked.args] : ['inside'];
  if (failure === null) return [isExpecting || /\bthrow\b/.test(source) ? 'passed' : 'returned'];
  const { error } = failure;
  if (error?.isOfTest === true) return ['invalid'];
  if (error instanceof Unknown) return ['unjudged'];
  // A name or module that is not there is the test's own affair: values of candidates bring none.
  if (error !== raised && (error?.name === 'ReferenceError' || error?.code === 'MODULE_NOT_FOUND'))
    return [answers.length === 0 ? 'invalid' : 'unjudged'];
  return [raised !== null && error === raised ? 'raised' : 'failed'];
}

(async () => {
  for (const item of plan.items) {
    fs.appendFileSync(out, '[');
    const told = await ask(item);
    fs.appendFileSync(out, `${JSON.stringify(told).slice(1)}\n`);
  }
})();
