/**
 * C by GCC or Clang. All `.c` files of a job make one program.
 *
 * `-O2` because that is what programs are judged with; `-std=gnu17`, the default of current compilers, named so
 * that it stays; `-w` silences warnings; the mathematics library and threads are linked.
 */
import type { Recipe, Tool } from '../recipe.ts';
import { asArgument, built, inLanguage, sourcesOf, words, workDir } from '../recipe.ts';

export const cCompiler: Tool = {
  name: 'cc',
  label: 'GCC',
  executables: ['gcc', 'clang', 'cc'],
  versionArgs: ['--version'],
  version: /\b(\d+\.\d+(?:\.\d+)?)\b/,
  packages: { apt: 'gcc libc6-dev', dnf: 'gcc', apk: 'gcc musl-dev', pacman: 'gcc' },
};

export const c: Recipe = {
  language: 'c',
  tools: [cCompiler],
  unpinned: [],
  counts: true,
  plan(job, tool) {
    const [, ...others] = sourcesOf(job, ['.c']).map(asArgument);
    const sources = [...inLanguage(job.entry, ['.c'], 'c'), ...others];
    const flags = ['-O2', '-std=gnu17', '-w', '-pthread', ...words(job.env.CFLAGS)];
    const linked = [...words(job.env.LDFLAGS), ...words(job.env.LDLIBS), '-lm'];
    return {
      files: job.files,
      compile: { argv: [tool('cc').path, ...flags, '-o', built, ...sources, ...linked] },
      run: { argv: [`${workDir}/${built}`, ...job.args], standsAlone: true },
    };
  },
};
