/**
 * At most one process writes an index.
 *
 * The lock is an exclusive transaction on a tiny SQLite file of its own, because
 * its lock is the operating system's: it ends with the process, however that ends,
 * so there is no stale lock to detect or break. Readers never take it.
 */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { storeFailure } from './failures.ts';

export interface StoreLock {
  release(): void;
}

const pollMs = 20;

/**
 * @param waitMs how long to wait for another writer, ≥ 0
 * @returns `null` when another writer held the lock all the time
 * @throws WinnowError `store-unwritable`, `disk-full`; the signal's reason when it aborts
 */
export async function takeLock(storeDir: string, waitMs: number, signal?: AbortSignal): Promise<StoreLock | null> {
  const until = performance.now() + waitMs;
  for (;;) {
    const lock = tryLock(storeDir);
    if (lock !== null || performance.now() >= until) return lock;
    await sleep(Math.min(pollMs, Math.max(1, until - performance.now())), undefined, signal ? { signal } : {});
  }
}

export function tryLock(storeDir: string): StoreLock | null {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path.join(storeDir, 'lock.sqlite'), { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database?.close();
    if (((cause as { errcode?: number }).errcode ?? 0) % 256 === 5) return null;
    throw storeFailure(cause, storeDir);
  }
  return { release: () => database.close() };
}
