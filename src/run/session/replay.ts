/**
 * Brings a fresh session to the state of another by doing again what was done there.
 *
 * Not the same as a copy of memory: time, chance and the world outside may give other values, so what each cell gave is compared and what
 * differs is told. Cells that were stopped from outside are left out and told as well, for nobody knows how far they had come. One that caught
 * its interrupt and came to its own end is interrupted again after as long, for it might wait for that.
 */
import { WinnowError } from '../../base/mod.ts';
import { digestOf, type History, type Step } from './history.ts';
import type { CellReport, Session } from './types.ts';

/**
 * @param skipCount lets the copy count a cell that is left out, so that both count alike
 * @returns counts of the original's cells whose outcome differs
 * @throws WinnowError `unsupported-job` when something is not kept
 */
export async function replay(history: History, session: Session, skipCount: () => void): Promise<readonly number[]> {
  if (history.hole !== null) {
    await session.end();
    throw new WinnowError(
      'unsupported-job',
      `The session cannot be copied by running its cells again: ${history.hole}.`,
      {
        details: { hole: history.hole },
      },
    );
  }
  const differing: number[] = [];
  try {
    for (const step of history.steps) {
      if (step.kind === 'files') await session.put(step.files);
      else if (step.kind === 'restart') await session.restart();
      else if (step.ending === 'interrupted' || step.ending === 'out-of-memory') {
        skipCount();
        differing.push(step.count);
      } else if (digestOf(await again(session, step)) !== step.digest) differing.push(step.count);
    }
  } catch (error) {
    await session.end();
    throw error;
  }
  return differing;
}

async function again(session: Session, { code, interruptsMs }: Step & { readonly kind: 'cell' }): Promise<CellReport> {
  const byHand = interruptsMs.map((afterMs) => setTimeout(() => session.interrupt(), afterMs));
  try {
    return await session.run(code);
  } finally {
    for (const timer of byHand) clearTimeout(timer);
  }
}
