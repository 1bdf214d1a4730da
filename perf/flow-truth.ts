/**
 * How far control and data flow hold: Python programs are run under a tracer (`record-flow.py`), and every step from line to line and
 * every read of a local with the line that wrote it is looked for among what `code` says without running.
 *
 * node perf/flow-truth.ts PROGRAM.py…
 *
 * The programs are run as they are, so only such that are trusted. Needs Python 3.11 or later as `python3`. Exit code 1: something is missing.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lineAt, lineStarts } from '../src/base/mod.ts';
import { type CodeFlow, createSyntaxReader } from '../src/code/mod.ts';
import { loadGrammarFile } from '../src/index/mod.ts';

interface Recorded {
  readonly steps: Readonly<Record<string, readonly string[]>>;
  readonly pairs: Readonly<Record<string, readonly string[]>>;
}

/** A flow as a tracer of lines would see it. */
class Lines {
  readonly #flow: CodeFlow;
  readonly #lines: readonly { first: number; last: number; quiet: boolean }[];
  readonly #next: readonly ReadonlySet<number>[];
  readonly #lineOf: (offset: number) => number;

  constructor(flow: CodeFlow, lineOf: (offset: number) => number, source: readonly string[]) {
    this.#flow = flow;
    this.#lineOf = lineOf;
    this.#lines = flow.statements.map(({ span }) => {
      const first = lineOf(span.start);
      return { first, last: lineOf(span.end - 1), quiet: /^\s*while\s+(True|1)\s*:/.test(source[first - 1] ?? '') };
    });
    // -1 is the exit. Exceptions leave a block from any of its statements.
    const next = flow.statements.map(() => new Set<number>());
    const firstOf = (block: number): number => (block === 1 ? -1 : (flow.blocks[block]?.statements[0] ?? -1));
    flow.blocks.forEach(({ statements }, block) => {
      statements.forEach((one, place) => {
        const after = statements[place + 1];
        if (after !== undefined) next[one]?.add(after);
        for (const { from, to, kind } of flow.edges)
          if (from === block && (after === undefined || kind === 'exception')) next[one]?.add(firstOf(to));
      });
    });
    this.#next = next;
  }

  #at(line: number): number[] {
    return this.#lines.flatMap(({ first, last }, index) => (first <= line && line <= last ? [index] : []));
  }

  /** The line of `class A:` belongs to the frame of its body, which has no statement there. */
  knows(line: number): boolean {
    return this.#at(line).length > 0;
  }

  leads(from: number, to: number): boolean {
    const goals = new Set(to === -1 ? [-1] : this.#at(to));
    const queue = this.#at(from);
    const seen = new Set(queue);
    // Several lines of one statement.
    if (queue.some((one) => goals.has(one))) return true;
    for (let one = queue.pop(); one !== undefined; one = queue.pop())
      for (const next of this.#next[one] ?? []) {
        if (goals.has(next)) return true;
        const here = this.#lines[next];
        // What stands on the same line, or is decided when the program is compiled, is no step of its own.
        if (here === undefined || seen.has(next) || (here.first !== this.#lines[one]?.first && !here.quiet)) continue;
        seen.add(next);
        queue.push(next);
      }
    return false;
  }

  /** `variable,line of the write,line of the read`; parameters are written at 0. */
  pairs(): Set<string> {
    const names = this.#flow.names ?? [];
    const line = (index: number): number => {
      const one = names[index];
      return one === undefined || one.statement < 0 ? 0 : this.#lineOf(one.span.start);
    };
    return new Set(
      names.flatMap(({ name, use, sources }, index) =>
        use === 'write'
          ? []
          : sources
              .filter((source) => names[source]?.use !== 'read')
              .map((source) => `${name},${line(source)},${line(index)}`),
      ),
    );
  }
}

function record(program: string, dir: string): Recorded {
  const result = join(dir, 'flow.json');
  execFileSync('python3', [join(import.meta.dirname, 'record-flow.py'), program, result], { input: '', stdio: 'pipe' });
  return JSON.parse(readFileSync(result, 'utf8')) as Recorded;
}

const programs = process.argv.slice(2);
if (programs.length === 0) {
  console.error('usage: node perf/flow-truth.ts PROGRAM.py…');
  process.exit(2);
}
const reader = await createSyntaxReader(loadGrammarFile);
const dir = mkdtempSync(join(tmpdir(), 'winnow-flow-'));
const total = { programs: 0, functions: 0, steps: 0, stepsMissing: 0, reads: 0, readsMissing: 0, told: 0 };

for (const program of programs) {
  const bytes = readFileSync(program);
  const result = await reader.read(program, bytes);
  if (result.kind !== 'read' || result.flows === null) throw new Error(`${program} is no program that can be read`);
  const recorded = record(program, dir);
  const starts = lineStarts(bytes);
  const lines = bytes.toString().split('\n');
  total.programs++;
  for (const key of new Set([...Object.keys(recorded.steps), ...Object.keys(recorded.pairs)])) {
    const [name, first] = key.split(':') as [string, string];
    const lineOf = (offset: number): number => lineAt(starts, offset);
    const flow =
      name === '<module>'
        ? result.flows[0]
        : // A decorated function begins at its first decorator.
          result.flows.slice(1).find((one) => one.name === name && lineOf(one.span.start) >= Number(first));
    if (flow === undefined) throw new Error(`${program}: no flow of ${key}`);
    total.functions++;
    const seen = new Lines(flow, lineOf, lines);
    for (const step of recorded.steps[key] ?? []) {
      const [from, to] = step.split(',').map(Number) as [number, number];
      if (from === to || !seen.knows(from)) continue;
      total.steps++;
      if (seen.leads(from, to)) continue;
      total.stepsMissing++;
      console.log(`${program} ${key}: line ${from} → ${to === -1 ? 'exit' : to}`);
    }
    const told = seen.pairs();
    total.told += told.size;
    for (const pair of recorded.pairs[key] ?? []) {
      total.reads++;
      if (told.has(pair)) continue;
      total.readsMissing++;
      console.log(`${program} ${key}: variable, line written, line read: ${pair}`);
    }
  }
}
rmSync(dir, { recursive: true, force: true });
console.log(JSON.stringify(total));
process.exitCode = total.stepsMissing + total.readsMissing > 0 ? 1 : 0;
