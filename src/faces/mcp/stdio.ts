/** MCP over standard input and output: one client, until it closes its end or the process is told to end. */
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { messageLines, mostLineBytes } from './lines.ts';
import type { Place } from './place.ts';
import { mcpServer, type Shared } from './server.ts';
import { tools } from './tools.ts';

/** After the client's first words: its start is not to wait for the index. */
const warmUpAfterMs = 20;

export async function serveOverStdio(
  shared: Shared,
  place: Place,
  { signal, home }: { signal: AbortSignal; home: string | undefined },
): Promise<void> {
  const ended = Promise.withResolvers<void>();
  process.stdin.once('end', ended.resolve);
  process.stdin.once('close', ended.resolve);
  // A client that hears nothing any more is gone, even where it keeps the other end open.
  process.stdout.once('error', () => ended.resolve());
  signal.addEventListener('abort', () => ended.resolve(), { once: true });
  if (signal.aborted) ended.resolve();
  process.stdin.once('data', () => setTimeout(() => void warmUp(place, shared, home), warmUpAfterMs).unref());
  const heard = process.stdin.pipe(messageLines((answer) => void process.stdout.write(`${answer}\n`)));
  const handle = serveStdio(() => mcpServer(shared, place, { keepsConnection: true }), {
    transport: new StdioServerTransport(heard, process.stdout, { maxBufferSize: 2 * mostLineBytes }),
    onerror: (error) => void process.stderr.write(`mcp: ${error.message}\n`),
  });
  await ended.promise;
  await handle.close();
}

/** Begins to look at the worktree, so that the first question finds the index current, or at least begun. */
async function warmUp(place: Place, shared: Shared, home: string | undefined): Promise<void> {
  try {
    const [{ surroundings }] = await Promise.all([shared.opened(), ...tools.map((tool) => tool.load())]);
    const repository = surroundings.warm.open(place.directory, home === undefined ? {} : { home });
    try {
      await repository.refresh();
    } finally {
      repository.close();
    }
  } catch {
    // The first question meets the same, and tells it to who asked.
  }
}
