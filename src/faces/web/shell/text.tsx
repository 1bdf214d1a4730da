/**
 * Text of a repository, shown so that it cannot pretend: characters that steer a terminal or turn the direction of writing stand as their numbers.
 *
 * Markup is never made of it: everything goes through text nodes.
 */
import type { ComponentChildren } from 'preact';

/** Controls but tab and line feed; marks of direction; what has no width and is no part of an emoji; line separators; tags; interlinear marks. */
const unseen =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

const numberOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** For titles, labels and pictures: ⟨U+202E⟩ in the place of what is not seen. */
export const plain = (text: string): string => text.replace(unseen, (character) => `⟨${numberOf(character)}⟩`);

/** The text with what is not seen made visible. */
export function visible(text: string): ComponentChildren {
  // Most text has none.
  if (text.search(unseen) < 0) return text;
  const parts: ComponentChildren[] = [];
  let from = 0;
  for (const found of text.matchAll(unseen)) {
    parts.push(text.slice(from, found.index), <span class="unseen">{numberOf(found[0])}</span>);
    from = found.index + found[0].length;
  }
  parts.push(text.slice(from));
  return parts;
}

/** @returns 1,234 */
export const grouped = (count: number): string => count.toLocaleString('en-US');

/** @returns `3 files`, `1 file` */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`;
