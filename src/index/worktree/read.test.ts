import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readStable } from './read.ts';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'winnow-read-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

function read(name: string, bytes: Uint8Array): string {
  const file = join(dir, name);
  writeFileSync(file, bytes);
  const found = readStable(file);
  return found.kind === 'read' ? Buffer.from(found.bytes).toString() : found.kind;
}

it.each([
  ['little', Buffer.from('\ufeffdéf f():\n', 'utf16le')],
  ['big', Buffer.from('\ufeffdéf f():\n', 'utf16le').swap16()],
])('gives UTF-16, %s end first, as UTF-8', (order, bytes) => {
  expect(read(`${order}.py`, bytes)).toBe('déf f():\n');
});

it('leaves other bytes alone, whatever they are', () => {
  expect(read('mark.py', Buffer.from('\ufeffx = 1\n'))).toBe('\ufeffx = 1\n');
  const latin = Buffer.from([0x63, 0x61, 0x66, 0xe9]);
  writeFileSync(join(dir, 'latin.py'), latin);
  const found = readStable(join(dir, 'latin.py'));
  expect(found.kind === 'read' && Buffer.from(found.bytes).equals(latin)).toBe(true);
});

it('says what is gone and what is a link', () => {
  expect(readStable(join(dir, 'never')).kind).toBe('gone');
  symlinkSync('mark.py', join(dir, 'link.py'));
  expect(readStable(join(dir, 'link.py'))).toMatchObject({ kind: 'left-out', reason: 'symlink' });
});
