/**
 * The counter of a metered module, as its host sees it.
 *
 * Inside it is a 64-bit global that starts at a limit and goes down. Below zero the module traps at the
 * next function entry or loop head. It stays below zero, so that a host that catches the trap (as
 * emscripten's `invoke_*` wrappers may) and calls in again meets it again at once; inside WebAssembly a
 * trap cannot be caught.
 */

/** The name under which a metered module exports its counter. */
export const fuelExport = '__winnow_fuel';

/**
 * The name under which it exports what its last `memory.grow` gave: the size before, in pages, or -1 when it was refused.
 * So a host can tell a program that ran out of memory from one that failed by itself.
 */
export const growthExport = '__winnow_growth';

/** Stands for no limit: so high that no program counts it down in a hundred years, and far from overflow. */
export const unlimitedFuel = 2n ** 62n;

export interface Fuel {
  /**
   * Starts counting from zero.
   *
   * @param limit instructions, integer in [0, 2^53); null: counted but not limited
   */
  set(limit: number | null): void;
  /**
   * Instructions since the last `set` (or since the module was instantiated, start function included).
   * Never more than the limit: a program that runs out has used all of it.
   */
  used(): number;
  /**
   * True when more was used than the limit. To be asked after each run, also one that returned: the check
   * stands at function entries and loop heads, so the last few instructions may pass the limit without a trap.
   */
  exhausted(): boolean;
  /** True when the module's last wish for more memory was refused. */
  growthRefused(): boolean;
}

/** @throws Error when the module is not metered */
export function fuelOf(exports: WebAssembly.Exports): Fuel {
  const global = exports[fuelExport];
  const growth = exports[growthExport];
  if (!(global instanceof WebAssembly.Global) || !(growth instanceof WebAssembly.Global))
    throw new Error(`the module exports no ${fuelExport}; meter() it first`);
  let start = unlimitedFuel;
  const remaining = () => global.value as bigint;
  return {
    set(limit) {
      start = limit === null ? unlimitedFuel : BigInt(limit);
      global.value = start;
      growth.value = 0;
    },
    used() {
      const left = remaining();
      return Number(start - (left < 0n ? 0n : left));
    },
    exhausted: () => remaining() < 0n,
    growthRefused: () => growth.value === -1,
  };
}
