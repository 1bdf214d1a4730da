/** The suite, run for every language on every backend that has sessions of it here. */
import { delimiter } from 'node:path';
import { afterAll, describe, test } from 'vitest';
import { keptCache } from '../../../../test/keptcache.ts';
import { WinnowError } from '../../../base/mod.ts';
import { openSessions } from '../open.ts';
import type { Session, SessionLimits } from '../types.ts';
import { embeddedParts, type SessionParts, sessionParts } from './languages.ts';
import { checks, type Subject } from './suite.ts';

const settings = {
  cacheDir: keptCache,
  path: (process.env.PATH ?? '').split(delimiter).filter((path) => path.startsWith('/')),
};
/** The first session of an engine may have to wait for what others on the machine do. */
const patienceMs = 120_000;
const limits: Partial<SessionLimits> = {
  cellMs: 60_000,
  memoryBytes: 512 * 2 ** 20,
  fileBytes: 128 * 2 ** 20,
};
const sessions = openSessions(settings);
afterAll(() => sessions.close());

// Each language's checks in turn, the languages side by side: most of the time goes by in waiting for cells that do not return.
for (const backend of ['native', 'embedded'] as const) {
  const all = backend === 'native' ? sessionParts : embeddedParts;
  const subjects = await Promise.all(all.map((parts) => subjectOf(parts, backend)));
  describe.concurrent(backend, () => {
    for (const { parts, subject } of subjects)
      if (typeof subject === 'string') test.skip(`${parts.language}, skipped: ${subject}`, () => {});
    for (const { name, needs, hold } of checks)
      for (const { parts, subject } of subjects) {
        const title = `${parts.language}: ${name}`;
        const lacking = needs.find((need) => parts[need] === null);
        if (typeof subject === 'string') continue;
        if (lacking !== undefined) test.skip(`${title} (no such cell: ${lacking})`, () => {});
        else test(title, () => subject.inTurn(hold), patienceMs);
      }
  });
}

type Turn = Subject & { inTurn(hold: (subject: Subject) => Promise<void>): Promise<void> };

/** @returns why there are no sessions, where there are none */
async function subjectOf(
  parts: SessionParts,
  backend: 'native' | 'embedded',
): Promise<{ readonly parts: SessionParts; readonly subject: Turn | string }> {
  const open: Subject['open'] = (change = {}) =>
    sessions.open({ language: parts.language, backend, ...change, limits: { ...limits, ...change.limits } });
  const trial = await open().catch((error: unknown) => {
    if (!(error instanceof WinnowError)) throw error;
    return error.message;
  });
  if (typeof trial === 'string') return { parts, subject: trial };
  let shared: Session = trial;
  let last: Promise<void> = Promise.resolve();
  const subject: Subject = {
    parts,
    open,
    shared: async () => {
      if (shared.over !== null) shared = await open();
      return shared;
    },
  };
  const inTurn: Turn['inTurn'] = (hold) => {
    const turn = last.then(() => hold(subject));
    last = turn.catch(() => {});
    return turn;
  };
  return { parts, subject: { ...subject, inTurn } };
}
