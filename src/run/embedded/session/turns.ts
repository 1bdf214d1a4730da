/**
 * Many sessions in one memory: which of them lies in it, and what must be written for another to lie there.
 *
 * The session that ran last stays in place; what it changed is put aside by `settle`, when nobody waits. Engines say what their memory
 * is (`Room`); what of a session lies outside of memory is the session's own affair (`Tenant`).
 */
import { type Gap, type HeapState, Heaps } from './heap.ts';

/** The memory of an engine, of one instance after the other. */
export interface Room {
  /** All of it. */
  memory(): Uint8Array;
  /** @param bytes at least what it has */
  grow(bytes: number): void;
  /** A new instance, whose memory is what every state starts from. */
  renew(): void;
  gap?(): Gap;
  /** Whether the instance may have changed in what is not memory, so that it serves no other session. */
  isTainted?(): boolean;
}

export interface Tenant {
  readonly heap: HeapState;
  /** Takes its place: what lies outside of memory becomes that of its state. Called when the memory is in place. */
  enter(): void;
  /** What it holds now has been put aside as this, and everything outside of memory is to be as well. */
  putAside(heap: HeapState): void;
  /** It lies in memory no more. What it did since it was last put aside is gone. */
  leave(): void;
}

export class Turns {
  readonly heaps: Heaps;
  readonly #room: Room;
  readonly #baseBytes: number;
  /** What the memory holds, exactly, once `settle` was called. */
  #holds: HeapState;
  #placed: Tenant | null = null;
  #isDirty = false;

  /** @param base the memory of a new instance; not copied */
  constructor(room: Room, base: Uint8Array) {
    this.#room = room;
    this.#baseBytes = base.length;
    this.heaps = new Heaps(base);
    this.#holds = this.heaps.first(base.length);
  }

  /** Puts aside what the memory holds, that of no session: something that sessions may start from. */
  take(): HeapState {
    const heap = this.heaps.save(this.#room.memory(), this.#holds, this.#room.gap?.());
    this.#holdNow(heap);
    return heap;
  }

  /** Puts a session in place; it is about to change. */
  place(tenant: Tenant): void {
    if (this.#placed !== tenant) {
      this.vacate();
      const { heap } = tenant;
      // Memory does not shrink, and a program sees how much there is.
      if (this.#room.memory().length > heap.memoryBytes) this.#renew();
      this.#room.grow(heap.memoryBytes);
      this.heaps.load(this.#room.memory(), this.#holds, heap);
      this.#holdNow(heap);
      tenant.enter();
      this.#placed = tenant;
    }
    this.#isDirty = true;
  }

  settle(): void {
    const tenant = this.#placed;
    if (!this.#isDirty || tenant === null) return;
    this.#isDirty = false;
    const was = tenant.heap;
    const heap = this.heaps.save(this.#room.memory(), was, this.#room.gap?.());
    this.#holdNow(heap);
    tenant.putAside(heap);
    this.heaps.drop(was);
    if (this.#room.isTainted?.() === true) this.abandon();
  }

  /** What the memory holds is worth nothing: whoever is in place is back where it was put aside last. */
  abandon(): void {
    this.#placed?.leave();
    this.#placed = null;
    this.#isDirty = false;
    this.#renew();
  }

  /** Nobody is in place any more. */
  vacate(): void {
    this.settle();
    this.#placed?.leave();
    this.#placed = null;
  }

  /** The session is not to be in place. */
  forget(tenant: Tenant): void {
    if (this.#placed === tenant) this.vacate();
  }

  #renew(): void {
    this.#room.renew();
    this.heaps.drop(this.#holds);
    this.#holds = this.heaps.first(this.#baseBytes);
  }

  #holdNow(heap: HeapState): void {
    const was = this.#holds;
    this.#holds = this.heaps.copy(heap);
    this.heaps.drop(was);
  }
}
