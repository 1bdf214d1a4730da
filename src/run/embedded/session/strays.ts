/**
 * Signals that were meant for a cell and came when it was over: taken out of the way before the next cell begins.
 *
 * The host says how many it has sent before it sends one, and sends no request until it has. So when a request is read, every signal before it
 * has ended a cell, or was heard between cells, or is still on its way through Node's thread for it, and then comes at once.
 */
import { endedBySignal, takeStray } from '../interruptible.ts';

/** A thread's turn may be long in coming on a machine with others on it; waited for in full only for a signal that Node itself has lost. */
const patienceMs = 1000;

export interface Strays {
  /** @param sent signals of the host so far; none is on its way from there */
  clear(sent: number): Promise<void>;
}

/** Listens to SIGINT, which would otherwise be the end of the process when no cell runs. */
export function openStrays(): Strays {
  let heard = 0;
  let settled = 0;
  process.on('SIGINT', () => void heard++);
  return {
    async clear(sent) {
      const missing = (): boolean => settled + endedBySignal() + heard < sent;
      if (!missing()) return;
      // What was heard between cells is told by an event.
      await new Promise((resolve) => setImmediate(resolve));
      while (missing() && takeStray(patienceMs));
      settled = sent - endedBySignal() - heard;
    },
  };
}
