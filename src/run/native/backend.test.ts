/** What the native backend keeps between jobs, and that no job has a hand in what another one gets. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keptCache } from '../../../test/keptcache.ts';
import { checkJob } from '../checkjob.ts';
import type { Backend, Job, Outcome, Output } from '../types.ts';
import { openNativeBackend } from './backend.ts';

const system = ['/usr/bin', '/bin'];
const real = openNativeBackend({ cacheDir: null, path: pathOfTests(), parallelism: 2 });
/** For Go, whose library takes half a minute to compile: as the conformance suite has it. */
const withLibrary = openNativeBackend({ cacheDir: keptCache, path: pathOfTests(), parallelism: 2 });
const availability = await real.availability();
const reason = availability.state === 'ready' ? '' : availability.reason;
const ready = new Set(
  (reason === '' ? await real.runtimes() : []).filter(({ state }) => state === 'ready').map(({ language }) => language),
);
afterAll(() => Promise.all([real.close(), withLibrary.close()]));

function pathOfTests(): string[] {
  return (process.env.PATH ?? '').split(delimiter).filter((path) => path.startsWith('/'));
}

type Files = Readonly<Record<string, string>>;
function run(backend: Backend, language: string, files: Files, more: Partial<Job> = {}): Promise<Outcome> {
  const all = Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text), mode: 0o755 }));
  return backend.run(checkJob({ language, entry: all[0]?.path ?? '', ...more, files: all }));
}
const text = ({ head }: Output): string => Buffer.from(head).toString();
const missing = (language: string): string => (ready.has(language) ? '' : ` (skipped: no ${language} here)`);

/**
 * Stands for Go: its library is a file that tells in which environment, and whether `shown` was there, when it was made, and its programs
 * print their library.
 */
const tellingGo = (shown: string): string => `#!/bin/sh
case "$*" in
version) echo go version go1.26.0 ;;
*-o*) { echo '#!/bin/sh'; echo "cat <<'END'"; cat "$GOCACHE/library"; echo END; } > .winnow; chmod 755 .winnow ;;
*) mkdir -p "$GOCACHE"; { env | sort; if [ -d ${shown} ]; then echo shown; fi; } > "$GOCACHE/library" ;;
esac
`;

describe.skipIf(reason !== '')(`a directory made for all jobs (skipped: ${reason || 'never'})`, () => {
  let place = '';
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'winnow-backend-'));
    chmodSync(place, 0o755);
  });
  afterEach(() => rmSync(place, { recursive: true }));

  test('has nothing of the job that is first: no variable, no grant, no locale', async () => {
    const granted = mkdtempSync(join(tmpdir(), 'winnow-granted-'));
    chmodSync(granted, 0o755);
    writeFileSync(join(place, 'go'), tellingGo(granted), { mode: 0o755 });
    const library = async (more: Partial<Job>): Promise<string> => {
      const backend = openNativeBackend({ cacheDir: null, path: [place, ...system], parallelism: 1 });
      try {
        const outcome = await run(backend, 'go', { 'main.go': 'package main\n' }, more);
        expect(outcome.ending).toEqual({ kind: 'exited', code: 0 });
        return text(outcome.stdout);
      } finally {
        await backend.close();
      }
    };
    try {
      const plain = await library({});
      expect(plain).toMatch(/^GOENV=off$/m);
      const names = ['GOOS', 'GOARCH', 'GOCACHEPROG', 'GOFLAGS', 'GODEBUG', 'GOROOT', 'CC', 'LD_PRELOAD', 'HOME', 'X'];
      const env = Object.fromEntries(names.map((name) => [name, '/work/evil']));
      expect(await library({ env })).toBe(plain);
      expect(await library({ grants: { read: [granted] } })).toBe(plain);
      expect(await library({ determinism: { locale: 'C', timeZone: 'Asia/Tokyo' } })).toBe(plain);
    } finally {
      rmSync(granted, { recursive: true });
    }
  });
});

/** Stands for Go, too: its programs print with which settings they were compiled. */
const settledGo = `#!/bin/sh
case "$*" in
version) echo go version go1.26.0 ;;
*-o*) { echo '#!/bin/sh'; echo "echo $GODEBUG"; } > .winnow; chmod 755 .winnow ;;
*) mkdir -p "$GOCACHE"; echo > "$GOCACHE/library" ;;
esac
`;

test.skipIf(reason !== '')(`a job's GODEBUG is joined with ours (skipped: ${reason || 'never'})`, async () => {
  const place = mkdtempSync(join(tmpdir(), 'winnow-backend-'));
  chmodSync(place, 0o755);
  writeFileSync(join(place, 'go'), settledGo, { mode: 0o755 });
  const backend = openNativeBackend({ cacheDir: null, path: [place, ...system], parallelism: 1 });
  try {
    const seen = async (env: Job['env']): Promise<string> =>
      text((await run(backend, 'go', { 'main.go': 'package main\n' }, { env: env ?? {} })).stdout);
    expect(await seen({})).toBe('goindex=0\n');
    expect(await seen({ GODEBUG: 'http2client=0,goindex=1' })).toBe('http2client=0,goindex=1,goindex=0\n');
  } finally {
    await backend.close();
    rmSync(place, { recursive: true });
  }
});

describe.skipIf(reason !== '')(`programs that follow hostile ones (skipped: ${reason || 'never'})`, () => {
  const hello = 'package main\nimport "fmt"\nfunc main() { fmt.Println("hello") }\n';

  test.skipIf(!ready.has('go'))(`Go${missing('go')}`, { timeout: 240_000 }, async () => {
    const evil = '#!/bin/sh\ntouch /work/evil-ran\nexit 1\n';
    const hostile = [{ GOOS: 'windows' }, { GOCACHEPROG: '/work/evil' }, { GOROOT: '/work' }, { CC: '/work/evil' }];
    // What they end as is theirs; compiling a library for another system is cut short.
    const compileLimits = { wallMs: 300 };
    for (const env of hostile)
      await run(withLibrary, 'go', { 'main.go': hello, evil }, { env, compileLimits }).catch(() => {});
    const outcome = await run(withLibrary, 'go', { 'main.go': hello });
    expect([outcome.ending, text(outcome.stdout)]).toEqual([{ kind: 'exited', code: 0 }, 'hello\n']);
  });
});

describe.skipIf(reason !== '')(`what compilers made (skipped: ${reason || 'never'})`, () => {
  const source = { 'main.c': 'int main(void) { return 7; }\n' };

  test.skipIf(!ready.has('c'))(`is kept, but not what may have come over the network${missing('c')}`, async () => {
    const cached = async (more: Partial<Job>): Promise<boolean | undefined> =>
      (await run(real, 'c', source, more)).compile?.cached;
    expect(await cached({ grants: { network: true } })).toBe(false);
    expect(await cached({})).toBe(false);
    expect(await cached({})).toBe(true);
    expect(await cached({ grants: { network: true } })).toBe(false);
  });
});

describe.skipIf(reason !== '')(
  `what compiles and is no program is compile-failed (skipped: ${reason || 'never'})`,
  () => {
    const none = (
      what: string,
      language: string,
      entry: string,
      source: string,
      env: Record<string, string> = {},
    ): void => {
      test.skipIf(!ready.has(language))(`${what}${missing(language)}`, { timeout: 240_000 }, async () => {
        const backend = language === 'go' ? withLibrary : real;
        const outcome = await run(backend, language, { [entry]: source }, { env });
        expect(outcome.ending).toEqual({ kind: 'compile-failed' });
        expect(outcome.compile?.ending).toEqual({ kind: 'exited', code: 0 });
        expect(outcome.caveats).toEqual([expect.stringContaining('does not execute what was made')]);
      });
    };
    const main = 'int main(void) { return 0; }\n';
    none('an object file of C', 'c', 'a.c', main, { CFLAGS: '-c' });
    none('C whose loader is not there', 'c', 'b.c', main, { LDFLAGS: '-Wl,-dynamic-linker,/nowhere' });
    none('a package of Go that is no program', 'go', 'c.go', 'package lib\n\nfunc F() {}\n');
    none('a library of Rust', 'rust', 'd.rs', '#![crate_type = "rlib"]\npub fn f() {}\n');
  },
);
