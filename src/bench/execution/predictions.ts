/**
 * Scores a file of predictions: `{"id", "prediction"}` or `{"id", "predictions": […]}` on each line, of any model.
 *
 * Several predictions of one question count by their mean, which is pass@1. A question without a prediction is wrong, and counted. Intervals resample
 * programs and not questions, because questions about one program are right and wrong together.
 */

import { type Estimate, estimate } from '../interval.ts';
import { type BenchProgress, stopIfCancelled } from '../progress.ts';
import { readObjects, shown, wrongRow } from '../tablerows.ts';
import { isPlain, keyOf, literalText, readArguments, readLiteral, type Strength, strengths } from './literal.ts';
import type { Program } from './programs.ts';
import { consistencyTasks, type Question } from './questions.ts';
import { incrementalConsistency, type Score, scoreOf, scorePrediction, unreadable, wrong } from './scoring.ts';
import { type RunHow, ranWith } from './traced.ts';

export interface KindScore {
  readonly questions: number;
  /** Without any prediction. */
  readonly unanswered: number;
  /** Predictions that could not be read. */
  readonly unreadable: number;
  readonly right: Readonly<Record<Strength, Estimate>>;
}

export interface Scored {
  /** By kind, of questions that stand alone. */
  readonly kinds: Readonly<Record<string, KindScore>>;
  readonly consistency: {
    readonly places: number;
    /** Of the four tasks of each place, at the strength `equal`. */
    readonly tasks: Readonly<Record<(typeof consistencyTasks)[number], Estimate>>;
    readonly incremental: Estimate;
  } | null;
  /** Outputs by how the run ended: what stands for execution must know exceptions and printed text, too. */
  readonly surrogate: Readonly<Record<string, KindScore>>;
  /** Predictions whose id is none of the questions'. */
  readonly unknown: number;
  /** Predicted inputs that were run. */
  readonly ran: number;
}

/** @throws WinnowError `bad-data` naming file and line, `path-not-found`, `path-unreadable` */
export async function readPredictions(path: string): Promise<Map<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for await (const { row, line } of readObjects(path)) {
    const { id, prediction, predictions } = row;
    const all = predictions ?? [prediction];
    if (typeof id !== 'string' || !Array.isArray(all) || all.length === 0 || all.some((one) => typeof one !== 'string'))
      throw wrongRow(path, line, '{"id": question, "prediction": text}', shown(row));
    if (found.has(id)) throw wrongRow(path, line, 'one line for each question', `${shown(id)} again`);
    found.set(id, all as string[]);
  }
  return found;
}

interface Judged {
  readonly question: Question;
  readonly scores: readonly Score[];
}

/** @throws WinnowError as `Runner.run` does, and `cancelled` */
export async function scorePredictions(
  questions: readonly Question[],
  programs: readonly Program[],
  predictions: ReadonlyMap<string, readonly string[]>,
  {
    how,
    seed,
    parallelism,
    onProgress,
  }: {
    readonly how: RunHow;
    readonly seed: number;
    readonly parallelism: number;
    readonly onProgress: ((step: BenchProgress) => void) | undefined;
  },
): Promise<Scored> {
  const byId = new Map(programs.map((program) => [program.id, program]));
  const judged: Judged[] = [];
  let [next, done, ran] = [0, 0, 0];
  const worker = async (): Promise<void> => {
    for (let at = next++; at < questions.length; at = next++) {
      const question = questions[at] as Question;
      const scores: Score[] = [];
      for (const prediction of predictions.get(question.id) ?? []) {
        if (question.kind !== 'input') scores.push(scorePrediction(question, prediction));
        else {
          stopIfCancelled(how.signal);
          ran++;
          scores.push(await scoreInput(question, byId.get(question.program) as Program, prediction, how));
        }
      }
      judged[at] = { question, scores };
      onProgress?.({ label: 'scoring', done: ++done, total: questions.length });
    }
  };
  await Promise.all(Array.from({ length: parallelism }, worker));
  const known = new Set(questions.map(({ id }) => id));
  const alone = judged.filter(({ question }) => question.group === null);
  const outputs = alone.filter(({ question: { kind } }) => kind === 'output');
  const inGroups = judged.filter(({ question }) => question.group !== null);
  return {
    kinds: grouped(alone, ({ kind }) => kind, seed),
    consistency: inGroups.length === 0 ? null : consistencyOf(inGroups, seed),
    surrogate: grouped(outputs, ({ came }) => came, seed),
    unknown: [...predictions.keys()].filter((id) => !known.has(id)).length,
    ran,
  };
}

/** Right is what gives the asked output, whatever the known input is. The arguments are read, and written anew, and nothing of the prediction's text runs. */
async function scoreInput(question: Question, program: Program, prediction: string, how: RunHow): Promise<Score> {
  const given = readArguments(prediction.trim(), program.entry as string);
  if (given === null || !given.every(({ value }) => isPlain(value))) return unreadable;
  const source = given.map(({ name, value }) => `${name === null ? '' : `${name}=`}${literalText(value)}`).join(', ');
  const wanted = wantedOutput(question);
  const ran = await ranWith(program, { kind: 'call', source }, how);
  if ('reason' in ran || ran.came.kind !== 'value' || ran.came.literal === null || wanted === null) return wrong;
  return scoreOf(keyOf(ran.came.literal, 'equal') === wanted);
}

const wantedOutput = ({ output }: Question): string | null => {
  const literal = output === null ? null : readLiteral(output);
  return literal === null ? null : keyOf(literal, 'equal');
};

function grouped(
  judged: readonly Judged[],
  by: (question: Question) => string,
  seed: number,
): Record<string, KindScore> {
  const groups = Map.groupBy(judged, ({ question }) => by(question));
  return Object.fromEntries(
    [...groups].map(([kind, all]) => {
      const right = Object.fromEntries(
        strengths.map((strength) => [strength, byProgram(all, ({ scores }) => share(scores, strength), seed)]),
      ) as Record<Strength, Estimate>;
      return [
        kind,
        {
          questions: all.length,
          unanswered: all.filter(({ scores }) => scores.length === 0).length,
          unreadable: all.flatMap(({ scores }) => scores).filter(({ readable }) => !readable).length,
          right,
        },
      ];
    }),
  );
}

const share = (scores: readonly Score[], strength: Strength): number =>
  scores.length === 0 ? 0 : scores.filter(({ right }) => right[strength]).length / scores.length;

function consistencyOf(judged: readonly Judged[], seed: number): Scored['consistency'] {
  const places = [...Map.groupBy(judged, ({ question }) => question.group).values()].filter(
    (all) => all.length === consistencyTasks.length,
  );
  const tasks = Object.fromEntries(
    consistencyTasks.map((task) => [
      task,
      byProgram(
        judged.filter(({ question: { kind } }) => kind === task),
        ({ scores }) => share(scores, 'equal'),
        seed,
      ),
    ]),
  ) as NonNullable<Scored['consistency']>['tasks'];
  // With several predictions of a question, the first of each belong together, and so on.
  const worth = (all: readonly Judged[]): number => {
    const samples = Math.max(1, ...all.map(({ scores }) => scores.length));
    let sum = 0;
    for (let at = 0; at < samples; at++)
      sum += incrementalConsistency(
        consistencyTasks.map(
          (task) => all.find(({ question }) => question.kind === task)?.scores[at]?.right.equal ?? false,
        ),
      );
    return sum / samples;
  };
  const values = places.map((all) => ({ program: (all[0] as Judged).question.program, value: worth(all) }));
  return { places: places.length, tasks, incremental: clustered(values, seed) };
}

const byProgram = (judged: readonly Judged[], value: (one: Judged) => number, seed: number): Estimate =>
  clustered(
    judged.map((one) => ({ program: one.question.program, value: value(one) })),
    seed,
  );

/** The mean over all values, its interval from programs drawn with replacement; `n` counts values. */
function clustered(values: readonly { readonly program: string; readonly value: number }[], seed: number): Estimate {
  const clusters = [...Map.groupBy(values, ({ program }) => program).values()].map((all) => ({
    sum: all.reduce((sum, { value }) => sum + value, 0),
    n: all.length,
  }));
  const mean = (drawn: Float64Array): number => {
    let [sum, n] = [0, 0];
    for (const at of drawn) {
      sum += clusters[at]?.sum ?? 0;
      n += clusters[at]?.n ?? 0;
    }
    return sum / n;
  };
  const numbers = Float64Array.from(clusters, (_, at) => at);
  return { ...estimate(numbers, mean, { seed }), n: values.length };
}
