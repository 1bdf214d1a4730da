/**
 * The code by which a page steps through a trace: this layer's own, without its types, as one script without imports.
 *
 * So a page shows what `traceStates` and `valueText` say, and there is no second version of either.
 */
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';

/** @returns a script that defines `traceStates`, `keyText`, `traceTree`, `valueText` and `pathTo`, among others */
export async function pageCode(): Promise<string> {
  const parts = await Promise.all(
    ['states.ts', 'tree.ts', 'valuetext.ts', 'effecttext.ts'].map(async (name) => {
      const source = await readFile(new URL(name, import.meta.url), 'utf8');
      return stripTypeScriptTypes(source)
        .replace(/^import\s[^;]*;\n?/gm, '')
        .replace(/^export (?=(async )?(function|const|class))/gm, '');
    }),
  );
  return parts.join('\n');
}
