/**
 * Python by CPython, forked from a warmed interpreter where it can be.
 *
 * Warm and fresh runs differ in nothing that a program should see. Variables that CPython reads only
 * while it starts (`PYTHONPATH`, `PYTHONOPTIMIZE`, …), and counting, ask for a fresh one.
 */
import type { Recipe, Tool } from '../recipe.ts';
import { asArgument } from '../recipe.ts';

const cpython: Tool = {
  name: 'python',
  label: 'CPython',
  executables: ['python3', 'python'],
  versionArgs: ['-I', '-S', '--version'],
  version: /^Python (3\.\S+)/m,
  atLeast: [3, 6],
  packages: { apt: 'python3', dnf: 'python3', apk: 'python3', pacman: 'python' },
};

export const python: Recipe = {
  language: 'python',
  tools: [cpython],
  unpinned: ['random'],
  counts: true,
  plan(job, tool) {
    const { path, read } = tool('python');
    // The sandbox warms the system's Python. One that lies elsewhere is another.
    // What a job's own variables would do to the start of an interpreter, the warden asks.
    const isFresh = read.length > 0 || Object.keys(job.env).some((name) => /^(PYTHON|LD_)/.test(name));
    return {
      files: job.files,
      compile: null,
      run: {
        argv: [path, asArgument(job.entry), ...job.args],
        // Neither caches of modules among the files that changed, nor packages of a user.
        env: { PYTHONHASHSEED: String(job.determinism.seed), PYTHONDONTWRITEBYTECODE: '1', PYTHONNOUSERSITE: '1' },
        ...(isFresh ? {} : { warm: { interpreter: 'python', script: asArgument(job.entry), args: job.args } }),
      },
    };
  },
};
