/**
 * What a client and the host of sessions say to each other over a socket.
 *
 * Frames as of engines (`embedded/frames.ts`). A client sends `request` as JSON, and `data` behind those that announce bytes; the host
 * answers each with any number of `event` and then one of `answer`, `data`, `failed`. `interrupt` may come at any time. A
 * connection that closes takes back what it waits for. Both are the same user's, so what comes is checked for form alone: a
 * mistake must be an error on one connection, never the end of the host.
 */
import { type ErrorCode, errorTable, WinnowError } from '../../../base/mod.ts';
import { isCount, isRecord } from '../../untrusted.ts';
import type { DatabaseChange, DatabaseHold, ForkWay, SessionListing, SessionRequest } from '../types.ts';
import type { OutputData, ReportData } from './celldata.ts';
import type { SessionDescription, SessionEnd } from './transcript.ts';

/** Raised with every change of what is said here. */
export const protocolNumber = 2;

export const kinds = { request: 1, data: 2, interrupt: 3, event: 4, answer: 5, failed: 6 } as const;

/** Of one frame, bytes. A report keeps some MiB of each stream and its pictures; code is the caller's. */
export const mostFrameBytes = 256 * 2 ** 20;

/** A file that follows as data, in parts. */
export interface SentFile {
  readonly path: string;
  readonly mode: number;
  readonly sizeBytes: number;
}

export type HostRequest =
  | {
      readonly verb: 'new';
      readonly name: string | null;
      readonly request: Omit<SessionRequest, 'files' | 'over'>;
      /** An absolute directory to work on, through an overlay. */
      readonly over: string | null;
      /** Their bytes follow, one after the other. */
      readonly files: readonly SentFile[];
    }
  | { readonly verb: 'run'; readonly id: string; readonly code: string }
  | { readonly verb: 'interrupt' | 'restart' | 'show' | 'end'; readonly id: string }
  | { readonly verb: 'fork' | 'snapshot' | 'open'; readonly id: string; readonly name: string | null }
  /** What a session holds aside of a database of the user's. */
  | { readonly verb: 'database'; readonly id: string; readonly act: DatabaseAct }
  | { readonly verb: 'list' | 'end-all' }
  | { readonly verb: 'files'; readonly id: string; readonly pattern: string }
  | { readonly verb: 'read'; readonly id: string; readonly path: string; readonly offset: number }
  /** The part follows as data. */
  | {
      readonly verb: 'write';
      readonly id: string;
      readonly path: string;
      readonly offset: number;
      readonly mode: number;
      /** It is the whole file: a copy by replay will have it as well. */
      readonly isWhole: boolean;
    };

/** The request with a verb. */
export type RequestOf<Verb extends HostRequest['verb']> = HostRequest extends infer Each
  ? Each extends HostRequest
    ? Verb extends Each['verb']
      ? Omit<Each, 'verb'> & { readonly verb: Verb }
      : never
    : never
  : never;

/** A session that lives. */
export interface LivingSession extends SessionDescription {
  readonly state: 'idle' | 'running';
  readonly cells: number;
  /** Cells that wait for the one that runs. */
  readonly waiting: number;
  readonly lastMs: number;
  readonly caveats: readonly string[];
}

export interface LivingSnapshot {
  readonly id: string;
  readonly name: string | null;
  readonly of: string;
  readonly language: string;
  readonly way: ForkWay;
  readonly sizeBytes: number;
  readonly createdMs: number;
}

export interface HostState {
  readonly pid: number;
  readonly sessions: readonly LivingSession[];
  readonly snapshots: readonly LivingSnapshot[];
  /** Of the host process alone, bytes. */
  readonly memoryBytes: number;
}

export interface ForkAnswer {
  readonly session: LivingSession;
  readonly way: ForkWay;
  readonly wallMs: number;
  readonly differing: readonly number[];
}

export interface ShowAnswer {
  readonly session: LivingSession;
  readonly memoryBytes: number | null;
  /** Null while a cell runs: they are looked at between cells. */
  readonly files: SessionListing | null;
}

export interface EndAnswer {
  readonly ended: readonly {
    readonly id: string;
    readonly why: SessionEnd;
    /** In the history of what was changed: the entry of a session that worked over a directory. */
    readonly changes: string | null;
  }[];
}

export const databaseActs = ['changes', 'keep', 'drop', 'undo'] as const;
export type DatabaseAct = (typeof databaseActs)[number];

export interface DatabaseAnswer {
  readonly kind: DatabaseHold['kind'];
  readonly name: string;
  /** What differed before it was kept; empty for `drop` and `undo`. */
  readonly changes: readonly DatabaseChange[];
  /** In the history: what was kept; null after other acts, and where nothing was. */
  readonly entry: string | null;
  readonly notices: readonly string[];
}

/** By verb. `read` is answered by data. */
export interface Answers {
  readonly new: LivingSession;
  readonly run: ReportData;
  readonly interrupt: { readonly interrupted: boolean };
  readonly restart: LivingSession;
  readonly show: ShowAnswer;
  readonly end: EndAnswer;
  readonly fork: ForkAnswer;
  readonly snapshot: LivingSnapshot;
  readonly open: ForkAnswer;
  readonly list: HostState;
  readonly 'end-all': EndAnswer;
  readonly database: DatabaseAnswer;
  readonly files: SessionListing;
  readonly read: Uint8Array;
  readonly write: null;
}

export type HostEvent =
  | { readonly kind: 'output'; readonly output: OutputData }
  /** Its cell runs now; before it others did. */
  | { readonly kind: 'begins' }
  /** Output that nobody took fast enough; the report has what is kept of it. */
  | { readonly kind: 'skipped'; readonly bytes: number };

const verbs: ReadonlySet<string> = new Set<HostRequest['verb']>([
  'new',
  'run',
  'interrupt',
  'restart',
  'database',
  'show',
  'end',
  'fork',
  'snapshot',
  'open',
  'list',
  'end-all',
  'files',
  'read',
  'write',
]);

/** @throws WinnowError `session-host` when it is no request */
export function readRequest(payload: Uint8Array): HostRequest {
  const value = parsed(payload);
  const texts = ['id', 'code', 'path', 'pattern'] as const;
  const sound =
    isRecord(value) &&
    verbs.has(String(value.verb)) &&
    texts.every((name) => value[name] === undefined || typeof value[name] === 'string') &&
    (value.offset === undefined || isCount(value.offset)) &&
    (value.mode === undefined || isCount(value.mode)) &&
    (value.verb !== 'database' || databaseActs.some((act) => act === value.act)) &&
    (value.verb !== 'new' ||
      (isRecord(value.request) && isFiles(value.files) && (value.over === null || typeof value.over === 'string')));
  if (!sound) throw new WinnowError('session-host', 'The host of sessions was sent something that is no request.');
  return value as unknown as HostRequest;
}

function isFiles(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      (file) => isRecord(file) && typeof file.path === 'string' && isCount(file.sizeBytes) && isCount(file.mode),
    )
  );
}

/** How a failure travels: a `WinnowError` as one, anything else as a mistake of ours. */
export function failureData(error: unknown): Record<string, unknown> {
  if (error instanceof WinnowError) return { code: error.code, message: error.message, details: error.details };
  return { code: null, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

export function readFailure(payload: Uint8Array): Error {
  const value = parsed(payload);
  const { code, message, details } = isRecord(value) ? value : {};
  if (typeof code === 'string' && Object.hasOwn(errorTable, code))
    return new WinnowError(code as ErrorCode, String(message), { details: isRecord(details) ? details : {} });
  return new Error(`in the host of sessions: ${String(message)}`);
}

export function parsed(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString());
  } catch {
    return null;
  }
}
