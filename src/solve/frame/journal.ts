/**
 * Where steps are written down: a run folder on the disk, or nowhere.
 *
 *     run.json      what was asked for: task, strategy, parameters, model, seed, limits
 *     steps.jsonl   a row as a step begins or ends; leaves have one row, written when they ended
 *     texts.jsonl   {"id", "text"}: prompts, replies and results, each once
 *     result.json   how it ended; absent while it has not
 *
 *     lock.sqlite   held by the process that writes; empty
 *
 * Rows are only added, so a run may be killed at any instant: half a row at the end is passed over, and a step without an end was under way. What somebody else damaged is passed over as well, and counted: a text
 * that is not the one of its name is none.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { makeFolder } from '../../model/mod.ts';
import { lockRun, type RunLock } from './lock.ts';
import {
  byPath,
  digest,
  type ExecutionKind,
  executionKinds,
  type Step,
  type StepKind,
  stepKinds,
  type TextRef,
} from './step.ts';

export interface Journal {
  /** Keeps a text. @returns its name */
  text(text: string): TextRef;
  /** Writes a step down; a later row of the same path takes the place of the earlier. */
  step(step: Step): void;
  /** What an earlier process wrote at this path, where it was asked or run the same; its texts can be read. */
  earlier(path: string, key: string): Step | null;
  read(ref: TextRef): string | null;
  /** Elapsed time of the run in earlier processes, ms. */
  readonly elapsedMs: number;
  /** Lets another process go on with the run. */
  close(): void;
}

/** For runs that nobody looks at afterwards: nothing is kept. */
export const noJournal: Journal = {
  text: digest,
  step: () => {},
  earlier: () => null,
  read: () => null,
  elapsedMs: 0,
  close: () => {},
};

export const runSchema = 'winnow.solve.run/1';

/** A folder that was written before. */
export interface SavedRun {
  readonly folder: string;
  readonly head: Readonly<Record<string, unknown>>;
  /** By path, in the order of `byPath`. */
  readonly steps: readonly Step[];
  /** Null: it has not ended. */
  readonly result: Readonly<Record<string, unknown>> | null;
  /** Lines that are no rows, the cut end of a killed run among them. */
  readonly unreadable: number;
  text(ref: TextRef): string | null;
}

/**
 * Begins a folder.
 *
 * @throws WinnowError `bad-usage` when it holds a run already, `path-unreadable` when it cannot be written
 */
export function beginFolder(folder: string, head: Readonly<Record<string, unknown>>): Journal {
  const journal = beginFreeFolder(folder, head);
  if (journal !== null) return journal;
  throw new WinnowError(
    'bad-usage',
    `Expected a folder without a run; ${folder} holds one. Go on with it by --resume ${folder}, or name another folder.`,
    { details: { folder } },
  );
}

/**
 * Begins a folder, of two processes that want the same one in one of them only.
 *
 * @returns null when it holds a run already
 * @throws WinnowError `path-unreadable` when it cannot be written
 */
export function beginFreeFolder(folder: string, head: Readonly<Record<string, unknown>>): Journal | null {
  const path = join(folder, 'run.json');
  const text = `${JSON.stringify({ schema: runSchema, ...head }, null, 2)}\n`;
  const isBegun = onDisk(folder, () => {
    makeFolder(folder);
    try {
      writeFileSync(path, text, { flag: 'wx' });
      return true;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw cause;
    }
  });
  return isBegun ? new FolderJournal(folder, () => null) : null;
}

/** Goes on with a folder: what it holds is not asked or run again. @throws WinnowError `run-busy` while another process writes to it, and as `readFolder` */
export const resumeFolder = ({ folder }: Pick<SavedRun, 'folder'>): Journal =>
  // Read once it is ours: whoever had it may have gone on since it was looked at.
  new FolderJournal(folder, () => readFolder(folder));

/** When the last step of a run that is known ended, ms since it began. */
export const elapsedIn = (steps: readonly Step[]): number =>
  steps.reduce((last, { startMs, tookMs }) => Math.max(last, startMs + (tookMs ?? 0)), 0);

export function endFolder(folder: string, result: object): void {
  onDisk(folder, () => writeFileSync(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`));
}

/** @throws WinnowError `path-not-found` when there is no run, `bad-data` when its head cannot be read */
export function readFolder(folder: string): SavedRun {
  const path = join(folder, 'run.json');
  if (!existsSync(path))
    throw new WinnowError('path-not-found', `Expected the folder of a run at ${folder}; it has no run.json.`, {
      details: { folder },
    });
  const head = readObject(path);
  if (head?.schema !== runSchema)
    throw new WinnowError('bad-data', `Expected ${path} to be a run, ${runSchema}; it is something else.`);
  const steps = new Map<string, Step>();
  let unreadable = 0;
  for (const line of linesOf(join(folder, 'steps.jsonl'))) {
    const step = readStep(line);
    if (step === null) unreadable++;
    else steps.set(step.path, step);
  }
  const texts = new Map<TextRef, string>();
  for (const line of linesOf(join(folder, 'texts.jsonl'))) {
    const row = parsed(line);
    if (row === null || typeof row.id !== 'string' || typeof row.text !== 'string' || digest(row.text) !== row.id)
      unreadable++;
    else texts.set(row.id, row.text);
  }
  const resultPath = join(folder, 'result.json');
  const result = existsSync(resultPath) ? readObject(resultPath) : null;
  if (result === null && existsSync(resultPath)) unreadable++;
  return {
    folder,
    head,
    steps: [...steps.values()].sort((one, other) => byPath(one.path, other.path)),
    result,
    unreadable,
    text: (ref) => texts.get(ref) ?? null,
  };
}

class FolderJournal implements Journal {
  readonly #folder: string;
  readonly #lock: RunLock;
  readonly #saved: SavedRun | null;
  readonly #byPath: ReadonlyMap<string, Step>;
  readonly #known = new Set<TextRef>();
  readonly elapsedMs: number;

  constructor(folder: string, read: () => SavedRun | null) {
    this.#folder = folder;
    this.#lock = lockRun(folder);
    const saved = read();
    this.#saved = saved;
    this.elapsedMs = elapsedIn(saved?.steps ?? []);
    this.#byPath = new Map(saved?.steps.map((step) => [step.path, step]));
    // What a killed process wrote half of is ended by a line break, so that the next row is one.
    if (saved !== null)
      for (const name of ['steps.jsonl', 'texts.jsonl'])
        if (existsSync(join(folder, name)) && !readFileSync(join(folder, name), 'utf8').endsWith('\n'))
          this.#append(name, '\n');
  }

  text(text: string): TextRef {
    const id = digest(text);
    if (!this.#known.has(id) && this.read(id) === null)
      this.#append('texts.jsonl', `${JSON.stringify({ id, text })}\n`);
    this.#known.add(id);
    return id;
  }

  step(step: Step): void {
    this.#append('steps.jsonl', `${JSON.stringify(step)}\n`);
  }

  earlier(path: string, key: string): Step | null {
    const step = this.#byPath.get(path);
    return step?.key === key && step.failure === undefined ? step : null;
  }

  read(ref: TextRef): string | null {
    return this.#saved?.text(ref) ?? null;
  }

  close(): void {
    this.#lock.release();
  }

  #append(name: string, text: string): void {
    onDisk(this.#folder, () => appendFileSync(join(this.#folder, name), text));
  }
}

function onDisk<Made>(folder: string, write: () => Made): Made {
  try {
    return write();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    throw new WinnowError(isFull ? 'disk-full' : 'path-unreadable', `Cannot write the run to ${folder} (${code}).`, {
      cause,
    });
  }
}

const linesOf = (path: string): string[] =>
  existsSync(path)
    ? textIn(path)
        .split('\n')
        .filter((line) => line !== '')
    : [];

/** @throws WinnowError `path-unreadable` */
function textIn(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new WinnowError(
      'path-unreadable',
      `Cannot read ${path} of a run (${(cause as NodeJS.ErrnoException).code}).`,
      {
        details: { path },
        cause,
      },
    );
  }
}

function parsed(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

const readObject = (path: string): Record<string, unknown> | null => parsed(textIn(path));

function readStep(line: string): Step | null {
  const row = parsed(line);
  const isStep =
    row !== null &&
    typeof row.path === 'string' &&
    /^\d+(\.\d+)*$/.test(row.path) &&
    stepKinds.includes(row.kind as StepKind) &&
    typeof row.title === 'string' &&
    typeof row.startMs === 'number' &&
    isNumberOrNull(row.tookMs) &&
    isTextOrNone(row.failure) &&
    isTextOrNone(row.key) &&
    (row.ask === undefined || isAsk(row.ask)) &&
    (row.execution === undefined || isExecution(row.execution));
  return isStep ? (row as unknown as Step) : null;
}

const isTextOrNone = (value: unknown): boolean => value === undefined || typeof value === 'string';
const isNumberOrNull = (value: unknown): boolean => value === null || typeof value === 'number';

function isAsk(value: unknown): boolean {
  const { prompt, replies, inputTokens, outputTokens, cost, from, calls, missing } = (value ?? {}) as Record<
    string,
    unknown
  >;
  const { count, reason } = (missing ?? {}) as Record<string, unknown>;
  return (
    (missing === undefined || (typeof count === 'number' && typeof reason === 'string')) &&
    typeof prompt === 'string' &&
    typeof from === 'string' &&
    (calls === undefined || typeof calls === 'number') &&
    [inputTokens, outputTokens, cost].every(isNumberOrNull) &&
    Array.isArray(replies) &&
    replies.every((one) => typeof one?.text === 'string' && typeof one.ending === 'string')
  );
}

function isExecution(value: unknown): boolean {
  const { what, programs, result, summary } = (value ?? {}) as Record<string, unknown>;
  return (
    executionKinds.includes(what as ExecutionKind) &&
    typeof programs === 'number' &&
    typeof result === 'string' &&
    typeof summary === 'string'
  );
}
