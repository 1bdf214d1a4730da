/**
 * How efficient a right program is beside the references of its problem, as ENAMEL or as COFFE reckons it.
 *
 * What a problem's references take is measured once a run and problem, in the same way and unit as programs.
 */
import {
  type EffortKey,
  efficiency,
  isEfficient,
  type OpenEffort,
  openEffort,
  type Work,
  type WorkUnit,
} from '../../judge/mod.ts';
import type { Runner } from '../../run/mod.ts';
import type { Program } from './types.ts';

export interface Effort {
  readonly key: EffortKey;
  /** Whole programs that define the key's entry point; the fastest counts. */
  readonly references: readonly string[];
  /** What a level counts, easiest first (ENAMEL); null: work of all cases together, less than the references' (COFFE). */
  readonly weights: readonly number[] | null;
}

export interface Measured {
  readonly efficiency: number | null;
  readonly work: number | null;
}

/** ENAMEL: a program is stopped at twice what the reference takes. */
const alpha = 2;
/** COFFE: at ten times. */
const stopFactor = 10;

interface Opened {
  readonly open: OpenEffort;
  readonly reference: Work | null;
}
const opened = new WeakMap<Effort, Promise<Opened>>();

export async function measureWork(
  effort: Effort,
  program: Program,
  options: { readonly runner: Runner; readonly signal: AbortSignal; readonly unit: WorkUnit },
): Promise<Measured> {
  const known = opened.get(effort) ?? openOnce(effort, options);
  opened.set(effort, known);
  const { open, reference } = await known;
  const nothing = { efficiency: null, work: null };
  if (reference === null) return nothing;
  const most = reference.map((cases) => Math.max(...(cases as readonly number[])));
  const factor = effort.weights === null ? stopFactor : alpha;
  const work = await open.measure(
    program.source,
    most.map((one) => factor * one),
  );
  // Right by its tests and wrong on the inputs that were measured is wrong.
  if (work === null) return { efficiency: 0, work: null };
  const taken = work.flat();
  const sum = taken.includes(null) ? null : (taken as number[]).reduce((total, one) => total + one, 0);
  if (effort.weights === null)
    return { efficiency: sum !== null && isEfficient(sum, total(reference)) ? 1 : 0, work: sum };
  const levels = effort.weights.map((weight, level) => ({
    weight,
    reference: reference[level] as readonly number[],
    program: work[level] as readonly (number | null)[],
  }));
  return { efficiency: efficiency(levels, true, alpha), work: sum };
}

async function openOnce(
  effort: Effort,
  options: { readonly runner: Runner; readonly signal: AbortSignal; readonly unit: WorkUnit },
): Promise<Opened> {
  const open = await openEffort(effort.key, options);
  let reference: Work | null = null;
  for (const source of effort.references) {
    const work = await open.measure(source, null);
    if (work === null || work.flat().includes(null)) continue;
    if (reference === null || total(work) < total(reference)) reference = work;
  }
  return { open, reference };
}

const total = (work: Work): number => (work.flat() as number[]).reduce((sum, one) => sum + one, 0);

export type { WorkUnit };
