/** `winnow solve` and `winnow explain` as a user meets them: a scripted model on this machine, tasks of each kind, a killed run that goes on, bad input. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepIn } from './keptcache.ts';
import { winnow } from './keptprogram.ts';
import { environment, launcher, type Ran, workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
keepIn(home);
const isNative = spawnSync('bwrap', ['--version']).status === 0 && spawnSync('python3', ['--version']).status === 0;
const missing = isNative ? '' : ' (skipped: bubblewrap or python3 is not installed)';

const block = (source: string): string => `\`\`\`python\n${source}\`\`\`\n`;
const right = 'def add(a, b):\n    return a + b\n';
const wrong = 'def add(a, b):\n    return a - b\n';
const placed =
  'def total(prices):\n    from .checks import checked\n    return Price(TAX * sum(checked(one).cents for one in prices))\n';
const script = (delayMs: number) => ({
  rules: [
    {
      contains: 'MODULES',
      reply: [
        // The body that is there is not to be had.
        { text: block('from shop.money import total as old\ndef total(prices):\n    return old(prices)\n') },
        { text: block(placed) },
      ],
    },
    { contains: 'Then give the mended program', reply: { text: block(right), delayMs } },
    { contains: 'ENDLESS', reply: { text: block('def add(a, b):\n    while True:\n        pass\n') } },
    { contains: 'LEAVES', reply: { text: block('import sys\ndef add(a, b):\n    return 3\nsys.exit(0)\n') } },
    { contains: 'JavaScript', reply: { text: '```javascript\nconst add = (a, b) => a + b;\n```\n' } },
    { contains: 'in one block that begins with', reply: { text: block(wrong) } },
  ],
});

interface Served {
  readonly url: string;
  close(): void;
}
const servers: Served[] = [];
async function serve(name: string): Promise<Served> {
  const child = spawn(process.execPath, [launcher, 'model', 'serve', name], {
    cwd: dir,
    env: environment(home),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = await once(child.stdout, 'data');
  const served = { url: String(line).trim().split('\n')[0] ?? '', close: () => child.kill() };
  servers.push(served);
  return served;
}

let server: Served;
beforeAll(async () => {
  writeFiles(dir, {
    'quick.json': JSON.stringify(script(0)),
    'slow.json': JSON.stringify(script(600_000)),
    'endless.md': 'ENDLESS add(a, b)\n',
    'leaves.md': 'LEAVES add(a, b)\n',
    'add.md': 'Write add(a, b): the sum of two numbers.\n',
    'rows.jsonl': `${JSON.stringify({ task_id: 'T/1', prompt: 'def add(a, b):\n    """ The sum.\n    >>> add(1, 2)\n    3\n    """\n', entry_point: 'add', test: 'CANARY' })}\n`,
    'repository/sums.py':
      'def total(numbers):\n    """The sum of numbers, added one by one."""\n    return sum(numbers)\n',
    'modules/src/shop/__init__.py': 'from .money import total\n',
    'modules/src/shop/checks.py':
      'def checked(one):\n    from . import money\n    assert isinstance(one, money.Price)\n    return one\n',
    'modules/src/rates.py': 'TAX = 2\n',
    'modules/src/shop/money.py': `from rates import TAX
from . import checks

class Price:
    def __init__(self, cents):
        self.cents = cents

if TAX:
    def total(prices):
        """MODULES: the sum of prices with tax.

        >>> total([Price(1), Price(2)]).cents
        6
        """
        return Price(6)
`,
    'repository/add.py':
      'def add(a, b):\n    """The sum of two numbers.\n\n    >>> add(2, 2)\n    4\n    """\n    raise NotImplementedError\n',
  });
  server = await serve('quick.json');
});
afterAll(() => {
  for (const one of servers) one.close();
  remove();
});

const solve = (words: readonly string[]): Ran =>
  winnow(['solve', ...words, '--model', 'scripted/any', '--model-url', server.url], { home, cwd: dir });

describe.skipIf(!isNative)(`solve${missing}`, () => {
  test('a task in words: the program on standard output, the rest beside it; then its steps, and a page of them', () => {
    const run = solve(['add.md', '--entry', 'add', '--test', 'assert add(1, 2) == 3', '--out', 'run']);
    expect(run).toMatchObject({ status: 0, stdout: right });
    expect(run.stderr).toContain('solved, 1 of 1 visible tests pass');
    const shown = winnow(['explain', 'run', '--html', 'run.html'], { home, cwd: dir });
    expect(shown.stdout).toMatch(
      /0 draft first program[\s\S]*1 execution visible tests {2}· 0 of 1 tests passed[\s\S]*2\.0 ask explain and mend/,
    );
    const step = winnow(['explain', 'run', '--step', '2.0', '--json'], { home, cwd: dir });
    const [only] = JSON.parse(step.stdout).steps;
    expect(only.evidence.map(({ what }: { what: string }) => what)).toEqual(['prompt', 'reply 1 of 1']);
    expect(only.evidence[0].text).toContain('it fails; what was called gave: -1');
    const page = readFileSync(join(dir, 'run.html'), 'utf8');
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|src=|href=/);
    expect(page).toContain('return a - b');
  });

  test('a row and a stub in a repository, with code that search found for it', () => {
    expect(solve(['rows.jsonl:T/1', '--json'])).toMatchObject({ status: 0 });
    expect(spawnSync('git', ['init', '-q'], { cwd: join(dir, 'repository') }).status).toBe(0);
    const run = JSON.parse(solve(['repository/add.py:add', '--json']).stdout);
    expect(run).toMatchObject({ verdict: 'solved', task: 'add.py:add', visible: { passed: 1, of: 1 } });
    const texts = readFileSync(join(run.run, 'texts.jsonl'), 'utf8');
    expect(texts).toContain('added one by one');
    expect(texts).not.toContain('raise NotImplementedError');
  });

  test('a stub of a package runs among its modules, as the module that it is, without the body that is there', () => {
    const run = solve(['modules/src/shop/money.py:total']);
    expect(run).toMatchObject({ status: 0, stdout: placed });
    expect(run.stderr).toContain('solved, 1 of 1 visible tests pass');
    expect(run.stderr).toContain('2 calls');
  });

  test('budgets hold for a run that goes on, with what was spent, and a new one counts from there', () => {
    const asked = ['add.md', '--entry', 'add', '--test', 'assert add(1, 2) == 3', '--out', 'held'];
    expect(solve([...asked, '--budget-calls', '1', '--budget-runs', '1']).stderr).toContain('its budget (calls)');
    expect(solve(['--resume', 'held']).stderr).toContain('its budget (calls)');
    expect(solve(['--resume', 'held', '--budget-calls', '1']).stderr).toContain('its budget (executions)');
    expect(solve(['--resume', 'held', '--budget-runs', '1', '--budget-calls', '0'])).toMatchObject({
      status: 0,
      stdout: right,
    });
    const head = JSON.parse(readFileSync(join(dir, 'held/run.json'), 'utf8'));
    writeFiles(dir, { 'held/run.json': JSON.stringify({ ...head, limits: { calls: 'many' } }) });
    expect(solve(['--resume', 'held']).stderr).toContain('expected "limits" to be numbers by name');
  });

  test('a run that was killed goes on where it was', async () => {
    const slow = await serve('slow.json');
    const words = ['solve', 'add.md', '--entry', 'add', '--test', 'assert add(1, 2) == 3', '--out', 'killed'];
    const child = spawn(process.execPath, [launcher, ...words, '--model', 'scripted/any', '--model-url', slow.url], {
      cwd: dir,
      env: environment(home),
      stdio: 'ignore',
    });
    const steps = join(dir, 'killed', 'steps.jsonl');
    while (child.exitCode === null && !(existsSync(steps) && readFileSync(steps, 'utf8').includes('"kind":"repair"')))
      await sleep(50);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(winnow(['explain', 'killed'], { home, cwd: dir }).stdout).toContain('not ended');
    const run = solve(['--resume', 'killed', '--json']);
    expect(JSON.parse(run.stdout)).toMatchObject({ verdict: 'solved', spent: { calls: 2, executions: 2, taken: 2 } });
  });

  test('a budget ends a run with what it has, and exit code 1', () => {
    const run = solve(['rows.jsonl', '--budget-runs', '1', '--json']);
    expect(run.status).toBe(1);
    expect(JSON.parse(run.stdout)).toMatchObject({
      verdict: 'unsolved',
      ending: 'over-budget',
      limit: 'executions',
      program: wrong,
    });
  });

  test('a function that never ends is said to, and not that it does not load', () => {
    const run = solve(['endless.md', '--entry', 'add', '--test', 'assert add(1, 2) == 3', '--strategy', 'direct']);
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('timed-out: assert add(1, 2) == 3');
    expect(run.stderr).not.toContain('load');
  });

  test('a budget of nothing starts nothing, and what was drawn is not lost', () => {
    const task = ['add.md', '--entry', 'add', '--test', 'assert add(1, 2) == 3', '--json'];
    const run = solve([...task, '--strategy', 'direct', '--budget-runs', '0']);
    expect(run.status).toBe(1);
    expect(JSON.parse(run.stdout)).toMatchObject({
      ...{ verdict: 'unsolved', limit: 'executions', program: wrong, visible: null, spent: { executions: 0 } },
    });
    const silent = solve([...task, '--budget-calls', '0']);
    expect(JSON.parse(silent.stdout)).toMatchObject({ verdict: 'none', limit: 'calls', spent: { calls: 0 } });
  });

  test('statements are tests of JavaScript, and who ends before the test has passed none', () => {
    const js = solve([
      ...['add.md', '--language', 'js', '--strategy', 'direct', '--json'],
      ...['--test', 'if (add(1, 2) !== 3) throw new Error()', '--test', 'if (add(1, 2) !== 4) throw new Error("four")'],
    ]);
    expect(JSON.parse(js.stdout)).toMatchObject({ visible: { passed: 1, of: 2, failing: [{ state: 'raised' }] } });
    const left = solve(['leaves.md', '--test', 'assert add(1, 2) == 3', '--strategy', 'direct']);
    expect(left.status).toBe(1);
    expect(left.stderr).toContain('the end of its process: exit code 0');
  });

  test('a call that the budget refused is not counted as made', () => {
    const task = ['add.md', '--entry', 'add', '--test', 'assert add(1, 2) == 3', '--json'];
    const { stdout } = solve([...task, '--budget-calls', '1']);
    expect(JSON.parse(stdout)).toMatchObject({ ending: 'over-budget', limit: 'calls', spent: { calls: 1 } });
  });

  test('runs of one task that begin at once have a folder each', async () => {
    const task = ['solve', 'add.md', '--strategy', 'direct', '--model', 'scripted/any', '--model-url', server.url];
    const ran = await Promise.all(
      [1, 2, 3].map(async () => {
        const child = spawn(process.execPath, [launcher, ...task, '--json'], {
          cwd: dir,
          env: environment(home),
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        const [said] = await Promise.all([child.stdout.setEncoding('utf8').toArray(), once(child, 'close')]);
        return JSON.parse(said.join('')).run as string;
      }),
    );
    expect(new Set(ran).size).toBe(3);
  });

  test.skipIf(process.platform !== 'linux')('a folder where none can be made is said', () => {
    const run = winnow(
      [
        'solve',
        'add.md',
        '--strategy',
        'direct',
        '--model',
        'scripted/any',
        '--model-url',
        server.url,
        '--out',
        '/proc/no/run',
      ],
      { home, cwd: dir },
    );
    expect(run).toMatchObject({ status: 3, stderr: expect.stringContaining('Cannot write the run to /proc/no/run') });
  });

  test('what a strategy lacks is said before anything is asked', () => {
    const run = solve(['add.md', '--strategy', 'codet', '--out', 'refused']);
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toMatch(/error\[strategy-needs\]: The strategy codet needs the name of the function/);
    expect(existsSync(join(dir, 'refused'))).toBe(false);
  });
});

test('strategies are listed with papers, needs and the sources of their numbers', () => {
  const { strategies } = JSON.parse(winnow(['solve', '--list', '--json'], { home, cwd: dir }).stdout);
  expect(strategies.length).toBeGreaterThan(12);
  for (const { paper, defaults } of strategies) {
    expect(paper).toMatch(/arXiv:\d{4}\.\d{5}/);
    for (const { what, source } of defaults) expect([what, source]).not.toContain('');
  }
});

test.each([
  [[], 'bad-usage', /Expected a task/],
  [['add.md', '--strategy', 'ldbb'], 'bad-usage', /There are: direct/],
  [['add.md', '--set', 'turns=1'], 'bad-usage', /no number called "turns"/],
  [['add.md', '--set', 'rounds=1001'], 'bad-usage', /whole number from 0 to 1,000 for rounds/],
  [['--resume', 'nothing'], 'path-not-found', /run\.json/],
  [['add.md', '--model', 'nobody/x'], 'unknown-model', /nobody/],
])('solve %j is refused', (words, code, message) => {
  const ran = winnow(['solve', ...words], { home, cwd: dir });
  expect(ran.status).toBe(2);
  expect(ran.stderr).toContain(`error[${code}]`);
  expect(ran.stderr).toMatch(message);
});

test('explain of what is no run', () => {
  mkdirSync(join(dir, 'odd'), { recursive: true });
  writeFiles(dir, { 'odd/run.json': '{"schema": "other"}' });
  expect(winnow(['explain', 'odd'], { home, cwd: dir }).stderr).toContain('error[bad-data]');
  expect(winnow(['explain', 'nowhere'], { home, cwd: dir }).stderr).toContain('error[path-not-found]');
});
