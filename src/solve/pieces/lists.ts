/** Lists and scores out of replies: items on lines of their own, a number in a sentence. */

/** Items that begin with a dash, a star or a number; lines that go on belong to the item before. Without any mark each line is an item. */
export function itemsOf(reply: string, most: number): readonly string[] {
  const lines = reply.split('\n').map((line) => line.trimEnd());
  const mark = /^\s{0,3}(?:[-*•]|\d{1,3}[.):])\s+/;
  const marked = lines.some((line) => mark.test(line));
  const items: string[] = [];
  for (const line of lines) {
    if (line.trim() === '') continue;
    if (marked && !mark.test(line)) {
      const last = items.pop();
      if (last !== undefined) items.push(`${last} ${line.trim()}`);
    } else items.push(line.replace(mark, '').trim());
  }
  return items.slice(0, most);
}

/**
 * The first number of a reply within its range; what is out of it is none.
 *
 * @returns null where there is none
 */
export function scoreOf(reply: string, least: number, most: number): number | null {
  for (const [text] of reply.matchAll(/-?\d+(?:\.\d+)?/g)) {
    const value = Number(text);
    if (value >= least && value <= most) return value;
  }
  return null;
}
