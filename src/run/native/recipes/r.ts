/** R by Rscript. The generator is seeded by a user profile, which R reads before the program. */
import type { Recipe } from '../recipe.ts';
import { asArgument, built, prelude, workDir } from '../recipe.ts';

export const r: Recipe = {
  language: 'r',
  tools: [
    {
      name: 'Rscript',
      label: 'R',
      executables: ['Rscript'],
      versionArgs: ['--version'],
      version: /version (\d[\d.]*)/,
      packages: { apt: 'r-base-core', dnf: 'R-core', apk: 'R', pacman: 'r' },
    },
  ],
  unpinned: [],
  counts: true,
  plan(job, tool) {
    return {
      files: [...job.files, prelude('seed.R', `set.seed(${job.determinism.seed % 2 ** 31})\n`)],
      compile: null,
      run: {
        argv: [tool('Rscript').path, asArgument(job.entry), ...job.args],
        env: { R_PROFILE_USER: `${workDir}/${built}/seed.R` },
      },
    };
  },
};
