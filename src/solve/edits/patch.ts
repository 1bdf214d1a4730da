/** Edited files as one patch in git's form, which `git apply` takes. */
import { unifiedDiff } from '../../run/mod.ts';
import { plainOf } from './plaintext.ts';
import type { EditedFile } from './types.ts';

/** @param files texts: what `applyEdits` makes */
export const patchOf = (files: readonly EditedFile[]): string =>
  [...files]
    .sort((one, other) => (one.path < other.path ? -1 : 1))
    .map(fileDiff)
    .join('');

function fileDiff({ path, before, after }: EditedFile): string {
  const [old, fresh] = [before === null ? '' : wholeText(before), wholeText(after)];
  const head =
    before === null
      ? `diff --git a/${path} b/${path}\nnew file mode 100644\n--- /dev/null\n+++ ${named('b', path)}\n`
      : `diff --git a/${path} b/${path}\n--- ${named('a', path)}\n+++ ${named('b', path)}\n`;
  return head + unifiedDiff(old, fresh, Number.POSITIVE_INFINITY);
}

/** Git ends a name with a tab where it has a space in it. */
const named = (side: string, path: string): string => `${side}/${path}${path.includes(' ') ? '\t' : ''}`;

/** With its line breaks and mark as they are: a patch is of bytes. */
function wholeText(bytes: Uint8Array): string {
  const isUtf8 = plainOf(bytes)?.encoding !== 'latin1';
  return Buffer.from(bytes).toString(isUtf8 ? 'utf8' : 'latin1');
}
