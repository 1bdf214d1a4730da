/**
 * Markdown: headings are sections. ATX (`## Name`) and underlined headings count; what
 * looks like one inside a code fence or the front matter does not. Inline markup stays
 * in the name as written.
 */
import { forEachLine, type Heading, outlineFacts } from '../text/outline.ts';
import type { TextLanguage } from './language.ts';

const fenceLine = /^ {0,3}(`{3,}|~{3,})(.*)$/;
const atxLine = /^ {0,3}(#{1,6})(?:[ \t]+|$)/;
const closingHashes = /(?:^|[ \t]+)#*[ \t]*$/;
const underline = /^ {0,3}(=+|-{2,})[ \t]*$/;
/** Lines that cannot be the text of an underlined heading: lists, quotes, tables, tags, rules. */
const notParagraph = /^\s*$|^ {4}|^\s*([-*+>|<]|\d+[.)]\s)/;

export const markdown: TextLanguage = {
  form: 'text',
  code: false,
  name: 'markdown',
  displayName: 'Markdown',
  extensions: ['md', 'markdown', 'mdx', 'qmd', 'rmd'],
  read: (text) => {
    const headings: Heading[] = [];
    let fence = '';
    let inFrontMatter = false;
    let first = true;
    let above: { start: number; end: number } | null = null;
    forEachLine(text, (start, end) => {
      // A heading is short; the rest of a huge line does not matter.
      const line = text.slice(start, Math.min(end, start + 400));
      const isFirst = first;
      first = false;
      const paragraph = above;
      above = null;
      if (isFirst && /^---\s*$/.test(line)) {
        inFrontMatter = true;
        return;
      }
      if (inFrontMatter) {
        if (/^(---|\.\.\.)\s*$/.test(line)) inFrontMatter = false;
        return;
      }
      const mark = fenceLine.exec(line);
      if (fence !== '') {
        const closes = mark !== null && (mark[1] as string).startsWith(fence) && (mark[2] as string).trim() === '';
        if (closes) fence = '';
        return;
      }
      if (mark !== null && !(mark[1]?.startsWith('`') && mark[2]?.includes('`'))) {
        fence = mark[1] as string;
        return;
      }
      const atx = atxLine.exec(line);
      if (atx !== null) {
        const nameStart = start + atx[0].length;
        const name = text.slice(nameStart, end).replace(closingHashes, '');
        headings.push({ start, end, nameStart, nameEnd: nameStart + name.length, level: (atx[1] as string).length });
        return;
      }
      const under = paragraph === null ? null : underline.exec(line);
      if (under !== null && paragraph !== null) {
        const name = text.slice(paragraph.start, paragraph.end);
        const nameStart = paragraph.start + name.length - name.trimStart().length;
        const nameEnd = nameStart + name.trim().length;
        headings.push({ start: paragraph.start, end, nameStart, nameEnd, level: under[1]?.startsWith('=') ? 1 : 2 });
        return;
      }
      if (!notParagraph.test(line)) above = { start, end };
    });
    return outlineFacts(text, headings);
  },
};
