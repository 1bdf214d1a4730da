/** What `map` answers: the most important definitions. */
import { resolve } from 'node:path';
import type { MapOutput } from '../../operations/map.ts';
import { harmless } from '../../paint.ts';
import { isWithin } from '../budget.ts';
import { fileOf, printedId } from '../printed.ts';
import type { MapInput } from '../tools/map.ts';
import type { Answering, Call } from '../types.ts';
import { isPartial, linesText, noticeText, partialNotices } from './parts.ts';

const shares = [0.95, 0.75, 0.55, 0.4, 0.25, 0.1];

export const mapAnswer: Answering<MapInput> = async (given, call) => {
  const { words } = given;
  const focus = await Promise.all(given.focus.map((one) => placeOf(one, given.directory ?? call.directory, call)));
  for (const share of shares) {
    const asked = await call.ask<MapOutput>('map', {
      ...{ focus, words },
      directory: given.directory ?? call.directory,
      budgetTokens: Math.max(50, Math.floor(given.budget * share)),
    });
    const { files, ranked, completeness } = asked.output;
    const told = [...partialNotices(completeness), ...asked.output.notices];
    const answer = {
      text: `${asked.render()}${noticeText(told)}`,
      structured: {
        files: files.map(({ path, symbols }) => ({
          path: harmless(path),
          symbols: symbols.map(({ node }) => `${node.name}${node.lines === null ? '' : ` ${linesText(node.lines)}`}`),
        })),
        ranked,
        partial: isPartial(completeness),
        notices: told,
      },
    };
    if (isWithin(answer, given.budget)) return answer;
  }
  const notices = ['The budget has no room for a single file; ask with a larger one.'];
  return { text: noticeText(notices), structured: { files: [], ranked: 0, partial: false, notices } };
};

/** Of an id its file; all else as it is. */
async function placeOf(given: string, directory: string, call: Call): Promise<string> {
  const behind = (await fileOf(given, resolve(call.directory, directory), call))?.behind ?? '';
  const id = printedId(given);
  return behind !== '' && id.endsWith(behind) ? id.slice(0, -behind.length) : given;
}
