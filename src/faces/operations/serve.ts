/** `winnow serve`: the operations over HTTP, the pages, and MCP for agents, on one address until it is told to end. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parse, resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import type { Context, Operation, Printed } from './types.ts';

/** Where nothing else is used to listen; in the range that nobody assigns (RFC 6335 leaves 49152 and up to systems for their own connections). */
const usualPort = 4173;

/** Requests that are answered at once. They share one thread but for what runs, so more would only hold more memory. */
const atOnce = 8;
/** Requests that wait for a turn, a quarter of the connections there may be. */
const mostWaiting = 250;

const input = z.strictObject({
  directories: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Directories that are served, each with its whole repository; default: the one around here, and all that were added',
    ),
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('Address to listen on; any other than this machine’s own needs a token'),
  port: z.int().min(0).max(65_535).default(usualPort).describe('Port to listen on; 0 takes any that is free'),
  tokenVariable: z
    .string()
    .min(1)
    .optional()
    .describe('Environment variable that holds the token which every request has to bring'),
  allowHost: z
    .array(z.string().min(1))
    .default([])
    .describe('A name that requests may call the server by, beside localhost and addresses in numbers'),
  allowWrite: z
    .boolean()
    .default(false)
    .describe('Offer too what writes to your files, starts sessions, clones or reaches the network'),
  log: z.enum(['json', 'none']).default('json').describe('A line of JSON for each request on standard error, or none'),
});

const output = z.strictObject({ schema: z.literal('winnow.serve/1'), url: z.string() });

export const serve: Operation<typeof input, typeof output> = {
  name: 'serve',
  summary: 'search, run and the rest over HTTP, with pages to look at, on this machine',
  description: `Answers over HTTP what the verbs answer with --json: POST /api/v1/search with {"query": "…"} is \`winnow search … --json\`. GET /openapi.json describes everything, GET /api/v1/operations says what is offered and what is not, /mcp speaks to agents, and / is a page to look at it all. It runs until Ctrl-C, and then ends what it is answering first.

Requests name paths of the served directories alone: the repository around here and those that \`winnow add\` knows, or those that are named. What writes to your files, sessions, clones and the network are offered with --allow-write only.

It listens on this machine alone. On any other address it starts with a token only. Requests of pages of other sites are refused. docs/http.md has the rules.`,
  examples: [
    { command: 'winnow serve', does: 'the repository around here on http://127.0.0.1:4173' },
    { command: 'winnow serve ~/code/a ~/code/b --port 0', does: 'two repositories, on any free port' },
    { command: 'TOKEN=… winnow serve --host 0.0.0.0 --token-variable TOKEN', does: 'for other machines, with a token' },
  ],
  input,
  output,
  positional: [{ property: 'directories', label: 'DIR', variadic: true }],
  labels: { tokenVariable: 'NAME', allowHost: 'NAME' },
  run: () => {
    throw new WinnowError(
      'bad-usage',
      '`serve` answers until it is told to end; over what it serves it cannot be asked for.',
    );
  },
  stream: (given, context, out) => serveUntilTold(given, context, out),
  render: () => '',
  exit: () => 0,
};

async function serveUntilTold(given: z.output<typeof input>, context: Context, out: Printed): Promise<number> {
  const [
    { appOf, mostBodyBytes },
    { listen },
    { isLoopback },
    { Metrics },
    { Turns },
    { addedRoots, rootsOf },
    { warmRepositories },
    { pagesOf },
    { mcpRoute },
    { Place },
    { sharedBy },
    { pino },
  ] = await Promise.all([
    import('../http/app.ts'),
    import('../http/server.ts'),
    import('../http/guards.ts'),
    import('../http/metrics.ts'),
    import('../served/turns.ts'),
    import('../served/roots.ts'),
    import('../served/warm.ts'),
    import('../web/pages.ts'),
    import('../mcp/http.ts'),
    import('../mcp/place.ts'),
    import('../mcp/shared.ts'),
    import('pino'),
  ]);
  const token = tokenOf(given.tokenVariable, context);
  if (token === null && !isLoopback(given.host))
    throw new WinnowError(
      'bad-usage',
      `Other machines can reach ${given.host}, so a token is needed: put one into an environment variable and name that with --token-variable.`,
    );
  const { cwd: here, settings } = context;
  const named = given.directories.map((directory) => resolve(here, directory));
  const roots = named.length > 0 ? rootsOf(named) : rootsOf([here], () => addedRoots(settings));
  const warm = warmRepositories();
  const log = pino(
    { level: given.log === 'none' ? 'silent' : 'info', base: {} },
    pino.destination({ fd: 2, sync: false }),
  );
  const cwd = named[0] ?? here;
  const [metrics, turns] = [new Metrics(), new Turns({ atOnce, waiting: mostWaiting })];
  const shared = { settings, warm, version: await version() };
  const agents = mcpRoute(
    sharedBy(
      { ...shared, warm: async () => warm },
      {
        turns,
        counted: (tool, status, seconds) => metrics.answered('mcp', tool, status, seconds),
        failed: (error, tool) => log.error({ err: error, tool }, 'a tool failed'),
      },
    ),
    () =>
      new Place(
        [cwd, ...roots.all()].filter((path) => existsSync(path)),
        parse(cwd).root,
        existsSync(cwd) ? null : cwd,
      ),
    mostBodyBytes,
  );
  const app = await appOf(
    {
      surroundings: { ...shared, cwd, roots, allowWrite: given.allowWrite },
      guard: { hosts: given.allowHost.map((name) => name.toLowerCase()), token },
      ...{ metrics, turns, log, version: shared.version },
    },
    [agents.add, pagesOf({ cacheDir: settings.cacheDir })],
  );
  const listening = await listen(app, given.host, given.port);
  try {
    const url = `http://${given.host.includes(':') ? `[${given.host}]` : given.host}:${listening.port}/`;
    await out.write(
      out.json
        ? `${JSON.stringify({ schema: 'winnow.serve/1', url })}\n`
        : `Serving ${roots.all().join(', ')}\n${url}\n`,
    );
    await told(context.signal);
  } finally {
    await agents.close();
    await listening.close();
    await warm.close();
    log.flush();
  }
  return 0;
}

function told(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Shorter ones can be guessed by trying. */
const shortestToken = 16;

function tokenOf(variable: string | undefined, { settings }: Context): string | null {
  if (variable === undefined) return null;
  const token = settings.variable(variable);
  if (token !== undefined && token.length >= shortestToken && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new WinnowError(
    'bad-usage',
    token === undefined
      ? `Expected the token in the environment variable ${/^[A-Z_][A-Z0-9_]{0,63}$/i.test(variable) ? variable : 'that was named'}, which is not set.`
      : `Expected a token of at least ${shortestToken} letters, digits and signs without spaces; the one that came is not.`,
  );
}

async function version(): Promise<string> {
  const text = await readFile(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
