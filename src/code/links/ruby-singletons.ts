/**
 * Methods of one object: `def logger.write`, `class << connection`, `user.extend(Admin)`.
 *
 * The idea: from there on the name means an object that has the methods and, behind them, what it was before. That holds to the end of
 * the method or file, or until something else is assigned to the name.
 */
import { isConstantPath } from '../languages/ruby-macros.ts';
import type { LinkBuilder } from './builder.ts';
import type { LinkRule } from './language.ts';
import { argumentsOf, definesFor, noteScope, notesOf } from './ruby-notes.ts';

/** Under this name an object has what it is looked up in after its own. */
const behind = '...';

const bodies = /^(method|singleton_method|class|module|singleton_class|program)$/;

/** Where the code around a node ends. */
function endAround({ tree }: LinkBuilder, node: number): number {
  let at = tree.parent(node);
  while (at > 0 && !bodies.test(tree.kind(at))) at = tree.parent(at);
  return tree.next(Math.max(at, 0));
}

/** What may be told apart by its name: a local, or a constant that the file says is no class. */
function isNamed({ tree, scan }: LinkBuilder, object: number): boolean {
  const kind = tree.kind(object);
  if (kind !== 'constant') return kind === 'identifier' || kind === 'instance_variable';
  const name = tree.textOf(object);
  const found = scan.symbols.filter((one) => one.name === name);
  return found.length > 0 && found.every((one) => one.kind === 'constant');
}

/**
 * Makes the object that a name means after `node` one of its own.
 *
 * @param holder what is below it is the object's
 * @param also what it is looked up in before what it was
 * @returns the scope of what it has of its own
 */
export function ownObject(links: LinkBuilder, node: number, object: number, holder = object, also = -1): number {
  const { tree, expressions, narrowings } = links;
  const before = links.value(object);
  const scope = links.scopeOf(holder, 'class');
  for (const value of [also, before]) if (value >= 0) links.bind('variable', behind, { scope, value });
  if (isNamed(links, object)) {
    narrowings.add(object, expressions.self('object', scope), tree.next(node), endAround(links, node));
  }
  return scope;
}

/** Whether `def Foo.run` and `class << Foo` speak of the class around. */
export function isClassAround(links: LinkBuilder, object: number): boolean {
  const { tree, scan } = links;
  if (tree.kind(object) === 'self') return true;
  const { classScope } = definesFor(links);
  const around = classScope < 0 ? undefined : scan.symbols[links.symbolOf(classScope)];
  return tree.kind(object) === 'constant' && around?.name === tree.textOf(object);
}

/** What has a method: the class around, another that is named, or an object. `self`: what that is in the method, an expression or -1. */
export interface Holder {
  readonly isClass: boolean;
  readonly self: number;
}

/** What `def x.run` defines its method on; an object has it then. */
export function holderOf(links: LinkBuilder, node: number, symbol: number): Holder {
  const { tree, expressions } = links;
  const object = tree.field(node, 'object');
  if (object < 0 || isClassAround(links, object)) return { isClass: true, self: -1 };
  if (tree.kind(object) === 'constant' && !isNamed(links, object)) return { isClass: true, self: links.value(object) };
  const scope = ownObject(links, node, object);
  links.bind('symbol', tree.textOf(tree.field(node, 'name')), { scope, symbol });
  return { isClass: false, self: expressions.self('object', scope) };
}

/** `class << self`, and `class << user`. */
export const singletonClass: LinkRule = (links, node) => {
  const { tree } = links;
  const body = tree.field(node, 'body');
  const object = tree.field(node, 'value');
  if (body < 0) return;
  if (object >= 0 && !isClassAround(links, object)) {
    noteScope(links, ownObject(links, node, object, body), node, 'object');
    return;
  }
  const scope = links.scopeOf(body, 'block');
  noteScope(links, scope, node, 'class');
  notesOf(links).singletons.add(scope);
};

/** `user.extend(Admin)`. */
export function extendObject(links: LinkBuilder, call: number): void {
  const receiver = links.tree.field(call, 'receiver');
  const [module = -1] = argumentsOf(links, call);
  if (module < 0 || !isNamed(links, receiver)) return;
  const type = links.value(module);
  if (type < 0 || !isConstantPath(links.tree.kind(module))) return;
  ownObject(links, call, receiver, receiver, links.expressions.instance(type));
}
