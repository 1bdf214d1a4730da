/**
 * A question about code, written out as code: what a model takes for an answer has the words that the answer in the repository has, where the question has a person's.
 *
 * Generation-augmented retrieval (as in ReCo, Li et al. 2024, arXiv:2401.04514, §3): the model writes an example in a plain common style, and the example's names are searched together with the question. Only names are
 * taken of it, letters and digits, so that nothing a model says becomes a filter or a phrase of a query. The question, which may be a stranger's issue, is data in the prompt. Asked at temperature 0, so the layer of
 * models keeps the reply by content.
 *
 * Of the code of the repository only the first hits are written anew, where that is asked for: a call for each, kept by content as well. Then both sides are in one style, and are compared by the words of their names.
 */
import { WinnowError } from '../base/mod.ts';
import { wordTerms } from '../code/mod.ts';
import type { Model } from '../model/mod.ts';
import { blocksOf } from './pieces/extract.ts';
import { conversation, data, say } from './pieces/prompts.ts';

export interface Rewritten {
  /** The example; empty where there is none. */
  readonly code: string;
  /** Names of the example that the question has not, in their order; empty where `reason` says why. */
  readonly words: readonly string[];
  readonly from: 'provider' | 'cache' | 'recording' | null;
  /** US dollars; null: no price, or nothing came. */
  readonly costUsd: number | null;
  /** Why the question stands as it is; null: it was rewritten. */
  readonly reason: string | null;
}

export type Asked = 'question' | 'issue';

/** Names that go along: more would outweigh the question. Ours. */
const mostWords = 16;
/** Of a question or an issue, characters. */
const mostText = 8_000;
/** Tokens of an example. */
const mostTokens = 400;

/** What ends the asking and not the search. */
const passing: readonly string[] = ['model-unavailable', 'model-reply-invalid', 'over-budget'];

const wanted: Readonly<Record<Asked, string>> = {
  question:
    'Somebody looks for code with this question. Write the code that would answer it: one short function in plain, common style, with the names that programmers usually give to such things, in the language that the question names, else in Python. One block, nothing else.',
  issue:
    'This is an issue of a project. Write, as you would expect it in the project, the function that has to be changed for it: short, in plain, common style, with the names that programmers usually give to such things, in the language of the issue, else in Python. One block, nothing else.',
};

/** @throws WinnowError `cancelled`, `no-recorded-reply`, and others that are no passing failure of the model's */
export async function rewriteQuestion(
  model: Model,
  text: string,
  kind: Asked,
  signal: AbortSignal,
): Promise<Rewritten> {
  const messages = conversation('You know how programs are written.', [
    say(wanted[kind]),
    data(kind, text.slice(0, mostText)),
  ]);
  try {
    const answer = await model.ask({ messages, sampling: { temperature: 0, maxTokens: mostTokens } }, { signal });
    const code = blocksOf(answer.replies[0]?.text ?? '')
      .map((block) => block.text)
      .join('\n');
    const words = namesOf(code, text);
    const reason =
      code.trim() === ''
        ? 'the model gave no code'
        : words.length === 0
          ? 'the model’s code has no name that the question has not'
          : null;
    return { code, words, from: answer.from, costUsd: answer.cost, reason };
  } catch (cause) {
    if (!(cause instanceof WinnowError) || !passing.includes(cause.code)) throw cause;
    return { code: '', words: [], from: null, costUsd: null, reason: `${cause.code}: ${cause.message}` };
  }
}

/** A piece of a repository, to be written anew. */
export interface CodePiece {
  readonly language: string;
  readonly text: string;
}

/** @returns the piece in plain, common style, or why there is none. @throws as `rewriteQuestion` */
export async function rewriteCode(
  model: Model,
  { language, text }: CodePiece,
  signal: AbortSignal,
): Promise<{ readonly code: string; readonly costUsd: number | null; readonly reason: string | null }> {
  const messages = conversation('You know how programs are written.', [
    say(
      'Write this code anew, as code that does the same in plain, common style, with the names that programmers usually give to such things, without comments. Leave out what is not needed to see what it does. One block, nothing else.',
    ),
    data('code', text.slice(0, mostText), language),
  ]);
  try {
    const answer = await model.ask({ messages, sampling: { temperature: 0, maxTokens: mostTokens } }, { signal });
    const blocks = blocksOf(answer.replies[0]?.text ?? '');
    const code = blocks.map((block) => block.text).join('\n');
    return { code, costUsd: answer.cost, reason: code.trim() === '' ? 'the model gave no code' : null };
  } catch (cause) {
    if (!(cause instanceof WinnowError) || !passing.includes(cause.code)) throw cause;
    return { code: '', costUsd: null, reason: `${cause.code}: ${cause.message}` };
  }
}

/** Cosine between the words of names in two pieces of code, each counted once: in [0, 1]. */
export function alike(one: string, other: string): number {
  const [a, b] = [wordsIn(one), wordsIn(other)];
  const shared = [...a].filter((word) => b.has(word)).length;
  return shared === 0 ? 0 : shared / Math.sqrt(a.size * b.size);
}

const wordsIn = (code: string): ReadonlySet<string> =>
  new Set(
    [...code.matchAll(/[A-Za-z_]\w*/g)].flatMap(([name]) => (common.has(name.toLowerCase()) ? [] : wordTerms(name))),
  );

/** Cormack, Clarke and Büttcher 2009: what reciprocal ranks are damped by. */
const damping = 60;

/**
 * The order of hits by two rankings, the search's and that of likeness: reciprocal rank fusion (Cormack, Clarke and Büttcher 2009).
 *
 * @param likeness of each hit, in the order of the search; null: not known, so that its place is that of the search
 * @returns places in the order of the search, in the new one
 */
export function fusedOrder(likeness: readonly (number | null)[]): readonly number[] {
  const places = [...likeness.keys()];
  const byLikeness = places.filter((at) => likeness[at] !== null);
  byLikeness.sort((a, b) => (likeness[b] as number) - (likeness[a] as number) || a - b);
  const open = places.filter((at) => likeness[at] !== null);
  // Who is not known keeps its place; the others share theirs out.
  const rank = new Map(byLikeness.map((at, order) => [at, open[order] as number]));
  const score = (at: number): number => 1 / (damping + at) + 1 / (damping + (rank.get(at) ?? at));
  return places.sort((a, b) => score(b) - score(a) || (rank.get(a) ?? a) - (rank.get(b) ?? b));
}

/** Names in code that a text has not, without what all programs have. */
export function namesOf(code: string, text: string): readonly string[] {
  const known = new Set([...text.matchAll(/[A-Za-z_]\w*/g)].map(([name]) => name.toLowerCase()));
  // What stands in a comment is said to a reader, and not to a machine.
  const bare = code.replace(/(#|\/\/).*$/gm, '');
  const names = [...bare.matchAll(/[A-Za-z_]\w*/g)].map(([name]) => name);
  const fresh = names.filter(
    (name) => name.length > 2 && !common.has(name.toLowerCase()) && !known.has(name.toLowerCase()),
  );
  return [...new Map(fresh.map((name) => [name.toLowerCase(), name])).values()].slice(0, mostWords);
}

/** Words of the languages themselves, and of comments. */
const common = new Set(
  `and any are args array async await bool boolean break case catch char class const continue data def default del dict double elif else end enum
  except export extends false final finally float fmt for from func function get global has http https if impl implements import in include input int
  interface into is item items it its join key len let list long main map match module mut namespace new nil none not null number object of or
  output package pass print private protected public raise range ref require result return returns self set static str string struct super switch
  text that the then this throw throws to true try type typeof undefined union use using val value values var void when where while with yield`.split(
    /\s+/,
  ),
);
