/** `winnow mcp`: search, run and the rest as tools for coding agents, over the Model Context Protocol. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import type { WarmRepositories } from '../served/warm.ts';
import type { Context, Operation, Printed } from './types.ts';

export const clientNames = [
  ...['claude-code', 'claude-desktop', 'cursor', 'vscode', 'windsurf', 'zed', 'codex', 'gemini-cli', 'opencode'],
  ...['cline', 'jetbrains', 'other'],
] as const;

const input = z.strictObject({
  directories: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Directories that agents may look into; default: the roots that the client names, else the one around here',
    ),
  setup: z.enum(clientNames).optional().describe('Print what this client wants in its configuration, and where'),
});

const output = z.strictObject({
  schema: z.literal('winnow.mcp/1'),
  client: z.string(),
  where: z.string().describe('Where it goes, or what to do'),
  text: z.string().describe('What to put there'),
});

export const mcp: Operation<typeof input, typeof output> = {
  name: 'mcp',
  summary: 'search, run and the rest as tools for coding agents (Model Context Protocol)',
  description: `Speaks the Model Context Protocol over standard input and output, until the client closes it. A client starts this command itself: --setup prints what it wants in its configuration. Over HTTP \`winnow serve\` offers the same at /mcp.

Tools: search, show, graph, locate, map, run, trace, check. Each answer keeps within its budget of tokens and gives a handle of what follows. Files are looked at before every answer, so edits are seen at once; while a repository is indexed for the first time, answers are partial and say so.

Agents look into the named directories alone, and can change nothing: programs run in the sandbox. docs/agents.md has more.`,
  examples: [
    { command: 'winnow mcp --setup claude-code', does: 'how to add it to Claude Code' },
    { command: 'winnow mcp --setup claude-desktop ~/code/project', does: 'for a client without folders of its own' },
    { command: 'winnow mcp', does: 'what the client starts' },
  ],
  input,
  output,
  positional: [{ property: 'directories', label: 'DIR', variadic: true }],
  labels: { setup: 'CLIENT' },
  run: (given, context) => setupOf(given, context),
  stream: async (given, context, out) => {
    if (given.setup === undefined) return serveAgents(given.directories, context);
    const answer = await setupOf(given, context);
    await (out.json ? out.write(`${JSON.stringify(answer)}\n`) : printSetup(answer, out));
    return 0;
  },
  render: ({ where, text }) => `${where}\n\n${text}`,
  exit: () => 0,
};

/** What is to be copied goes to standard output alone, so that it can be sent into a file. */
async function printSetup({ where, text }: z.output<typeof output>, out: Printed): Promise<void> {
  await out.writeError(`${where}\n\n`);
  await out.write(text);
}

async function setupOf(
  { setup, directories }: z.output<typeof input>,
  { cwd }: Context,
): Promise<z.output<typeof output>> {
  if (setup === undefined)
    throw new WinnowError(
      'bad-usage',
      'Without --setup it speaks MCP over standard input and output; there is nothing to print.',
    );
  const { setupText } = await import('../mcp/setup.ts');
  const text = setupText(
    setup,
    directories.map((directory) => resolve(cwd, directory)),
  );
  return { schema: 'winnow.mcp/1', client: setup, ...text };
}

async function serveAgents(directories: readonly string[], { cwd, settings, signal }: Context): Promise<number> {
  const [{ Place }, { sharedBy }, { serveOverStdio }] = await Promise.all([
    import('../mcp/place.ts'),
    import('../mcp/shared.ts'),
    import('../mcp/stdio.ts'),
  ]);
  const place = new Place(
    directories.map((directory) => resolve(cwd, directory)),
    cwd,
  );
  const text = await readFile(new URL('../../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  let repositories: WarmRepositories | null = null;
  const warm = async (): Promise<WarmRepositories> => {
    repositories ??= (await import('../served/warm.ts')).warmRepositories();
    return repositories;
  };
  try {
    await serveOverStdio(sharedBy({ settings, warm, version }), place, { signal, home: settings.home });
  } finally {
    await (repositories as WarmRepositories | null)?.close();
  }
  return 0;
}
