/** An element of JSX as a plain value: its type, its key, and its properties with the children among them. */
'use strict';
const fragment = Symbol('Fragment');

/** @param children as they stand @returns with the children among the properties, as all libraries have them */
function withChildren(given, children) {
  const props = { ...given };
  if (children.length > 0) props.children = children.length === 1 ? children[0] : children;
  return props;
}

/** @param type null: of a fragment */
function plainElement(type, given, children) {
  const { key = null, ...props } = withChildren(given, children);
  return { type: type ?? fragment, key, props };
}

module.exports = { withChildren, plainElement };
