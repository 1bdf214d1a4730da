/** Opens an environment on a file of tasks: what faces and benchmarks call. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { type JobFile, openSessions, type RunSettings, type Sessions } from '../../run/mod.ts';
import { bashPlace } from './bash.ts';
import { openDatabases } from './databases.ts';
import { Environment } from './environment.ts';
import type { Place } from './place.ts';
import { pythonPlace } from './python.ts';
import { sqlPlace } from './sql.ts';
import { readTasks } from './tasks.ts';
import type { EnvironmentKind, EnvironmentLimits, EnvironmentTask } from './types.ts';

export interface EnvironmentRequest {
  readonly kind: EnvironmentKind;
  /** The file of tasks. */
  readonly data: string;
  /** SQL: a directory of databases or a dump of MySQL; null: made of the tasks. */
  readonly databases: string | null;
  /** Bash: a directory that every task begins with; null: a small tree for each. */
  readonly tree: string | null;
  readonly backend: 'auto' | 'native' | 'embedded';
  readonly limits?: Partial<EnvironmentLimits>;
}

export interface OpenEnvironment {
  readonly environment: Environment;
  readonly tasks: readonly EnvironmentTask[];
  /** What the tasks are played on is ours and not what they were written for: rewards cannot be held against published ones. */
  readonly isMade: boolean;
  /** Why a task cannot be played; null: it can. */
  lacks(task: EnvironmentTask): Promise<string | null>;
  close(): Promise<void>;
}

/** @throws WinnowError `path-not-found`, `bad-data` */
export function openEnvironment(request: EnvironmentRequest, settings: RunSettings): OpenEnvironment {
  const tasks = readTasks(request.data, request.kind);
  const sessions = openSessions(settings);
  const place = placeOf(request, tasks, sessions);
  const { backend, limits = {} } = request;
  const environment = new Environment({ place, tasks, sessions, backend, limits });
  return {
    environment,
    tasks,
    isMade:
      (request.kind === 'sql' && request.databases === null) || (request.kind === 'bash' && request.tree === null),
    lacks: (task) => place.lacks(task),
    close: async () => {
      await environment.close();
      await sessions.close();
    },
  };
}

function placeOf(
  { kind, databases, tree, backend }: EnvironmentRequest,
  tasks: readonly EnvironmentTask[],
  sessions: Sessions,
): Place {
  switch (kind) {
    case 'bash':
      return bashPlace(tree === null ? null : treeOf(tree));
    case 'sql':
      return sqlPlace(openDatabases(databases, tasks, sessions, backend));
    case 'python':
      return pythonPlace();
  }
}

/** A tree is held in memory, since every episode begins with it. */
const treeBytes = 64 * 2 ** 20;
const treeFiles = 10_000;

function treeOf(directory: string): readonly JobFile[] {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new WinnowError('path-not-found', `There is no directory ${directory}.`, { details: { path: directory } });
  const files: JobFile[] = [];
  let bytes = 0;
  for (const path of readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort()) {
    const stat = statSync(join(directory, path), { throwIfNoEntry: false });
    if (stat?.isFile() !== true) continue;
    bytes += stat.size;
    if (bytes > treeBytes || files.length >= treeFiles)
      throw new WinnowError(
        'bad-data',
        `${directory} has more than ${treeFiles} files or ${treeBytes} bytes; a tree of tasks is smaller.`,
      );
    files.push({ path, bytes: readFileSync(join(directory, path)), mode: stat.mode & 0o777 });
  }
  return files;
}
