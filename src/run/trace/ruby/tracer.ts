/**
 * Ruby's tracer: a file that Ruby loads before the program (`RUBYOPT`) watches it by TracePoint.
 *
 * Nothing is rewritten, and the program stays the entry. How: `start.rb`. Ruby programs that it starts are traced as well. Branches and blocks
 * come from `code/flow`; which lines can run, from Ruby's own compiler.
 */
import { lineAt, lineStarts } from '../../../base/mod.ts';
import { createSyntaxReader, type LoadFile, type SyntaxReader } from '../../../code/mod.ts';
import { workDir } from '../../native/recipe.ts';
import type { JobFile } from '../../types.ts';
import { ownFile, type Tracer, traceDirectory } from '../tracejob.ts';
import { traceLevels } from '../types.ts';

const parts = ['start', 'kernel', 'codes', 'values', 'writer', 'recorder', 'watched'];
/** The work directory of both backends. A file required by a relative path would not be found after `Dir.chdir`. */
const place = `${workDir}/${traceDirectory}/start.rb`;

export const rubyTracer: Tracer = {
  extensions: ['.rb'],
  levels: traceLevels,
  async prepare(job, plan, load) {
    const own = await Promise.all(parts.map((name) => ownFile(`ruby/${name}.rb`)));
    const traced = job.files.filter(({ path }) => plan.files.includes(path));
    const ways = await Promise.all(traced.map((file) => waysOf(file, load)));
    const byPath = <T>(of: (ways: Ways) => T): Record<string, T> =>
      Object.fromEntries(traced.map(({ path }, at) => [path, of(ways[at] as Ways)]));
    const fixed = {
      starts: byPath(({ starts }) => starts),
      branches: byPath(({ branches }) => branches),
      globals: globalsOf(traced),
    };
    const bytes = new TextEncoder().encode(JSON.stringify({ ...plan, static: fixed }));
    const options = `-r${place}${job.env?.RUBYOPT === undefined ? '' : ` ${job.env.RUBYOPT}`}`;
    return {
      job: {
        ...job,
        files: [...job.files, ...own, { path: `${traceDirectory}/plan.json`, bytes }],
        env: { ...job.env, RUBYOPT: options },
      },
      left: [],
    };
  },
};

interface Ways {
  /** Lines on which basic blocks begin. */
  readonly starts: readonly number[];
  /** Ways from a line to a line that are decided by a condition; without those that two conditions share. */
  readonly branches: readonly (readonly [from: number, to: number, way: string])[];
}

let reader: Promise<SyntaxReader> | null = null;

async function waysOf(file: JobFile, load: LoadFile): Promise<Ways> {
  reader ??= createSyntaxReader(load);
  // The entry may have any name; its language is known.
  const path = file.path.endsWith('.rb') ? file.path : `${file.path}.rb`;
  const result = await (await reader).read(path, file.bytes);
  if (result.kind !== 'read' || result.flows === null) return { starts: [], branches: [] };
  const lines = lineStarts(file.bytes);
  const starts = new Set<number>();
  const branches = new Map<string, [number, number, string] | null>();
  for (const { statements, blocks, edges } of result.flows) {
    const lineOf = (statement: number | undefined): number | null => {
      const span = statements[statement ?? -1]?.span;
      return span === undefined ? null : lineAt(lines, span.start);
    };
    for (const { statements: inside } of blocks) {
      const line = lineOf(inside[0]);
      if (line !== null) starts.add(line);
    }
    for (const { from, to, kind } of edges) {
      const [last, next] = [lineOf(blocks[from]?.statements.at(-1)), lineOf(blocks[to]?.statements[0])];
      // What leads to an `ensure` does so with an exception and without.
      if (kind === 'next' || kind === 'exception' || last === null || next === null) continue;
      const key = `${last} ${next}`;
      branches.set(key, branches.has(key) && branches.get(key)?.[2] !== kind ? null : [last, next, kind]);
    }
  }
  return {
    starts: [...starts].sort((a, b) => a - b),
    branches: [...branches.values()].filter((one) => one !== null),
  };
}

/** Variables of the whole program that a file names. Those that Ruby itself sets are left out. */
function globalsOf(files: readonly JobFile[]): readonly string[] {
  const own = /^\$(stdout|stderr|stdin|PROGRAM_NAME|LOAD_PATH|LOADED_FEATURES|VERBOSE|DEBUG|FILENAME|SAFE)$/;
  const names = files.flatMap(({ bytes }) => new TextDecoder().decode(bytes).match(/\$[A-Za-z_]\w*/g) ?? []);
  return [...new Set(names)].filter((name) => !own.test(name)).slice(0, 100);
}
