/** Characters that would steer what shows them, as signs that can be seen. */

/** Control characters, and marks that reorder text, as visible signs; each stays one character wide. */
export function harmless(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 32 ? String.fromCharCode(0x2400 + code) : code === 127 ? '\u2421' : '\ufffd';
  });
}

/** Whether a text may be one that `harmless` made of another. */
export const hasSigns = (text: string): boolean => /[\u2400-\u241f\u2421\ufffd]/.test(text);
