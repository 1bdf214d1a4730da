/**
 * Tells of promises that are rejected without a handler, which the module's own exports cannot.
 *
 * The engine calls a function of its runtime for each (`JS_SetHostPromiseRejectionTracker`), but the build does not
 * export the setter. So the field is written directly: it stands a fixed distance behind the interrupt handler's, whose
 * place is found by setting that one and looking what changed. The function called is one of ours in the module's table,
 * which is exported by adding an entry to the module. A self-test at start proves it; another build would fail there.
 */
import {
  encodeModule,
  parseModule,
  readSection,
  type Section,
  SectionId,
  Writer,
  withSection,
} from '../../wasm/module.ts';
import type { Vm } from './vm.ts';

const tableExport = '__winnow_table';

type Listener = (promise: bigint, isHandled: boolean) => void;

/** The module with its function table exported. */
function prepare(module: Uint8Array): Uint8Array {
  const sections = parseModule(module);
  const section = sections.find(({ id }) => id === SectionId.export);
  if (section === undefined) throw new Error('the engine exports nothing');
  const reader = readSection(section);
  const writer = new Writer(section.bytes.length + 32);
  writer.u32(reader.u32() + 1);
  writer.copy(section.bytes, reader.at, reader.end);
  const name = Buffer.from(tableExport, 'utf8');
  writer.u32(name.length);
  writer.bytes(name);
  // Kind 1 is a table. Core Specification 5.5.10.
  writer.byte(1);
  writer.u32(0);
  const changed: readonly Pick<Section, 'id' | 'bytes'>[] = sections;
  return encodeModule(withSection(changed, { id: SectionId.export, bytes: writer.done() }));
}

/**
 * `(module (import "e" "f" (func (param i32 i64 i64 i32 i32))) (export "f" (func 0)))`: a JavaScript function can stand
 * in a table only as a WebAssembly function of the right type. Parameters: context, promise, reason, handled, opaque.
 */
const bridge = new WebAssembly.Module(
  Uint8Array.from([
    0, 97, 115, 109, 1, 0, 0, 0, 1, 9, 1, 96, 5, 127, 126, 126, 127, 127, 0, 2, 7, 1, 1, 101, 1, 102, 0, 0, 7, 5, 1, 1,
    102, 0, 0,
  ]),
);

/** The table's last entry is taken over, in each instance alike. */
function place(vm: Vm, listener: Listener): number {
  const table = vm.exports[tableExport];
  if (!(table instanceof WebAssembly.Table)) throw new Error('the engine has no function table');
  const f = (_context: number, promise: bigint, _reason: bigint, handled: number) => listener(promise, handled !== 0);
  const { exports } = new WebAssembly.Instance(bridge, { e: { f } });
  table.grow(1);
  table.set(table.length - 1, exports.f as CallableFunction);
  return table.length - 1;
}

/**
 * In `struct JSRuntime`, bytes from the interrupt handler to the tracker: between them its data, the promise hook and
 * its data, and the parent promise. quickjs-ng, quickjs.c; checked against the memory of this build.
 */
const distance = 20;

/** While the image is made: writes the field. */
function enable(vm: Vm): void {
  const { calls, runtime } = vm;
  // No structure of the engine's is nearly as long.
  const look = () => new Uint32Array(vm.memory.buffer.slice(runtime, runtime + 8192));
  const before = look();
  calls.QTS_RuntimeEnableInterruptHandler(runtime);
  const after = look();
  calls.QTS_RuntimeDisableInterruptHandler(runtime);
  const at = after.findIndex((word, i) => word !== before[i]);
  if (at === -1) throw new Error('the interrupt handler was not found in the runtime');
  let seen = 0;
  const index = place(vm, () => {
    seen++;
  });
  const field = runtime + 4 * at + distance;
  const view = new DataView(vm.memory.buffer);
  if (view.getUint32(field, true) !== 0) throw new Error('the place of the rejection tracker is taken');
  view.setUint32(field, index, true);
  vm.settle(vm.evaluate('void Promise.reject(0)', 'probe', 0));
  if (seen === 0) throw new Error('the engine does not tell of rejected promises');
}

export const rejectionTracker = {
  prepare,
  enable,
  /** In a copy: puts the function where the field points. */
  attach(vm: Vm, listener: Listener): void {
    place(vm, listener);
  },
};
