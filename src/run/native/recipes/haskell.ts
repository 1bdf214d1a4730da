/** Haskell by GHC: the entry is the program, other files are modules it imports. */
import type { Recipe } from '../recipe.ts';
import { built, inLanguage, words, workDir } from '../recipe.ts';

export const haskell: Recipe = {
  language: 'haskell',
  tools: [
    {
      name: 'ghc',
      label: 'GHC',
      executables: ['ghc'],
      versionArgs: ['--version'],
      version: /version (\d[\d.]*)/,
      reads: ['/var/lib/ghc'],
      packages: { apt: 'ghc', dnf: 'ghc', apk: 'ghc', pacman: 'ghc', otherwise: 'see https://www.haskell.org/ghcup' },
    },
  ],
  unpinned: [],
  counts: true,
  // The allocator reserves a terabyte of addresses.
  reservesMemory: true,
  plan(job, tool) {
    // Without an -outputdir, objects would lie among the program's files.
    const flags = ['-O1', '-w', '-v0', '-outputdir', '/tmp/ghc', ...words(job.env.GHCFLAGS)];
    return {
      files: job.files,
      compile: { argv: [tool('ghc').path, ...flags, '-o', built, ...inLanguage(job.entry, ['.hs'], 'hs')] },
      run: { argv: [`${workDir}/${built}`, ...job.args], standsAlone: true },
    };
  },
};
