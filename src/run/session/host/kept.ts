/** Sessions that are over, as a command sees them without a host: ended ones, and those lost with a host that was killed. */
import { join } from 'node:path';
import { WinnowError } from '../../../base/mod.ts';
import { openHostPlace } from './place.ts';
import {
  type KeptSession,
  keptSession,
  keptSessionsIn,
  markEnd,
  type TranscriptRow,
  transcriptRows,
} from './transcript.ts';

/**
 * Read this before asking the host who lives: a session that is made meanwhile is then not taken for a lost one.
 *
 * @returns oldest first; those that live as well, as lost
 */
export const keptSessions = (home: string): KeptSession[] => keptSessionsIn(openHostPlace(home).keptDirectory);

/** Without those that live, and with the end of those that ended since they were read. */
export function overSessions(home: string, kept: readonly KeptSession[], living: ReadonlySet<string>): KeptSession[] {
  const { keptDirectory } = openHostPlace(home);
  return kept
    .filter(({ description }) => !living.has(description.id))
    .flatMap((one) => (one.end === 'lost' ? (keptSession(keptDirectory, one.description.id) ?? []) : one));
}

/** What was written down of a session, alive or not; of several with a name the newest. */
export function keptSessionNamed(home: string, idOrName: string): KeptSession | null {
  const all = keptSessions(home);
  return (
    all.find(({ description }) => description.id === idOrName) ??
    all.findLast(({ description }) => description.name === idOrName) ??
    null
  );
}

export const keptRows = (home: string, id: string): TranscriptRow[] =>
  transcriptRows(openHostPlace(home).keptDirectory, id);

/** @param over as `overSessions` tells @returns the ids of those that were lost, which are listed no more */
export function forgetLost(home: string, over: readonly KeptSession[]): string[] {
  const { keptDirectory } = openHostPlace(home);
  const lost = over.filter(({ end }) => end === 'lost').map(({ description }) => description.id);
  for (const id of lost) markEnd(join(keptDirectory, id), 'harness');
  return lost;
}

const whys = {
  ended: 'it was ended',
  idle: 'nobody used it for its idle time',
  total: 'its total time was over',
  harness: 'its sandbox failed',
  lost: 'the process that held it was killed',
} as const;

/** What to say of a session that does not live: that it is over and why, or that nobody knows it. */
export function noSession(keptDirectory: string, idOrName: string): WinnowError {
  const all = keptSessionsIn(keptDirectory);
  const one =
    all.find(({ description }) => description.id === idOrName) ??
    all.findLast(({ description }) => description.name === idOrName);
  if (one === undefined)
    return new WinnowError(
      'unknown-session',
      `No session has the id or name ${JSON.stringify(idOrName)}. \`winnow session list\` names those there are, \`winnow session new\` makes one.`,
      { details: { session: idOrName } },
    );
  return new WinnowError(
    'session-over',
    `The session ${idOrName} is over: ${whys[one.end]}. \`winnow session show ${idOrName}\` tells what its cells did; \`winnow session new\` makes another.`,
    { details: { session: one.description.id, why: one.end } },
  );
}

/** The same where no host runs. */
export const noSessionAtHome = (home: string, idOrName: string): WinnowError =>
  noSession(openHostPlace(home).keptDirectory, idOrName);
