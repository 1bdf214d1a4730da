/**
 * Where things stand in a segment's bytes. `docs/formats.md` draws it; keep the two together.
 *
 * Everything up to `dataEnd` is covered by page checksums, which follow it, and they and
 * the footer by a checksum in the footer. Sections are found from the footer alone, so that
 * a segment is written in one pass and opened with two short reads at its end.
 */
import { crc32 } from 'node:zlib';
import { WinnowError } from '../../base/mod.ts';
import { ByteWriter, readU32s } from './bytes.ts';
import { corrupt, pageBytes } from './pages.ts';
import type { ByteSource } from './types.ts';

/** Raise when the bytes change; segments of other formats are rebuilt, not converted: they are caches. */
export const segmentFormat = 1;

/** `WinnowTx`. */
const magic = Uint8Array.of(0x57, 0x69, 0x6e, 0x6e, 0x6f, 0x77, 0x54, 0x78);
const headerBytes = 16;
const footerBytes = 128;

/** In the order of the file; each ends where the next begins, the last at `dataEnd`. */
export const sectionNames = [
  'postings',
  'termBlocks',
  'termIndex',
  'nameEntries',
  'nameBlocks',
  'nameIndex',
  'kinds',
  'flags',
  'versions',
] as const;
export type SectionName = (typeof sectionNames)[number];

export interface Layout {
  /** Offset of each section, and of their end. */
  readonly start: Readonly<Record<SectionName | 'dataEnd', number>>;
  readonly docs: number;
  readonly versions: number;
  readonly terms: number;
  readonly termBlocks: number;
  readonly names: number;
  readonly nameBlocks: number;
  /** `weightsFingerprint` of the program that wrote it. */
  readonly weights: number;
}

const countNames = ['docs', 'versions', 'terms', 'termBlocks', 'names', 'nameBlocks', 'weights'] as const;

export function encodeHeader(): Uint8Array {
  const writer = new ByteWriter(headerBytes);
  writer.bytes(magic, 0, magic.length);
  writer.u32(segmentFormat);
  writer.u32(0);
  return writer.view();
}

/** Checksums of the pages, then the footer. */
export function encodeTail(layout: Layout, checksums: Uint8Array): Uint8Array {
  const writer = new ByteWriter(checksums.length + footerBytes);
  writer.bytes(checksums, 0, checksums.length);
  for (const name of [...sectionNames, 'dataEnd'] as const) {
    writer.u32(layout.start[name] % 2 ** 32);
    writer.u32(Math.floor(layout.start[name] / 2 ** 32));
  }
  for (const name of countNames) writer.u32(layout[name]);
  writer.u32(crc32(writer.view()));
  writer.u32(footerBytes);
  writer.u32(segmentFormat);
  writer.bytes(magic, 0, magic.length);
  return writer.view();
}

/**
 * The layout and the checksums of the pages.
 *
 * @throws WinnowError `index-corrupt` when this is no whole segment; `index-too-new` when a later version wrote it
 */
export function readLayout(source: ByteSource): { layout: Layout; checksums: Uint32Array } {
  if (source.size < headerBytes + footerBytes) throw corrupt(`it has only ${source.size} bytes`);
  const footer = source.read(source.size - footerBytes, footerBytes);
  const view = new DataView(footer.buffer, footer.byteOffset, footer.byteLength);
  for (let i = 0; i < magic.length; i++)
    if (footer[footerBytes - magic.length + i] !== magic[i]) throw corrupt('it does not end as a segment ends');
  const format = view.getUint32(footerBytes - 12, true);
  if (format > segmentFormat)
    throw new WinnowError(
      'index-too-new',
      `The index holds a text segment of format ${format}; this version reads up to ${segmentFormat}. ` +
        'Update winnow, or delete the index and index again.',
      { details: { format, known: segmentFormat } },
    );
  if (format !== segmentFormat) throw corrupt(`format ${format} never existed`);
  if (view.getUint32(footerBytes - 16, true) !== footerBytes) throw corrupt('its footer has another length');
  const start: Partial<Record<SectionName | 'dataEnd', number>> = {};
  let at = 0;
  let before = headerBytes;
  for (const name of [...sectionNames, 'dataEnd'] as const) {
    const offset = view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
    if (offset < before) throw corrupt('its sections overlap');
    start[name] = offset;
    before = offset;
    at += 8;
  }
  const counts: Partial<Record<(typeof countNames)[number], number>> = {};
  for (const name of countNames) {
    counts[name] = view.getUint32(at, true);
    at += 4;
  }
  const dataEnd = before;
  const pages = Math.ceil(dataEnd / pageBytes);
  if (dataEnd + 4 * pages + footerBytes !== source.size) throw corrupt('its size is not what its end says');
  const table = source.read(dataEnd, 4 * pages);
  if (crc32(footer.subarray(0, at), crc32(table)) !== view.getUint32(at, true))
    throw corrupt('its end does not match its checksum');
  const checksums = readU32s(table, 0, pages);
  return { layout: { start, ...counts } as Layout, checksums };
}
