/**
 * PlanSearch: the search goes over plans in words instead of over programs, so that programs differ in what they do.
 *
 * Wang et al. 2024, arXiv:2409.03733, §4: ten first observations; for each subset of at most two of them, second observations; each subset of these leads to a solution in words and, by a critique of it, to another one; each becomes pseudocode, then
 * a program. Temperature 0.9, top_p 0.95. Leaves are taken in random order, so that a smaller `leaves` is a fair sample of the whole tree; visible tests filter, and the first program that passes them ends the search.
 */
import type { Part, Sampling } from '../../model/mod.ts';
import type { Kit } from '../frame/kit.ts';
import type { Strategy } from '../frame/strategy.ts';
import { draftPrograms } from '../pieces/draft.ts';
import { isRight } from '../pieces/feedback.ts';
import { itemsOf } from '../pieces/lists.ts';
import { conversation, data, programmer, say, taskParts } from '../pieces/prompts.ts';
import { runTests } from '../pieces/testrun.ts';
import type { Candidate } from '../types.ts';

export const planSearch: Strategy = {
  name: 'plansearch',
  title: 'PlanSearch',
  paper: 'Wang et al. 2024, arXiv:2409.03733',
  summary: 'combines observations about the task into many plans, and writes a program for each',
  needs: { model: [], task: [], run: [] },
  defaults: {
    observations: { value: 10, what: 'first observations', source: 'PlanSearch, §4.1' },
    subset: { value: 2, what: 'observations of a subset, at most', source: 'PlanSearch, §4.1' },
    leaves: { value: 100, what: 'plans, each of which gives two programs', source: 'PlanSearch: 200 programs' },
    temperature: { value: 0.9, what: 'of the sampling', source: 'PlanSearch, §4' },
    topP: { value: 0.95, what: 'of the sampling', source: 'PlanSearch, §4' },
  },
  solve: async (kit) => {
    const sampling = { temperature: kit.number('temperature'), topP: kit.number('topP') };
    const first = await kit.step('plan', 'first observations', (inner) =>
      observe(inner, [], kit.number('observations'), sampling),
    );
    const kept: Candidate[] = [];
    for await (const leaf of leaves(kit, first, sampling)) {
      const made = await kit.step('search', `plan ${kept.length / 2 + 1}`, (inner) => fromPlan(inner, leaf, sampling));
      kept.push(...made);
      const right = made.find(({ visible }) => visible !== null && isRight(visible));
      if (right !== undefined) return [right];
      if (kept.length === 0) break;
    }
    return kept.sort((one, other) => (other.visible?.passed ?? 0) - (one.visible?.passed ?? 0));
  },
};

/** Sets of observations, in random order: second observations are asked for when a subset of the first is first drawn. */
async function* leaves(kit: Kit, first: readonly string[], sampling: Sampling): AsyncGenerator<readonly string[]> {
  const most = kit.number('leaves');
  const size = kit.number('subset');
  const roots = kit.random.shuffle(subsetsOf(first, size));
  const queues: { readonly root: readonly string[]; rest: readonly (readonly string[])[] | null }[] = roots.map(
    (root) => ({
      root,
      rest: null,
    }),
  );
  let given = 0;
  // One of each in turn: plans that share observations come late.
  while (queues.length > 0 && given < most)
    for (const queue of [...queues]) {
      if (given >= most) return;
      if (queue.rest === null) {
        const second = await kit.step('plan', 'second observations', (inner) =>
          observe(inner, queue.root, kit.number('observations'), sampling),
        );
        queue.rest = kit.random.shuffle(subsetsOf(second, size));
      }
      const [next, ...rest] = queue.rest;
      queue.rest = rest;
      if (next === undefined) queues.splice(queues.indexOf(queue), 1);
      else {
        given++;
        yield [...queue.root, ...next];
      }
    }
}

/** All subsets of at most so many, the empty one among them. */
export function subsetsOf<T>(items: readonly T[], most: number): readonly (readonly T[])[] {
  let sets: (readonly T[])[] = [[]];
  for (const item of items) sets = [...sets, ...sets.filter((set) => set.length < most).map((set) => [...set, item])];
  return sets;
}

async function observe(
  kit: Kit,
  known: readonly string[],
  count: number,
  sampling: Sampling,
): Promise<readonly string[]> {
  const [reply] = await kit.ask(
    'observations',
    conversation(programmer(kit.task), [
      ...taskParts(kit.task),
      ...knownParts(known),
      say(
        known.length === 0
          ? `Do not write a program yet. Make ${count} short observations that help to solve the task, each of another kind, one a line as a list.`
          : `Do not write a program yet. Combine these observations and make ${count} new ones that follow from them, one a line as a list.`,
      ),
    ]),
    sampling,
  );
  const items = itemsOf(reply?.text ?? '', count);
  if (items.length === 0) kit.note('no observations came');
  return items;
}

const knownParts = (known: readonly string[]): Part[] =>
  known.length === 0 ? [] : [say('These observations were made:'), data('observations', known.join('\n'))];

async function fromPlan(kit: Kit, observations: readonly string[], sampling: Sampling): Promise<readonly Candidate[]> {
  const plan = await askText(
    kit,
    'solution in words',
    [
      ...knownParts(observations),
      say('Do not write a program yet. Describe a solution of the task in words that rests on these observations.'),
    ],
    sampling,
  );
  const other = await askText(
    kit,
    'critique, and another solution',
    [
      say('This solution was proposed:'),
      data('solution', plan),
      say('Say what is wrong with it, and describe another solution in words.'),
    ],
    sampling,
  );
  const made: Candidate[] = [];
  for (const solution of [plan, other]) {
    const pseudocode = await askText(
      kit,
      'pseudocode',
      [say('This is a solution in words:'), data('solution', solution), say('Write it as pseudocode, step by step.')],
      sampling,
    );
    const programs = await draftPrograms(
      kit,
      'program',
      [...taskParts(kit.task), say('Write it by this pseudocode:'), data('pseudocode', pseudocode)],
      sampling,
    );
    for (const source of programs.slice(0, 1)) {
      const hasTests = kit.task.visible.length > 0;
      const visible = hasTests ? await runTests(kit, 'visible tests', source) : null;
      made.push(kit.keep(source, visible, `by a plan from ${observations.length} observations`));
      if (visible !== null && isRight(visible)) return made;
    }
  }
  return made;
}

async function askText(kit: Kit, title: string, parts: readonly Part[], sampling: Sampling): Promise<string> {
  const [reply] = await kit.ask(
    title,
    conversation(programmer(kit.task), [...taskParts(kit.task), ...parts]),
    sampling,
  );
  return reply?.text ?? '';
}
