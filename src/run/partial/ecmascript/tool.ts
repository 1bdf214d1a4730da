/**
 * JavaScript and TypeScript for partial execution: the job's files are rewritten, and report to modules beside the program.
 *
 * The rewriting is `code`'s (`instrument/partial-ecmascript.ts`); the modules here are the same on Node and QuickJS. A file that does not parse
 * is run up to where it does, or is left as it is, and the gap says so. Files of the repository around are rewritten only where they take modules.
 */

import {
  createPartialInstrumenter,
  type LoadFile,
  type Mistake,
  type PartialFile,
  type PartialInstrumenter,
} from '../../../code/mod.ts';
import { workDir } from '../../native/recipe.ts';
import { ownFile } from '../../owndirectory.ts';
import { beforeMistake, isProgram, withoutTypes } from '../../trace/ecmascript/mistakes.ts';
import { ModuleForms } from '../../trace/ecmascript/moduleform.ts';
import type { Job, JobFile } from '../../types.ts';
import { type PartialLevel, type PartialTool, partialDirectory, type RoundPlan } from '../types.ts';
import { untoldBy } from './untold.ts';

const parts = [
  'runtime.cjs',
  'kept.cjs',
  'runtime.mjs',
  'rows.cjs',
  'spent.cjs',
  'ending.cjs',
  'injections.cjs',
  'instances.cjs',
  'failures.cjs',
  'world.cjs',
  'calling.cjs',
  'scope.cjs',
  'jsx.cjs',
  'element.cjs',
  'observed.cjs',
  'firstline.cjs',
  'library.cjs',
];
const extensions = ['.js', '.mjs', '.cjs', '.jsx', '.ts', '.mts', '.cts', '.tsx'];
/** What a program that reads input gets when the job has none: lines that are numbers and texts at once. */
const input = '1\n2\n3\n';

let instrumenter: Promise<PartialInstrumenter> | null = null;

export interface TableFile extends PartialFile {
  /** Its statements count. */
  readonly isTold: boolean;
  readonly isEntry: boolean;
  /** Not CommonJS. */
  readonly isModule: boolean;
  /** The path that it runs under. */
  readonly runsAs: string;
}

/** @param load gives bytes of `web-tree-sitter.wasm` and of grammars by file name */
export const ecmascriptPartial = (load: LoadFile, language: 'JavaScript' | 'TypeScript'): PartialTool => ({
  extensions,
  prepare: (job, plan) => prepare(job, plan, load, language),
});

async function prepare(
  job: Job,
  plan: RoundPlan,
  load: LoadFile,
  language: 'JavaScript' | 'TypeScript',
): ReturnType<PartialTool['prepare']> {
  const { files, tables, gaps, paths } = await rewriteFiles(job.files, {
    load,
    language,
    level: plan.level,
    runtime: 'runtime',
    isTold: (path) => plan.files.includes(path),
    isEntry: (path) => path === job.entry,
    begins: plan.calls,
    registers: (path) => plan.level >= 3 || (path === job.entry && plan.function !== null),
  });
  const own = await Promise.all(parts.map((name) => ownFile(new URL(name, import.meta.url), partialDirectory)));
  const givesInput = job.stdin === undefined || job.stdin.length === 0;
  const usesNetwork = job.files.some(({ bytes }) => /\b(fetch|https?)\b/.test(new TextDecoder().decode(bytes)));
  const told = {
    ...plan,
    language: language.toLowerCase(),
    givesInput: givesInput && plan.level > 1 ? input : '',
    usesNetwork,
    hasNetwork: job.grants?.network === true,
  };
  const all = [...files, ...own, jsonFile('plan.json', told), jsonFile('tables.json', { files: tables, gaps: [] })];
  const given = givesInput && plan.level > 1 ? { stdin: new TextEncoder().encode(input) } : {};
  const untold = untoldBy(tables, job.files, plan);
  return { job: { ...job, ...given, files: all, entry: paths.get(job.entry) ?? job.entry }, gaps, paths, untold };
}

export interface FileRewriting {
  readonly load: LoadFile;
  readonly language: 'JavaScript' | 'TypeScript';
  readonly level: PartialLevel;
  /** Of the modules with the hooks, beside the program: `NAME.mjs` and `NAME.cjs`. */
  readonly runtime: string;
  /** Whether a file's statements count and its gaps are filled; others are the repository around. */
  readonly isTold: (path: string) => boolean;
  readonly isEntry: (path: string) => boolean;
  readonly registers: (path: string) => boolean;
  /** Functions of files around say when they begin, as those of told files do. */
  readonly begins?: boolean;
}

/** A style sheet or a picture is no module of any engine here. */
export const isCode = (path: string): boolean => /\.([cm]?[jt]sx?|json|node|wasm)$/.test(path);

/** Engines know no endings of JSX: what is rewritten runs under another name. */
const runsAs = (path: string): string =>
  path.endsWith('.tsx') ? `${path}.ts` : path.endsWith('.jsx') ? `${path}.js` : path;

/**
 * A job's files with hooks put in, and the tables that the numbers in them stand for; what cannot be read stays as it is.
 *
 * @returns `paths`: of files that run under another name, that name
 */
export async function rewriteFiles(
  given: readonly JobFile[],
  { load, language, level, runtime, isTold: told, isEntry: entry, registers, begins = false }: FileRewriting,
): Promise<{ files: JobFile[]; tables: TableFile[]; gaps: string[]; paths: ReadonlyMap<string, string> }> {
  instrumenter ??= createPartialInstrumenter(load);
  const { rewrite } = await instrumenter;
  const forms = new ModuleForms(given);
  const known = new Set(given.map(({ path }) => path));
  const paths = new Map<string, string>();
  const gaps: string[] = [];
  const tables: TableFile[] = [];
  const files: JobFile[] = [];
  const ending = language === 'TypeScript' ? '.ts' : '.js';
  for (const file of given) {
    const classifyAs = /\.[cm]?[jt]sx?$/.test(file.path) ? file.path : `${file.path}${ending}`;
    const isTold = told(file.path);
    const isSource = isTold || (extensions.some((one) => file.path.endsWith(one)) && level > 1);
    if (!isSource || /\.d\.[cm]?ts$/.test(file.path)) {
      files.push(file);
      continue;
    }
    const isEntry = entry(file.path);
    const rewriting = {
      path: file.path,
      level,
      file: tables.length,
      isEntry,
      isAround: !isTold,
      registers: registers(file.path),
      begins,
      resolves: (specifier: string) => {
        const found = resolvesIn(known, file.path, specifier);
        // Anything else is asked for while the program runs, and guessed.
        return found === null || !isCode(found) ? null : runsAs(found);
      },
    };
    let isModule = false;
    const form = (saysSo: boolean): { isModule: boolean; runtime: string } => {
      isModule = forms.isModule(file.path, saysSo);
      return { isModule, runtime: `${workDir}/${partialDirectory}/${runtime}.${isModule ? 'mjs' : 'cjs'}` };
    };
    // An engine reads a NUL in a string as one; grammars take the file for no text. Nor do they read an empty file.
    const text = new TextDecoder().decode(file.bytes).replaceAll('\0', '\\x00') || ';';
    const attempt = (source: string): ReturnType<typeof rewrite> =>
      asProgram(source, classifyAs, (one) => rewrite(rewriting, new TextEncoder().encode(one), classifyAs, form));
    let found = await attempt(text);
    if (found?.sure === false && isTold) {
      const broken = found.mistake === null ? beforeMistake(text) : beforeElements(text, found.mistake);
      if (broken !== null) {
        gaps.push(`${file.path}: ${broken.problem}; what stands before line ${broken.line} ran`);
        found = await attempt(broken.text);
      }
    }
    if (found === null || !found.sure) {
      if (isTold) gaps.push(`${file.path} runs as it is: its syntax is wrong, or not known${placeOf(found)}`);
      files.push(file);
      continue;
    }
    const named = runsAs(file.path);
    if (named !== file.path) paths.set(file.path, named);
    tables.push({ ...found.table, isTold, isEntry, isModule, runsAs: named });
    files.push({ path: named, bytes: new TextEncoder().encode(found.text) });
  }
  return { files, tables, gaps, paths };
}

/** As `beforeMistake`, for a source with elements: the parser that it asks knows none. */
const beforeElements = (text: string, { line, before }: Mistake): ReturnType<typeof beforeMistake> =>
  before === 0
    ? null
    : {
        text: `${text.split('\n').slice(0, before).join('\n')}\n`,
        problem: `its syntax is wrong at line ${line}`,
        line: before + 1,
      };

const placeOf = (found: { readonly mistake: Mistake | null } | null): string =>
  found?.mistake ? `, at line ${found.mistake.line}` : '';

/**
 * Rewrites a source; where the grammar stumbles over its types, or what comes out is no program, without them: they then tell nothing.
 *
 * @returns `sure` false when what came out is no program either
 */
async function asProgram(
  source: string,
  path: string,
  rewrite: (source: string) => ReturnType<PartialInstrumenter['rewrite']>,
): ReturnType<PartialInstrumenter['rewrite']> {
  const isTyped = /\.[cm]?tsx?$/.test(path);
  const checked = async (one: string): ReturnType<PartialInstrumenter['rewrite']> => {
    const found = await rewrite(one);
    // Of CommonJS that parser does not know all; what is put in between types is what may go wrong.
    return found?.sure === true && isTyped && !isProgram(found.text) ? { ...found, sure: false } : found;
  };
  const found = await checked(source);
  const plain = found?.sure === false && isTyped ? withoutTypes(source) : undefined;
  return plain === undefined ? found : await checked(plain);
}

const jsonFile = (name: string, value: unknown): JobFile => ({
  path: `${partialDirectory}/${name}`,
  bytes: new TextEncoder().encode(JSON.stringify(value)),
});

/** Endings that bundlers and compilers add to what an import says, the likeliest first. */
const added = [
  ...['', '.ts', '.tsx', '.js', '.jsx', '.mts', '.mjs', '.cjs', '.json'],
  ...['/index.ts', '/index.tsx', '/index.js', '/index.jsx', '/index.mjs'],
];

/**
 * What a relative specifier has to say to name a file of the job: `./a` may mean `./a.ts`, and `./a.js` what it is compiled from. Packages and the
 * runtime's own modules are tried while the program runs.
 */
export function resolvesIn(paths: Pick<ReadonlySet<string>, 'has'>, from: string, specifier: string): string | null {
  if (!/^\.\.?(\/|$)/.test(specifier)) return null;
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  const path = parts.filter((part) => part !== '').join('/');
  const ending = added.find((one) => paths.has(path + one));
  if (ending !== undefined) return specifier.replace(/\/$/, '') + ending;
  const source = (one: string, ending: string): string => one.replace(/\.([cm]?)jsx?$/, ending);
  const compiled = ['.$1ts', '.tsx'].find((one) => source(path, one) !== path && paths.has(source(path, one)));
  return compiled === undefined ? null : source(specifier, compiled);
}
