/** Any text without a known structure: pieces of bounded size, cut at blank lines where there are any. */
import { TextChunks } from '../text/split.ts';
import type { TextLanguage } from './language.ts';

export const plain: TextLanguage = {
  form: 'text',
  code: false,
  name: 'text',
  displayName: 'plain text',
  extensions: ['txt', 'text'],
  read: (text) => {
    const chunks = new TextChunks(text);
    chunks.add(-1, 0, text.length);
    return { symbols: [], chunks: chunks.list, problems: [] };
  },
};
