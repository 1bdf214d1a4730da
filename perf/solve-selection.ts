/**
 * CodeT and B4 end to end on real samples of a model: are the figures those of `bench selection`?
 *
 * A scripted server gives CodeT's released samples as replies, programs to who asks for a program and tests to who asks for tests; what strategies ask is recorded, and the runs that count are replays of the recording. Programs are judged by the hidden tests when all is over. Ties are not broken but averaged,
 * over the group that a strategy says is equal. B4 takes CodeT's executions from its saved runs: both run the same programs on the same tests.
 *
 * `node perf/solve-selection.ts FOLDER [first [count]]`, FOLDER with problems.jsonl, solutions.jsonl.gz and tests.jsonl.gz
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { estimate } from '../src/bench/interval.ts';
import { loadGrammarFile } from '../src/index/mod.ts';
import { judgeFunctions } from '../src/judge/mod.ts';
import { openModel, startScripted } from '../src/model/mod.ts';
import { openRunner, openSessions } from '../src/run/mod.ts';
import {
  beginFolder,
  humanEvalTask,
  readFolder,
  resumeFolder,
  type Solved,
  solve,
  strategyNamed,
  type Task,
} from '../src/solve/mod.ts';
import { cutCompletion } from '../src/solve/pieces/extract.ts';

interface Row {
  readonly [field: string]: unknown;
  readonly prompt: string;
  readonly samples: readonly string[];
}

const [folder = '', first = '0', count = '1000'] = process.argv.slice(2);
const rowsOf = (name: string): Row[] => {
  const bytes = readFileSync(join(folder, name));
  const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Row]));
};
const problems = rowsOf('problems.jsonl').slice(Number(first), Number(first) + Number(count));
const [solutions, tests] = [rowsOf('solutions.jsonl.gz'), rowsOf('tests.jsonl.gz')];

const dir = mkdtempSync(join(tmpdir(), 'winnow-selection-'));
const settings = { cacheDir: dir, path: (process.env.PATH ?? '').split(':') };
const [runner, sessions] = [openRunner(settings), openSessions(settings)];
const { signal } = new AbortController();

// The problem that a prompt is about is the one whose text it holds; the longest, where one holds another.
const byLength = [...problems].sort((one, other) => other.prompt.length - one.prompt.length);
const server = await startScripted((asked) => {
  const problem = byLength.find(({ prompt }) => asked.text.includes(prompt));
  const from = asked.last.includes('Write tests for')
    ? tests.find(({ prompt }) => prompt.startsWith(problem?.prompt ?? '?'))?.samples.map((sample) => `assert ${sample}`)
    : solutions
        .find(({ prompt }) => prompt === problem?.prompt)
        ?.samples.map((sample) => `\`\`\`\`\`\`python\n${problem?.prompt}${cutCompletion(sample)}\n\`\`\`\`\`\`\n`);
  return from === undefined ? { status: 400, message: 'no such problem' } : { text: from };
});

const recording = join(dir, 'recording.jsonl');
/** The released limit of 300 tokens cut the samples when they were drawn; our server counts other tokens. */
const parameters = { maxTokens: 20_000 };
async function attempt(task: Task, name: string, how: 'record' | 'replay'): Promise<Solved> {
  const id = 'scripted/codegen-16b';
  const model = await openModel({ id, url: server.url, [how]: recording });
  const path = join(dir, task.id.replace('/', '-'));
  const strategy = strategyNamed(name);
  const journal =
    how === 'record'
      ? undefined
      : name === 'codet'
        ? beginFolder(path, { task, strategy: name, parameters, model: id, seed: 1 })
        : resumeFolder(readFolder(path));
  const limits = how === 'record' ? { executions: 0 } : {};
  return solve(
    { task, strategy, parameters, seed: 1, limits, ...(journal === undefined ? {} : { journal }) },
    { model, runner, sessions, load: loadGrammarFile, signal },
  );
}

const shares: Record<string, number[]> = { codet: [], b4: [] };
for (const problem of problems) {
  const made = humanEvalTask(problem);
  if (typeof made === 'string') throw new Error(made);
  // Visible tests would only run on the answer, once more.
  const task = { ...made, visible: [] };
  await attempt(task, 'codet', 'record');
  for (const name of ['codet', 'b4']) {
    const { candidates, ending } = await attempt(task, name, 'replay');
    if (ending !== 'done') throw new Error(`${task.id}: ${ending}`);
    const best = candidates.filter(({ group }) => group === 0);
    const key = {
      entryPoint: task.entry as string,
      context: `${problem.prompt}    pass\n`,
      test: problem.test as string,
    };
    const verdicts = await judgeFunctions(
      key,
      best.map(({ source }) => source),
      { runner, signal, cpuMs: 3_000 },
    );
    const all = best.reduce((sum, { drawn }) => sum + drawn, 0);
    const right = best.reduce((sum, { drawn }, at) => sum + (verdicts[at]?.kind === 'right' ? drawn : 0), 0);
    shares[name]?.push(all === 0 ? 0 : (100 * right) / all);
  }
  console.log(task.id, shares.codet?.at(-1)?.toFixed(1), shares.b4?.at(-1)?.toFixed(1));
}
for (const [name, values] of Object.entries(shares)) {
  const { value, low, high } = estimate(values, undefined, { seed: 1 });
  console.log(
    `${name}: pass@1 ${value.toFixed(2)} [${low.toFixed(1)}, ${high.toFixed(1)}] over ${values.length} problems`,
  );
}
await Promise.all([server.close(), runner.close(), sessions.close()]);
rmSync(dir, { recursive: true });
