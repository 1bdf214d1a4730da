/**
 * A candidate and the calls that it is asked for. What is expected of them is not here; of a test that cannot be told apart from its calls it is.
 *
 * Reads `plan.json`; appends lines of JSON to `cells.jsonl`, a begun one before each call: [number, CPU time in µs, "r" | "p" | "e" | "a" | "x", …]. "r" gave a value, "p" a promise that was rejected, "e" raised, "x" left
 * the program, "t" was late; of tests "a" failed and "r" passed.
 */
'use strict';
const fs = require('node:fs');
const { tell, make, named, isStop } = require('./values.cjs');
const { run, AssertionError } = require('./harness.cjs');

const plan = JSON.parse(fs.readFileSync(`${__dirname}/plan.json`, 'utf8'));
const out = `${__dirname}/cells.jsonl`;
const { appendFileSync } = fs;
const { stringify } = JSON;
/** Of all that a value holds, as `tree.ts` has it. */
const mostCharacters = 8 << 20;
const write = (text) => appendFileSync(out, text);
const { then } = Promise.prototype;
const { apply } = Reflect;
const cpuUsage = process.cpuUsage.bind(process);
const microseconds = () => {
  const { user, system } = cpuUsage();
  return user + system;
};

class Left {}

/** Only Node can stop a call and go on. */
const timed = (() => {
  let vm;
  try {
    vm = require('node:vm');
  } catch {
    return (body) => body();
  }
  if (typeof vm.Script !== 'function') return (body) => body();
  const key = Symbol.for('winnow.call');
  const script = new vm.Script(`globalThis[Symbol.for('winnow.call')]()`);
  return (body) => {
    Object.defineProperty(globalThis, key, { value: body, configurable: true });
    return script.runInThisContext({ timeout: plan.callMs });
  };
})();

async function load() {
  const module = await import(`./${plan.candidate}`);
  const found = globalThis[Symbol.for('winnow.entry')];
  delete globalThis[Symbol.for('winnow.entry')];
  for (const one of [found, module[plan.entry], module.default?.[plan.entry], module.default])
    if (typeof one === 'function') return one;
  throw Object.assign(new ReferenceError(`there is no function ${plan.entry}`), { name: 'ReferenceError' });
}

/** A promise may never be kept: then nothing is left to do, and the program would end. */
const settled = (promise) =>
  new Promise((resolve) => {
    const clock = setTimeout(() => resolve(['t']), plan.callMs);
    apply(then, promise, [
      (it) => {
        clearTimeout(clock);
        resolve(['r', ['p', timed(() => tell(it))]]);
      },
      (error) => {
        clearTimeout(clock);
        resolve(['p', named(error), String(error?.message ?? '').slice(0, 200)]);
      },
    ]);
  });

const failed = (error) => {
  if (error instanceof Left) return ['x'];
  if (isStop(error)) return ['t'];
  return ['e', named(error), typeof error?.message === 'string' ? error.message.slice(0, 200) : ''];
};

async function cell(call, it) {
  try {
    if (call.test !== undefined) {
      const isExpecting = await timed(() => run(call.test, plan.context, plan.entry, it));
      return ['r', isExpecting || /\bthrow\b/.test(call.test) ? 'passed' : 'returned'];
    }
    let promise = null;
    const tree = timed(() => {
      const args = [];
      for (let at = 0; at < call.args.length; at++) args[at] = make(call.args[at]);
      const made = it(...args);
      if (made instanceof Promise) promise = made;
      return promise === null ? tell(made) : null;
    });
    return promise === null ? ['r', tree] : await settled(promise);
  } catch (error) {
    return call.test !== undefined && error instanceof AssertionError ? ['a'] : failed(error);
  }
}

(async () => {
  // An exit within a call ends the call: what comes after it is asked all the same, and the row says so.
  process.exit = () => {
    throw new Left();
  };
  let it;
  try {
    it = await load();
  } catch (error) {
    write(
      `["${error instanceof SyntaxError ? 'invalid' : 'failed-to-load'}",${stringify(error instanceof Left ? 'exit' : named(error))}]\n`,
    );
    return;
  }
  for (let number = 0; number < plan.calls.length; number++) {
    write('[');
    const since = microseconds();
    const told = await cell(plan.calls[number], it);
    const took = Math.round(microseconds() - since);
    const line = stringify([number, took, ...told]);
    write(`${(line.length > mostCharacters ? stringify([number, took, 'r', ['l']]) : line).slice(1)}\n`);
  }
})();
