/** `winnow env` and `winnow bench env` through the command line. */
import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSandbox } from '../src/run/native/opensandbox.ts';
import { winnow } from './keptprogram.ts';
import { type Ran, workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
beforeAll(() => {
  mkdirSync(dir, { recursive: true });
  writeFiles(dir, {
    'tasks.jsonl':
      '{"nl": "count lines", "cmd": "wc -l < notes.txt"}\n{"nl": "copy", "cmd": "cp notes.txt copy.txt"}\n',
  });
});
afterAll(remove);

const run = (words: readonly string[], input = ''): Ran => winnow(words, { home, cwd: dir, input });
const bash = ['--env', 'bash', '--data', 'tasks.jsonl'];

const sandbox = openSandbox({ cacheDir: null, path: ['/usr/bin', '/bin'], parallelism: 1 });
const availability = await sandbox.availability();
await sandbox.close();
const why = availability.state === 'ready' ? '' : ` (skipped: ${availability.reason})`;

test('tasks are listed without what is to be found, unless it is asked for', () => {
  const { status, stdout, stderr } = run(['env', 'tasks', ...bash]);
  expect([status, stdout]).toEqual([0, '0  count lines\n1  copy\n']);
  expect(stderr).toContain('no --tree');
  expect(run(['env', 'tasks', ...bash, '--gold']).stdout).toContain('wc -l');
  expect(run(['env', 'tasks', '--env', 'bash', '--data', 'none']).status).toBe(2);
});

test('a task whose gold is no text is told with its line', () => {
  writeFiles(dir, { 'numbers.jsonl': '{"nl": "a", "cmd": "ls", "id": 7}\n{"nl": "b", "cmd": 5}\n' });
  expect(run(['env', 'tasks', '--env', 'bash', '--data', 'numbers.jsonl'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('numbers.jsonl, line 2: its cmd must be a text, or a list of lines; it is 5'),
  });
});

test('serve says of each request that it cannot read what was expected and what came', () => {
  const asked: readonly (readonly [string, string])[] = [
    ['7', 'Expected an object such as {"do": "step", "action": "ls"}; it was 7.'],
    ['{}', 'Expected "do" to be one of reset, step, transcript, close; it was not there.'],
    ['{"do": "dance"}', 'Expected "do" to be one of reset, step, transcript, close; it was "dance".'],
    [
      '{"do": "reset", "task": -1}',
      'reset needs "task": the number of a task, from 0, or its id as a text; it was -1.',
    ],
    ['{"do": "step"}', 'step needs "action": a text; it was not there.'],
    ['{"do": "step", "action": "ls", "x": 1}', 'step takes "action" beside "do"; there was "x".'],
    ['{"do": "close", "now": true}', 'close takes nothing beside "do"; there was "now".'],
  ];
  const { stdout } = run(['env', 'serve', ...bash], `${asked.map(([line]) => line).join('\n')}\n`);
  const answers = stdout.trim().split('\n').slice(1);
  expect(answers.map((line) => JSON.parse(line).error.message)).toEqual(asked.map(([, message]) => message));
});

describe.skipIf(why !== '')(`episodes${why}`, () => {
  test('play shows a transcript; its exit code says whether the reward is 1', () => {
    const right = run(['env', 'play', ...bash, '1', 'cat notes.txt > copy.txt']);
    expect([right.status, right.stdout]).toEqual([
      0,
      'copy\n> cat notes.txt > copy.txt\n> submit\nreward 1 (fileDiff 0.33, fileChanges 0.33, answerSimilarity 0.33)\n',
    ]);
    const wrong = run(['env', 'play', ...bash, '0', '--json'], 'ls\necho nothing\n');
    expect(wrong.status).toBe(1);
    expect(JSON.parse(wrong.stdout)).toMatchObject({
      schema: 'winnow.env.play/1',
      turns: [{ action: 'ls' }, { action: 'echo nothing' }, { done: true }],
    });
    expect(run(['env', 'play', ...bash, '7', 'ls']).stderr).toContain('error[unknown-id]');
  });

  test('serve speaks JSON lines, and goes on after what it cannot do', () => {
    const lines = [
      { do: 'step', action: 'ls' },
      { do: 'reset', task: 1 },
      { do: 'step', action: 'cp notes.txt copy.txt' },
      { do: 'dance' },
      { do: 'step', action: 'submit' },
      { do: 'transcript' },
      { do: 'close' },
      { do: 'reset', task: 0 },
    ];
    const { status, stdout } = run(
      ['env', 'serve', ...bash],
      `${lines.map((line) => JSON.stringify(line)).join('\nno json\n')}\n`,
    );
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(status).toBe(0);
    expect(answers[0]).toEqual({ schema: 'winnow.env.serve/1', tasks: 2, isMade: true });
    const told = answers.filter(
      ({ error }) =>
        (error as { message?: string } | undefined)?.message?.startsWith('Expected one JSON object a line') !== true,
    );
    expect(told.slice(1)).toMatchObject([
      { error: { code: 'bad-usage' } },
      { task: '1', query: 'copy' },
      { reward: 0, done: false },
      { error: { code: 'bad-usage' } },
      { reward: 1, done: true },
      { turns: [{ action: 'cp notes.txt copy.txt' }, { action: 'submit' }] },
      { closed: true },
    ]);
  });

  test('bench says what rewards are worth', () => {
    const { status, stdout } = run(['bench', 'env', ...bash, '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      played: 2,
      shares: { goldIsOne: { value: 1 }, wrongIsOne: { value: 0 }, nothingIsOne: { value: 0 }, useful: { value: 1 } },
    });
  });
});
