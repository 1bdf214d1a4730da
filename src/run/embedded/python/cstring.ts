/**
 * Strings that end with a zero byte, in a program's memory.
 */
import { Errno } from '../../wasm/errno.ts';
import { mostPathBytes } from '../../wasm/filetree.ts';
import type { GuestMemory } from '../../wasm/guestmemory.ts';

/** A path, as a string of bytes; longer ones than a path may be are cut just past that, so that whoever follows them refuses. */
export function pathAt(memory: GuestMemory, pointer: number): string {
  const at = pointer >>> 0;
  const bytes = memory.window(at, Math.max(0, Math.min(mostPathBytes + 1, memory.bytesNow - at)));
  const end = bytes.indexOf(0);
  if (end < 0 && bytes.length <= mostPathBytes) throw new Errno('fault');
  return Buffer.from(bytes.subarray(0, end < 0 ? bytes.length : end)).toString('latin1');
}

/** Writes a string and its zero. @throws Errno `fault` */
export function setCString(memory: GuestMemory, pointer: number, bytes: Uint8Array): void {
  const target = memory.window(pointer, bytes.length + 1);
  target.set(bytes);
  target[bytes.length] = 0;
}
