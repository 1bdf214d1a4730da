/** AWK: the entry is the program; arguments are files to read or assignments, as ever. */
import type { Recipe } from '../recipe.ts';
import { asArgument } from '../recipe.ts';

export const awk: Recipe = {
  language: 'awk',
  tools: [
    {
      name: 'awk',
      label: 'AWK',
      executables: ['gawk', 'mawk', 'awk'],
      versionArgs: ['-W', 'version'],
      version: /(\d+\.\d[\d.]*)/,
      packages: { apt: 'gawk', dnf: 'gawk', apk: 'gawk', pacman: 'gawk' },
    },
  ],
  // Of the three, mawk seeds itself.
  unpinned: ['random'],
  counts: true,
  plan(job, tool) {
    return {
      files: job.files,
      compile: null,
      run: { argv: [tool('awk').path, '-f', asArgument(job.entry), '--', ...job.args] },
    };
  },
};
