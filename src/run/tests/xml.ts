/**
 * Just enough of XML for build files: elements, text, CDATA and the five entities; attributes, declarations and comments are passed over.
 *
 * Parsing never fails: what is not closed ends with the text.
 */

export interface Element {
  readonly name: string;
  /** Of this element alone, white space cut at both ends. */
  readonly text: string;
  readonly children: readonly Element[];
}

interface Open {
  readonly name: string;
  text: string;
  readonly children: Element[];
}

const piece =
  /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[([\s\S]*?)(?:\]\]>|$)|<[?!][^>]*>|<(\/?)([\w.:-]+)([^>]*?)(\/?)>|([^<]+)/g;
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** @returns an element without a name whose children are those of the text */
export function parseXml(text: string): Element {
  const open: Open[] = [{ name: '', text: '', children: [] }];
  const close = (): void => {
    const done = open.pop() as Open;
    open.at(-1)?.children.push({ ...done, text: done.text.trim() });
  };
  for (const [, cdata, isEnd, name, , isEmpty, plain] of text.matchAll(piece)) {
    const top = open.at(-1) as Open;
    if (cdata !== undefined) top.text += cdata;
    else if (plain !== undefined)
      top.text += plain.replaceAll(/&(\w+);/g, (whole, entity: string) => entities[entity] ?? whole);
    else if (name !== undefined && isEnd === '/') {
      // What was left open within it ends with it; an end of nothing is nothing.
      const at = open.findLastIndex((one) => one.name === name);
      while (at > 0 && open.length > at) close();
    } else if (name !== undefined) {
      open.push({ name, text: '', children: [] });
      if (isEmpty === '/') close();
    }
  }
  while (open.length > 1) close();
  return { ...(open[0] as Open), text: '' };
}

/** The element at the end of these names, the first of each; null: there is none. */
export function within(element: Element | null, ...names: readonly string[]): Element | null {
  let at = element;
  for (const name of names) at = at?.children.find((child) => child.name === name) ?? null;
  return at;
}

export const textIn = (element: Element | null, ...names: readonly string[]): string =>
  within(element, ...names)?.text ?? '';
