/**
 * Where a connection may look: the directories that the user named on the command line; else the roots that the client says it has open;
 * else where the server was started.
 *
 * Roots are held strictly: a folder of a repository that is a root is not the repository.
 */
import { realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WinnowError } from '../../base/mod.ts';
import { isWithin, type Roots } from '../served/within.ts';

export class Place implements Roots {
  readonly #named: readonly string[];
  readonly #started: string;
  readonly #gone: string | null;
  #ofClient: readonly string[] | null = null;

  /**
   * @param named on the command line, absolute
   * @param started where the server was started
   * @param gone the directory that is meant where none is named, and that is not there at the moment
   * @throws WinnowError `path-not-found`, `not-a-directory`
   */
  constructor(named: readonly string[], started: string, gone: string | null = null) {
    this.#gone = gone;
    this.#named = named.map(requireDirectory);
    this.#started = realpathSync(started);
  }

  /** Whether the client's roots would change anything. */
  get wantsRoots(): boolean {
    return this.#named.length === 0;
  }

  get knowsRoots(): boolean {
    return this.#ofClient !== null;
  }

  /** @param uris as the client says them; those that are no directory of this machine count as none */
  setClientRoots(uris: readonly string[]): void {
    this.#ofClient = [...new Set(uris.flatMap(directoryOf))];
  }

  readonly all = (): readonly string[] => {
    if (this.#named.length > 0) return this.#named;
    if (this.#ofClient !== null && this.#ofClient.length > 0) return this.#ofClient;
    return isEverything(this.#started) ? [] : [this.#started];
  };

  /** The directory that is meant where none is named. @throws WinnowError `path-refused` when there is none, `path-not-found` */
  get directory(): string {
    if (this.#gone !== null)
      throw new WinnowError('path-not-found', `There is nothing at ${this.#gone} any more, which this server serves.`, {
        details: { path: this.#gone },
      });
    const roots = this.all();
    if (this.#named.length === 0 && roots.some((root) => isWithin(this.#started, root))) return this.#started;
    const [first] = roots;
    if (first !== undefined) return first;
    throw new WinnowError(
      'path-refused',
      `No directory is served: the server was started in ${this.#started}, which holds everything, and the client named no roots. Name one: \`winnow mcp DIR\`.`,
    );
  }
}

/** Clients with a window start servers in `/` or in the home directory; nobody means to index that. */
function isEverything(directory: string): boolean {
  return dirname(directory) === directory || directory === realOrNull(homedir());
}

function requireDirectory(path: string): string {
  const real = realOrNull(path);
  if (real === null)
    throw new WinnowError('path-not-found', `There is nothing at ${path}. Name an existing directory.`);
  if (statSync(real).isDirectory()) return real;
  throw new WinnowError('not-a-directory', `Expected a directory; ${path} is none.`);
}

function directoryOf(uri: string): readonly string[] {
  try {
    const real = realpathSync(fileURLToPath(uri));
    return statSync(real).isDirectory() ? [real] : [];
  } catch {
    return []; // Not a file: address, or nothing of this machine.
  }
}

function realOrNull(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
