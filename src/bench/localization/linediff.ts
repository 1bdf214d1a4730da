/**
 * Lines that differ between two texts, as a unified patch without context.
 *
 * Myers 1986, "An O(ND) Difference Algorithm", greedy form, after equal beginnings and ends are taken off.
 */

/** More differing lines than this are a rewrite: given as one hunk that replaces all between the equal ends. */
const mostDifferences = 2_000;

/** Hunks of a patch from `before` to `after`; empty when they are equal. */
export function unifiedHunks(before: string, after: string): string {
  const old = linesOf(before);
  const fresh = linesOf(after);
  let start = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start++;
  let oldEnd = old.length;
  let freshEnd = fresh.length;
  while (oldEnd > start && freshEnd > start && old[oldEnd - 1] === fresh[freshEnd - 1]) {
    oldEnd--;
    freshEnd--;
  }
  const kept = common(old.slice(start, oldEnd), fresh.slice(start, freshEnd));
  const hunks: string[] = [];
  let a = start;
  let b = start;
  for (const [x, y] of [...kept, [oldEnd - start, freshEnd - start] as const]) {
    const removed = old.slice(a, start + x);
    const added = fresh.slice(b, start + y);
    if (removed.length + added.length > 0) {
      // An empty side stands after the line that it names.
      const from = removed.length === 0 ? a : a + 1;
      const to = added.length === 0 ? b : b + 1;
      hunks.push(`@@ -${from},${removed.length} +${to},${added.length} @@`);
      hunks.push(...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`));
    }
    a = start + x + 1;
    b = start + y + 1;
  }
  return hunks.length === 0 ? '' : `${hunks.join('\n')}\n`;
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Pairs of positions of lines that both keep, ascending. */
function common(old: readonly string[], fresh: readonly string[]): (readonly [number, number])[] {
  const n = old.length;
  const m = fresh.length;
  const most = Math.min(n + m, mostDifferences);
  const reach = new Int32Array(2 * most + 3);
  const trail: Int32Array[] = [];
  for (let d = 0; d <= most; d++) {
    trail.push(reach.slice());
    for (let k = -d; k <= d; k += 2) {
      const at = k + most + 1;
      const down = k === -d || (k !== d && (reach[at - 1] as number) < (reach[at + 1] as number));
      let x = down ? (reach[at + 1] as number) : (reach[at - 1] as number) + 1;
      while (x < n && x - k < m && old[x] === fresh[x - k]) x++;
      reach[at] = x;
      if (x >= n && x - k >= m) return walkBack(trail, n, m, most);
    }
  }
  return [];
}

function walkBack(trail: readonly Int32Array[], n: number, m: number, most: number): [number, number][] {
  const kept: [number, number][] = [];
  let x = n;
  let y = m;
  for (let d = trail.length - 1; d >= 0; d--) {
    const reach = trail[d] as Int32Array;
    const k = x - y;
    const at = k + most + 1;
    const down = k === -d || (k !== d && (reach[at - 1] as number) < (reach[at + 1] as number));
    const before = down ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : (reach[before + most + 1] as number);
    const fromY = d === 0 ? 0 : fromX - before;
    while (x > fromX && y > fromY) kept.push([--x, --y]);
    x = fromX;
    y = fromY;
  }
  return kept.reverse();
}
