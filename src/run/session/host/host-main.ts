/**
 * The process that holds the sessions of one home between commands. Started by a client (`client.ts`), detached, without environment.
 *
 * It first becomes the host, or ends because another one is, and loads what holds sessions only then: of ten that are started at once nine end within
 * some ms. It ends when it has held nothing for a minute, or is told to by SIGTERM; then sessions end as they should. Killed outright,
 * it leaves transcripts, and sandboxes that end with it.
 */
import module from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isRecord } from '../../untrusted.ts';
import type { HostPlan } from './client.ts';
import { becomeHost } from './hostlock.ts';
import { makeSocketDirectory, openHostPlace, removeSocketDirectory } from './place.ts';
import { protocolNumber } from './protocol.ts';
import { winnowVersion } from './version.ts';

/** Long enough for the next command of a script, short enough to be gone when nobody thinks of it. */
const lingerMs = 60_000;

const plan: unknown = JSON.parse(process.argv[2] ?? 'null');
if (!isRecord(plan) || typeof plan.home !== 'string')
  throw new Error('the host of sessions was started without a plan');
const { home, run, undo } = plan as unknown as HostPlan;

process.umask(0o077);
const place = openHostPlace(home);
makeSocketDirectory(place);
const record = becomeHost(place.directory, {
  version: winnowVersion(),
  protocol: protocolNumber,
  socketOf: (number) => join(place.socketDirectory, `host-${number}.sock`),
});
if (record !== null) {
  // As the launcher does, with the same directory.
  module.enableCompileCache(fileURLToPath(new URL('../../../../node_modules/.cache/winnow', import.meta.url)));
  const [{ Host }, { openSessions }, { UndoStore }] = await Promise.all([
    import('./server.ts'),
    import('../open.ts'),
    import('../../overlay/store.ts'),
  ]);
  const store = new UndoStore({ ...undo, path: run.path });
  const sessions = openSessions(run, store);
  const host = new Host({ place, socket: record.socket, sessions, undo: store, lingerMs });
  // A terminal that closes is not this process's.
  process.on('SIGHUP', () => {});
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => void host.close());
  await host.listen();
  await host.closed;
  removeSocketDirectory(place);
}
// A handle that a library still holds must not keep it.
process.exit(0);
