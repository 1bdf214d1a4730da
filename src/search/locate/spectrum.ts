/**
 * How suspicious a line is, from which tests ran it and how they ended.
 *
 * A line that failing tests run and passing tests do not is suspect. With ef and ep the failing and passing tests that
 * run it, F and P all of them:
 *
 * | formula | value | source |
 * |---|---|---|
 * | ochiai | ef / √(F · (ef + ep)) | Abreu et al. 2006 |
 * | tarantula | (ef/F) / (ef/F + ep/P) | Jones and Harrold 2005 |
 * | op2 | ef − ep / (P + 1) | Naish et al. 2011 |
 * | barinel | 1 − ep / (ep + ef) | Abreu et al. 2009 |
 * | dstar | ef² / (ep + F − ef) | Wong et al. 2014, exponent 2 |
 */
export const formulas = ['ochiai', 'tarantula', 'op2', 'barinel', 'dstar'] as const;
export type Formula = (typeof formulas)[number];

export interface Counts {
  /** Failing tests that run the line, and passing ones. */
  readonly failing: number;
  readonly passing: number;
  readonly allFailing: number;
  readonly allPassing: number;
}

/** @returns 0 for a line that no failing test runs, whatever the formula */
export function suspicion(formula: Formula, { failing: ef, passing: ep, allFailing, allPassing }: Counts): number {
  if (ef === 0) return 0;
  switch (formula) {
    case 'ochiai':
      return ef / Math.sqrt(allFailing * (ef + ep));
    case 'tarantula': {
      const failed = ef / allFailing;
      return failed / (failed + (allPassing === 0 ? 0 : ep / allPassing));
    }
    case 'op2':
      return ef - ep / (allPassing + 1);
    case 'barinel':
      return 1 - ep / (ep + ef);
    case 'dstar': {
      const rest = ep + allFailing - ef;
      // All failing tests and no passing one: the most that any line can be; half a test stands for none.
      return (ef * ef) / (rest === 0 ? 0.5 : rest);
    }
  }
}
