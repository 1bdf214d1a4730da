/** `winnow run` by users and under launchers as machines have them: no entry in the list of users, a broken bubblewrap, killed outright. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environment, launcher, root, winnow, writeFiles } from './program.ts';

// Not below a directory that only its owner may enter, as a home is.
const dir = mkdtempSync(join(tmpdir(), 'winnow-launcher-'));
const home = join(dir, 'home');
beforeAll(() => {
  mkdirSync(home);
  for (const path of [dir, home]) chmodSync(path, 0o777);
  writeFiles(dir, {
    'answer.js': 'console.log(6 * 7);\n',
    'seven.js': 'process.exit(7);\n',
    'loop.js': 'for (;;);\n',
    'bin/bwrap': '#!/bin/sh\necho "bwrap: No permissions to create new namespace" >&2\nexit 1\n',
  });
  chmodSync(join(dir, 'bin/bwrap'), 0o755);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const isLinux = process.platform === 'linux';
const offers = JSON.parse(winnow(['run', '--languages', '--json'], { home: join(dir, 'looks') }).stdout);
const native = offers.backends.find(({ backend }: { backend: string }) => backend === 'native');
const noNative = native.state === 'ready' ? '' : `no native backend here: ${native.reason}`;

describe('a user without an entry in the list of users', () => {
  const canBecome = process.getuid?.() === 0 && spawnSync('setpriv', ['--version']).status === 0;
  const open = canBecome && spawnSync('setpriv', ['--reuid', '54321', process.execPath, '-e', '']).status === 0;
  const reason = !canBecome ? 'takes root and setpriv' : open ? '' : 'this checkout is not open to others';
  const become = ['--reuid', '54321', '--regid', '54321', '--clear-groups', process.execPath, launcher, 'run'];
  const run = (env: Record<string, string>, ...words: string[]) =>
    spawnSync('setpriv', [...become, ...words], { cwd: dir, encoding: 'utf8', env });

  test.skipIf(reason !== '')(`runs programs on every backend (skipped: ${reason || 'never'})`, () => {
    for (const backend of noNative === '' ? ['auto', 'native', 'embedded'] : ['auto', 'embedded']) {
      const { status, stdout, stderr } = run({ ...environment(home), HOME: home }, '--backend', backend, 'answer.js');
      expect([status, stdout, stderr]).toEqual([0, '42\n', '']);
    }
  });
  test.skipIf(reason !== '')(`is told to set HOME where there is none (skipped: ${reason || 'never'})`, () => {
    const { status, stderr } = run({ PATH: process.env.PATH ?? '' }, 'answer.js');
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^error\[bad-usage\]: HOME is not set.*WINNOW_HOME/)]);
  });
});

test.skipIf(!isLinux)(
  'where native cannot be used, auto is embedded and says why (skipped elsewhere than on Linux)',
  () => {
    const env = { ...environment(home), PATH: [join(dir, 'bin'), process.env.PATH].join(delimiter) };
    const { status, stderr } = winnow(['run', 'seven.js'], { home, cwd: dir, env });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^run: exit code 7 \(javascript, embedded\)$/m);
    expect(stderr).toMatch(
      /^run: The native backend cannot be used here: .*No permissions to create new namespace\.$/m,
    );
  },
);

interface Process {
  readonly pid: string;
  readonly parent: string;
  readonly started: string;
}

function processes(): Process[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const stat = /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return stat === '' || fields[0] === 'Z' ? [] : [{ pid, parent: fields[1] ?? '', started: fields[19] ?? '' }];
    } catch {
      return [];
    }
  });
}

function below(pid: string): Process[] {
  const children = processes().filter(({ parent }) => parent === pid);
  return [...children, ...children.flatMap((child) => below(child.pid))];
}

describe.concurrent('a launcher that is killed outright', () => {
  /** Makes the launcher take its Node for an old one, so that it starts the checkout's own and stands in for it. */
  const old = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.0.0'}})`;
  const ownNode = existsSync(join(root, 'node_modules/node/bin/node'));

  const check = (what: string, backend: string, flags: readonly string[], reason: string, path = ''): void => {
    test.skipIf(!isLinux || reason !== '')(
      `leaves no process: ${what} (skipped: ${reason || 'never'})`,
      async ({ expect }) => {
        const words = ['run', '--backend', backend, '--wall', '60s', '--cpu', '60s', 'loop.js'];
        const child = spawn(process.execPath, [...flags, launcher, ...words], {
          cwd: dir,
          env: { ...environment(home), ...(path === '' ? {} : { PATH: path }) },
          stdio: 'ignore',
        });
        const ended = new Promise((resolve) => child.once('exit', resolve));
        // The innermost of these runs the program, or on embedded is what does.
        const least = (backend === 'native' ? 5 : path === '' ? 3 : 2) + (flags.length === 0 ? 0 : 1);
        await expect.poll(() => below(String(child.pid)).length, { timeout: 30_000 }).toBeGreaterThanOrEqual(least);
        await sleep(1_000);
        const all = below(String(child.pid));
        expect(all.length).toBeGreaterThanOrEqual(least);
        child.kill('SIGKILL');
        await ended;
        const left = (): Process[] =>
          processes().filter(({ pid, started }) => all.some((one) => one.pid === pid && one.started === started));
        await expect
          .poll(left, { timeout: 2_000 })
          .toEqual([])
          .finally(() => {
            for (const { pid } of left()) process.kill(Number(pid), 'SIGKILL');
          });
      },
    );
  };
  const noOwn = ownNode ? '' : 'this checkout has no Node of its own';
  check('native', 'native', [], noNative);
  check('embedded', 'embedded', [], '');
  check('embedded without bubblewrap', 'embedded', [], '', '/nowhere');
  check('native, standing in for an old Node', 'native', ['--import', old], noNative || noOwn);
  check('embedded, standing in for an old Node', 'embedded', ['--import', old], noOwn);
});
