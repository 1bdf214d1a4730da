/**
 * What the events of `go test -json` say of each test: https://pkg.go.dev/cmd/test2json.
 *
 * They are made of what the tests' own process prints, so they are not sealed, and every value is looked at.
 */
import type { Outcome } from '../types.ts';
import { endingText, type Told } from './report.ts';
import { type BrokenFile, type TestPlace, type TestResult, type TestState, testStates } from './types.ts';

interface Running {
  readonly lines: string[];
  bytes: number;
}

/** Actions that end a test or a package. */
const ends: Readonly<Record<string, TestState>> = { pass: 'passed', fail: 'failed', skip: 'skipped' };

/** Output that is kept of one test, bytes. */
const mostOutput = 20_000;

export interface GoTold extends Told {
  /** Packages whose process ended before its tests were over. */
  readonly early: readonly string[];
}

/** @param module import path of the project: packages below it lie in directories of the same names */
export function tellGo(bytes: Uint8Array, outcome: Pick<Outcome, 'ending' | 'stdout' | 'stderr'>, module = ''): GoTold {
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

function tellEvents(bytes: Uint8Array, outcome: Pick<Outcome, 'ending' | 'stdout' | 'stderr'>): GoTold {
  const running = new Map<string, Running>();
  const tests: TestResult[] = [];
  const broken: BrokenFile[] = [];
  const builds = new Map<string, string[]>();
  let unsealed = 0;
  let failed = false;
  /** Of each package, which of `tests` the process may have ended in: its output has a panic, and nothing began after it. */
  const panicked = new Map<string, number>();
  const open = new Set<string>();
  const early = new Set<string>();
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
    if (action === 'run') panicked.delete(name);
    if (action === 'start') open.add(name);
    if (test === undefined && action !== undefined && action in ends) open.delete(name);
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
      if (state === 'failed' && isPanic((own?.lines ?? []).join(''))) panicked.set(name, tests.length);
      const isLate = state === 'failed' && said.some((line) => line.startsWith('panic: test timed out'));
      const shown = isLate ? 'timed-out' : state;
      tests.push(resultOf(key, name, shown, seconds ?? 0, isLate ? said : (own?.lines ?? [])));
    } else if (state === 'failed') {
      // The testing package says so on a line of its own when it comes to its end.
      const isEarly =
        !(own?.lines ?? []).includes('FAIL\n') && !/\[(build|setup) failed\]/.test((own?.lines ?? []).join(''));
      const at = panicked.get(name);
      const last = at === undefined ? undefined : tests[at];
      if (isEarly && at !== undefined && last?.state === 'failed') tests[at] = { ...last, state: 'crashed' };
      if (isEarly && event.FailedBuild === undefined) early.add(name);
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
    early: [...new Set([...early, ...open])],
    unsealed,
    notes: [],
    internal: hasEnded && ending.code !== 0 && nothing && !failed ? told.slice(0, 20_000) || endingText(ending) : null,
    code: hasEnded ? ending.code : null,
  };
}

/** What Go's runtime prints when it ends a process: https://pkg.go.dev/runtime#hdr-Environment_Variables (GOTRACEBACK). */
const isPanic = (said: string): boolean => /^(panic|fatal error): /m.test(said) && /^goroutine \d+ .*\[/m.test(said);

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

export function brokenOf(name: string, lines: readonly string[]): BrokenFile {
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
