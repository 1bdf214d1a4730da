/**
 * Cuts a recorded function out of its file, so that it stands alone as the snippets of LExecutor and SelfPiCo do: the statements of its body, moved to
 * the left, with `exit((…))` for `return …` (both are six characters, so that columns stay).
 *
 *     def area(self, scale):            exit((self.side ** 2 * scale))
 *         """Doc."""
 *         return self.side ** 2 * scale
 *
 * Sites go with it: the same lines and columns, counted from the body. A line within a text of several lines moves as well. Not cut: generators, coroutines, bodies with
 * `global` or `nonlocal`, which a body alone cannot have, and `super()`, which means nothing outside of a class.
 */
import type { ValueFunction, ValueSite } from '../../run/mod.ts';

export interface Cut {
  readonly code: string;
  /** Sites of the body, by places in `code`; arguments are none: a parameter is a name that is missing. */
  readonly sites: readonly ValueSite[];
}

/** @returns null when its body cannot stand alone */
export function cutBody(one: ValueFunction, source: string): Cut | null {
  if (one.body === null || !one.plain) return null;
  const [first, column] = one.body;
  const lines = source.split('\n').slice(first - 1, one.end);
  const before = (lines[0] ?? '').slice(0, column - 1);
  const indent = before.trim() === '' ? before.length : 0;
  const moved = lines.map((line, at) =>
    at === 0 ? column - 1 : (/^\s*/.exec(line.slice(0, indent))?.[0].length ?? 0),
  );
  const cut = lines.map((line, at) => line.slice(moved[at]));
  const placed = (line: number, at: number): [number, number] => [line - first + 1, at - (moved[line - first] ?? 0)];
  for (const { line, column: at, endLine, endColumn } of one.returns.toReversed()) {
    const [from, start] = placed(line, at);
    const [to, end] = placed(endLine, endColumn);
    const isBare = from === to && end - start === 'return'.length;
    if (cut[from - 1]?.slice(start - 1, start + 5) !== 'return') return null;
    if (!isBare) splice(cut, to, end, 0, '))');
    splice(cut, from, start, 'return'.length, isBare ? 'exit()' : 'exit((');
  }
  const code = `${cut.join('\n').trimEnd()}\n`;
  if (/\bsuper\(\)/.test(code)) return null;
  const sites = one.sites
    .filter(({ kind }) => kind !== 'argument')
    .map((site) => {
      const [line, at] = placed(site.at.line, site.at.column);
      const [endLine, endColumn] = placed(site.at.endLine, site.at.endColumn);
      return { ...site, at: { line, column: at, endLine, endColumn } };
    });
  return { code, sites };
}

function splice(lines: string[], line: number, column: number, gone: number, put: string): void {
  const text = lines[line - 1] ?? '';
  lines[line - 1] = `${text.slice(0, column - 1)}${put}${text.slice(column - 1 + gone)}`;
}
