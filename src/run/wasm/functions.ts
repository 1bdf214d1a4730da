/**
 * What a module says of its functions beside their code: types, names, and sections that tools left in it.
 *
 * Only what is asked for is read, and nothing is checked that the engine checks anyway.
 */
import { Reader, readSection, type Section, SectionId, WasmFormatError } from './module.ts';

export interface Signature {
  /** Its number among the types. */
  readonly type: number;
  /** Value types by their first byte. Core Specification 5.3. */
  readonly parameters: readonly number[];
  readonly results: readonly number[];
}

/** @returns all types counted; signatures as far as they are plain functions: behind any other nothing is known */
export function readTypes(section: Section | undefined): {
  readonly count: number;
  readonly signatures: readonly Signature[];
} {
  if (section === undefined) return { count: 0, signatures: [] };
  const reader: Reader = readSection(section);
  const count = reader.u32();
  const signatures: Signature[] = [];
  const list = (): number[] =>
    Array.from({ length: reader.u32() }, () => {
      const type = reader.bytes[reader.at] as number;
      reader.skipValueType();
      return type;
    });
  for (let type = 0; type < count; type++) {
    if (reader.byte() !== 0x60) break;
    signatures.push({ type, parameters: list(), results: list() });
  }
  return { count, signatures };
}

/** @param section the function section @returns of each function that the module defines; holes where the type is not known */
export function signaturesOf(
  section: Section | undefined,
  types: readonly Signature[],
): readonly (Signature | undefined)[] {
  if (section === undefined) return [];
  const reader: Reader = readSection(section);
  return Array.from({ length: reader.u32() }, () => types[reader.u32()]);
}

/** Names of functions by their numbers, else those by which they are exported. Source: Core Specification, appendix "Name Section", and 5.5.10. */
export function readNames(sections: readonly Section[]): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  const exports = sections.find(({ id }) => id === SectionId.export);
  const exported = exports === undefined ? null : readSection(exports);
  for (let left = exported?.u32() ?? 0; exported !== null && left > 0; left--) {
    const name = exported.name();
    const isFunction = exported.byte() === 0;
    const index = exported.u32();
    if (isFunction) names.set(index, name);
  }
  const reader: Reader = new Reader(customContent(sections, 'name'));
  try {
    while (!reader.done) {
      const kind = reader.byte();
      const size = reader.u32();
      const end = reader.at + size;
      if (kind === 1) for (let left = reader.u32(); left > 0; left--) names.set(reader.u32(), reader.name());
      reader.at = end;
    }
  } catch (cause) {
    // The engine does not look at it either.
    if (!(cause instanceof WasmFormatError)) throw cause;
  }
  return names;
}

/** What a custom section holds behind its name; empty where there is none. */
export function customContent(sections: readonly Section[], name: string): Uint8Array {
  for (const section of sections) {
    if (section.id !== SectionId.custom) continue;
    const reader = readSection(section);
    if (reader.name() === name) return section.bytes.subarray(reader.at);
  }
  return new Uint8Array(0);
}
