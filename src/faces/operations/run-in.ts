/**
 * `winnow run --in DIR`: the program works on a directory through an overlay, and what it changed is kept, dropped, or asked about.
 *
 * Without a flag a person at a terminal is asked, after the program's output and the diff were shown; elsewhere the changes wait in the undo store, and the
 * directory stays as it was. What cannot be taken back is named before the program starts.
 */
import { existsSync, realpathSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { type Job, type Outcome, type Runner, realDirectory, runOver } from '../../run/mod.ts';
import { cut } from '../paint.ts';
import { appliedLines } from '../views/changes.ts';
import { appliedOutput, changeSetOutput, entryOutput } from './changes-schemas.ts';
import { badUsage, type Given } from './run-input.ts';
import type { Policed, PolicedDirectory } from './run-policy.ts';
import type { RunOutput } from './run-schemas.ts';
import type { Context } from './types.ts';
import { undoStoreOf } from './undo-store.ts';

/** Characters of a program's own text that the history has. */
const mostCode = 80;

/** What may stand together. @throws WinnowError `bad-usage` */
export function checkIn(given: Given, { canAsk }: Context): void {
  const chosen = [given.keep, given.drop, given.ask].filter(Boolean).length;
  if (given.in === undefined) {
    if (chosen > 0)
      throw badUsage(
        '--keep, --drop and --ask are for --in DIR. How much of its output is kept is said by --keep-output.',
      );
    return;
  }
  if (chosen > 1) throw badUsage('--keep, --drop and --ask exclude each other.');
  if (given.ask && !canAsk)
    throw badUsage('--ask needs a terminal, and no --json. Without it the changes wait for `winnow keep`.');
  if (given.languages || given.doctor || given.partial || given.recordCalls !== undefined || given.count)
    throw badUsage('--in excludes --languages, --doctor, --partial, --record-calls and --count.');
}

/** The directory of `--in`, links resolved, and where FILE lies in it. @throws WinnowError as `realDirectory` does */
export function directoryOf(given: Given, { cwd }: Context): PolicedDirectory {
  const directory = realDirectory(resolve(cwd, given.in as string));
  return { directory, entry: within(given.file, directory, cwd) };
}

/**
 * @param job as the policy lets it run, where there is one
 * @param policed null: no policy
 */
export async function runIn(
  runner: Runner,
  job: Job,
  given: Given,
  context: Context,
  policed: Policed | null,
): Promise<Pick<RunOutput, 'risk'> & { readonly outcome: Outcome; readonly over: NonNullable<RunOutput['over']> }> {
  const store = undoStoreOf(context);
  if (job.grants?.network === true)
    context.notice('What the program does over the network cannot be taken back; --network is what lets it.');
  const ran = await runOver(
    store,
    runner,
    job,
    {
      directory: resolve(context.cwd, given.in as string),
      command: [
        'run',
        given.file ?? `--code ${cut((given.code ?? '').replaceAll(/\s+/g, ' '), mostCode)}`,
        ...given.args,
      ].join(' '),
      entryInOver: (directory) => within(given.file, directory, context.cwd),
    },
    { backend: given.backend, signal: context.signal },
  );
  const { entry } = ran;
  for (const text of ran.notices) context.notice(text);
  const changes = store.changes(entry);
  const { outcome, risk } = policed === null ? { ...ran, risk: null } : policed.observe(ran.outcome, changes);
  const hasNone = changes.changes.length === 0 && changes.leftOut.length === 0;
  const isKept = given.keep && (risk?.heldBack.length ?? 0) === 0;
  const applied = hasNone || given.drop ? await store.drop(entry) : isKept ? await store.keep(entry) : null;
  for (const text of applied?.notices ?? []) context.notice(text);
  return {
    outcome,
    risk,
    over: {
      entry: entryOutput(store.find(entry.id)),
      changes: changeSetOutput(changes),
      applied: applied === null ? null : appliedOutput(applied),
    },
  };
}

/** The program's path below the directory; null when it lies elsewhere. */
function within(file: string | undefined, directory: string, cwd: string): string | null {
  if (file === undefined || file === '-') return null;
  const place = resolve(cwd, file);
  const way = relative(directory, existsSync(place) ? realpathSync(place) : place);
  return way === '' || way === '..' || way.startsWith(`..${sep}`) || way.startsWith(sep) ? null : way;
}

/** Asks what is to become of changes that wait. @returns lines for the person; null when nobody was asked */
export async function askAbout({ over }: RunOutput, _: Given, context: Context): Promise<string | null> {
  if (over === null || over.applied !== null || over.entry.state !== 'pending') return null;
  if (!context.canAsk || over.changes.problem !== null) return null;
  const answer = (await context.ask('Keep these changes? [y]es, [n]o, or later: '))?.trim().toLowerCase() ?? '';
  const action = /^y(es)?$/.test(answer) ? 'keep' : /^no?$/.test(answer) ? 'drop' : null;
  const store = undoStoreOf(context);
  if (action === null) return `They wait: winnow keep ${over.entry.id}, or winnow undo ${over.entry.id}\n`;
  const applied = await store[action](store.find(over.entry.id));
  for (const text of applied.notices) context.notice(text);
  return `${appliedLines(appliedOutput(applied), entryOutput(store.find(over.entry.id)), context.settings).join('\n')}\n`;
}
