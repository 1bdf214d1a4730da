/**
 * What an entry of the undo store says of itself (`entry.json`), read: every field is of the type it was written with, or the entry is damaged and told as such.
 *
 * The applier holds entries against the same list (`applier/entry.py`), so an entry that one side passes over is passed over by the other.
 */
import { isCount, isRecord } from '../untrusted.ts';
import { keptDatabase } from './databaseentry.ts';
import { noCounts } from './manifest.ts';
import { changeKinds, entryStates, type HistoryEntry } from './types.ts';

/** Raised when an older program would misread an entry; those of another format are passed over. The second is that of databases. */
export const formats = { directory: 1, database: 2 } as const;

type Facts = Readonly<Record<string, unknown>>;

const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isCounts = (value: unknown): boolean =>
  isRecord(value) && changeKinds.every((kind) => value[kind] === undefined || isCount(value[kind]));
const isDatabase = (value: unknown): boolean =>
  isRecord(value) && (value.kind === 'sqlite' || value.kind === 'postgres') && isText(value.name);

/** Fields that only some entries have, or not from the beginning. */
const optional: Readonly<Record<string, (value: unknown) => boolean>> = {
  keptMs: isCount,
  bytes: isCount,
  counts: isCounts,
  undoable: (value) => typeof value === 'boolean',
  whyNot: isText,
  was: isText,
  irreversible: isTexts,
  database: isDatabase,
  fingerprints: (value) => isRecord(value) && isText(value.before) && isText(value.after),
  // Of a directory: which one it was.
  device: isText,
  inode: isText,
  // Whose run it is, as `native/owner.ts` marks it.
  owner: (value) => isText(value) && /^\d+-\d+-\w+/.test(value),
};

/** @param raw what the file holds, as JSON */
export function readEntry(id: string, raw: unknown): { readonly told: HistoryEntry } | { readonly problem: string } {
  if (!isRecord(raw)) return { problem: 'its entry.json is no object' };
  const { format, startedMs, directory, command } = raw;
  if (format !== formats.directory && format !== formats.database)
    return {
      problem: `its entry.json is of format ${JSON.stringify(format)?.slice(0, 40)}, which this Winnow does not know`,
    };
  const state = entryStates.find((one) => one === raw.state);
  if (state === undefined || !isCount(startedMs) || !isText(directory))
    return { problem: 'its entry.json lacks its state, its time or its directory' };
  const wrong = isText(command) ? wrongField(raw, format) : 'command';
  if (wrong !== null)
    return { problem: `the "${wrong}" of its entry.json is of another type than it was written with` };
  const counts = isRecord(raw.counts) ? raw.counts : noCounts;
  return {
    told: {
      id,
      state,
      kind: raw.kind === 'session' ? 'session' : 'run',
      command: String(command),
      directory,
      database: keptDatabase(raw.database),
      startedMs,
      keptMs: isCount(raw.keptMs) ? raw.keptMs : null,
      counts: Object.fromEntries(changeKinds.map((kind) => [kind, counts[kind] ?? 0])) as HistoryEntry['counts'],
      undoable: raw.undoable === true,
      whyNot: isText(raw.whyNot) ? raw.whyNot : null,
      irreversible: isTexts(raw.irreversible) ? raw.irreversible : [],
      bytes: isCount(raw.bytes) ? raw.bytes : 0,
    },
  };
}

function wrongField(raw: Facts, format: number): string | null {
  const isFile = isRecord(raw.database) && raw.database.kind === 'sqlite';
  const needed =
    format === formats.database
      ? ['owner', 'database', ...(isFile ? ['fingerprints'] : [])]
      : ['owner', 'device', 'inode'];
  const isWrong = ([name, isRight]: [string, (value: unknown) => boolean]): boolean =>
    raw[name] === undefined || raw[name] === null ? needed.includes(name) : !isRight(raw[name]);
  return Object.entries(optional).find(isWrong)?.[0] ?? null;
}
