/** Perl. Hash order is pinned; random numbers are from Perl 5.38 on, which reads `PERL_RAND_SEED`. */
import type { Recipe } from '../recipe.ts';
import { asArgument } from '../recipe.ts';

export const perl: Recipe = {
  language: 'perl',
  tools: [
    {
      name: 'perl',
      label: 'Perl',
      executables: ['perl'],
      versionArgs: ['--version'],
      version: /\(v(\d[\w.]*)\)/,
      packages: { apt: 'perl', dnf: 'perl', apk: 'perl', pacman: 'perl' },
    },
  ],
  unpinned: ['random'],
  counts: true,
  plan(job, tool) {
    const seed = job.determinism.seed;
    return {
      files: job.files,
      compile: null,
      run: {
        argv: [tool('perl').path, asArgument(job.entry), ...job.args],
        env: { PERL_HASH_SEED: `0x${seed.toString(16)}`, PERL_PERTURB_KEYS: '0', PERL_RAND_SEED: String(seed) },
      },
    };
  },
};
