/**
 * Blocks of Ruby: their scopes, whose code they hold, and what they are given.
 *
 * A block sees the locals around it and mostly has their `self`. What the library's methods give their blocks is spelled out; of the
 * repository's own, what they `yield` tells.
 */
import type { LinkBuilder } from './builder.ts';
import { argumentsOf, lastOf, methodNameOf, namesOf, noteScope, notesOf, placeOf } from './ruby-notes.ts';
import { calleeOf } from './ruby-values.ts';

/** Words that open a group of tests: variables of objects belong to it. */
const groups = /^(describe|context|feature|shared_examples|shared_examples_for|shared_context|xdescribe|fdescribe)$/;

/** Calls in a class's body whose blocks are the class's own code, not its objects'. */
const ofTheClass =
  /^(included|extended|prepended|class_methods|class_eval|class_exec|loop|proc|lambda|concerning|private|public|namespace|scope|task|with_options)$/;

/** Opens the scope of a block once, with its parameters. @returns the scope, or -1 */
export function openBlock(links: LinkBuilder, block: number): number {
  const { tree } = links;
  if (block < 0) return -1;
  const call = tree.parent(block);
  const isLambda = call >= 0 && tree.kind(call) === 'lambda';
  const scope = links.scopeOf(isLambda ? call : block, 'block');
  const { frames, singletons, brought, unsure } = notesOf(links);
  if (frames.has(scope)) return scope;
  const method = isLambda || call < 0 ? '' : methodNameOf(links, call);
  const receiver = isLambda || call < 0 ? -1 : tree.field(call, 'receiver');
  const holder = links.nearest(['function', 'class']);
  const isInBody = holder >= 0 && links.kindOf(holder) === 'class' && placeOf(links).side === 'class';
  const changesSelf = isInBody && !isLambda && receiver < 0 && method !== '' && !ofTheClass.test(method);
  noteScope(links, scope, isLambda ? call : block, changesSelf ? 'object' : undefined);
  if (changesSelf && method !== 'define_method') unsure.add(scope);
  if (isInBody && method === 'class_methods') {
    singletons.add(scope);
    brought.add(scope);
  }
  if (holder < 0 && groups.test(method)) notesOf(links).groups.add(scope);
  if (groups.test(method)) noteDescribed(links, call, scope);
  links.within(scope, () => bindBlockParameters(links, isLambda ? call : block, isLambda ? -1 : call));
  return scope;
}

/** `describe Foo do`, `describe "x" do` and `RSpec.describe Foo do`. */
function noteDescribed(links: LinkBuilder, call: number, scope: number): void {
  const [about = -1] = argumentsOf(links, call);
  if (about >= 0 && /^(constant|scope_resolution)$/.test(links.tree.kind(about))) {
    notesOf(links).described.set(scope, links.value(about));
  }
}

/** What the block gives, as far as its last expression tells. */
export function resultOf(links: LinkBuilder, block: number): number {
  const scope = openBlock(links, block);
  if (scope < 0) return -1;
  return links.within(scope, () => links.value(lastOf(links, links.tree.field(block, 'body'))));
}

function bindBlockParameters(links: LinkBuilder, block: number, call: number): void {
  const { tree, scope } = links;
  const list = tree.field(block, 'parameters');
  if (list < 0) {
    bindNumbered(links, call);
    return;
  }
  const all = tree.namedChildren(list);
  const parameters = all.filter((one) => tree.kind(one) !== 'block_parameter' && !tree.isField(one, 'locals'));
  const given = call < 0 ? [] : givenTo(links, call, parameters.length);
  parameters.forEach((parameter, place) => {
    bindParameter(links, parameter, given[place] ?? -1, 0);
  });
  for (const one of all) {
    if (!tree.isField(one, 'locals')) continue;
    links.markUsed(one);
    links.bind('variable', tree.textOf(one), { scope });
  }
  const passed = all.find((one) => tree.kind(one) === 'block_parameter') ?? -1;
  const name = passed < 0 ? -1 : tree.field(passed, 'name');
  if (name >= 0) {
    links.markUsed(name);
    links.bind('parameter', tree.textOf(name), { scope });
  }
}

/** `_1`, `_2` and `it`, as far as the block reads them. */
function bindNumbered(links: LinkBuilder, call: number): void {
  const names = namesOf(links, links.scope);
  const count = ['_1', '_2', '_3'].findLastIndex((name) => names.has(name)) + 1;
  if (count === 0 && !names.has('it')) return;
  const given = call < 0 ? [] : givenTo(links, call, Math.max(count, 1));
  for (const name of names.keys()) {
    const place = name === 'it' ? 0 : /^_[1-9]$/.test(name) ? Number(name[1]) - 1 : -1;
    if (place >= 0) links.bind('variable', name, { scope: links.scope, value: given[place] ?? -1 });
  }
}

/** Parameters in parameters that are followed; people write two. */
const maxDepth = 8;

function bindParameter(links: LinkBuilder, parameter: number, value: number, depth: number): void {
  const { tree, scope, expressions } = links;
  if (depth > maxDepth) return;
  const kind = tree.kind(parameter);
  if (kind === 'destructured_parameter') {
    tree.namedChildren(parameter).forEach((part, place) => {
      bindParameter(links, part, expressions.element(value, 'iterate', place), depth + 1);
    });
    return;
  }
  const name = kind === 'identifier' ? parameter : tree.field(parameter, 'name');
  if (name < 0) return;
  links.markUsed(name);
  const isSplat = kind === 'splat_parameter';
  links.bind('variable', tree.textOf(name), { scope, value: isSplat ? expressions.literal('Array') : value });
}

const eachOne =
  /^(each|each_entry|reverse_each|map|flat_map|collect|collect_concat|filter_map|select|filter|reject|find|detect|find_all|find_index|index|any\?|all\?|none\?|one\?|count|sum|sort_by|min_by|max_by|group_by|partition|uniq|each_with_index|each_with_object|each_slice|each_cons|take_while|drop_while|delete_if|keep_if|map!|select!|reject!|sort_by!|index_by|to_h|zip|cycle|tally_by|chunk_while|slice_when|find_each|each_value|transform_values|delete)$/;
const itself = /^(tap|then|yield_self|instance_exec)$/;

/** Values of the parameters of the block that a call is given. */
function givenTo(links: LinkBuilder, call: number, count: number): number[] {
  const { tree, expressions } = links;
  const method = methodNameOf(links, call);
  const receiver = tree.field(call, 'receiver');
  const object = receiver < 0 ? -1 : links.value(receiver);
  const callee = calleeOf(links, call);
  const own = (place: number): number => (callee < 0 ? -1 : expressions.element(callee, 'parameter', place));
  if (object < 0) return [own(0), own(1), own(2)];
  if (method === 'new') return [expressions.first([own(0), expressions.call(expressions.member(object, 'new'))])];
  if (itself.test(method)) return [object];
  const element = expressions.element(object, 'iterate');
  if (method === 'inject' || method === 'reduce') {
    const start = links.value(argumentsOf(links, call)[0] ?? -1);
    return [start >= 0 ? start : element, element];
  }
  if (!eachOne.test(method)) return [own(0), own(1), own(2)];
  const value = expressions.element(object, 'subscript');
  if (method === 'each_value' || method === 'transform_values') return [value];
  const first = expressions.first([own(0), element]);
  if (method === 'each_with_index') return [first, expressions.literal('Integer')];
  if (method === 'each_with_object') return [first, links.value(argumentsOf(links, call)[0] ?? -1)];
  // With two names it is a mapping that is walked, or what yields two.
  return count > 1 ? [own(0), expressions.first([own(1), value])] : [first];
}
