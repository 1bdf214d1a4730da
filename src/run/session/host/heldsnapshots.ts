/** Snapshots as the host holds them: taken of a session, found by id or name, dropped by word or by age. */
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { WinnowError } from '../../../base/mod.ts';
import type { Snapshot } from '../types.ts';
import { type Held, newId } from './held.ts';
import type { LivingSnapshot } from './protocol.ts';
import { type SessionDescription, snapshotRows } from './transcript.ts';

/** A snapshot that nobody opened or dropped, ms: as long as a session may last that does not say. */
const snapshotMs = 8 * 3_600_000;

export interface HeldSnapshot extends LivingSnapshot {
  readonly snapshot: Snapshot;
  readonly description: SessionDescription;
  /** Rows of the session it was taken of, as they were then. */
  readonly rows: string;
}

export class HeldSnapshots {
  readonly #keptDirectory: string;
  readonly #onDropped: (name: string) => void;
  readonly #all = new Map<string, HeldSnapshot>();

  /** @param onDropped told the name of one that is gone, which is free again */
  constructor(keptDirectory: string, onDropped: (name: string) => void) {
    this.#keptDirectory = keptDirectory;
    this.#onDropped = onDropped;
  }

  get size(): number {
    return this.#all.size;
  }

  list(): LivingSnapshot[] {
    return [...this.#all.values()].map(({ snapshot: _, description: __, rows: ___, ...living }) => living);
  }

  named(idOrName: string): HeldSnapshot | null {
    return this.#all.get(idOrName) ?? [...this.#all.values()].find(({ name }) => name === idOrName) ?? null;
  }

  /** @throws WinnowError `unknown-session` */
  one(idOrName: string): HeldSnapshot {
    const found = this.named(idOrName);
    if (found !== null) return found;
    throw new WinnowError(
      'unknown-session',
      `No snapshot has the id or name ${JSON.stringify(idOrName)}. \`winnow session list\` names those there are.`,
      { details: { snapshot: idOrName } },
    );
  }

  async take(held: Held, name: string | null): Promise<LivingSnapshot> {
    const snapshot = await held.session.snapshot();
    const { id: of, language } = held.description;
    const living: LivingSnapshot = {
      id: newId('p'),
      name,
      of,
      language,
      way: snapshot.way,
      sizeBytes: snapshot.sizeBytes,
      createdMs: Date.now(),
    };
    const rows = join(this.#keptDirectory, `${living.id}${snapshotRows}`);
    copyFileSync(held.transcript.path, rows);
    this.#all.set(living.id, { ...living, snapshot, description: held.description, rows });
    return living;
  }

  async drop(one: HeldSnapshot): Promise<void> {
    this.#all.delete(one.id);
    if (one.name !== null) this.#onDropped(one.name);
    rmSync(one.rows, { force: true });
    await one.snapshot.drop().catch(() => {});
  }

  async dropAll(): Promise<void> {
    for (const one of this.#all.values()) await this.drop(one);
  }

  /** Drops those whose time is over. */
  look(): void {
    const now = Date.now();
    for (const one of this.#all.values()) if (now - one.createdMs > snapshotMs) this.drop(one).catch(() => {});
  }
}
