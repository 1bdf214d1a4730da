/** Statements on several lines: each execution is told once, and none is missing, as looking at every instruction shows. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../../test/grammarfiles.ts';
import { linesOf, openTestTracing } from '../tracing.testing.ts';
import type { Trace } from '../types.ts';

const python = await openTestTracing('python', loadGrammarFile);
const fixtures = new URL('../../../../test/fixtures/trace/', import.meta.url);
const read = (name: string): Promise<string> => readFile(new URL(name, fixtures), 'utf8');

type Row = readonly [file: string, code: number, statement: number, isMarked: boolean];

/** `line of code:line of statement` of all statements that ran, in order. */
function told(trace: Trace): string[] {
  const codes = new Map<number, number>();
  return trace.events.flatMap((event) => {
    if (event.kind === 'call') codes.set(event.frame, event.code);
    if (event.kind !== 'line') return [];
    return [`${trace.codes[codes.get(event.frame) ?? -1]?.line}:${event.line}`];
  });
}

for (const backend of ['native', 'embedded'] as const) {
  const missing = python.missing(backend);
  describe.skipIf(missing !== '')(`${backend}${missing}`, () => {
    test('every construct, with comments in its head', { timeout: 60_000 }, async () => {
      const program = await read('statements.py');
      const { trace, outcome } = await python.run(
        { 'main.py': program, 'truth.py': await read('statements.truth.py') },
        { backend, level: 'lines', files: ['main.py'], limits: { events: 100_000 } },
      );
      expect(outcome.ending).toEqual({ kind: 'exited', code: 0 });
      const plain = await python.plain(
        { 'truth.py': await read('statements.truth.py'), 'main.py': program },
        { backend, job: { args: ['main.py'] } },
      );
      const rows: Row[] = JSON.parse(plain);
      const names = rows.map(([, code, statement]) => `${code}:${statement}`);
      const marked = new Set(names.filter((_, at) => rows[at]?.[3]));
      const ran = names.filter((name) => !marked.has(name));
      expect(ran.length).toBeGreaterThan(500);
      expect(told(trace).filter((name) => !marked.has(name))).toEqual(ran);
    });

    test('a loop with a comment behind its head, whose body is a condition', { timeout: 60_000 }, async () => {
      const source = `def small(of):
    found = 0
    for i in of:
        # A comment.
        if i < 3:
            found += i
    return found
small([1, 5, 2])
`;
      const { trace } = await python.run({ 'main.py': source }, { backend });
      expect(linesOf(trace, 'small')).toEqual([2, 3, 5, 6, 3, 5, 3, 5, 6, 3, 7]);
      const written = trace.events.flatMap((event) =>
        event.kind === 'write' && event.name === 'i' ? [event.value] : [],
      );
      expect(written).toEqual([1, 5, 2]);
    });

    test('a text in a loop writes nothing', { timeout: 60_000 }, async () => {
      const source = 'def f(n):\n    for i in n:\n        """A text."""\n        t = i\n    return t\nf([1, 2])\n';
      const { trace } = await python.run({ 'main.py': source }, { backend });
      const written = trace.events.flatMap((event) =>
        event.kind === 'write' ? [`${event.name} ${JSON.stringify(event.value)}`] : [],
      );
      expect(written.slice(1)).toEqual(['i 1', 't 1', 'i 2', 't 2']);
    });
  });
}
