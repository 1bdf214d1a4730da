/**
 * Makes a WebAssembly module count its instructions, so that work can be limited and compared exactly.
 *
 * The module is rewritten: a new 64-bit global holds what is left, and each basic block takes its own
 * weight off it when it is entered. What stands behind a construct that nothing leaves otherwise than by its end
 * belongs to the block before it, so an `if` without `br` costs no third charge. Where a function that calls others is entered, and at each head of a
 * loop, a check traps (`unreachable`) when nothing is left. So every path that can go on for ever is
 * checked, and nothing else is.
 *
 * Weights: every instruction weighs 1, but those that only mark structure weigh nothing: `block`, `loop`,
 * `end`, `else`, `nop`, `try`, `try_table`, `catch`, `catch_all`, `delegate`. An instruction that is slow for
 * its weight (`memory.fill`, a call of the host) is held by the wall clock instead.
 * A block is paid for as a whole: where a call inside it never returns, or an instruction traps, what stands
 * behind is counted as well. The count is a function of the module and its inputs alone, and additive over calls.
 *
 * The alternative, a counting import, costs a call per block. A host cannot forge the count from inside
 * WebAssembly: the global has an index that no instruction of the original module can name.
 */
import { fuelExport, growthExport, unlimitedFuel } from './fuel.ts';
import { Op, readBranch, skipImmediates } from './instructions.ts';
import {
  encodeModule,
  parseImports,
  parseModule,
  Reader,
  readSection,
  type Section,
  SectionId,
  Writer,
  withSection,
} from './module.ts';

/** Bumped whenever counts or the output's bytes may change, so that caches of rewritten modules are not used across. */
export const meterVersion = 2;

/**
 * @param module a WebAssembly module; not changed
 * @returns a new module that does the same and exports its counter as `fuelExport`, for `fuelOf`; not limited until set
 * @throws WasmFormatError when the module is malformed or uses an instruction that is not known
 */
export function meter(module: Uint8Array): Uint8Array {
  const sections = parseModule(module);
  const find = (id: number) => sections.find((section) => section.id === id);
  const global = countGlobals(sections);
  let out: readonly Pick<Section, 'id' | 'bytes'>[] = sections.filter((section) => !hasCodeOffsets(section));
  const growth = global + 1;
  out = withSection(out, appendEntries(SectionId.global, find(SectionId.global), [fuelGlobal(), growthGlobal]));
  const exports = [exportEntry(fuelExport, global), exportEntry(growthExport, growth)];
  out = withSection(out, appendEntries(SectionId.export, find(SectionId.export), exports));
  const code = find(SectionId.code);
  if (code !== undefined)
    out = withSection(out, {
      id: SectionId.code,
      bytes: meterCode(code, { fuel: encodedNumber(global), growth: encodedNumber(growth) }),
    });
  return encodeModule(out);
}

function countGlobals(sections: readonly Section[]): number {
  const imports = parseImports(sections.find((section) => section.id === SectionId.import));
  const own = sections.find((section) => section.id === SectionId.global);
  return imports.filter(({ kind }) => kind === 'global').length + (own === undefined ? 0 : readSection(own).u32());
}

/** Custom sections whose contents are positions in the code, which no longer hold. */
function hasCodeOffsets(section: Section): boolean {
  if (section.id !== SectionId.custom) return false;
  const name = readSection(section).name();
  return /^(metadata\.code\.|\.debug_|reloc\.|sourceMappingURL$|external_debug_info$)/.test(name);
}

/** A section, which is a count and entries, with more entries at its end. */
function appendEntries(
  id: number,
  section: Section | undefined,
  entries: readonly Uint8Array[],
): Pick<Section, 'id' | 'bytes'> {
  const writer = new Writer((section?.bytes.length ?? 0) + 64);
  if (section === undefined) writer.u32(entries.length);
  else {
    const reader = readSection(section);
    writer.u32(reader.u32() + entries.length);
    writer.copy(section.bytes, reader.at, reader.end);
  }
  for (const entry of entries) writer.bytes(entry);
  return { id, bytes: writer.done() };
}

/** A mutable i64 that starts at `unlimitedFuel`. */
function fuelGlobal(): Uint8Array {
  const limit: number[] = [];
  let rest = unlimitedFuel;
  // A signed LEB128 ends at the first group whose bit 6 is the sign: here, clear.
  for (; rest >= 0x40n; rest >>= 7n) limit.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.of(0x7e, 0x01, Op.i64Const, ...limit, Number(rest), Op.end);
}

/** A mutable i32 that starts at 0. */
const growthGlobal = Uint8Array.of(0x7f, 0x01, Op.i32Const, 0, Op.end);

function exportEntry(name: string, global: number): Uint8Array {
  const writer = new Writer();
  writer.name(name);
  writer.byte(3);
  writer.u32(global);
  return writer.done();
}

/** Indices of the added globals, as the code writes them. */
interface Added {
  readonly fuel: Uint8Array;
  readonly growth: Uint8Array;
}

function meterCode(section: Section, added: Added): Uint8Array {
  const reader = readSection(section);
  // Measured on Pyodide, SQLite, QuickJS and Ruby: the code grows by 1.3 to 1.7 times.
  const writer = new Writer(Math.ceil(section.bytes.length * 1.75));
  const places = new Places();
  const count = reader.u32();
  writer.u32(count);
  for (let i = 0; i < count; i++) {
    const size = reader.u32();
    const body = new Reader(section.bytes, { at: reader.at, end: reader.at + size, base: section.offset });
    reader.skip(size);
    const begin = writer.beginSize();
    places.read(body);
    places.write(section.bytes, body.end, added, writer);
    writer.endSize(begin);
  }
  reader.expectEnd('the code section');
  return writer.done();
}

function encodedNumber(value: number): Uint8Array {
  const writer = new Writer();
  writer.u32(value);
  return writer.done().slice();
}

/** What is put in at a place in a function. */
const Put = { charge: 0, chargeAndCheck: 1, growth: 2 } as const;

/** One function's basic blocks and other places where code is put in; used again for the next, to make no garbage. */
class Places {
  /** Positions in the section's bytes, in order. */
  readonly #at: number[] = [];
  readonly #put: number[] = [];
  readonly #weights: number[] = [];
  #start = 0;
  /** The place of the basic block at hand. */
  #block = 0;
  /** For each construct that is open: the block it stands in, and 1 when a branch leaves it otherwise than by its end. */
  readonly #openBlocks: number[] = [];
  readonly #leaves: number[] = [];

  /** @param body at the local declarations of a function */
  read(body: Reader): void {
    this.#at.length = this.#put.length = this.#weights.length = 0;
    this.#start = body.at;
    for (let groups = body.u32(); groups > 0; groups--) {
      body.skipNumber(32);
      body.skipValueType();
    }
    let calls = false;
    this.#openBlocks.length = this.#leaves.length = 0;
    this.#begin(body.at, Put.charge);
    this.#open();
    while (this.#openBlocks.length > 0) {
      const op = body.byte();
      switch (op) {
        case Op.br:
        case Op.brIf:
        case Op.brTable:
        case Op.brOnNull:
        case Op.brOnNonNull:
          this.#leave(readBranch(body, op));
          this.#weigh();
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
          this.#open();
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
          calls = true;
          this.#leaveAll(body.at);
          break;
        case Op.unreachable:
          // It ends the program, so it matters to no count whether what stands behind was paid for.
          this.#weigh();
          this.#begin(body.at, Put.charge);
          break;
        case Op.throw:
        case Op.rethrow:
        case Op.throwRef:
        case Op.return:
          this.#leaveAll(body.at);
          break;
        case Op.call:
        case Op.callIndirect:
        case Op.callRef:
          calls = true;
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
    if (calls) this.#put[0] = Put.chargeAndCheck;
  }

  #open(): void {
    this.#openBlocks.push(this.#block);
    this.#leaves.push(0);
  }

  /** A branch that may leave this many constructs without passing their ends. */
  #leave(count: number): void {
    const depth = this.#leaves.length;
    for (let i = Math.max(depth - count, 0); i < depth; i++) this.#leaves[i] = 1;
  }

  #leaveAll(at: number): void {
    this.#weigh();
    this.#leave(this.#leaves.length);
    this.#begin(at, Put.charge);
  }

  /** Behind the end of a construct that nothing leaves, the block goes on that it stands in: both are run, or neither. */
  #end(at: number): void {
    const block = this.#openBlocks.pop() as number;
    if (this.#leaves.pop() === 1) this.#begin(at, Put.charge);
    else this.#block = block;
  }

  #weigh(): void {
    (this.#weights[this.#block] as number)++;
  }

  #begin(at: number, put: number): void {
    this.#block = this.#at.length;
    this.#add(at, put);
  }

  #add(at: number, put: number): void {
    this.#at.push(at);
    this.#put.push(put);
    this.#weights.push(0);
  }

  write(bytes: Uint8Array, end: number, added: Added, out: Writer): void {
    let copied = this.#start;
    for (let i = 0; i < this.#at.length; i++) {
      const weight = this.#weights[i] as number;
      const put = this.#put[i] as number;
      if (weight === 0 && put === Put.charge) continue;
      const at = this.#at[i] as number;
      out.copy(bytes, copied, at);
      copied = at;
      if (put === Put.growth) {
        out.byte(Op.globalSet);
        out.bytes(added.growth);
        out.byte(Op.globalGet);
        out.bytes(added.growth);
        continue;
      }
      if (weight > 0) {
        out.byte(Op.globalGet);
        out.bytes(added.fuel);
        out.byte(Op.i64Const);
        out.s32(weight);
        out.byte(Op.i64Sub);
        out.byte(Op.globalSet);
        out.bytes(added.fuel);
      }
      if (put === Put.charge) continue;
      out.byte(Op.globalGet);
      out.bytes(added.fuel);
      out.bytes(trapBelowZero);
    }
    out.copy(bytes, copied, end);
  }
}

/** With an i64 on the stack: `i64.const 0  i64.lt_s  if (no result)  unreachable  end`. */
const trapBelowZero = Uint8Array.of(Op.i64Const, 0, Op.i64LtS, Op.if, 0x40, Op.unreachable, Op.end);
