import { expect, test } from 'vitest';
import { unsearchedNotices } from './leftout.ts';

test('what should have been searched and was not is said', () => {
  expect(unsearchedNotices({})).toEqual([]);
  expect(unsearchedNotices({ binary: 3, 'too-large': 1, unreadable: 0, failed: 0 })).toEqual([]);
  expect(unsearchedNotices({ unreadable: 1, failed: 1 })).toEqual([
    '1 file or folder cannot be read and is not searched.',
    '1 file failed to parse and is not searched.',
  ]);
  expect(unsearchedNotices({ unreadable: 1200, failed: 2 })).toEqual([
    '1,200 files or folders cannot be read and are not searched.',
    '2 files failed to parse and are not searched.',
  ]);
});
