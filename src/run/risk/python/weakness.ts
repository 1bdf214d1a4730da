/**
 * Secrets that can be guessed: made of random numbers that are not meant for that, of a constant seed, by a hash that is broken, or compared so that the time
 * tells how far the guess was right.
 *
 * What a number is for is told by names alone, so this is the weakest kind of claim here. CWE-330, CWE-336, CWE-208, CWE-916.
 */
import type { Told } from '../effects.ts';
import type { Evaluator } from '../evaluate.ts';
import type { RiskTree } from '../risktree.ts';
import { canonical } from './knowledge.ts';

const secretName =
  /(?:passw|passwd|pwd|secret|salt|token|otp|session_?id|api_?key|priv(?:ate)?_?key|crypt|cipher|nonce|credential|keygen|gen(?:erate)?_?key|new_?key|login)/i;

export function tellWeakness(node: number, evaluator: Evaluator, tell: (told: Told) => void): void {
  const { tree } = evaluator;
  if (tree.kind(node) === 'call') randomFor(node, evaluator, tell);
  if (tree.kind(node) === 'comparison_operator') timed(node, tree, tell);
}

/** `salt = random.random()`, in a function `generate_key`. */
function randomFor(node: number, evaluator: Evaluator, tell: (told: Told) => void): void {
  const { tree } = evaluator;
  const callee = tree.text(tree.field(node, 'function'));
  if (!/random|md5|sha1|seed|shuffle|choice|gauss|triangular|uniform|sample|variate/.test(callee)) return;
  for (const value of evaluator.value(tree.field(node, 'function'))) {
    const name = value.kind === 'name' ? canonical(value.name) : '';
    const isRandom = /^(?:random|numpy\.random)\.(?!SystemRandom)/.test(name);
    const isBroken = /^hashlib\.(?:md5|sha1)$/.test(name);
    if (!isRandom && !isBroken) continue;
    const purpose = purposeOf(tree, node);
    if (purpose === null) continue;
    tell({
      category: 'weakness',
      act: isRandom ? 'random' : 'hash',
      severity: 'medium',
      target: purpose,
      reason: isRandom
        ? 'makes something secret of random numbers that can be foretold'
        : 'keeps something secret by a hash that is broken',
    });
  }
}

/** The name of the function around, or of what the statement writes, where that speaks of secrets. */
function purposeOf(tree: RiskTree, node: number): string | null {
  for (let at = tree.parent(node); at > 0; at = tree.parent(at)) {
    const kind = tree.kind(at);
    const name =
      kind === 'assignment' ? tree.field(at, 'left') : kind === 'function_definition' ? tree.field(at, 'name') : -1;
    if (name >= 0 && secretName.test(tree.text(name))) return tree.text(name);
    if (kind === 'function_definition') {
      const parameters = tree.field(at, 'parameters');
      const secret = tree.children(parameters).find((one) => secretName.test(tree.text(one)));
      if (secret !== undefined) return tree.text(secret);
      return null;
    }
  }
  return null;
}

/** A secret compared letter by letter, with time that passes for each letter that is right. */
function timed(node: number, tree: RiskTree, tell: (told: Told) => void): void {
  const written = tree.text(node);
  if (written.length > 200 || !/\[|zip/.test(written) || !secretName.test(written)) return;
  const loop = tree.around(node, new Set(['for_statement', 'while_statement']));
  if (loop < 0) return;
  tell({
    category: 'weakness',
    act: 'compare',
    severity: 'medium',
    target: null,
    reason: 'compares a secret part by part, so that the time tells how much of a guess is right',
  });
}
