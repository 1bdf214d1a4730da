/** Ruby by CRuby. `Kernel#rand` is seeded by a file required before the program. */
import type { Recipe } from '../recipe.ts';
import { asArgument, built, prelude, workDir } from '../recipe.ts';

export const ruby: Recipe = {
  language: 'ruby',
  tools: [
    {
      name: 'ruby',
      label: 'Ruby',
      executables: ['ruby'],
      versionArgs: ['--version'],
      version: /^ruby (\d\S+)/m,
      packages: { apt: 'ruby', dnf: 'ruby', apk: 'ruby', pacman: 'ruby' },
    },
  ],
  // `String#hash` is seeded by the operating system; hashes keep the order of insertion.
  unpinned: ['hash'],
  counts: true,
  plan(job, tool) {
    return {
      files: [...job.files, prelude('seed.rb', `srand(${job.determinism.seed})\n`)],
      compile: null,
      run: { argv: [tool('ruby').path, `-r${workDir}/${built}/seed.rb`, asArgument(job.entry), ...job.args] },
    };
  },
};
