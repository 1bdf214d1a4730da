/**
 * RethinkMCTS: a tree search over thoughts, in which a thought whose program failed is thought again.
 *
 * Li et al. 2024, arXiv:2409.09584, §3 and the released code: 16 rollouts, 3 children each, P-UCB with base 10 and c 4 over thoughts that the model rated itself. A path of thoughts becomes a program, which runs on the visible tests; its reward is the share that pass, or, where all do, 0.8 and a fifth of the
 * model's own score. Where it fails, LDB's blocks say why, and the last thought is rewritten with that, at most twice. The greatest reward below a node is its value. γ of the released code only weighs rewards along a path, which has one here.
 */
import type { Kit } from '../frame/kit.ts';
import type { Strategy } from '../frame/strategy.ts';
import { draftPrograms } from '../pieces/draft.ts';
import { isRight } from '../pieces/feedback.ts';
import { jsonOf } from '../pieces/json.ts';
import { itemsOf, scoreOf } from '../pieces/lists.ts';
import { conversation, data, programmer, say, taskParts } from '../pieces/prompts.ts';
import { runTests } from '../pieces/testrun.ts';
import { chooseByPriorUcb } from '../pieces/treesearch.ts';
import type { Candidate } from '../types.ts';
import { blockEvidence } from './ldb.ts';

const code = 'RethinkMCTS, released code';

export const rethinkMcts: Strategy = {
  name: 'rethinkmcts',
  title: 'RethinkMCTS',
  paper: 'Li et al. 2024, arXiv:2409.09584',
  summary: 'searches thoughts by P-UCB, and thinks again where the blocks of a failing test speak against one',
  needs: { model: [], task: ['visible'], run: ['run', 'trace'] },
  defaults: {
    rollouts: { value: 16, what: 'programs that are tried', source: code },
    width: { value: 3, what: 'thoughts of a node', source: code },
    rethinks: { value: 2, what: 'times a thought is rewritten, at most', source: code },
    base: { value: 10, what: 'of P-UCB', source: code },
    c: { value: 4, what: 'of P-UCB', source: code },
    blocks: { value: 10, what: 'blocks that are shown', source: 'LDB, released code' },
    characters: { value: 100, what: 'characters of a value', source: 'LDB, released code' },
    temperature: { value: 0.7, what: 'of the sampling', source: code },
  },
  solve: async (kit) => {
    const root: Thought = { text: '', prior: 1, visits: 0, value: 0, children: [], parent: null };
    const kept: { candidate: Candidate; reward: number }[] = [];
    for (let turn = 1; turn <= kit.number('rollouts'); turn++) {
      const made = await kit.step('search', `rollout ${turn}`, (inner) => rollout(inner, root));
      kept.push(...made);
      if (made.some(({ reward, candidate }) => reward >= 0.999 && candidate.visible !== null)) break;
    }
    return kept.sort((one, other) => other.reward - one.reward).map(({ candidate }) => candidate);
  },
};

interface Thought {
  text: string;
  readonly prior: number;
  visits: number;
  /** Greatest reward of the subtree, in [0, 1]. */
  value: number;
  readonly children: Thought[];
  readonly parent: Thought | null;
}

async function rollout(kit: Kit, root: Thought): Promise<{ candidate: Candidate; reward: number }[]> {
  let node = root;
  while (node.children.length > 0) {
    const at = chooseByPriorUcb(node.children, node.visits, kit.number('base'), kit.number('c'));
    node = node.children[at] as Thought;
  }
  // A leaf that was tried grows before it is tried again.
  if (node === root || node.visits > 0) {
    node.children.push(...(await kit.step('plan', 'thoughts', (inner) => expand(inner, node))));
    node = node.children[chooseByPriorUcb(node.children, node.visits, kit.number('base'), kit.number('c'))] ?? node;
  }
  const made: { candidate: Candidate; reward: number }[] = [];
  for (let turn = 0; turn <= kit.number('rethinks'); turn++) {
    const tried = await kit.step('draft', turn === 0 ? 'program' : `program, rethought ${turn} times`, (inner) =>
      evaluate(inner, node),
    );
    if (tried === null) break;
    made.push(tried);
    const run = tried.candidate.visible;
    if (run === null || isRight(run) || turn === kit.number('rethinks')) break;
    node.text = await kit.step('reflect', 'think again', async (inner) => {
      const evidence = await blockEvidence(inner, tried.candidate.source, run);
      const thought = await askText(inner, 'rethink', [
        ...pathParts(node),
        say('By these thoughts this program was written:'),
        data('program', tried.candidate.source, inner.task.language),
        ...evidence,
        say('The last thought did not lead to a right program. Write it anew, in a few sentences. Only the thought.'),
      ]);
      return thought.trim() === '' ? node.text : thought.trim();
    });
  }
  const reward = Math.max(0, ...made.map((one) => one.reward));
  for (let at: Thought | null = node; at !== null; at = at.parent) {
    at.visits++;
    at.value = Math.max(at.value, reward);
  }
  return made;
}

async function expand(kit: Kit, node: Thought): Promise<readonly Thought[]> {
  const width = kit.number('width');
  const text = await askText(kit, 'thoughts', [
    ...pathParts(node),
    say(
      `Do not write a program. Give ${width} different ${node.parent === null ? 'first thoughts on how to solve it' : 'next thoughts'}, by lines of JSON: {"thought": "…", "reasonableness": 0.8}, with how reasonable each is from 0 to 1.`,
    ),
  ]);
  const rated = jsonOf(text).flatMap(({ thought, reasonableness }) =>
    typeof thought === 'string' ? [{ text: thought, prior: within(Number(reasonableness ?? 0.5)) }] : [],
  );
  const found = rated.length > 0 ? rated : itemsOf(text, width).map((item) => ({ text: item, prior: 0.5 }));
  if (rated.length === 0) kit.note(found.length === 0 ? 'no thoughts came' : 'the thoughts are not rated');
  return found.slice(0, width).map((one) => ({ ...one, visits: 0, value: 0, children: [], parent: node }));
}

const within = (value: number): number => (Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : 0.5);

async function evaluate(kit: Kit, node: Thought): Promise<{ candidate: Candidate; reward: number } | null> {
  const { task } = kit;
  const [source] = await draftPrograms(kit, 'program', [...taskParts(task), ...pathParts(node)], {
    temperature: kit.number('temperature'),
  });
  if (source === undefined) return null;
  const run = await runTests(kit, 'visible tests', source);
  const share = run.results.length === 0 ? 0 : run.passed / run.results.length;
  if (!isRight(run)) return { candidate: kit.keep(source, run, `reward ${share.toFixed(2)}`), reward: share };
  const text = await askText(kit, 'score', [
    say('This program was written for it, and passes the tests above:'),
    data('program', source, task.language),
    say('How sure is it that it does the whole task? Answer with one number from 0 to 1.'),
  ]);
  const score = scoreOf(text, 0, 1);
  if (score === null) kit.note('no score that can be read came; it counts as a half');
  const reward = 0.8 + 0.2 * (score ?? 0.5);
  return { candidate: kit.keep(source, run, `reward ${reward.toFixed(2)}`), reward };
}

/** Thoughts from the root to a node, in order. */
function pathParts(node: Thought) {
  const thoughts: string[] = [];
  for (let at: Thought | null = node; at !== null; at = at.parent) if (at.text !== '') thoughts.unshift(at.text);
  return thoughts.length === 0
    ? []
    : [say('It was thought so far:'), data('thoughts', thoughts.map((one, at) => `${at + 1}. ${one}`).join('\n'))];
}

async function askText(kit: Kit, title: string, parts: Parameters<typeof conversation>[1]): Promise<string> {
  const [reply] = await kit.ask(title, conversation(programmer(kit.task), [...taskParts(kit.task), ...parts]), {
    temperature: kit.number('temperature'),
  });
  return reply?.text ?? '';
}
