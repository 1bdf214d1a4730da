/**
 * The faces under load: many connections on HTTP, then many agents' calls at once over MCP for long, with every answer checked.
 *
 *   node perf/faces-load.ts DIR [HTTP-SECONDS] [MCP-SECONDS]
 *
 * HTTP: 200 connections ask `search` and `show` in turn. MCP: 64 calls at once over one stdio connection, mixed; what each
 * answers is compared with what it answered alone at the start (a run's output with what it must be), while a file is edited once a second and
 * the edit looked for. Memory is the server's, asked of the system.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { launcher } from '../test/program.ts';

const dir = resolve(process.argv[2] ?? '.');
const httpMs = Number(process.argv[3] ?? 60) * 1000;
const mcpMs = Number(process.argv[4] ?? 300) * 1000;
const connections = 200;
const callers = 64;
const home = mkdtempSync(join(tmpdir(), 'winnow-perf-'));
const env = { PATH: process.env.PATH ?? '', HOME: home, WINNOW_HOME: home };

/** Resident memory of a process, MB. */
function memoryOf(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}

const quantile = (sorted: readonly number[], share: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(0);

async function http(): Promise<void> {
  const server = spawn(process.execPath, [launcher, 'serve', '--port', '0', '--json', '--log', 'none'], {
    cwd: dir,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  const { url } = JSON.parse(line.toString()) as { url: string };
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const post = (operation: string, input: object): Promise<{ status: number; text: string }> =>
    new Promise((done, failed) => {
      const headers = { 'content-type': 'application/json' };
      const asked = request(`${url}api/v1/${operation}`, { method: 'POST', agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => done({ status: response.statusCode ?? 0, text }));
      });
      asked.on('error', failed).end(JSON.stringify(input));
    });
  const asks: [string, object][] = [
    ['search', { query: 'request', limit: 5, meaning: 'off' }],
    ['show', { id: 'README.md' }],
  ];
  const same = (text: string): string => text.replace(/"elapsedMs":\{[^}]*\}/, '');
  const expected: string[] = [];
  for (const [operation, input] of asks) expected.push(same((await post(operation, input)).text));
  const before = memoryOf(server.pid as number);
  const times: number[] = [];
  const statuses = new Map<number, number>();
  let wrong = 0;
  let most = before;
  const endMs = performance.now() + httpMs;
  const one = async (at: number): Promise<void> => {
    for (let round = at; performance.now() < endMs; round++) {
      const [operation, input] = asks[round % asks.length] as [string, object];
      const startMs = performance.now();
      const { status, text } = await post(operation, input);
      times.push(performance.now() - startMs);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status === 200 && same(text) !== expected[round % asks.length] && wrong++ < 3) console.log(text.slice(-300));
    }
  };
  const watch = setInterval(() => {
    most = Math.max(most, memoryOf(server.pid as number));
  }, 500);
  await Promise.all(Array.from({ length: connections }, (_, at) => one(at)));
  clearInterval(watch);
  times.sort((a, b) => a - b);
  console.log(
    `HTTP, ${connections} connections, ${httpMs / 1000} s: ${times.length} answers (${Math.round((times.length / httpMs) * 1000)} a second), ` +
      `ms p50 ${quantile(times, 0.5)} p95 ${quantile(times, 0.95)} p99 ${quantile(times, 0.99)}; statuses ${JSON.stringify([...statuses])}; ` +
      `wrong ${wrong}; memory MB before ${before}, most ${most}, after ${memoryOf(server.pid as number)}`,
  );
  agent.destroy();
  server.kill();
  await once(server, 'exit');
}

type Result = Awaited<ReturnType<Client['callTool']>>;

async function mcp(): Promise<void> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [launcher, 'mcp'],
    cwd: dir,
    env,
    stderr: 'inherit',
  });
  const client = new Client({ name: 'perf', version: '1' });
  await client.connect(transport);
  const call = (name: string, given: Record<string, unknown>): Promise<Result> =>
    client.callTool({ name, arguments: given }, { timeout: 600_000 });
  const asks: [string, Record<string, unknown>][] = [
    ['search', { query: 'request', path: ['README'] }],
    ['search', { query: 'error', limit: 3, path: ['docs'] }],
    ['show', { id: 'README.md' }],
    ['show', { id: 'README.md:1-5' }],
    ['map', { budget: 300 }],
    ['graph', { symbol: 'README.md' }],
    ['locate', { issue: 'The README is wrong', limit: 3 }],
    ['show', { id: 'no/such.file' }],
    ['run', { code: 'print(sum(range(1000)))', language: 'python' }],
  ];
  const pid = transport.pid as number;
  const expected = new Map<number, string>();
  // What is edited meanwhile changes what is ranked, so that only answers about other files are compared.
  const compared = new Set([2, 3, 5, 7]);
  for (const [at, [name, given]] of asks.entries()) expected.set(at, JSON.stringify((await call(name, given)).content));
  const samples: number[] = [memoryOf(pid)];
  const counts = { calls: 0, wrong: 0, failed: 0, edits: 0, stale: 0 };
  const endMs = performance.now() + mcpMs;
  const edited = join(dir, 'load_edit.py');
  const editing = async (): Promise<void> => {
    for (let n = 0; performance.now() < endMs; n++) {
      writeFileSync(edited, `def load_edit_${n}_name():\n    return ${n}\n`);
      const found = (await call('search', { query: `load_edit_${n}_name`, limit: 1 })).structuredContent as {
        hits: { id: string }[];
      };
      counts.edits++;
      if (!found.hits[0]?.id.endsWith(`load_edit_${n}_name`)) counts.stale++;
      await new Promise((done) => setTimeout(done, 1000));
    }
  };
  const one = async (from: number): Promise<void> => {
    for (let round = from; performance.now() < endMs; round++) {
      // A run costs a hundred times a look; one call in fifty is one.
      const at = round % 50 === 0 ? 8 : round % 8;
      const [name, given] = asks[at] as [string, Record<string, unknown>];
      const result = await call(name, given);
      counts.calls++;
      if (result.isError && at !== 7) counts.failed++;
      if (compared.has(at) && JSON.stringify(result.content) !== expected.get(at)) {
        if (counts.wrong++ < 3)
          console.log(`${name} ${JSON.stringify(given)}: ${JSON.stringify(result.content).slice(-300)}`);
      }
      if (at === 8 && (result.structuredContent as { stdout?: string })?.stdout !== '499500\n') counts.wrong++;
    }
  };
  const watch = setInterval(() => samples.push(memoryOf(pid)), 1000);
  await Promise.all([editing(), ...Array.from({ length: callers }, (_, at) => one(at * 7))]);
  clearInterval(watch);
  rmSync(edited, { force: true });
  const tenth = Math.max(1, Math.floor(samples.length / 10));
  const mean = (list: readonly number[]): number => Math.round(list.reduce((a, b) => a + b, 0) / list.length);
  const parts = Array.from({ length: 10 }, (_, at) => mean(samples.slice(at * tenth, (at + 1) * tenth)));
  console.log(
    `MCP, ${callers} calls at once, ${mcpMs / 1000} s: ${counts.calls} answers, wrong ${counts.wrong}, failed ${counts.failed}; ` +
      `${counts.edits} edits looked for, not seen ${counts.stale}; memory MB by tenths of the time ${parts.join(' ')}`,
  );
  await client.close();
}

try {
  spawnSync(process.execPath, [launcher, 'index', dir], { env });
  spawnSync(process.execPath, [launcher, 'graph', 'README.md', dir], { env });
  if (httpMs > 0) await http();
  if (mcpMs > 0) await mcp();
} finally {
  rmSync(home, { recursive: true, force: true });
}
