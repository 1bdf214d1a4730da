/**
 * Makes deep recursion visible to the interpreter, so that it raises `RecursionError` where the engine's stack would overflow.
 *
 * A C program compiled to WebAssembly has two stacks: its own in memory, for what has an address, and the engine's, for all else.
 * CPython guards the first by looking at the stack pointer; the second it cannot see, and many of its recursive
 * functions use nothing of the first: freeing a linked list of 100,000 nodes overflowed the engine's stack with 80 bytes used in memory.
 *
 * The module is rewritten: each function that calls others moves the stack pointer down by what its frame on the
 * engine's stack takes at most, less what it takes itself, and back at its end. So the stack pointer is never higher than either stack is
 * deep, and CPython's own checks hold for both. Functions that leave by an exception need no care: who catches it sets the pointer to its own.
 */
import { Op, skipImmediates } from '../../wasm/instructions.ts';
import {
  encodeModule,
  parseModule,
  Reader,
  readSection,
  type Section,
  SectionId,
  Writer,
  withSection,
} from '../../wasm/module.ts';

/** Bumped when the output changes. */
export const shadowVersion = 1;

/**
 * Bytes of a frame of V8's baseline compiler beside locals: return address, frame pointer, marker, instance, feedback,
 * and what lies on the operand stack across a call. Frames of the optimising compiler are smaller. Held by the recursion tests.
 */
const frameBytes = 128;
const localBytes = 8;
/** Stack pointers are multiples of this. */
const alignment = 16;

/** V8's own default on 64-bit machines, KiB, when no `--stack-size` is given. */
const defaultStackKib = 984;
/** What the host's own frames below and above the interpreter may take, bytes. */
const hostBytes = 256 * 1024;

/** @returns bytes that the interpreter may take of the engine's stack in a process started with these flags */
export function usableStackBytes(execArgv: readonly string[]): number {
  const given = execArgv
    .map((flag) => /^--stack[-_]size=(\d+)$/.exec(flag)?.[1])
    .findLast((size) => size !== undefined);
  return Number(given ?? defaultStackKib) * 1024 - hostBytes;
}

/** Source: Core Specification 5.4.6. */
const i32Add = 0x6a;
const i32Sub = 0x6b;

/** Section ids that no other rewriter needs. Core Specification 5.5.2. */
const TypeSection = 1;
const FunctionSection = 3;

interface FunctionType {
  readonly parameters: number;
  /** As a block type; null when there are several results, which a block type cannot say by itself. */
  readonly result: number | null;
}

/**
 * @param module a module made by LLVM that exports its `__stack_pointer`; not changed
 * @throws WasmFormatError
 */
export function shadowStack(module: Uint8Array): Uint8Array {
  const sections = parseModule(module);
  const get = (id: number): Section => {
    const section = sections.find((other) => other.id === id);
    if (section === undefined) throw new Error(`a module without section ${id} has no stack to shadow`);
    return section;
  };
  const types = readTypes(get(TypeSection));
  const functions = readFunctions(get(FunctionSection)).map((index) => types[index] as FunctionType);
  const pointer = stackPointerIndex(get(SectionId.export));
  const code = { id: SectionId.code, bytes: rewriteCode(get(SectionId.code), functions, pointer) };
  return encodeModule(withSection<Pick<Section, 'id' | 'bytes'>>(sections, code));
}

function readTypes(section: Section): FunctionType[] {
  const reader = readSection(section);
  const types: FunctionType[] = [];
  for (let left = reader.u32(); left > 0; left--) {
    if (reader.byte() !== 0x60) reader.fail('a type that is no function', reader.at - 1);
    const parameters = reader.u32();
    for (let i = 0; i < parameters; i++) reader.skipValueType();
    const results = reader.u32();
    let result = 0x40;
    for (let i = 0; i < results; i++) {
      result = section.bytes[reader.at] as number;
      reader.skipValueType();
    }
    // 0x63 and 0x64 begin a type of several bytes.
    types.push({ parameters, result: results > 1 || result === 0x63 || result === 0x64 ? null : result });
  }
  return types;
}

function readFunctions(section: Section): number[] {
  const reader = readSection(section);
  return Array.from({ length: reader.u32() }, () => reader.u32());
}

function stackPointerIndex(section: Section): number {
  const reader = readSection(section);
  for (let left = reader.u32(); left > 0; left--) {
    const name = reader.name();
    const kind = reader.byte();
    const index = reader.u32();
    if (name === '__stack_pointer' && kind === 3) return index;
  }
  return reader.fail('no exported __stack_pointer');
}

function rewriteCode(section: Section, functions: readonly FunctionType[], pointer: number): Uint8Array {
  const reader = readSection(section);
  const writer = new Writer(Math.ceil(section.bytes.length * 1.1));
  const count = reader.u32();
  writer.u32(count);
  for (let i = 0; i < count; i++) {
    const size = reader.u32();
    const body = new Reader(section.bytes, { at: reader.at, end: reader.at + size, base: section.offset });
    reader.skip(size);
    const begin = writer.beginSize();
    const { result, parameters } = functions[i] as FunctionType;
    const frame = readBody(body, pointer);
    const bytes = frameBytes + localBytes * (parameters + frame.locals) - frame.ownBytes;
    const move = Math.ceil(bytes / alignment) * alignment;
    if (result === null || !frame.calls || move <= 0) writer.copy(section.bytes, body.end - size, body.end);
    else writeBody(writer, { section, start: body.end - size, end: body.end, frame, result, pointer, move });
    writer.endSize(begin);
  }
  return writer.done();
}

interface Frame {
  readonly locals: number;
  readonly calls: boolean;
  /** What the function takes of the stack in memory. */
  readonly ownBytes: number;
  /** Where its instructions begin. */
  readonly codeAt: number;
  /** Positions of `return` and of tail calls, and how many blocks are open there. */
  readonly exits: readonly { readonly at: number; readonly depth: number; readonly tail: boolean }[];
}

function readBody(body: Reader, pointer: number): Frame {
  let locals = 0;
  for (let groups = body.u32(); groups > 0; groups--) {
    locals += body.u32();
    body.skipValueType();
  }
  const codeAt = body.at;
  const ownBytes = prologueBytes(new Reader(body.bytes, { at: codeAt, end: body.end }), pointer);
  const exits: { at: number; depth: number; tail: boolean }[] = [];
  let calls = false;
  for (let depth = 0; depth >= 0; ) {
    const at = body.at;
    const op = body.byte();
    skipImmediates(body, op);
    if (op === Op.block || op === Op.loop || op === Op.if || op === Op.try || op === Op.tryTable) depth++;
    else if (op === Op.end || op === Op.delegate) depth--;
    else if (op === Op.return) exits.push({ at, depth, tail: false });
    else if (op === Op.returnCall || op === Op.returnCallIndirect || op === Op.returnCallRef)
      exits.push({ at, depth, tail: true });
    else if (op === Op.call || op === Op.callIndirect || op === Op.callRef) calls = true;
  }
  return { locals, calls, ownBytes, codeAt, exits };
}

/** LLVM begins a function that uses the stack in memory with `global.get sp; i32.const n; i32.sub`. */
function prologueBytes(reader: Reader, pointer: number): number {
  if (reader.byte() !== Op.globalGet || reader.u32() !== pointer || reader.byte() !== Op.i32Const) return 0;
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = reader.byte();
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return reader.byte() === i32Sub ? value : 0;
  }
  return 0;
}

interface Rewriting {
  readonly section: Section;
  readonly start: number;
  readonly end: number;
  readonly frame: Frame;
  readonly result: number;
  readonly pointer: number;
  readonly move: number;
}

function writeBody(out: Writer, { section, start, end, frame, result, pointer, move }: Rewriting): void {
  const shift = (op: number) => {
    out.byte(Op.globalGet);
    out.u32(pointer);
    out.byte(Op.i32Const);
    out.s32(move);
    out.byte(op);
    out.byte(Op.globalSet);
    out.u32(pointer);
  };
  out.copy(section.bytes, start, frame.codeAt);
  shift(i32Sub);
  // The old body becomes a block, so that whatever leaves it comes past the end.
  out.byte(Op.block);
  out.byte(result);
  let copied = frame.codeAt;
  for (const { at, depth, tail } of frame.exits) {
    out.copy(section.bytes, copied, at);
    copied = at;
    if (tail) shift(i32Add);
    else {
      out.byte(Op.br);
      out.u32(depth);
      copied++;
    }
  }
  out.copy(section.bytes, copied, end);
  shift(i32Add);
  out.byte(Op.end);
}
