/** The suite, run against both backends of this machine for every language that is ready on them. */
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keptCache } from '../../../test/keptcache.ts';
import { checkJob } from '../checkjob.ts';
import { openEmbeddedBackend } from '../embedded/backend.ts';
import { knownInput, knownOutput, runLanguage } from '../languages.ts';
import { runLanguages } from '../languagetable.ts';
import { openNativeBackend } from '../native/backend.ts';
import type { Backend, Job, Outcome, Runtime } from '../types.ts';
import { type ConformanceLanguage, conformanceLanguages, notTried, type Part } from './languages.ts';
import { type Change, checks, memoryBytes, type Subject } from './suite.ts';

const fixtures = join(import.meta.dirname, '../../../test/fixtures/run');
const settings = {
  cacheDir: keptCache,
  path: (process.env.PATH ?? '').split(delimiter).filter((path) => path.startsWith('/')),
};
/** The first program of a language may have to wait for its library to be compiled, behind others. */
const patienceMs = 240_000;
// Part of this process, and never to be seen by a program.
process.env.PLANTED = 'leaked';

const backends = [openNativeBackend(settings), openEmbeddedBackend(settings)];
const opened = await Promise.all(
  backends.map(async (backend) => {
    const availability = await backend.availability();
    return { backend, availability, runtimes: availability.state === 'ready' ? await backend.runtimes() : [] };
  }),
);
afterAll(async () => {
  await Promise.all(backends.map((backend) => backend.close()));
});

test('every language has a program here, or is told why not', () => {
  const names = [...conformanceLanguages.map(({ name }) => name), ...Object.keys(notTried)];
  expect(names.sort()).toEqual(runLanguages.map(({ name }) => name).sort());
  for (const { program } of conformanceLanguages) expect(existsSync(join(fixtures, program))).toBe(true);
});

describe.each(opened)('$backend.name', ({ backend, availability, runtimes }) => {
  if (availability.state === 'unavailable') {
    test.skip(`skipped: ${availability.reason}`, () => {});
    return;
  }
  test('it runs something here', () => expect(runtimes).not.toEqual([]));
  // Embedded processes belong to one language and are kept warm; languages in turn do not push each other's out.
  const inTurn = backend.name === 'embedded';
  const check = inTurn ? test.concurrent : test;
  (inTurn ? describe : describe.concurrent).each(runtimes)('$language', (runtime) => {
    if (runtime.state === 'missing') {
      test.skip(`skipped: ${runtime.reason}`, () => {});
      return;
    }
    const language = conformanceLanguages.find(({ name }) => name === runtime.language);
    const subject = subjectOf(backend, runtime, language);
    // Compiles the language's program once, before many checks want it at the same time. What fails here is told by them.
    beforeAll(async () => {
      // A language of which no part is tried runs other programs only.
      if (language !== undefined && !language.withoutOn?.[backend.name]?.error)
        await subject.run(language.name === 'sql' ? 'random' : 'copy').catch(() => {});
    }, patienceMs);
    for (const { name, parts, hold } of checks) {
      const reason = parts.map((part) => whyNot(part, runtime, language)).find((why) => why !== null) ?? null;
      if (reason !== null) test.skip(`${name} (skipped: ${reason})`, () => {});
      else check(name, { timeout: patienceMs }, () => hold(subject));
    }
  });
});

/**
 * Limits, cleaning up and what goes in and out beside source and standard input are the native sandbox's affair, one for all languages. So they are tried for those whose runtimes differ: an interpreter
 * that is forked, engines with heaps and threads of their own, none at all, and one that starts processes.
 */
const ofSandbox: ReadonlySet<Part> = new Set([
  ...(['flood', 'loop', 'memory', 'fill', 'processes', 'poison', 'victim'] as const),
  // That a language reads its standard input, its known program shows.
  ...(['copy', 'env', 'read', 'change', 'streams', 'bytes', 'clock'] as const),
]);
const tryingSandbox = new Set(['python', 'javascript', 'c', 'java', 'bash']);
const isWhole = process.env.WINNOW_CONFORMANCE === 'all';
const ofOthers = 'the sandbox holds this, tried with other languages; WINNOW_CONFORMANCE=all tries it with each';

function whyNot(part: Part, runtime: Runtime, language: ConformanceLanguage | undefined): string | null {
  if (language === undefined) return notTried[runtime.language] ?? 'it has no program in test/fixtures/run';
  const why = language.without?.[part] ?? language.withoutOn?.[runtime.backend]?.[part] ?? null;
  const isOfOthers = runtime.backend === 'native' && ofSandbox.has(part) && !tryingSandbox.has(runtime.language);
  return why ?? (isOfOthers && !isWhole ? ofOthers : null);
}

function subjectOf(backend: Backend, runtime: Runtime, language: ConformanceLanguage | undefined): Subject {
  const { name, defaultEntry, known } = runLanguage(runtime.language);
  const run = (
    source: Uint8Array,
    { files = [], more: _, entry = defaultEntry, limits, ...change }: Change,
    signal?: AbortSignal,
  ): Promise<Outcome> => {
    const all = [{ path: entry, bytes: source }, ...files];
    // No check is of a compiler's time, and an embedded one is slow on a busy machine.
    const compileLimits = { wallMs: patienceMs };
    const job: Job = {
      language: name,
      entry,
      ...change,
      files: all,
      limits: { memoryBytes, ...limits },
      compileLimits,
    };
    return backend.run(checkJob(job), signal);
  };
  return {
    runtime,
    known: { source: known, input: knownInput, output: knownOutput },
    broken: language?.brokenOn?.[backend.name] ?? language?.broken ?? '(',
    silent: language?.silent !== undefined,
    runSource: (source, change = {}) => run(Buffer.from(source), change),
    run: (part, change = {}, signal) => {
      const program = language?.program ?? '';
      const single = !program.endsWith('/');
      const source = readFileSync(join(fixtures, single ? program : `${program}${part}.sql`));
      return run(source, { ...change, args: single ? [part, ...(change.more ?? [])] : [] }, signal);
    },
  };
}
