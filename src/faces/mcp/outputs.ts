/**
 * Long outputs of runs, kept for a while so that what a budget left out can be read without running again. Bounded: the oldest go first,
 * and none is kept beyond its size.
 */
import { randomBytes } from 'node:crypto';
import { WinnowError } from '../../base/mod.ts';
import { estimateTokens } from '../../search/mod.ts';
import { firstLines } from './budget.ts';

/** Outputs kept; with the size of each, 16 MB at the most. */
const mostKept = 16;
const mostCharacters = 1_000_000;

export interface Page {
  readonly text: string;
  /** Id of what follows; null at the end. */
  readonly next: string | null;
}

export class Outputs {
  readonly #texts = new Map<string, string>();

  /** @returns its id, for `show` */
  keep(text: string): string {
    const name = randomBytes(4).toString('hex');
    const kept = text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters)}\n[the rest was not kept]\n`;
    this.#texts.set(name, kept);
    for (const oldest of this.#texts.keys()) {
      if (this.#texts.size <= mostKept) break;
      this.#texts.delete(oldest);
    }
    return `output:${name}`;
  }

  /** @returns null where the id is none of an output @throws WinnowError `unknown-id` for one that is not kept any more */
  page(id: string, budget: number): Page | null {
    const [, name, at] = /^output:([0-9a-f]{8})(?::(\d{1,8}))?$/.exec(id) ?? [];
    if (name === undefined) return null;
    const text = this.#texts.get(name);
    if (text === undefined)
      throw new WinnowError('unknown-id', `The output ${id} is not kept any more. Run it again.`, { details: { id } });
    const offset = Number(at ?? 0);
    const rest = text.slice(offset);
    // As JSON a line end is two characters, and a quotation mark too.
    let shown = firstLines(rest, budget);
    while (shown.length > 1 && estimateTokens(JSON.stringify(shown)) > budget)
      shown = firstLines(rest, Math.floor(estimateTokens(shown) * 0.8));
    const end = offset + shown.length;
    return { text: shown, next: end < text.length && shown.length > 0 ? `output:${name}:${end}` : null };
  }
}
