/**
 * How a cell that runs is asked to stop: by numbers in a file, which the host writes and the child looks at.
 *
 * A thread that runs WebAssembly hears neither events nor messages, and a second one would need rights that the process does not
 * have. A file without a name, open in both, needs none: reading it never waits. Each wish carries the number of its cell and is given to that
 * cell once; one that comes late is nobody's. So does the word that a cell is broken off, by a signal that knows no cell.
 */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The child's end. Source: `child.ts`. */
const descriptor = 6;
/** Wishes so far, the cell of the last, signals so far: three numbers of 32 bits. */
const [wishesAt, cellAt, signalsAt, bytes] = [0, 4, 8, 12];
/** A look takes some 3 µs, the question whether it is time for one 0.1 µs. */
const lookMs = 5;

export interface StopFile {
  readonly descriptor: number;
  /** Asks a cell to stop, by the number that it was sent with. */
  wish(cell: number): void;
  /** A signal is about to be sent. */
  announce(): void;
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
  const raise = (at: number): void => {
    value.writeUInt32LE(value.readUInt32LE(at) + 1, at);
    if (isOpen) fs.writeSync(file, value, 0, bytes, 0);
  };
  return {
    descriptor: file,
    wish(cell) {
      value.writeUInt32LE(cell, cellAt);
      raise(wishesAt);
    },
    announce() {
      raise(signalsAt);
    },
    close() {
      if (isOpen) fs.closeSync(file);
      isOpen = false;
    },
  };
}

export interface StopLook {
  /** A cell begins, of the number that the host knows it by. */
  begin(cell: number): void;
  /** No cell is at it: what runs now is nobody's to stop. */
  end(): void;
  /** The child itself wishes that the cell stops. */
  wish(): void;
  /** True once for each wish. */
  taken(): boolean;
  /** Signals that the host has sent so far, all of them for earlier cells when none runs. */
  signals(): number;
}

/** @param from the file, open; for tests another one than the child's */
export function openStopLook(from = descriptor): StopLook {
  const value = Buffer.alloc(bytes);
  let seen = 0;
  let own = false;
  let at: number | null = null;
  let lookedMs = 0;
  const look = (): void => {
    fs.readSync(from, value, 0, bytes, 0);
  };
  return {
    begin(cell) {
      own = false;
      at = cell;
    },
    end() {
      at = null;
    },
    wish() {
      own = true;
    },
    taken() {
      if (at === null) return false;
      if (own) {
        own = false;
        return true;
      }
      const now = performance.now();
      if (now - lookedMs < lookMs) return false;
      lookedMs = now;
      look();
      const wishes = value.readUInt32LE(wishesAt);
      if (wishes === seen || value.readUInt32LE(cellAt) !== at) return false;
      seen = wishes;
      return true;
    },
    signals() {
      look();
      return value.readUInt32LE(signalsAt);
    },
  };
}
