/**
 * Takes files one after the other and packs their links, where they still have the content that the index knows. The
 * same code runs in the main thread for a few files and in workers for many.
 */
import { join } from 'node:path';
import { noLinks, type Parser } from '../../code/mod.ts';
import { encodeLinks } from '../store/links-codec.ts';
import { contentHash, readStable } from '../worktree/read.ts';
import type { Gatherer } from './serve.ts';
import type { FileTask } from './tasks.ts';

export interface LinkResult {
  readonly version: number;
  /** Packed by `encodeLinks`; `null` when the file has other content now. */
  readonly packed: Uint8Array | null;
}

export interface LinkDigest {
  readonly results: readonly LinkResult[];
}

export class LinkGatherer implements Gatherer<LinkDigest> {
  readonly #root: string;
  readonly #parser: Parser;
  #results: LinkResult[] = [];
  heldBytes = 0;

  /** @param root absolute path that task paths are relative to */
  constructor(root: string, parser: Parser) {
    this.#root = root;
    this.#parser = parser;
  }

  /** @param task its one known version is the one whose links are wanted */
  async add({ path, version, known }: FileTask): Promise<void> {
    const read = readStable(join(this.#root, path));
    const wanted = known[0]?.hash;
    const same = read.kind === 'read' && wanted !== undefined && Buffer.compare(wanted, contentHash(read.bytes)) === 0;
    if (!same) {
      this.#results.push({ version, packed: null });
      return;
    }
    const result = await this.#parser.link(path, read.bytes);
    const packed = encodeLinks(result.kind === 'facts' ? result.links : noLinks);
    this.heldBytes += packed.length;
    this.#results.push({ version, packed });
  }

  take(): { digest: LinkDigest; transfer: ArrayBuffer[] } {
    const results = this.#results;
    this.#results = [];
    this.heldBytes = 0;
    const transfer = results.flatMap(({ packed }) => (packed === null ? [] : [packed.buffer as ArrayBuffer]));
    return { digest: { results }, transfer };
  }
}
