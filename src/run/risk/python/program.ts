/** How Python is read: what stands in no call, and where loops and constructors are. */
import { type SeenCall, type Told, tellSize, tellVariable } from '../effects.ts';
import type { Evaluator } from '../evaluate.ts';
import type { ProgramLanguage } from '../program.ts';
import type { RiskTree } from '../risktree.ts';
import { type CallArguments, isKnownText, labelsOf, noArguments, textsOf, type Value } from '../values.ts';
import { pythonEffect, pythonMember } from './effects.ts';
import { canonical, pythonKnowledge } from './knowledge.ts';
import { pythonLowering } from './lower.ts';
import { tellWeakness } from './weakness.ts';

/** Attributes by which code reaches out of what it was given: the known ways out of restricted Python. */
const reaching = new Set([
  '__subclasses__',
  '__globals__',
  '__builtins__',
  '__bases__',
  '__mro__',
  '__code__',
  '__closure__',
  'f_globals',
  'f_builtins',
  'gi_frame',
  '__loader__',
]);

export const pythonProgram: ProgramLanguage = {
  lowering: pythonLowering,
  knowledge: pythonKnowledge,
  effectOf: pythonEffect,
  ownParameters: 1,
  loops: new Set(['while_statement', 'for_statement']),
  methodName: (self, name) => (self.kind === 'text' && self.isPath ? `Path.${name}` : null),
  constructorOf(tree, node) {
    const body = tree.field(node, 'body');
    if (body < 0) return null;
    for (const child of tree.children(body)) {
      const inner = tree.kind(child) === 'decorated_definition' ? tree.field(child, 'definition') : child;
      if (tree.kind(inner) === 'function_definition' && tree.text(tree.field(inner, 'name')) === '__init__')
        return { node: inner, offset: 1 };
    }
    return null;
  },
  isEndless,
  impliedCalls,
  look,
};

/** Unpickling calls what `__reduce__` gave: a function, and its arguments. */
function impliedCalls(node: number, evaluator: Evaluator): { callee: Value; args: CallArguments }[] {
  const { tree } = evaluator;
  if (tree.kind(node) !== 'function_definition' || !/^__reduce(?:_ex)?__$/.test(tree.text(tree.field(node, 'name'))))
    return [];
  return evaluator.apply(node, noArguments).flatMap((given) => {
    if (given.kind !== 'list') return [];
    const [callees = [], args = []] = given.items;
    const [listed] = args;
    const positional = listed?.kind === 'list' ? listed.items : [];
    return callees.map((callee) => ({ callee, args: { positional, named: new Map() } }));
  });
}

function isEndless(tree: RiskTree, node: number): boolean {
  if (tree.kind(node) === 'for_statement') {
    const over = tree.text(tree.field(node, 'right'));
    return /^(?:itertools\.)?(?:count\(|cycle\(|repeat\([^,]*\)$)|^iter\(int,\s*1\)/.test(over) && !leaves(tree, node);
  }
  const condition = tree.text(tree.field(node, 'condition')).replace(/[()\s]/g, '');
  return /^(?:True|1|notFalse|not0|1==1|\d+|'.+'|".+")$/.test(condition) && !leaves(tree, node);
}

/** Something in the loop ends it. */
function leaves(tree: RiskTree, loop: number): boolean {
  for (let node = loop + 1; node < tree.next(loop); node++) {
    const kind = tree.kind(node);
    if (kind === 'function_definition' || kind === 'lambda') node = tree.next(node) - 1;
    else if (/^(?:break|return|raise)_statement$/.test(kind)) return true;
    else if (kind === 'call' && /^(?:sys\.)?exit|^quit|^os\._exit/.test(tree.text(tree.field(node, 'function'))))
      return true;
  }
  return false;
}

function look(node: number, evaluator: Evaluator, tell: (told: Told) => void): void {
  const { tree } = evaluator;
  switch (tree.kind(node)) {
    case 'attribute': {
      const name = tree.text(tree.field(node, 'attribute'));
      if (reaching.has(name)) tellReaching(tree, node, name, tell);
      variables(node, evaluator, tell);
      return;
    }
    case 'subscript':
      variables(node, evaluator, tell);
      return;
    case 'binary_operator':
      if (tree.text(tree.field(node, 'operator')) === '*') tellProduct(node, evaluator, tell);
      return;
    case 'while_statement':
      if (isEndless(tree, node)) tellEndless(node, tree, tell);
      return;
    case 'call':
      tellNamed(node, evaluator, tell);
      tellWeakness(node, evaluator, tell);
      return;
    case 'assignment':
    case 'comparison_operator':
    case 'function_definition':
      tellWeakness(node, evaluator, tell);
      return;
    default:
  }
}

function tellReaching(tree: RiskTree, node: number, name: string, tell: (told: Told) => void): void {
  const chain = tree.text(node);
  const isChained =
    /__(?:subclasses|globals|builtins|bases|mro)__/.test(chain) && (chain.match(/__\w+__/g) ?? []).length > 1;
  tell({
    category: 'obfuscation',
    act: 'reach',
    severity: isChained ? 'high' : 'low',
    target: chain.length < 80 ? chain : name,
    reason: isChained
      ? 'reaches other things through what the language keeps for itself'
      : 'uses what the language keeps for itself',
  });
}

/** `os.environ` where it is read, written or taken as a whole. */
function variables(node: number, evaluator: Evaluator, tell: (told: Told) => void): void {
  const { tree } = evaluator;
  const text = tree.text(node);
  if (text.length > 200 || !/environ|env/.test(text)) {
    if (tree.kind(node) !== 'subscript') return;
  }
  const parent = tree.parent(node);
  const isInner =
    tree.kind(parent) === 'attribute' || (tree.kind(parent) === 'subscript' && tree.fieldName(node) === 'value');
  if (isInner) return;
  const own = tree.kind(node) === 'subscript' ? evaluator.value(tree.field(node, 'value')) : evaluator.value(node);
  for (const value of own) {
    if (value.kind !== 'name' || value.name.includes('(')) continue;
    const found = pythonMember(value.name);
    if (found === null) continue;
    const name =
      tree.kind(node) === 'subscript'
        ? (textsOf(evaluator.value(tree.field(node, 'subscript')))[0] ?? null)
        : found.variable;
    const isWritten = tree.fieldName(node) === 'left' || tree.kind(parent) === 'delete_statement';
    if (tree.kind(parent) === 'comparison_operator' && tree.kind(node) === 'attribute') {
      // `'NAME' in os.environ`
      const [asked] = tree.children(parent);
      const one = asked === undefined ? null : (textsOf(evaluator.value(asked))[0] ?? null);
      tellVariable({ tell } as Pick<SeenCall, 'tell'> as SeenCall, 'read', one);
    } else if (tree.kind(node) === 'attribute' && name === null)
      tell({
        category: 'environment',
        act: 'read all',
        severity: 'medium',
        reason: 'takes all variables of the environment',
      });
    else tellVariable({ tell } as Pick<SeenCall, 'tell'> as SeenCall, isWritten ? 'write' : 'read', name);
  }
}

/** What loops make of something large past this many bytes is told: a hundred times what a small program uses. */
const muchKept = 10_000_000;

/** Large texts and lists by multiplication; many of them in loops that count. */
function tellProduct(node: number, evaluator: Evaluator, tell: (told: Told) => void): void {
  const { tree } = evaluator;
  const sides = [tree.field(node, 'left'), tree.field(node, 'right')].map((side) => evaluator.value(side)[0]);
  const times = sides.find((side) => side?.kind === 'number');
  const what = sides.find((side) => side?.kind === 'text' || side?.kind === 'list');
  if (times?.kind !== 'number' || what === undefined) return;
  const size =
    (what.kind === 'text' ? what.text.length : what.kind === 'list' ? what.items.length * 8 : 0) * times.number;
  tellSize({ tell } as Pick<SeenCall, 'tell'> as SeenCall, size);
  if (size < 1000) return;
  const rounds = roundsOf(node, evaluator, 0);
  if (rounds < 2 || size * rounds < muchKept) return;
  tell({
    category: 'resources',
    act: 'memory',
    severity: 'medium',
    target: `${Math.round((size * rounds) / 1e6)} MB`,
    reason: 'makes something large again and again in a loop',
  });
}

/** How often a place is reached by loops that count, in its function and in what calls that; 1 where nothing is known. */
function roundsOf(node: number, evaluator: Evaluator, depth: number): number {
  const { tree } = evaluator;
  let rounds = 1;
  let at = node;
  for (let around = tree.parent(at); around >= 0; at = around, around = tree.parent(around)) {
    const kind = tree.kind(around);
    if (kind === 'for_statement' && tree.fieldName(at) === 'body')
      rounds *= lengthOf(tree.field(around, 'right'), evaluator);
    if (/comprehension$/.test(kind) && tree.fieldName(at) === 'body') {
      const clause = tree.child(around, 'for_in_clause');
      if (clause >= 0) rounds *= lengthOf(tree.field(clause, 'right'), evaluator);
    }
    if (kind !== 'function_definition') continue;
    if (depth >= 3) return rounds;
    const calls = evaluator.callersOf(around).map((call) => roundsOf(call, evaluator, depth + 1));
    return rounds * Math.max(1, ...calls);
  }
  return rounds;
}

function lengthOf(node: number, evaluator: Evaluator): number {
  const { tree } = evaluator;
  const callee = tree.kind(node) === 'call' ? tree.text(tree.field(node, 'function')) : '';
  if (callee !== 'range') return evaluator.items(evaluator.value(node))?.length ?? 1;
  const numbers = evaluator.arguments(node).positional.map((values) => values.find((value) => value.kind === 'number'));
  const [from, to] = numbers.length > 1 ? [numbers[0], numbers[1]] : [undefined, numbers[0]];
  return to?.kind === 'number' ? Math.max(1, to.number - (from?.kind === 'number' ? from.number : 0)) : 1;
}

const grows = /^(?:append|extend|add|insert|update|appendleft|write|put)$/;

function tellEndless(node: number, tree: RiskTree, tell: (told: Told) => void): void {
  let isQuiet = true;
  for (let at = node + 1; at < tree.next(node); at++) {
    const kind = tree.kind(at);
    if (kind === 'call') {
      const callee = tree.field(at, 'function');
      if (tree.kind(callee) === 'attribute' && grows.test(tree.text(tree.field(callee, 'attribute')))) {
        tell({
          category: 'resources',
          act: 'grow',
          severity: 'high',
          reason: 'makes something larger in a loop without an end',
        });
        return;
      }
      isQuiet = false;
    } else if (kind === 'augmented_assignment') {
      const right = tree.kind(tree.field(at, 'right'));
      if (/string|list|binary/.test(right))
        tell({
          category: 'resources',
          act: 'grow',
          severity: 'high',
          reason: 'makes something larger in a loop without an end',
        });
    } else if (kind === 'yield' || kind === 'await') isQuiet = false;
  }
  if (isQuiet) tell({ category: 'resources', act: 'loop', severity: 'medium', reason: 'a loop that nothing ends' });
}

/** Modules of which any function may be dangerous. */
const powerful = new Set([
  'os',
  'subprocess',
  'builtins',
  '__builtins__',
  'sys',
  'shutil',
  'socket',
  'importlib',
  'ctypes',
  'pty',
]);

/** A thing reached by a name that was put together: `getattr(os, 'sys' + 'tem')`. */
function tellNamed(node: number, evaluator: Evaluator, tell: (told: Told) => void): void {
  const { tree } = evaluator;
  const callee = tree.field(node, 'function');
  const called = evaluator.value(callee)[0];
  if (called?.kind !== 'name' || called.name !== 'getattr') return;
  const args = evaluator.arguments(node);
  const [of = [], name = []] = args.positional;
  const isModule = of.some((one) => one.kind === 'name' && !one.name.includes('('));
  if (!isModule) return;
  // To take something of an ordinary thing by a name that a program was given is how wrappers are written.
  const isPowerful = of.some((one) => one.kind === 'name' && powerful.has(canonical(one.name)));
  const labels = labelsOf(name);
  const written = tree.children(tree.field(node, 'arguments'))[1] ?? -1;
  const isPlain = tree.kind(written) === 'string';
  if (name.some(isKnownText) && isPlain && !labels.includes('built') && !labels.includes('decoded')) return;
  const found = evaluator.result(called, args).find((one) => one.kind === 'name' && pythonEffect(one.name) !== null);
  const target = found?.kind === 'name' ? found.name : null;
  if (target === null && (name.some(isKnownText) || !isPowerful)) return;
  tell({
    category: 'obfuscation',
    act: 'name',
    severity: target !== null || labels.includes('decoded') ? 'high' : 'medium',
    target,
    reason:
      target !== null
        ? 'reaches a dangerous function by a name that is put together'
        : 'reaches something by a name that is not known before it runs',
  });
}
