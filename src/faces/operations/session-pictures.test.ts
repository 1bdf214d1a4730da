/** Pictures of a cell as files: where no directory can be made it is said, and nothing waits for ever. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ReportData } from '../../run/mod.ts';
import { savePictures } from './session-pictures.ts';

const png = Buffer.from('89504e470d0a1a0a', 'hex');
const report = {
  count: 1,
  outputs: [{ kind: 'shown', png: png.toString('base64') }],
} as unknown as ReportData;

test('directories are made on the way', async () => {
  const place = mkdtempSync(join(tmpdir(), 'winnow-pictures-'));
  try {
    const directory = join(place, 'a', 'b');
    expect(await savePictures(report, { directory, files: [] })).toEqual([join(directory, 'cell-1-1.png')]);
    expect(readFileSync(join(directory, 'cell-1-1.png'))).toEqual(png);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});

test.skipIf(!existsSync('/proc/self'))('below /proc it is refused, and does not compute for ever', async () => {
  await expect(savePictures(report, { directory: '/proc/winnow/pictures', files: [] })).rejects.toMatchObject({
    code: 'path-unreadable',
  });
});
