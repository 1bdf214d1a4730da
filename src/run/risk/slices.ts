/** Slices as Python takes them: of any step, from either end. */

/** @param from undefined: from the first, or the last where the step is negative */
export function sliced(
  all: readonly unknown[],
  from: number | undefined,
  to: number | undefined,
  step: number,
): unknown[] {
  if (step === 0) return [];
  const { length } = all;
  const clamp = (place: number, least: number, most: number): number =>
    Math.min(Math.max(place < 0 ? place + length : place, least), most);
  const found: unknown[] = [];
  if (step > 0) {
    const end = to === undefined ? length : clamp(to, 0, length);
    for (let at = from === undefined ? 0 : clamp(from, 0, length); at < end; at += step) found.push(all[at]);
  } else {
    const end = to === undefined ? -1 : clamp(to, -1, length - 1);
    for (let at = from === undefined ? length - 1 : clamp(from, -1, length - 1); at > end; at += step)
      found.push(all[at]);
  }
  return found;
}
