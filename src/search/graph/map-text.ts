/**
 * A map as lines: files by the rank of their best definition, signatures in the order of the source, `…` for what is between.
 *
 *     src/flask/app.py
 *     …
 *      109  class Flask(App)
 *     …
 *      966    def dispatch_request(self, ctx)
 */
import type { MapFile } from './map.ts';
import { type Ink, plainInk } from './text.ts';

/** Longer signatures are cut: their beginnings tell what they are. */
const longestSignature = 100;

export function mapText({ files }: { readonly files: readonly MapFile[] }, ink: Ink = plainInk): string {
  return files.map((file) => `${fileLines(file, ink).join('\n')}\n`).join('');
}

function fileLines({ path, symbols }: MapFile, ink: Ink): string[] {
  const lines = [ink.path(path)];
  let last = 0;
  for (const { node, depth } of symbols) {
    const line = node.lines?.first ?? 0;
    if (line > last + 1) lines.push(ink.aside('…'));
    last = line;
    const signature = node.signature ?? node.name;
    const text = signature.length > longestSignature ? `${signature.slice(0, longestSignature - 1)}…` : signature;
    lines.push(`${ink.aside(String(line || '').padStart(4))} ${'  '.repeat(depth)}${ink.code(text)}`);
  }
  return lines;
}
