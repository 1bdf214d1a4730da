/** Refusals to keep or undo as a person sees them. */
import { expect, test } from 'vitest';
import type { EntryOutput } from '../operations/changes-schemas.ts';
import type { Settings } from '../operations/types.ts';
import { appliedLines } from './changes.ts';

test('the diff of a conflict is shown harmless, and how much of a long one is left out', () => {
  const entry = { id: 'x', state: 'kept', directory: '/d', database: null } as EntryOutput;
  const settings = { color: false, columns: 80 } as Settings;
  const lines = (diff: string | null, note: string | null) =>
    appliedLines({ result: 'conflict', conflicts: [{ path: 'a', why: 'changed', diff, note }] }, entry, settings);
  const shown = (diff: string | null) => lines(diff, null).slice(2);
  expect(shown(`@@ -1,1 +1,0 @@\n-a\x1b[2J\n`)).toEqual(['    @@ -1,1 +1,0 @@', '    -a␛[2J']);
  expect(shown('-line\n'.repeat(75)).slice(-2)).toEqual(['    -line', '    … 15 lines more; --json has them']);
  expect(shown(null)).toEqual([]);
  expect(lines(null, 'there now 3 bytes').at(-1)).toBe('  a: changed (there now 3 bytes)');
});
