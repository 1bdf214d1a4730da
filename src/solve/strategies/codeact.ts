/**
 * CodeAct: the model acts by code in a session that lives on, sees what came of it, and gives its program when it is sure.
 *
 * Wang et al. 2024, arXiv:2402.01030, §2: an action is a cell of Python, an observation its output or error; at most 10 turns. Turns are told in one prompt instead of as a conversation, so that what programs printed stays data. In languages without sessions, Python is the tool and the program is written in the other.
 */
import type { Part } from '../../model/mod.ts';
import type { Kit } from '../frame/kit.ts';
import type { Strategy } from '../frame/strategy.ts';
import { Cells } from '../pieces/cells.ts';
import { programsOf } from '../pieces/draft.ts';
import { blocksOf } from '../pieces/extract.ts';
import { failureParts, isRight } from '../pieces/feedback.ts';
import { conversation, data, programmer, say, taskParts } from '../pieces/prompts.ts';
import { runTests } from '../pieces/testrun.ts';
import type { Candidate, TestRun } from '../types.ts';

export const codeAct: Strategy = {
  name: 'codeact',
  title: 'CodeAct',
  paper: 'Wang et al. 2024, arXiv:2402.01030',
  summary: 'tries things out in a Python session, turn by turn, before it gives its program',
  needs: { model: [], task: [], run: ['run', 'session'] },
  defaults: {
    turns: { value: 10, what: 'turns, at most', source: 'CodeAct, §2.3' },
    temperature: { value: 0, what: 'of the sampling', source: 'CodeAct, §2.3: greedy' },
  },
  solve: async (kit) => {
    const cells = new Cells('python');
    try {
      return await played(kit, cells);
    } finally {
      await cells.end();
    }
  },
};

async function played(kit: Kit, cells: Cells): Promise<readonly Candidate[]> {
  const seen: Part[] = [];
  const kept: Candidate[] = [];
  const turns = kit.number('turns');
  for (let turn = 1; turn <= turns; turn++) {
    const program = await kit.step('act', `turn ${turn}`, (inner) => act(inner, cells, seen, turns - turn));
    if (program === null) continue;
    const visible: TestRun | null =
      kit.task.visible.length === 0 ? null : await runTests(kit, 'visible tests', program);
    kept.unshift(kit.keep(program, visible, `given in turn ${turn}`));
    if (visible === null || isRight(visible)) break;
    seen.push(
      say('This program was given:'),
      data('program', program, kit.task.language),
      ...(await failureParts(kit, program, visible)),
    );
  }
  return kept.sort((one, other) => (other.visible?.passed ?? 0) - (one.visible?.passed ?? 0));
}

/** @returns the program when this turn gives it */
async function act(kit: Kit, cells: Cells, seen: Part[], left: number): Promise<string | null> {
  const { task } = kit;
  const rule = say(
    `You may try things out. Either answer <execute>Python code</execute>: it runs in a session that keeps its variables, and you see what it prints. Or, when you are sure, answer <solution>the whole program in ${task.language}, in a block</solution>. One of the two, with a short thought before it. ${left === 0 ? 'This is the last turn: give the solution.' : `${left} turns are left after this one.`}`,
  );
  const [reply] = await kit.ask('act', conversation(programmer(task), [...taskParts(task), ...seen, rule]), {
    temperature: kit.number('temperature'),
    stop: ['</execute>', '</solution>'],
  });
  if (reply === undefined) return null;
  const solution = /<solution>([\s\S]*?)(?:<\/solution>|$)/.exec(reply.text)?.[1];
  if (solution !== undefined) {
    // A program may stand in its tag without a block.
    const text = solution.includes('```') ? solution : `\`\`\`${task.language}\n${solution.trim()}\n\`\`\``;
    const [program] = programsOf(kit, [{ ...reply, text }]);
    if (program !== undefined) return program;
    seen.push(say('Your last answer held no program. Give it in a block.'));
    return null;
  }
  const action = /<execute>([\s\S]*?)(?:<\/execute>|$)/.exec(reply.text)?.[1];
  if (action === undefined) {
    kit.note('neither an action nor a solution');
    seen.push(say('Your last answer was neither <execute> nor <solution>.'));
    return null;
  }
  const code = blocksOf(action)[0]?.text ?? action.trim();
  const ran = await cells.run(kit, 'cell', code);
  seen.push(
    say('You ran:'),
    data('code', code, 'python'),
    say('It gave:'),
    data('output', ran.text === '' ? '(nothing)' : ran.text),
  );
  return null;
}
