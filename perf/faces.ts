/**
 * What agents and programs wait for and pay: start, time of each tool over MCP and HTTP, tokens of an answer beside what grep and reading cost.
 *
 *   node perf/faces.ts FLASK          a checkout of github.com/pallets/flask, of which the questions are
 *
 * The index is made first and is not part of any figure but the one that says so. Baseline of a question: the lines that `grep -rn` of the
 * pattern prints in source files, cut at 250 as agents' tools cut them, and the place that answers read with 100 lines, or the whole file.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { estimateTokens } from '../src/search/mod.ts';
import { launcher } from '../test/program.ts';

const flask = resolve(process.argv[2] ?? '.');
const home = mkdtempSync(join(tmpdir(), 'winnow-perf-'));
const env = { PATH: process.env.PATH ?? '', HOME: home, WINNOW_HOME: home };
const rounds = 40;

interface Question {
  readonly asks: string;
  readonly tool: string;
  readonly given: Record<string, unknown>;
  /** What the answer has to hold. */
  readonly holds: string;
  readonly grep: RegExp;
  /** Where the answer stands. */
  readonly file: string;
  readonly line: RegExp;
}

const questions: readonly Question[] = [
  {
    asks: 'Where is the session cookie signed?',
    tool: 'search',
    given: { query: 'where is the session cookie signed' },
    holds: 'SecureCookieSessionInterface',
    grep: /session.*cookie|cookie.*session/i,
    file: 'src/flask/sessions.py',
    line: /def get_signing_serializer/,
  },
  {
    asks: 'What does dispatch_request do?',
    tool: 'show',
    given: { id: 'src/flask/app.py:Flask.dispatch_request' },
    holds: 'view_functions',
    grep: /dispatch_request/,
    file: 'src/flask/app.py',
    line: /def dispatch_request/,
  },
  {
    asks: 'Who calls full_dispatch_request?',
    tool: 'graph',
    given: { symbol: 'Flask.full_dispatch_request', relation: ['callers'] },
    holds: 'wsgi_app',
    grep: /full_dispatch_request/,
    file: 'src/flask/app.py',
    line: /def wsgi_app/,
  },
  {
    asks: 'What derives from Scaffold?',
    tool: 'graph',
    given: { symbol: 'Scaffold', relation: ['derived'], hops: 3 },
    holds: 'Flask',
    grep: /Scaffold/,
    file: 'src/flask/sansio/blueprints.py',
    line: /class Blueprint/,
  },
  {
    asks: 'What is in blueprints.py?',
    tool: 'show',
    given: { id: 'src/flask/sansio/blueprints.py', budget: 1500 },
    holds: 'add_url_rule',
    grep: /^(class|def) |^ {4}def /,
    file: 'src/flask/sansio/blueprints.py',
    line: /class Blueprint\(/,
  },
  {
    asks: 'Which code is to change when url_for ignores SCRIPT_NAME?',
    tool: 'locate',
    given: { issue: 'url_for ignores SCRIPT_NAME\n\nBuilding external URLs loses the script root.' },
    holds: 'url_for',
    grep: /url_for|SCRIPT_NAME/,
    file: 'src/flask/app.py',
    line: /def url_for/,
  },
  {
    asks: 'How are configuration files loaded?',
    tool: 'search',
    given: { query: 'load configuration from a file', limit: 5 },
    holds: 'Config.from_',
    grep: /config/i,
    file: 'src/flask/config.py',
    line: /def from_file/,
  },
  {
    asks: 'What matters in this repository?',
    tool: 'map',
    given: {},
    holds: 'src/flask/app.py',
    grep: /^class /,
    file: 'src/flask/app.py',
    line: /class Flask/,
  },
  {
    asks: 'Which tests exercise Blueprint.register?',
    tool: 'graph',
    given: { symbol: 'src/flask/sansio/blueprints.py:Blueprint.register', relation: ['tests'] },
    holds: 'tests',
    grep: /register_blueprint|\.register\(/,
    file: 'tests/test_blueprints.py',
    line: /def test_/,
  },
  {
    asks: 'Where are errors of a request handled?',
    tool: 'search',
    given: { query: 'handle an exception raised by a view', limit: 5 },
    holds: 'handle_',
    grep: /exception|error/i,
    file: 'src/flask/app.py',
    line: /def handle_user_exception/,
  },
];

function sources(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.')) return [];
    const path = join(dir, entry.name);
    return entry.isDirectory() ? sources(path) : /\.(py|md|rst|toml|html|txt)$/.test(entry.name) ? [path] : [];
  });
}

const files = sources(flask).map((path) => ({
  path: relative(flask, path),
  lines: readFileSync(path, 'utf8').split('\n'),
}));

function baseline({ grep, file, line }: Question): { around: number; whole: number } {
  const printed = files
    .filter(({ path }) => path.endsWith('.py'))
    .flatMap(({ path, lines }) => lines.flatMap((text, at) => (grep.test(text) ? [`${path}:${at + 1}:${text}`] : [])))
    .slice(0, 250);
  const lines = files.find(({ path }) => path === file)?.lines ?? [];
  const at = lines.findIndex((text) => line.test(text));
  const found = estimateTokens(printed.join('\n'));
  return {
    around: found + estimateTokens(lines.slice(Math.max(0, at - 20), at + 80).join('\n')),
    whole: found + estimateTokens(lines.join('\n')),
  };
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

async function timed(label: string, count: number, work: () => Promise<unknown>): Promise<void> {
  await work();
  const times: number[] = [];
  for (let round = 0; round < count; round++) {
    const startMs = performance.now();
    await work();
    times.push(performance.now() - startMs);
  }
  times.sort((a, b) => a - b);
  console.log(`| ${label} | ${quantile(times, 0.5).toFixed(1)} | ${quantile(times, 0.95).toFixed(1)} |`);
}

/** From its start until it has answered the first message, in milliseconds. */
async function startOfMcp(cwd: string, homeDir: string): Promise<number> {
  const startMs = performance.now();
  const child = spawn(process.execPath, [launcher, 'mcp'], {
    cwd,
    env: { ...env, WINNOW_HOME: homeDir },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'perf', version: '1' } };
  child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`);
  await once(child.stdout, 'data');
  const elapsedMs = performance.now() - startMs;
  child.stdin.end();
  await once(child, 'exit');
  return elapsedMs;
}

async function connect(): Promise<Client> {
  const client = new Client({ name: 'perf', version: '1' });
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [launcher, 'mcp'], cwd: flask, env, stderr: 'ignore' }),
  );
  return client;
}

try {
  const fresh = performance.now();
  const first = await connect();
  const answer = await first.callTool({ name: 'search', arguments: { query: 'dispatch request' } });
  const { hits, partial } = answer.structuredContent as { hits: unknown[]; partial: boolean };
  const waited = ((performance.now() - fresh) / 1000).toFixed(1);
  console.log(`unindexed: first answer ${waited} s after the start, ${hits.length} hits, partial: ${partial}\n`);
  await first.callTool({ name: 'graph', arguments: { symbol: 'Flask' } });
  await first.close();

  const starts = [];
  for (let round = 0; round < 11; round++) starts.push(await startOfMcp(flask, home));
  starts.sort((a, b) => a - b);
  console.log(
    `start, indexed: median ${quantile(starts, 0.5).toFixed(0)} ms, least ${starts[0]?.toFixed(0)}, most ${starts.at(-1)?.toFixed(0)}\n`,
  );

  const client = await connect();
  const call = (name: string, given: Record<string, unknown>) => client.callTool({ name, arguments: given });
  const byTool: [string, Record<string, unknown>, string, Record<string, unknown>][] = [
    [
      'search',
      { query: 'where is the session cookie signed' },
      'search',
      { query: 'where is the session cookie signed' },
    ],
    ['search', { query: 'dispatch_request' }, 'search', { query: 'dispatch_request' }],
    [
      'show',
      { id: 'src/flask/app.py:Flask.dispatch_request' },
      'show',
      { id: 'src/flask/app.py:Flask.dispatch_request' },
    ],
    ['graph', { symbol: 'Flask.dispatch_request' }, 'graph', { symbol: 'Flask.dispatch_request' }],
    [
      'locate',
      { issue: 'Crash when the session cookie is empty' },
      'locate',
      { text: 'Crash when the session cookie is empty' },
    ],
    ['map', {}, 'map', {}],
    ['run', { code: 'print(1)', language: 'python' }, 'run', { code: 'print(1)', lang: 'python' }],
    ['trace', { code: 'print(1)', language: 'python' }, 'trace', { code: 'print(1)', lang: 'python' }],
  ];
  console.log('| over MCP (stdio), ms | p50 | p95 |\n|---|---|---|');
  for (const [name, given] of byTool)
    await timed(`${name} ${Object.values(given)[0] ?? ''}`, name === 'run' || name === 'trace' ? 10 : rounds, () =>
      call(name, given),
    );
  const edited = join(flask, 'perf_edit.py');
  let edits = 0;
  await timed('search after an edit of a file', 20, () => {
    writeFileSync(edited, `def perf_edit_${edits++}():\n    return ${edits}\n`);
    return call('search', { query: `perf_edit_${edits - 1}` });
  });
  rmSync(edited);

  const server = spawn(process.execPath, [launcher, 'serve', '--port', '0', '--json', '--log', 'none'], {
    cwd: flask,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const serveStart = performance.now();
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  const { url } = JSON.parse(line.toString()) as { url: string };
  console.log(`\nserve listens after ${(performance.now() - serveStart).toFixed(0)} ms\n`);
  console.log('| over HTTP, ms | p50 | p95 |\n|---|---|---|');
  for (const [, , operation, given] of byTool)
    await timed(
      `${operation} ${Object.values(given)[0] ?? ''}`,
      operation === 'run' || operation === 'trace' ? 10 : rounds,
      async () => {
        const response = await fetch(`${url}api/v1/${operation}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(given),
        });
        if (!response.ok) throw new Error(await response.text());
        return response.text();
      },
    );
  server.kill();

  console.log(
    '\n| question | tool | answers | tokens | grep and 100 lines | grep and the file |\n|---|---|---|---|---|---|',
  );
  const sums = { tool: 0, around: 0, whole: 0 };
  for (const question of questions) {
    const result = await call(question.tool, question.given);
    const text = (result.content as { text: string }[]).map((one) => one.text).join('');
    const tokens = Math.max(estimateTokens(text), estimateTokens(JSON.stringify(result.structuredContent)));
    const { around, whole } = baseline(question);
    sums.tool += tokens;
    sums.around += around;
    sums.whole += whole;
    const answers = text.includes(question.holds) ? 'yes' : 'no';
    console.log(`| ${question.asks} | ${question.tool} | ${answers} | ${tokens} | ${around} | ${whole} |`);
  }
  console.log(`| all | | | ${sums.tool} | ${sums.around} | ${sums.whole} |`);
  const { tools } = await client.listTools();
  const described = tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
  console.log(`\nthe list of tools, as a model reads it: ${estimateTokens(JSON.stringify(described))} tokens`);
  await client.close();
} finally {
  rmSync(home, { recursive: true });
}
