import { mkdtempSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readPart, readStable } from './read.ts';

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

it('reads a part of a file that is as it was, and of no other', () => {
  const file = join(dir, 'part.py');
  writeFileSync(file, 'one two three');
  const { size: bytes, mtimeMs } = statSync(file);
  const part = (start: number, end: number, expected = { bytes, mtimeMs }, name = file) => {
    const found = readPart(name, expected, start, end);
    return found === null ? null : Buffer.from(found).toString();
  };
  expect(part(4, 7)).toBe('two');
  expect(part(0, bytes)).toBe('one two three');
  expect(part(4, bytes + 1)).toBeNull();
  expect(part(4, 7, { bytes: bytes + 1, mtimeMs })).toBeNull();
  expect(part(4, 7, { bytes, mtimeMs: mtimeMs + 1 })).toBeNull();
  expect(part(0, 1, { bytes, mtimeMs }, join(dir, 'never'))).toBeNull();
  symlinkSync('part.py', join(dir, 'partlink.py'));
  expect(part(4, 7, { bytes, mtimeMs }, join(dir, 'partlink.py'))).toBeNull();
  utimesSync(file, 1, 1);
  expect(part(4, 7)).toBeNull();
  writeFileSync(file, Buffer.from('\ufeffone', 'utf16le'));
  const wide = statSync(file);
  expect(part(2, 4, { bytes: wide.size, mtimeMs: wide.mtimeMs })).toBeNull();
});
