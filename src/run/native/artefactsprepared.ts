/**
 * Directories that are made once and then only read: a compiler's own store of compiled libraries.
 *
 * Made inside the sandbox from nothing but the tool's own files, its recipe's words and a fixed environment, so no
 * job can have had a hand in it: neither the one that happens to be first nor what it was granted. Mounted
 * read-only when jobs are compiled. A directory appears by one rename and is then whole; its name holds the
 * identity of the tool, so a new version makes a new one. What a killed process left half made, the next one removes.
 */
import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import type { Limits } from '../types.ts';
import { artefactKey } from './artefacts.ts';
import { leftIn, ownMark } from './owner.ts';
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

const temporaryName = 'winnow-prepared-';

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
    sweep(this.#root, /\.part-/);
    sweep(tmpdir(), new RegExp(`^${temporaryName}`));
  }

  /**
   * The directory on disk, made first if need be, where it may be kept or, failing that, for this process. Those that wait for the same one
   * wait together.
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
    const name = `${preparation.name}-${key.slice(0, 16)}`;
    const directory = [this.#root, this.#temporary]
      .flatMap((root) => (root === null ? [] : [join(root, name)]))
      .find((one) => statSync(one, { throwIfNoEntry: false }) !== undefined);
    if (directory !== undefined) return Promise.resolve(directory);
    return this.#makeOnce(preparation, join(this.#writableRoot(), name), base);
  }

  #makeOnce(
    preparation: Preparation,
    directory: string,
    base: Pick<Execution, 'env' | 'read' | 'reservesMemory'>,
  ): Promise<string> {
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

  /** @throws WinnowError `sandbox-failed` */
  #writableRoot(): string {
    try {
      if (this.#root !== null) {
        mkdirSync(this.#root, { recursive: true });
        accessSync(this.#root, constants.W_OK);
        return this.#root;
      }
    } catch {
      // A home that cannot be written, as containers have them: made for this process only.
    }
    try {
      if (this.#temporary === null) {
        this.#temporary = mkdtempSync(join(tmpdir(), `${temporaryName}${ownMark()}`));
        chmodSync(this.#temporary, 0o755);
      }
      return this.#temporary;
    } catch (cause) {
      throw notKept(tmpdir(), cause);
    }
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
    let part: string | null = null;
    try {
      part = mkdtempSync(`${directory}.part-${ownMark()}`);
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
      if (part !== null) rmSync(part, { recursive: true, force: true });
      // Another process was first, which is as good.
      if (statSync(directory, { throwIfNoEntry: false }) === undefined) throw notKept(dirname(directory), error);
    }
    return directory;
  }
}

/** Removes what killed processes left; what cannot be removed costs room only. */
function sweep(directory: string | null, before: RegExp): void {
  try {
    for (const left of directory === null ? [] : leftIn(directory, before))
      rmSync(left, { recursive: true, force: true });
  } catch {}
}

const notKept = (place: string, cause: unknown): WinnowError =>
  new WinnowError(
    'sandbox-failed',
    `What a compiler needs for all programs could not be kept below ${place}: ${cause instanceof Error ? cause.message : cause}. Make room there, or set WINNOW_HOME to a directory that can be written.`,
    { cause },
  );

/** Whatever this process's umask is: a sandboxed program runs as another user. */
function makeReadable(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true }))
    if (entry.isDirectory()) makeReadable(join(directory, entry.name));
    else chmodSync(join(directory, entry.name), 0o644);
}
