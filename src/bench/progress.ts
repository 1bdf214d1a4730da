/** What long benchmarks tell whoever watches, and how they are stopped. */
import { WinnowError } from '../base/mod.ts';

/** A step of something long. */
export interface BenchProgress {
  readonly label: string;
  readonly done: number;
  /** `null` while unknown. */
  readonly total: number | null;
}

/** @throws WinnowError `cancelled` */
export function stopIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new WinnowError('cancelled', 'The benchmark was cancelled.');
}
