import { createRequire, SourceMap, stripTypeScriptTypes } from 'node:module';
import { describe, expect, it } from 'vitest';

type Place = readonly [line: number, start: number, end: number];
const { layout } = createRequire(import.meta.url)('./node/layout.cjs') as {
  layout: (script: string, text: string, file: string) => readonly Place[] | null;
};

describe('places of a file in the script that runs', () => {
  it('are its own lines where the script holds the file, whatever stands before', () => {
    const text = 'a();\n\n  // no\n/* no\n no */ b();\n  c();\n';
    for (const before of ['', '({"Object.<anonymous>":function(module,exports){'])
      expect(
        layout(`${before}${text}`, text, '/p/a.js')?.map(([line, start]) => [line, start - before.length]),
      ).toEqual([
        [1, 0],
        [5, 21],
        [6, 34],
      ]);
  });

  it('are what the source map says, as Node reads it', () => {
    const text = `interface A {
  b: number;
}
enum Kind { One, Two }
export function f(a: A | null): number {
  if (a === null) return Kind.Two;
  return (
    a.b
  );
}
`;
    const code = stripTypeScriptTypes(text, { mode: 'transform', sourceMap: true, sourceUrl: '/p/a.ts' });
    for (const wrapper of ['', "'use strict';async (__vi_import_meta__)=>{{"]) {
      const script = `${wrapper}${code}`;
      const places = layout(script, text, '/p/a.ts') ?? [];
      expect(new Set(places.map(([line]) => line))).toEqual(new Set([4, 5, 6, 7, 8, 10]));
      const found = /base64,(\S+)/.exec(code)?.[1] ?? '';
      const map = new SourceMap(JSON.parse(Buffer.from(found, 'base64').toString('utf8')));
      const starts = [0, ...[...script.matchAll(/\n/g)].map(({ index }) => index + 1)];
      for (const [line, start] of places) {
        const row = starts.findLastIndex((at) => at <= start);
        const column = start - (starts[row] as number) - (row === 0 ? wrapper.length : 0);
        expect(map.findEntry(row, column)).toMatchObject({ originalLine: line - 1 });
      }
    }
  });

  it('are not known of code that was made and has no map', () => {
    expect(layout('x()', 'y()', '/p/a.js')).toBe(null);
    expect(layout('x()\n//# sourceMappingURL=data:application/json;base64,%%%', 'y()', '/p/a.js')).toBe(null);
  });
});
