/**
 * Ruby's tracer: a file that Ruby loads before the program (`RUBYOPT`) watches it by TracePoint.
 *
 * Nothing is rewritten, and the program stays the entry. How: `start.rb`. Ruby programs that it starts are traced as well. Branches and blocks
 * come from `code/flow`; which lines can run, from Ruby's own compiler.
 */
import { workDir } from '../../native/recipe.ts';
import type { JobFile } from '../../types.ts';
import { type StaticLines, staticLines } from '../static.ts';
import { type Tracer, traceDirectory, tracerFile } from '../tracejob.ts';
import { traceLevels } from '../types.ts';

const parts = ['start', 'kernel', 'codes', 'values', 'writer', 'recorder', 'watched'];
/** The work directory of both backends. A file required by a relative path would not be found after `Dir.chdir`. */
const place = `${workDir}/${traceDirectory}/start.rb`;

export const rubyTracer: Tracer = {
  extensions: ['.rb'],
  levels: traceLevels,
  async prepare(job, plan, load) {
    const own = await Promise.all(parts.map((name) => tracerFile(`ruby/${name}.rb`)));
    const traced = job.files.filter(({ path }) => plan.files.includes(path));
    const lines = await Promise.all(traced.map((file) => staticLines(file, load, ['.rb'])));
    const byPath = <T>(of: (lines: StaticLines) => T): Record<string, T> =>
      Object.fromEntries(traced.map(({ path }, at) => [path, of(lines[at] as StaticLines)]));
    const fixed = {
      starts: byPath(({ blocks }) => blocks),
      branches: byPath(({ ways }) => ways),
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

/** Variables of the whole program that a file names. Those that Ruby itself sets are left out. */
function globalsOf(files: readonly JobFile[]): readonly string[] {
  const own = /^\$(stdout|stderr|stdin|PROGRAM_NAME|LOAD_PATH|LOADED_FEATURES|VERBOSE|DEBUG|FILENAME|SAFE)$/;
  const names = files.flatMap(({ bytes }) => new TextDecoder().decode(bytes).match(/\$[A-Za-z_]\w*/g) ?? []);
  return [...new Set(names)].filter((name) => !own.test(name)).slice(0, 100);
}
