/** Canaries sing: each kind of breach is seen once, and quiet is quiet. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { plantCanaries } from './canaries.ts';

const dir = mkdtempSync(join(tmpdir(), 'winnow-canaries-test-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('a changed file, a knock and a secret are seen', async () => {
  const file = join(dir, 'accounts');
  writeFileSync(file, 'root:a-line-that-is-long-enough-to-tell\n');
  const canaries = await plantCanaries({ files: [file], ports: [48_213], secrets: ['a-secret-of-this-process'] });
  try {
    expect(await canaries.look('nothing')).toEqual([]);
    expect(await canaries.look('… a-secret-of-this-process …')).toEqual(['a secret came out']);
    expect(await canaries.look('root:a-line-that-is-long-enough-to-tell')).toEqual(['a secret came out']);
    if (canaries.ports.length > 0) {
      await new Promise<void>((done) =>
        connect(48_213, '127.0.0.1')
          .on('close', () => done())
          .resume(),
      );
      expect(await canaries.look('')).toEqual(['a connection to port 48213']);
    }
    writeFileSync(file, 'changed\n');
    expect(await canaries.look('')).toEqual([`${file} changed`]);
    expect(await canaries.look('')).toEqual([]);
  } finally {
    await canaries.close();
  }
});
