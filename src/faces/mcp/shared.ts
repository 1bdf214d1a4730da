/** What connections of agents share in one process, made of what the process has: warm repositories, turns, kept outputs. */
import { systemClock } from '../../base/mod.ts';
import type { Settings } from '../operations/types.ts';
import { Turns } from '../served/turns.ts';
import type { WarmRepositories } from '../served/warm.ts';
import { Outputs } from './outputs.ts';
import type { Shared } from './server.ts';

/** Calls that are answered at once, and that may wait. */
const atOnce = 8;
const mostWaiting = 500;

export function sharedBy(
  { settings, warm, version }: { settings: Settings; warm: WarmRepositories; version: string },
  {
    turns = new Turns({ atOnce, waiting: mostWaiting }),
    counted = () => {},
    failed = tellOnStandardError,
  }: { turns?: Turns; counted?: Shared['counted']; failed?: Shared['failed'] } = {},
): Shared {
  return {
    surroundings: { settings, warm },
    outputs: new Outputs(),
    version,
    inTurn: (signal, work) => turns.take(signal, work),
    counted,
    failed,
  };
}

function tellOnStandardError(error: unknown, tool: string): void {
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${JSON.stringify({ tool, atMs: Math.round(systemClock.elapsedMs()), error: told })}\n`);
}
