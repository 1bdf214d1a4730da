/**
 * What stays of a session whatever becomes of its host: a description, and a row for each cell, written as it ends.
 *
 *   kept/ID/session.json    who it is (`SessionDescription`), written once
 *   kept/ID/cells.jsonl     one row a cell or restart, appended whole
 *   kept/ID/end.json        why it ended; missing: it lives, or its host was killed, and it is lost
 *
 * A row is one write, and a reader takes whole lines only, so a kill leaves no half of one to be seen. A transcript is bounded: past
 * `outputsBytes` a cell keeps its code and ending without its outputs, past `wholeBytes` nothing more is kept and that is told.
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { BackendName, Determinism } from '../../types.ts';
import { recordOf } from '../../untrusted.ts';
import type { Session, SessionLanguage, SessionLimits } from '../types.ts';
import type { CellData } from './celldata.ts';

/** Of one transcript, bytes. A day of an agent's work has some hundred cells of some 10 KB. */
const transcriptBounds = { outputsBytes: 64 * 2 ** 20, wholeBytes: 80 * 2 ** 20 } as const;
/** Of sessions that are over: as many are kept, the newest. */
export const keptSessions = 200;
/** And no more of them than hold this together, bytes. */
export const keptBytes = 2 ** 30;

/** `kept/ID.rows.jsonl`: what was in the transcript of a session when a snapshot was taken of it. */
export const snapshotRows = '.rows.jsonl';

export interface SessionDescription {
  readonly id: string;
  readonly name: string | null;
  readonly language: SessionLanguage;
  readonly backend: BackendName;
  readonly version: string;
  readonly limits: SessionLimits;
  readonly determinism: Partial<Determinism>;
  /** Names of the files that it was opened with. */
  readonly files: readonly string[];
  /** The directory that it works over; null: one of its own. */
  readonly over: string | null;
  /** The session or snapshot it was made from, and how. */
  readonly from: { readonly id: string; readonly way: 'heap-image' | 'replayed' } | null;
  readonly createdMs: number;
}

export type SessionEnd = NonNullable<Session['over']> | 'lost';

export type TranscriptRow =
  | (CellData & { readonly kind: 'cell' })
  | { readonly kind: 'restart' }
  /** Nothing after it is kept. */
  | { readonly kind: 'full' };

export class Transcript {
  readonly #file: number;
  readonly #directory: string;
  readonly #bounds: { readonly outputsBytes: number; readonly wholeBytes: number };
  #bytes: number;
  #isFull = false;
  #isClosed = false;

  /** @param from a transcript to begin with: that of the session this one was forked from */
  constructor(
    keptDirectory: string,
    description: SessionDescription,
    from: string | null = null,
    bounds: { readonly outputsBytes: number; readonly wholeBytes: number } = transcriptBounds,
  ) {
    this.#bounds = bounds;
    this.#directory = join(keptDirectory, description.id);
    mkdirSync(this.#directory, { mode: 0o700 });
    const rows = join(this.#directory, 'cells.jsonl');
    if (from !== null && existsSync(from)) copyFileSync(from, rows);
    this.#file = openSync(rows, 'a', 0o600);
    this.#bytes = statSync(rows).size;
    writeWhole(join(this.#directory, 'session.json'), JSON.stringify(description));
  }

  /** The file of its rows. */
  get path(): string {
    return join(this.#directory, 'cells.jsonl');
  }

  add(row: TranscriptRow): void {
    if (this.#isFull || this.#isClosed) return;
    const line = this.#lineOf(row);
    if (this.#bytes + line.length > this.#bounds.wholeBytes) {
      this.#isFull = true;
      this.#write(Buffer.from('{"kind":"full"}\n'));
    } else this.#write(line);
  }

  #lineOf(row: TranscriptRow): Buffer {
    const whole = Buffer.from(`${JSON.stringify(row)}\n`);
    if (row.kind !== 'cell' || this.#bytes + whole.length <= this.#bounds.outputsBytes) return whole;
    const notices = [...row.report.notices, 'Its outputs are not in the transcript, which is full.'];
    return Buffer.from(`${JSON.stringify({ ...row, report: { ...row.report, outputs: [], notices } })}\n`);
  }

  /** A disk that is full costs the row, and never the cell. */
  #write(line: Buffer): void {
    try {
      let written = 0;
      while (written < line.length) written += writeSync(this.#file, line, written);
      this.#bytes += line.length;
    } catch {
      this.#isFull = true;
    }
  }

  end(why: SessionEnd): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.#file);
    markEnd(this.#directory, why);
  }
}

export interface KeptSession {
  readonly description: SessionDescription;
  /** `lost` also while it lives: who asks knows which do. */
  readonly end: SessionEnd;
  readonly endedMs: number | null;
}

/** All that were written down, oldest first. What cannot be read is left out. */
export function keptSessionsIn(keptDirectory: string): KeptSession[] {
  return readdirSync(keptDirectory)
    .flatMap((id) => keptSession(keptDirectory, id) ?? [])
    .sort((a, b) => a.description.createdMs - b.description.createdMs);
}

export function keptSession(keptDirectory: string, id: string): KeptSession | null {
  const description = readRecord(join(keptDirectory, id, 'session.json'));
  if (description?.id !== id) return null;
  const end = readRecord(join(keptDirectory, id, 'end.json'));
  return {
    description: description as unknown as SessionDescription,
    end: end === null ? 'lost' : (end.why as SessionEnd),
    endedMs: end === null ? null : Number(end.atMs),
  };
}

/** Rows in their order; what stands behind the last line end was never whole. */
export function transcriptRows(keptDirectory: string, id: string): TranscriptRow[] {
  let text: string;
  try {
    text = readFileSync(join(keptDirectory, id, 'cells.jsonl'), 'utf8');
  } catch {
    return [];
  }
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .flatMap((line) => (line === '' ? [] : ((recordOf(line) as TranscriptRow | null) ?? [])));
}

/** Marks a lost session as over, so that it is listed no more. */
export function markEnd(directory: string, why: SessionEnd): void {
  try {
    writeWhole(join(directory, 'end.json'), JSON.stringify({ why, atMs: Date.now() }));
  } catch {
    // A full disk, or somebody removed it: it is then told as lost, which is no worse than what happened.
  }
}

/**
 * Removes the oldest of those that are over, and what a killed host left of snapshots.
 *
 * @param living ids that are not over
 */
export function pruneKept(keptDirectory: string, living: ReadonlySet<string>): void {
  for (const name of readdirSync(keptDirectory)) {
    const isSnapshot = name.endsWith(snapshotRows);
    const isEmpty = !isSnapshot && !living.has(name) && !existsSync(join(keptDirectory, name, 'session.json'));
    if (isSnapshot || isEmpty) rmSync(join(keptDirectory, name), { recursive: true, force: true });
  }
  const over = keptSessionsIn(keptDirectory).filter(({ description }) => !living.has(description.id));
  let bytes = 0;
  for (const [index, { description }] of over.reverse().entries()) {
    const directory = join(keptDirectory, description.id);
    bytes += sizeOf(join(directory, 'cells.jsonl'));
    if (index >= keptSessions || bytes > keptBytes) rmSync(directory, { recursive: true, force: true });
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

function readRecord(path: string): Readonly<Record<string, unknown>> | null {
  try {
    return recordOf(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
