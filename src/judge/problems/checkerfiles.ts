/** A checker's program from the problem's directory: one file, or a directory of files with one that is started. */
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { detectLanguage, type JobFile, type Limits, runLanguage } from '../../run/mod.ts';
import type { CheckerProgram } from '../types.ts';
import { badData, filesBelow } from './files.ts';

export interface CheckerSource {
  /** Absolute path of a file or directory. */
  readonly path: string;
  /** Told where the ending does not tell it. */
  readonly language?: string;
  /** Files beside it, absolute; they lie in its directory under their own names. */
  readonly beside?: readonly string[];
  readonly args?: readonly string[];
  readonly limits?: Partial<Limits>;
  readonly fullPoints?: number;
}

/** What problemtools gives a validator when its package does not say: 60 s, 1 GiB, 8 MiB (`config/problem.yaml`). Time is less: ours are asked per test. */
const usual: Partial<Limits> = {
  cpuMs: 20_000,
  wallMs: 60_000,
  memoryBytes: 1024 * 2 ** 20,
  outputBytes: 8 * 2 ** 20,
};

/** @throws WinnowError `bad-data` when there is none, or which file starts cannot be told */
export function checkerProgram(source: CheckerSource): CheckerProgram {
  const { path, language, beside = [], args = [], limits = {}, fullPoints = 1 } = source;
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined) throw badData(path, 'is not there; it is to be the checker of its problem.');
  const directory = there.isDirectory() ? path : dirname(path);
  const own = there.isDirectory() ? filesBelow(path) : [basename(path)];
  const files = [
    ...own.map((name) => fileAt(join(directory, name), name)),
    ...beside.map((file) => fileAt(file, basename(file))),
  ];
  const entry = there.isDirectory() ? entryAmong(path, files) : basename(path);
  const bytes = files.find((file) => file.path === entry)?.bytes ?? new Uint8Array(0);
  const known = language === undefined ? detectLanguage(entry, bytes) : runLanguage(language);
  if (known === null)
    throw badData(path, 'is in no language that its ending or first line tells; "language" can be given beside it.');
  return { language: known.name, files, entry, args, limits: { ...usual, ...limits }, fullPoints };
}

function fileAt(path: string, name: string): JobFile {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there?.isFile() !== true) throw badData(path, 'is no file; the checker of its problem needs it.');
  return { path: name, bytes: readFileSync(path) };
}

/** Names that a program of several files is started by, in this order. */
const usualNames = /^(main|validate|validator|check|checker|output_validator)\./i;

function entryAmong(path: string, files: readonly JobFile[]): string {
  const programs = files.filter(
    (file) => detectLanguage(file.path, file.bytes) !== null && !/\.(h|hpp)$/.test(file.path),
  );
  if (programs.length === 1) return programs[0]?.path as string;
  const named = programs.filter((file) => usualNames.test(file.path));
  if (named.length === 1) return named[0]?.path as string;
  const found = programs.length === 0 ? 'no program' : `${programs.map((file) => file.path).join(', ')}`;
  throw badData(path, `has ${found}; one program, or one that is called main or validate, was expected.`);
}
