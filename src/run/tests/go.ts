/**
 * go test: `go test -json` writes an event for each test's beginning, output and end; no reporter of ours is needed. With lines wanted each test is
 * called alone, in the binary of its package (`go/each.sh`), and its events come the same way.
 *
 * Everything is compiled in the sandbox, with an empty build cache: a module that needs much of the standard library waits for that. Modules
 * come from this machine's module cache, never from the network. The events are made of what the test's own process prints, so they are
 * not sealed: a test that prints lines like the testing package's forges them.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, posix } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { closedDirectory, searchTool } from '../native/toolchainsfind.ts';
import { brokenOf, tellGo } from './goevents.ts';
import { neverBegun } from './gofound.ts';
import { tellGoLines } from './golines.ts';
import { testDirectory } from './report.ts';
import { besideFile, firstOnPath, leftFile, type SuiteRunner } from './suiterunner.ts';
import type { TestRequest } from './types.ts';

export const goRunner: SuiteRunner = {
  coverage: true,
  async plan(request) {
    const { candidates, passedOver } = searchTool(
      {
        name: 'go',
        label: 'Go',
        executables: ['go'],
        versionArgs: [],
        version: /go/,
        usualPlaces: ['/usr/local/go/bin', '/usr/lib/go/bin'],
        packages: { apt: 'golang-go', dnf: 'golang', apk: 'go', pacman: 'go' },
      },
      request.path,
    );
    const [go] = candidates;
    if (go === undefined)
      throw new WinnowError('toolchain-missing', `Go for the tests was not found. ${passedOver.join('; ')}`.trim());
    const modules = join(homedir(), 'go', 'pkg', 'mod');
    // A cache that the sandbox cannot enter is as none: a module that needs nothing of it passes all the same.
    const hasModules = existsSync(modules) && closedDirectory(modules) === null;
    return {
      commands: [
        [go.path, 'version', '>', `${testDirectory}/go-version.txt`],
        request.coverage
          ? ['bash', `${testDirectory}/each.sh`, go.path, ...eachOf(request)]
          : [go.path, 'test', '-json', ...argumentsOf(request), '>', `${testDirectory}/go.json`],
      ],
      beside: request.coverage ? [await besideFile('go/each.sh')] : [],
      env: {
        GOCACHE: '/tmp/go-build',
        GOPATH: '/tmp/go',
        GOPROXY: 'off',
        GOFLAGS: '',
        GOTOOLCHAIN: 'local',
        GOENV: 'off',
        ...(hasModules ? { GOMODCACHE: modules } : {}),
      },
      chosen: firstOnPath,
      read: [...go.read, ...(hasModules ? [modules] : [])],
    };
  },
  tell(outcome, { request }) {
    const module = moduleOf(request);
    const { early, ...events } = tellGo(leftFile(outcome, 'go.json'), outcome, module);
    const told = { ...events, tests: [...events.tests, ...neverBegun(early, events.tests, request, module)] };
    const text = (name: string): string => new TextDecoder().decode(leftFile(outcome, name));
    const version = /\bgo\d\S*/.exec(text('go-version.txt'))?.[0] ?? null;
    const runtime = version === null ? null : `Go ${version.slice(2)}`;
    const named = runtime === null ? told.version : `${told.version} of ${runtime}`;
    if (!request.coverage) return { ...told, runtime, version: named };
    const broken = outcome.files.flatMap((file) => {
      if (!('bytes' in file) || !file.path.startsWith(`${testDirectory}/go-build-`)) return [];
      const [name = '', ...lines] = new TextDecoder().decode(file.bytes).split('\n');
      return [
        brokenOf(
          name.slice(2),
          lines.map((line) => `${line}\n`),
        ),
      ];
    });
    return {
      ...told,
      runtime,
      version: named,
      broken: [...told.broken, ...broken],
      internal: broken.length > 0 ? null : told.internal,
      coverage: tellGoLines(text('go-lines.txt'), request.files, module),
    };
  },
};

/** What `go/each.sh` is told. */
function eachOf({ testMs, only, paths, arguments: given }: TestRequest): string[] {
  return [
    only.length === 0 ? '.' : patternOf(only.map((name) => name.replace(/\/.*/, ''))),
    testMs === null ? '0s' : `${testMs}ms`,
    String(given.length),
    ...given,
    ...packagesOf(paths),
  ];
}

const patternOf = (names: readonly string[]): string =>
  names.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');

/** All packages below a directory, and of a file its own. */
const packagesOf = (paths: readonly string[]): readonly string[] =>
  paths.length === 0
    ? ['./...']
    : paths.map((path) => (path.endsWith('.go') ? `./${posix.dirname(path)}` : `./${path}/...`));

function argumentsOf({ testMs, only, paths, arguments: given }: TestRequest): string[] {
  return [
    // `-timeout` is for the tests of one package together; the suite's own limits hold for all.
    ...(testMs === null ? [] : [`-timeout=${testMs}ms`]),
    ...(only.length === 0 ? [] : ['-run', patternOf(only)]),
    ...given,
    ...packagesOf(paths),
  ];
}

/** What import paths of the project's packages begin with. */
function moduleOf({ files }: TestRequest): string {
  const file = files.find(({ path }) => path === 'go.mod');
  return /^module\s+"?([^\s"]+)/m.exec(new TextDecoder().decode(file?.bytes))?.[1] ?? '';
}
