/** Tcl by tclsh. `rand()` is seeded by the time. */
import type { Recipe } from '../recipe.ts';
import { asArgument } from '../recipe.ts';

export const tcl: Recipe = {
  language: 'tcl',
  tools: [
    {
      name: 'tclsh',
      label: 'Tcl',
      executables: ['tclsh', 'tclsh9.0', 'tclsh8.6'],
      versionArgs: [],
      // It has no option that says its version.
      versionInput: 'puts "Tcl [info patchlevel]"\n',
      version: /^Tcl (\d[\w.]*)/m,
      packages: { apt: 'tcl', dnf: 'tcl', apk: 'tcl', pacman: 'tcl' },
    },
  ],
  unpinned: ['random'],
  counts: true,
  plan(job, tool) {
    return {
      files: job.files,
      compile: null,
      run: { argv: [tool('tclsh').path, asArgument(job.entry), ...job.args] },
    };
  },
};
