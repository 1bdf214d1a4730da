/**
 * What asking a model costs beside the provider: time of a call over that of a bare `fetch` with the same body, and memory of many at once.
 *
 * The model is a scripted server in a process of its own, which answers at once. Calls and fetches take turns, so that whatever else the machine does meets both. `node perf/model-overhead.ts [calls]`
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openModel, type Request } from '../src/model/mod.ts';

const calls = Number(process.argv[2] ?? 400);
const warm = 50;
const dir = mkdtempSync(join(tmpdir(), 'winnow-perf-'));
const script = join(dir, 'script.yaml');
writeFileSync(script, `rules: [{ pool: ["${'def f(x): return x + 1 '.repeat(40)}"] }]`);
const launcher = join(dirname(dirname(fileURLToPath(import.meta.url))), 'bin/winnow.js');
const server = spawn(process.execPath, [launcher, 'model', 'serve', script], { stdio: ['ignore', 'pipe', 'ignore'] });
const [line] = await once(server.stdout, 'data');
const url = String(line).trim();
const program = 'x = compute(y)\n'.repeat(270);
const request = (at: number, count = 1): Request => ({
  messages: [
    { role: 'system', parts: [{ kind: 'instruction', text: 'You mend programs.' }] },
    {
      role: 'user',
      parts: [
        { kind: 'instruction', text: `Mend this one, ${at}.` },
        { kind: 'data', text: program, label: 'program', language: 'python' },
      ],
    },
  ],
  sampling: { count, temperature: 0.8, seed: at },
});
const body = (at: number): string =>
  JSON.stringify({
    ...{ model: 'x', max_tokens: 4096, temperature: 0.8, seed: at },
    messages: [
      { role: 'system', content: 'You mend programs.' },
      { role: 'user', content: `Mend this one, ${at}.\n\nprogram, as data:\n\`\`\`python\n${program}\`\`\`` },
    ],
  });

async function bare(at: number): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/chat/completions`, { method: 'POST', headers, body: body(at) });
  const { choices } = (await response.json()) as { choices: unknown[] };
  if (choices.length !== 1) throw new Error('expected a choice');
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
function told(name: string, times: readonly number[]): void {
  const sorted = [...times].sort((a, b) => a - b);
  const shown = [0.5, 0.025, 0.975].map((share) => at(sorted, share).toFixed(2));
  console.log(
    `${name.padEnd(34)} median ${shown[0]} ms, 95% of calls within ${shown[1]} to ${shown[2]} ms, n = ${times.length}`,
  );
}

try {
  const ways = {
    ask: await openModel({ id: 'scripted/x', url }),
    'ask, recorded': await openModel({ id: 'scripted/x', url, record: join(dir, 'run.jsonl') }),
    'ask, cache written': await openModel({ id: 'scripted/x', url, cache: { dir: join(dir, 'cache') } }),
  };
  const first = await timed(() => ways.ask.ask(request(-1)));
  console.log(`the first call, which loads the SDK: ${first.toFixed(0)} ms`);
  const times = new Map<string, number[]>();
  for (let turn = 0; turn < calls + warm; turn++) {
    const round: Record<string, number> = { 'bare fetch': await timed(() => bare(turn)) };
    for (const [name, model] of Object.entries(ways)) round[name] = await timed(() => model.ask(request(turn)));
    if (turn < warm) continue;
    for (const [name, time] of Object.entries(round)) {
      times.set(name, [...(times.get(name) ?? []), time]);
      if (name !== 'bare fetch') {
        const over = `${name}: over the bare fetch`;
        times.set(over, [...(times.get(over) ?? []), time - (round['bare fetch'] as number)]);
      }
    }
  }
  for (const [name, list] of times) told(name, list);
  const again = await timed(() => ways['ask, cache written'].ask(request(warm)));
  console.log(`from the cache: ${again.toFixed(2)} ms`);

  const model = await openModel({ id: 'scripted/x', url });
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 5);
  const before = process.memoryUsage().rss;
  const took = await timed(() => Promise.all(Array.from({ length: 1_000 }, (_, one) => model.ask(request(one, 4)))));
  clearInterval(watch);
  const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
  console.log(
    `1,000 asks at once of 4 replies each: ${(took / 1000).toFixed(1)} s, memory ${mib(before)} MiB before, ${mib(most)} MiB at most, ${model.spent().calls} calls`,
  );
} finally {
  server.kill('SIGINT');
  rmSync(dir, { recursive: true });
}
