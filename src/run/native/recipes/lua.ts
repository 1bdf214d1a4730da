/** Lua by its stand-alone interpreter. The order of a table's string keys hangs on addresses, so it is not pinned. */
import type { Recipe } from '../recipe.ts';
import { asArgument } from '../recipe.ts';

export const lua: Recipe = {
  language: 'lua',
  tools: [
    {
      name: 'lua',
      label: 'Lua',
      executables: ['lua', 'lua5.4', 'lua5.3', 'lua54', 'luajit'],
      versionArgs: ['-v'],
      version: /^Lua(?:JIT)? (\d[\w.]*)/m,
      packages: { apt: 'lua5.4', dnf: 'lua', apk: 'lua5.4', pacman: 'lua' },
    },
  ],
  unpinned: ['hash'],
  counts: true,
  plan(job, tool) {
    const seed = `math.randomseed(${job.determinism.seed})`;
    return {
      files: job.files,
      compile: null,
      run: { argv: [tool('lua').path, '-e', seed, asArgument(job.entry), ...job.args] },
    };
  },
};
