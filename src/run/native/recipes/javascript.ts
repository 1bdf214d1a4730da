/**
 * JavaScript by Node: CommonJS or modules, as Node itself tells them apart.
 *
 * V8's heap limit is the job's memory limit and not less, so that a heap that outgrows it is stopped by the
 * sandbox as out of memory instead of by V8's own abort.
 */
import type { CheckedJob } from '../../types.ts';
import type { Packages, Recipe, Tool } from '../recipe.ts';
import { asArgument, mebibytes } from '../recipe.ts';

export const nodePackages: Packages = {
  apt: 'nodejs',
  dnf: 'nodejs',
  apk: 'nodejs',
  pacman: 'nodejs',
  otherwise: 'see https://nodejs.org/en/download',
};

const node: Tool = {
  name: 'node',
  label: 'Node.js',
  executables: ['node', 'nodejs'],
  versionArgs: ['--version'],
  version: /^v(\d\S+)/m,
  atLeast: [18, 0],
  packages: nodePackages,
};

/**
 * `Math.random` starts from `--random-seed`, which V8 takes for none at all when it is 0 (`src/numbers/math-random.cc`); what comes from the
 * operating system (`crypto`) cannot be seeded.
 */
export const nodeFlags = (job: CheckedJob): readonly string[] => [
  `--random-seed=${1 + (job.determinism.seed % (2 ** 31 - 1))}`,
  `--max-old-space-size=${mebibytes(job.limits.memoryBytes)}`,
];

export const javascript: Recipe = {
  language: 'javascript',
  tools: [node],
  unpinned: [],
  counts: false,
  reservesMemory: true,
  plan(job, tool) {
    return {
      files: job.files,
      compile: null,
      run: { argv: [tool('node').path, ...nodeFlags(job), asArgument(job.entry), ...job.args] },
    };
  },
};
