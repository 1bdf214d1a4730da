/** What `check` answers: who passes what, and on which inputs candidates differ. */
import { WinnowError } from '../../../base/mod.ts';
import type { CheckOutput } from '../../operations/check.ts';
import { fitted, type Piece } from '../budget.ts';
import type { CheckInput } from '../tools/check.ts';
import type { Answering } from '../types.ts';
import { noticeText } from './parts.ts';

type Task = CheckOutput['tasks'][number];
type Candidate = Task['candidates'][number];

/** Of a test and of what came in its place, so many characters are told; a test of a page is known to who sent it. */
const mostCharacters = 200;
/** Failing tests that are told of one candidate. */
const mostFails = 10;

export const checkAnswer: Answering<CheckInput> = async (given, call) => {
  const { candidates, tests, inputs, entry, language } = given;
  if (tests.length + inputs.length === 0)
    throw new WinnowError('bad-usage', 'Expected tests or inputs to run the candidates on; none came.');
  const asked = await call.ask<CheckOutput>('check', {
    candidates: 'candidates.jsonl',
    probes: 'probes.jsonl',
    ...(entry === undefined ? {} : { entry }),
    lang: language,
    $files: {
      'candidates.jsonl': lines(candidates.map((source, at) => ({ source, id: `c${at + 1}` }))),
      'probes.jsonl': lines([...tests.map((test) => ({ test })), ...inputs.map((input) => ({ input }))]),
    },
  });
  const [task] = asked.output.tasks;
  if (task === undefined) throw new Error('a check without a task');
  const expecting = task.probes.filter(({ way }) => way !== 'input' && way !== 'invalid').length;
  const invalid = task.probes.filter(({ way }) => way === 'invalid');
  const told = invalid.map(({ source }) => `This is no test that can be run: ${cut(source)}`);
  // A candidate that is written like another stands with it.
  const rows = task.candidates
    .flatMap((one) => [one, ...one.alike.map((id) => ({ ...one, id }))])
    .sort((a, b) => b.passed - a.passed);
  const pieces = [...rows.map((row) => pieceOf(row, task, expecting)), ...differences(task)];
  const frame = (shown: readonly { text: string; structured: unknown }[]) => {
    const isCut = shown.length < pieces.length;
    const notices = [...told, ...(isCut ? ['The budget had no room for all; ask with a larger one.'] : [])];
    return {
      text: `${shown.map((one) => one.text).join('')}${task.behaviours.length} different behaviours\n${noticeText(notices)}`,
      structured: {
        candidates: shown.flatMap(({ structured }) => (typeof structured === 'object' ? [structured] : [])),
        tests: expecting,
        behaviours: task.behaviours.length,
        differ: shown.flatMap(({ structured }) => (typeof structured === 'string' ? [structured] : [])),
        notices,
      },
    };
  };
  return frame(fitted(pieces, frame([]), given.budget));
};

const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const cut = (text: string): string => (text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters)}…`);

function pieceOf(row: Candidate, { probes }: Task, tests: number): Piece {
  const { id, passed, behaviour, ending, reason } = row;
  const why = ending === 'whole' ? undefined : `${ending}${reason === null ? '' : `: ${cut(reason)}`}`;
  const own = { id, passed, behaviour, ...(why === undefined ? {} : { ending: why }) };
  const first = `${id}  passes ${passed} of ${tests}  behaviour ${behaviour}${why === undefined ? '' : `  ${why}`}\n`;
  const fails = probes
    .flatMap(({ source, way }, at) => {
      const state = row.states[at];
      if (way === 'input' || way === 'invalid' || state === 'passed' || state === undefined) return [];
      return [`${cut(source)}  ${state}${row.outputs[at] == null ? '' : `: ${cut(row.outputs[at])}`}`];
    })
    .slice(0, mostFails);
  const head = { text: first, structured: own };
  if (fails.length === 0) return { head, whole: head };
  return {
    head,
    whole: { text: `${first}${fails.map((fail) => `    ${fail}\n`).join('')}`, structured: { ...own, fails } },
  };
}

/** Inputs that tell candidates apart, those first that make the most groups of them. */
function differences({ probes, candidates }: Task): readonly Piece[] {
  return probes
    .map(({ source }, at) => {
      const groups = Map.groupBy(candidates, ({ outputs, states }) => outputs[at] ?? states[at] ?? '');
      return { source, groups };
    })
    .filter(({ groups }) => groups.size > 1)
    .sort((a, b) => b.groups.size - a.groups.size)
    .map(({ source, groups }) => {
      const ways = [...groups].map(([output, ones]) => `${cut(output)} (${ones.map(({ id }) => id).join(', ')})`);
      const line = `${cut(source)}: ${ways.join('; ')}`;
      const rendered = { text: `differ on ${line}\n`, structured: line };
      return { head: rendered, whole: rendered };
    });
}
