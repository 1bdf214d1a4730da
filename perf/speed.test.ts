import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const speed = (...args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'speed.ts'), ...args], { encoding: 'utf8' });

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'winnow-speed-test-'));
  mkdirSync(join(dir, 'tree', 'src'), { recursive: true });
  const body = 'def open_window(title):\n    """Opens a window with the given title."""\n    return Window(title)\n';
  for (const name of ['a', 'b', 'c'])
    writeFileSync(join(dir, 'tree', 'src', `${name}.py`), body.replace('window', name));
});
afterAll(() => rmSync(dir, { recursive: true }));

test('measures a tree and leaves it as it was', () => {
  const before = readFileSync(join(dir, 'tree', 'src', 'a.py'), 'utf8');
  const done = speed(join(dir, 'tree'), '--words', '5', '--identifiers', '3', '--cli-runs', '1', '--json');
  expect(done.stderr).toBe('');
  const found = JSON.parse(done.stdout);
  expect(found.tree).toMatchObject({ files: 3, languages: { python: 3 } });
  expect(found.words.runs).toBe(5);
  expect(found.hits).toBeGreaterThan(0);
  expect(found.update.visible.p50Ms).toBeGreaterThan(found.update.beyondSearch.p50Ms);
  expect(found.cold.peakBytes).toBeGreaterThan(1e7);
  expect(readFileSync(join(dir, 'tree', 'src', 'a.py'), 'utf8')).toBe(before);
});

test('bad use', () => {
  const done = speed(join(dir, 'none'));
  expect(done.stderr).toMatch(/expected a directory; came/);
  expect(done.status).toBe(2);
});
