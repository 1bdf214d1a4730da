/**
 * Links of one file version as a byte string, framed as `records.ts` says. `docs/formats.md` has the sections field by field.
 *
 * The idea is that of packed facts: names are numbers of the record's own table, everything else is the difference to what
 * came before. Uses are the largest section and the last to be needed, so they come by themselves: who resolves what other
 * files show reads scopes, bindings, expressions and symbols, and never pays for the uses.
 */
import type { FileLinks } from '../../code/mod.ts';
import {
  readBindings,
  readExports,
  readExpressions,
  readIndices,
  readScopes,
  readSymbolLinks,
  readUses,
  writeBindings,
  writeExports,
  writeExpressions,
  writeIndices,
  writeScopes,
  writeSymbolLinks,
  writeUses,
} from './links-sections.ts';
import type { ByteReader } from './packing.ts';
import { entry, lazily, openRecord, StringTable, sealRecord, section } from './records.ts';

const flag = { classScopesAreSeen: 1, cut: 2, hasPackage: 4 } as const;

/** @returns a record that `decodeLinks` turns back into equal links; strings must be well-formed UTF-16 */
export function encodeLinks(links: FileLinks): Uint8Array {
  const strings = new StringTable();
  const named = links.package === null ? 0 : strings.number(links.package);
  const sections = [
    section((out) => writeScopes(out, links.scopes)),
    section((out) => writeBindings(out, links.bindings, strings)),
    section((out) => writeExpressions(out, links.expressions, strings)),
    section((out) => writeSymbolLinks(out, links.symbols)),
    section((out) => writeExports(out, links.exports, strings)),
    section((out) => writeIndices(out, links.passedOn)),
    section((out) => writeUses(out, links.uses, links.expressions)),
  ];
  const table = section((out) => strings.write(out));
  return sealRecord(
    (out) => {
      out.byte(
        (links.classScopesAreSeen ? flag.classScopesAreSeen : 0) |
          (links.cut ? flag.cut : 0) |
          (links.package === null ? 0 : flag.hasPackage),
      );
      out.varint(named);
    },
    [table, ...sections],
  );
}

/**
 * @returns the links; sections are decoded when first read
 * @throws CutShort when the checksum does not fit or the record makes no sense
 */
export function decodeLinks(record: Uint8Array): FileLinks {
  const { head, strings, sections } = openRecord(record, 'links', 8, (from) => {
    return { bits: from.byte(), named: from.varint() };
  });
  const [scopes, bindings, expressions, symbols, exported, passedOn, uses] = sections as [
    ByteReader,
    ByteReader,
    ByteReader,
    ByteReader,
    ByteReader,
    ByteReader,
    ByteReader,
  ];
  const links: FileLinks = lazily<FileLinks>({
    classScopesAreSeen: () => (head.bits & flag.classScopesAreSeen) !== 0,
    package: () => ((head.bits & flag.hasPackage) === 0 ? null : entry(strings, head.named)),
    scopes: () => readScopes(scopes),
    bindings: () => readBindings(bindings, strings),
    expressions: () => readExpressions(expressions, strings),
    uses: () => readUses(uses, links.expressions),
    symbols: () => readSymbolLinks(symbols),
    exports: () => readExports(exported, strings),
    passedOn: () => readIndices(passedOn),
    cut: () => (head.bits & flag.cut) !== 0,
  });
  return links;
}
