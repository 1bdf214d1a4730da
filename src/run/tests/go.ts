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
import type { Outcome } from '../types.ts';
import { tellGoLines } from './golines.ts';
import { endingText, type Told, testDirectory } from './report.ts';
import { besideFile, firstOnPath, leftFile, type SuiteRunner } from './suiterunner.ts';
import {
  type BrokenFile,
  type TestPlace,
  type TestRequest,
  type TestResult,
  type TestState,
  testStates,
} from './types.ts';

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
    const told = tellGo(leftFile(outcome, 'go.json'), outcome, module);
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

interface Running {
  readonly lines: string[];
  bytes: number;
}

/** Actions that end a test or a package. */
const ends: Readonly<Record<string, TestState>> = { pass: 'passed', fail: 'failed', skip: 'skipped' };

/** Output that is kept of one test, bytes. */
const mostOutput = 20_000;

/** What import paths of the project's packages begin with. */
function moduleOf({ files }: TestRequest): string {
  const file = files.find(({ path }) => path === 'go.mod');
  return /^module\s+"?([^\s"]+)/m.exec(new TextDecoder().decode(file?.bytes))?.[1] ?? '';
}

/** @param module import path of the project: packages below it lie in directories of the same names */
export function tellGo(bytes: Uint8Array, outcome: Pick<Outcome, 'ending' | 'stdout' | 'stderr'>, module = ''): Told {
  const directoryOf = (name: string): string =>
    name.startsWith(`${module}/`) ? name.slice(module.length + 1) : name === module ? '' : name;
  const found = tellEvents(bytes, outcome);
  const within = (place: TestPlace | null, directory: string): TestPlace | null =>
    place === null || place.path.includes('/') || directory === ''
      ? place
      : { ...place, path: `${directory}/${place.path}` };
  return {
    ...found,
    tests: found.tests.map((one) => {
      const directory = directoryOf(one.place?.path ?? '');
      return {
        ...one,
        place: directory === '' ? null : { path: directory, line: 0 },
        failedAt: within(one.failedAt, directory),
      };
    }),
  };
}

function tellEvents(bytes: Uint8Array, outcome: Pick<Outcome, 'ending' | 'stdout' | 'stderr'>): Told {
  const running = new Map<string, Running>();
  const tests: TestResult[] = [];
  const broken: BrokenFile[] = [];
  const builds = new Map<string, string[]>();
  let unsealed = 0;
  let failed = false;
  for (const line of new TextDecoder().decode(bytes).split('\n')) {
    if (line === '') continue;
    const event = parsed(line);
    if (event === null) {
      unsealed++;
      continue;
    }
    const {
      Action: action,
      Package: name = '',
      Test: test,
      Elapsed: seconds,
      Output: output,
      ImportPath: imported,
    } = event;
    if (action === 'build-output' && imported !== undefined) {
      const of = builds.get(imported) ?? [];
      builds.set(imported, of);
      if (of.length < 200) of.push(output ?? '');
      continue;
    }
    const key = test === undefined ? name : `${name}.${test}`;
    if (action === 'run' || action === 'start') running.set(key, { lines: [], bytes: 0 });
    const own = running.get(key);
    if (action === 'output' && own !== undefined && own.bytes < mostOutput) {
      own.lines.push(output ?? '');
      own.bytes += (output ?? '').length;
    }
    const state = action === undefined ? undefined : ends[action];
    if (state === undefined) continue;
    running.delete(key);
    if (state === 'failed') failed = true;
    if (test !== undefined) {
      const said = [...(own?.lines ?? []), ...(running.get(name)?.lines ?? [])];
      const isLate = state === 'failed' && said.some((line) => line.startsWith('panic: test timed out'));
      const shown = isLate ? 'timed-out' : state;
      tests.push(resultOf(key, name, shown, seconds ?? 0, isLate ? said : (own?.lines ?? [])));
    } else if (state === 'failed') {
      const inside = [...running.keys()].filter((one) => one.startsWith(`${name}.`));
      const said = (own?.lines ?? []).join('');
      for (const one of inside) {
        const last = running.get(one)?.lines ?? [];
        tests.push(
          resultOf(
            one,
            name,
            /panic: test timed out/.test(said + last.join('')) ? 'timed-out' : 'crashed',
            0,
            last.length > 0 ? last : [said],
          ),
        );
        running.delete(one);
      }
      const build = event.FailedBuild === undefined ? [] : (builds.get(event.FailedBuild) ?? []);
      if (build.length > 0 || /\[(build|setup) failed\]/.test(said))
        broken.push(brokenOf(name, build.length > 0 ? build : [said]));
    }
  }
  const { ending } = outcome;
  const hasEnded = ending.kind === 'exited';
  for (const [key, { lines }] of running) {
    if (!key.includes('.Test') && !key.includes('.Fuzz') && !key.includes('.Example')) continue;
    const state: TestState = ending.kind === 'timed-out' ? 'timed-out' : 'crashed';
    tests.push({
      ...resultOf(key, '', state, 0, lines),
      message: `running when the suite ended: ${endingText(ending)}`,
    });
  }
  const told = new TextDecoder().decode(outcome.stderr.head).trim();
  const nothing = tests.length === 0 && broken.length === 0;
  return {
    version: 'go test',
    runtime: null,
    missing: null,
    tests,
    broken,
    coverage: { grain: 'test', tests: new Map(), loading: new Map(), able: new Map() },
    unsealed,
    notes: [],
    internal: hasEnded && ending.code !== 0 && nothing && !failed ? told.slice(0, 20_000) || endingText(ending) : null,
    code: hasEnded ? ending.code : null,
  };
}

function resultOf(
  name: string,
  directory: string,
  state: TestState,
  seconds: number,
  lines: readonly string[],
): TestResult {
  const isGood = state === 'passed';
  // What the testing package says around a test is not what the test says.
  const said = lines
    .filter((line) => !/^\s*(=== |--- )/.test(line))
    .join('')
    .slice(0, mostOutput);
  const first =
    said
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.trim() ?? '';
  const at = /^\s*([\w./-]+\.go):(\d+): ?/m.exec(said);
  const failedAt: TestPlace | null = at === null || isGood ? null : { path: at[1] as string, line: Number(at[2]) };
  return {
    name: name.slice(0, 2000),
    state: testStates.includes(state) ? state : 'error',
    ms: Math.round(seconds * 1000),
    place: directory === '' ? null : { path: directory.slice(0, 2000), line: 0 },
    message: isGood ? '' : first.slice(0, 2000),
    failedAt,
    details: isGood || state === 'skipped' ? '' : said,
  };
}

function brokenOf(name: string, lines: readonly string[]): BrokenFile {
  const details = lines.join('').slice(0, mostOutput);
  const at = /^([\w./-]+\.go):(\d+)(?::\d+)?: (.*)$/m.exec(details);
  return {
    name: name.slice(0, 2000),
    message: (at?.[3] ?? details.trim().split('\n')[0] ?? '').slice(0, 2000),
    failedAt: at === null ? null : { path: (at[1] as string).replace(/^\.\//, ''), line: Number(at[2]) },
    details,
  };
}

interface GoEvent {
  readonly Action?: string;
  readonly Package?: string;
  readonly Test?: string;
  readonly Elapsed?: number;
  readonly Output?: string;
  readonly ImportPath?: string;
  readonly FailedBuild?: string;
}

/** Only what has the types of the format (`go doc test2json`). */
function parsed(line: string): GoEvent | null {
  try {
    const data = JSON.parse(line) as Record<string, unknown>;
    if (typeof data !== 'object' || data === null) return null;
    for (const name of ['Action', 'Package', 'Test', 'Output', 'ImportPath', 'FailedBuild'])
      if (data[name] !== undefined && typeof data[name] !== 'string') return null;
    return data.Elapsed !== undefined && typeof data.Elapsed !== 'number' ? null : (data as GoEvent);
  } catch {
    return null;
  }
}
