/**
 * Whether a module from anywhere is a program that can be run here: a WASI command (preview 1), and a module at all.
 *
 * Compilers' modules are taken as they come; these may be made by hand, to break what runs them. So a module is valid before anything is put into it, its
 * imports have the types that the calls of WASI have, and a start function, which would run while it is made and before anything counts, is called
 * as the first thing that the program does.
 *
 * Source: wasi_snapshot_preview1 (WebAssembly/WASI, legacy/preview1); WebAssembly Core Specification 5.5.11 (start section).
 */
import { readTypes } from './functions.ts';
import {
  appendEntries,
  encodeModule,
  parseImports,
  parseModule,
  Reader,
  readSection,
  type Section,
  SectionId,
  WasmFormatError,
  Writer,
  withSection,
} from './module.ts';
import { wasiModule } from './wasi.ts';

const startSection = 8;
const startExport = '__winnow_start';

export interface CommandModule {
  readonly module: Uint8Array;
  /** Of what it had, to be called before `_start`; null: it had none. */
  readonly startExport: string | null;
}

/** @throws WasmFormatError when it is none, with what it is instead */
export function readCommand(bytes: Uint8Array): CommandModule {
  const sections = parseModule(bytes);
  try {
    // Says where it is broken, which `validate` does not.
    new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
  } catch (cause) {
    throw new WasmFormatError(cause instanceof Error ? cause.message : String(cause), 0);
  }
  checkImports(sections);
  const start = sections.find(({ id }) => id === startSection);
  if (start === undefined) return { module: bytes, startExport: null };
  const entry = new Writer();
  entry.name(startExport);
  entry.byte(0);
  entry.u32(readSection(start).u32());
  const own = sections.find(({ id }) => id === SectionId.export);
  const others = sections.filter((section) => section !== start);
  const module = encodeModule(
    withSection<Pick<Section, 'id' | 'bytes'>>(others, appendEntries(SectionId.export, own, [entry.done()])),
  );
  return { module, startExport };
}

/** Parameters of 64 bits, by their places; all others are of 32, and so are results, of which `proc_exit` has none. */
export const wideParameters: Readonly<Record<string, readonly number[]>> = {
  clock_time_get: [1],
  fd_advise: [1, 2],
  fd_allocate: [1, 2],
  fd_fdstat_set_rights: [1, 2],
  fd_filestat_set_size: [1],
  fd_filestat_set_times: [1, 2],
  fd_pread: [3],
  fd_pwrite: [3],
  fd_readdir: [3],
  fd_seek: [1],
  path_filestat_set_times: [4, 5],
  path_open: [5, 6],
};
const [i32, i64] = [0x7f, 0x7e];

function checkImports(sections: readonly Section[]): void {
  const section = sections.find(({ id }) => id === SectionId.import);
  const types = readTypes(sections.find(({ id }) => id === SectionId.type)).signatures;
  for (const { module, name, kind, typeAt, typeEnd } of parseImports(section)) {
    if (module !== wasiModule || section === undefined) continue;
    const signature = kind === 'function' ? types[new Reader(section.bytes, { at: typeAt, end: typeEnd }).u32()] : null;
    const isRight =
      signature?.parameters.every((type, at) => type === ((wideParameters[name] ?? []).includes(at) ? i64 : i32)) ===
        true && (name === 'proc_exit' ? signature.results.length === 0 : String(signature.results) === String(i32));
    if (!isRight)
      throw new WasmFormatError(`its import ${module}.${name} is no such function`, section.offset + typeAt);
  }
}
