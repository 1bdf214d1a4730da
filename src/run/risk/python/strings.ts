/** Python's string literals as text; bytes are texts whose characters are their values. */

const plain: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
};

/** @param prefix of the literal, in lower case: `rb` */
export function unescaped(written: string, prefix: string): string {
  const braces = prefix.includes('f') ? written.replaceAll('{{', '{').replaceAll('}}', '}') : written;
  if (prefix.includes('r') || !braces.includes('\\')) return braces;
  return braces.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|N\{[^}]*\}|([\s\S]))/g,
    (whole: string, hex?: string, short?: string, long?: string, octal?: string, single?: string) => {
      const digits = hex ?? short ?? long;
      if (digits !== undefined) return fromCode(Number.parseInt(digits, 16));
      if (octal !== undefined) return fromCode(Number.parseInt(octal, 8));
      return single === undefined ? whole : (plain[single] ?? whole);
    },
  );
}

/** What is no code point is told as a replacement: a literal of a program may say anything. */
export const fromCode = (code: number): string =>
  Number.isInteger(code) && code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\uFFFD';
