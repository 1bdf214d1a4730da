import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { findCgroupParent, openCgroup, parentsFrom } from './cgroup.ts';

const mount = (kind: string, root: string, point: string, options: string): string =>
  `30 23 0:26 ${root} ${point} rw,nosuid shared:9 - ${kind} ${kind} rw,${options}`;

test('version 1: a directory per controller, of the own group', () => {
  const groups = '4:memory:/a/b\n3:pids:/\n2:cpu,cpuacct:/c\n0::/d';
  const mounts = [
    mount('cgroup', '/', '/sys/fs/cgroup/memory', 'memory'),
    mount('cgroup', '/', '/sys/fs/cgroup/pids', 'pids'),
    mount('cgroup', '/', '/sys/fs/cgroup/cpu,cpuacct', 'cpu,cpuacct'),
  ];
  expect(parentsFrom(groups, mounts.join('\n'))).toEqual([
    {
      version: 1,
      directories: {
        memory: '/sys/fs/cgroup/memory/a/b',
        pids: '/sys/fs/cgroup/pids',
        cpuacct: '/sys/fs/cgroup/cpu,cpuacct/c',
      },
    },
  ]);
});

test('version 2: beside the own group first, since a group with processes may have no limited children', () => {
  const groups = '0::/user.slice/user@1000.service/app.slice/term.scope';
  const parents = parentsFrom(groups, mount('cgroup2', '/', '/sys/fs/cgroup', 'nsdelegate'));
  expect(parents.map((parent) => [parent.version, parent.directories.memory])).toEqual([
    [2, '/sys/fs/cgroup/user.slice/user@1000.service/app.slice'],
    [2, '/sys/fs/cgroup/user.slice/user@1000.service/app.slice/term.scope'],
  ]);
});

test('a container sees its own part of the tree', () => {
  const parents = parentsFrom('0::/docker/x/y', mount('cgroup2', '/docker/x', '/sys/fs/cgroup', ''));
  expect(parents.map((parent) => parent.directories.memory)).toEqual(['/sys/fs/cgroup', '/sys/fs/cgroup/y']);
});

test('no groups, no parents', () => {
  expect(parentsFrom('', '')).toEqual([]);
  expect(parentsFrom('4:memory:/', mount('cgroup', '/', '/sys/fs/cgroup/memory', 'memory'))).toEqual([]);
});

const parent = findCgroupParent();

test.skipIf(parent === null)(
  'a group is there until it is closed (skipped: no writable control groups here)',
  async () => {
    if (parent === null) return;
    const made = (): string[] =>
      [...new Set(Object.values(parent.directories))].flatMap((directory) =>
        readdirSync(directory).filter((name) => name.includes(`-${process.pid}-`) && name.includes('-test-')),
      );
    const group = openCgroup(parent, 'test');
    expect(made().length).toBe(new Set(Object.values(parent.directories)).size);
    expect(group.close()).toBe(true);
    expect(made()).toEqual([]);

    const busy = openCgroup(parent, 'test');
    const sleeper = spawn('sleep', ['100']);
    for (const fd of busy.procs) writeSync(fd, String(sleeper.pid));
    expect(busy.close()).toBe(false);
    sleeper.kill('SIGKILL');
    await once(sleeper, 'exit');
    await vi.waitUntil(() => busy.close());
    expect(made()).toEqual([]);
  },
);
