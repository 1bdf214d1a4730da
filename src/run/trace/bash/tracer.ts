/**
 * Bash's tracer: a file that Bash reads before the script (`BASH_ENV`) sets a DEBUG trap.
 *
 * Native Bash only: the embedded shell has no such trap, and a run there records nothing. Each command is an event of its line. Of each line the first
 * `firstHits` in each shell are told, none of the last. No values, no output, no level `blocks`. Which lines can run comes from `code/flow`.
 */
import { lineAt, lineStarts } from '../../../base/mod.ts';
import type { LoadFile } from '../../../code/mod.ts';
import { workDir } from '../../native/recipe.ts';
import type { JobFile } from '../../types.ts';
import { traceFormat } from '../read.ts';
import { syntaxOf } from '../static.ts';
import { type TracePlan, type Tracer, traceDirectory, tracerFile } from '../tracejob.ts';

export const bashTracer: Tracer = {
  extensions: ['.sh', '.bash'],
  levels: ['coverage', 'counts', 'lines'],
  async prepare(job, plan, load) {
    const traced = job.files.filter(({ path }) => plan.files.includes(path));
    const lines = await Promise.all(traced.map(async (file) => [file.path, await linesOf(file, load)] as const));
    const own = await tracerFile('bash/start.sh');
    // Takes the place of the file that seeds `RANDOM`.
    const text = `RANDOM=${job.determinism?.seed ?? 0}\n${planText(plan, lines)}`;
    return {
      job: {
        ...job,
        files: [...job.files, own, { path: `${traceDirectory}/plan.sh`, bytes: new TextEncoder().encode(text) }],
        env: { ...job.env, BASH_ENV: `${workDir}/${traceDirectory}/start.sh` },
      },
      left: [],
    };
  },
};

function planText(
  { level, limits, files }: TracePlan,
  lines: readonly (readonly [string, readonly number[]])[],
): string {
  const head = JSON.stringify({ format: traceFormat, language: 'bash', runtime: 'Bash __version__', level, limits });
  const events = level === 'lines' ? limits.events : 0;
  return [
    `__winnow_head=${literal(head)}`,
    `__winnow_events=${events} __winnow_first=${limits.firstHits} __winnow_coverage=${level === 'coverage' ? 1 : 0}`,
    ...files.map((path) => `__winnow_files[${literal(path)}]=1`),
    'declare -A __winnow_lines=()',
    ...lines.map(([path, all]) => `__winnow_lines[${literal(path)}]=${literal(all.join(' '))}`),
    '',
  ].join('\n');
}

const literal = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

async function linesOf(file: JobFile, load: LoadFile): Promise<number[]> {
  const result = await syntaxOf(file, load, ['.sh', '.bash']);
  if (result?.kind !== 'read') return [];
  const starts = lineStarts(file.bytes);
  const commands = result.nodes.filter(({ kind }) => kind === 'command' || kind === 'variable_assignment');
  return [...new Set(commands.map(({ span }) => lineAt(starts, span.start)))].sort((a, b) => a - b);
}
