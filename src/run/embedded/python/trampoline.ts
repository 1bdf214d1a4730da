/**
 * Calls C functions with fewer parameters than their caller gives, which C allows in practice and WebAssembly traps on.
 *
 * CPython casts methods of one or two arguments to functions of three, and on this platform sends such calls through a function that
 * looks at the callee's real type. That function uses an instruction its compiler had no C for, so Emscripten adds it
 * from outside; the bytes below are the same function. It is not metered: it has no loop.
 *
 * Source: CPython `Python/emscripten_trampoline_inner.c`; offset of the pointer to it, `_PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET`.
 */
const types = [
  // 0: (i32 i32 i32) → i32, 1: (i32 i32) → i32, 2: (i32) → i32, 3: () → i32, 4: (i32 ×5) → i32
  [0x60, 3, 0x7f, 0x7f, 0x7f, 1, 0x7f],
  [0x60, 2, 0x7f, 0x7f, 1, 0x7f],
  [0x60, 1, 0x7f, 1, 0x7f],
  [0x60, 0, 1, 0x7f],
  [0x60, 5, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f],
];

/** If the entry is of type `type`, calls it with the first `count` arguments (locals 2 to 4) and returns. Local 1 is the entry. */
function attempt(type: number, count: number): number[] {
  const push = [0x20, 2, 0x20, 3, 0x20, 4].slice(0, 2 * count);
  // table.get 0 of local 1; ref.test type; if; arguments; local 1; call_indirect type, table 0; return; end
  return [0x20, 1, 0x25, 0, 0xfb, 0x14, type, 0x04, 0x40, ...push, 0x20, 1, 0x11, type, 0, 0x0f, 0x0b];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...length(content.length), ...content];
}

/** Unsigned LEB128 of a number below 2^14. */
function length(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, value >> 7];
}

function text(value: string): number[] {
  return [value.length, ...Buffer.from(value)];
}

function trampolineModule(): Uint8Array {
  // Local 0 is where success is written: 1, or 0 when no type fits.
  const body = [
    0,
    ...[0x20, 0, 0x41, 1, 0x36, 2, 0],
    ...attempt(0, 3),
    ...attempt(1, 2),
    ...attempt(2, 1),
    ...attempt(3, 0),
    ...[0x20, 0, 0x41, 0, 0x36, 2, 0, 0x41, 0, 0x0b],
  ];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [types.length, ...types.flat()]),
    ...section(2, [2, ...text('env'), ...text('memory'), 2, 0, 0, ...text('env'), ...text('table'), 1, 0x70, 0, 0]),
    ...section(3, [1, 4]),
    ...section(7, [1, ...text('call'), 0, 0]),
    ...section(10, [1, ...length(body.length), ...body]),
  ]);
}

let compiled: WebAssembly.Module | null = null;

/** Puts the trampoline into the table of an interpreter. @returns its index there, which is the same for every instance */
export function makeTrampoline(memory: WebAssembly.Memory, table: WebAssembly.Table): number {
  compiled ??= new WebAssembly.Module(trampolineModule());
  const instance = new WebAssembly.Instance(compiled, { env: { memory, table } });
  const index = table.grow(1);
  table.set(index, instance.exports.call as CallableFunction);
  return index;
}
