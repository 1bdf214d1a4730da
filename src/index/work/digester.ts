/**
 * Takes files one after the other: reads, hashes, parses, packs, and gathers postings
 * until asked for all of it. The same code runs in the main thread for small
 * refreshes and in workers for large ones.
 */
import { join } from 'node:path';
import type { FileFacts, Parser } from '../../code/mod.ts';
import { encodeFacts } from '../store/facts-codec.ts';
import type { FileChange, NewVersion } from '../store/writer.ts';
import { createSegmentBuilder, type SegmentBuilder } from '../text/mod.ts';
import type { LeftOut } from '../types.ts';
import { contentHash, readStable } from '../worktree/read.ts';
import type { Stamp } from '../worktree/scan.ts';
import type { Digest, FileTask, TaskResult } from './tasks.ts';

const noStamp: Stamp = { bytes: 0, mtimeMs: 0, ctimeMs: 0, inode: 0 };

export class Digester {
  readonly #root: string;
  readonly #parser: Parser;
  #results: TaskResult[] = [];
  #builder: SegmentBuilder = createSegmentBuilder();
  #sourceBytes = 0;
  #factsBytes = 0;

  /** @param root absolute path that task paths are relative to */
  constructor(root: string, parser: Parser) {
    this.#root = root;
    this.#parser = parser;
  }

  /** Memory that the gathered results hold, in bytes, roughly. */
  get heldBytes(): number {
    return this.#builder.estimatedBytes + this.#factsBytes;
  }

  /** Bytes parsed since the last `take`. */
  get sourceBytes(): number {
    return this.#sourceBytes;
  }

  /** @throws what the grammar files' loading throws */
  async add(task: FileTask): Promise<void> {
    const read = readStable(join(this.#root, task.path));
    if (read.kind === 'gone') {
      this.#results.push({ kind: 'gone', path: task.path });
      return;
    }
    if (read.kind === 'left-out') {
      const stamp = read.stamp ?? noStamp;
      const change = { path: task.path, version: null, leftOut: read.reason, racy: false, ...stamp };
      this.#results.push({ kind: 'found', change, version: null });
      return;
    }
    const hash = contentHash(read.bytes);
    const known = task.known.find((one) => Buffer.compare(one.hash, hash) === 0);
    const version = known === undefined ? await this.#parse(task, read.bytes, hash) : null;
    const change: FileChange = {
      path: task.path,
      version: known?.id ?? task.version,
      leftOut: null,
      racy: read.racy,
      ...read.stamp,
    };
    this.#results.push({ kind: 'found', change, version });
  }

  async #parse(task: FileTask, bytes: Uint8Array, hash: Uint8Array): Promise<NewVersion> {
    const parsed = await this.#parser.parse(task.path, bytes);
    this.#sourceBytes += bytes.length;
    if (parsed.kind === 'skipped') return versionWithoutFacts(task, bytes.length, hash, parsed.reason);
    const { facts } = parsed;
    if (facts.chunks.length > 0) {
      this.#builder.add({ version: task.version, path: task.path, source: bytes, facts });
    }
    return this.#versionOf(task, bytes.length, hash, facts);
  }

  #versionOf(task: FileTask, bytes: number, hash: Uint8Array, facts: FileFacts): NewVersion {
    const packed = encodeFacts(facts);
    this.#factsBytes += packed.length;
    const { language, lines } = facts;
    const chunks = facts.chunks.length;
    return { id: task.version, path: task.path, hash, language, bytes, lines, chunks, leftOut: null, facts: packed };
  }

  /** What was gathered since the last time. */
  take(): Digest {
    const docs = this.#builder.docCount;
    const segment = docs === 0 ? null : { docs, bytes: this.#builder.finish() };
    const digest = { results: this.#results, segment, sourceBytes: this.#sourceBytes };
    this.#results = [];
    this.#builder = createSegmentBuilder();
    this.#sourceBytes = 0;
    this.#factsBytes = 0;
    return digest;
  }
}

/** A version that is not searched: what it holds was looked at and left out, for `reason`, until it changes. */
export function versionWithoutFacts(task: FileTask, bytes: number, hash: Uint8Array, reason: LeftOut): NewVersion {
  const { path, version: id } = task;
  return { id, path, hash, language: '', bytes, lines: 0, chunks: 0, leftOut: reason, facts: null };
}
