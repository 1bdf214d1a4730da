/**
 * PHP by its command line. Errors go to standard error, without HTML; the memory limit is the sandbox's, not PHP's
 * own. `mt_rand` and `rand` are seeded by a file that runs before the program.
 */
import type { Recipe } from '../recipe.ts';
import { asArgument, built, prelude, workDir } from '../recipe.ts';

const options = ['display_errors=stderr', 'html_errors=0', 'log_errors=0', 'memory_limit=-1'];

export const php: Recipe = {
  language: 'php',
  tools: [
    {
      name: 'php',
      label: 'PHP',
      executables: ['php', 'php84', 'php83', 'php82'],
      versionArgs: ['--version'],
      version: /^PHP (\d\S+)/m,
      packages: { apt: 'php-cli', dnf: 'php-cli', apk: 'php', pacman: 'php' },
    },
  ],
  unpinned: [],
  counts: true,
  plan(job, tool) {
    const set = [...options, `auto_prepend_file=${workDir}/${built}/seed.php`].flatMap((option) => ['-d', option]);
    return {
      files: [...job.files, prelude('seed.php', `<?php mt_srand(${job.determinism.seed});`)],
      compile: null,
      run: { argv: [tool('php').path, ...set, '-f', asArgument(job.entry), '--', ...job.args] },
    };
  },
};
