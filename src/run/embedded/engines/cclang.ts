/**
 * Clang and its linker as WebAssembly (`@yowasp/clang`), run by our own WASI.
 *
 * The package's JavaScript is left alone: it fetches, and reads the real clock and the real environment. Its
 * core is a plain WASI module, so the compiler sees the job's files, the headers and libraries it came with, and
 * nothing else: `#include "/etc/passwd"` finds no file. The driver is not used either, because WASI has no
 * processes; the two steps it would start are called with the arguments it would give them.
 *
 * Clang itself is not metered: rewriting its 75 MB takes 2 to 4 s. The host's clock holds it.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { OutputCollector } from '../../output.ts';
import type { Ending, JobFile } from '../../types.ts';
import { type DirectoryNode, findPlace, readOnlyTree } from '../../wasm/filetree.ts';
import { capMemory } from '../../wasm/memory.ts';
import { MemoryFiles } from '../../wasm/memoryfiles.ts';
import { runProgram } from '../../wasm/program.ts';
import { parseTar } from '../../wasm/tar.ts';
import { wasiClock } from '../../wasm/wasiclock.ts';
import { OutputLimit } from '../engine.ts';

export const clangPackage = '@yowasp/clang';

/** Clang took 60 to 250 MB for the programs measured, C++ included; a gibibyte of pages is its cap, whatever the job's is. */
const clangPages = 16_384;

/**
 * 8 MiB as on Linux. The stack comes first in memory (`--stack-first`), so that overflowing it traps instead of
 * running over data.
 */
const stackBytes = 8 * 2 ** 20;

const require = createRequire(import.meta.url);

/** @returns the package's version; null when it is not installed */
export function clangVersion(): string | null {
  try {
    const manifest = JSON.parse(readFileSync(join(packageDir(), 'package.json'), 'utf8')) as { version: string };
    return manifest.version;
  } catch {
    return null;
  }
}

/** The package exports nothing but its bundle, which lies in `gen/`. */
const packageDir = () => dirname(dirname(require.resolve(clangPackage)));

export interface Dialect {
  readonly language: 'c' | 'c++';
  readonly standard: string;
  /** Further arguments of the compiler, headers' places first. */
  readonly compilerArgs: readonly string[];
  readonly libraries: readonly string[];
}

export interface Build {
  readonly ending: Exclude<Ending, { kind: 'compile-failed' }>;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** Linked and not metered; null when a step failed. */
  readonly module: Uint8Array | null;
}

export class Clang {
  readonly #core: WebAssembly.Module;
  readonly #resources: DirectoryNode;

  private constructor(core: WebAssembly.Module, resources: DirectoryNode) {
    this.#core = core;
    this.#resources = resources;
  }

  static async open(): Promise<Clang> {
    const dir = join(packageDir(), 'gen');
    const core = await WebAssembly.compile(capMemory(readFileSync(join(dir, 'llvm.core.wasm')), clangPages));
    return new Clang(core, readOnlyTree(parseTar(readFileSync(join(dir, 'llvm-resources.tar')))));
  }

  /**
   * Compiles each source and links them.
   *
   * @param sources paths among `files`
   * @param isTraced with line tables and names, and not optimized
   * @param limits bytes of output of both streams together, and of files
   */
  build(
    files: readonly JobFile[],
    sources: readonly string[],
    dialect: Dialect,
    limits: { outputBytes: number; fileBytes: number },
    isTraced = false,
  ): Build {
    const said = { stdout: new OutputCollector(limits.outputBytes), stderr: new OutputCollector(limits.outputBytes) };
    const tree = new MemoryFiles({ limitBytes: limits.fileBytes, now: () => 0n });
    tree.add(files, 'job');
    tree.directory('out');
    tree.mount('usr', this.#resources);
    const step = (args: readonly string[]) => this.#step(tree, args, said, limits.outputBytes);
    let ending: Build['ending'] = { kind: 'exited', code: 0 };
    const objects = sources.map((_, index) => `/out/${index}.o`);
    for (const [index, source] of sources.entries()) {
      ending = step(compilerArgs(dialect, `/job/${source}`, objects[index] as string, isTraced));
      if (!isDone(ending)) break;
    }
    const bytesOf = (path: string): Uint8Array | null => {
      const { node } = findPlace(tree.root, tree.root, path.slice(1), { followLast: false });
      return node?.kind === 'file' ? node.bytes.slice(0, node.size) : null;
    };
    if (isDone(ending) && !objects.some((object) => namesMain(bytesOf(object)))) {
      tree.add([mainOfThree], 'main');
      objects.push('/main/main.o');
      ending = step(compilerArgs(plainC, `/main/${mainOfThree.path}`, '/main/main.o'));
    }
    if (isDone(ending)) ending = step(linkerArgs(dialect, objects, isTraced));
    const module = isDone(ending) ? bytesOf('/out/program') : null;
    return { ending, module, stdout: said.stdout.output().head, stderr: said.stderr.output().head };
  }

  #step(
    files: MemoryFiles,
    args: readonly string[],
    said: { readonly stdout: OutputCollector; readonly stderr: OutputCollector },
    outputBytes: number,
  ): Build['ending'] {
    const to = (stream: 'stdout' | 'stderr') => (bytes: Uint8Array) => {
      said[stream].add(bytes);
      if (said[stream].totalBytes > outputBytes) throw new OutputLimit(stream);
    };
    const wasi = {
      args,
      env: {},
      stdin: new Uint8Array(0),
      stdout: to('stdout'),
      stderr: to('stderr'),
      files,
      given: [['/', '/']] as const,
      clock: wasiClock(0),
      seed: 0,
    };
    return runProgram({ module: this.#core, wasi, fuel: null }).ending;
  }
}

const isDone = (ending: Ending): boolean => ending.kind === 'exited' && ending.code === 0;

/** Clang names `main` by what it takes, and the C library calls these two, or traps where there is neither. */
function namesMain(object: Uint8Array | null): boolean {
  const bytes = Buffer.from(object ?? []);
  return ['__main_void', '__main_argc_argv'].some((name) => bytes.includes(name));
}

const plainC: Dialect = { language: 'c', standard: 'gnu17', compilerArgs: [], libraries: [] };

/**
 * Calls a `main` that takes the environment as well, which keeps its plain name and which the library does not know. Where there is no
 * `main` at all, this is what makes the linker say so.
 */
const mainOfThree: JobFile = {
  path: 'main.c',
  bytes: Buffer.from(`char **__wasilibc_get_environ(void);
int main_of_three(int, char **, char **) __asm__("main");
int __main_argc_argv(int count, char **words) { return main_of_three(count, words, __wasilibc_get_environ()); }
`),
};

/** What `clang -### -O1` of this package says, less what names the host's paths. */
function compilerArgs(dialect: Dialect, source: string, object: string, isTraced = false): string[] {
  return [
    ...[
      'clang',
      '-cc1',
      '-triple',
      'wasm32-unknown-wasip1',
      '-emit-obj',
      isTraced ? '-O0' : '-O1',
      `-std=${dialect.standard}`,
      '-w',
    ],
    ...['-disable-free', '-clear-ast-before-backend', '-main-file-name', source.slice(source.lastIndexOf('/') + 1)],
    ...['-mrelocation-model', 'static', '-mframe-pointer=none', '-ffp-contract=on', '-fno-rounding-math'],
    ...['-mconstructor-aliases', '-target-cpu', 'generic', '-fvisibility=hidden', '-fdebug-compilation-dir=/job'],
    // setjmp and longjmp need the exceptions of WebAssembly; nothing else is made of them.
    ...['-target-feature', '+exception-handling', '-mllvm', '-wasm-enable-sjlj', '-exception-model=wasm'],
    ...[
      '-D_WASI_EMULATED_SIGNAL',
      '-D_WASI_EMULATED_PROCESS_CLOCKS',
      '-D_WASI_EMULATED_MMAN',
      '-D_WASI_EMULATED_GETPID',
    ],
    ...(isTraced ? lineTables : []),
    ...['-resource-dir', '/usr', '-isysroot', '/usr', ...dialect.compilerArgs],
    ...['-internal-isystem', '/usr/include', '-internal-isystem', '/usr/include/wasm32-wasip1'],
    ...['-ferror-limit', '19', '-fgnuc-version=4.2.1', '-o', object, '-x', dialect.language, source],
  ];
}

/** Version 4 is what `wasm/dwarflines.ts` reads. */
const lineTables = ['-debug-info-kind=line-tables-only', '-dwarf-version=4', '-debugger-tuning=gdb'];

function linkerArgs(dialect: Dialect, objects: readonly string[], isTraced: boolean): string[] {
  const emulated = ['signal', 'process-clocks', 'mman', 'getpid'].map((name) => `-lwasi-emulated-${name}`);
  return [
    ...['wasm-ld', '-m', 'wasm32', '-L/usr/lib/wasm32-unknown-wasip1', '-L/usr/lib/wasm32-wasip1'],
    ...[
      '--stack-first',
      '-z',
      `stack-size=${stackBytes}`,
      ...(isTraced ? [] : ['--strip-all']),
      '/usr/lib/wasm32-wasip1/crt1-command.o',
    ],
    ...[...objects, ...dialect.libraries, ...emulated, '-lsetjmp', '-lm', '-lc'],
    ...['/usr/lib/wasm32-unknown-wasip1/libclang_rt.builtins.a', '-o', '/out/program'],
  ];
}
