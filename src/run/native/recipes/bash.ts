/** Bash. `RANDOM` is seeded by the file that Bash reads before a script (`BASH_ENV`), which scripts it starts read as well. */
import type { Recipe } from '../recipe.ts';
import { asArgument, built, prelude, workDir } from '../recipe.ts';

export const bash: Recipe = {
  language: 'bash',
  tools: [
    {
      name: 'bash',
      label: 'Bash',
      executables: ['bash'],
      versionArgs: ['--version'],
      version: /version (\d[\d.]*)/,
      packages: { apt: 'bash', dnf: 'bash', apk: 'bash', pacman: 'bash' },
    },
  ],
  unpinned: [],
  counts: true,
  plan(job, tool) {
    return {
      files: [...job.files, prelude('seed.sh', `RANDOM=${job.determinism.seed}\n`)],
      compile: null,
      run: {
        argv: [tool('bash').path, asArgument(job.entry), ...job.args],
        env: { BASH_ENV: `${workDir}/${built}/seed.sh` },
      },
    };
  },
};
