/**
 * What a recipe is: how one language is compiled and run with the tools of this machine.
 *
 * A recipe is pure. From a checked job and the tools that were found it makes a plan (files, commands,
 * environments) and starts nothing; `backend.ts` carries plans out in the sandbox. So a language is one
 * short file and one line in `recipes/table.ts`.
 *
 * Choices that hold for all of them: warnings are off, because they are no part of a verdict. A memory error that a
 * runtime raises itself (Java's OutOfMemoryError, Python's MemoryError) is the program's own end, since a
 * program may catch it; only what the sandbox stops is `out-of-memory`. Options for a compiler come in
 * the variables that build tools know (`CFLAGS`, `RUSTFLAGS`, `CLASSPATH`, …) of the job's environment.
 */
import { posix } from 'node:path';
import type { CheckedJob, JobFile, Pin } from '../types.ts';

/** The program's directory inside the sandbox (the port's promise). */
export const workDir = '/work';

/** Where compile steps put what they make, below the work directory: a file, or a directory of this name. */
export const built = '.winnow';

/** Names of packages that bring a tool. Absent: that distribution has none. */
export interface Packages {
  readonly apt?: string;
  readonly dnf?: string;
  readonly apk?: string;
  readonly pacman?: string;
  /** What to do where no package manager is known to help: a command, or a place to look. */
  readonly otherwise?: string;
}

/** A program of this machine that a recipe needs. */
export interface Tool {
  /** As a recipe and messages call it. */
  readonly name: string;
  /** What stands before the version: `CPython 3.11.2`. */
  readonly label: string;
  /** Names of its executable, best first. */
  readonly executables: readonly string[];
  /** Makes it say its version and end. */
  readonly versionArgs: readonly string[];
  readonly versionInput?: string;
  /** Finds the version in what it says; the first group. */
  readonly version: RegExp;
  /** The oldest version that will do: major, minor. */
  readonly atLeast?: readonly [number, number];
  /** Directories to look in after the path. */
  readonly usualPlaces?: readonly string[];
  /** Files and directories outside `/usr` that it reads. Those that do not exist are left out. */
  readonly reads?: readonly string[];
  readonly packages: Packages;
}

export interface FoundTool {
  readonly name: string;
  readonly path: string;
  readonly version: string;
  /** What must be readable inside the sandbox beyond the system's own. */
  readonly read: readonly string[];
  /** Changes when the tool does: its path, size, time and version. */
  readonly identity: string;
}

/** One command of a plan. `env` is added to what the backend sets for every program; the job's own comes last. */
export interface Step {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What holds whatever the job's own variables are. */
  readonly firmEnv?: Readonly<Record<string, string>>;
  /** Needs no tool of the recipe any more, so it is not shown their directories. */
  readonly standsAlone?: boolean;
  /** Run by a fork of a warmed interpreter where the sandbox has one; `argv` says the same for a fresh one. */
  readonly warm?: { readonly interpreter: 'python'; readonly script: string; readonly args: readonly string[] };
}

/** A directory that is made once per machine and tool, and then only read (a compiler's store of compiled libraries). */
export interface Preparation {
  /** Part of its name on disk; with the tools' identities it says what is in it. */
  readonly name: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The directory below the work directory that is kept. */
  readonly keep: string;
  /** Directories in it that must be there even when nothing is in them. */
  readonly directories: readonly string[];
}

export interface Plan {
  /** The job's files as they are laid out, under the names that the language demands. */
  readonly files: readonly JobFile[];
  /** Makes `built` out of the files; null: the language is run from source. */
  readonly compile: Step | null;
  /** Needed by `compile`, which finds the directory at `env[variable]`. */
  readonly prepared?: { readonly variable: string; readonly preparation: Preparation };
  readonly run: Step;
}

export interface Recipe {
  /** A name of the table in `languagetable.ts`. */
  readonly language: string;
  /** All are needed. The first one's version is the runtime's. */
  readonly tools: readonly Tool[];
  /** What this recipe cannot hold still in a fresh process, besides clock and entropy, which no native program's are. Warm ones are seeded. */
  readonly unpinned: readonly Pin[];
  /** Whether callgrind's count means something: not where code is made while it runs, which differs from run to run. */
  readonly counts: boolean;
  /** The runtime reserves far more address space than it uses. */
  readonly reservesMemory?: boolean;
  /**
   * @param tool finds a tool of `tools` by its name
   * @throws WinnowError `bad-job`, `unsupported-job`
   */
  plan(job: CheckedJob, tool: (name: string) => FoundTool): Plan;
}

/** A path as an argument that no tool takes for an option. */
export const asArgument = (path: string): string => (path.startsWith('-') ? `./${path}` : path);

/** The words of a variable such as `CFLAGS`: split at white space, without quoting, as build tools do. */
export const words = (text: string | undefined): readonly string[] =>
  (text ?? '').split(/\s+/).filter((word) => word !== '');

/** Paths of a job's files with one of these endings, the entry first and the rest by name, so that order does not change artefacts. */
export function sourcesOf(job: CheckedJob, endings: readonly string[]): readonly string[] {
  const others = job.files
    .map((file) => file.path)
    .filter((path) => path !== job.entry && endings.includes(posix.extname(path).toLowerCase()));
  return [job.entry, ...others.sort()];
}

/**
 * A source as arguments of a compiler that takes `-x`, as GCC, Clang and GHC do: where its ending is none of these, it is
 * told the language, for this file alone.
 */
export function inLanguage(path: string, endings: readonly string[], language: string): readonly string[] {
  const source = asArgument(path);
  return endings.some((ending) => path.endsWith(ending)) ? [source] : ['-x', language, source, '-x', 'none'];
}

/** The text of the entry, for recipes whose commands depend on it. Bytes that are no UTF-8 become U+FFFD. */
export function entryText(job: CheckedJob): string {
  const file = job.files.find(({ path }) => path === job.entry);
  return new TextDecoder().decode(file?.bytes);
}

/** A small file of ours beside the program, which seeds what only code can seed. */
export const prelude = (name: string, text: string): JobFile => ({
  path: `${built}/${name}`,
  bytes: new TextEncoder().encode(text),
});

/** Mebibytes, rounded down, at least 1: the unit of most runtimes' memory flags. */
export const mebibytes = (bytes: number): number => Math.max(1, Math.floor(bytes / 2 ** 20));
