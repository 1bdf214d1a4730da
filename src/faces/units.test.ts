import { expect, test } from 'vitest';
import { bytesIn, durationPattern, durationText, milliseconds, sizePattern, sizeText } from './units.ts';

test('durations are read', () => {
  for (const [text, ms] of [
    ['500ms', 500],
    ['10s', 10_000],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['1h', 3_600_000],
  ] as const) {
    expect(text).toMatch(durationPattern);
    expect(milliseconds(text)).toBe(ms);
  }
  for (const text of ['', '10', 's', '-1s', '1e3s', '10 s', '1.s', 'NaNs']) expect(text).not.toMatch(durationPattern);
});

test('sizes are read', () => {
  for (const [text, bytes] of [
    ['512', 512],
    ['1kB', 1000],
    ['1KB', 1000],
    ['512MB', 512e6],
    ['512MiB', 2 ** 29],
    ['1.5GiB', 1.5 * 2 ** 30],
    ['7b', 7],
  ] as const) {
    expect(text).toMatch(sizePattern);
    expect(bytesIn(text)).toBe(bytes);
  }
  for (const text of ['', 'MB', '-1MB', '1 MB', '1.5', '1TB', '0x10']) expect(text).not.toMatch(sizePattern);
});

test('both are told briefly', () => {
  expect([0, 999, 1000, 10_000, 1234, 119_000, 120_000, 7_200_000].map(durationText)).toEqual([
    '0 ms',
    '999 ms',
    '1 s',
    '10 s',
    '1.23 s',
    '119 s',
    '2 min',
    '2 h',
  ]);
  expect([0, 1, 1023, 1024, 2 ** 26, 1.5 * 2 ** 30, 2 ** 40].map(sizeText)).toEqual([
    '0 bytes',
    '1 byte',
    '1023 bytes',
    '1 KiB',
    '64 MiB',
    '1.5 GiB',
    '1024 GiB',
  ]);
});
