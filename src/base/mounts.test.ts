/** What is mounted where, from the kernel's text. */
import { expect, test } from 'vitest';
import { mountsIn } from './mounts.ts';

test('points, kinds and options; octal digits stand for white space; lines that are no mounts are left out', () => {
  const text = [
    '36 35 98:0 / / rw,noatime shared:1 - ext4 /dev/root rw,errors=continue',
    '37 36 0:32 /part /mnt/with\\040space rw - nfs4 server:/x rw,vers=4.2',
    '38 36 0:33 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
    'nonsense',
    '',
  ].join('\n');
  expect(mountsIn(text)).toEqual([
    { root: '/', point: '/', type: 'ext4', options: ['rw', 'errors=continue'] },
    { root: '/part', point: '/mnt/with space', type: 'nfs4', options: ['rw', 'vers=4.2'] },
    { root: '/', point: '/sys/fs/cgroup/memory', type: 'cgroup', options: ['rw', 'memory'] },
  ]);
});
