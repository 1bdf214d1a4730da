/** What a person sees of `solve`: the program on standard output, and beside it what stands behind it. */
import type { SolveOutput } from '../operations/solve.ts';
import type { Settings, Streams } from '../operations/types.ts';
import { painter } from '../paint.ts';

export function solveView(answer: SolveOutput, settings: Settings): string | Streams {
  return answer.schema === 'winnow.solve.list/1' ? listView(answer, settings) : solvedView(answer, settings);
}

type Solved = Extract<SolveOutput, { schema: 'winnow.solve/1' }>;
type Listed = Extract<SolveOutput, { schema: 'winnow.solve.list/1' }>;

function solvedView(answer: Solved, settings: Settings): Streams {
  const paint = painter(settings);
  const { verdict, visible, spent, ending, limit, candidates } = answer;
  const tests = visible === null ? '' : `, ${visible.passed} of ${visible.of} visible tests pass`;
  const words = {
    solved: paint.green(`solved${tests}`),
    unsure: 'a program; no visible test holds it',
    unsolved: paint.yellow(`not solved${tests}`),
    none: paint.yellow(`no program came out${answer.why === null ? '' : `: ${answer.why}`}`),
  }[verdict];
  const failing = (visible?.failing ?? [])
    .slice(0, 5)
    .map(({ test, state, output }) => `  ${state}: ${test}${output === null ? '' : ` (${output})`}`);
  const cost = spent.costUsd === null ? '' : `, $${spent.costUsd.toFixed(4)}`;
  const taken = spent.taken === 0 ? '' : `, ${spent.taken} of them taken from before`;
  const lines = [
    `${words}${ending === 'done' ? '' : `; ended by its budget (${limit})`}`,
    ...(visible?.broken ? [`  it ${visible.broken}`] : []),
    ...failing,
    paint.dim(
      `${answer.strategy} by ${answer.model}: ${plural(spent.calls, 'call')}, ${spent.inputTokens + spent.outputTokens} tokens${cost}, ${plural(spent.executions, 'execution')}${taken}; ${plural(candidates, 'candidate')}, ${(answer.elapsedMs / 1000).toFixed(1)} s`,
    ),
    paint.dim(`winnow explain ${answer.run}`),
  ];
  const program = answer.program === null ? '' : answer.program.replace(/\n*$/, '\n');
  return { stdout: new TextEncoder().encode(program), stderr: new Uint8Array(0), told: `${lines.join('\n')}\n` };
}

function listView({ strategies }: Listed, settings: Settings): string {
  const paint = painter(settings);
  const blocks = strategies.map(({ name, title, paper, summary, needs, defaults }) => {
    const all = [
      ...needs.model.map((one) => `a model with ${one}`),
      ...needs.task.map((one) => taskNeeds[one] ?? one),
      ...needs.run.map((one) => runNeeds[one] ?? one),
    ];
    const numbers = defaults.map(
      ({ name: key, value, least, most, what, source }) =>
        `    ${paint.cyan(`${key}=${value}`)}  ${what}, from ${least} to ${most} ${paint.dim(`(${source})`)}`,
    );
    return [
      `${paint.bold(name)}  ${title}, ${paper}`,
      `  ${summary}`,
      `  needs ${all.join(', ') || 'nothing but a model'}`,
      ...numbers,
    ].join('\n');
  });
  return `${blocks.join('\n\n')}\n`;
}

const taskNeeds: Readonly<Record<string, string>> = {
  visible: 'a visible test',
  entry: 'a function’s name',
  python: 'Python',
  'no-method': 'no method of a class',
};
const runNeeds: Readonly<Record<string, string>> = {
  run: 'the sandbox',
  trace: 'traces',
  session: 'sessions',
  partial: 'partial execution',
};

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
