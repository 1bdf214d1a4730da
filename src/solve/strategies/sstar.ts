/**
 * S*: samples are each mended on the visible tests, and what is left is told apart by inputs on which programs differ.
 *
 * Li et al. 2025, arXiv:2502.14382, §3 and the released code: 16 samples at temperature 0.7, up to 3 rounds of self-debug, the best by visible tests stay. They are clustered by their outputs on inputs that the model makes up; for each pair of clusters the model is shown
 * an input with both outputs and asked which is right, twice with the order changed: agreement counts 1, a tie a half, contradiction nothing. Python functions are told apart by calls; other programs by visible tests alone.
 */
import { cellStates, type Matrix } from '../../select/mod.ts';
import type { Kit } from '../frame/kit.ts';
import type { Strategy } from '../frame/strategy.ts';
import { draftPrograms } from '../pieces/draft.ts';
import { callsOf, generateInputs } from '../pieces/gentests.ts';
import { conversation, data, programmer, say, taskParts } from '../pieces/prompts.ts';
import { runMatrix } from '../pieces/testrun.ts';
import { indexOfMost } from '../pieces/treesearch.ts';
import type { Candidate } from '../types.ts';
import { selfDebugged } from './selfdebug.ts';

const code = 'S*, released code';

export const sStar: Strategy = {
  name: 's-star',
  title: 'S*',
  paper: 'Li et al. 2025, arXiv:2502.14382',
  summary: 'mends many samples on visible tests, then asks which output is right where they differ',
  needs: { model: [], task: ['visible'], run: ['run'] },
  defaults: {
    samples: { value: 16, what: 'programs to draw', source: code },
    rounds: { value: 3, what: 'mendings of each, at most', source: code },
    temperature: { value: 0.7, what: 'of the sampling', source: code },
    inputs: { value: 10, what: 'inputs that the model makes up', source: 'ours' },
    pairs: {
      value: 10,
      what: 'pairs of clusters to compare, at most',
      source: 'ours: 16 samples seldom make five clusters',
    },
    callMs: { value: 5_000, what: 'CPU time of one call, ms', source: 'FunCoder, released code' },
  },
  solve: async (kit) => {
    const { task } = kit;
    const sampling = { count: kit.number('samples'), temperature: kit.number('temperature') };
    const programs = await kit.step('draft', 'programs', (inner) =>
      draftPrograms(inner, 'programs', taskParts(task), sampling),
    );
    const mended: Candidate[] = [];
    for (const [at, source] of [...new Set(programs)].entries()) {
      const [best] = await kit.step('repair', `sample ${at + 1}`, (inner) =>
        selfDebugged(inner, source, inner.number('rounds'), inner.number('temperature')),
      );
      if (best !== undefined) mended.push(best);
    }
    const most = Math.max(...mended.map(({ visible }) => visible?.passed ?? 0));
    const left = mended.filter(({ visible }) => (visible?.passed ?? 0) === most);
    if (left.length < 2 || task.entry === null || task.method != null || task.language !== 'python')
      return [...left, ...mended];
    const winner = await kit.step('rank', 'by inputs that tell apart', (inner) => toldApart(inner, left));
    return [winner, ...left, ...mended];
  },
};

async function toldApart(kit: Kit, left: readonly Candidate[]): Promise<Candidate> {
  const sampling = { temperature: kit.number('temperature') };
  const inputs = await generateInputs(kit, kit.number('inputs'), sampling);
  const clusters = clustersOf(await outputsOn(kit, 'candidates on inputs', left, inputs), left.length);
  kit.note(`${left.length} candidates, ${clusters.length} behaviours`);
  const points = clusters.map(() => 0);
  let compared = 0;
  for (let one = 0; one < clusters.length; one++)
    for (let other = one + 1; other < clusters.length && compared < kit.number('pairs'); other++) {
      compared++;
      const [first, second] = [left[clusters[one]?.[0] ?? 0], left[clusters[other]?.[0] ?? 0]] as [
        Candidate,
        Candidate,
      ];
      const share = await kit.step('rank', `behaviours ${one + 1} and ${other + 1}`, (inner) =>
        compare(inner, first, second),
      );
      points[one] = (points[one] ?? 0) + share;
      points[other] = (points[other] ?? 0) + 1 - share;
    }
  // Where the model tells nothing apart, more samples of one behaviour speak for it.
  const best = indexOfMost(clusters.map((rows, at) => (points[at] ?? 0) + rows.length / (left.length + 1)));
  const chosen = left[clusters[best]?.[0] ?? 0] as Candidate;
  return kit.keep(chosen.source, chosen.visible, `${points[best]} points against other behaviours`);
}

const outputsOn = async (
  kit: Kit,
  title: string,
  left: readonly Candidate[],
  inputs: readonly string[],
): Promise<Matrix | null> =>
  inputs.length === 0
    ? null
    : runMatrix(
        kit,
        title,
        left.map(({ source }, at) => ({ id: `${at}`, source, drawn: 1 })),
        inputs.map((source, at) => ({ id: `${at}`, source, drawn: 1 })),
        kit.number('callMs'),
      );

const returned = cellStates.indexOf('returned');

/** Rows of equal outputs on all inputs; what ends badly somewhere stands alone with those that do so there. */
function clustersOf(matrix: Matrix | null, count: number): readonly (readonly number[])[] {
  if (matrix === null) return [[...new Array(count).keys()]];
  const clusters = new Map<string, number[]>();
  for (const row of matrix.rows.keys()) {
    const key = matrix.columns.map((_, column) => textAt(matrix, row, column)).join('\n');
    clusters.set(key, [...(clusters.get(key) ?? []), row]);
  }
  return [...clusters.values()];
}

const textAt = (matrix: Matrix, row: number, column: number): string => {
  const at = row * matrix.columns.length + column;
  return matrix.states[at] === returned
    ? (matrix.texts[matrix.outputs[at] ?? -1] ?? '')
    : `(${cellStates[matrix.states[at] ?? 0]})`;
};

/** @returns the first one's share of the point: 1, ½ or 0 */
async function compare(kit: Kit, first: Candidate, second: Candidate): Promise<number> {
  const { task } = kit;
  const sampling = { temperature: kit.number('temperature') };
  const wanted = say(
    `Write 3 calls of ${task.entry} for which these two programs give different results, one a line. Only the calls.`,
  );
  const programs = [
    say('Two programs were written for it:'),
    data('first program', first.source, task.language),
    data('second program', second.source, task.language),
  ];
  const [reply] = await kit.ask(
    'inputs that tell apart',
    conversation(programmer(task), [...taskParts(task), ...programs, wanted]),
    sampling,
  );
  const inputs = callsOf(reply?.text ?? '', task.entry ?? '').slice(0, 3);
  const matrix = await outputsOn(kit, 'both on these inputs', [first, second], inputs);
  const differing = inputs.flatMap((input, column) => {
    if (matrix === null) return [];
    const [one, other] = [textAt(matrix, 0, column), textAt(matrix, 1, column)];
    return one === other ? [] : [{ input, one, other }];
  });
  if (differing.length === 0) {
    kit.note('no input tells them apart');
    return 0.5;
  }
  const votes: number[] = [];
  for (const swapped of [false, true]) {
    const shown = differing.map(
      ({ input, one, other }) => `${input}\nA: ${swapped ? other : one}\nB: ${swapped ? one : other}`,
    );
    const [answer] = await kit.ask(
      'which is right',
      conversation(programmer(task), [
        ...taskParts(task),
        say('Two programs for it, A and B, gave different results:'),
        data('results', shown.join('\n\n')),
        say('Work out what is right by the task. End with one word on a line of its own: A, B or tie.'),
      ]),
      sampling,
    );
    const word = [...(answer?.text ?? '').matchAll(/\b(A|B|tie)\b/g)].at(-1)?.[1];
    votes.push(word === undefined || word === 'tie' ? 0.5 : (word === 'A') !== swapped ? 1 : 0);
  }
  const [one, other] = votes as [number, number];
  return one === other ? one : 0.5;
}
