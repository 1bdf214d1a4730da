/**
 * Unified diffs as lines of a repository: which file, and which of its lines, whether the change has been made there yet or not.
 *
 * A diff says two sets of line numbers. Which one is meant is told by the file itself: its lines equal the one side's or the other's.
 */
import { type LineRange, WinnowError } from '../../base/mod.ts';

interface Hunk {
  readonly oldStart: number;
  readonly newStart: number;
  /** Each with its first character: space, minus or plus. */
  readonly lines: readonly string[];
}

export interface FileDiff {
  /** As written, without `a/` and `b/` only where both sides had them; `null` for `/dev/null`. */
  readonly oldPath: string | null;
  readonly newPath: string | null;
  readonly hunks: readonly Hunk[];
}

const hunkHead = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/**
 * @param text may hold anything around its diffs, such as a mail or `git show`'s head
 * @throws WinnowError `bad-data` when there is no diff in it
 */
export function parseDiff(text: string): FileDiff[] {
  const lines = text.split(/\r?\n/);
  const files: { oldPath: string | null; newPath: string | null; hunks: Hunk[] }[] = [];
  let renamedFrom: string | null = null;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string;
    const renamed = /^(rename|copy) (from|to) (.+)$/.exec(line);
    if (renamed !== null) {
      const path = unquoted(renamed[3] as string);
      if (renamed[2] === 'from') renamedFrom = path;
      else files.push({ oldPath: renamedFrom, newPath: path, hunks: [] });
    } else if (line.startsWith('--- ') && lines[at + 1]?.startsWith('+++ ')) {
      const paths = pathsOf(line.slice(4), (lines[at + 1] as string).slice(4));
      const last = files.at(-1);
      // A rename with changes says its paths twice.
      if (last === undefined || last.hunks.length > 0 || last.newPath !== paths.newPath)
        files.push({ ...paths, hunks: [] });
      at++;
    } else {
      const head = hunkHead.exec(line);
      const file = files.at(-1);
      if (head === null || file === undefined) continue;
      const [hunk, end] = readHunk(lines, at + 1, head);
      file.hunks.push(hunk);
      at = end - 1;
    }
  }
  if (files.length === 0)
    throw new WinnowError(
      'bad-data',
      'Expected a unified diff with lines "--- path", "+++ path" and "@@ -1,2 +1,2 @@", as `git diff` prints it; found none.',
    );
  return files;
}

/** @returns the hunk and the number of the line behind it */
function readHunk(lines: readonly string[], from: number, head: RegExpExecArray): [Hunk, number] {
  let oldLeft = Number(head[2] ?? 1);
  let newLeft = Number(head[4] ?? 1);
  let at = from;
  const body: string[] = [];
  for (; at < lines.length && (oldLeft > 0 || newLeft > 0); at++) {
    const line = lines[at] as string;
    const sign = line[0] ?? ' ';
    if (sign === '\\') continue;
    if (sign !== ' ' && sign !== '-' && sign !== '+') break;
    if (sign !== '+') oldLeft--;
    if (sign !== '-') newLeft--;
    // Mailers drop the space of an empty line.
    body.push(line === '' ? ' ' : line);
  }
  return [{ oldStart: Number(head[1]), newStart: Number(head[3]), lines: body }, at];
}

function pathsOf(old: string, now: string): { oldPath: string | null; newPath: string | null } {
  const clean = (text: string): string | null => {
    const path = unquoted(text.replace(/\t.*$/, '').trim());
    return path === '/dev/null' ? null : path;
  };
  const [from, to] = [clean(old), clean(now)];
  const prefixed = (from?.startsWith('a/') ?? true) && (to?.startsWith('b/') ?? true);
  return prefixed ? { oldPath: from?.slice(2) ?? null, newPath: to?.slice(2) ?? null } : { oldPath: from, newPath: to };
}

/** Git quotes paths with unusual bytes as C does. */
function unquoted(path: string): string {
  if (!/^".*"$/.test(path)) return path;
  const bytes: number[] = [];
  const simple: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11 };
  for (const [part] of path.slice(1, -1).matchAll(/\\[0-7]{3}|\\.|[^\\]+/gsu)) {
    if (/^\\[0-7]{3}$/.test(part)) bytes.push(Number.parseInt(part.slice(1), 8));
    else if (part.startsWith('\\')) bytes.push(simple[part[1] as string] ?? part.charCodeAt(1));
    else bytes.push(...new TextEncoder().encode(part));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

export interface ChangedLines {
  /** In the numbering of the side that the file is at. */
  readonly ranges: readonly LineRange[];
  /** `old`: the change is still to be made. `neither`: the file's lines equal no side's; the new numbers are given. */
  readonly side: 'old' | 'new' | 'neither';
}

/** @param text the file as it is, by line */
export function changedLines({ hunks }: FileDiff, text: readonly string[]): ChangedLines {
  const [old, now] = (['old', 'new'] as const).map((side) => hunks.every((hunk) => fits(hunk, side, text)));
  const side = now ? 'new' : old ? 'old' : 'neither';
  const ranges = hunks.flatMap((hunk) => rangesOf(hunk, side === 'old' ? 'old' : 'new'));
  return { ranges: ranges.map((range) => within(range, text.length)), side };
}

function fits(hunk: Hunk, side: 'old' | 'new', text: readonly string[]): boolean {
  const other = side === 'old' ? '+' : '-';
  let at = (side === 'old' ? hunk.oldStart : hunk.newStart) - 1;
  for (const line of hunk.lines) {
    if (line.startsWith(other)) continue;
    if (text[at++]?.trimEnd() !== line.slice(1).trimEnd()) return false;
  }
  return true;
}

/** Lines of the side that were changed; where lines are only on the other side, the two around the gap. */
function rangesOf(hunk: Hunk, side: 'old' | 'new'): LineRange[] {
  const own = side === 'old' ? '-' : '+';
  const ranges: LineRange[] = [];
  let line = side === 'old' ? hunk.oldStart : hunk.newStart;
  /** First changed line of the run at hand; 0 while there is none. */
  let first = 0;
  let gap = false;
  // The context line added at the end closes the last run.
  for (const { 0: sign } of [...hunk.lines, ' ']) {
    if (sign === ' ') {
      if (first > 0) ranges.push({ first, last: line - 1 });
      else if (gap) ranges.push({ first: line - 1, last: line });
      first = 0;
      gap = false;
      line++;
    } else if (sign === own) {
      first ||= line;
      line++;
    } else gap = true;
  }
  return ranges;
}

const within = ({ first, last }: LineRange, lines: number): LineRange => {
  const low = Math.min(Math.max(1, first), Math.max(1, lines));
  return { first: low, last: Math.max(low, Math.min(last, Math.max(1, lines))) };
};
