/** `winnow bench solve` as a user meets it: strategies × scripted models on three made problems, a run that was killed, what the other verbs make of its folders, and no hidden test in any prompt. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Asked, type ScriptedServer, startScripted } from '../src/model/mod.ts';
import { keepIn } from './keptcache.ts';
import { winnow } from './keptprogram.ts';
import { environment, launcher, type Ran, workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
keepIn(home);
const isNative = spawnSync('bwrap', ['--version']).status === 0 && spawnSync('python3', ['--version']).status === 0;
const missing = isNative ? '' : ' (skipped: bubblewrap or python3 is not installed)';

const canary = 'CANARY_hidden_5f1c';
const problem = (name: string, body: string, example: string, hidden: string) => ({
  task_id: `Made/${name}`,
  prompt: `import math\n\n\ndef ${name}(a, b):\n    """ The ${name} of two numbers.\n    >>> ${example}\n    """\n`,
  entry_point: name,
  canonical_solution: `    ${body}  # ${canary}\n`,
  test: `METADATA = {"author": "${canary}"}\n\ndef check(candidate):\n    ${hidden}\n`,
});
const rows = [
  problem('total', 'return a + b', 'total(1, 2)\n    3', 'assert candidate(5, 6) == 11'),
  problem('larger', 'return max(a, b)', 'larger(1, 2)\n    2', 'assert candidate(9, 4) == 9'),
  problem('ratio', 'return a / b', 'ratio(4, 2)\n    2.0', 'assert candidate(1, 2) == 0.5'),
];
const program = (name: string, body: string): string =>
  `\`\`\`python\ndef ${name}(a, b):\n    return ${body}\n\`\`\`\n`;
const right: Readonly<Record<string, string>> = { total: 'a + b', larger: 'max(a, b)', ratio: 'a / b' };

/** `good` knows all. `weak` has to be shown what fails of `total`, is misled by the example of `larger`, and has no program for `ratio`. */
function answerOf({ model, text }: Asked): string {
  const name = ['total', 'larger', 'ratio'].find((one) => text.includes(`${one}(`)) ?? '';
  if (model === 'good') return program(name, right[name] ?? '');
  if (name === 'total') return program(name, text.includes('Then give the mended program') ? 'a + b' : 'a - b');
  return name === 'larger' ? program(name, 'b') : 'That cannot be done.';
}

let server: ScriptedServer;
let asked: Asked[] = [];
let onAsked = (): void => {};
let isDown = false;
beforeAll(async () => {
  writeFiles(dir, {
    'made.jsonl': rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
    'home/models.json': JSON.stringify({ prices: { 'scripted/*': { input: 10, output: 20 } } }),
  });
  server = await startScripted((one) => (isDown ? { status: 400, message: 'closed today' } : { text: answerOf(one) }), {
    onAsked: (one) => {
      asked.push(one);
      onAsked();
    },
  });
});
afterAll(async () => {
  await server.close();
  remove();
});

const words = (more: readonly string[], data: string): string[] => [
  ...[
    'bench',
    'solve',
    ...(more.includes('--suite') ? [] : ['--suite', 'humaneval']),
    '--data',
    data,
    '--model-url',
    server.url,
    '--json',
  ],
  ...['--model', 'scripted/good', '--model', 'scripted/weak', ...more],
];
const begin = (more: readonly string[], data = 'made.jsonl'): ChildProcess =>
  spawn(process.execPath, [launcher, ...words(more, data)], { cwd: dir, env: environment(home) });
/** Not synchronous, since the server is in this process. */
async function bench(more: readonly string[], data?: string): Promise<Ran> {
  const child = begin(more, data);
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', (data) => (said.stdout += data));
  child.stderr?.on('data', (data) => (said.stderr += data));
  const [status] = await once(child, 'close');
  return { status, ...said };
}

describe.skipIf(!isNative)(`bench solve${missing}`, () => {
  test('two strategies with two models: who solved what, against the first, and at what price', async () => {
    asked = [];
    const ran = await bench(['--strategy', 'direct', '--strategy', 'self-debug', '--out', 'run']);
    expect(ran).toMatchObject({ status: 0 });
    const { pairs, problems, excluded } = JSON.parse(ran.stdout);
    expect([problems, excluded]).toEqual([3, []]);
    expect(pairs.map(({ name, solved, tasks }: Record<string, unknown>) => [name, solved, tasks])).toEqual([
      ['direct, scripted/good', 3, 3],
      ['direct, scripted/weak', 0, 3],
      ['self-debug, scripted/good', 3, 3],
      ['self-debug, scripted/weak', 1, 3],
    ]);
    const [first, second, , last] = pairs;
    expect(first).toMatchObject({ difference: null, misled: 0, share: { value: 1, n: 3 } });
    expect(second).toMatchObject({ misled: 1, withoutProgram: 1, difference: { value: -1, n: 3 }, perSolved: null });
    expect(last).toMatchObject({ misled: 1, withoutProgram: 1, difference: { value: expect.closeTo(-2 / 3), n: 3 } });
    // Calls are those that the server saw; money is theirs by the price table.
    const calls = pairs.map(({ spent }: { spent: { calls: number } }) => spent.calls);
    expect(calls.reduce((sum: number, one: number) => sum + one)).toBe(asked.length);
    const { inputTokens, outputTokens, costUsd } = last.spent;
    expect(costUsd).toBeCloseTo((inputTokens * 10 + outputTokens * 20) / 1e6, 9);
    expect(last.perSolved).toMatchObject({ costUsd, calls: last.spent.calls, tokens: inputTokens + outputTokens });
  });

  test('no prompt and no folder of solve has anything of a hidden test or a reference', () => {
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.map(({ text }) => text).join('\n')).not.toContain(canary);
    expect(asked.map(({ text }) => text).join('\n')).not.toContain('METADATA');
    const pairs = readdirSync(join(dir, 'run')).filter((name) => /^\d-/.test(name));
    expect(pairs).toHaveLength(4);
    for (const pair of pairs)
      for (const name of readdirSync(join(dir, 'run', pair, 'tasks'), { recursive: true, encoding: 'utf8' }))
        if (/\.jsonl?$/.test(name))
          expect(readFileSync(join(dir, 'run', pair, 'tasks', name), 'utf8')).not.toContain(canary);
  });

  test('its folders are runs of the suite, a run of a benchmark and runs of solve', () => {
    const own = { home, cwd: dir };
    const [good, weak] = ['run/1-direct-scripted-good', 'run/4-self-debug-scripted-weak'];
    const compared = winnow(['bench', 'compare', `${weak}/judged`, `${good}/judged`, '--json'], own);
    expect(JSON.parse(compared.stdout)).toMatchObject({ problems: 3, unpaired: 0, better: 2, same: 1 });
    const report = winnow(['bench', 'report', `${good}/judged`, `${weak}/judged`], own);
    expect(report.stdout).toMatch(/direct-scripted-good[\s\S]*self-debug-scripted-weak/);
    const shown = winnow(['bench', 'show', 'run', '--problem', 'Made/larger'], own);
    expect(shown.stdout).toContain('pairs / self-debug, scripted/weak / share');
    expect(winnow(['explain', `${weak}/tasks/Made-total`], own).stdout).toContain('explain and mend');
  });

  test('MBPP and MBPP+: one test is shown, all are graded', async () => {
    const mbpp = {
      ...{ task_id: 11, text: 'The total of two numbers.', code: `def total(a, b):\n    return a + b  # ${canary}\n` },
      test_list: ['assert total(1, 2) == 3', `assert total(5, 6) == 11, "${canary}"`],
    };
    const plus = {
      ...{ task_id: 'Mbpp/12', entry_point: 'larger', base_input: [[1, 2]], plus_input: [[9, 4]] },
      prompt: '"""\nThe larger of two numbers.\nassert larger(1, 2) == 2\n"""\n',
      canonical_solution: `\ndef larger(a, b):\n    return max(a, b)  # ${canary}\n`,
    };
    writeFiles(dir, { 'mbpp.jsonl': `${JSON.stringify(mbpp)}\n`, 'plus.jsonl': `${JSON.stringify(plus)}\n` });
    asked = [];
    for (const [suite, data] of [
      ['mbpp', 'mbpp.jsonl'],
      ['evalplus', 'plus.jsonl'],
    ] as const) {
      const ran = await bench(['--suite', suite, '--strategy', 'direct', '--out', `run-${suite}`], data);
      expect(ran).toMatchObject({ status: 0 });
      const { pairs } = JSON.parse(ran.stdout);
      expect(pairs.map((pair: { solved: number }) => pair.solved)).toEqual([1, 0]);
      expect(pairs[0].perSolved).toMatchObject({ calls: 1, costUsd: expect.any(Number) });
    }
    expect(asked).toHaveLength(4);
    expect(asked.every(({ text }) => /assert (total\(1, 2\) == 3|larger\(1, 2\) == 2)/.test(text))).toBe(true);
    expect(asked.map(({ text }) => text).join('')).not.toMatch(new RegExp(`${canary}|total\\(5|9, 4`));
  });

  test('a run that was killed goes on, asks nothing twice, and says the same', async () => {
    const more = ['--strategy', 'self-debug', '--jobs', '1', '--out', 'killed'];
    asked = [];
    const child = begin(more);
    const enough = new Promise<void>((resolve) => {
      // The fifth request: `good` is through, `weak` is being shown what fails.
      onAsked = () => (asked.length === 5 ? resolve() : undefined);
    });
    await enough;
    child.kill('SIGKILL');
    await once(child, 'close');
    onAsked = () => {};
    expect(existsSync(join(dir, 'killed', 'command.json'))).toBe(false);
    const ran = await bench(more);
    const { pairs } = JSON.parse(ran.stdout);
    const whole = JSON.parse(readFileSync(join(dir, 'run/summary.json'), 'utf8')).pairs;
    for (const [at, pair] of pairs.entries()) {
      const { folder: _, difference: __, ...figures } = pair;
      expect(whole[at + 2]).toMatchObject(figures);
    }
    // Only what was under way may have been asked again.
    const calls = pairs.reduce((sum: number, { spent }: { spent: { calls: number } }) => sum + spent.calls, 0);
    expect(asked.length - calls).toBeLessThanOrEqual(1);
    expect((await bench(more)).stderr).toContain('"code":"bad-usage"');
  });

  test('budgets hold for each task; what a strategy lacks is counted by its reason', async () => {
    const bare = { ...rows[1], prompt: 'def larger(a, b):\n    """ The larger of two numbers. """\n' };
    writeFiles(dir, { 'bare.jsonl': `${JSON.stringify(rows[0])}\n${JSON.stringify(bare)}\n` });
    const fewer = await bench(['--strategy', 'self-debug:rounds=0', '--limit', '1', '--out', 'fewer'], 'bare.jsonl');
    // One draft and no turn of mending, also by the model whose draft is wrong.
    expect(JSON.parse(fewer.stdout).pairs).toMatchObject([
      { name: 'self-debug:rounds=0, scripted/good', spent: { calls: 1 } },
      { name: 'self-debug:rounds=0, scripted/weak', spent: { calls: 1 } },
    ]);
    const ran = await bench(['--strategy', 'ldb', '--budget-runs', '1', '--out', 'budget'], 'bare.jsonl');
    const [good, weak] = JSON.parse(ran.stdout).pairs;
    const failed = [{ reason: expect.stringMatching(/^strategy-needs: .*a visible test/), tasks: 1 }];
    expect(good).toMatchObject({ tasks: 2, solved: 1, share: { n: 1 }, overBudget: [], failed });
    expect(weak).toMatchObject({ solved: 0, overBudget: [{ limit: 'executions', tasks: 1 }], failed });
    expect(weak.spent).toMatchObject({ calls: 1, executions: 1 });
  });

  test('a server that refuses everything ends the run, and the same command goes on', async () => {
    isDown = true;
    const more = ['--strategy', 'direct', '--jobs', '1', '--out', 'down'];
    const ran = await bench(more);
    isDown = false;
    expect(ran).toMatchObject({ status: 3, stdout: '' });
    expect(ran.stderr).toContain('"code":"model-unavailable"');
    const { pairs } = JSON.parse((await bench(more)).stdout);
    expect(pairs[0]).toMatchObject({ solved: 3, failed: [] });
  });
});

test.each([
  [['--strategy', 'ldbb'], 'made.jsonl', 'bad-usage', /There are: direct/],
  [['--strategy', 'self-debug:turns=2'], 'made.jsonl', 'bad-usage', /has no number called ..turns/],
  [['--strategy', 'self-debug:rounds'], 'made.jsonl', 'bad-usage', /NAME:NUMBER=VALUE/],
  [['--strategy', 'direct'], 'nowhere.jsonl', 'path-not-found', /nowhere/],
  [['--strategy', 'direct', '--suite', 'quixbugs'], 'made.jsonl', 'bad-usage', /humaneval/],
  [['--strategy', 'direct', '--suite', 'mbpp'], 'made.jsonl', 'bad-data', /test_list/],
  [
    ['--strategy', 'direct', '--model', 'scripted/free', '--model', 'other/unpriced', '--budget-usd', '1'],
    'made.jsonl',
    'bad-usage',
    /price/,
  ],
])('bench solve %j of %s is refused before anything is asked', async (more, data, code, message) => {
  asked = [];
  const ran = await bench([...more, '--out', 'refused'], data);
  expect(ran.status).toBe(2);
  expect(ran.stderr).toContain(`"code":"${code}"`);
  expect(ran.stderr).toMatch(message);
  expect([asked.length, existsSync(join(dir, 'refused'))]).toEqual([0, false]);
});
