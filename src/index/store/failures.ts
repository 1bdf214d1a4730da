/** What SQLite and the file system say, in the words of the error table. */
import { WinnowError } from '../../base/mod.ts';

/** Primary result codes (sqlite.org/rescode.html); extended ones carry them in their low byte. */
const sqlite = {
  readonly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
  busy: 5,
  locked: 6,
};

/** Extended codes of an interrupted or short write: the disk's fault, mostly a full one. */
const shortWrites = new Set([778 /* SQLITE_IOERR_WRITE */, 1034 /* SQLITE_IOERR_FSYNC */]);

/**
 * @param directory of the index, named in the message
 * @returns a `WinnowError` for what the world did; anything else as it came
 */
export function storeFailure(cause: unknown, directory: string): unknown {
  if (cause instanceof WinnowError) return cause;
  const { code, errcode } = cause as { code?: string; errcode?: number };
  const details = { store: directory, reason: cause instanceof Error ? cause.message : String(cause) };
  const fail = (row: 'disk-full' | 'store-unwritable' | 'index-busy', message: string) =>
    new WinnowError(row, message, { details, cause });
  const primary = errcode === undefined ? undefined : errcode & 0xff;
  if (code === 'ENOSPC' || code === 'EDQUOT' || primary === sqlite.full || shortWrites.has(errcode ?? 0)) {
    return fail(
      'disk-full',
      `The disk that holds the index (${directory}) is full. What was indexed before is kept; make room and run the command again.`,
    );
  }
  if (
    code === 'EACCES' ||
    code === 'EPERM' ||
    code === 'EROFS' ||
    code === 'ENOTDIR' ||
    code === 'EEXIST' ||
    primary === sqlite.readonly ||
    primary === sqlite.cannotOpen
  ) {
    return fail(
      'store-unwritable',
      `The index directory ${directory} cannot be written (${details.reason}). Fix its permissions or set WINNOW_HOME to another directory.`,
    );
  }
  if (primary === sqlite.busy || primary === sqlite.locked) {
    return fail('index-busy', `Another process holds the index in ${directory}. Try again in a moment.`);
  }
  if (primary === sqlite.corrupt || primary === sqlite.notADatabase || primary === sqlite.ioError) {
    return corrupt(directory, details.reason, cause);
  }
  return cause;
}

/** @param what was expected and what was found instead */
export function corrupt(directory: string, what: string, cause?: unknown): WinnowError {
  return new WinnowError(
    'index-corrupt',
    `The index in ${directory} is damaged: ${what}. Nothing of your source is affected; build it anew with \`winnow index --rebuild PATH\`.`,
    { details: { store: directory, reason: what }, cause },
  );
}
