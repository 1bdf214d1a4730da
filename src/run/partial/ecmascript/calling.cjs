/**
 * Functions that the program never called are called, with arguments guessed from how they use them.
 *
 * At level 3, when the program has run: all, or those within the one that the plan names, which is called at every level. Methods are called on an object that their class makes, or, where its constructor
 * fails, on one that it did not. Generators are asked for their first values; promises are waited for.
 */
'use strict';
const injections = require('./injections.cjs');
const { outside } = require('./kept.cjs');
const { failed } = require('./failures.cjs');
const { row, gap } = require('./rows.cjs');
const { namedIn, scopeOf } = require('./scope.cjs');
const plan = require('./plan.json');

/** Calls in one round, and passes over functions that calls have brought forth. */
const mostCalls = 500;
const mostPasses = 4;
/** Values that a generator is asked for. */
const mostYields = 20;

const { apply, construct } = Reflect;

function argumentsFor(file, about) {
  const args = [];
  for (const one of about.parameters) {
    if (one.isRest) {
      args[args.length] = guessed(file, one, { ...one.guess, type: 'instance' });
      continue;
    }
    args[args.length] = one.hasDefault ? undefined : guessed(file, one, one.guess);
  }
  return args;
}

const guessed = (file, one, guess) =>
  injections.value(guess, {
    kind: 'argument',
    what: one.what,
    names: one.names,
    path: file.path,
    file,
    line: one.line,
    column: one.column,
    root: one.key === '' ? `free:${one.what}` : one.key,
    depth: 0,
  });

function unknownThis(file, about) {
  return injections.value(
    { type: 'instance', from: 'nothing', why: ['the object that the function belongs to is not there'] },
    {
      kind: 'name',
      what: 'this',
      path: file.path,
      file,
      line: about.line,
      column: about.column,
      root: 'this',
      depth: 0,
    },
  );
}

const objects = new Map();

/** What a method is called on. */
function objectOf(file, held) {
  if (held.object !== undefined) return held.object;
  const known = objects.get(held.owner);
  if (known !== undefined) return known;
  let made;
  const { constructorAbout } = held;
  try {
    const args = constructorAbout && plan.level > 1 ? argumentsFor(file, constructorAbout) : [];
    made = outside(() => construct(held.owner, args));
  } catch (error) {
    failed(error, 'ended');
    made = Object.create(held.owner.prototype ?? null);
  }
  objects.set(held.owner, made);
  return made;
}

const { then } = Promise.prototype;
const watched = (promise) => apply(then, promise, [undefined, (error) => void failed(error, 'ended')]);

/** What a call gave is followed. */
function follow(it) {
  if (it === null || typeof it !== 'object') return;
  if (it instanceof Promise) {
    watched(it);
    return;
  }
  const { next } = it;
  if (typeof next !== 'function') return;
  if (typeof it[Symbol.iterator] === 'function') {
    for (let count = 0; count < mostYields; count++) if (outside(() => it.next()).done) break;
  } else if (typeof it[Symbol.asyncIterator] === 'function') watched(Promise.resolve(outside(() => it.next())));
}

/** The function that was asked for has begun: what runs from here on runs because of it. */
let isAsking = false;

function callOne(file, number, held) {
  const about = file.table.functions[number];
  const args = plan.level === 1 ? [] : argumentsFor(file, about);
  row({ e: 'called', name: about.name.slice(0, 300) });
  isAsking = plan.function !== null;
  try {
    if (about.kind === 'constructor') {
      const made = outside(() => construct(held.owner, args));
      objects.set(held.owner, made);
      return;
    }
    if (held.owner !== undefined || held.object !== undefined) {
      const on = held.isStatic ? held.owner : objectOf(file, held);
      if (about.kind === 'setter')
        outside(() => {
          on[held.key] = args[0];
        });
      else if (about.kind === 'getter') follow(outside(() => on[held.key]));
      else follow(outside(() => apply(held.isStatic ? held.owner[held.key] : (on[held.key] ?? held.value), on, args)));
      return;
    }
    const isClassLike = /^[A-Z]/.test(about.name) && about.usesThis;
    const self = !isClassLike && about.usesThis && plan.level > 1 ? unknownThis(file, about) : undefined;
    follow(outside(() => (isClassLike ? construct(held.value, args) : apply(held.value, self, args))));
  } catch (error) {
    failed(error, 'ended');
  }
}

/** The methods of the class that the plan names. @returns whether any is there */
function callMembers(file, numbers) {
  let isAny = false;
  for (const number of numbers) {
    const held = file.registry.get(number);
    if (held === undefined) continue;
    isAny = true;
    held.isCalled = true;
    callOne(file, number, held);
  }
  return isAny;
}

/** The function that the plan names: of the entry. */
function callNamed(file) {
  const { functions } = file.table;
  const numbers = namedIn(functions);
  const [number] = numbers;
  const isClass = number !== undefined && functions[number].name.startsWith(`${plan.function}.`);
  if (isClass && callMembers(file, numbers)) return;
  if (isClass || number === undefined) {
    gap(`there is no function ${plan.function} in ${file.path}`);
    return;
  }
  const held = file.registry.get(number);
  if (held === undefined) {
    // One inside of another is there only when that one runs.
    const around = functions.findIndex(
      ({ name }, at) => file.registry.has(at) && functions[number].name.startsWith(`${name}.`),
    );
    if (around >= 0) callOne(file, around, file.registry.get(around));
    const inner = file.registry.get(number);
    if (inner === undefined && plan.level > 1) gap(`${plan.function} was not come to: what declares it did not run`);
    else if (inner !== undefined) callOne(file, number, inner);
    return;
  }
  callOne(file, number, held);
}

/** All that never ran, until nothing new comes forth. */
function callAll(files) {
  let calls = 0;
  for (let pass = 0; pass < mostPasses; pass++) {
    let isNew = false;
    for (const file of files) {
      const isAsked = scopeOf(file.table);
      const count = file.table.functions.length;
      for (let number = 0; number < count; number++) {
        const held = file.registry.get(number);
        if (file.entered[number] || held === undefined || held.isCalled) continue;
        if (isAsked !== null && !isAsked(file.table.functions[number].from)) continue;
        held.isCalled = true;
        isNew = true;
        if (++calls > mostCalls) {
          gap(`more than ${mostCalls} functions were never called; the rest is left`);
          return;
        }
        callOne(file, number, held);
      }
    }
    if (!isNew) return;
  }
}

module.exports = { callNamed, callAll, isAsking: () => isAsking };
