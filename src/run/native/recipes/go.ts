/**
 * Go by its own tool: the files of the entry's directory, or its package where a `go.mod` is given. An entry
 * that ends in `_test.go` makes the package's tests the program.
 *
 * The standard library is compiled once per machine and then only read: a program then compiles in 0.3 s instead
 * of 10 to 20. What is commonly imported (45 MB, 10 s) is made first, the whole of it (170 MB, 30 s) when a job
 * imports more. Without cgo unless a file asks for it. Modules are never fetched: give `vendor/`, or a module cache
 * by `grants.read` and `GOMODCACHE`.
 */
import { posix } from 'node:path';
import { withEnding } from '../../entryending.ts';
import type { CheckedJob } from '../../types.ts';
import type { Preparation, Recipe, Tool } from '../recipe.ts';
import { built, workDir } from '../recipe.ts';

const goTool: Tool = {
  name: 'go',
  label: 'Go',
  executables: ['go'],
  versionArgs: ['version'],
  version: /\bgo(\d\S+)/,
  atLeast: [1, 16],
  usualPlaces: ['/usr/local/go/bin', '/usr/lib/go/bin'],
  packages: { apt: 'golang-go', dnf: 'golang', apk: 'go', pacman: 'go', otherwise: 'see https://go.dev/doc/install' },
};

const common = (
  'bufio bytes cmp container/heap container/list container/ring context errors fmt io iter maps math math/big math/bits ' +
  'math/cmplx math/rand os regexp runtime slices sort strconv strings sync sync/atomic testing time unicode unicode/utf8'
).split(' ');

/** Nothing of this machine's settings, nothing from the network. */
const settings = {
  GOENV: 'off',
  GOPROXY: 'off',
  GOSUMDB: 'off',
  GOTOOLCHAIN: 'local',
  GOTELEMETRY: 'off',
  GOPATH: '/tmp/go',
  GODEBUG: 'goindex=0',
  // Text of the linker's symbol and debug tables; stack traces do not need them.
  GOFLAGS: '-ldflags=-s -ldflags=-w',
};

export const go: Recipe = {
  language: 'go',
  tools: [goTool],
  // Maps are walked in random order, and random numbers are seeded by the operating system.
  unpinned: ['random', 'hash'],
  counts: false,
  reservesMemory: true,
  plan(asked, tool) {
    const job = withoutDashes(withEnding(asked, ['.go']));
    const binary = tool('go').path;
    const isTest = job.entry.endsWith('_test.go');
    const env = { ...settings, CGO_ENABLED: job.files.some(usesC) ? '1' : '0' };
    return {
      files: job.files,
      compile: {
        argv: [binary, ...(isTest ? ['test', '-c', '-vet=off'] : ['build']), '-o', built, ...packageOf(job)],
        env,
        firmEnv: { GODEBUG: godebug(job.env.GODEBUG) },
      },
      prepared: { variable: 'GOCACHE', preparation: preparation(job, binary, env) },
      run: {
        argv: [`${workDir}/${built}`, ...job.args],
        standsAlone: true,
        // The collector works harder before the sandbox has to stop the program.
        env: { GOMEMLIMIT: String(Math.floor(job.limits.memoryBytes * 0.9)) },
      },
    };
  },
};

/** The job's own settings, and that no index of modules is to be written into the build cache, which is read-only. The last one of a name counts. */
const godebug = (own: string | undefined): string => [own, settings.GODEBUG].filter(Boolean).join(',');

const usesC = ({ path, bytes }: { path: string; bytes: Uint8Array }): boolean =>
  path.endsWith('.go') && /^\s*import\s+"C"/m.test(new TextDecoder().decode(bytes));

/** Go takes no file whose name begins with a dash, `./` before it or not. */
function withoutDashes(job: CheckedJob): CheckedJob {
  const named = (path: string): string => path.replace(/(^|\/)-([^/]*\.go)$/, '$1file-$2');
  return { ...job, entry: named(job.entry), files: job.files.map((file) => ({ ...file, path: named(file.path) })) };
}

function packageOf(job: CheckedJob): readonly string[] {
  const directory = posix.dirname(job.entry);
  if (job.files.some(({ path }) => path === 'go.mod')) return [`./${directory}`];
  const beside = job.files
    .map(({ path }) => path)
    .filter((path) => path.endsWith('.go') && posix.dirname(path) === directory)
    .filter((path) => job.entry.endsWith('_test.go') || !path.endsWith('_test.go'));
  return beside.sort().map((path) => `./${path}`);
}

function preparation(job: CheckedJob, binary: string, env: Readonly<Record<string, string>>): Preparation {
  const imported = job.files.filter(({ path }) => path.endsWith('.go')).flatMap(({ bytes }) => importsOf(bytes));
  const whole = job.files.some(({ path }) => path === 'go.mod') || imported.some((name) => !common.includes(name));
  const keep = '.gocache';
  return {
    name: `go-${whole ? 'std' : 'common'}${env.CGO_ENABLED === '1' ? '-cgo' : ''}`,
    argv: [binary, 'build', ...(whole ? ['std'] : common)],
    env: { ...env, GOCACHE: `${workDir}/${keep}` },
    keep,
    // Without all of these it takes the cache for a new one, and a new one it cannot write.
    directories: Array.from({ length: 256 }, (_, number) => number.toString(16).padStart(2, '0')),
  };
}

/** Import paths by their look; a string that only looks like one costs time, not correctness. */
const importsOf = (bytes: Uint8Array): readonly string[] =>
  [
    ...new TextDecoder().decode(bytes).matchAll(/^\s*(?:import\s+)?(?:[\w.]+\s+)?"([\w./-]+)"\s*;?\s*(?:\/\/.*)?$/gm),
  ].map((match) => match[1] as string);
