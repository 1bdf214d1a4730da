import { expect, test } from 'vitest';
import { readSettings, startDirectory } from './settings.ts';

const terminal = { isTTY: true, columns: 120 };
const pipe = { isTTY: false, columns: undefined };

test('colour follows the terminal, NO_COLOR, FORCE_COLOR and TERM', () => {
  const check = (environment: Record<string, string>, where: typeof terminal | typeof pipe, color: boolean): void =>
    expect(readSettings(environment, where).color).toBe(color);
  check({}, terminal, true);
  check({}, pipe, false);
  check({ NO_COLOR: '1' }, terminal, false);
  check({ NO_COLOR: '' }, terminal, true);
  check({ TERM: 'dumb' }, terminal, false);
  check({ FORCE_COLOR: '1' }, pipe, true);
  check({ FORCE_COLOR: '0' }, pipe, false);
  check({ FORCE_COLOR: '1', NO_COLOR: '1' }, pipe, false);
});

test('width is that of the terminal, 100 in a pipe, never below 40', () => {
  expect(readSettings({}, terminal).columns).toBe(120);
  expect(readSettings({}, pipe).columns).toBe(100);
  expect(readSettings({}, { isTTY: true, columns: 12 }).columns).toBe(40);
});

test('WINNOW_HOME is made absolute; empty is unset', () => {
  expect(readSettings({ WINNOW_HOME: '/x/y' }, pipe).home).toBe('/x/y');
  expect(readSettings({ WINNOW_HOME: '' }, pipe).home).toBeUndefined();
  expect(readSettings({}, pipe).home).toBeUndefined();
});

test('a misspelt setting is refused with the right spelling', () => {
  expect(() => readSettings({ WINNOW_HOEM: '/x' }, pipe)).toThrow(/WINNOW_HOEM.*Did you mean WINNOW_HOME\?/);
});

test('under `npm run winnow` paths are relative to where npm was called', () => {
  expect(startDirectory({ npm_lifecycle_event: 'winnow', INIT_CWD: '/there' })).toBe('/there');
  expect(startDirectory({ npm_lifecycle_event: 'test', INIT_CWD: '/there' })).toBe(process.cwd());
  expect(startDirectory({})).toBe(process.cwd());
});

test('what can be made again is kept in WINNOW_HOME, else in the user’s cache', () => {
  expect(readSettings({ WINNOW_HOME: '/x/y' }, pipe).cacheDir).toBe('/x/y');
  expect(readSettings({}, pipe).cacheDir).toMatch(/winnow/);
});

test.skipIf(process.platform === 'win32')(
  'PATH is split; a relative directory in it is not looked into (skipped on Windows)',
  () => {
    expect(readSettings({ PATH: '/a:.::bin:/b c' }, pipe).path).toEqual(['/a', '/b c']);
    expect(readSettings({}, pipe).path).toEqual([]);
  },
);

test('WINNOW_HOME where no directory can be made is refused', () => {
  expect(() => readSettings({ WINNOW_HOME: '/proc/x' }, pipe)).toThrow('where no directory can be made');
});
