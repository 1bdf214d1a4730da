/**
 * What the published golds of text-to-SQL and of NL2Bash do where Winnow can play them, over whole sets: `bench env` plays episodes, this only
 * runs golds, so it is some ten times faster.
 *
 *   node perf/environments.ts sql TASKS [DATABASES]      golds that run, and give rows, by database
 *   node perf/environments.ts bash TASKS SECONDS         golds of a seeded order, each twice as a job, until the time is over
 */
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { seededRandom } from '../src/base/mod.ts';
import { openDatabases } from '../src/judge/environment/databases.ts';
import { madeTree } from '../src/judge/environment/madetree.ts';
import { rowsOf } from '../src/judge/environment/sql.ts';
import { readTasks } from '../src/judge/environment/tasks.ts';
import { type Outcome, openRunner, openSessions } from '../src/run/mod.ts';

const settings = { cacheDir: join(tmpdir(), 'winnow-perf'), path: (process.env.PATH ?? '').split(delimiter) };
const [kind, data = '', third] = process.argv.slice(2);
if (kind === 'sql') await sql();
else await bash(Number(third ?? 60));

async function sql(): Promise<void> {
  const tasks = readTasks(data, 'sql');
  const sessions = openSessions(settings);
  const databases = openDatabases(third ?? null, tasks, sessions, 'auto');
  const names = [...new Set(tasks.map(({ database }) => database))];
  let [built, run, gave, stable] = [0, 0, 0, 0];
  for (const name of names) {
    const own = tasks.filter(({ database }) => database === name);
    const bytes = await databases.bytesOf(own[0] as (typeof own)[number]).catch((error: Error) => {
      process.stdout.write(`${name}: ${error.message}\n`);
      return null;
    });
    if (bytes === null) continue;
    built++;
    const session = await sessions.open({ language: 'sql', backend: 'auto', files: [{ path: 'main.sqlite', bytes }] });
    for (const { gold } of own) {
      const rows = rowsOf(await session.run(gold));
      const again = rowsOf(await session.run(gold));
      if (rows === null) continue;
      run++;
      if (rows.rows.length > 0) gave++;
      if (JSON.stringify(rows) === JSON.stringify(again)) stable++;
    }
    await session.end();
  }
  process.stdout.write(
    `${databases.source}: ${built} of ${names.length} databases built; of ${tasks.length} golds ${run} run, ${gave} of them give rows, ${stable} the same twice\n`,
  );
  await sessions.close();
}

async function bash(seconds: number): Promise<void> {
  const tasks = readTasks(data, 'bash');
  const runner = openRunner(settings);
  const random = seededRandom(1);
  const left = tasks.map((_, at) => at);
  const until = performance.now() + seconds * 1000;
  const counts = { played: 0, stopped: 0, exitsZero: 0, acts: 0, stable: 0, allThree: 0 };
  while (left.length > 0 && performance.now() < until) {
    const { gold } = tasks[left.splice(random.int(left.length), 1)[0] as number] as (typeof tasks)[number];
    const job = {
      language: 'bash',
      entry: '.winnow-action.sh',
      files: [...madeTree(gold), { path: '.winnow-action.sh', bytes: Buffer.from(gold, 'utf8') }],
      limits: { wallMs: 5000, cpuMs: 5000 },
    };
    const [one, two] = [await runner.run(job), await runner.run(job)];
    const runs = one.ending.kind === 'exited' && one.ending.code === 0;
    const acts = one.files.length > 0 || one.stdout.head.length + one.stderr.head.length > 0;
    const stable = stateOf(one) === stateOf(two);
    counts.played++;
    if (one.ending.kind !== 'exited') counts.stopped++;
    if (runs) counts.exitsZero++;
    if (acts) counts.acts++;
    if (stable) counts.stable++;
    if (runs && acts && stable) counts.allThree++;
  }
  process.stdout.write(`${JSON.stringify({ of: tasks.length, ...counts })}\n`);
  await runner.close();
}

function stateOf({ ending, stdout, stderr, files }: Outcome): string {
  const printed = [stdout, stderr].map(({ head, tail }) => Buffer.concat([head, tail]).toString('base64'));
  const changed = files.map((file) =>
    'bytes' in file ? { ...file, bytes: Buffer.from(file.bytes).toString('base64') } : file,
  );
  return JSON.stringify([ending, printed, changed]);
}
