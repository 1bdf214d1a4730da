/** What `locate` answers: where an issue belongs. */
import type { LocateOutput } from '../../operations/locate.ts';
import { harmless } from '../../paint.ts';
import { fitted, type Piece } from '../budget.ts';
import { cursorAt, offsetOf } from '../cursor.ts';
import type { LocateInput } from '../tools/locate.ts';
import type { Answering } from '../types.ts';
import { isPartial, linesText, nextText, noticeText, partialNotices } from './parts.ts';

const mostOfList = 100;

export const locateAnswer: Answering<LocateInput> = async (given, call) => {
  // Counted are places, in pages of as many files and functions as are asked for, the files of a page first.
  const onPage = 2 * given.limit;
  const position = offsetOf(given.cursor, given);
  const page = Math.floor(position / onPage);
  const skipped = position % onPage;
  const offset = page * given.limit;
  const limit = Math.min(mostOfList, offset + given.limit);
  const asked = await call.ask<LocateOutput>('locate', {
    text: given.issue,
    directory: given.directory ?? call.directory,
    limit,
  });
  const { output } = asked;
  const told = [...partialNotices(output.completeness), ...output.notices];
  const pieces = [
    ...output.files
      .slice(offset)
      .map(({ path, score, reasons }) => pieceOf('file', harmless(path), null, score, reasons)),
    ...output.functions
      .slice(offset)
      .map(({ id, lines, score, reasons }) => pieceOf('function', harmless(id), linesText(lines), score, reasons)),
  ].slice(skipped);
  const hasMore = limit < mostOfList && [output.files, output.functions].some((list) => list.length === limit);
  const frame = (shown: readonly { text: string; structured: unknown }[]) => {
    const isCut = shown.length > 0 && shown.length < pieces.length;
    const next = isCut
      ? cursorAt(position + shown.length, given)
      : hasMore && shown.length === pieces.length
        ? cursorAt((page + 1) * onPage, given)
        : null;
    const cut =
      shown.length === 0 && pieces.length > 0
        ? ['The budget has no room for a single place; ask with a larger one.']
        : [];
    const of = (list: string) =>
      shown.flatMap(({ structured }) => {
        const { list: own, ...rest } = structured as { list: string };
        return own === list ? [rest] : [];
      });
    return {
      text: `${pieces.length === 0 ? 'Nothing in the repository fits.\n' : shown.map((one) => one.text).join('')}${nextText(next)}${noticeText([...told, ...cut])}`,
      structured: {
        files: of('file'),
        functions: of('function'),
        next,
        partial: isPartial(output.completeness),
        notices: [...told, ...cut],
      },
    };
  };
  const widest = frame(pieces.length === 0 ? [] : [{ text: '', structured: { list: '' } }]);
  return frame(fitted(pieces, widest, given.budget));
};

/** Reasons beside a place: the strongest few tell most. */
const mostReasons = 3;

function pieceOf(
  list: 'file' | 'function',
  id: string,
  lines: string | null,
  score: number,
  reasons: readonly { readonly text: string }[],
): Piece {
  const own = { list, id, ...(lines === null ? {} : { lines }), score: Number(score.toPrecision(3)) };
  const first = `${list}  ${id}${lines === null ? '' : `  ${lines}`}  ${own.score}\n`;
  const why = reasons.slice(0, mostReasons).map(({ text }) => text);
  return {
    head: { text: first, structured: own },
    whole: { text: `${first}${why.map((text) => `    ${text}\n`).join('')}`, structured: { ...own, why } },
  };
}
