/** How many programs run at once, over all submissions; who came first goes first. */

export interface Lanes {
  /** Resolves when there is room. @returns what gives the place back, once */
  enter(): Promise<() => void>;
}

/** @param count programs at once, ≥ 1 */
export function openLanes(count: number): Lanes {
  let free = count;
  const waiting: (() => void)[] = [];
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  };
  return {
    async enter() {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      let isOut = false;
      return () => {
        if (!isOut) leave();
        isOut = true;
      };
    },
  };
}
