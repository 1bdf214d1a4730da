import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isMapped, mayBecome } from './otherusers.ts';

const asNamespaceRoot = (script: string) =>
  spawnSync('unshare', ['-Ur', process.execPath, '--input-type=module', '-e', script], { encoding: 'utf8' });
const namespaces = asNamespaceRoot('').status === 0;

describe('other users', () => {
  it('are those that the map names', () => {
    const whole = '         0          0 4294967295\n';
    expect(isMapped(whole, 0)).toBe(true);
    expect(isMapped(whole, 65_534)).toBe(true);
    expect(isMapped('0 1000 1\n', 0)).toBe(true);
    expect(isMapped('0 1000 1\n', 65_534)).toBe(false);
    expect(isMapped('0 1000 1\n1 100000 65536\n', 65_534)).toBe(true);
    expect(isMapped('0 1000 1\n1 100000 65536\n', 65_537)).toBe(false);
    expect(isMapped('', 0)).toBe(false);
  });

  it('are nobody to who is not root', () => {
    expect(process.getuid?.() === 0 || !mayBecome(65_534)).toBe(true);
  });

  it.skipIf(!namespaces)('are nobody to root of a namespace with one user (skipped: no user namespaces here)', () => {
    const module = JSON.stringify(fileURLToPath(new URL('./otherusers.ts', import.meta.url)));
    const { stdout } = asNamespaceRoot(`
      const { mayBecome } = await import(${module});
      console.log(process.getuid(), mayBecome(65534));
    `);
    expect(stdout.trim()).toBe('0 false');
  });
});
