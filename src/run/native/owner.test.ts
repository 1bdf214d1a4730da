/** What a process marked is found when it is gone, and not before; the native backend then removes it. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openNativeBackend } from './backend.ts';
import { leftIn } from './owner.ts';

let place = '';
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'winnow-owner-'));
  chmodSync(place, 0o755);
});
afterEach(() => rmSync(place, { recursive: true }));

const reason = process.platform === 'linux' ? '' : 'only Linux tells when a process started';

test.skipIf(reason !== '')(
  `a killed process's directories are found and removed (skipped: ${reason || 'never'})`,
  async () => {
    const prepared = join(place, 'prepared');
    mkdirSync(prepared);
    const script = `
      import { mkdirSync } from 'node:fs';
      import { ownMark } from ${JSON.stringify(new URL('owner.ts', import.meta.url).href)};
      mkdirSync(${JSON.stringify(prepared)} + '/go-std-1.part-' + ownMark() + 'x/deep', { recursive: true });
      mkdirSync(${JSON.stringify(prepared)} + '/go-std-1');
      console.log('made');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const open = async (): Promise<string[]> => {
      await openNativeBackend({ cacheDir: place, path: [] }).close();
      return readdirSync(prepared).map((name) => name.replace(/part-.*/, 'part'));
    };
    expect(leftIn(prepared, /\.part-/)).toEqual([]);
    expect(await open()).toEqual(['go-std-1', 'go-std-1.part']);
    child.kill('SIGKILL');
    await ended;
    expect(leftIn(prepared, /\.part-/)).toHaveLength(1);
    expect(await open()).toEqual(['go-std-1']);
  },
);
