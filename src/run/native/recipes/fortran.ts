/** Fortran by gfortran; modules of other files are compiled before the entry, in order of name. */
import type { Recipe } from '../recipe.ts';
import { asArgument, built, sourcesOf, words, workDir } from '../recipe.ts';

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
    const [entry = job.entry, ...others] = sourcesOf(job, ['.f90', '.f95', '.f03', '.f08', '.f']).map(asArgument);
    const flags = ['-O2', '-w', '-J', '/tmp', ...words(job.env.FFLAGS)];
    return {
      files: job.files,
      compile: { argv: [tool('gfortran').path, ...flags, '-o', built, ...others, entry] },
      run: { argv: [`${workDir}/${built}`, ...job.args], standsAlone: true },
    };
  },
};
