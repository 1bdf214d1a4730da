/** What a replay takes from its notebook is not set by a flag that was not given. */
import { expect, test } from 'vitest';
import { sessionReplay } from './session-notebook.ts';

test('a replay runs where the notebook ran, unless told otherwise', () => {
  expect(sessionReplay.input.parse({ notebook: 'a.ipynb' }).backend).toBeUndefined();
  expect(sessionReplay.input.parse({ notebook: 'a.ipynb', backend: 'native' }).backend).toBe('native');
});
