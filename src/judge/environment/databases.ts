/**
 * The databases that tasks of SQL are played on: files of SQLite, a dump of MySQL, or made of what the tasks name.
 *
 * Scripts run in a session of their own, in the sandbox, once for each database.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { partBytes, type Session, type Sessions } from '../../run/mod.ts';
import { madeDatabase } from './madedatabase.ts';
import { readMysqlDump } from './mysqldump.ts';
import type { EnvironmentTask } from './types.ts';

export interface Databases {
  /** Where they come from. `made`: contents are ours, and rewards say nothing about published figures. */
  readonly source: 'files' | 'dump' | 'made';
  /** Null: there is none of this name. @throws WinnowError `bad-data` when one cannot be built */
  bytesOf(task: EnvironmentTask): Promise<Uint8Array | null>;
}

/** A dump is read whole. */
const dumpBytes = 256 * 2 ** 20;

/**
 * @param place a directory with `NAME.sqlite` or `NAME/NAME.sqlite`, or a dump; null: made of the tasks
 * @throws WinnowError `path-not-found`, `bad-data`
 */
export function openDatabases(
  place: string | null,
  tasks: readonly EnvironmentTask[],
  sessions: Sessions,
  backend: 'auto' | 'native' | 'embedded',
): Databases {
  const stat = place === null ? null : statSync(place, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new WinnowError('path-not-found', `There is no ${place}.`, { details: { path: place } });
  const built = new Map<string, Promise<Uint8Array | null>>();
  const by = (source: Databases['source'], make: (name: string) => Promise<Uint8Array | null>): Databases => ({
    source,
    bytesOf: ({ database }) => {
      if (database === null) return Promise.resolve(null);
      const found = built.get(database) ?? make(database);
      built.set(database, found);
      return found;
    },
  });
  const build = async (script: string | undefined, name: string): Promise<Uint8Array | null> =>
    script === undefined ? null : buildIn(await sessions.open({ language: 'sql', backend }), script, name);
  if (place === null || stat === null)
    return by('made', (name) => {
      const own = tasks.filter(({ database }) => database === name);
      return build(own.some(({ tables }) => tables !== null) ? madeDatabase(own) : undefined, name);
    });
  if (stat.isDirectory())
    return by('files', async (name) => {
      if (!/^[\w.-]+$/.test(name) || name.startsWith('.')) return null;
      const file = [`${name}.sqlite`, join(name, `${name}.sqlite`)]
        .map((one) => join(place, one))
        .find((one) => existsSync(one));
      return file === undefined ? null : readFileSync(file);
    });
  if (stat.size > dumpBytes) throw new WinnowError('bad-data', `${place} is larger than ${dumpBytes} bytes.`);
  const scripts = readMysqlDump(readFileSync(place, 'utf8'));
  if (scripts.size === 0)
    throw new WinnowError('bad-data', `Expected a dump of MySQL with USE statements; ${place} has none.`);
  return by('dump', (name) => build(scripts.get(name), name));
}

async function buildIn(session: Session, script: string, name: string): Promise<Uint8Array> {
  try {
    const { ending } = await session.run(script);
    if (ending.kind !== 'done') {
      const why = ending.kind === 'failed' ? `${ending.error.message} (line ${ending.error.line})` : ending.kind;
      throw new WinnowError('bad-data', `The database ${name} cannot be built: ${why}.`);
    }
    const parts: Uint8Array[] = [];
    for (let at = 0; ; ) {
      const part = await session.readPart('main.sqlite', at, partBytes);
      if (part.length === 0) return Buffer.concat(parts);
      parts.push(part);
      at += part.length;
    }
  } finally {
    await session.end();
  }
}
