/**
 * Directories that are made once and then only read: a compiler's own store of compiled libraries.
 *
 * Made inside the sandbox from nothing but the tool's own files, its recipe's words and a fixed environment, so no
 * job can have had a hand in it: neither the one that happens to be first nor what it was granted. Mounted
 * read-only when jobs are compiled. A directory appears by one rename and is then whole; its name holds the
 * identity of the tool, so a new version makes a new one.
 */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import type { Limits } from '../types.ts';
import { artefactKey } from './artefacts.ts';
import type { Preparation } from './recipe.ts';
import type { Execution, Sandbox } from './sandbox.ts';
import { closedDirectory } from './toolchainsfind.ts';

/** Go's whole standard library: 30 s and 170 MB on two cores; the rest is room for slower machines. */
const limits: Limits = {
  wallMs: 600_000,
  cpuMs: 1_200_000,
  fuel: null,
  memoryBytes: 4 * 2 ** 30,
  outputBytes: 2 ** 20,
  keepBytes: 2 ** 14,
  processes: 512,
  fileBytes: 2 ** 30,
};

/** The system's place for caches, which only root can write and everyone can enter: https://refspecs.linuxfoundation.org/FHS_3.0/ §5.5. */
const rootsPlace = '/var/cache/winnow';

export class PreparedDirectories {
  readonly #sandbox: Sandbox;
  readonly #root: string | null;
  #temporary: string | null = null;
  readonly #making = new Map<string, Promise<string>>();

  /**
   * @param root where they are kept; null: in a temporary directory, until `close`. A place that sandboxed programs could not
   *   enter, as root's own home, is replaced by `rootsPlace`.
   */
  constructor(sandbox: Sandbox, root: string | null) {
    this.#sandbox = sandbox;
    this.#root = root !== null && closedDirectory(root) !== null ? rootsPlace : root;
  }

  /**
   * The directory on disk, made first if need be. Those that wait for the same one wait together.
   *
   * @param base how the tool runs for no job in particular: one environment, and its own files to read
   * @throws WinnowError `sandbox-failed`
   */
  at(
    preparation: Preparation,
    identity: string,
    base: Pick<Execution, 'env' | 'read' | 'reservesMemory'>,
  ): Promise<string> {
    const key = artefactKey([identity, preparation.name, JSON.stringify([preparation.argv, preparation.env])]);
    const directory = join(this.#root ?? this.#ownRoot(), `${preparation.name}-${key.slice(0, 16)}`);
    if (statSync(directory, { throwIfNoEntry: false }) !== undefined) return Promise.resolve(directory);
    const known = this.#making.get(directory);
    if (known !== undefined) return known;
    const making = this.#make(preparation, directory, base).finally(() => this.#making.delete(directory));
    this.#making.set(directory, making);
    return making;
  }

  close(): void {
    if (this.#temporary !== null) rmSync(this.#temporary, { recursive: true, force: true });
    this.#temporary = null;
  }

  #ownRoot(): string {
    if (this.#temporary === null) {
      this.#temporary = mkdtempSync(join(tmpdir(), 'winnow-prepared-'));
      chmodSync(this.#temporary, 0o755);
    }
    return this.#temporary;
  }

  async #make(
    preparation: Preparation,
    directory: string,
    base: Pick<Execution, 'env' | 'read' | 'reservesMemory'>,
  ): Promise<string> {
    const result = await this.#sandbox.execute({
      ...base,
      argv: preparation.argv,
      env: { ...base.env, ...preparation.env },
      warm: null,
      files: [],
      stdin: new Uint8Array(0),
      limits,
      network: false,
      collect: 'all',
    });
    if (result.ending.kind !== 'exited' || result.ending.code !== 0) {
      const said = new TextDecoder().decode(result.stderr.head).trim().slice(0, 500);
      throw new WinnowError('sandbox-failed', `${preparation.argv.join(' ')} ended as ${result.ending.kind}: ${said}`);
    }
    mkdirSync(dirname(directory), { recursive: true });
    const part = mkdtempSync(`${directory}.part-`);
    try {
      for (const name of preparation.directories) mkdirSync(join(part, name));
      for (const file of result.files)
        if ('bytes' in file && file.path.startsWith(`${preparation.keep}/`)) {
          const target = join(part, file.path.slice(preparation.keep.length + 1));
          mkdirSync(dirname(target), { recursive: true });
          writeFileSync(target, file.bytes);
        }
      makeReadable(part);
      renameSync(part, directory);
    } catch (error) {
      rmSync(part, { recursive: true, force: true });
      // Another process was first, which is as good.
      if (statSync(directory, { throwIfNoEntry: false }) === undefined) throw error;
    }
    return directory;
  }
}

/** Whatever this process's umask is: a sandboxed program runs as another user. */
function makeReadable(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true }))
    if (entry.isDirectory()) makeReadable(join(directory, entry.name));
    else chmodSync(join(directory, entry.name), 0o644);
}
