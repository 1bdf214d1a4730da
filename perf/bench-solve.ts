/**
 * Whether `bench solve` gives what is known: first answers of two real models (LDB's seeds, in `repair_seeds`), told by a scripted server as replies to `direct`, must get the verdicts that the same
 * programs get as samples of `bench humaneval`.
 *
 *     node perf/bench-solve.ts DATA [PROBLEMS]      DATA has humaneval/ and repair_seeds/
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startScripted } from '../src/model/mod.ts';

type Row = Readonly<Record<string, string>>;
const [data = '.', limit = '40'] = process.argv.slice(2);
const files = { 'gpt-3.5': 'humaneval_gpt-3.5-turbo-0613', codellama: 'humaneval_codellama' };
const rowsOf = (path: string): Row[] =>
  readFileSync(join(data, path), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);

const problems = rowsOf('humaneval/problems.jsonl');
const answers = new Map(
  Object.entries(files).map(([model, file]) => {
    const found = new Map(rowsOf(`repair_seeds/${file}.jsonl`).map((row) => [row.task_id, row.solution ?? '']));
    const whole = ({ task_id, prompt = '', entry_point }: Row): string => {
      const text = found.get(task_id) ?? '';
      return text.includes(`def ${entry_point}(`) ? text : prompt + text;
    };
    return [model, new Map(problems.map((one) => [one.task_id ?? '', whole(one)]))];
  }),
);

const server = await startScripted(({ model, text }) => {
  const asked = problems.find(({ entry_point }) => text.includes(`def ${entry_point}(`));
  return { text: `\`\`\`python\n${answers.get(model)?.get(asked?.task_id ?? '')}\n\`\`\`\n` };
});
const folder = mkdtempSync(join(tmpdir(), 'winnow-bench-solve-'));
const shared = ['--data', join(data, 'humaneval/problems.jsonl'), '--limit', limit];

async function winnow(...words: string[]): Promise<void> {
  const launcher = join(import.meta.dirname, '../bin/winnow.js');
  const child = spawn(process.execPath, [launcher, 'bench', ...words], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'ignore'],
    env: { ...process.env, WINNOW_HOME: join(folder, 'home') },
  });
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`winnow bench ${words[0]} ended with ${status}; run it by hand in ${folder}.`);
}

const models = [...answers.keys()].flatMap((model) => ['--model', `scripted/${model}`]);
await winnow(
  'solve',
  '--suite',
  'humaneval',
  ...shared,
  '--strategy',
  'direct',
  ...models,
  '--model-url',
  server.url,
  '--out',
  'run',
);
for (const [at, model] of [...answers.keys()].entries()) {
  const rows = [...(answers.get(model) ?? [])].map(([task_id, solution]) => JSON.stringify({ task_id, solution }));
  writeFileSync(join(folder, `${model}.jsonl`), `${rows.join('\n')}\n`);
  await winnow('humaneval', ...shared, '--samples', `${model}.jsonl`, '--k', '1', '--out', model);
  await winnow('compare', model, `run/${at + 1}-direct-scripted-${model}/judged`);
}
await server.close();
