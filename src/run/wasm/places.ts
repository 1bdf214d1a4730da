/**
 * Finds where a function pays: its basic blocks with their weights, and what else is put in for metering.
 *
 * What stands behind a construct (`block`, `if`, `loop`, `try`) that nothing leaves otherwise than by its end belongs to
 * the block before it: both are run, or neither. So an `if` without `br` costs no third charge.
 *
 * A loop that calls nothing may keep its count in a local, which the engine holds in a register: it is loaded before
 * the loop and stored where the loop is left. Such a loop, with all inside it, is a `Region`.
 */
import { Op, readBranch, skipImmediates } from './instructions.ts';
import type { Reader } from './module.ts';

/** What is put in at a place. `load`, `save` and `store` count only for regions. */
export const Put = {
  /** Takes the block's weight off. */
  charge: 0,
  /** The same, and stops when nothing is left. */
  chargeAndCheck: 1,
  /** Behind `memory.grow`: keeps what it gave. */
  growth: 2,
  /** Before a loop. */
  load: 3,
  /** Before a branch. */
  save: 4,
  /** Behind a loop's end. */
  store: 5,
} as const;

/** Numbers of places: those behind `from` and before `to` lie in a loop that calls nothing. */
export interface Region {
  readonly from: number;
  readonly to: number;
  /** The loop's number among the constructs around its inside, from 0 for the function. */
  readonly depth: number;
}

/** Stands for a branch out of the function. */
const outside = -1;

/** The places of one function; used again for the next, to make no garbage. */
export class Places {
  /** Positions in the bytes, in order. */
  readonly at: number[] = [];
  readonly put: number[] = [];
  /** A block's weight; for `save`, the number of the outermost construct that the branch may reach. */
  readonly value: number[] = [];
  /** Outermost ones only, in order. */
  readonly regions: Region[] = [];
  /** Where the groups of local declarations start. */
  locals = 0;
  localGroups = 0;
  localCount = 0;
  code = 0;
  #calls = 0;
  /** For each open construct: the place before it if it is a loop, else -1; and the calls before it. */
  readonly #openLoads: number[] = [];
  readonly #openCalls: number[] = [];
  /** The place of the basic block at hand. */
  #block = 0;
  /** For each construct that is open: the block it stands in, and 1 when a branch leaves it otherwise than by its end. */
  readonly #openBlocks: number[] = [];
  readonly #leaves: number[] = [];

  /** @param body at the local declarations of a function */
  read(body: Reader): void {
    this.at.length = this.put.length = this.value.length = 0;
    this.regions.length = this.#openBlocks.length = this.#leaves.length = 0;
    this.#openLoads.length = this.#openCalls.length = this.#calls = 0;
    this.localGroups = body.u32();
    this.locals = body.at;
    this.localCount = 0;
    for (let groups = this.localGroups; groups > 0; groups--) {
      this.localCount += body.u32();
      body.skipValueType();
    }
    this.code = body.at;
    this.#begin(body.at, Put.charge);
    this.#open();
    while (this.#openBlocks.length > 0) {
      const before = body.at;
      const op = body.byte();
      switch (op) {
        case Op.br:
        case Op.brIf:
        case Op.brTable:
        case Op.brOnNull:
        case Op.brOnNonNull:
          this.#branch(before, readBranch(body, op));
          this.#begin(body.at, Put.charge);
          continue;
        case Op.tryTable:
          // What it catches goes on elsewhere, not behind its end.
          this.#leave(readBranch(body, op));
          this.#open();
          this.#leave(1);
          continue;
      }
      skipImmediates(body, op);
      switch (op) {
        case Op.nop:
          break;
        case Op.block:
        case Op.try:
          this.#open();
          break;
        case Op.loop:
          this.#add(before, Put.load);
          this.#open(this.at.length - 1);
          this.#begin(body.at, Put.chargeAndCheck);
          break;
        case Op.if:
          this.#weigh();
          this.#open();
          this.#begin(body.at, Put.charge);
          break;
        case Op.end:
        case Op.delegate:
          this.#end(body.at);
          break;
        case Op.else:
        case Op.catch:
        case Op.catchAll:
          this.#begin(body.at, Put.charge);
          break;
        case Op.returnCall:
        case Op.returnCallIndirect:
        case Op.returnCallRef:
          this.#calls++;
          this.#branch(before, this.#leaves.length);
          this.#begin(body.at, Put.charge);
          break;
        case Op.unreachable:
          // It ends the program, so it matters to no count whether what stands behind was paid for.
          this.#weigh();
          this.#add(before, Put.save);
          this.value[this.value.length - 1] = outside;
          this.#begin(body.at, Put.charge);
          break;
        case Op.throw:
        case Op.rethrow:
        case Op.throwRef:
        case Op.return:
          this.#branch(before, this.#leaves.length);
          this.#begin(body.at, Put.charge);
          break;
        case Op.call:
        case Op.callIndirect:
        case Op.callRef:
          this.#calls++;
          this.#weigh();
          break;
        case Op.memoryGrow:
          this.#weigh();
          this.#add(body.at, Put.growth);
          break;
        default:
          this.#weigh();
      }
    }
    body.expectEnd('a function');
    // A function without calls and loops ends soon by itself: whoever called it is checked.
    if (this.#calls > 0) this.put[0] = Put.chargeAndCheck;
  }

  /** @param load the place before a loop; -1: no loop */
  #open(load = -1): void {
    this.#openBlocks.push(this.#block);
    this.#leaves.push(0);
    this.#openLoads.push(load);
    this.#openCalls.push(this.#calls);
  }

  /** A branch that may leave this many constructs without passing their ends. */
  #leave(count: number): void {
    const depth = this.#leaves.length;
    for (let i = Math.max(depth - count, 0); i < depth; i++) this.#leaves[i] = 1;
  }

  #branch(before: number, count: number): void {
    this.#weigh();
    this.#leave(count);
    this.#add(before, Put.save);
    this.value[this.value.length - 1] = Math.max(this.#leaves.length - 1 - count, outside);
  }

  /** Behind the end of a construct that nothing leaves, the block goes on that it stands in. */
  #end(at: number): void {
    const block = this.#openBlocks.pop() as number;
    const load = this.#openLoads.pop() as number;
    const isCallFree = this.#openCalls.pop() === this.#calls;
    if (load >= 0) {
      this.#add(at, Put.store);
      if (isCallFree) this.#addRegion({ from: load, to: this.at.length - 1, depth: this.#openBlocks.length });
    }
    if (this.#leaves.pop() === 1) this.#begin(at, Put.charge);
    else this.#block = block;
  }

  #addRegion(region: Region): void {
    while ((this.regions.at(-1)?.from ?? -1) > region.from) this.regions.pop();
    this.regions.push(region);
  }

  #weigh(): void {
    (this.value[this.#block] as number)++;
  }

  #begin(at: number, put: number): void {
    this.#block = this.at.length;
    this.#add(at, put);
  }

  #add(at: number, put: number): void {
    this.at.push(at);
    this.put.push(put);
    this.value.push(0);
  }
}
