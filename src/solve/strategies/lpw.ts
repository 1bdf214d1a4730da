/**
 * LPW and SLPW: a plan is first walked through for every visible test; the program is written from plan and walks, and where it fails, what it really computed is held against the walk.
 *
 * Lei et al. 2024, arXiv:2411.14503, §3 and the released code: at most 12 rounds of planning and 12 of mending. A plan counts when every test has a walk and none asks for another plan, and a second reading calls each walk right. The released code has the model add print
 * statements; so does this, and the prints run in the sandbox. SLPW is the sampling variant: several plans, several programs of each, and upper confidence bounds choose which program is mended next.
 */
import type { Part } from '../../model/mod.ts';
import type { Kit } from '../frame/kit.ts';
import type { Parameter, Strategy } from '../frame/strategy.ts';
import { draftPrograms } from '../pieces/draft.ts';
import { failureText, firstFailure, isRight } from '../pieces/feedback.ts';
import { jobOf, programText, ranOf } from '../pieces/program.ts';
import { conversation, data, programmer, say, taskParts } from '../pieces/prompts.ts';
import { runTests } from '../pieces/testrun.ts';
import { chooseByUcb } from '../pieces/treesearch.ts';
import type { Candidate, TestRun, VisibleTest } from '../types.ts';

const code = 'LPW, released code';
const defaults: Readonly<Record<string, Parameter>> = {
  planRounds: { value: 12, what: 'plans until one is accepted, at most', source: code },
  rounds: { value: 12, what: 'mendings, at most', source: code },
  temperature: { value: 0.4, what: 'of the sampling', source: 'LPW, §4.1' },
};
const needs = { model: [], task: ['visible'], run: ['run'] } as const;

export const lpw: Strategy = {
  name: 'lpw',
  title: 'LPW',
  paper: 'Lei et al. 2024, arXiv:2411.14503',
  summary: 'verifies a plan on each visible test, and mends where the program leaves the verified values',
  needs,
  defaults,
  solve: async (kit) => {
    const plan = await kit.step('plan', 'plan and verification', verifiedPlan);
    const [source] = await kit.step('draft', 'first program', (inner) => fromPlan(inner, plan, 1));
    return source === undefined ? [] : mended(kit, [{ plan, source }]);
  },
};

export const slpw: Strategy = {
  ...lpw,
  name: 'slpw',
  title: 'SLPW',
  summary: 'as LPW with several plans and programs; confidence bounds choose which is mended next',
  defaults: {
    ...defaults,
    plans: { value: 2, what: 'plans', source: 'ours: the paper gives no number that could be read' },
    programs: { value: 2, what: 'programs of each plan', source: 'ours, as above' },
  },
  solve: async (kit) => {
    const begun: Begun[] = [];
    for (let at = 0; at < kit.number('plans'); at++) {
      const plan = await kit.step('plan', `plan ${at + 1} and verification`, verifiedPlan);
      const sources = await kit.step('draft', `programs of plan ${at + 1}`, (inner) =>
        fromPlan(inner, plan, kit.number('programs')),
      );
      begun.push(...sources.map((source) => ({ plan, source })));
    }
    return mended(kit, begun);
  },
};

interface Plan {
  readonly text: string;
  /** The walk of each visible test, in their order; empty where none was accepted. */
  readonly walks: readonly string[];
}

interface Begun {
  readonly plan: Plan;
  readonly source: string;
}

const revised = /revised plan/i;

async function verifiedPlan(kit: Kit): Promise<Plan> {
  const { task } = kit;
  let hint: Part[] = [];
  let last = '';
  for (let round = 0; round < kit.number('planRounds'); round++) {
    const text = await askText(kit, 'plan', [
      ...hint,
      say('Do not write a program yet. Write a plan of numbered steps.'),
    ]);
    last = text;
    const planParts = [say('This is a plan for it:'), data('plan', text)];
    const walks: string[] = [];
    let problem: string | null = null;
    for (const [at, test] of task.visible.entries()) {
      const walk = await askText(kit, `walk through test ${at + 1}`, [
        ...planParts,
        say(
          'Walk through the plan for this test, step by step, and write down each value that comes up. If the plan does not lead to what the test expects, end with "Revised plan:" and a better one.',
        ),
        testPart(test),
      ]);
      if (walk.trim() === '' || revised.test(walk)) {
        problem = walk;
        break;
      }
      const verdict = await askText(kit, `is the walk of test ${at + 1} right`, [
        ...planParts,
        say('This is a walk through the plan for a test:'),
        testPart(test),
        data('walk', walk),
        say('Check every value. If all are right, answer "Correct analysis". Else say what is wrong.'),
      ]);
      if (!/correct analysis/i.test(verdict) || /incorrect analysis/i.test(verdict)) {
        problem = verdict;
        break;
      }
      walks.push(walk);
    }
    if (problem === null) return { text, walks };
    hint = [
      say('A plan was tried before:'),
      data('earlier plan', text),
      say('This was said of it:'),
      data('what is wrong', problem),
    ];
  }
  kit.note('no plan was verified; the last one is taken');
  return { text: last, walks: [] };
}

const testPart = ({ source, expected }: VisibleTest): Part =>
  data('test', expected === null ? source : `input:\n${source}\noutput:\n${expected}`);

const fromPlan = (kit: Kit, plan: Plan, count: number): Promise<readonly string[]> =>
  draftPrograms(kit, 'program', [...taskParts(kit.task), ...planParts(plan), say('Write the program by this plan.')], {
    count,
    temperature: kit.number('temperature'),
  });

function planParts({ text, walks }: Plan): Part[] {
  const parts = [say('This is a plan for it:'), data('plan', text)];
  return walks.length === 0
    ? parts
    : [...parts, say('Verified for the tests:'), data('verification', walks.join('\n\n'))];
}

/** Each program is an arm; mending one gives its place to what came of it. */
async function mended(kit: Kit, begun: readonly Begun[]): Promise<readonly Candidate[]> {
  const kept: Candidate[] = [];
  const arms: { plan: Plan; source: string; run: TestRun; visits: number }[] = [];
  for (const [at, { plan, source }] of begun.entries()) {
    const run = await runTests(kit, `program ${at + 1} on visible tests`, source);
    kept.push(kit.keep(source, run, 'by its plan'));
    if (isRight(run)) return [kept.at(-1) as Candidate];
    arms.push({ plan, source, run, visits: 1 });
  }
  for (let round = 1; arms.length > 0 && round <= kit.number('rounds'); round++) {
    const chosen = chooseByUcb(
      arms.map(({ run, visits }) => ({ visits, value: run.passed / Math.max(1, run.results.length) })),
      Math.SQRT2,
    );
    const arm = arms[chosen];
    if (arm === undefined) break;
    arm.visits++;
    const next = await kit.step('repair', `round ${round}, program ${chosen + 1}`, (inner) =>
      mend(inner, arm.plan, arm.source, arm.run),
    );
    if (next === null) continue;
    arm.source = next;
    arm.run = await runTests(kit, `visible tests, round ${round}`, next);
    kept.push(kit.keep(next, arm.run, `mended in round ${round}`));
    if (isRight(arm.run)) return [kept.at(-1) as Candidate];
  }
  return kept.reverse().sort((one, other) => (other.visible?.passed ?? 0) - (one.visible?.passed ?? 0));
}

async function mend(kit: Kit, plan: Plan, source: string, run: TestRun): Promise<string | null> {
  const { task, around } = kit;
  const sampling = { temperature: kit.number('temperature') };
  const failing = firstFailure(run);
  const program = [say('This program was written for it:'), data('program', source, task.language)];
  if (failing === null) return null;
  const [printing] = await draftPrograms(
    kit,
    'print statements',
    [
      ...taskParts(task),
      ...program,
      say(
        'Give the same program with print statements that show each value of the plan as it is computed. Change nothing else.',
      ),
    ],
    sampling,
  );
  const seen: Part[] = [];
  if (printing !== undefined) {
    const asInput = failing.test.expected !== null;
    const text = programText(task, printing, asInput ? '' : failing.test.source);
    const ran = await kit.execute({
      what: 'program',
      title: 'the failing test, with prints',
      programs: 1,
      key: [task.language, text, failing.test],
      work: async () =>
        ranOf(
          await around.runner.run(jobOf(task, text, asInput ? failing.test.source : null), { signal: around.signal }),
        ),
      summary: ({ ended, stdout }) => `it ended ${ended}, ${stdout.length} characters printed`,
    });
    seen.push(
      say('With print statements it printed, for this test:'),
      data('printed values', `${ran.stdout}\n${ran.stderr}`.slice(0, 4_000)),
    );
  }
  const walk = plan.walks[task.visible.indexOf(failing.test)];
  const evidence = [
    ...program,
    say('This test fails:'),
    data('failing test', failureText(failing), task.language),
    ...seen,
    ...(walk === undefined ? [] : [say('By the verified plan the values should be:'), data('walk', walk)]),
  ];
  const analysis = await askText(kit, 'where it leaves the plan', [
    ...evidence,
    say(
      'Explain the program, hold the printed values against the verified ones, and name the first place where they part, with the reason.',
    ),
  ]);
  const made = await draftPrograms(
    kit,
    'mend',
    [...taskParts(task), ...evidence, say('This was found:'), data('analysis', analysis), say('Mend the program.')],
    sampling,
  );
  return made[0] ?? null;
}

async function askText(kit: Kit, title: string, parts: readonly Part[]): Promise<string> {
  const [reply] = await kit.ask(title, conversation(programmer(kit.task), [...taskParts(kit.task), ...parts]), {
    temperature: kit.number('temperature'),
  });
  return reply?.text ?? '';
}
