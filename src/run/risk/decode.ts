/** Text that was made unreadable, made readable again: what a program would decode before it evaluates it. Bytes are texts whose characters are their values. */
import { gunzipSync, inflateSync } from 'node:zlib';
import { fromCode } from './python/strings.ts';
import { isKnownText, joinLabels, labelsOf, text, unknownOf, type Values } from './values.ts';

const bytesText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const bytesFrom = (given: string): Buffer => Buffer.from(given, 'latin1');

/** Decoders of encoded text; what they give is labelled `decoded`. */
const decoders: Readonly<Record<string, (given: string) => string | null>> = {
  base64: (given) => bytesText(Buffer.from(given, 'base64')),
  base32: base32,
  hex: (given) =>
    /^(?:[0-9a-fA-F]{2}|\s)*$/.test(given) ? bytesText(Buffer.from(given.replace(/\s/g, ''), 'hex')) : null,
  rot13: (given) =>
    given.replace(/[a-zA-Z]/g, (letter) => {
      const first = letter <= 'Z' ? 65 : 97;
      return String.fromCharCode(((letter.charCodeAt(0) - first + 13) % 26) + first);
    }),
  zlib: (given) => bytesText(inflateSync(bytesFrom(given), { maxOutputLength: 1 << 20 })),
  gzip: (given) => bytesText(gunzipSync(bytesFrom(given), { maxOutputLength: 1 << 20 })),
  unquote: (given) => given.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => fromCode(Number.parseInt(hex, 16))),
  utf8: (given) => Buffer.from(given, 'latin1').toString('utf8'),
  base85: () => null,
  other: () => null,
};

export function decodedBy(name: string, values: Values): Values {
  return values.map((value) => {
    const from = joinLabels(labelsOf([value]), ['decoded']);
    if (!isKnownText(value)) return unknownOf(from);
    try {
      const given = decoders[name]?.(value.text) ?? null;
      return given === null ? unknownOf(from) : text(given, from);
    } catch {
      // Not what its name says: decoding it is an error of the program.
      return unknownOf(from);
    }
  });
}

function base32(given: string): string | null {
  let bits = '';
  for (const letter of given.replace(/=+$/, '')) {
    const value = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter.toUpperCase());
    if (value < 0) return null;
    bits += value.toString(2).padStart(5, '0');
  }
  return String.fromCharCode(...(bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
