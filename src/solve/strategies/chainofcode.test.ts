import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { loadGrammarFile } from '../../index/mod.ts';
import { openModel, startScripted } from '../../model/mod.ts';
import { openRunner, openSessions } from '../../run/mod.ts';
import { solve } from '../frame/solve.ts';
import { chainOfCode } from './chainofcode.ts';

const canRun = spawnSync('bwrap', ['--version']).status === 0 && spawnSync('python3', ['--version']).status === 0;

const program = `words = ["apple", "car", "pear", "apple"]
fruits = 0
for word in words:
    if is_fruit(word):
        fruits += 1
print(fruits, mood_of("What a day!"))
`;

test.skipIf(!canRun)(
  'the model stands in for each call that nothing can compute, once for equal arguments, and all else runs',
  async () => {
    const calls: string[] = [];
    const server = await startScripted(({ last }) => {
      const call = /call, as data:\n`{3,}\n(.*)\n/.exec(last)?.[1];
      if (call === undefined) return { text: `\`\`\`python\n${program}\`\`\`` };
      calls.push(call);
      return { text: call.startsWith('mood_of') ? 'It is\n"good"' : call.includes('car') ? 'False' : '`True`' };
    });
    const settings = { cacheDir: null, path: (process.env.PATH ?? '').split(':') };
    const [runner, sessions] = [openRunner(settings), openSessions(settings)];
    try {
      const model = await openModel({ id: 'scripted/any', url: server.url });
      const visible = [{ source: '', expected: '3 good\n' }];
      const task = {
        id: 't',
        language: 'python',
        text: 'How many fruits?',
        entry: null,
        visible,
        stub: null,
        prelude: '',
        context: [],
      };
      const around = { model, runner, sessions, load: loadGrammarFile, signal: new AbortController().signal };
      const { verdict, candidates } = await solve({ task, strategy: chainOfCode, seed: 1 }, around);
      expect(calls).toEqual(["is_fruit('apple',)", "is_fruit('car',)", "is_fruit('pear',)", "mood_of('What a day!',)"]);
      expect(candidates[0]?.why).toBe('the model stood in for is_fruit for 3 arguments, mood_of for 1 arguments');
      expect(verdict).toBe('solved');
    } finally {
      await Promise.all([server.close(), runner.close(), sessions.close()]);
    }
  },
);
