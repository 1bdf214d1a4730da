/**
 * The table of native kernels: which program of this machine runs the cells of a language, and how it is started.
 *
 * A row plans, as a recipe of jobs does, and starts nothing. A kernel's own files are shown read-only in the sandbox, under `/run/winnow/kernel`.
 */
import { basename, dirname } from 'node:path';
import type { FoundTool, Tool } from '../../native/recipe.ts';
import { mebibytes } from '../../native/recipe.ts';
import { bash as bashRecipe } from '../../native/recipes/bash.ts';
import { nodePackages } from '../../native/recipes/javascript.ts';
import { python as pythonRecipe } from '../../native/recipes/python.ts';
import type { OwnFile } from '../../native/startinside.ts';
import type { CheckedSession } from '../limits.ts';
import type { SessionLanguage } from '../types.ts';
import type { Program } from './cell.ts';

export interface NativeKernelRow {
  readonly language: SessionLanguage;
  readonly tool: Tool;
  readonly ownFiles: readonly OwnFile[];
  /** The runtime reserves far more address space than it uses. */
  readonly reservesMemory: boolean;
  program(session: CheckedSession, tool: FoundTool): Program;
  /** It is told of an interrupt by a message as well, with the cell's number. */
  readonly hearsInterrupts?: true;
  /** Its runtime complains of there being no terminal (`noise.ts`). */
  readonly isNoisy?: true;
  /** A cell in the kernel's own words. Absent: as a message (`nativekernel.ts`). */
  readonly encode?: (cell: { readonly code: string; readonly count: number }) => Uint8Array;
}

const place = '/run/winnow/kernel';

/** A file of `kernels/`, as it is found in the sandbox. */
export const kernelFile = (name: string): OwnFile => ({
  source: new URL(`../kernels/${name}`, import.meta.url),
  path: `${place}/${basename(name)}`,
});

/** @throws Error for a row without a tool, which would be ours */
function toolOf({ tools }: { readonly tools: readonly Tool[] }): Tool {
  const [tool] = tools;
  if (tool === undefined) throw new Error('a recipe without a tool');
  return tool;
}

/** One Node for both languages: with `module.stripTypeScriptTypes` (22.13) and `vm` constants; the one Winnow runs on will always do. */
const node: Tool = {
  name: 'node',
  label: 'Node.js',
  executables: ['node', 'nodejs'],
  versionArgs: ['--experimental-transform-types', '--version'],
  version: /^v(\d\S+)/m,
  atLeast: [22, 13],
  usualPlaces: [dirname(process.execPath)],
  packages: nodePackages,
};

const nodeRow = (language: 'javascript' | 'typescript'): NativeKernelRow => ({
  language,
  tool: node,
  ownFiles: ['node_kernel.cjs', 'node_watch.cjs', 'node_values.cjs', 'node_imports.cjs'].map(kernelFile),
  hearsInterrupts: true,
  reservesMemory: true,
  program: ({ determinism, limits }, { path }) => ({
    argv: [
      path,
      '--no-warnings',
      '--expose-internals',
      // A cell that V8 ended within a callback of Node's left that without a word, which is no reason to abort.
      '--no-force-async-hooks-checks',
      `--random-seed=${1 + (determinism.seed % (2 ** 31 - 1))}`,
      // V8's limit is the session's and not less, so that a heap that outgrows it is ended by the sandbox, as out of memory.
      `--max-old-space-size=${mebibytes(limits.memoryBytes)}`,
      `${place}/node_kernel.cjs`,
      language,
    ],
    env: {},
  }),
});

/** SQLite as Python brings it: the sandbox itself needs Python, so it is there wherever sessions are. */
const sqlite: Tool = {
  ...toolOf(pythonRecipe),
  name: 'sqlite3 of Python',
  label: 'SQLite',
  versionArgs: ['-c', 'import sqlite3; print("SQLite", sqlite3.sqlite_version)'],
  version: /^SQLite (\S+)/m,
  // The progress handler, `RETURNING` and window functions: what Debian 11 has.
  atLeast: [3, 34],
};

export const nativeKernels: readonly NativeKernelRow[] = [
  {
    language: 'python',
    tool: toolOf(pythonRecipe),
    ownFiles: [kernelFile('python_main.py'), kernelFile('python_kernel.py')],
    reservesMemory: false,
    program: ({ determinism }, { path }) => ({
      argv: [path, `${place}/python_main.py`],
      env: {
        PYTHONHASHSEED: String(determinism.seed),
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONNOUSERSITE: '1',
        WINNOW_SEED: String(determinism.seed),
        // Figures are drawn into files; there is no screen.
        MPLBACKEND: 'agg',
        // What packages keep for their next start is no file of the session's.
        MPLCONFIGDIR: '/tmp/matplotlib',
        XDG_CACHE_HOME: '/tmp/cache',
      },
    }),
  },
  nodeRow('javascript'),
  nodeRow('typescript'),
  {
    language: 'bash',
    tool: toolOf(bashRecipe),
    ownFiles: [kernelFile('bash_kernel.bash')],
    reservesMemory: false,
    program: ({ determinism }, { path }) => {
      const shell = `exec -a bash ${path} --noprofile --noediting --rcfile ${place}/bash_kernel.bash -i 120>&3 121>&4 <&3 3>&- 4>&-`;
      return { argv: [path, '--norc', '-c', shell], env: { WINNOW_SEED: String(determinism.seed) } };
    },
    isNoisy: true,
    encode: bashLine,
  },
  {
    language: 'sql',
    tool: sqlite,
    ownFiles: [kernelFile('sql_main.py'), kernelFile('sql_kernel.py')],
    reservesMemory: false,
    program: ({ determinism }, { path }) => ({
      argv: [path, '-I', '-S', `${place}/sql_main.py`],
      env: { PYTHONDONTWRITEBYTECODE: '1', WINNOW_SEED: String(determinism.seed) },
    }),
  },
];

/**
 * A line for `bash_kernel.bash`: the code as one word, so that nothing in it can end the line. The trap of failing commands is ours for as long as
 * no cell has one. The empty line comes first for code that ends within a quote: after it Bash 5.2 reads the `{` of the next line as a plain word.
 */
function bashLine({ code, count }: { readonly code: string; readonly count: number }): Uint8Array {
  const word = code
    .replaceAll('\0', '')
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\r', '\\r')
    .replaceAll('\n', '\\n');
  const trap = /\bERR\b/.test(code)
    ? '__winnow_errs=; trap - ERR'
    : `[[ -z $__winnow_errs ]] || trap '__winnow_failed $LINENO' ERR`;
  const before = `{ __winnow_begin ${count}; ${trap}; } 2>/dev/null`;
  const after = `{ __winnow_end $?; [[ -z $__winnow_errs ]] || trap - ERR; } 2>/dev/null`;
  return Buffer.from(`\n${before}; eval $'${word}' </dev/null 120>&- 121>&-; ${after}\n`);
}
