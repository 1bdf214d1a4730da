/**
 * ConAIR: the test that would tell most is put to a person, and the answer changes what is believed of programs.
 *
 * A question is a test: is what it expects true? Its worth is the entropy of belief over clusters that its answer takes away on average, H(p) − E[H(p | answer)]. A person may err, so an answer leaves
 * some chance to what it speaks against. What all clusters agree on is not asked, though it would tell whether any is right: the choice would be the same. Dong et al. 2024 (ConAIR), arXiv:2411.15587; there tests are ranked by how evenly they split programs, which is the same where all programs are as likely and nobody
 * errs. Here the prior is the calibrated posterior (`posterior/`).
 */
import { passes } from './agreement.ts';
import { beliefOf, type PosteriorWeights } from './posterior/posterior.ts';
import { rankingOf } from './ranking.ts';
import type { Matrix, Ranking } from './types.ts';

/** The chance that an answer is wrong. */
const error = 0.02;
/** The chance that a test is true where no program is right: of CodeT's released tests by CodeGen-16B a third are. */
const trueAnyway = 1 / 3;
/** Questions that are worth less, bits, are not asked. */
const leastBits = 0.02;

export interface AskingOptions {
  /** Questions at the most. */
  readonly most: number;
  /** Nothing is asked once a cluster is this likely, [0, 1]. */
  readonly sure: number;
  readonly weights?: PosteriorWeights;
  /** Columns that are put before all others, in this order, also where they tell little: those whose answers are known. */
  readonly first?: readonly number[];
  /** Whether what a test expects is true; null: cannot say. */
  readonly answer: (question: Question) => Promise<boolean | null>;
}

export interface Question {
  readonly column: number;
  readonly source: string;
  /** Expected reduction of entropy, bits. */
  readonly bits: number;
  /** That it is true, as believed before asking. */
  readonly chance: number;
}

export interface Asked {
  readonly questions: readonly (Question & { readonly answer: boolean | null })[];
  readonly ranking: Ranking;
  /** Of the first group, [0, 1]. */
  readonly chance: number;
  readonly none: number;
}

interface State {
  readonly clusters: readonly { readonly rows: readonly number[]; readonly chance: number }[];
  readonly none: number;
}

/** @throws what `answer` throws */
export async function ask(matrix: Matrix, options: AskingOptions): Promise<Asked> {
  let state: State = beliefOf(matrix, options.weights);
  const questions: (Question & { answer: boolean | null })[] = [];
  const open = new Set(
    [...matrix.columns.keys()].filter((column) => ['outside', 'inside'].includes(matrix.columns[column]?.way ?? '')),
  );
  const put = async (question: Question): Promise<void> => {
    open.delete(question.column);
    const answer = await options.answer(question);
    questions.push({ ...question, answer });
    if (answer !== null) state = told(matrix, state, question.column, answer);
  };
  for (const column of options.first ?? []) if (open.has(column)) await put(questionOf(matrix, state, column));
  while (questions.length < options.most && chanceOf(state) < options.sure) {
    const best = bestQuestion(matrix, state, open);
    if (best === null) break;
    await put(best);
  }
  const ranking = rankingOf(state.clusters.map(({ rows, chance }) => ({ rows, score: chance })));
  return { questions, ranking, chance: chanceOf(state), none: state.none };
}

const chanceOf = ({ clusters }: State): number => Math.max(0, ...clusters.map(({ chance }) => chance));

function bestQuestion(matrix: Matrix, state: State, open: ReadonlySet<number>): Question | null {
  let best: Question | null = null;
  for (const column of open) {
    if (!tellsClustersApart(matrix, state, column)) continue;
    const question = questionOf(matrix, state, column);
    if (question.bits >= leastBits && question.bits > (best?.bits ?? 0)) best = question;
  }
  return best;
}

function tellsClustersApart(matrix: Matrix, { clusters }: State, column: number): boolean {
  const passed = clusters.filter(({ rows }) => passes(matrix, rows[0] as number, column)).length;
  return passed > 0 && passed < clusters.length;
}

function questionOf(matrix: Matrix, state: State, column: number): Question {
  const chance = chanceOfYes(matrix, state, column);
  const bits =
    entropy(state) -
    chance * entropy(told(matrix, state, column, true)) -
    (1 - chance) * entropy(told(matrix, state, column, false));
  return { column, source: matrix.columns[column]?.source ?? '', bits, chance };
}

/** That the person says yes to a test if this cluster is right; null: if none is. */
function yesIf(matrix: Matrix, rows: readonly number[] | null, column: number): number {
  if (rows === null) return trueAnyway;
  return passes(matrix, rows[0] as number, column) ? 1 - error : error;
}

const chanceOfYes = (matrix: Matrix, { clusters, none }: State, column: number): number =>
  clusters.reduce((sum, { rows, chance }) => sum + chance * yesIf(matrix, rows, column), none * trueAnyway);

function told(matrix: Matrix, { clusters, none }: State, column: number, answer: boolean): State {
  const likely = (rows: readonly number[] | null): number => {
    const yes = yesIf(matrix, rows, column);
    return answer ? yes : 1 - yes;
  };
  const parts = clusters.map(({ rows, chance }) => chance * likely(rows));
  const rest = none * likely(null);
  const sum = parts.reduce((total, part) => total + part, rest);
  return { clusters: clusters.map(({ rows }, i) => ({ rows, chance: (parts[i] as number) / sum })), none: rest / sum };
}

/** Bits. */
const entropy = ({ clusters, none }: State): number =>
  [...clusters.map(({ chance }) => chance), none].reduce(
    (sum, chance) => sum - (chance > 0 ? chance * Math.log2(chance) : 0),
    0,
  );
