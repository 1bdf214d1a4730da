/**
 * Perl's tracer: a debugger of Perl's, which Perl loads before the program (`PERL5DB`).
 *
 * Nothing is rewritten, and the program stays the entry. How: `WinnowTrace.pm`. No values, no output, no level `blocks`.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type TracePlan, type Tracer, traceDirectory } from '../tracejob.ts';

export const perlTracer: Tracer = {
  extensions: ['.pl', '.pm', '.t'],
  levels: ['coverage', 'counts', 'lines'],
  async prepare(job, plan) {
    const bytes = await readFile(fileURLToPath(new URL('WinnowTrace.pm', import.meta.url)));
    const before = (name: 'PERL5LIB' | 'PERL5OPT', separator: string): string =>
      job.env?.[name] === undefined ? '' : `${separator}${job.env[name]}`;
    return {
      job: {
        ...job,
        files: [
          ...job.files,
          { path: `${traceDirectory}/Devel/WinnowTrace.pm`, bytes },
          { path: `${traceDirectory}/plan.pl`, bytes: new TextEncoder().encode(planText(plan)) },
        ],
        env: {
          ...job.env,
          WINNOW_TRACE: traceDirectory,
          // Relative to where a program begins, which is not the same path on both backends.
          PERL5LIB: `${traceDirectory}${before('PERL5LIB', ':')}`,
          // In words of its own, because a WebAssembly build cannot set the variable that `-d:WinnowTrace` stands for.
          PERL5DB: 'BEGIN { require Devel::WinnowTrace }',
          PERL5OPT: `-d${before('PERL5OPT', ' ')}`,
        },
      },
      left: [],
    };
  },
};

/** A list that Perl reads with `do`. */
function planText({ level, limits, files }: TracePlan): string {
  const pairs = Object.entries(limits).map(([name, value]) => `${name} => ${value}`);
  const paths = files.map((path) => `${literal(path)} => 1`);
  return `(level => '${level}', ${pairs.join(', ')}, limits => '${JSON.stringify(limits)}', files => { ${paths.join(', ')} });\n`;
}

const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
