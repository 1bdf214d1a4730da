/** OCaml by its toplevel, as a script: starts in 30 ms and needs no order of modules; other files by `#use`. */
import type { Recipe } from '../recipe.ts';
import { asArgument } from '../recipe.ts';

export const ocaml: Recipe = {
  language: 'ocaml',
  tools: [
    {
      name: 'ocaml',
      label: 'OCaml',
      executables: ['ocaml'],
      versionArgs: ['-version'],
      version: /version (\d[\d.]*)/,
      packages: { apt: 'ocaml-nox', dnf: 'ocaml', apk: 'ocaml', pacman: 'ocaml' },
    },
  ],
  unpinned: [],
  counts: true,
  plan(job, tool) {
    return {
      files: job.files,
      compile: null,
      run: { argv: [tool('ocaml').path, '-noinit', '-w', '-a', asArgument(job.entry), ...job.args] },
    };
  },
};
