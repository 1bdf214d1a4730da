/** AsciiDoc: lines of `=` and a name are headings, except inside delimited blocks of code or literals. */
import { forEachLine, type Heading, outlineFacts } from '../text/outline.ts';
import type { TextLanguage } from './language.ts';

const headingLine = /^(={1,6})[ \t]+(?=\S)/;
const blockLine = /^(-{4,}|\.{4,}|\+{4,}|`{3,})[ \t]*/;

export const asciidoc: TextLanguage = {
  form: 'text',
  code: false,
  name: 'asciidoc',
  displayName: 'AsciiDoc',
  extensions: ['adoc', 'asciidoc'],
  read: (text) => {
    const headings: Heading[] = [];
    let block = '';
    forEachLine(text, (start, end) => {
      const line = text.slice(start, Math.min(end, start + 400));
      const mark = blockLine.exec(line)?.[1];
      if (block !== '') {
        if (line.trim() === block) block = '';
        return;
      }
      if (mark !== undefined && (line.trim() === mark || mark.startsWith('`'))) {
        block = mark;
        return;
      }
      const found = headingLine.exec(line);
      if (found === null) return;
      const nameStart = start + found[0].length;
      const nameEnd = nameStart + text.slice(nameStart, end).trimEnd().length;
      headings.push({ start, end, nameStart, nameEnd, level: (found[1] as string).length });
    });
    return outlineFacts(text, headings);
  },
};
