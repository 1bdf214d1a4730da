/**
 * What a patch changes, in lines of the files before it.
 *
 * Only what is needed to say which functions it touches: lines removed, and places where lines were added.
 */

export interface Insertion {
  /** The new lines stand after this line of the old file, 1-based; 0: at its beginning. */
  readonly after: number;
  /** Columns that the first new line with anything on it is indented by. */
  readonly indent: number;
}

export interface FilePatch {
  /** Path before the patch; `null` for a new file. */
  readonly path: string | null;
  /** Numbers of removed lines that hold more than white space, 1-based. */
  readonly removed: readonly number[];
  /** Additions that stand alone, not in place of removed lines. */
  readonly inserted: readonly Insertion[];
}

/** @param text a unified diff, of git or plain; anything else in it is passed over */
export function parsePatch(text: string): FilePatch[] {
  const lines = text.split('\n');
  const files: FilePatch[] = [];
  let removed: number[] = [];
  let inserted: Insertion[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] as string;
    if (line.startsWith('--- ') && lines[at + 1]?.startsWith('+++ ')) {
      removed = [];
      inserted = [];
      files.push({ path: pathOf(line.slice(4)), removed, inserted });
      at += 2;
      continue;
    }
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    at++;
    if (hunk === null || files.length === 0) continue;
    let oldLeft = Number(hunk[2] ?? 1);
    let newLeft = Number(hunk[4] ?? 1);
    let old = Number(hunk[1]) + (oldLeft === 0 ? 1 : 0);
    let removing = false;
    while ((oldLeft > 0 || newLeft > 0) && at < lines.length) {
      const content = lines[at] as string;
      const sign = content[0] ?? ' ';
      if (sign === '-') {
        if (content.slice(1).trim() !== '') removed.push(old);
        old++;
        oldLeft--;
        removing = true;
      } else if (sign === '+') {
        const added: string[] = [];
        while (newLeft > 0 && lines[at]?.startsWith('+')) {
          added.push((lines[at] as string).slice(1));
          at++;
          newLeft--;
        }
        const first = added.find((text) => text.trim() !== '');
        if (!removing && first !== undefined)
          inserted.push({ after: old - 1, indent: first.length - first.trimStart().length });
        removing = false;
        continue;
      } else if (sign !== '\\') {
        old++;
        oldLeft--;
        newLeft--;
        removing = false;
      }
      at++;
    }
  }
  return files;
}

function pathOf(given: string): string | null {
  const path = given.replace(/\t.*$/, '').trim();
  if (path === '/dev/null') return null;
  return path.replace(/^"?a\//, '').replace(/"$/, '');
}
