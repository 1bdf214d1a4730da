/**
 * Few-shot sampling: worked examples stand before the task.
 *
 * Brown et al. 2020, arXiv:2005.14165. The examples are three of our own in Python, none of them a problem of a benchmark; retrieved code of the task stands beside them.
 */
import type { Part } from '../../model/mod.ts';
import type { Strategy } from '../frame/strategy.ts';
import { draftPrograms } from '../pieces/draft.ts';
import { say, taskParts } from '../pieces/prompts.ts';
import { tried } from './direct.ts';

const examples: readonly (readonly [task: string, program: string])[] = [
  [
    'Write initials(name): the first letter of each word of a name, in upper case, each with a full stop behind it.',
    'def initials(name):\n    return "".join(f"{word[0].upper()}." for word in name.split())\n',
  ],
  [
    'Write longest_rise(heights): the length of the longest run of neighbouring heights of which each is greater than the one before; 0 of an empty list.',
    'def longest_rise(heights):\n    best = run = 0\n    for at, height in enumerate(heights):\n        run = run + 1 if at > 0 and height > heights[at - 1] else 1\n        best = max(best, run)\n    return best\n',
  ],
  [
    'Write settle(debts): debts is a list of (who, whom, amount); give a dict of what each person is owed in all, less what they owe, without those at zero.',
    'from collections import defaultdict\n\n\ndef settle(debts):\n    balance = defaultdict(int)\n    for who, whom, amount in debts:\n        balance[who] -= amount\n        balance[whom] += amount\n    return {name: value for name, value in balance.items() if value != 0}\n',
  ],
];

const shown: readonly Part[] = [
  say('Tasks and programs as they are wanted:'),
  ...examples.map(([task, program]) => say(`Task: ${task}\n\n\`\`\`python\n${program}\`\`\``)),
  say('Now the task at hand.'),
];

export const fewShot: Strategy = {
  name: 'few-shot',
  title: 'few-shot sampling',
  paper: 'Brown et al. 2020, arXiv:2005.14165',
  summary: 'as direct, with three worked examples before the task',
  needs: { model: [], task: [], run: [] },
  defaults: {
    samples: { value: 1, what: 'programs to draw', source: 'ours: pass@1' },
    temperature: { value: 0.2, what: 'of the sampling', source: 'Codex, §3.3: best for pass@1' },
  },
  solve: async (kit) => {
    const sampling = { count: kit.number('samples'), temperature: kit.number('temperature') };
    const parts = [...shown, ...taskParts(kit.task)];
    return tried(kit, await kit.step('draft', 'programs', (inner) => draftPrograms(inner, 'draft', parts, sampling)));
  },
};
