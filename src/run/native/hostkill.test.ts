/** When this process is killed at any instant, nothing of its sandboxes stays: no process, and so no mount; nothing ever lay on disk. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { findCgroupParent } from './cgroup.ts';
import { lookAtMachine } from './machine.ts';
import { openSandbox } from './opensandbox.ts';

const probe = openSandbox({ cacheDir: null, path: ['/usr/bin', '/bin'], parallelism: 1 });
const availability = await probe.availability();
await probe.close();
const reason = availability.state === 'ready' ? '' : availability.reason;

/** Runs jobs without end, some with a crowd of processes that do not want to go. */
const host = `
const { openSandbox } = await import(${JSON.stringify(new URL('./opensandbox.ts', import.meta.url).href)});
const sandbox = openSandbox({ cacheDir: null, path: ['/usr/bin', '/bin'], parallelism: 2 });
const limits = { wallMs: 60000, cpuMs: 60000, fuel: null, memoryBytes: 64 << 20, outputBytes: 1000, keepBytes: 1000, processes: 32, fileBytes: 1 << 20 };
const run = (script) => sandbox.execute({ argv: ['sh', '-c', script], warm: null, files: [], stdin: new Uint8Array(0), env: { PATH: '/usr/bin:/bin' },
  limits, network: false, read: [], reservesMemory: false, collect: 'all' });
run("trap '' TERM HUP INT; (setsid sleep 600 &); (setsid sh -c 'sleep 601; :' &); sleep 602");
for (;;) await run('echo x > x; sleep 603 & true');
`;

interface Process {
  readonly pid: string;
  readonly parent: string;
  readonly started: string;
}

function processes(): Process[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? [] : [{ pid, parent: fields[1] ?? '', started: fields[19] ?? '' }];
    } catch {
      return [];
    }
  });
}

function descendants(pid: string): Process[] {
  const all = processes();
  const found = new Set([pid]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const one of all) if (found.has(one.parent)) found.add(one.pid);
  }
  return all.filter((one) => found.has(one.pid) && one.pid !== pid);
}

test.skipIf(reason !== '')(
  `a killed host leaves nothing, at twenty random instants (skipped: ${reason || 'never'})`,
  async () => {
    let most = 0;
    const hosts: string[] = [];
    for (let turn = 0; turn < 20; turn++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', host], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      const own = String(child.pid);
      hosts.push(own);
      // From before the first start to everything running, two workers with a job each: 14 processes and more.
      const target = turn % 15;
      const deadline = Date.now() + 10_000;
      while (descendants(own).length < target && Date.now() < deadline) await sleep(1);
      await sleep(Math.random() * 20);
      const before = descendants(own);
      child.kill('SIGKILL');
      await ended;
      const key = (one: Process): string => `${one.pid} ${one.started}`;
      const known = new Set(before.map(key));
      most = Math.max(most, known.size);
      await expect.poll(() => processes().filter((one) => known.has(key(one))), { timeout: 5000 }).toEqual([]);
    }
    expect(most).toBeGreaterThan(12);
    lookAtMachine(['/usr/bin', '/bin']);
    const groups = Object.values(findCgroupParent()?.directories ?? {}).flatMap((directory) => readdirSync(directory));
    expect(groups.filter((name) => hosts.some((pid) => name.includes(`-${pid}-`)))).toEqual([]);
  },
  60_000,
);
