/**
 * Elements of JSX while a program runs partially: made by what a compiler would have called, where that is there, and else plain values.
 *
 * The stand-in keeps what was written, its type, key and properties with the children among them, and calls no component: who draws elements is missing, and components that nobody
 * calls are called at level 3. It is told as injected, and what reads it rests on it.
 */
'use strict';
const { within } = require('./kept.cjs');
const { plainElement, withChildren } = require('./element.cjs');
const injections = require('./injections.cjs');
const { isInstance } = require('./instances.cjs');
const world = require('./world.cjs');
const plan = require('./plan.json');

const { apply } = Reflect;

/** The function of a runtime that compilers import themselves: it takes the children among the properties, and the key apart. */
function byRuntime({ jsx, jsxs, Fragment }, type, given, children) {
  const { key, ...props } = withChildren(given, children);
  const rest = key === undefined ? [] : [key];
  return (children.length > 1 ? jsxs : jsx)(type ?? Fragment, props, ...rest);
}

/** @returns what makes an element from what its factory belongs to, its type, its properties and its children */
function elementsOf(file) {
  const about = file.table.elements;
  let runtime;
  const note = (holder) => {
    const { what, member, line, column } = about;
    const why = about.isImplied
      ? 'JSX asks for it, and it is not installed here'
      : isInstance(holder)
        ? 'JSX calls it, and what it belongs to is a guess'
        : `JSX calls it, and there is no function ${member === '' ? what : member}`;
    const origin = { kind: 'call', what: `${what}()`, path: file.path, line, column, root: 'free:$yj' };
    injections.noted(origin, 'mapping', '{ type, key, props }', 'library', why);
  };
  return (holder, type, given, ...children) => {
    if (about.isImplied) {
      runtime ??= world.packageOf(about.what);
      if (typeof runtime?.jsx === 'function') return byRuntime(runtime, type, given, children);
    } else if (plan.level === 1 || !isInstance(holder)) {
      const make = about.member === '' ? holder : holder?.[about.member];
      const isReal = typeof make === 'function' && !isInstance(make);
      if (isReal || plan.level === 1) return apply(make, holder, [type ?? holder?.Fragment, given, ...children]);
    }
    within(() => note(holder));
    return within(() => plainElement(type, given, children));
  };
}

module.exports = { elementsOf };
