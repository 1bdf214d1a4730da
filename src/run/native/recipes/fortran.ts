/** Fortran by gfortran; modules of other files are compiled before the entry, in order of name. */
import type { Recipe } from '../recipe.ts';
import { asArgument, built, inLanguage, sourcesOf, words, workDir } from '../recipe.ts';

const endings = ['.f90', '.f95', '.f03', '.f08', '.f'];

export const fortran: Recipe = {
  language: 'fortran',
  tools: [
    {
      name: 'gfortran',
      label: 'GNU Fortran',
      executables: ['gfortran'],
      versionArgs: ['--version'],
      version: /\b(\d+\.\d+(?:\.\d+)?)\b/,
      packages: { apt: 'gfortran', dnf: 'gcc-gfortran', apk: 'gfortran', pacman: 'gcc-fortran' },
    },
  ],
  // random_number is seeded by the operating system.
  unpinned: ['random'],
  counts: true,
  plan(job, tool) {
    const [, ...others] = sourcesOf(job, endings).map(asArgument);
    const entry = inLanguage(job.entry, endings, 'f95');
    const flags = ['-O2', '-w', '-J', '/tmp', ...words(job.env.FFLAGS)];
    return {
      files: job.files,
      compile: { argv: [tool('gfortran').path, ...flags, '-o', built, ...others, ...entry] },
      run: { argv: [`${workDir}/${built}`, ...job.args], standsAlone: true },
    };
  },
};
