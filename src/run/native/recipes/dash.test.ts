/** An entry whose name begins with a dash is a file for every tool, never an option. */
import { delimiter } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { keptCache } from '../../../../test/keptcache.ts';
import { checkJob } from '../../checkjob.ts';
import { knownInput, knownOutput, runLanguage } from '../../languages.ts';
import { openNativeBackend } from '../backend.ts';

const path = (process.env.PATH ?? '').split(delimiter).filter((one) => one.startsWith('/'));
const backend = openNativeBackend({ cacheDir: keptCache, path });
const availability = await backend.availability();
const runtimes = availability.state === 'ready' ? await backend.runtimes() : [];
const reason = availability.state === 'ready' ? '' : availability.reason;
afterAll(() => backend.close());

describe.skipIf(reason !== '').concurrent(`an entry with a dash (skipped: ${reason || 'never'})`, () => {
  for (const { language, state, reason: why } of runtimes)
    test.skipIf(state === 'missing')(
      `${language}${state === 'missing' ? ` (skipped: ${why})` : ''}`,
      { timeout: 240_000 },
      async () => {
        const { known, defaultEntry } = runLanguage(language);
        const entry = `-e${defaultEntry}`;
        const files = [{ path: entry, bytes: Buffer.from(known) }];
        const outcome = await backend.run(checkJob({ language, entry, files, stdin: Buffer.from(knownInput) }));
        const said =
          Buffer.from(outcome.stderr.head).toString() + Buffer.from(outcome.compile?.stderr.head ?? []).toString();
        expect([outcome.ending, said]).toEqual([{ kind: 'exited', code: 0 }, '']);
        expect(Buffer.from(outcome.stdout.head).toString()).toBe(knownOutput);
      },
    );
});
