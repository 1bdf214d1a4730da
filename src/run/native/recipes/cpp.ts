/**
 * C++ by G++ or Clang. All C++ files of a job make one program.
 *
 * `-std=gnu++20`: the newest standard that the compilers of supported distributions have whole. The rest as for C.
 */
import type { Recipe, Tool } from '../recipe.ts';
import { asArgument, built, inLanguage, sourcesOf, words, workDir } from '../recipe.ts';

const compiler: Tool = {
  name: 'c++',
  label: 'G++',
  executables: ['g++', 'clang++', 'c++'],
  versionArgs: ['--version'],
  version: /\b(\d+\.\d+(?:\.\d+)?)\b/,
  packages: { apt: 'g++', dnf: 'gcc-c++', apk: 'g++', pacman: 'gcc' },
};

const endings = ['.cpp', '.cc', '.cxx', '.c++'];

export const cpp: Recipe = {
  language: 'cpp',
  tools: [compiler],
  // std::random_device asks the processor.
  unpinned: ['random'],
  counts: true,
  plan(job, tool) {
    const [, ...others] = sourcesOf(job, endings).map(asArgument);
    const sources = [...inLanguage(job.entry, endings, 'c++'), ...others];
    const flags = ['-O2', '-std=gnu++20', '-w', '-pthread', ...words(job.env.CXXFLAGS)];
    const linked = [...words(job.env.LDFLAGS), ...words(job.env.LDLIBS), '-lm'];
    return {
      files: job.files,
      compile: { argv: [tool('c++').path, ...flags, '-o', built, ...sources, ...linked] },
      run: { argv: [`${workDir}/${built}`, ...job.args], standsAlone: true },
    };
  },
};
