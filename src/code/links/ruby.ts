/**
 * Links of Ruby: the rules by node kind. What they do stands beside: `ruby-definitions.ts` (modules, classes, methods), `ruby-macros.ts` (calls
 * that define), `ruby-methods.ts` (which definition of a method counts), `ruby-singletons.ts` (methods of one object), `ruby-patterns.ts`,
 * `ruby-bindings.ts` (everything else that binds), `ruby-blocks.ts`, `ruby-values.ts` (expressions).
 *
 * Absent: operators and `[]` are no calls of the methods they ask (what they give is known all the same), and neither are names that are put
 * together while running; blocks that are evaluated with another `self` are taken for what their place says.
 */
import { literalName } from '../languages/ruby-macros.ts';
import type { LinkBuilder } from './builder.ts';
import type { LinkLanguage, LinkRule } from './language.ts';
import {
  assignment,
  bindLet,
  caseStatement,
  conditional,
  conjunction,
  forStatement,
  operatorAssignment,
  rescueClause,
} from './ruby-bindings.ts';
import { openBlock, resultOf } from './ruby-blocks.ts';
import {
  finish,
  methodDefinition,
  returnStatement,
  typeDefinition,
  useConstant,
  yieldStatement,
} from './ruby-definitions.ts';
import { isLet } from './ruby-locals.ts';
import { aliasDefinition, macro, moduleFunctions, undefinition } from './ruby-macros.ts';
import {
  argumentsOf,
  callableOf,
  definesFor,
  describedAs,
  implicit,
  isLocal,
  placeOf,
  selfValue,
} from './ruby-notes.ts';
import { captures, caseMatch, match } from './ruby-patterns.ts';
import { extendObject, singletonClass } from './ruby-singletons.ts';
import { blockSymbol, sends, superMethod, values } from './ruby-values.ts';

/** What loads files: imports say so. */
const loads = /^(require|require_relative|require_dependency|load|autoload)$/;

const call: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const method = tree.field(node, 'method');
  const receiver = tree.field(node, 'receiver');
  openBlock(links, tree.field(node, 'block'));
  if (method < 0 || links.isUsed(method)) return;
  if (tree.kind(method) === 'super') {
    links.use('call', method, superMethod(links));
    return;
  }
  const name = tree.textOf(method);
  if (receiver < 0) {
    if ((loads.test(name) && links.importAt(node) >= 0) || macro(links, node, name)) {
      links.markUsed(method);
      return;
    }
    const [first = -1] = argumentsOf(links, node);
    if (first >= 0 && isLet(tree, first)) bindLet(links, node, resultOf(links, tree.field(node, 'block')));
  }
  if (name === 'extend' && receiver >= 0) extendObject(links, node);
  namedMethods(links, node, name, receiver < 0 ? selfValue(links) : links.value(receiver));
  if (receiver < 0) links.use('call', method, implicit(links, callableOf(links, method)));
  else links.use('call', method, expressions.member(links.value(receiver), name));
  const symbol = blockSymbol(links, node);
  if (symbol !== '') passedSymbol(links, node, symbol);
};

/** `xs.each(&:run)` calls `run` of each. */
function passedSymbol(links: LinkBuilder, call: number, name: string): void {
  const { tree, expressions } = links;
  const receiver = tree.field(call, 'receiver');
  const given = argumentsOf(links, call).at(-1) ?? -1;
  const node = tree.child(given, 'simple_symbol');
  const element = receiver < 0 ? -1 : expressions.element(links.value(receiver), 'iterate');
  links.markUsed(node);
  const extent = { start: tree.start(node) + 1, end: tree.end(node) };
  links.useAt('call', extent, expressions.member(element, name));
}

const namesMethods =
  /^(method|instance_method|public_method|respond_to\?|(skip_)?(before|after|around)_(action|filter|save|create|update|destroy|validation|commit)|helper_method|validate|rescue_from|set_callback|alias_method)$/;

/** `send(:run)` calls, `method(:run)` and what a framework calls later use. */
function namedMethods(links: LinkBuilder, call: number, name: string, object: number): void {
  const { tree, expressions } = links;
  const isSend = sends.test(name);
  if (!isSend && !namesMethods.test(name)) return;
  const { classScope, side } = placeOf(links);
  const isCallback = !isSend && side === 'class' && classScope >= 0 && tree.field(call, 'receiver') < 0;
  const of = isCallback ? expressions.self('self', classScope) : object;
  for (const argument of argumentsOf(links, call).slice(0, isSend ? 1 : 8)) {
    const written = tree.kind(argument) === 'pair' ? tree.field(argument, 'value') : argument;
    const extent = written >= 0 && tree.kind(written) === 'simple_symbol' ? literalName(links, written) : null;
    if (extent === null || links.isUsed(written)) continue;
    links.markUsed(written);
    const method = links.text.slice(extent.start, extent.end);
    links.useAt(isSend ? 'call' : 'use', extent, of < 0 ? links.name(method) : expressions.member(of, method));
  }
}

const words = /^(private|public|protected|module_function|private_class_method|__\w+__)$/;

/** A name alone: a local, or a call without arguments. */
const identifier: LinkRule = (links, node) => {
  if (links.isUsed(node)) return;
  const name = links.tree.textOf(node);
  if (isLocal(links, node) || describedAs(links, name) >= 0) return;
  if (words.test(name)) {
    const { classScope } = definesFor(links);
    if (name === 'module_function' && classScope >= 0) moduleFunctions(links, node, classScope);
    return;
  }
  links.use('call', node, implicit(links, name));
};

const marked =
  (field: string): LinkRule =>
  (links, node) =>
    links.markUsed(links.tree.field(node, field));

const constant: LinkRule = (links, node) => {
  const name = links.tree.kind(node) === 'constant' ? node : links.tree.field(node, 'name');
  if (name >= 0 && !links.isUsed(name)) useConstant(links, 'use', node);
};

const block: LinkRule = (links, node) => {
  openBlock(links, node);
};

export const ruby: LinkLanguage = {
  classScopesAreSeen: false,
  rules: {
    module: typeDefinition,
    class: typeDefinition,
    singleton_class: singletonClass,
    method: methodDefinition,
    singleton_method: methodDefinition,
    return: returnStatement,
    yield: yieldStatement,
    alias: aliasDefinition,
    undef: undefinition,
    lambda: (links, node) => {
      openBlock(links, links.tree.field(node, 'body'));
    },
    block,
    do_block: block,
    call,
    super: (links, node) => {
      if (!links.isUsed(node)) links.use('call', node, superMethod(links));
    },
    identifier,
    constant,
    scope_resolution: constant,
    keyword_parameter: marked('name'),
    block_parameter: marked('name'),
    assignment,
    operator_assignment: operatorAssignment,
    for: forStatement,
    rescue: rescueClause,
    case: caseStatement,
    case_match: caseMatch,
    match_pattern: match,
    test_pattern: match,
    regex: captures,
    if: conditional,
    elsif: conditional,
    conditional,
    if_modifier: conditional,
    binary: conjunction,
  },
  values,
  finish,
};
