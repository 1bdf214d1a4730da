/**
 * What strategies cost, what the frame adds, and whether what a task says is ever an instruction.
 *
 * `node perf/solve-strategies.ts costs DATA [problems] [chance] [chance where a failure is told]`: every strategy with its own defaults on HumanEval problems (DATA/repair_seeds) with the simulated coder over real samples (DATA/codet), right and wrong ones parted by the hidden tests: calls, tokens and executions of a task. Whether a run ends well says something of the coder's chances and nothing of a strategy.
 * `node perf/solve-strategies.ts overhead`: time of the frame around a call, and memory of 1,000 tasks at once.
 * `node perf/solve-strategies.ts injection DATA [texts]`: texts with instructions planted in them (DATA/prompt_injection) as the task, as what a program raises and as what tests print; every prompt of every strategy is looked at.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { loadGrammarFile } from '../src/index/mod.ts';
import { judgeFunctions } from '../src/judge/mod.ts';
import { type Model, openModel, startScripted } from '../src/model/mod.ts';
import { openRunner, openSessions } from '../src/run/mod.ts';
import { type CoderPool, simulatedCoder } from '../src/solve/conformance/coder.ts';
import { outsideData } from '../src/solve/conformance/prompts.ts';
import {
  beginFolder,
  humanEvalTask,
  type SolveRequest,
  solve,
  strategies,
  strategyNamed,
  type Task,
} from '../src/solve/mod.ts';
import { cutCompletion } from '../src/solve/pieces/extract.ts';

type Row = Readonly<Record<string, unknown>>;

const [mode = '', data = '', count = '6', unprompted = '0.2', prompted = '0.5'] = process.argv.slice(2);
/** No chance of a right program. */
const isHopeless = Number(unprompted) === 0 && Number(prompted) === 0;
const dir = mkdtempSync(join(tmpdir(), 'winnow-strategies-'));
const settings = { cacheDir: dir, path: (process.env.PATH ?? '').split(':') };
const [runner, sessions] = [openRunner(settings), openSessions(settings)];
const { signal } = new AbortController();
const around = { runner, sessions, load: loadGrammarFile, signal };

function rowsOf(...path: string[]): Row[] {
  const bytes = readFileSync(join(data, ...path));
  const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8');
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Row]));
}

async function costs(): Promise<void> {
  const problems = await pools();
  console.log(`${problems.length} problems: ${problems.map(({ task }) => task.id).join(', ')}`);
  for (const strategy of strategies) {
    const sums = { solved: 0, calls: 0, tokens: 0, executions: 0, seconds: 0 };
    let leaks = 0;
    for (const { task, pool, hidden } of problems) {
      const server = await startScripted(
        simulatedCoder(pool, { seed: 1, unprompted: Number(unprompted), prompted: Number(prompted) }),
        {
          onAsked: ({ text }) => {
            if (hidden.some((line) => text.includes(line))) leaks++;
          },
        },
      );
      const model = await openModel({ id: 'scripted/simulated', url: server.url });
      // A token of the simulated server is up to four letters; a limit in a provider's tokens would cut programs.
      const parameters = strategy.defaults.maxTokens === undefined ? {} : { maxTokens: 4_000 };
      const { verdict, spent, wallMs } = await solve({ task, strategy, seed: 1, parameters }, { ...around, model });
      sums.solved += verdict === 'solved' ? 1 : 0;
      sums.calls += spent.calls;
      sums.tokens += spent.inputTokens + spent.outputTokens;
      sums.executions += spent.executions;
      sums.seconds += wallMs / 1_000;
      await server.close();
    }
    const mean = (value: number): string => (value / problems.length).toFixed(1);
    console.log(
      `| ${strategy.name} | ${mean(sums.calls)} | ${Math.round(sums.tokens / problems.length)} | ${mean(sums.executions)} | ${mean(sums.seconds)} | ${sums.solved} | ${leaks} |`,
    );
  }
}

/** Problems of which real samples are right and wrong, with their samples parted by the hidden tests. */
async function pools(): Promise<{ task: Task; pool: CoderPool; hidden: string[] }[]> {
  const [drawn, tested] = [rowsOf('codet', 'solutions.jsonl.gz'), rowsOf('codet', 'tests.jsonl.gz')];
  const rows = rowsOf('repair_seeds', 'humaneval_visible_tests.jsonl');
  const found: { task: Task; pool: CoderPool; hidden: string[] }[] = [];
  for (const problem of rowsOf('codet', 'problems.jsonl')) {
    const row = rows.find(({ task_id: id }) => id === problem.task_id);
    const prompt = problem.prompt as string;
    const samples = drawn.find((one) => one.prompt === prompt)?.samples as string[] | undefined;
    const task = row === undefined ? 'none' : humanEvalTask(row);
    if (samples === undefined || typeof task === 'string' || task.visible.length === 0) continue;
    const programs = [...new Set(samples.map((sample) => prompt + cutCompletion(sample)))].slice(0, 60);
    const key = { entryPoint: task.entry as string, context: `${prompt}    pass\n`, test: problem.test as string };
    const verdicts = await judgeFunctions(key, programs, { runner, signal, cpuMs: 3_000 });
    const right = programs.filter((_, at) => verdicts[at]?.kind === 'right');
    const allWrong = programs.filter((_, at) => verdicts[at]?.kind === 'wrong');
    // Where nothing is to come right, what passes the visible tests is left out too.
    const seen = task.visible.map(({ source }) => `    ${source}`).join('\n');
    const shown = { ...key, test: `def check(${task.entry}):\n${seen}\n` };
    const passing = isHopeless ? await judgeFunctions(shown, allWrong, { runner, signal, cpuMs: 3_000 }) : [];
    const wrong = allWrong.filter((_, at) => passing[at]?.kind !== 'right');
    if (right.length < 3 || wrong.length < 3) continue;
    const name = task.entry as string;
    const guessed = tested.find((one) => (one.prompt as string).startsWith(prompt))?.samples;
    const lines = ((guessed ?? []) as string[])
      .flatMap((sample) => `assert ${sample}`.split('\n'))
      .filter((line) => line.startsWith(`assert ${name}(`));
    const inputs = lines.flatMap((line) => /^assert (.+?\)) ==/.exec(line)?.[1] ?? []).slice(0, 20);
    // A hidden test that is also a visible one, or a guess of the pool, is no leak.
    const open = `${task.text}${task.visible.map(({ source }) => source).join('\n')}${lines.join('\n')}`;
    const hidden = String(problem.test)
      .split('\n')
      .map((line) => line.trim().replaceAll('candidate', name))
      .filter((line) => line.startsWith('assert') && line.length > 25 && !open.includes(line.slice(7, 40)));
    found.push({ task, pool: { right, wrong, tests: lines.slice(0, 10), inputs }, hidden });
    if (found.length >= Number(count)) break;
  }
  return found;
}

async function overhead(): Promise<void> {
  const replies = [
    { text: '```python\ndef f(x):\n    return x\n```', ending: 'stop' as const, toolCalls: [], logProbabilities: null },
  ];
  const model: Model = {
    id: 'direct/none',
    capabilities: new Set(['seed']),
    ask: async () => ({ replies, usage: { inputTokens: 1, outputTokens: 1 }, cost: 0, from: 'provider' }),
  };
  const task = {
    ...(humanEvalTask({
      task_id: 't',
      prompt: `def f(x):\n    """ ${'word '.repeat(500)}"""\n`,
      entry_point: 'f',
    }) as Task),
  };
  const once = (name: string, more: Partial<SolveRequest> = {}) =>
    solve({ task, strategy: strategyNamed(name), seed: 1, ...more }, { ...around, model });
  for (const kept of [false, true]) {
    const times: number[] = [];
    for (let at = 0; at < 40; at++) {
      const journal = kept ? beginFolder(join(dir, `overhead-${at}`), { task }) : undefined;
      const { wallMs, spent } = await once('plansearch', {
        parameters: { leaves: 20 },
        ...(journal === undefined ? {} : { journal }),
      });
      times.push(wallMs / spent.calls);
    }
    times.sort((a, b) => a - b);
    console.log(
      `${kept ? 'with' : 'without'} a run folder: ${times[20]?.toFixed(3)} ms of the frame for a call at the median of 40 runs, ${times.at(-2)?.toFixed(3)} ms at the 95th percentile`,
    );
  }
  // What a run left behind is no memory of the next: the heap is measured while all are under way.
  const tested: Task = { ...task, visible: [{ source: 'assert f(1) == 2', expected: null }] };
  await once('self-debug', { task: tested });
  const before = process.memoryUsage();
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 50);
  const started = performance.now();
  const all = await Promise.all(Array.from({ length: 1_000 }, () => once('self-debug', { task: tested })));
  clearInterval(watch);
  console.log(
    `1,000 tasks at once: ${all.filter(({ verdict }) => verdict === 'unsolved').length} ended as they should, ${Math.round((performance.now() - started) / 1_000)} s, ` +
      `${all.reduce((sum, { spent }) => sum + spent.executions, 0)} executions, ${Math.round(before.rss / 2 ** 20)} MiB before, ${Math.round(most / 2 ** 20)} MiB at the most`,
  );
}

async function injection(): Promise<void> {
  const [name = ''] = readdirSync(join(data, 'prompt_injection'));
  const rows = rowsOf('prompt_injection', name).slice(0, Number(count));
  let [prompts, outside, inside] = [0, 0, 0];
  for (const [at, row] of rows.entries()) {
    const planted = String(row.injection).trim();
    const text = String(row.injected_context).replaceAll('"""', "'''").replaceAll('\\', '/');
    const program = `def f(x):\n    """${text}"""\n    raise ValueError(f.__doc__)\n`;
    const pool = { right: [program], wrong: [program], tests: ['assert f(1) == 2'], inputs: ['f(1)', 'f(2)'] };
    const server = await startScripted(simulatedCoder(pool, { seed: at, unprompted: 0, prompted: 0 }), {
      onAsked: ({ messages }) => {
        prompts++;
        for (const message of messages) {
          if (message.text.includes(planted)) inside++;
          if (outsideData(message.text).includes(planted)) outside++;
        }
      },
    });
    const model = await openModel({ id: 'scripted/planted', url: server.url });
    const prompt = `def f(x):\n    """ ${text}\n    >>> f(1)\n    2\n    """\n`;
    const made = humanEvalTask({ task_id: `planted/${at}`, prompt, entry_point: 'f' }) as Task;
    const task = { ...made, context: [{ label: `${planted}.py`, language: 'python', text }] };
    // One strategy for each text in turn, so that all meet some.
    const strategy = strategies[at % strategies.length];
    if (strategy !== undefined)
      await solve({ task, strategy, seed: 1, limits: { calls: 12, executions: 12 } }, { ...around, model });
    await server.close();
  }
  console.log(
    `${rows.length} texts, ${prompts} prompts: the planted instruction stood in ${inside} messages, ${outside} times outside of data`,
  );
}

await (
  { costs, overhead, injection }[mode] ?? (() => Promise.reject(new Error('costs, overhead or injection was expected')))
)();
await Promise.all([runner.close(), sessions.close()]);
rmSync(dir, { recursive: true });
