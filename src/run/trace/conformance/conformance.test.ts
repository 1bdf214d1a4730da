/**
 * The promises of winnow.recording/1 (docs/formats.md), held by every tracer on every backend at each level that its language announces.
 *
 * One program in all languages (`programs.ts`), run once at each level; every check reads that run.
 */
import { describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../../test/grammarfiles.ts';
import type { BackendName } from '../../types.ts';
import { tracers } from '../tracers.ts';
import { endsOf, eventsOf, finalVariables, linesOf, openTestTracing, type TestTraced } from '../tracing.testing.ts';
import type { Trace } from '../types.ts';
import { type ConformanceProgram, conformancePrograms } from './programs.ts';

/** How often each named line runs. `raised`: only where there are exceptions. */
const counts = { start: 1, even: 2, odd: 2, call: 1, step: 3, base: 1, never: 0, print: 1 };
const raised = { fine: 1, raise: 2, catch: 1, fatal: 1 };
const before = ['start', 'even', 'odd', 'even', 'odd', 'call', 'step', 'step', 'step', 'base'];
const after = ['fine', 'raise', 'catch', 'print', 'fatal', 'raise'];

const namesOf = ({ source }: ConformanceProgram): Map<number, string> =>
  new Map(
    source.split('\n').flatMap((line, at) => {
      const name = /@ (\w+)$/.exec(line)?.[1];
      return name === undefined ? [] : [[at + 1, name] as const];
    }),
  );

test('every language that is traced has its program', () => {
  // A module comes compiled, and is tried beside its tracer (`wasm/modules.test.ts`).
  expect([...conformancePrograms.map(({ language }) => language), 'wasm'].sort()).toEqual(Object.keys(tracers).sort());
});

describe.each(conformancePrograms)('$language', async (program) => {
  const tracing = await openTestTracing(program.language, loadGrammarFile);
  const { levels } = (await tracers[program.language]?.()) ?? { levels: [] };
  const names = namesOf(program);
  const backends: readonly BackendName[] =
    program.language === 'bash'
      ? ['native']
      : /^c(pp)?$/.test(program.language)
        ? ['embedded']
        : ['native', 'embedded'];
  for (const backend of backends) {
    const missing = tracing.missing(backend);
    describe.skipIf(missing !== '')(`${backend}${missing}`, () => {
      // The last level tells counts as well; those before differ by the tracer, not by the engine.
      for (const level of backend === 'native' || levels.length === 0 ? levels : levels.slice(-1))
        test(level, { timeout: 120_000 }, async () => {
          const traced = await tracing.run({ [program.path]: program.source }, { backend, level });
          const { trace, outcome, stdout } = traced;
          expect(stdout).toBe('47\n');
          expect(outcome.ending).toMatchObject({ kind: 'exited', code: program.throws ? expect.any(Number) : 0 });
          expect(trace.level).toBe(level);
          expect(trace.gaps).toMatchObject({
            skippedLines: 0,
            uncountedLines: 0,
            droppedEvents: 0,
            cut: false,
            unreadable: 0,
          });
          countsHold(program, names, trace);
          if (level === 'coverage' || level === 'counts')
            expect(trace.events.filter(({ kind }) => kind !== 'note')).toEqual([]);
          else eventsHold(program, names, traced);
          if (level === 'lines' || level === 'values') linesHold(program, names, trace);
          if (level === 'values') valuesHold(program, trace);
        });
    });
  }
});

function countsHold(program: ConformanceProgram, names: ReadonlyMap<number, string>, trace: Trace): void {
  const of = trace.counts.find(({ file }) => file === program.path);
  const found = [...names].map(([line, name]) => [name, of?.lines.get(line) ?? 0]);
  const wanted = Object.entries({ ...counts, ...(program.throws ? raised : {}) });
  const once = wanted.map(([name, count]) => [name, trace.level === 'coverage' ? Math.min(count, 1) : count]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(once));
}

/** Frames begin, go on and end in an order that makes sense, and say where. */
function eventsHold(
  program: ConformanceProgram,
  names: ReadonlyMap<number, string>,
  { trace, stdout }: TestTraced,
): void {
  const open = new Set<number>();
  const ended = new Set<number>();
  for (const event of trace.events) {
    if (event.kind === 'call') {
      expect(trace.codes[event.code]?.file).toBe(program.path);
      expect(event.caller === 0 || open.has(event.caller)).toBe(true);
      open.add(event.frame);
    } else if (event.kind === 'line' || event.kind === 'block' || event.kind === 'write' || event.kind === 'branch') {
      expect(open.has(event.frame) && !ended.has(event.frame)).toBe(true);
    } else if (event.kind === 'return' || event.kind === 'unwind') {
      expect(open.has(event.frame) && !ended.has(event.frame)).toBe(true);
      ended.add(event.frame);
    }
  }
  // Nothing is left open, however the program ended.
  expect([...open].filter((frame) => !ended.has(frame))).toEqual([]);
  const calls = eventsOf(trace, 'call').filter(({ code }) => trace.codes[code]?.name === 'fact');
  expect(calls).toHaveLength(4);
  expect(calls.slice(1).map(({ caller }) => caller)).toEqual(calls.slice(0, 3).map(({ frame }) => frame));
  if (program.throws) {
    const raises = eventsOf(trace, 'raise').map(({ line }) => names.get(line));
    expect(raises.filter((name) => name === 'raise')).toHaveLength(2);
    // At `blocks` a place is that of its block; Perl does not say what ended the program.
    if (trace.level !== 'blocks' && program.language !== 'perl') expect(raises).toContain('fatal');
    expect(endsOf(trace).filter((end) => /^risky.* unwound$/.test(end))).toHaveLength(2);
  }
  if (program.branches) {
    const ways = eventsOf(trace, 'branch').filter(({ to }) => /^(even|odd)$/.test(names.get(to) ?? ''));
    expect(ways.map(({ way, to }) => `${way} ${names.get(to)}`)).toEqual([
      'true even',
      'false odd',
      'true even',
      'false odd',
    ]);
  }
  const printed = eventsOf(trace, 'output').filter(({ stream }) => stream === 'stdout');
  if (printed.length > 0) expect(printed.map(({ text }) => text).join('')).toBe(stdout);
}

function linesHold(program: ConformanceProgram, names: ReadonlyMap<number, string>, trace: Trace): void {
  const order = linesOf(trace).flatMap((line) => names.get(line) ?? []);
  const known = program.throws ? [...before, ...after] : [...before, 'print'];
  expect(order.filter((name) => known.includes(name))).toEqual(known);
}

function valuesHold(program: ConformanceProgram, trace: Trace): void {
  const results = endsOf(trace).filter((end) => end.startsWith('fact'));
  expect(results.map((end) => /(\d+)\) → (\d+)$/.exec(end)?.slice(1).join(' '))).toEqual(['1 1', '2 2', '3 6', '4 24']);
  if (!program.variables) return;
  const module = trace.codes.find(({ kind, name }) => kind === 'module' || name === 'main chunk')?.name ?? '';
  expect(finalVariables(trace, module)).toMatchObject({ total: 47 });
}
