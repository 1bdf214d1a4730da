/** Characters that would steer what shows them, or that nobody sees, as signs that can be seen. */

/** Scripts in which joiners between letters are spelling (Unicode 16, §9.2, §12). */
const joined = ['Arab', 'Syrc', 'Mong', 'Nkoo', 'Deva', 'Beng', 'Guru', 'Gujr', 'Orya', 'Taml', 'Telu', 'Knda']
  .concat('Mlym', 'Sinh', 'Tibt', 'Mymr', 'Khmr')
  .map((script) => `\\p{sc=${script}}`)
  .join('');

/**
 * Control characters; marks that reorder text; and what has no width (Unicode's Default_Ignorable_Code_Point, with the line and paragraph
 * separators and the interlinear marks). Joiners and selectors stay where they do their work: behind emoji, in keycaps, and within `joined`.
 */
const steering = new RegExp(
  [
    '[\\0-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b\\u200e\\u200f\\u2028-\\u202e',
    '\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}]',
    `|(?<![\\p{Extended_Pictographic}\\p{Emoji_Modifier}]\\ufe0f?|[${joined}])[\\u200c\\u200d]`,
    '|(?<!\\p{Extended_Pictographic}|[0-9#*](?=\\ufe0f\\u20e3))[\\ufe00-\\ufe0f]',
  ].join(''),
  'gu',
);

/** Most texts, told at once. */
const plain = /^[\x20-\x7e]*$/;

/** What steers and what is not seen, as visible signs; a text keeps its length in UTF-16 units. */
export function harmless(text: string): string {
  if (plain.test(text)) return text;
  return text.replace(steering, (character) => {
    const code = character.charCodeAt(0);
    return code < 32 ? String.fromCharCode(0x2400 + code) : code === 127 ? '\u2421' : '\ufffd'.repeat(character.length);
  });
}

/** Whether a text may be one that `harmless` made of another. */
export const hasSigns = (text: string): boolean => /[\u2400-\u241f\u2421\ufffd]/.test(text);
