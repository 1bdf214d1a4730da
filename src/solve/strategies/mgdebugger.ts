/**
 * MGDebugger: a program is parted into small functions, and each is tested and mended before those that call it.
 *
 * Shi et al. 2024, arXiv:2410.01215, §3 and the released code: a flat tree of helpers, bottom up, tests for each derived from the visible ones, at most 3 tries each, at most 10 restarts, temperature 0.8. Two things differ.
 * The released code has the model imagine what a helper does; here each helper's tests run, and calls that it got from the visible tests are shown from a trace. And its restarts stop when hidden tests pass,
 * which nobody may know: ours stop when the visible ones do. `min_p` 0.05 is not sent: no provider's interface that we have takes it.
 */
import type { Kit } from '../frame/kit.ts';
import type { Strategy } from '../frame/strategy.ts';
import { draftPrograms, firstDraft, programsOf } from '../pieces/draft.ts';
import { failureParts, firstFailure, isRight } from '../pieces/feedback.ts';
import { functionsOf, postOrder, withFunction } from '../pieces/functions.ts';
import { assertsOf } from '../pieces/gentests.ts';
import { conversation, data, programForm, programmer, say, taskParts } from '../pieces/prompts.ts';
import { runTests } from '../pieces/testrun.ts';
import { type CallRun, traceTest, usualTraced } from '../pieces/traced.ts';
import type { Candidate, TestRun, VisibleTest } from '../types.ts';

const code = 'MGDebugger, released code';

export const mgDebugger: Strategy = {
  name: 'mgdebugger',
  title: 'MGDebugger',
  paper: 'Shi et al. 2024, arXiv:2410.01215',
  summary: 'parts the program into functions, and tests and mends each, those that are called first',
  needs: { model: [], task: ['visible', 'entry', 'python', 'no-method'], run: ['run', 'trace'] },
  defaults: {
    restarts: { value: 10, what: 'times all begins anew, at most', source: code },
    tries: { value: 3, what: 'mendings of one function, at most', source: code },
    temperature: { value: 0.8, what: 'of the sampling', source: code },
  },
  solve: async (kit) => {
    const temperature = kit.number('temperature');
    const first = await kit.step('draft', 'first program', (inner) => firstDraft(inner, { temperature }));
    if (first === null) return [];
    const run = await runTests(kit, 'visible tests', first);
    const kept = [kit.keep(first, run, 'the first program')];
    if (isRight(run)) return kept;
    for (let turn = 1; turn <= kit.number('restarts'); turn++) {
      const made = await kit.step('repair', `turn ${turn}`, (inner) => onceThrough(inner, first, run));
      if (made === null) continue;
      kept.push(kit.keep(made.source, made.visible, `each function mended, turn ${turn}`));
      if (isRight(made.visible)) return [kept.at(-1) as Candidate];
    }
    return kept.sort((one, other) => (other.visible?.passed ?? 0) - (one.visible?.passed ?? 0));
  },
};

async function onceThrough(
  kit: Kit,
  first: string,
  run: TestRun,
): Promise<{ readonly source: string; readonly visible: TestRun } | null> {
  const { task } = kit;
  const entry = task.entry ?? '';
  const parted = await kit.step('decompose', 'into functions', (inner) => part(inner, first));
  const failing = firstFailure(run)?.test;
  if (failing === undefined) return null;
  let source = parted ?? first;
  for (const name of postOrder(source, entry))
    source = await kit.step('test', `the function ${name}`, (inner) => mendFunction(inner, source, name, failing));
  return { source, visible: await runTests(kit, 'visible tests', source) };
}

/** The same program in small functions; the program as it is where that does not work. */
async function part(kit: Kit, source: string): Promise<string | null> {
  const { task } = kit;
  const made = await draftPrograms(
    kit,
    'part it',
    [
      ...taskParts(task, { tests: false }),
      say('This program was written for it:'),
      data('program', source, task.language),
      say(
        `Write the same program as small functions at the left margin, each with a docstring that says what it is given and what it gives; none within another. ${task.entry} calls them. Change nothing of what it does, mistakes included.`,
      ),
    ],
    { temperature: kit.number('temperature') },
  );
  return made[0] ?? null;
}

async function mendFunction(kit: Kit, before: string, name: string, failing: VisibleTest): Promise<string> {
  const { task } = kit;
  const temperature = kit.number('temperature');
  let source = before;
  const calls = await callsOf(kit, source, name, failing);
  const tests = await testsOf(kit, source, name, calls);
  for (let turn = 0; turn < kit.number('tries'); turn++) {
    const run = await runTests(kit, `${name} on its tests`, source, tests, name);
    if (tests.length > 0 && isRight(run)) return source;
    const failures = tests.length > 0 ? await failureParts(kit, source, run) : [];
    const replies = await kit.ask(
      `mend ${name}`,
      conversation(programmer(task), [
        ...taskParts(task),
        say('This program was written for it:'),
        data('program', source, task.language),
        say(`Look at one function alone: ${name}.`),
        ...callParts(name, calls),
        ...failures,
        say('If a test of the function is itself wrong by the task, leave the function. Else mend it.'),
        programForm({ ...task, entry: name }),
      ]),
      { temperature },
    );
    const [made] = programsOf(kit, replies, { ...task, entry: name, stub: null });
    const text = made === undefined ? undefined : functionsOf(made).findLast((one) => one.name === name)?.text;
    if (text === undefined) continue;
    const next = withFunction(source, name, text);
    if (next === source) break;
    source = next;
    // A function without tests is mended once: nothing would say when to stop.
    if (tests.length === 0) break;
  }
  return source;
}

/** What the function was called with by the failing test, and what it gave. */
async function callsOf(kit: Kit, source: string, name: string, failing: VisibleTest): Promise<readonly CallRun[]> {
  const options = { ...usualTraced, level: 'functions' as const, characters: 200 };
  const traced = await traceTest(kit, `calls of ${name}`, source, failing, options);
  return traced.calls.filter(({ code: called }) => called === name).slice(0, 5);
}

function callParts(name: string, calls: readonly CallRun[]) {
  if (calls.length === 0) return [say('The failing test does not call it.')];
  const texts = calls.map(({ arguments: given, result }) => {
    const values = Object.entries(given).map(([key, value]) => `${key}=${value}`);
    return `${name}(${values.join(', ')}) ${result === null ? 'did not return' : `gave ${result}`}`;
  });
  return [say('When the failing test ran, these calls of it were seen:'), data('calls', texts.join('\n'))];
}

async function testsOf(
  kit: Kit,
  source: string,
  name: string,
  calls: readonly CallRun[],
): Promise<readonly VisibleTest[]> {
  const { task } = kit;
  if (name === task.entry) return task.visible;
  const [reply] = await kit.ask(
    `tests for ${name}`,
    conversation(programmer(task), [
      ...taskParts(task),
      say('This program was written for it; it may be wrong:'),
      data('program', source, task.language),
      ...callParts(name, calls),
      say(
        `What must the function ${name} give, so that the tests of the task pass? Derive tests for it from those: one \`assert ${name}(…) == …\` a line, by what is right and not by what was seen. Nothing else.`,
      ),
    ]),
    { temperature: kit.number('temperature') },
  );
  const found = [...new Set(assertsOf(reply?.text ?? '', name))].slice(0, 5);
  if (found.length === 0) kit.note(`no tests for ${name} came`);
  return found.map((test) => ({ source: test, expected: null }));
}
