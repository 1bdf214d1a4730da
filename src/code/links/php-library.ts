/**
 * What well-known functions of PHP, and methods of containers and test libraries, give and pass on.
 *
 * A class of the repository that has such a method answers for itself: `first` takes its word before these.
 */
import { literalText } from '../languages/php-imports.ts';
import type { LinkBuilder } from './builder.ts';
import { bindTarget } from './php-bindings.ts';
import { classAt, named, namedByText } from './php-names.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** They give an array with elements of the first argument. */
const givesSame = words(`
  array_filter array_values array_reverse array_slice array_splice array_unique array_merge array_diff array_diff_key array_diff_assoc
  array_intersect array_intersect_key array_pad array_replace array_chunk iterator_to_array array_udiff array_uintersect
`);

/** They give an element of the first argument. */
const givesElement = words('array_pop array_shift current reset end next prev array_rand max min iterator_apply');

/** Place of the function and of the array whose elements it is given. */
const passesElements: Readonly<Record<string, readonly [callback: number, array: number]>> = {
  array_map: [0, 1],
  array_filter: [1, 0],
  array_walk: [1, 0],
  array_walk_recursive: [1, 0],
  usort: [1, 0],
  uasort: [1, 0],
  array_any: [1, 0],
  array_all: [1, 0],
  array_find: [1, 0],
};

/** Functions that call what they are given: a name in a string is a function's or method's there, at the place. */
const callsBack: Readonly<Record<string, number>> = {
  ...Object.fromEntries(Object.entries(passesElements).map(([name, [place]]) => [name, place])),
  array_reduce: 1,
  call_user_func: 0,
  call_user_func_array: 0,
  forward_static_call: 0,
  forward_static_call_array: 0,
  is_callable: 0,
  function_exists: 0,
  iterator_apply: 1,
  ob_start: 0,
  preg_replace_callback: 1,
  register_shutdown_function: 0,
  register_tick_function: 0,
  set_error_handler: 0,
  set_exception_handler: 0,
  spl_autoload_register: 0,
  uksort: 1,
  add_action: 1,
  add_filter: 1,
};

/** Methods that pass elements of the object to the function that they are given. */
const passesOwn = words(
  'each map filter reject every some contains first last sortBy groupBy keyBy mapWithKeys flatMap tap partition',
);

/** They give an object of the class that they are told, `createMock(Foo::class)`: containers, mocks, mappers. */
const givesTold = words(`
  createMock createStub createPartialMock createConfiguredMock createConfiguredStub createTestProxy getMockForAbstractClass
  getMockForTrait prophesize mock spy partialMock instance make makeWith get getService resolve app newInstance newInstanceArgs
  deserialize denormalize find getReference create
`);

/** They end a sentence that began with `getMockBuilder(Foo::class)`. */
const givesBuilt = words('getMock getMockForAbstractClass getMockForTrait');

/** Methods that test libraries hang on the objects that they make, and on what those give. */
const mockMethods = words(`
  expects shouldReceive shouldNotReceive shouldHaveReceived reveal willReturn willThrow willReturnArgument shouldBeCalled
  shouldBeCalledOnce shouldBeCalledTimes shouldNotBeCalled shouldHaveBeenCalled shouldHaveBeenCalledOnce
`);

/** Sentences of calls are not longer where people write them. */
const maxCalls = 16;

/** Arguments of a call by their places: names, dots and references are left out. */
export function argumentsOf(links: LinkBuilder, call: number): number[] {
  const { tree } = links;
  const list = tree.child(call, 'arguments');
  return (list < 0 ? [] : tree.namedChildren(list))
    .filter((one) => tree.kind(one) === 'argument')
    .map((one) => tree.namedChildren(one).at(-1) ?? -1);
}

/** What a function of the language gives by the meaning of its name, or -1. */
export function libraryResult(links: LinkBuilder, call: number, name: string): number {
  const { expressions } = links;
  const [first = -1, second = -1] = argumentsOf(links, call);
  if (givesSame.has(name)) {
    return expressions.collection('array', [expressions.element(links.value(first), 'iterate')]);
  }
  if (givesElement.has(name)) return expressions.element(links.value(first), 'iterate');
  if (name === 'array_map') return expressions.collection('array', [expressions.call(links.value(first))]);
  if (name === 'array_reduce') return expressions.call(links.value(second));
  if (name === 'call_user_func' || name === 'call_user_func_array') return expressions.call(links.value(first));
  return givesTold.has(name) ? toldByClass(links, call) : -1;
}

/** What a method of libraries gives by the meaning of its name, or -1. */
export function libraryMethod(links: LinkBuilder, call: number, name: string): number {
  const { tree } = links;
  if (name === 'reveal') return links.value(tree.field(call, 'object'));
  if (givesBuilt.has(name)) {
    const built = builtClass(links, call);
    if (built >= 0) return built;
  }
  return givesTold.has(name) ? toldByClass(links, call) : -1;
}

/** An object of the class `Foo` for an argument `Foo::class`, or `'Shop\Foo'`. */
function toldByClass(links: LinkBuilder, call: number): number {
  const { tree, expressions } = links;
  for (const argument of argumentsOf(links, call).slice(0, 2)) {
    const text = literalText(tree, argument);
    // Without a backslash a string may be anything that is called so.
    if (text?.includes('\\') && /^[\w\\]+$/.test(text)) return expressions.instance(namedByText(links, text));
    if (argument < 0 || tree.kind(argument) !== 'class_constant_access_expression') continue;
    const [type = -1, constant = -1] = tree.namedChildren(argument);
    if (constant >= 0 && tree.textOf(constant) === 'class') return expressions.instance(classAt(links, type));
  }
  return -1;
}

function builtClass(links: LinkBuilder, call: number): number {
  const { tree } = links;
  let at = tree.field(call, 'object');
  for (let calls = 0; at >= 0 && calls < maxCalls && tree.kind(at) === 'member_call_expression'; calls++) {
    const name = tree.field(at, 'name');
    if (name >= 0 && tree.textOf(name) === 'getMockBuilder') return toldByClass(links, at);
    at = tree.field(at, 'object');
  }
  return -1;
}

/** The method of an object; what test libraries hang on every object they make is theirs where the class has none. */
export function methodOf(links: LinkBuilder, object: number, name: string): number {
  const { expressions } = links;
  const method = expressions.member(object, name);
  if (!mockMethods.has(name)) return method;
  const mock = named(links, '\\PHPUnit\\Framework\\MockObject\\MockObject');
  return expressions.first([method, expressions.member(expressions.instance(mock), name)]);
}

/** What is passed at a place to a function that is written as an argument, or -1. */
export function passedTo(links: LinkBuilder, node: number, place: number): number {
  const { tree, expressions } = links;
  const argument = tree.parent(node);
  const list = argument < 0 || tree.kind(argument) !== 'argument' ? -1 : tree.parent(argument);
  const call = list < 0 ? -1 : tree.parent(list);
  if (call < 0) return -1;
  const kind = tree.kind(call);
  if (kind === 'function_call_expression') {
    const callee = tree.field(call, 'function');
    const name = callee < 0 ? '' : tree.textOf(callee).replace(/^\\/, '').toLowerCase();
    const places = Object.hasOwn(passesElements, name) ? passesElements[name] : undefined;
    if (places === undefined) return -1;
    const given = argumentsOf(links, call);
    if (given[places[0]] !== node) return -1;
    // `array_map` passes an element of each array; comparisons are given two of one.
    const from =
      name === 'array_map' ? given[places[1] + place] : /sort$/.test(name) || place === 0 ? given[places[1]] : -1;
    return expressions.element(links.value(from ?? -1), 'iterate');
  }
  if (kind !== 'member_call_expression' && kind !== 'nullsafe_member_call_expression') return -1;
  const name = tree.field(call, 'name');
  if (place > 0 || name < 0 || !passesOwn.has(tree.textOf(name))) return -1;
  return expressions.element(links.value(tree.field(call, 'object')), 'iterate');
}

/** The argument of a function of the language that is called back, or -1. */
export function calledBack(links: LinkBuilder, call: number, name: string): number {
  return Object.hasOwn(callsBack, name) ? (argumentsOf(links, call)[callsBack[name] as number] ?? -1) : -1;
}

/** What `array_push($xs, $x)` and `array_unshift` add. */
export function pushedBy(links: LinkBuilder, call: number): void {
  const { tree, expressions } = links;
  const [holder = -1, added = -1] = argumentsOf(links, call);
  const value = links.value(added);
  if (holder < 0 || value < 0 || expressions.list[value]?.kind === 'literal') return;
  bindTarget(links, holder, { value: expressions.collection('array', [value]), after: tree.next(call) });
}
