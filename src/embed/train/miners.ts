/**
 * Mines several repositories at once, each in a worker, and keeps what was mined.
 *
 * A shard is named by what it was made of, so that training that was interrupted, or is run again with another seed or vocabulary,
 * mines nothing twice.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { LoadFile } from '../../code/mod.ts';
import type { ToldChange } from './changed.ts';
import { type ExampleKind, shardFormat } from './shard.ts';

export interface MineOrder {
  readonly folder: string;
  /** Sentences after which no more files are read. */
  readonly most: number;
  readonly seed: number;
  readonly key: string;
  readonly out: string;
  readonly changes: readonly ToldChange[];
  readonly kinds: readonly ExampleKind[];
}

export interface MineReply {
  readonly examples: number;
  /** Examples with a sentence. */
  readonly telling: number;
  readonly files: number;
}

export type ToMiner =
  | { readonly kind: 'mine'; readonly order: MineOrder }
  | { readonly kind: 'loaded'; readonly file: string; readonly bytes: Uint8Array }
  | { readonly kind: 'unloadable'; readonly file: string; readonly error: unknown };
export type FromMiner =
  | { readonly kind: 'load'; readonly file: string }
  | { readonly kind: 'mined'; readonly reply: MineReply }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface ToMine {
  /** `owner/name`, or the folder's name. */
  readonly name: string;
  readonly folder: string;
  /** What stands there: a commit, or another mark of its content. */
  readonly version: string;
  /** The latest commits; asked for when the repository is mined. */
  readonly changes?: (() => readonly ToldChange[]) | undefined;
  /** Puts the files into the folder, and takes them away: only what is not mined yet need be there. */
  readonly open?: (() => void) | undefined;
  readonly close?: (() => void) | undefined;
}

export interface MineOptions {
  /** Folder of shards; made when missing. */
  readonly shards: string;
  readonly most: number;
  readonly seed: number;
  /** Who may ask. Reading history takes longer than all else, so what may not ask is not looked for. */
  readonly kinds: readonly ExampleKind[];
  readonly workers: number;
  readonly load: LoadFile;
  readonly signal?: AbortSignal | undefined;
  /** Called when a repository is done; `reply` is null for one that was mined before. */
  readonly onMined?: ((name: string, reply: MineReply | null) => void) | undefined;
}

/** @returns the shards' files, in the order of `repositories` */
export async function mineAll(repositories: readonly ToMine[], options: MineOptions): Promise<string[]> {
  const { shards, most, seed, onMined, signal } = options;
  // Definitions and comments are always there.
  const kinds = (['test', 'change', 'guide'] as const).filter((kind) => options.kinds.includes(kind));
  mkdirSync(shards, { recursive: true });
  const orders = repositories.map((repository) => {
    const { name, version } = repository;
    const key = createHash('sha256')
      .update(JSON.stringify([shardFormat, name, version, most, seed, kinds]))
      .digest('hex');
    const out = join(shards, `${name.replaceAll('/', '+')}-${key.slice(0, 12)}.shard`);
    return { ...repository, most, seed, kinds, key, out };
  });
  const left = orders.filter(({ out, name }) => {
    if (!existsSync(out)) return true;
    onMined?.(name, null);
    return false;
  });
  const work = async (): Promise<void> => {
    if (left.length === 0) return;
    const miner = startMiner(options.load);
    try {
      for (let order = left.shift(); order !== undefined; order = left.shift()) {
        signal?.throwIfAborted();
        order.open?.();
        const told = kinds.includes('change') ? (order.changes?.() ?? []) : [];
        const reply = await miner.mine({ ...order, changes: told });
        order.close?.();
        onMined?.(order.name, reply);
      }
    } finally {
      await miner.close();
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.workers, left.length) }, work));
  return orders.map(({ out }) => out);
}

interface Miner {
  mine(order: MineOrder): Promise<MineReply>;
  close(): Promise<void>;
}

function startMiner(load: LoadFile): Miner {
  const worker = new Worker(new URL('./mine-main.ts', import.meta.url), { execArgv: [] });
  let settle: { resolve(reply: MineReply): void; reject(error: unknown): void } | null = null;
  worker.on('message', (message: FromMiner) => {
    if (message.kind === 'mined') settle?.resolve(message.reply);
    else if (message.kind === 'failed') settle?.reject(message.error);
    else {
      const { file } = message;
      load(file).then(
        (bytes) => worker.postMessage({ kind: 'loaded', file, bytes } satisfies ToMiner),
        (error) => worker.postMessage({ kind: 'unloadable', file, error } satisfies ToMiner),
      );
    }
  });
  worker.on('error', (error) => settle?.reject(error));
  worker.on('exit', () => settle?.reject(new Error('A mining worker ended before its work did.')));
  return {
    mine: ({ folder, most, seed, key, out, changes, kinds }) =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
        worker.postMessage({ kind: 'mine', order: { folder, most, seed, key, out, changes, kinds } } satisfies ToMiner);
      }),
    close: async () => {
      settle = null;
      await worker.terminate();
    },
  };
}
