/** A piece of the repository, by its id, as code to be asked for. */
import { WinnowError } from '../../base/mod.ts';
import { documentOf } from '../../embed/mod.ts';
import type { Snapshot } from '../../index/mod.ts';
import { idOf } from '../ids.ts';
import { Reader, slice } from '../reader.ts';
import { resolve } from '../resolve.ts';
import type { CodeToAsk } from './asked.ts';

/** @throws WinnowError `unknown-id`: nothing fits, several do, or the file changed since it was indexed */
export function codeOfId(snapshot: Snapshot, id: string): CodeToAsk {
  const reader = new Reader(snapshot);
  const found = resolve(reader, id);
  if (found.kind === 'several') {
    const near = found.candidates
      .slice(0, 8)
      .map(({ file, symbol }) => idOf(file.path, reader.facts(file.version), symbol));
    throw new WinnowError('unknown-id', `Several definitions fit ${id}: ${near.join(', ')}. Give one of these.`, {
      details: { id, near },
    });
  }
  const { target } = found;
  const { path, version } = target.file;
  const text = reader.text(target.file);
  if (text === null)
    throw new WinnowError('unknown-id', `${path} has changed since it was indexed; ask again.`, {
      details: { id, near: [] },
    });
  const { bytes, starts } = text;
  const facts = reader.facts(version);
  const symbol = target.kind === 'symbol' ? facts.symbols[target.symbol] : undefined;
  const span =
    symbol?.span ??
    (target.kind === 'lines'
      ? { start: starts[target.lines.first - 1] ?? bytes.length, end: starts[target.lines.last] ?? bytes.length }
      : { start: 0, end: bytes.length });
  const chunk =
    target.kind === 'symbol' ? facts.chunks.find((one) => one.symbol === target.symbol && one.piece === 0) : undefined;
  const document =
    chunk === undefined ? null : documentOf(chunk, facts.symbols, (start, end) => slice(text, { start, end }));
  const lines = target.kind === 'lines' ? target.lines : null;
  return { path, bytes, span, document, lines, self: { path, span } };
}
