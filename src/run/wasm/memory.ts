/**
 * Caps the memory of a WebAssembly module by rewriting the maximum that the module itself declares.
 *
 * The engine then refuses to grow past it, which the program sees as an allocation that failed. This
 * is the only cap that holds: resource limits of workers do not count WebAssembly memory, and the host
 * is not asked when a module grows its own.
 */
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

/** Bytes of one page. Core Specification 2.3.8. */
export const pageBytes = 65_536;

/** The most pages of a 32-bit memory. */
const mostPages = 65_536;

/**
 * @param module a WebAssembly module; not changed
 * @param maxPages the most pages of each memory, defined or imported, integer in [1, 65536]; a lower maximum stays
 * @returns a new module. An imported memory's type is narrowed too, so the host must give one with a maximum no higher.
 * @throws WasmFormatError
 * @throws RangeError when the module needs more than `maxPages` to start
 */
export function capMemory(module: Uint8Array, maxPages: number): Uint8Array {
  if (!Number.isInteger(maxPages) || maxPages < 1 || maxPages > mostPages)
    throw new RangeError(`a memory cap is 1 to ${mostPages} pages of 64 KiB, not ${maxPages}`);
  let sections: readonly Pick<Section, 'id' | 'bytes'>[] = parseModule(module);
  const own = (sections as readonly Section[]).find(({ id }) => id === SectionId.memory);
  const imports = (sections as readonly Section[]).find(({ id }) => id === SectionId.import);
  if (own !== undefined) sections = withSection(sections, capOwn(own, maxPages));
  if (imports !== undefined) sections = withSection(sections, capImports(imports, maxPages));
  return encodeModule(sections);
}

/** The pages that each memory of a module starts with, defined and imported ones together. */
export function initialPages(module: Uint8Array): number {
  const sections = parseModule(module);
  let pages = 0;
  const own = sections.find(({ id }) => id === SectionId.memory);
  if (own !== undefined) {
    const reader = readSection(own);
    for (let left = reader.u32(); left > 0; left--) pages += readLimits(reader).min;
  }
  const imports = sections.find(({ id }) => id === SectionId.import);
  for (const { kind, typeAt, typeEnd } of parseImports(imports))
    if (kind === 'memory' && imports !== undefined)
      pages += readLimits(new Reader(imports.bytes, { at: typeAt, end: typeEnd, base: imports.offset })).min;
  return pages;
}

function capOwn(section: Section, maxPages: number): Pick<Section, 'id' | 'bytes'> {
  const reader = readSection(section);
  const writer = new Writer();
  const count = reader.u32();
  writer.u32(count);
  for (let i = 0; i < count; i++) copyLimits(reader, writer, maxPages);
  reader.expectEnd('the memory section');
  return { id: SectionId.memory, bytes: writer.done() };
}

function capImports(section: Section, maxPages: number): Pick<Section, 'id' | 'bytes'> {
  const writer = new Writer(section.bytes.length + 16);
  let copied = 0;
  for (const { kind, typeAt, typeEnd } of parseImports(section)) {
    if (kind !== 'memory') continue;
    writer.copy(section.bytes, copied, typeAt);
    copyLimits(new Reader(section.bytes, { at: typeAt, end: typeEnd, base: section.offset }), writer, maxPages);
    copied = typeEnd;
  }
  writer.copy(section.bytes, copied, section.bytes.length);
  return { id: SectionId.import, bytes: writer.done() };
}

function readLimits(reader: Reader): { flags: number; min: number; max: number | null } {
  const flags = reader.byte();
  // Bit 2 is a 64-bit memory, whose sizes may not fit a u32; no engine that is shipped here has one.
  if (flags > 3) reader.fail(`memory limits 0x${flags.toString(16)}, which are not supported,`, reader.at - 1);
  const min = reader.u32();
  return { flags, min, max: flags & 1 ? reader.u32() : null };
}

function copyLimits(reader: Reader, writer: Writer, maxPages: number): void {
  const { flags, min, max } = readLimits(reader);
  if (min > maxPages)
    throw new RangeError(`the module starts with ${min} pages of memory, more than the cap of ${maxPages}`);
  writer.byte(flags | 1);
  writer.u32(min);
  writer.u32(Math.min(max ?? maxPages, maxPages));
}
