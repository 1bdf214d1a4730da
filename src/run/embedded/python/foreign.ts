/**
 * Calls through function pointers made by `ctypes`: only what is itself inside the interpreter can be called.
 *
 * A pointer is an index into the interpreter's table, whose entries are its own functions and the doors of `doors.ts`. So
 * whatever a program forges, it reaches nothing that plain Python does not reach. Structs by value, variable
 * arguments and callbacks are refused.
 */
import type { DoorHost } from './doors.ts';
import { Fault, Stop } from './doors.ts';

/** Types of libffi. Source: `ffi.h`, FFI_TYPE_*. */
const Type = {
  void: 0,
  int: 1,
  float: 2,
  double: 3,
  u8: 5,
  s8: 6,
  u16: 7,
  s16: 8,
  u32: 9,
  s32: 10,
  u64: 11,
  s64: 12,
  pointer: 14,
} as const;

type Value = number | bigint;

export function foreignCalls(host: DoorHost) {
  const { memory } = host;
  // A `ffi_type` is size, alignment (2 bytes), type (2 bytes), elements.
  const typeAt = (at: number) => memory.u16((at >>> 0) + 6);
  const refuse = (what: string): never => {
    throw new Stop(new Fault(`ctypes: ${what} cannot be used here`));
  };
  const read = (type: number, at: number): Value => {
    const window = memory.window(at, type === Type.u64 || type === Type.s64 || type === Type.double ? 8 : 4);
    const view = new DataView(window.buffer, window.byteOffset);
    const place = 0;
    switch (type) {
      case Type.int:
      case Type.s32:
      case Type.u32:
      case Type.pointer:
        return view.getInt32(place, true);
      case Type.u8:
        return view.getUint8(place);
      case Type.s8:
        return view.getInt8(place);
      case Type.u16:
        return view.getUint16(place, true);
      case Type.s16:
        return view.getInt16(place, true);
      case Type.u64:
      case Type.s64:
        return view.getBigInt64(place, true);
      case Type.float:
        return view.getFloat32(place, true);
      case Type.double:
        return view.getFloat64(place, true);
      default:
        return refuse('a struct by value');
    }
  };
  const invoke = (call: CallableFunction, args: readonly Value[]): Value | undefined => {
    try {
      return call(...args);
    } catch (error) {
      // The engine's answer to a number where a 64-bit one belongs, or the other way round.
      if (error instanceof TypeError) return refuse('a function of another type');
      throw error;
    }
  };
  return {
    /** `cif` is abi, count, types, result type, bytes, flags, fixed count. */
    ffi_call_js(cif: number, index: number, result: number, values: number) {
      const count = memory.u32(cif + 4);
      if (memory.u32(cif + 24) !== count) refuse('a function with variable arguments');
      const types = memory.u32(cif + 8);
      const args: Value[] = [];
      for (let i = 0; i < count; i++) args.push(read(typeAt(memory.u32(types + 4 * i)), memory.u32(values + 4 * i)));
      host.taint();
      const call = host.function(index >>> 0) ?? refuse('an address that is no function');
      const value = invoke(call, args);
      const type = typeAt(memory.u32(cif + 12));
      if (type === Type.void) return;
      // libffi widens every smaller result to 4 bytes.
      const wide = type === Type.double || type === Type.u64 || type === Type.s64;
      const window = memory.window(result, wide ? 8 : 4);
      const view = new DataView(window.buffer, window.byteOffset);
      if (type === Type.float) view.setFloat32(0, Number(value), true);
      else if (type === Type.double) view.setFloat64(0, Number(value), true);
      else if (wide) view.setBigInt64(0, BigInt(value ?? 0), true);
      else view.setInt32(0, Number(value), true);
    },
    /** `ctypes` makes a callback when it is imported. It gets memory, and a code pointer that traps when called. */
    ffi_closure_alloc_js(size: number, codeAt: number) {
      const at = host.allocate(size);
      if (at !== 0) memory.setU32(codeAt, 0);
      return at;
    },
    ffi_closure_free_js: () => undefined,
    ffi_prep_closure_loc_js: () => 0,
  };
}
