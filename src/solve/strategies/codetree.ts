/**
 * CodeTree: a tree of programs that grows by strategies of solving and by reflections on what failed, under a critic.
 *
 * Li et al. 2024, arXiv:2411.04329, §3 and the released code: a thinker lists ways to solve the task, a solver writes a program for each, a debugger's children mend it by reflections; at most 3 levels and 20 programs. A node's value is its share of visible tests and a fifteenth of the critic's
 * score (0 to 5 twice); a node that passes all gets a third more, and the critic may accept it, have it refined or give it up. Breadth first, which stops at the first program that passes and is accepted, or depth first, where a child that is worse than its parent is pruned.
 */
import type { Kit } from '../frame/kit.ts';
import type { Strategy } from '../frame/strategy.ts';
import { draftPrograms } from '../pieces/draft.ts';
import { failureParts, isRight } from '../pieces/feedback.ts';
import { itemsOf, scoreOf } from '../pieces/lists.ts';
import { conversation, data, programmer, say, taskParts } from '../pieces/prompts.ts';
import { runTests } from '../pieces/testrun.ts';
import type { Candidate, TestRun } from '../types.ts';

const code = 'CodeTree, released code';

export const codeTree: Strategy = {
  name: 'codetree',
  title: 'CodeTree',
  paper: 'Li et al. 2024, arXiv:2411.04329',
  summary: 'grows a tree of strategies, programs and reflections, and a critic decides where',
  needs: { model: [], task: ['visible'], run: ['run'] },
  defaults: {
    programs: { value: 20, what: 'programs of the whole tree, at most', source: code },
    depth: { value: 3, what: 'levels of the tree', source: code },
    strategies: { value: 3, what: 'ways to solve the task that are asked for', source: 'CodeTree, §4.1' },
    reflections: {
      value: 2,
      what: 'children of a program that failed',
      source: 'ours: the paper leaves it to the model',
    },
    depthFirst: { value: 0, what: '1: depth first', source: 'CodeTree, §4: breadth first does better' },
    temperature: { value: 0.7, what: 'of the sampling', source: 'ours' },
  },
  solve: async (kit) => {
    const ways = await kit.step('plan', 'ways to solve it', think);
    const open: Open[] = ways.map((way) => ({ way, parent: null, depth: 1 }));
    const kept: { candidate: Candidate; value: number }[] = [];
    while (open.length > 0 && kept.length < kit.number('programs')) {
      const next = (kit.number('depthFirst') > 0 ? open.pop() : open.shift()) as Open;
      const node = await kit.step('search', `program ${kept.length + 1}, level ${next.depth}`, (inner) =>
        visit(inner, next),
      );
      if (node === null) continue;
      kept.push(node);
      if (node.verdict === 'accept') break;
      const worse = kit.number('depthFirst') > 0 && next.parent !== null && node.value < next.parent.value;
      if (node.verdict === 'abort' || worse || next.depth >= kit.number('depth')) continue;
      const reflections = await kit.step('reflect', `on program ${kept.length}`, (inner) => reflect(inner, node));
      open.push(...reflections.map((way) => ({ way, parent: node, depth: next.depth + 1 })));
    }
    return kept.sort((one, other) => other.value - one.value).map(({ candidate }) => candidate);
  },
};

interface Node {
  readonly source: string;
  readonly run: TestRun;
  readonly value: number;
  readonly verdict: 'accept' | 'refine' | 'abort';
  readonly candidate: Candidate;
}

interface Open {
  /** A way to solve it, or a reflection on the parent. */
  readonly way: string;
  readonly parent: Node | null;
  readonly depth: number;
}

async function think(kit: Kit): Promise<readonly string[]> {
  const count = kit.number('strategies');
  const text = await askText(kit, 'ways', [
    say(
      `Do not write a program yet. Name ${count} different ways to solve the task, one a line as a list, the most promising first.`,
    ),
  ]);
  const ways = itemsOf(text, count);
  if (ways.length > 0) return ways;
  kit.note('no ways came; one program is written without');
  return [''];
}

async function visit(kit: Kit, { way, parent, depth }: Open): Promise<Node | null> {
  const { task } = kit;
  const parts =
    parent === null
      ? way === ''
        ? []
        : [say('Solve it in this way:'), data('way', way)]
      : [
          say('This program was written for it and is not right:'),
          data('program', parent.source, task.language),
          ...(await failureParts(kit, parent.source, parent.run)),
          say('Mend it by this reflection:'),
          data('reflection', way),
        ];
  const [source] = await draftPrograms(kit, 'program', [...taskParts(task), ...parts], {
    temperature: kit.number('temperature'),
  });
  if (source === undefined) return null;
  const run = await runTests(kit, 'visible tests', source);
  const { value, verdict } = await kit.step('rank', 'the critic', (inner) => criticise(inner, source, run));
  const candidate = kit.keep(source, run, `value ${value.toFixed(2)} at level ${depth}`);
  return { source, run, value, verdict, candidate };
}

async function criticise(kit: Kit, source: string, run: TestRun): Promise<Pick<Node, 'value' | 'verdict'>> {
  const { task } = kit;
  const share = run.results.length === 0 ? 0 : run.passed / run.results.length;
  const right = isRight(run);
  const text = await askText(kit, right ? 'accept, refine or abort' : 'score', [
    say('This program was written for it:'),
    data('program', source, task.language),
    ...(await failureParts(kit, source, run)),
    say(
      right
        ? 'It passes the tests above. How well does it do the whole task? First give a score from 0 to 10. Then end with one word: ACCEPT when it is right, REFINE when it can be made right, ABORT when its way leads nowhere.'
        : 'How near is it to the task? First give a score from 0 to 10, for what it does and for how it goes about it. Then end with one word: REFINE when it can be made right, ABORT when its way leads nowhere.',
    ),
  ]);
  const score = scoreOf(text, 0, 10);
  if (score === null) kit.note('the critic gave no score that can be read');
  const word = [...text.matchAll(/\b(ACCEPT|REFINE|ABORT)\b/g)].at(-1)?.[1]?.toLowerCase() as
    | Node['verdict']
    | undefined;
  // A program that passes everything and that nobody speaks against is done.
  const verdict = right ? (word ?? 'accept') : word === 'abort' ? 'abort' : 'refine';
  return { value: share + (score ?? 0) / 15 + (right ? 5 / 15 : 0), verdict };
}

async function reflect(kit: Kit, { source, run }: Node): Promise<readonly string[]> {
  const count = kit.number('reflections');
  const text = await askText(kit, 'reflections', [
    say('This program was written for it:'),
    data('program', source, kit.task.language),
    ...(await failureParts(kit, source, run)),
    say(
      `Do not write a program. Name ${count} different reasons why it may be wrong, each with what to change, one a line as a list.`,
    ),
  ]);
  const items = itemsOf(text, count);
  if (items.length === 0) kit.note('no reflections came');
  return items;
}

async function askText(kit: Kit, title: string, parts: Parameters<typeof conversation>[1]): Promise<string> {
  const [reply] = await kit.ask(title, conversation(programmer(kit.task), [...taskParts(kit.task), ...parts]), {
    temperature: kit.number('temperature'),
  });
  return reply?.text ?? '';
}
