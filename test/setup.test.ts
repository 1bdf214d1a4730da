/** What a newcomer meets before anything is installed. A stand-in for npm keeps the tests off the network. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { bundleDirectory, bundledMain, bundleToMake, listFile } from '../bin/bundled.js';
import { root, workspace } from './program.ts';

const { dir, remove } = workspace();
afterAll(remove);

let clone = '';
let clones = 0;
beforeEach(() => {
  clone = join(dir, `clone${clones++}`);
  for (const name of ['setup.mjs', 'package.json', 'package-lock.json', 'bin']) {
    cpSync(join(root, name), join(clone, name), { recursive: true });
  }
});

/** Runs a file of the clone where `npm` is the given shell script. */
function run(file: string, npm: string) {
  const bin = join(clone, 'path');
  mkdirSync(bin);
  writeFileSync(join(bin, 'npm'), `#!/bin/sh\n${npm}\n`);
  chmodSync(join(bin, 'npm'), 0o755);
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(clone, file)], {
    encoding: 'utf8',
    cwd: clone,
    env: { PATH: `${bin}:/usr/bin:/bin` },
  });
  return { status, stdout, stderr };
}

describe('setup', () => {
  test('installs, says so on standard error alone, and changes no tracked file', () => {
    const installed = `mkdir -p node_modules/node/bin && touch node_modules/node/bin/node &&
      cp package-lock.json node_modules/.package-lock.json && echo "$@" >arguments`;
    const { status, stdout, stderr } = run('setup.mjs', installed);
    expect([status, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/^winnow: installing dependencies \(they are not installed yet\).*\nwinnow: .*installed in/);
    const words = spawnSync('cat', [join(clone, 'arguments')], { encoding: 'utf8' }).stdout;
    expect(words).toContain('--no-save');
  });

  test('a failing npm is explained, with the command to run by hand', () => {
    const { status, stderr } = run('setup.mjs', 'echo "npm error network" >&2; exit 7');
    expect(status).toBe(3);
    expect(stderr).toContain('npm error network');
    expect(stderr).toMatch(
      /error: dependencies could not be installed \(.*\)\.\nExpected `npm install .*` in .* to succeed/,
    );
  });

  test('an npm that succeeds and installs the wrong thing is not believed', () => {
    const { status, stderr } = run('setup.mjs', 'mkdir -p node_modules && echo "{}" >node_modules/.package-lock.json');
    expect(status).toBe(3);
    expect(stderr).toContain('could not be installed');
  });
});

test('the program says how to install what it lacks', () => {
  const { status, stdout, stderr } = run('bin/winnow.js', 'exit 1');
  expect([status, stdout]).toEqual([3, '']);
  expect(stderr).toMatch(/^error: winnow cannot start: its dependencies are not installed\.\nRun `node .*setup\.mjs`/);
});

describe('joined modules', () => {
  const main = () => join(clone, bundleDirectory, 'one', 'main.js');
  const source = () => join(clone, 'bin/winnow.js');

  beforeEach(() => {
    mkdirSync(join(clone, bundleDirectory, 'one'), { recursive: true });
    writeFileSync(main(), '');
    const { size, mtimeMs } = statSync(source());
    const files = [['bin/winnow.js', size, mtimeMs]];
    writeFileSync(join(clone, listFile), JSON.stringify({ root: clone, name: 'one', files }));
  });

  test('stand in for sources that are as they were', () => {
    expect([bundledMain(clone), bundleToMake(clone)]).toEqual([main(), false]);
  });

  test('not for one that was edited; they are joined anew when it has rested', () => {
    utimesSync(source(), new Date(), new Date());
    expect([bundledMain(clone), bundleToMake(clone)]).toEqual([undefined, false]);
    const old = new Date(Date.now() - 3_600_000);
    utimesSync(source(), old, old);
    expect([bundledMain(clone), bundleToMake(clone)]).toEqual([undefined, true]);
  });

  test('not when a source or the joined file is gone, the list is cut short, or all of it was moved', () => {
    rmSync(main());
    expect([bundledMain(clone), bundleToMake(clone)]).toEqual([undefined, true]);
    writeFileSync(main(), '');
    writeFileSync(join(clone, listFile), JSON.stringify({ root: '/elsewhere', name: 'one', files: [] }));
    expect([bundledMain(clone), bundleToMake(clone)]).toEqual([undefined, true]);
    writeFileSync(join(clone, listFile), '{"root":');
    expect([bundledMain(clone), bundleToMake(clone)]).toEqual([undefined, true]);
    const files = [['bin/gone.js', 1, 1]];
    writeFileSync(join(clone, listFile), JSON.stringify({ root: clone, name: 'one', files }));
    expect([bundledMain(clone), bundleToMake(clone)]).toEqual([undefined, true]);
  });
});
