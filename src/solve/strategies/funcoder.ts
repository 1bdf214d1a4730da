/**
 * FunCoder: a function is drafted with parts left open, the parts are solved first, and among new drafts of the whole their agreement on made-up inputs chooses.
 *
 * Chen et al. 2024, arXiv:2405.20092, §2 and the released code: drafts at temperature 0.2 with at most 5 tries, depth at most 6, then 5 samples at 0.8 beside the draft. Agreement is `select`'s functional consensus: equal outputs
 * count, a crash costs 100; programs that fail visible tests come behind all others (10,000 in the released code). Ties are broken by chance.
 */
import { methods } from '../../select/mod.ts';
import type { Kit } from '../frame/kit.ts';
import type { Strategy } from '../frame/strategy.ts';
import { programsOf } from '../pieces/draft.ts';
import { functionsOf, headOf, isStub } from '../pieces/functions.ts';
import { callsOf } from '../pieces/gentests.ts';
import { conversation, data, programForm, programmer, say, taskParts } from '../pieces/prompts.ts';
import { counted, runMatrix, runTests } from '../pieces/testrun.ts';
import type { Task } from '../types.ts';

const code = 'FunCoder, released code';

export const funCoder: Strategy = {
  name: 'funcoder',
  title: 'FunCoder',
  paper: 'Chen et al. 2024, arXiv:2405.20092',
  summary: 'leaves parts of a function open, solves them first, and chooses by agreement on made-up inputs',
  needs: { model: [], task: ['entry', 'python', 'no-method'], run: ['run'] },
  defaults: {
    depth: { value: 6, what: 'functions within functions, at most', source: code },
    tries: { value: 5, what: 'drafts of a function until one is a program, at most', source: code },
    draftTemperature: { value: 0.2, what: 'of drafts', source: code },
    samples: { value: 5, what: 'programs beside the draft', source: code },
    temperature: { value: 0.8, what: 'of samples', source: code },
    inputs: { value: 10, what: 'inputs to agree on', source: 'ours: the released code takes as many as come' },
    callMs: { value: 5_000, what: 'CPU time of one call, ms', source: code },
  },
  solve: async (kit) => {
    const { task } = kit;
    const solved = await kit.step('decompose', task.entry ?? '', (inner) => solveFunction(inner, rootOf(task), 1));
    if (solved === null) return [];
    const visible = await runTests(kit, 'visible tests', solved);
    return [kit.keep(solved, visible, 'agrees most')];
  },
};

/** A function that is wanted: its name, and what is known of it. */
interface Wanted {
  readonly name: string;
  /** Null: the task itself. */
  readonly stub: string | null;
}

const rootOf = ({ entry }: Task): Wanted => ({ name: entry ?? '', stub: null });

/** @returns a program that defines the function and all that it calls; null when no draft was one */
async function solveFunction(kit: Kit, wanted: Wanted, depth: number): Promise<string | null> {
  const drafted = await kit.step('draft', wanted.name, (inner) => draft(inner, wanted, depth));
  if (drafted === null) return null;
  const stubs = functionsOf(drafted).filter((one) => one.name !== wanted.name && isStub(one));
  const children: string[] = [];
  for (const stub of depth < kit.number('depth') ? stubs : []) {
    const solved = await kit.step('decompose', stub.name, (inner) =>
      solveFunction(inner, { name: stub.name, stub: headOf(drafted) + stub.text }, depth + 1),
    );
    if (solved !== null) children.push(solved);
  }
  return kit.step('rank', wanted.name, (inner) => conquer(inner, wanted, drafted, children));
}

async function draft(kit: Kit, wanted: Wanted, depth: number): Promise<string | null> {
  const { task } = kit;
  const form = programForm({ ...task, entry: wanted.name });
  const open =
    depth < kit.number('depth')
      ? say(
          'Where a part is a problem of its own, call a function for it and leave that function open: its signature, a docstring that says all of what it does, and `pass`. Write easy things out.',
        )
      : say('Write everything out; leave no function open.');
  for (let turn = 0; turn < kit.number('tries'); turn++) {
    const replies = await kit.ask('draft', conversation(programmer(task), [...aboutParts(task, wanted), open, form]), {
      temperature: kit.number('draftTemperature'),
    });
    const [made] = programsOf(kit, replies, { ...task, entry: wanted.name, stub: null });
    if (made !== undefined) return made;
  }
  return null;
}

async function conquer(kit: Kit, wanted: Wanted, drafted: string, children: readonly string[]): Promise<string> {
  const { task } = kit;
  const below = children.join('\n');
  const whole = (source: string): string => withChildren(source, wanted.name, below);
  const replies = await kit.ask(
    'samples',
    conversation(programmer(task), [
      ...aboutParts(task, wanted),
      ...(below === ''
        ? []
        : [
            say('These functions are there already; call them, do not write them:'),
            data('functions', below, 'python'),
          ]),
      programForm({ ...task, entry: wanted.name }),
    ]),
    { count: kit.number('samples'), temperature: kit.number('temperature') },
  );
  const programs = [drafted, ...programsOf(kit, replies, { ...task, entry: wanted.name, stub: null })].map(whole);
  const candidates = counted(programs);
  if (candidates.length === 1) return programs[0] as string;
  const inputs = await inputsFor(kit, wanted);
  const best = await bestByVisible(
    kit,
    wanted,
    candidates.map(({ source }) => source),
  );
  const left = candidates.filter(({ source }) => best.includes(source));
  if (inputs.length === 0 || left.length === 1) return left[kit.random.int(left.length)]?.source ?? whole(drafted);
  const probes = inputs.map((source, at) => ({ id: `${at}`, source, drawn: 1 }));
  const matrix = await runMatrix(kit, 'candidates on inputs', left, probes, kit.number('callMs'), wanted.name);
  const consensus = methods.find(({ name }) => name === 'functional-consensus');
  const rows = consensus?.rank(matrix).groups[0]?.rows ?? [0];
  kit.note(`${rows.length} of ${left.length} agree most`);
  return left[rows[kit.random.int(rows.length)] ?? 0]?.source ?? whole(drafted);
}

/** Of the function that the task asks for only those that pass most visible tests go on; of a part all do, there being no tests of it. */
async function bestByVisible(kit: Kit, { stub }: Wanted, sources: readonly string[]): Promise<readonly string[]> {
  if (stub !== null || kit.task.visible.length === 0) return sources;
  const passed: number[] = [];
  for (const [at, source] of sources.entries())
    passed.push((await runTests(kit, `candidate ${at + 1} on visible tests`, source)).passed);
  const most = Math.max(...passed);
  return sources.filter((_, at) => passed[at] === most);
}

async function inputsFor(kit: Kit, wanted: Wanted): Promise<readonly string[]> {
  const { task } = kit;
  const count = kit.number('inputs');
  const replies = await kit.ask(
    'inputs',
    conversation(programmer(task), [
      ...aboutParts(task, wanted),
      say(
        `Do not write the function. Write ${count} calls of ${wanted.name} with different arguments, one a line, usual and unusual cases. Only the calls.`,
      ),
    ]),
    { temperature: kit.number('draftTemperature') },
  );
  return callsOf(replies.map(({ text }) => text).join('\n'), wanted.name).slice(0, count);
}

const aboutParts = (task: Task, { name, stub }: Wanted) =>
  stub === null
    ? taskParts(task)
    : [
        ...taskParts(task, { tests: false }),
        say(`A part of it is wanted now: the function ${name}.`),
        data('function that is left open', stub, 'python'),
      ];

/** The function with what it calls: parts that were solved take the place of those that were left open. */
function withChildren(source: string, name: string, below: string): string {
  const solved = new Set(functionsOf(below).map((one) => one.name));
  const own = functionsOf(source).filter((one) => one.name === name || !solved.has(one.name));
  return `${headOf(source)}${below === '' ? '' : `${below}\n`}${own.map(({ text }) => text).join('\n')}`;
}
