/**
 * reStructuredText: a line with a line of punctuation below it, at least as long, is a
 * heading. Levels follow from the order in which the styles (character, with or
 * without overline) first occur, as docutils has it. Directives are text.
 */
import { forEachLine, type Heading, outlineFacts } from '../text/outline.ts';
import type { TextLanguage } from './language.ts';

const adornment = /^([!-/:-@[-`{-~])\1{2,}\s*$/;

export const rst: TextLanguage = {
  form: 'text',
  code: false,
  name: 'rst',
  displayName: 'reStructuredText',
  extensions: ['rst', 'rest'],
  read: (text) => {
    const headings: Heading[] = [];
    const styles: string[] = [];
    const lines: { start: number; end: number }[] = [];
    forEachLine(text, (start, end) => lines.push({ start, end }));
    const lineAt = (at: number): string => {
      const line = lines[at];
      return line === undefined ? '' : text.slice(line.start, Math.min(line.end, line.start + 400));
    };
    for (let at = 1; at < lines.length; at++) {
      const under = adornment.exec(lineAt(at));
      if (under === null) continue;
      const title = lineAt(at - 1);
      const name = title.trim();
      if (name === '' || adornment.test(title) || under[0].trim().length < name.length) continue;
      const over = at >= 2 && lineAt(at - 2).trim() === under[0].trim();
      // Without an overline a title is not indented and stands after a blank line.
      if (!over && (title !== title.trimStart() || (at >= 2 && lineAt(at - 2).trim() !== ''))) continue;
      const style = `${under[1]}${over}`;
      if (!styles.includes(style)) styles.push(style);
      const line = lines[at - 1] as { start: number; end: number };
      const nameStart = line.start + title.length - title.trimStart().length;
      headings.push({
        start: over ? (lines[at - 2]?.start ?? line.start) : line.start,
        end: lines[at]?.end ?? line.end,
        nameStart,
        nameEnd: nameStart + name.length,
        level: styles.indexOf(style) + 1,
      });
    }
    return outlineFacts(text, headings);
  },
};
