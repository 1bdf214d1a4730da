/** How JavaScript and TypeScript are read: what stands in no call, and where loops and constructors are. */
import { type SeenCall, type Told, tellVariable } from '../effects.ts';
import type { Evaluator } from '../evaluate.ts';
import type { ProgramLanguage } from '../program.ts';
import type { RiskTree } from '../risktree.ts';
import { isKnownText, labelsOf, textsOf } from '../values.ts';
import { ecmascriptEffect } from './effects.ts';
import { ecmascriptKnowledge } from './knowledge.ts';
import { ecmascriptLowering } from './lower.ts';

const reaching = /^(?:__proto__|__defineGetter__|caller|callee)$/;

export const ecmascriptProgram: ProgramLanguage = {
  lowering: ecmascriptLowering,
  knowledge: ecmascriptKnowledge,
  effectOf: ecmascriptEffect,
  ownParameters: 0,
  loops: new Set(['while_statement', 'for_statement', 'do_statement']),
  methodName: () => null,
  constructorOf(tree, node) {
    const body = tree.field(node, 'body');
    if (body < 0) return null;
    const found = tree
      .children(body)
      .find(
        (child) => tree.kind(child) === 'method_definition' && tree.text(tree.field(child, 'name')) === 'constructor',
      );
    return found === undefined ? null : { node: found, offset: 0 };
  },
  isEndless,
  impliedCalls: () => [],
  look,
};

function isEndless(tree: RiskTree, node: number): boolean {
  const condition = tree.field(node, 'condition');
  const written = condition < 0 ? '' : tree.text(condition).replace(/[()\s;]/g, '');
  const isForEver =
    tree.kind(node) === 'for_statement'
      ? written === '' || written === 'true'
      : /^(?:true|1|!0|!!1|!false)$/.test(written);
  if (!isForEver) return false;
  for (let at = node + 1; at < tree.next(node); at++) {
    const kind = tree.kind(at);
    if (ecmascriptLowering.scopes.has(kind)) at = tree.next(at) - 1;
    else if (/^(?:break|return|throw)_statement$/.test(kind)) return false;
  }
  return true;
}

function look(node: number, evaluator: Evaluator, tell: (told: Told) => void): void {
  const { tree } = evaluator;
  switch (tree.kind(node)) {
    case 'member_expression':
    case 'subscript_expression':
      members(node, evaluator, tell);
      return;
    case 'while_statement':
    case 'for_statement':
    case 'do_statement':
      if (isEndless(tree, node)) tellEndless(node, tree, tell);
      return;
    case 'call_expression':
      tellNamed(node, evaluator, tell);
      return;
    default:
  }
}

function members(node: number, evaluator: Evaluator, tell: (told: Told) => void): void {
  const { tree } = evaluator;
  const of = tree.field(node, 'object');
  const written = tree.text(of);
  const isMember = tree.kind(node) === 'member_expression';
  if (isMember && reaching.test(tree.text(tree.field(node, 'property'))))
    tell({
      category: 'obfuscation',
      act: 'reach',
      severity: 'low',
      target: null,
      reason: 'uses what the language keeps for itself',
    });
  if (written.length > 60) return;
  if (
    !evaluator.value(of).some((one) => one.kind === 'name' && /^(?:globalThis\.|global\.)?process\.env$/.test(one.name))
  ) {
    const parent = tree.parent(node);
    const isWhole =
      isMember &&
      written === 'process' &&
      tree.text(tree.field(node, 'property')) === 'env' &&
      !/member|subscript/.test(tree.kind(parent));
    if (isWhole)
      tell({
        category: 'environment',
        act: 'read all',
        severity: 'medium',
        reason: 'takes all variables of the environment',
      });
    return;
  }
  const name = isMember
    ? tree.text(tree.field(node, 'property'))
    : (textsOf(evaluator.value(tree.field(node, 'index')))[0] ?? null);
  const isWritten = tree.fieldName(node) === 'left' && /assignment/.test(tree.kind(tree.parent(node)));
  tellVariable({ tell } as Pick<SeenCall, 'tell'> as SeenCall, isWritten ? 'write' : 'read', name);
}

function tellEndless(node: number, tree: RiskTree, tell: (told: Told) => void): void {
  for (let at = node + 1; at < tree.next(node); at++) {
    const kind = tree.kind(at);
    if (kind === 'yield_expression' || kind === 'await_expression') return;
    if (kind !== 'call_expression') continue;
    const callee = tree.field(at, 'function');
    if (
      tree.kind(callee) === 'member_expression' &&
      /^(?:push|unshift|add|set|append|concat|write)$/.test(tree.text(tree.field(callee, 'property')))
    ) {
      tell({
        category: 'resources',
        act: 'grow',
        severity: 'high',
        reason: 'makes something larger in a loop without an end',
      });
      return;
    }
  }
  tell({ category: 'resources', act: 'loop', severity: 'medium', reason: 'a loop that nothing ends' });
}

/** `globalThis['ev' + 'al']`: a thing with effects, reached by a name that is put together. */
function tellNamed(node: number, evaluator: Evaluator, tell: (told: Told) => void): void {
  const { tree } = evaluator;
  const callee = tree.field(node, 'function');
  if (tree.kind(callee) !== 'subscript_expression') return;
  const key = tree.field(callee, 'index');
  const values = evaluator.value(key);
  if (values.some((one) => one.kind === 'number')) return;
  const isPlain = tree.kind(key) === 'string' && !/\\[xu]/.test(tree.text(key));
  const found = evaluator.value(callee).find((one) => one.kind === 'name' && ecmascriptEffect(one.name) !== null);
  const of = evaluator.value(tree.field(callee, 'object'));
  const isModule = of.some(
    (one) => one.kind === 'name' && /^(?:globalThis|global|window|child_process|fs|process|vm)$/.test(one.name),
  );
  if (found === undefined && !(isModule && !values.some(isKnownText))) return;
  const labels = labelsOf(values);
  tell({
    category: 'obfuscation',
    act: 'name',
    severity:
      isPlain && !labels.includes('built') && !labels.includes('decoded')
        ? 'low'
        : found !== undefined
          ? 'high'
          : 'medium',
    target: found?.kind === 'name' ? found.name : null,
    reason: 'reaches a function by a name that is put together',
  });
}
