/**
 * How a cell that runs is asked to stop: by a number in a file, which the host raises and the child looks at.
 *
 * A thread that runs WebAssembly hears neither events nor messages, and a second one would need rights that the process does not
 * have. A file without a name, open in both, needs none: reading it never waits. Each raise is one wish, given to the cell once.
 */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The child's end. Source: `child.ts`. */
const descriptor = 6;
const bytes = 4;
/** A look takes some 3 µs, the question whether it is time for one 0.1 µs. */
const lookMs = 5;

export interface StopFile {
  readonly descriptor: number;
  /** Wishes so far. */
  readonly wishes: number;
  raise(): void;
  /** May be called more than once. */
  close(): void;
}

export function makeStopFile(): StopFile {
  const path = join(tmpdir(), `winnow-stop-${randomUUID()}`);
  const file = fs.openSync(path, 'wx+', 0o600);
  fs.unlinkSync(path);
  const value = Buffer.alloc(bytes);
  fs.writeSync(file, value, 0, bytes, 0);
  let isOpen = true;
  return {
    descriptor: file,
    get wishes() {
      return value.readUInt32LE();
    },
    raise() {
      if (!isOpen) return;
      value.writeUInt32LE(value.readUInt32LE() + 1);
      fs.writeSync(file, value, 0, bytes, 0);
    },
    close() {
      if (isOpen) fs.closeSync(file);
      isOpen = false;
    },
  };
}

export interface StopLook {
  /** A cell begins. Wishes up to this number were for earlier ones. */
  begin(wishes: number): void;
  /** No cell is at it: what runs now is nobody's to stop. */
  end(): void;
  /** The child itself wishes that the cell stops. */
  wish(): void;
  /** True once for each wish. */
  taken(): boolean;
}

export function openStopLook(): StopLook {
  const value = Buffer.alloc(bytes);
  let seen = 0;
  let own = false;
  let isAt = false;
  let lookedMs = 0;
  return {
    begin(wishes) {
      seen = wishes;
      own = false;
      isAt = true;
    },
    end() {
      isAt = false;
    },
    wish() {
      own = true;
    },
    taken() {
      if (!isAt) return false;
      if (own) {
        own = false;
        return true;
      }
      const now = performance.now();
      if (now - lookedMs < lookMs) return false;
      lookedMs = now;
      fs.readSync(descriptor, value, 0, bytes, 0);
      const wishes = value.readUInt32LE();
      const isNew = wishes > seen;
      seen = Math.max(seen, wishes);
      return isNew;
    },
  };
}
