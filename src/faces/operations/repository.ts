/**
 * Opening, refreshing and closing a repository around an operation: what every verb
 * that reads one does alike.
 */
import { realpathSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { systemClock, WinnowError } from '../../base/mod.ts';
import { openRepository, type Progress, type RefreshReport, type Repository, type Snapshot } from '../../index/mod.ts';
import type { Context } from './types.ts';

/** What an answer's own notices cannot know. */
const busyNotice = 'This repository is being indexed; this answer may be behind its files.';

const behindNotice = ({ message }: WinnowError): string =>
  `This answer is from the index as it is, which may be behind the files on disk. ${message}`;

/** How long another process’s first indexing is waited for. 11,340 files took 9 s (docs/measurements/search-speed.md); several times that on a busy machine. */
const wholeWaitMs = 60_000;

export const rebuiltNotice = (format: number): string =>
  format === 0
    ? 'The index was made with other weights or grammars than there are now; it was built anew.'
    : `The index was of an older format (${format}); it was built anew.`;

export interface Opened {
  readonly repository: Repository;
  readonly snapshot: Snapshot;
  readonly report: RefreshReport | null;
  /** The directory asked for, relative to the root with forward slashes; empty for the root itself. */
  readonly under: string;
  readonly notices: readonly string[];
}

/**
 * Calls `use` with the repository that holds `path`, brought up to date first.
 *
 * @param path as typed; relative to where the person stands
 * @param how `whole`: an answer is true only of a whole index, so the first indexing by another process is waited for
 * @throws WinnowError of the path or the index, see `docs/errors.md`
 */
export async function withRepository<Answer>(
  path: string,
  context: Context,
  how: { refresh: boolean; whole?: boolean },
  use: (opened: Opened) => Promise<Answer> | Answer,
): Promise<Answer> {
  const repository = open(path, context);
  try {
    const refreshed = how.refresh ? await refresh(repository, context).catch(unwritten) : null;
    const unwritable = refreshed instanceof WinnowError ? refreshed : null;
    let report = refreshed instanceof WinnowError ? null : refreshed;
    let snapshot = repository.snapshot();
    if (how.whole && report?.busy && !isWhole(snapshot)) {
      snapshot.close();
      report = await refresh(repository, context, wholeWaitMs);
      snapshot = repository.snapshot();
    }
    try {
      if (unwritable !== null && !isWhole(snapshot)) throw unwritable;
      if (how.whole && report?.busy && !isWhole(snapshot)) throw unfinished(repository, snapshot);
      const notices = report?.busy ? [busyNotice] : unwritable !== null ? [behindNotice(unwritable)] : [];
      if (repository.rebuiltFrom !== null) notices.push(rebuiltNotice(repository.rebuiltFrom));
      return await use({ repository, snapshot, report, under: below(repository.root, path, context), notices });
    } finally {
      snapshot.close();
    }
  } finally {
    repository.close();
  }
}

/** A place that cannot be written keeps no answer back: what is there can be read. @throws any other failure */
function unwritten(error: unknown): WinnowError {
  if (error instanceof WinnowError && (error.code === 'store-unwritable' || error.code === 'disk-full')) return error;
  throw error;
}

/** What an answer that nobody refreshed the index for has to say; nothing where `refresh` has said it. */
export function unrefreshedNotices({ report, notices, snapshot: { completeness } }: Opened): string[] {
  if (report !== null || notices.length > 0) return [];
  if (isUnread(completeness)) return [`${unreadNotice} Ask without --no-refresh.`];
  const { pendingFiles, stale } = completeness;
  return [
    ...(pendingFiles > 0 ? [`The index is not complete: ${pendingFiles} files are still to be read.`] : []),
    ...(stale ? ['The index may be behind the files on disk.'] : []),
  ];
}

/** Said where an answer of nothing would be taken for one about the files. */
export const unreadNotice = 'Nothing of this repository is indexed yet, so nothing of it was looked at.';

/** Whether no file has ever been looked at. */
export const isUnread = ({
  indexedFiles,
  pendingFiles,
  leftOut,
}: Pick<Snapshot['completeness'], 'indexedFiles' | 'pendingFiles' | 'leftOut'>): boolean =>
  indexedFiles + pendingFiles === 0 && Object.keys(leftOut).length === 0;

/** Files behind the disk are still an answer; files that nobody has read yet make one that is false. */
const isWhole = ({ completeness: { pendingFiles, indexedFiles, leftOut } }: Snapshot): boolean =>
  pendingFiles === 0 && (indexedFiles > 0 || Object.keys(leftOut).length > 0);

function unfinished({ storeDir }: Repository, { completeness }: Snapshot): WinnowError {
  const { pendingFiles, indexedFiles } = completeness;
  return new WinnowError(
    'index-busy',
    `Another process is reading this repository for the first time: ${indexedFiles} files are indexed, ${pendingFiles} known of are still to be read. ` +
      'Try again when it is done, or ask what is there now with --no-refresh.',
    { details: { store: storeDir, indexedFiles, pendingFiles } },
  );
}

export function open(path: string, context: Context): Repository {
  const { home } = context.settings;
  const full = resolve(context.cwd, path);
  try {
    return (context.openRepository ?? openRepository)(full, home === undefined ? {} : { home });
  } catch (error) {
    if (!(error instanceof WinnowError) || error.code !== 'path-not-found') throw error;
    // The usual slip: a query of several words without quotes, whose second word is taken for the path.
    throw new WinnowError(
      'path-not-found',
      `There is nothing at ${full}. Give a directory; words with spaces between them need quotes.`,
      {
        details: error.details,
        cause: error,
      },
    );
  }
}

/** @param waitMs for another process that is indexing, in milliseconds; default: the index's own */
export function refresh(repository: Repository, context: Context, waitMs?: number): Promise<RefreshReport> {
  const wait = waitMs === undefined ? {} : { waitMs };
  return repository.refresh({ signal: context.signal, onProgress: progressOf(context), ...wait });
}

/** Tells the index's progress to whoever looks. */
export function progressOf(context: Context): (step: Progress) => void {
  const startedMs = systemClock.elapsedMs();
  const labels = {
    scan: 'looking at files',
    parse: 'reading files',
    merge: 'merging',
    links: 'reading names',
    graph: 'resolving names',
  };
  return (step) => {
    const seconds = (systemClock.elapsedMs() - startedMs) / 1000;
    const rate = step.bytesDone / 1e6 / Math.max(seconds, 0.001);
    const total = step.phase === 'scan' && step.filesTotal === 0 ? null : step.filesTotal;
    const detail = step.phase === 'parse' ? { detail: `${rate.toFixed(1)} MB/s` } : {};
    context.progress({ label: labels[step.phase], done: step.filesDone, total, ...detail });
  };
}

function below(root: string, path: string, context: Context): string {
  return relative(root, realpathSync(resolve(context.cwd, path)))
    .split(sep)
    .join('/');
}
