/** What `search` answers: ranked code for words, a question or a name. */
import type { SearchOutput } from '../../operations/search.ts';
import { harmless } from '../../paint.ts';
import { fitted, type Piece } from '../budget.ts';
import { cursorAt, offsetOf } from '../cursor.ts';
import type { SearchInput } from '../tools/search.ts';
import type { Answering } from '../types.ts';
import { isPartial, linesText, nextText, noticeText, partialNotices } from './parts.ts';

/** Ranked answers end there. */
const mostRanked = 1_000;

export const searchAnswer: Answering<SearchInput> = async (given, call) => {
  const { query, lang, path, kind, limit } = given;
  const offset = offsetOf(given.cursor, given);
  const asked = await call.ask<SearchOutput>('search', {
    query,
    directory: given.directory ?? call.directory,
    ...{ lang, path, kind },
    limit: Math.min(mostRanked, offset + limit),
  });
  const { hits, total, completeness } = asked.output;
  const told = [...partialNotices(completeness), ...asked.output.notices];
  const frame = (shown: readonly { text: string; structured: unknown }[]) => {
    const end = offset + shown.length;
    const more = end < Math.min(total.count, mostRanked) && shown.length > 0 ? cursorAt(end, given) : null;
    const text =
      hits.length === 0
        ? 'Nothing matches.\n'
        : `${shown.map((one) => one.text).join('')}${end} of ${total.moreThan ? 'more than ' : ''}${total.count} matches\n${nextText(more)}`;
    return {
      text: `${text}${noticeText(told)}`,
      structured: {
        hits: shown.map((one) => one.structured),
        matches: total.count,
        next: more,
        partial: isPartial(completeness),
        notices: told,
      },
    };
  };
  const widest = frame([{ text: '', structured: '' }]);
  return frame(fitted(hits.slice(offset).map(pieceOf), widest, given.budget));
};

function pieceOf(hit: SearchOutput['hits'][number]): Piece {
  const { kind, signature, snippet } = hit;
  const id = harmless(hit.id);
  const lines = linesText(hit.lines);
  const first = `${id}  ${kind}  ${lines}\n${signature === null ? '' : `  ${signature}\n`}`;
  const own = { id, kind, lines, ...(signature === null ? {} : { signature }) };
  const code = snippet
    // What the signature says already.
    .filter(
      ({ line, text }) => signature === null || line !== hit.lines.first || !text.includes(signature.slice(0, 20)),
    )
    .map(({ line, text }) => `${line}: ${text}`);
  if (code.length === 0) return { head: { text: first, structured: own }, whole: { text: first, structured: own } };
  return {
    head: { text: first, structured: own },
    whole: { text: `${first}${code.map((line) => `  ${line}\n`).join('')}`, structured: { ...own, code } },
  };
}
