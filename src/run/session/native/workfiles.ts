/**
 * The work directory of a native session, by asking the cell's first process (`inside/livefiles.py`).
 *
 * It looks at everything and knows no patterns; what is wanted of what it found is chosen here. Names come from programs, so each is checked
 * before it is given to anybody.
 */
import { WinnowError } from '../../../base/mod.ts';
import { pathProblem, plainName } from '../../jobpath.ts';
import type { ChangedFile, JobFile } from '../../types.ts';
import { isRecord } from '../../untrusted.ts';
import type { WorkFiles } from '../kernel.ts';
import { matches } from '../pattern.ts';
import type { SessionFile, SessionListing } from '../types.ts';
import type { FilesAnswer, LiveCell } from './cell.ts';

/** As `SessionListing` says. */
const mostListed = 10_000;
/** Files put in by one message to the cell, bytes: it is held in memory on the way. */
const batchBytes = 8 * 2 ** 20;

type Entry = readonly [
  path: string,
  kind: 'file' | 'directory' | 'symlink' | 'other' | 'unreadable',
  size: number,
  mode: number,
  /** Of a file what became of it; of what is unreadable why. */
  detail: string | null,
  target: string | null,
];
interface Scan {
  readonly entries: readonly Entry[];
  readonly removed: readonly string[];
  readonly cut: string | null;
}

export class CellFiles implements WorkFiles {
  readonly #cell: LiveCell;

  constructor(cell: LiveCell) {
    this.#cell = cell;
  }

  async changed(pattern: string, limitBytes: number): Promise<readonly ChangedFile[]> {
    const { entries, removed, cut } = await this.#scan(true);
    const found: ChangedFile[] = [];
    const leaveOut = (path: string, reason: string): void => {
      found.push({ path: pathProblem(path) === null ? path : plainName(path), change: 'left-out', reason });
    };
    const wanted: { readonly path: string; readonly change: 'added' | 'modified' }[] = [];
    let bytes = 0;
    for (const [path, kind, size, , detail, target] of entries) {
      if (kind === 'directory' || detail === 'same' || !matches(pattern, path)) continue;
      const problem = pathProblem(path);
      if (kind === 'unreadable') leaveOut(path, detail ?? 'it cannot be read');
      else if (problem !== null) leaveOut(path, `its path ${problem}`);
      else if (kind === 'symlink') found.push({ path, change: 'symlink', target: target ?? '' });
      else if (kind === 'other') leaveOut(path, 'neither a file nor a link');
      else if (bytes + size > limitBytes) leaveOut(path, `the changed files together pass ${limitBytes} bytes`);
      else {
        bytes += size;
        wanted.push({ path, change: detail === 'modified' ? 'modified' : 'added' });
      }
    }
    for (const path of removed) if (matches(pattern, path)) found.push({ path, change: 'removed' });
    if (cut !== null) leaveOut('.', cut);
    return [...(await this.#read(wanted)), ...found].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async put(files: readonly JobFile[]): Promise<void> {
    let batch: JobFile[] = [];
    let bytes = 0;
    const flush = async (): Promise<void> => {
      const ask = { op: 'put', files: batch.map(({ path, mode, bytes }) => [path, mode ?? 0o644, bytes.length]) };
      if (batch.length > 0)
        accepted(
          await this.#cell.files(
            ask,
            batch.map((file) => file.bytes),
          ),
          'the files',
        );
      batch = [];
      bytes = 0;
    };
    for (const file of files) {
      if (bytes + file.bytes.length > batchBytes) await flush();
      batch.push(file);
      bytes += file.bytes.length;
    }
    await flush();
  }

  async list(pattern: string): Promise<SessionListing> {
    const { entries } = await this.#scan(false);
    const all = entries.filter(([path, kind]) => kind !== 'unreadable' && matches(pattern, path));
    const files = all
      .map(
        ([path, kind, sizeBytes, mode]): SessionFile => ({ path, kind: kind as SessionFile['kind'], sizeBytes, mode }),
      )
      .sort((a, b) => (a.path < b.path ? -1 : 1));
    const unreadable = entries
      .filter(([path, kind]) => kind === 'unreadable' && matches(pattern, path))
      .map(([path, , , , detail]) => ({ path, reason: detail ?? 'it cannot be read' }))
      .slice(0, mostListed);
    return {
      files: files.slice(0, mostListed),
      omitted: Math.max(files.length - mostListed, 0),
      ...(unreadable.length === 0 ? {} : { unreadable }),
    };
  }

  async readPart(path: string, offset: number, lengthBytes: number): Promise<Uint8Array> {
    const answer = await this.#cell.files({ op: 'part', path, offset, length: lengthBytes });
    accepted(answer, path);
    return answer.body.slice();
  }

  async writePart(path: string, offset: number, bytes: Uint8Array, mode: number): Promise<void> {
    accepted(await this.#cell.files({ op: 'write', path, offset, mode }, [bytes]), path);
  }

  async #scan(compare: boolean): Promise<Scan> {
    const answer = await this.#cell.files({ op: 'scan', compare });
    return accepted(answer, 'the work directory') as unknown as Scan;
  }

  async #read(
    wanted: readonly { readonly path: string; readonly change: 'added' | 'modified' }[],
  ): Promise<ChangedFile[]> {
    if (wanted.length === 0) return [];
    const answer = await this.#cell.files({ op: 'read', paths: wanted.map(({ path }) => path) });
    const { sizes } = accepted(answer, 'the changed files') as { sizes: readonly (readonly [number, number])[] };
    let at = 0;
    return wanted.map(({ path, change }, index) => {
      const [size = 0, mode = 0] = sizes[index] ?? [];
      at += size;
      // A copy: a view of one small file would keep all of them alive.
      return { path, change, bytes: answer.body.slice(at - size, at), mode };
    });
  }
}

/** @throws WinnowError where the cell could not do it */
function accepted({ header }: FilesAnswer, what: string): Readonly<Record<string, unknown>> {
  if (!isRecord(header)) throw new Error('an answer about files that is no object');
  if (header.refused === undefined) return header;
  const text = String(header.text);
  if (header.refused === 'bug') throw new Error(`work on the files of a session: ${text}`);
  const details = { what, reason: text };
  if (header.refused === 'not-found')
    throw new WinnowError('path-not-found', `${text}. list() has those there are.`, { details });
  if (header.refused === 'in-the-way')
    throw new WinnowError('bad-job', `${text} in the work directory; remove it there, or choose another name.`, {
      details,
    });
  // ENOSPC, EDQUOT, EFBIG
  if (header.errno === 28 || header.errno === 122 || header.errno === 27)
    throw new WinnowError('disk-full', `The session's files have reached their limit (fileBytes): ${text}.`, {
      details,
    });
  throw new WinnowError('path-unreadable', `${what} could not be read or written in the session: ${text}.`, {
    details,
  });
}
