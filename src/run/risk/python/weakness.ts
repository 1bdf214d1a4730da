/**
 * Secrets that can be guessed, and checks that let through what they should not: made of random numbers that are not meant for that, hashed quickly, written in
 * the code, compared so that the time tells how far a guess was right, tested by a pattern without an end.
 *
 * What a value is for is told by names alone, so this is the weakest kind of claim here. CWE-208, CWE-330, CWE-336, CWE-777, CWE-798, CWE-916.
 */
import type { Told } from '../effects.ts';
import type { Evaluator } from '../evaluate.ts';
import type { RiskTree } from '../risktree.ts';
import { isKnownText, textsOf } from '../values.ts';
import { canonical } from './knowledge.ts';

const secretName =
  /(?:passw|passwd|pwd|secret|salt|token|otp|session_?id|api_?key|priv(?:ate)?_?key|crypt|cipher|nonce|credential|keygen|gen(?:erate)?_?key|new_?key|login)/i;
const passwordName = /(?:passw|passwd|pwd|login|credential)/i;
/** Names of what is compared; `token` alone is a word of every parser. */
const comparedName =
  /(?:passw|passwd|pwd|secret|signature|credential|api_?key|auth_?token|correct_?token|pin_?code|\bpin\b)/i;
const checkName = /(?:valid|sanitiz|whitelist|allow_?list)/i;

const loops = new Set(['for_statement', 'while_statement']);

export function tellWeakness(node: number, evaluator: Evaluator, tell: (told: Told) => void): void {
  const { tree } = evaluator;
  if (tree.kind(node) === 'call') {
    randomFor(node, evaluator, tell);
    unanchored(node, evaluator, tell);
  }
  if (tree.kind(node) === 'comparison_operator') compared(node, evaluator, tell);
}

/** `salt = random.random()`, in a function `generate_key`; `sha256` of a password. */
function randomFor(node: number, evaluator: Evaluator, tell: (told: Told) => void): void {
  const { tree } = evaluator;
  const callee = tree.text(tree.field(node, 'function'));
  if (
    !/random|md5|sha\d|hashlib|blake|seed|shuffle|choice|gauss|triangular|uniform|sample|variate|urandom/.test(callee)
  )
    return;
  for (const value of evaluator.value(tree.field(node, 'function'))) {
    const name = value.kind === 'name' ? canonical(value.name) : '';
    const isRandom = /^(?:random|numpy\.random)\.(?!SystemRandom)/.test(name);
    const isQuick = /^hashlib\.(?:md5|sha\w+|new|blake2\w)$/.test(name);
    if (!isRandom && !isQuick) continue;
    const purpose = purposeOf(tree, node, isRandom ? secretName : passwordName);
    if (purpose === null) continue;
    tell({
      category: 'weakness',
      act: isRandom ? 'random' : 'hash',
      severity: 'medium',
      target: purpose,
      reason: isRandom
        ? 'makes something secret of random numbers that can be foretold'
        : 'keeps a secret by a hash that is quick to try out, or broken',
    });
  }
}

/** The name of the function around, of its parameters, or of what the statement writes, where that speaks of secrets. */
function purposeOf(tree: RiskTree, node: number, name: RegExp): string | null {
  for (let at = tree.parent(node); at > 0; at = tree.parent(at)) {
    const kind = tree.kind(at);
    const named =
      kind === 'assignment' ? tree.field(at, 'left') : kind === 'function_definition' ? tree.field(at, 'name') : -1;
    if (named >= 0 && name.test(tree.text(named))) return tree.text(named);
    if (kind === 'function_definition') {
      const parameters = tree.field(at, 'parameters');
      const secret = parameters < 0 ? undefined : tree.children(parameters).find((one) => name.test(tree.text(one)));
      return secret === undefined ? null : tree.text(secret);
    }
  }
  return null;
}

/** A secret against one that stands in the code, or part by part. */
function compared(node: number, evaluator: Evaluator, tell: (told: Told) => void): void {
  const { tree } = evaluator;
  const written = tree.text(node);
  if (written.length > 200 || !comparedName.test(written) || !/[=!]=/.test(written)) return;
  if (tree.around(node, loops) >= 0 && /\[/.test(written)) {
    tell({
      category: 'weakness',
      act: 'compare',
      severity: 'medium',
      reason: 'compares a secret part by part, so that the time tells how much of a guess is right',
    });
    return;
  }
  const sides = tree.children(node);
  const hasName = sides.some((side) => comparedName.test(tree.text(side)) && tree.kind(side) !== 'string');
  const known = sides.some((side) => {
    const values = evaluator.value(side);
    return values.length === 1 && values.every((value) => isKnownText(value) && value.text.length >= 4);
  });
  if (hasName && known)
    tell({
      category: 'weakness',
      act: 'compare',
      severity: 'medium',
      reason: 'compares a secret with one that stands in the code',
    });
}

/** `re.match` of a pattern without an end, in a function that checks something: what follows is let through. */
function unanchored(node: number, evaluator: Evaluator, tell: (told: Told) => void): void {
  const { tree } = evaluator;
  const callee = tree.field(node, 'function');
  if (!/(?:match|search|compile)$/.test(tree.text(callee))) return;
  const called = evaluator.value(callee)[0];
  if (called?.kind !== 'name' || !/^re\.(?:match|search|compile)$/.test(called.name)) return;
  const around = tree.around(node, new Set(['function_definition']));
  if (around < 0 || !checkName.test(tree.text(tree.field(around, 'name')))) return;
  // `fullmatch` has both ends.
  if (/\bfullmatch\b/.test(tree.text(around))) return;
  const [pattern] = textsOf(evaluator.arguments(node).positional[0] ?? []);
  if (pattern === undefined || pattern.length < 4 || /(?:\$|\\Z|\\z)\)*$/.test(pattern)) return;
  tell({
    category: 'weakness',
    act: 'check',
    severity: 'medium',
    target: pattern,
    reason: 'checks by a pattern without an end, so that anything may follow',
  });
}
