/** The suite, run for every language on every backend that has sessions of it here. */
import { delimiter } from 'node:path';
import { afterAll, describe, test } from 'vitest';
import { keptCache } from '../../../../test/keptcache.ts';
import { WinnowError } from '../../../base/mod.ts';
import { openSessions } from '../open.ts';
import type { Session, SessionLimits } from '../types.ts';
import { type SessionParts, sessionParts } from './languages.ts';
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

for (const backend of ['native', 'embedded'] as const) {
  describe(backend, () => {
    for (const parts of sessionParts) describe(parts.language, () => hold(parts, backend));
  });
}

async function hold(parts: SessionParts, backend: 'native' | 'embedded'): Promise<void> {
  const open: Subject['open'] = (change = {}) =>
    sessions.open({ language: parts.language, backend, ...change, limits: { ...limits, ...change.limits } });
  const trial = await open().catch((error: unknown) => {
    if (!(error instanceof WinnowError)) throw error;
    return error.message;
  });
  if (typeof trial === 'string') {
    test.skip(`skipped: ${trial}`, () => {});
    return;
  }
  let shared: Session = trial;
  const subject: Subject = {
    parts,
    open,
    shared: async () => {
      if (shared.over !== null) shared = await open();
      return shared;
    },
  };
  for (const { name, needs, hold } of checks) {
    const lacking = needs.find((need) => parts[need] === null);
    if (lacking !== undefined) test.skip(`${name} (${parts.language} has no such cell: ${lacking})`, () => {});
    else test(name, () => hold(subject), patienceMs);
  }
}
