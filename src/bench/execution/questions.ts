/**
 * Questions about runs, with answers out of their traces.
 *
 * Kinds, after CRUXEval (Gu et al. 2024), REval (Chen et al. 2025) and CodeMind (Liu et al. 2024): `output`: what comes out; `input`: an input for
 * which that comes out; `coverage`: does this line run; `state`: type and value of a variable after a line; `path`: which line is next;
 * `specification`: the output from signature, documentation and an example, without the code. `consistency` asks coverage, state, path and output of one
 * place. A line that runs often is asked of one of its executions, by number; for consistency an answer is right if it is right of any.
 *
 * Answers come from what was recorded and never from reading the code: nothing is asked where the trace does not know.
 */
import type { Random } from '../../base/mod.ts';
import type { Trace, TraceCode } from '../../run/mod.ts';
import { isPlain, literalText, readArguments } from './literal.ts';
import { literalOf, typeOf } from './lookup.ts';
import { eachMoment, runnableLines } from './points.ts';
import type { Program, Start } from './programs.ts';
import { type Came, codeFile, type Ran } from './traced.ts';

export const questionKinds = ['output', 'input', 'coverage', 'state', 'path', 'specification', 'consistency'] as const;
export type QuestionKind = (typeof questionKinds)[number];
/** In the order of REval's incremental consistency. */
export const consistencyTasks = ['coverage', 'state', 'path', 'output'] as const;

export interface Question {
  /** Says what is asked: equal for the same question, whatever the seed. */
  readonly id: string;
  readonly program: string;
  /** Which of the program's inputs, from 0. */
  readonly run: number;
  readonly kind: Exclude<QuestionKind, 'consistency'>;
  /** Equal for the four questions of one place; null for a question that stands alone. */
  readonly group: string | null;
  /** Empty for `specification`. */
  readonly code: string;
  /** What is run, as a person writes it; empty for a program that runs by itself. */
  readonly call: string;
  readonly question: string;
  readonly line: number | null;
  readonly variable: string | null;
  /** Any of them is right. For `input`, one that is known; others are found right by running them. */
  readonly answers: readonly string[];
  /** How the run ended: what a prediction of the output is compared as. */
  readonly came: Came['kind'];
  /** What came out, which a predicted input must give; null for questions of other kinds. */
  readonly output: string | null;
}

export interface Run {
  readonly program: Program;
  readonly run: number;
  readonly start: Start;
  readonly trace: Trace;
  readonly ran: Ran;
}

/** One time that a line ran, and variables that it changed then or before. */
interface Point {
  readonly line: number;
  /** From 1. */
  readonly time: number;
  readonly next: string;
  readonly states: readonly { readonly variable: string; readonly text: string }[];
}

/** A longer value is no question for a reader: CRUXEval's longest output has some 200 characters. */
const mostCharacters = 300;
/** Executions of lines that are looked at in a run. */
const mostPoints = 20_000;

export const notExecuted = 'not executed';

/**
 * @param count questions of each kind at most; of the run as a whole (`output`, `input`) there is one
 * @param example another run of the same program, for `specification`
 */
export function questionsOf(
  run: Run,
  kinds: readonly QuestionKind[],
  count: number,
  random: Random,
  example: Run | null,
): Question[] {
  const { trace, program } = run;
  const { gaps } = trace;
  const found: Question[] = [];
  const wants = (kind: QuestionKind): boolean => kinds.includes(kind);
  if (wants('output')) found.push(...outputOf(run, null, ''));
  if (wants('input')) found.push(...inputOf(run));
  if (wants('specification')) found.push(...specificationOf(run, example));
  if (gaps.cut || gaps.unreadable > 0) return found;
  const lines = runnableLines(trace, codeFile, program.entry !== null);
  if (wants('coverage'))
    for (const line of balanced(lines, count, random)) found.push(coverageOf(run, line, lines, null));
  if (gaps.skippedLines > 0 || gaps.droppedEvents > 0) return found;
  const points = pointsOf(run, lines);
  if (wants('state'))
    found.push(
      ...drawn(
        points,
        count,
        random,
        ({ states }) => states.length > 0,
        (point) => stateOf(run, point, random),
      ),
    );
  if (wants('path'))
    found.push(
      ...drawn(
        points,
        count,
        random,
        () => true,
        (point) => [pathOf(run, point)],
      ),
    );
  // Of any time is of all times.
  if (wants('consistency') && points.length < mostPoints)
    found.push(...consistencyOf(run, lines, points, count, random));
  return found;
}

function pointsOf({ trace, program }: Run, lines: ReadonlyMap<number, number>): Point[] {
  const points: Point[] = [];
  const times = new Map<number, number>();
  const changes = new Map<number, Set<string>>();
  const source = program.code.split('\n');
  eachMoment(
    trace,
    (code) => hasOwnLines(trace.codes[code]),
    source,
    ({ line, next, changed, frame, states }) => {
      if (!lines.has(line) || points.length >= mostPoints) return;
      const time = (times.get(line) ?? 0) + 1;
      times.set(line, time);
      if (next === null) return;
      const names = changes.get(line) ?? new Set();
      changes.set(line, names);
      for (const name of changed) names.add(name);
      const told = [...names].flatMap((variable) => {
        const value = frame.variables.get(variable);
        const literal = value === undefined ? null : literalOf(value, states.objects);
        const type = value === undefined ? null : typeOf(value, states.objects);
        if (literal === null || type === null) return [];
        const text = `${type}; ${literalText(literal)}`;
        return text.length > mostCharacters ? [] : [{ variable, text }];
      });
      points.push({ line, time, next: next > 0 ? String(next) : next === 0 ? 'end' : 'exception', states: told });
    },
  );
  return points;
}

/** What stands inside of a line runs in frames of its own, and would be counted as the line once more. */
const hasOwnLines = (code: TraceCode | undefined): boolean =>
  code !== undefined && code.file === codeFile && code.kind !== 'part' && code.name.split('.').at(-1) !== '<lambda>';

/** Lines that ran and lines that did not, as many of each as there are. */
function balanced(lines: ReadonlyMap<number, number>, count: number, random: Random): number[] {
  const all = random.shuffle([...lines]);
  const ran = all.filter(([, times]) => times > 0);
  const not = all.filter(([, times]) => times === 0);
  const found: number[] = [];
  const starts = random.int(2);
  while (found.length < count && ran.length + not.length > 0) {
    const [first, second] = (found.length + starts) % 2 === 0 ? [ran, not] : [not, ran];
    found.push((first.pop() ?? second.pop())?.[0] as number);
  }
  return found;
}

/** Lines are drawn first and then one of their executions, so that a loop does not fill the questions. */
function drawn(
  points: readonly Point[],
  count: number,
  random: Random,
  fits: (point: Point) => boolean,
  make: (point: Point) => readonly Question[],
): Question[] {
  const byLine = Map.groupBy(points.filter(fits), ({ line }) => line);
  return random
    .shuffle([...byLine.values()])
    .slice(0, count)
    .flatMap((all) => make(all[random.int(all.length)] as Point));
}

const callOf = ({ program, start }: Run): string =>
  start.kind === 'call' ? `${program.entry}(${start.source})` : start.kind === 'after' ? start.shown.trim() : '';

function question(
  run: Run,
  kind: Question['kind'],
  part: string,
  rest: Partial<Question> & Pick<Question, 'question' | 'answers'>,
): Question {
  const { program, ran } = run;
  const group = rest.group ?? null;
  return {
    id: `${program.id}#${run.run}/${group === null ? '' : 'consistency/'}${kind}${part}`,
    program: program.id,
    run: run.run,
    kind,
    code: program.code,
    call: callOf(run),
    line: null,
    variable: null,
    came: ran.came.kind,
    output: null,
    ...rest,
    group,
  };
}

const told = (came: Came): string => (came.kind === 'raised' ? `raises ${came.type}` : came.text);

function outputOf(run: Run, group: string | null, part: string): Question[] {
  const { came } = run.ran;
  if (run.start.kind === 'after' && came.kind === 'value') return [];
  const asks =
    run.start.kind === 'whole'
      ? 'What does this program print? If it ends by an exception, say `raises` and its type.'
      : `What does \`${callOf(run)}\` return, as a Python literal? If it raises an exception, say \`raises\` and its type.`;
  return [question(run, 'output', part, { group, question: asks, answers: [told(came)] })];
}

function inputOf(run: Run): Question[] {
  const { came } = run.ran;
  const { start, program } = run;
  if (start.kind !== 'call' || came.kind !== 'value' || came.literal === null || !isPlain(came.literal)) return [];
  // Where a function or an expression goes in, literals may not lead there.
  if (!readArguments(start.source, 'f')?.every(({ value }) => isPlain(value))) return [];
  const asks = `Name arguments with which \`${program.entry}(…)\` returns \`${came.text}\`, as Python literals between commas.`;
  return [question(run, 'input', '', { call: '', output: came.text, question: asks, answers: [start.source] })];
}

/** CodeMind's reasoning from a specification: what a function is to do, and not how it does it. */
function specificationOf(run: Run, example: Run | null): Question[] {
  const { signature, came } = run.ran;
  if (run.start.kind !== 'call' || signature === null || signature.doc === '' || came.kind !== 'value') return [];
  const shows = example === null ? '' : ` For example, \`${callOf(example)}\` returns \`${told(example.ran.came)}\`.`;
  const asks = `\`${run.program.entry}${signature.text}\` is documented so:\n\n${signature.doc}\n\nWhat does \`${callOf(run)}\` return, as a Python literal?${shows}`;
  return [question(run, 'specification', '', { code: '', question: asks, answers: [came.text] })];
}

/** `When X runs, …`. Statements are too long for a sentence. */
function when(run: Run): string {
  if (run.start.kind === 'whole') return 'When this program runs';
  return run.start.kind === 'call'
    ? `When \`${callOf(run)}\` runs`
    : 'When the statements of `call` run after the code';
}

function coverageOf(
  run: Run,
  line: number,
  lines: ReadonlyMap<number, number>,
  place: { readonly group: string; readonly variable: string } | null,
): Question {
  const part = `:${line}${place === null ? '' : `:${place.variable}`}`;
  const asks = `${when(run)}, is line ${line} executed? Answer yes or no.`;
  return question(run, 'coverage', part, {
    ...place,
    line,
    question: asks,
    answers: [(lines.get(line) ?? 0) > 0 ? 'yes' : 'no'],
  });
}

function stateOf(run: Run, { line, time, states }: Point, random: Random): Question[] {
  const state = states[random.int(states.length)];
  if (state === undefined) return [];
  const { variable, text } = state;
  const asks = `${when(run)}, what are type and value of \`${variable}\` after execution ${time} of line ${line}? Answer \`type; value\`, the value as a Python literal.`;
  return [question(run, 'state', `:${line}:${time}:${variable}`, { line, variable, question: asks, answers: [text] })];
}

function pathOf(run: Run, { line, time, next }: Point): Question {
  const asks = `${when(run)}, which line of the same function is next after execution ${time} of line ${line}? Answer its number, \`end\` if the function returns, or \`exception\` if it is left by one.`;
  return question(run, 'path', `:${line}:${time}`, { line, question: asks, answers: [next] });
}

/** The four of one place; places that do not run are among them, and then state and path are `not executed`. */
function consistencyOf(
  run: Run,
  lines: ReadonlyMap<number, number>,
  points: readonly Point[],
  count: number,
  random: Random,
): Question[] {
  const source = run.program.code.split('\n');
  const places = [...lines].flatMap(([line, times]) => {
    const here = points.filter((point) => point.line === line);
    // What a line that did not run would have written, only its text says.
    const written = /^\s*([A-Za-z_]\w*)\s*(?:[-+*/%|&^]|\/\/|\*\*)?=[^=]/.exec(source[line - 1] ?? '')?.[1];
    const known = here[0]?.states.map(({ variable }) => variable) ?? [];
    const names =
      times > 0
        ? known.filter((name) => here.every(({ states }) => states.some(({ variable }) => variable === name)))
        : written === undefined
          ? []
          : [written];
    return names.map((variable) => ({ line, variable, here }));
  });
  return random
    .shuffle(places)
    .slice(0, count)
    .flatMap(({ line, variable, here }) => {
      const group = `${run.program.id}#${run.run}/consistency:${line}:${variable}`;
      const ran = here.length > 0;
      const part = `:${line}:${variable}`;
      const output = outputOf(run, group, part);
      if (output.length === 0) return [];
      const states = ran
        ? here.map((point) => point.states.find((state) => state.variable === variable)?.text as string)
        : [notExecuted];
      const nexts = ran ? here.map(({ next }) => next) : [notExecuted];
      const instead = ` If line ${line} is not executed, answer \`${notExecuted}\`.`;
      const asksState = `${when(run)}, what are type and value of \`${variable}\` after line ${line}? Answer \`type; value\`, the value as a Python literal; if the line runs often, of any time.${instead}`;
      const asksPath = `${when(run)}, which line of the same function is next after line ${line}? Answer its number, \`end\` or \`exception\`; if the line runs often, after any time.${instead}`;
      return [
        coverageOf(run, line, lines, { group, variable }),
        question(run, 'state', part, { group, line, variable, question: asksState, answers: [...new Set(states)] }),
        question(run, 'path', part, { group, line, variable, question: asksPath, answers: [...new Set(nexts)] }),
        ...output,
      ];
    });
}
