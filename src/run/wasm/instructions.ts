/**
 * Steps through the instructions of a WebAssembly function, one at a time.
 *
 * Nothing is understood but where each instruction ends and whether it can change the flow of control.
 * Known: version 1, sign extension, saturating conversion, bulk memory, reference types, SIMD and relaxed
 * SIMD, both kinds of exception handling, tail calls, typed function references, several memories, 64-bit
 * memories, threads. Refused by name: garbage collection, stack switching, 16-bit floats.
 *
 * Source: WebAssembly Core Specification 3.0, 5.4, and the threads and legacy exceptions proposals.
 */
import type { Reader } from './module.ts';

export const Op = {
  unreachable: 0x00,
  nop: 0x01,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  try: 0x06,
  catch: 0x07,
  throw: 0x08,
  rethrow: 0x09,
  throwRef: 0x0a,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  returnCall: 0x12,
  returnCallIndirect: 0x13,
  callRef: 0x14,
  returnCallRef: 0x15,
  delegate: 0x18,
  catchAll: 0x19,
  tryTable: 0x1f,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  memoryGrow: 0x40,
  i32Const: 0x41,
  i64Const: 0x42,
  i64LtS: 0x53,
  i64Sub: 0x7d,
  brOnNull: 0xd5,
  brOnNonNull: 0xd6,
} as const;

/** What an instruction's immediates are made of. */
const Form = {
  unknown: 0,
  none: 1,
  number: 2,
  twoNumbers: 3,
  memory: 4,
  byte: 5,
  bytes4: 6,
  bytes8: 7,
  bytes16: 8,
  block: 9,
  branch: 10,
  types: 11,
  heapType: 13,
  long: 14,
  memoryLane: 15,
  bulk: 16,
  simd: 17,
  atomic: 18,
} as const;

function forms(count: number, ranges: readonly (readonly [from: number, to: number, form: number])[]): Uint8Array {
  const table = new Uint8Array(count);
  for (const [from, to, form] of ranges) table.fill(form, from, to + 1);
  return table;
}

const plain = forms(256, [
  [0x00, 0x01, Form.none],
  [0x02, 0x04, Form.block],
  [0x05, 0x05, Form.none],
  [0x06, 0x06, Form.block],
  [0x07, 0x09, Form.number],
  [0x0a, 0x0b, Form.none],
  [0x0c, 0x0e, Form.branch],
  [0x0f, 0x0f, Form.none],
  [0x10, 0x10, Form.number],
  [0x11, 0x11, Form.twoNumbers],
  [0x12, 0x12, Form.number],
  [0x13, 0x13, Form.twoNumbers],
  [0x14, 0x15, Form.number],
  [0x18, 0x18, Form.number],
  [0x19, 0x1b, Form.none],
  [0x1c, 0x1c, Form.types],
  [0x1f, 0x1f, Form.branch],
  [0x20, 0x26, Form.number],
  [0x28, 0x3e, Form.memory],
  [0x3f, 0x41, Form.number],
  [0x42, 0x42, Form.long],
  [0x43, 0x43, Form.bytes4],
  [0x44, 0x44, Form.bytes8],
  [0x45, 0xc4, Form.none],
  [0xd0, 0xd0, Form.heapType],
  [0xd1, 0xd1, Form.none],
  [0xd2, 0xd2, Form.number],
  [0xd3, 0xd4, Form.none],
  [0xd5, 0xd6, Form.branch],
  [0xfc, 0xfc, Form.bulk],
  [0xfd, 0xfd, Form.simd],
  [0xfe, 0xfe, Form.atomic],
]);

const bulk = forms(18, [
  [0, 7, Form.none],
  [8, 8, Form.twoNumbers],
  [9, 9, Form.number],
  [10, 10, Form.twoNumbers],
  [11, 11, Form.number],
  [12, 12, Form.twoNumbers],
  [13, 13, Form.number],
  [14, 14, Form.twoNumbers],
  [15, 17, Form.number],
]);

const simd = forms(0x114, [
  [0, 11, Form.memory],
  [12, 13, Form.bytes16],
  [14, 20, Form.none],
  [21, 34, Form.byte],
  [35, 83, Form.none],
  [84, 91, Form.memoryLane],
  [92, 93, Form.memory],
  [94, 0x113, Form.none],
]);

const atomic = forms(0x4f, [
  [0, 2, Form.memory],
  [3, 3, Form.byte],
  [0x10, 0x4e, Form.memory],
]);

const refused: Readonly<Record<number, string>> = {
  224: 'stack switching',
  225: 'stack switching',
  226: 'stack switching',
  227: 'stack switching',
  228: 'stack switching',
  229: 'stack switching',
  251: 'garbage collection',
};

/**
 * Steps over one instruction, whose first byte has been read.
 *
 * @throws WasmFormatError when it is unknown, refused or cut off
 */
export function skipImmediates(reader: Reader, op: number): void {
  let form = plain[op] as number;
  if (form >= Form.bulk) {
    const table = form === Form.bulk ? bulk : form === Form.simd ? simd : atomic;
    const start = reader.at;
    const sub = reader.u32();
    form = table[sub] ?? Form.unknown;
    if (form === Form.unknown) reader.fail(`an unknown instruction 0x${op.toString(16)} ${sub}`, start - 1);
  }
  switch (form) {
    case Form.none:
      return;
    case Form.number:
      reader.skipNumber(32);
      return;
    case Form.twoNumbers:
      reader.skipNumber(32);
      reader.skipNumber(32);
      return;
    case Form.memory:
      skipMemory(reader);
      return;
    case Form.byte:
      reader.skip(1);
      return;
    case Form.bytes4:
      reader.skip(4);
      return;
    case Form.bytes8:
      reader.skip(8);
      return;
    case Form.bytes16:
      reader.skip(16);
      return;
    case Form.block:
      skipBlockType(reader);
      return;
    case Form.branch:
      readBranch(reader, op);
      return;
    case Form.types: {
      for (let left = reader.u32(); left > 0; left--) reader.skipValueType();
      return;
    }
    case Form.heapType:
      reader.skipNumber(33);
      return;
    case Form.long:
      reader.skipNumber(64);
      return;
    case Form.memoryLane:
      skipMemory(reader);
      reader.skip(1);
      return;
    default: {
      const why = refused[op];
      const hex = `0x${op.toString(16)}`;
      reader.fail(
        why === undefined
          ? `an unknown instruction ${hex}`
          : `an instruction of ${why} (${hex}), which is not supported,`,
        reader.at - 1,
      );
    }
  }
}

/**
 * Steps over a branching instruction, whose first byte has been read.
 *
 * @returns how many of the constructs around it (for `try_table`, around its own) it may leave without passing their end
 */
export function readBranch(reader: Reader, op: number): number {
  let most = 0;
  if (op === Op.tryTable) {
    skipBlockType(reader);
    for (let left = reader.u32(); left > 0; left--) most = Math.max(most, readCatch(reader));
  } else if (op === Op.brTable) {
    for (let left = reader.u32(); left >= 0; left--) most = Math.max(most, reader.u32());
  } else most = reader.u32();
  return most;
}

/** One clause of `try_table`: a tag, unless it catches all, and a label. */
function readCatch(reader: Reader): number {
  const kind = reader.byte();
  if (kind > 3) reader.fail(`an unknown catch clause ${kind}`, reader.at - 1);
  if (kind < 2) reader.skipNumber(32);
  return reader.u32();
}

/** Alignment, with bit 6 saying that a memory's number follows; then the offset. */
function skipMemory(reader: Reader): void {
  if (reader.u32() & 0x40) reader.skipNumber(32);
  reader.skipNumber(64);
}

function skipBlockType(reader: Reader): void {
  const first = reader.bytes[reader.at];
  if (first === 0x63 || first === 0x64) reader.skipValueType();
  else reader.skipNumber(33);
}
