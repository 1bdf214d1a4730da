/**
 * Programs that are judged, read from this machine's disk.
 *
 * Whoever sent one is a stranger. A symbolic link is never followed, neither a submission that is one nor one inside a directory: it
 * could lead to a key, or to any file of this machine, and a compiler's complaint would show its first lines. Such a submission
 * has no verdict and says so, and the others are judged.
 */
import { constants, lstatSync, readdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { detectLanguage, type JobFile, jobLimits, runLanguage } from '../run/mod.ts';
import type { Submission } from './types.ts';

/** One that could be read, or why not. */
export type Sent =
  | { readonly name: string; readonly submission: Submission }
  | { readonly name: string; readonly unreadable: string };

export interface SubmissionSettings {
  /** A name or alias; null: told by the files. */
  readonly language: string | null;
  /** The file that a directory's program is started by; null: told by the files. */
  readonly entry: string | null;
}

/** Source that an online judge takes is 64 to 256 KiB; of generated tables it is more. */
const mostBytes = 4 * 2 ** 20;

/**
 * @param path absolute: a file, or a directory that is one program
 * @param name as it is to be called
 * @throws WinnowError `unknown-language`; what is wrong with the program itself is `unreadable`
 */
export async function readSubmission(path: string, name: string, settings: SubmissionSettings): Promise<Sent> {
  const there = lstatSync(path, { throwIfNoEntry: false });
  const refused = (unreadable: string): Sent => ({ name, unreadable });
  if (there === undefined)
    return refused(
      `${path} does not exist, or has a name that is no UTF-8; a program or a directory of one was expected.`,
    );
  if (there.isSymbolicLink())
    return refused(
      'It is a symbolic link, which is not followed: it could show files of this machine. Give the file itself.',
    );
  let files: JobFile[];
  try {
    files = there.isDirectory() ? await filesOf(path) : [await fileAt(path, basename(path))];
  } catch (error) {
    if (error instanceof Unsound) return refused(error.message);
    throw error;
  }
  const entry = there.isDirectory() ? entryOf(files, settings) : basename(path);
  if (entry === null)
    return refused(
      'Which file starts it cannot be told: one program, or one called main, was expected. Name it by --entry.',
    );
  const bytes = files.find((file) => file.path === entry)?.bytes;
  if (bytes === undefined) return refused(`It has no file ${JSON.stringify(entry)}.`);
  const language = settings.language === null ? detectLanguage(entry, bytes) : runLanguage(settings.language);
  if (language === null)
    return refused('Its language is told neither by its ending nor by a #! line. Name it by --lang.');
  return { name, submission: { name, language: language.name, files, entry } };
}

/** What lies in a directory of submissions, each a file or a directory. @param directory absolute */
export function submissionsIn(directory: string): { path: string; name: string }[] {
  const compare = new Intl.Collator('en', { numeric: true }).compare;
  const names = readdirSync(directory).filter((name) => !name.startsWith('.'));
  return names.sort(compare).map((name) => ({ path: join(directory, name), name }));
}

/** Why a stranger's files cannot be a program. */
class Unsound extends Error {}

async function filesOf(directory: string): Promise<JobFile[]> {
  const files: JobFile[] = [];
  let bytes = 0;
  const walk = async (path: string, prefix: string): Promise<void> => {
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = prefix + entry.name;
      if (entry.isDirectory()) await walk(join(path, entry.name), `${name}/`);
      else files.push(await fileAt(join(path, entry.name), name));
      bytes += files.at(-1)?.bytes.length ?? 0;
      if (files.length > jobLimits.files || bytes > mostBytes)
        throw new Unsound(`It has more than ${jobLimits.files} files or ${mostBytes} bytes.`);
    }
  };
  await walk(directory, '');
  return files;
}

async function fileAt(path: string, name: string): Promise<JobFile> {
  try {
    // Not followed and not waited for, in one call with the opening, so that nobody can change it in between.
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
    const handle = await open(path, flags);
    try {
      const there = await handle.stat();
      if (!there.isFile()) throw new Unsound(`${JSON.stringify(name)} is no file.`);
      if (there.size > mostBytes) throw new Unsound(`${JSON.stringify(name)} has more than ${mostBytes} bytes.`);
      return { path: name, bytes: await handle.readFile() };
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof Unsound) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ELOOP' || code === 'EMLINK')
      throw new Unsound(`${JSON.stringify(name)} is a symbolic link, which is not followed.`);
    if (code === 'EACCES' || code === 'EPERM' || code === 'ENOENT' || code === 'ENXIO')
      throw new Unsound(`${JSON.stringify(name)} cannot be read (${code}).`);
    throw cause;
  }
}

/** Names that a program of several files is started by, in any language. */
const usualNames = ['main', 'solution', 'index', 'program'];

function entryOf(files: readonly JobFile[], { entry, language }: SubmissionSettings): string | null {
  if (entry !== null) return entry;
  const wanted = language === null ? null : runLanguage(language).name;
  const programs = files.filter(({ path, bytes }) => {
    const found = detectLanguage(path, bytes);
    return found !== null && (wanted === null || found.name === wanted) && !/\.(h|hh|hpp)$/i.test(path);
  });
  if (programs.length === 1) return programs[0]?.path as string;
  for (const usual of usualNames) {
    const named = programs.filter(({ path }) => basename(path, extname(path)).toLowerCase() === usual);
    if (named.length === 1) return named[0]?.path as string;
  }
  return null;
}
