/**
 * The difference of two texts as a unified diff, for a person to look at before something is kept.
 *
 * Myers 1986, "An O(ND) Difference Algorithm", greedy form, after equal beginnings and ends are taken off. Everything is bounded: a file a program
 * wrote decides neither how long this takes nor how much is shown.
 */

/** Lines around a change, as `diff -u` gives. */
export const context = 3;
/** More differing lines than this are shown as a rewrite; D² steps: 1 M take some 10 ms. */
const mostDifferences = 1000;

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @returns null when the bytes are no text: not UTF-8, or with a NUL */
export function textOf(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null;
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}

/** Lines that stand in the place of what was taken off at `at`. */
interface Run {
  readonly at: number;
  readonly to: number;
  readonly freshAt: number;
  readonly freshTo: number;
}

/**
 * @param limit characters; past that the diff ends with a line that says how many lines are left
 * @param above lines that stand before both texts
 * @returns empty when the texts are equal
 */
export function unifiedDiff(before: string, after: string, limit: number, above = 0): string {
  const old = linesOf(before);
  const fresh = linesOf(after);
  const runs = runsOf(old, fresh);
  const parts: string[] = [];
  let length = 0;
  let left = 0;
  for (let first = 0; first < runs.length; ) {
    let last = first;
    while (last + 1 < runs.length && (runs[last + 1] as Run).at - (runs[last] as Run).to <= 2 * context) last++;
    for (const line of hunk(old, fresh, runs.slice(first, last + 1), above)) {
      const room = limit - length;
      length += line.length + 1;
      if (length <= limit) parts.push(line);
      else if (left++ === 0 && room > leastPart) parts.push(cutLine(line, room));
    }
    first = last + 1;
  }
  if (left > 0) parts.push(`… ${left} more line${left === 1 ? '' : 's'} of the diff`);
  return parts.length === 0 ? '' : `${parts.join('\n')}\n`;
}

/** Of a line that does not fit, less than this is not worth showing. */
const leastPart = 200;

const cutLine = (line: string, room: number): string => `${line.slice(0, room - 1).toWellFormed()}…`;

function hunk(old: readonly string[], fresh: readonly string[], runs: readonly Run[], above: number): string[] {
  const [head, tail] = [runs[0] as Run, runs.at(-1) as Run];
  const from = Math.max(0, head.at - context);
  const to = Math.min(old.length, tail.to + context);
  const freshFrom = head.freshAt - (head.at - from);
  const freshTo = tail.freshTo + (to - tail.to);
  const lines: string[] = [];
  let at = from;
  for (const run of runs) {
    while (at < run.at) lines.push(...marked(' ', old[at++] as string));
    while (at < run.to) lines.push(...marked('-', old[at++] as string));
    for (let one = run.freshAt; one < run.freshTo; one++) lines.push(...marked('+', fresh[one] as string));
  }
  while (at < to) lines.push(...marked(' ', old[at++] as string));
  const range = (start: number, end: number): string => `${above + (end === start ? start : start + 1)},${end - start}`;
  return [
    `@@ -${range(from, to)} +${range(freshFrom, freshTo)} @@`,
    ...lines.map((line) => (line.endsWith('\n') ? line.slice(0, -1) : line)),
  ];
}

/** Lines keep their ends here, so that a last line without one is told. */
const marked = (sign: string, line: string): string[] =>
  line.endsWith('\n') ? [sign + line] : [sign + line, '\\ No newline at end of file'];

const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

function runsOf(old: readonly string[], fresh: readonly string[]): Run[] {
  let start = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start++;
  let end = old.length;
  let freshEnd = fresh.length;
  while (end > start && freshEnd > start && old[end - 1] === fresh[freshEnd - 1]) {
    end--;
    freshEnd--;
  }
  const runs: Run[] = [];
  let [at, freshAt] = [start, start];
  for (const [x, y] of [
    ...common(old.slice(start, end), fresh.slice(start, freshEnd)).map(([x, y]) => [start + x, start + y] as const),
    [end, freshEnd] as const,
  ]) {
    if (x > at || y > freshAt) runs.push({ at, to: x, freshAt, freshTo: y });
    [at, freshAt] = [x + 1, y + 1];
  }
  return runs;
}

/** Pairs of positions of lines that both have, ascending; none where too much differs. */
function common(old: readonly string[], fresh: readonly string[]): (readonly [number, number])[] {
  const most = Math.min(old.length + fresh.length, mostDifferences);
  const middle = most + 1;
  const reach = new Int32Array(2 * most + 3);
  const trail: Int32Array[] = [];
  for (let d = 0; d <= most; d++) {
    trail.push(reach.slice(middle - d - 1, middle + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (reach[middle + k - 1] as number) < (reach[middle + k + 1] as number));
      let x = down ? (reach[middle + k + 1] as number) : (reach[middle + k - 1] as number) + 1;
      while (x < old.length && x - k < fresh.length && old[x] === fresh[x - k]) x++;
      reach[middle + k] = x;
      if (x >= old.length && x - k >= fresh.length) return walkBack(trail, old.length, fresh.length);
    }
  }
  return [];
}

function walkBack(trail: readonly Int32Array[], n: number, m: number): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  let [x, y] = [n, m];
  for (let d = trail.length - 1; d >= 0; d--) {
    const reach = trail[d] as Int32Array;
    const at = (k: number): number => reach[k + d + 1] as number;
    const k = x - y;
    const down = k === -d || (k !== d && at(k - 1) < at(k + 1));
    const previous = down ? k + 1 : k - 1;
    const px = d === 0 ? 0 : at(previous);
    const py = d === 0 ? 0 : px - previous;
    while (x > px && y > py && x > 0 && y > 0) pairs.push([--x, --y]);
    if (d > 0) [x, y] = [px, py];
  }
  return pairs.reverse();
}
