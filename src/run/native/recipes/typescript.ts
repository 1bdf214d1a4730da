/**
 * TypeScript by a Node that strips types itself: one on the path, else the one Winnow runs on.
 *
 * Types are not checked. Enums, namespaces and parameter properties are transformed. Imports name
 * files with their ending, as Node demands.
 */
import { dirname } from 'node:path';
import { withEnding } from '../../entryending.ts';
import type { Recipe, Tool } from '../recipe.ts';
import { asArgument } from '../recipe.ts';
import { nodeFlags, nodePackages } from './javascript.ts';

const node: Tool = {
  name: 'node',
  label: 'Node.js',
  executables: ['node', 'nodejs'],
  versionArgs: ['--experimental-transform-types', '--version'],
  version: /^v(\d\S+)/m,
  // The first with --experimental-transform-types: https://nodejs.org/api/typescript.html
  atLeast: [22, 7],
  usualPlaces: [dirname(process.execPath)],
  packages: nodePackages,
};

export const typescript: Recipe = {
  language: 'typescript',
  tools: [node],
  unpinned: [],
  counts: false,
  reservesMemory: true,
  plan(asked, tool) {
    const job = withEnding(asked, ['.ts', '.mts', '.cts']);
    const flags = ['--experimental-transform-types', '--no-warnings', ...nodeFlags(job)];
    return {
      files: job.files,
      compile: null,
      run: { argv: [tool('node').path, ...flags, asArgument(job.entry), ...job.args] },
    };
  },
};
