/** A document as one text, for encoders that read text as it stands: what is said of it first, because such models cut the end off. */
import type { DocumentText } from './types.ts';

/** Characters that are given; a chunk has some 4,000, most models read 512 to 8,192 tokens. */
const longestDocument = 6_000;

/** @returns never empty: endpoints refuse an empty input */
export function plainText({ name, signature, doc, body }: DocumentText): string {
  const text = [doc, signature === '' ? name : signature, body].filter((part) => part !== '').join('\n');
  return text.slice(0, longestDocument) || ' ';
}
