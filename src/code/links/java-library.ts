/**
 * What well-known methods of Java's library give and pass on, of containers, streams and optionals with plain elements.
 *
 * A class of the repository that has such a method answers for itself: `first` takes its word before these.
 */
import type { LinkBuilder } from './builder.ts';
import { callableName } from './callables.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** They give an element; of a mapping a value. */
const givesElement = words(`
  get getFirst getLast getValue getOrDefault getIfAvailable getIfUnique getObject next previous nextElement poll pollFirst pollLast peek
  peekFirst peekLast pop element remove removeFirst removeLast take takeFirst takeLast first last firstElement lastElement orElse orElseGet
  orElseThrow put putIfAbsent computeIfAbsent computeIfPresent compute merge getAndSet floor ceiling higher lower
  elementAt join call getNow resultNow
`);

/** They give an element, wrapped. */
const givesOptional = words('findFirst findAny min max reduce');

/** They give something with the same elements. */
const givesSame = words(`
  stream parallelStream sequential parallel unordered filter sorted limit skip distinct peek iterator listIterator descendingIterator
  subList headSet tailSet subSet toList toArray reversed boxed takeWhile dropWhile or collect clone onClose descendingSet elements
  spliterator subMap headMap tailMap descendingMap
`);

/** They pass elements to the function that they are given. */
const passesElements = words(`
  forEach forEachOrdered forEachRemaining filter map flatMap mapToInt mapToLong mapToDouble mapToObj anyMatch allMatch noneMatch removeIf
  ifPresent ifPresentOrElse peek takeWhile dropWhile thenApply thenAccept thenCompose reduce sort sorted min max
`);

/** They give an object of the class that they are told, `mock(Foo.class)`: containers of objects, readers, mocks, reflection. */
const givesTold = words(`
  mock spy cast getBean getInstance getService lookup unwrap newInstance instantiate instantiateClass create convert convertValue
  fromJson readValue getAnnotation getDeclaredAnnotation findAnnotation getProperty getRequiredProperty getBody getFirst resolve
`);

/** They give what the function gives that they are given. */
const givesMapped = words('map flatMap mapToObj thenApply thenCompose');

/** Methods of mappings whose function takes a key and a value. */
const passesPairs = words('forEach replaceAll compute computeIfPresent merge');

/** What a call of the method gives by the library's meaning of its name, or -1. */
export function libraryResult(links: LinkBuilder, call: number, object: number, name: string): number {
  const { expressions } = links;
  if (object < 0) return -1;
  if (givesMapped.has(name)) return expressions.collection('Stream', [mappedBy(links, call, object, name)]);
  if (givesOptional.has(name)) {
    return expressions.collection('Optional', [expressions.element(object, 'iterate')]);
  }
  if (givesElement.has(name)) return expressions.element(object, 'subscript');
  if (givesSame.has(name)) return object;
  switch (name) {
    case 'values':
      return expressions.collection('Collection', [expressions.element(object, 'subscript')]);
    case 'keySet':
      return expressions.collection('Set', [expressions.element(object, 'iterate')]);
    default:
      return -1;
  }
}

/** They give what they are given first. */
const givesFirst = words('verify requireNonNull requireNonNullElse requireNonNullElseGet checkNotNull');

/** What is passed first to a function that gives it back, or -1. */
export function givenBack(links: LinkBuilder, call: number, name: string): number {
  const { tree } = links;
  const list = givesFirst.has(name) ? tree.field(call, 'arguments') : -1;
  return list < 0 ? -1 : links.value(tree.namedChildren(list)[0] ?? -1);
}

/** An object of the class `Foo` for an argument `Foo.class`, of a method that gives one, or -1. */
export function toldByClass(links: LinkBuilder, call: number, name: string): number {
  const { tree, expressions } = links;
  const list = givesTold.has(name) ? tree.field(call, 'arguments') : -1;
  if (list < 0) return -1;
  const told = tree.namedChildren(list).filter((one) => tree.kind(one) === 'class_literal');
  const [type = -1] = told.length === 1 ? tree.namedChildren(told[0] as number) : [];
  return type < 0 ? -1 : expressions.instance(links.value(type));
}

/** What the function that is the only argument gives of an element. */
function mappedBy(links: LinkBuilder, call: number, object: number, name: string): number {
  const { tree, expressions } = links;
  const list = tree.field(call, 'arguments');
  const [argument = -1] = list < 0 ? [] : tree.namedChildren(list);
  if (argument < 0 || tree.kind(argument) !== 'method_reference') return -1;
  const parts = tree.namedChildren(argument);
  const method = parts.at(-1) ?? -1;
  if (parts.length < 2 || tree.kind(method) !== 'identifier') return -1;
  const element = expressions.element(object, 'iterate');
  const given = expressions.call(expressions.member(element, callableName(tree.textOf(method), 0)));
  return name === 'flatMap' || name === 'thenCompose' ? expressions.element(given, 'iterate') : given;
}

/** What the library passes to a function that is written as an argument of one of its methods, or -1. @param place of the parameter */
export function givenToLambda(links: LinkBuilder, node: number, place: number, count: number): number {
  const { tree, expressions } = links;
  const list = tree.parent(node);
  const call = list < 0 || tree.kind(list) !== 'argument_list' ? -1 : tree.parent(list);
  if (call < 0 || tree.kind(call) !== 'method_invocation') return -1;
  const method = tree.field(call, 'name');
  const receiver = tree.field(call, 'object');
  if (method < 0 || receiver < 0) return -1;
  const name = tree.textOf(method);
  if (count === 2 && passesPairs.has(name)) {
    return expressions.element(links.value(receiver), place === 0 ? 'iterate' : 'subscript');
  }
  return passesElements.has(name) ? expressions.element(links.value(receiver), 'iterate') : -1;
}
