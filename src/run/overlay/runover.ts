/**
 * Runs a job over a directory of the user's: an entry in the undo store, the run, and what it changed.
 *
 * Where the kernel refuses an overlay the directory is copied first, within bounds, and the outcome says so. The program has not been started then, so it still
 * runs once. What cannot be taken back (the network) is named before it starts and stays in the history.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { mountsIn, WinnowError } from '../../base/mod.ts';
import type { Runner, RunOptions } from '../runner.ts';
import type { Job, Outcome } from '../types.ts';
import { nameOfBytes } from './realdirectory.ts';
import type { Begun, Notices, UndoStore } from './store.ts';
import type { HistoryEntry } from './types.ts';

/** What is copied where no overlay is to be had: some seconds' worth. */
const mostCopied = { entries: 20_000, bytes: 512 << 20 };

export interface OverRequest {
  readonly directory: string;
  /** As it was typed, for the history. */
  readonly command: string;
  /** The entry's path below the real directory, when the program lies in it; null: it lies elsewhere. */
  readonly entryInOver: (directory: string) => string | null;
}

export interface OverRun {
  readonly outcome: Outcome;
  readonly entry: HistoryEntry;
  readonly notices: Notices;
}

/** @throws WinnowError as `Runner.run` and `UndoStore.begin` do; nothing is left in the store then */
export async function runOver(
  store: UndoStore,
  runner: Runner,
  job: Job,
  request: OverRequest,
  options: RunOptions = {},
): Promise<OverRun> {
  const recovered = store.isUnsettled ? await store.recover() : [];
  const irreversible = job.grants?.network === true ? ['it could use the network'] : [];
  const { directory, command } = request;
  const begun = store.begin({ directory, command, kind: 'run', irreversible });
  const over = { directory: begun.view, lower: begun.lower, out: begun.out, copied: false };
  const whole = { ...job, over, entryInOver: request.entryInOver(begun.directory) };
  try {
    let outcome: Outcome;
    try {
      outcome = await runner.run(whole, options);
    } catch (error) {
      const why = whyNoOverlay(error, begun.directory);
      if (why === null) throw error;
      await copyDirectory(begun);
      const notice = `no overlay can be had over ${begun.directory} (${why}), so the program worked on a copy`;
      outcome = await runner.run({ ...whole, over: { ...over, copied: true } }, options);
      outcome = { ...outcome, notices: [...outcome.notices, notice] };
    }
    const hidden = mountsWithin(begun.directory);
    if (hidden.length > 0) {
      const notice = `other file systems are mounted in ${begun.directory}, and the program saw empty directories there: ${hidden.join(', ')}`;
      outcome = { ...outcome, notices: [...outcome.notices, notice] };
    }
    if (begun.view !== begun.directory) {
      const notice = `the path of the directory is no UTF-8, so the program found it at ${begun.view}`;
      outcome = { ...outcome, notices: [...outcome.notices, notice] };
    }
    const { entry, manifest } = await store.finish(begun);
    if (manifest.where === 'memory')
      outcome = {
        ...outcome,
        notices: [
          ...outcome.notices,
          'the disk of WINNOW_HOME carries no overlay, so what the program wrote lay in memory',
        ],
      };
    return { outcome, entry, notices: [...recovered, ...(await store.sweep())] };
  } catch (error) {
    store.abandon(begun);
    throw error;
  }
}

/** Where other file systems are mounted below a directory, which no overlay over it shows; a few of them. */
function mountsWithin(directory: string): readonly string[] {
  try {
    const mounts = mountsIn(readFileSync('/proc/self/mountinfo', 'latin1'));
    const places = mounts.map(({ point }) => nameOfBytes(Buffer.from(point, 'latin1')));
    return [...new Set(places.filter((place) => place.startsWith(`${directory}/`)))].slice(0, 5);
  } catch {
    return [];
  }
}

/** @returns what the kernel said; null when the failure is another one @throws WinnowError `unsupported-job` where a copy would not help */
function whyNoOverlay(error: unknown, directory: string): string | null {
  if (!(error instanceof WinnowError) || error.code !== 'sandbox-failed') return null;
  const { why, said } = error.details as { why?: unknown; said?: unknown };
  const view = /no view of the directory: (.*)/.exec(String(said))?.[1];
  if (view !== undefined)
    throw new WinnowError(
      'unsupported-job',
      `Root works on a directory through a sandbox of another user, and ${directory} cannot be shown to one here (${view}). Run it as the directory's owner.`,
      { details: { directory, said: view } },
    );
  return /no overlay: (.*)/.exec(String(why))?.[1] ?? null;
}

/** @throws WinnowError `unsupported-job` when it is too large, `disk-full` */
async function copyDirectory({ directory, lower, out }: Begun): Promise<void> {
  let entries = 0;
  let bytes = 0;
  const todo: Buffer[] = [Buffer.from(lower)];
  for (let place = todo.pop(); place !== undefined; place = todo.pop())
    for (const entry of await readdir(place, { withFileTypes: true, encoding: 'buffer' })) {
      const path = Buffer.concat([place, Buffer.from('/'), entry.name]);
      entries++;
      if (entry.isDirectory()) todo.push(path);
      else if (entry.isFile()) bytes += (await lstat(path)).size;
      if (entries > mostCopied.entries || bytes > mostCopied.bytes)
        throw new WinnowError(
          'unsupported-job',
          `No overlay can be had over ${directory}, and a copy would take more than ${mostCopied.entries} entries or ${mostCopied.bytes} bytes. Name a smaller directory.`,
          { details: { directory } },
        );
    }
  mkdirSync(join(out, 'copy'), { mode: 0o700 });
  const child = spawn('/bin/cp', ['-a', '--reflink=auto', '--', `${lower}/.`, join(out, 'copy')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { LC_ALL: 'C' },
  });
  let said = '';
  child.stderr.on('data', (piece: Buffer) => {
    said = (said + piece.toString()).slice(-2000);
  });
  const code = await new Promise<number | null>((done, failed) => {
    child.once('error', failed);
    child.once('close', done);
  });
  if (code === 0) return;
  throw new WinnowError(
    said.includes('No space left') ? 'disk-full' : 'path-unreadable',
    `${directory} could not be copied: ${said.trim().split('\n')[0] ?? `cp ended with ${code}`}.`,
    { details: { directory } },
  );
}
