/** What connections of agents share in one process, made of what the process has: warm repositories, turns, kept outputs. */
import type { Settings } from '../operations/types.ts';
import { Turns } from '../served/turns.ts';
import type { WarmRepositories } from '../served/warm.ts';
import type { Opened, Shared } from './server.ts';

/** Calls that are answered at once, and that may wait. */
const atOnce = 8;
const mostWaiting = 500;

/** @param warm loaded and made with the first answer */
export function sharedBy(
  { settings, warm, version }: { settings: Settings; warm: () => Promise<WarmRepositories>; version: string },
  {
    turns = new Turns({ atOnce, waiting: mostWaiting }),
    counted = () => {},
    failed = tellOnStandardError,
  }: { turns?: Turns; counted?: Shared['counted']; failed?: Shared['failed'] } = {},
): Shared {
  let opening: Promise<Opened> | null = null;
  return {
    opened: () => {
      opening ??= open();
      return opening;
    },
    version,
    inTurn: (signal, work) => turns.take(signal, work),
    counted,
    failed,
  };

  async function open(): Promise<Opened> {
    const [served, { Outputs }] = await Promise.all([import('../served/call.ts'), import('./outputs.ts')]);
    return { served, surroundings: { settings, warm: await warm() }, outputs: new Outputs() };
  }
}

function tellOnStandardError(error: unknown, tool: string): void {
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${JSON.stringify({ tool, error: told })}\n`);
}
