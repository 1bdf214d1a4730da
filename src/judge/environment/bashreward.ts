/**
 * InterCode's reward for Bash: files changed, contents of files made, and similarity of what was printed.
 *
 *   reward = 0.01 + 0.33 (1 − erf |A Δ G|) + 0.33 · right / common + 0.33 · cos(tfidf(a), tfidf(g))
 *
 * A and G are the changes of agent and gold as `git status --short` would list them; `common` are the files that both made anew, `right` those
 * of them with equal content (1 when there are none); a and g what the last command printed. Each part is rounded to two digits. As in
 * the published code (`intercode/envs/bash/bash_env.py`), contents of files that were there before are not compared in the second part: `exact`
 * compares them.
 */

import { createHash } from 'node:crypto';
import type { ChangedFile } from '../../run/mod.ts';
import type { RewardParts } from './types.ts';

const share = 0.33;

export interface BashState {
  /** Changed files of the work directory. */
  readonly files: readonly ChangedFile[];
  /** What the last command printed, both streams in order. */
  readonly output: string;
}

/** @param before paths of the files that the work directory held at the start */
export function bashReward(
  agent: BashState,
  gold: BashState,
  before: ReadonlySet<string>,
): RewardParts & { readonly reward: number } {
  const [a, g] = [statusOf(agent.files, before), statusOf(gold.files, before)];
  const differing = [...new Set([...a.keys(), ...g.keys()])].filter((key) => !a.has(key) || !g.has(key)).length;
  const fileDiff = round2(share * (1 - erf(differing)));
  const common = [...a].filter(([key]) => key.startsWith('?? ') && g.has(key));
  const right = common.filter(([key, content]) => g.get(key) === content).length;
  const fileChanges = common.length === 0 ? share : round2(share * (right / common.length));
  const answer = round2(share * similarity(agent.output, gold.output));
  const isEqual = a.size === g.size && [...a].every(([key, content]) => g.get(key) === content);
  return {
    // Two digits each, so the sum has no more.
    reward: round2(0.01 + fileDiff + fileChanges + answer),
    parts: { fileDiff, fileChanges, answerSimilarity: answer },
    exact: isEqual && agent.output === gold.output,
  };
}

/** Changes as `git status --short` lists them, each with what its content is: a directory of new files only is one entry. */
function statusOf(files: readonly ChangedFile[], before: ReadonlySet<string>): Map<string, string> {
  const directories = new Set<string>();
  for (const path of before)
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) directories.add(path.slice(0, at));
  const contents = new Map<string, string[]>();
  const sorted = [...files].sort((x, y) => (x.path < y.path ? -1 : 1));
  for (const file of sorted) {
    const isNew = file.change === 'added' || (file.change !== 'removed' && !before.has(file.path));
    const key = isNew
      ? `?? ${topmostNew(file.path, directories)}`
      : `${file.change === 'removed' ? 'D' : 'M'} ${file.path}`;
    contents.set(key, [...(contents.get(key) ?? []), `${file.path} ${contentOf(file)}`]);
  }
  return new Map([...contents].map(([key, parts]) => [key, parts.join('\n')]));
}

function topmostNew(path: string, directories: ReadonlySet<string>): string {
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1))
    if (!directories.has(path.slice(0, at))) return `${path.slice(0, at)}/`;
  return path;
}

function contentOf(file: ChangedFile): string {
  switch (file.change) {
    case 'added':
    case 'modified':
      return createHash('sha256').update(file.bytes).digest('hex');
    case 'symlink':
      return `-> ${file.target}`;
    case 'removed':
      return 'removed';
    case 'left-out':
      return `left out: ${file.reason}`;
  }
}

/**
 * Cosine of TF-IDF vectors of two texts, as scikit-learn's `TfidfVectorizer` makes them by default: words of two letters or more in lower
 * case, idf = ln(3 / (1 + df)) + 1 for two documents, length 1. Texts without any such word are equal or not.
 *
 * @returns [0, 1]
 */
export function similarity(one: string, other: string): number {
  const [a, b] = [countWords(one), countWords(other)];
  if (a.size === 0 && b.size === 0) return one === other ? 1 : 0;
  let dot = 0;
  const lengths = [0, 0];
  for (const word of new Set([...a.keys(), ...b.keys()])) {
    const counts = [a.get(word) ?? 0, b.get(word) ?? 0] as const;
    const idf = Math.log(3 / (1 + (counts[0] > 0 ? 1 : 0) + (counts[1] > 0 ? 1 : 0))) + 1;
    dot += counts[0] * counts[1] * idf * idf;
    for (const side of [0, 1] as const) lengths[side] = (lengths[side] ?? 0) + (counts[side] * idf) ** 2;
  }
  const product = Math.sqrt((lengths[0] ?? 0) * (lengths[1] ?? 0));
  return product === 0 ? 0 : Math.min(1, dot / product);
}

function countWords(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}_]{2,}/gu))
    counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** The error function of a whole number ≥ 0, to 1e-7: Abramowitz and Stegun 7.1.26. */
export function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * x);
  const poly = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return 1 - poly * Math.exp(-x * x);
}

/** To two digits as Python's `round` does: what lies exactly between goes to the even one. */
export function round2(value: number): number {
  // Only odd eighths lie exactly between, in binary.
  if (Number.isInteger(value * 8) && (value * 8) % 2 !== 0) {
    const below = Math.floor(value * 100);
    return (below % 2 === 0 ? below : below + 1) / 100;
  }
  return Number(value.toFixed(2));
}
