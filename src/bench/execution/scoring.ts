/**
 * Predictions against answers.
 *
 * A prediction is text of somebody's model. It is read as a literal, or as a word of a few, and compared; only a predicted input is run, in the
 * sandbox, as literals written anew. What cannot be read is wrong and is counted. Rightness has three strengths, told apart because a model that
 * stands in for execution (SURGE, Lyu et al. 2025) may be nearly right: see `Strength`. A printed text has no literal: `equal` leaves white space at the ends of
 * lines and of the text out, `lenient` case and all white space, and numbers in it need only agree in six digits.
 */
import { keyOf, plainText, readLiteral, type Strength, strengths } from './literal.ts';
import { notExecuted, type Question } from './questions.ts';

export interface Score {
  readonly readable: boolean;
  /** Right at each strength; a stronger one implies the weaker. */
  readonly right: Readonly<Record<Strength, boolean>>;
}

export const wrong: Score = { readable: true, right: { exact: false, equal: false, lenient: false } };
export const unreadable: Score = { ...wrong, readable: false };
export const scoreOf = (right: boolean, readable = true): Score => ({
  readable,
  right: { exact: right, equal: right, lenient: right },
});

/** For all kinds but `input`, which must be run. */
export function scorePrediction({ kind, answers, came }: Question, prediction: string): Score {
  const given = prediction.trim();
  const scores = answers.map((answer) => {
    if (kind === 'coverage') return scoreWord(answer, yesOrNo(given));
    if (kind === 'path') return scoreWord(answer, placeIn(given));
    if (kind === 'state') return scoreState(answer, given);
    if (came === 'raised') return scoreWord(answer, raisedIn(given));
    return came === 'printed' ? scorePrinted(answer, prediction) : scoreValue(answer, given);
  });
  return scores.reduce((best, score) => {
    const right = Object.fromEntries(
      strengths.map((strength) => [strength, best.right[strength] || score.right[strength]]),
    ) as Record<Strength, boolean>;
    return { readable: best.readable || score.readable, right };
  }, unreadable);
}

const scoreWord = (answer: string, word: string | null): Score => scoreOf(word === answer, word !== null);

function yesOrNo(given: string): string | null {
  if (/^(yes|true|executed|1)\.?$/i.test(given)) return 'yes';
  return /^(no|false|not executed|0)\.?$/i.test(given) ? 'no' : null;
}

/** REval writes -1 for the end. */
function placeIn(given: string): string | null {
  const number = /^(?:line\s+)?(-1|\d+)\.?$/i.exec(given)?.[1];
  if (number !== undefined) return number === '-1' ? 'end' : String(Number(number));
  const word = given.toLowerCase().replace(/\.$/, '');
  return word === 'end' || word === 'exception' || word === notExecuted ? word : null;
}

const raisedIn = (given: string): string | null => {
  const type = /^(?:raises?\s+)?([A-Za-z_][\w.]*)(?:\(.*\)|:.*)?$/s.exec(given)?.[1];
  return type === undefined ? null : `raises ${type}`;
};

function scoreState(answer: string, given: string): Score {
  if (answer === notExecuted || given.toLowerCase() === notExecuted) return scoreOf(answer === given.toLowerCase());
  const [, type = '', value = ''] = /^([^;]*);([\s\S]*)$/.exec(given) ?? [];
  if (type === '') return unreadable;
  const [, own = '', held = ''] = /^([^;]*);([\s\S]*)$/.exec(answer) ?? [];
  const named = /^<class '(.*)'>$/.exec(type.trim())?.[1] ?? type.trim();
  const score = scoreValue(held.trim(), value.trim());
  return named.split('.').at(-1) === own ? score : { ...wrong, readable: score.readable };
}

function scoreValue(answer: string, given: string): Score {
  const [own, other] = [readLiteral(answer), readLiteral(given)];
  // A class of the program's has a text of its own, and nothing but that text is right.
  if (own === null) return scoreText(answer, given, answer === given);
  if (other === null) return unreadable;
  const right = (strength: Strength): boolean => keyOf(own, strength) === keyOf(other, strength);
  const exact = right('exact');
  const equal = exact || right('equal');
  return { readable: true, right: { exact, equal, lenient: equal || right('lenient') } };
}

const scoreText = (answer: string, given: string, equal: boolean): Score => {
  const lenient = equal || looseText(answer) === looseText(given);
  return { readable: true, right: { exact: answer === given, equal, lenient } };
};

function scorePrinted(answer: string, given: string): Score {
  const lines = (text: string): string =>
    text
      .replaceAll('\r\n', '\n')
      .replace(/[ \t]+$/gm, '')
      .trim();
  return scoreText(answer, given, lines(answer) === lines(given));
}

const looseText = (text: string): string =>
  plainText(text).replace(/[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g, (number) =>
    String(Number(Number(number).toPrecision(6))),
  );

/**
 * REval's incremental consistency of one place: the four in order, and what is right after the first wrong one counts nothing. All four are worth 1, the
 * first three ½, two ¼, one ⅛ (Chen et al., arXiv:2403.16437); right answers after a wrong one make the place inconsistent, worth 0.
 *
 * @param right in the order of `consistencyTasks`
 */
export function incrementalConsistency(right: readonly boolean[]): number {
  const first = right.indexOf(false);
  const until = first < 0 ? right.length : first;
  if (until === 0 || right.slice(until).some((one) => one)) return 0;
  return 2 ** (until - right.length);
}
