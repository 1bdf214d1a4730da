/**
 * What differs between a content of an SQLite file that is held and the file as it is now, by table; asked in a sandbox, since either may be a stranger's.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunSettings } from '../../types.ts';
import { openSessions } from '../open.ts';
import type { DatabaseChange } from '../types.ts';

/** @throws WinnowError as `Sessions.open` does, `path-not-found`, `bad-data`, `database-busy` */
export async function changedSince(
  held: string,
  file: string,
  settings: RunSettings,
): Promise<readonly DatabaseChange[]> {
  // Every command loads this file by way of `mod.ts`.
  const [{ copyOut, databaseFile }, { putIn }] = await Promise.all([
    import('../../database/lockedfile.ts'),
    import('./sqlitehold.ts'),
  ]);
  const place = await mkdtemp(join(settings.cacheDir ?? tmpdir(), 'winnow-changed-'));
  const sessions = openSessions(settings);
  try {
    const now = join(place, 'now.sqlite');
    await copyOut(await databaseFile(file), now);
    const session = await sessions.open({
      language: 'sql',
      backend: 'auto',
      database: { kind: 'sqlite', file: held },
    });
    await putIn(now, session);
    return (await session.database?.changes()) ?? [];
  } finally {
    await sessions.close();
    await rm(place, { recursive: true, force: true });
  }
}
