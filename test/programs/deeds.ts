/** Jobs for the engines of `engines.ts`, and what came out as text. */
import { defaultCompileLimits, defaultLimits } from '../../src/run/joblimits.ts';
import type { CheckedJob, Limits, Outcome } from '../../src/run/types.ts';
import type { Step } from './engines.ts';

/** What of a job is not as usual. */
export type Change = Partial<Omit<CheckedJob, 'limits'>> & { readonly limits?: Partial<Limits> };

export function checkedJob(steps: readonly Step[], change: Change = {}): CheckedJob {
  return {
    language: 'deeds',
    files: [{ path: 'program', bytes: new TextEncoder().encode(JSON.stringify(steps)) }],
    entry: 'program',
    args: [],
    stdin: new Uint8Array(0),
    env: {},
    compileLimits: defaultCompileLimits,
    determinism: { seed: 0, clockMs: 0, locale: 'C', timeZone: 'UTC' },
    grants: { network: false, read: [] },
    count: false,
    ...change,
    limits: { ...defaultLimits, ...change.limits },
  };
}

export function printed({ stdout, stderr }: Outcome): { stdout: string; stderr: string } {
  return { stdout: Buffer.from(stdout.head).toString(), stderr: Buffer.from(stderr.head).toString() };
}
