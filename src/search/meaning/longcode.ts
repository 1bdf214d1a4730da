/**
 * Long code by its parts: what a function of a hundred lines says of a query is often said by ten of them, and drowns in one vector of all.
 *
 * After SEA (Hu et al. 2023, "Tackling Long Code Search", arXiv:2208.11271): split into blocks, encode each, aggregate. Blocks are runs of
 * statements of the outermost level, told by indentation; the best one stands for the whole, less a little for each doubling of their number,
 * because the best of many is high by chance. Done only for the few chunks that are examined, whose source is read anyway, so nothing is kept:
 * three vectors for one would be three times the bytes. Means and soft maxima over blocks gained half as much (docs/measurements/meaning-search.md).
 */
import type { DocumentText, ScanQuery, WordEncoder } from '../../embed/mod.ts';

/** Lines of a block, at least; 8 and 15 gain as much. */
const leastLines = 12;
/** Shorter bodies are one block. */
const longLines = 18;
/** Cosine taken off for each e-fold of blocks; 0.01 and 0.03 gain as much, 0 and 0.05 less. */
const perFold = 0.02;

/** Runs of statements of the outermost level. */
export function blocksOf(body: string): string[] {
  const lines = body.split('\n');
  if (lines.length <= longLines) return [body];
  const indent = (line: string): number => line.length - line.trimStart().length;
  const opens = (line: string): boolean => line.trim() !== '' && !/^\s*[)\]}]/.test(line);
  // The header's rest and closing brackets stand at the margin and say nothing of the level inside.
  const level = lines.reduce(
    (least, line) => (opens(line) && indent(line) > 0 ? Math.min(least, indent(line)) : least),
    99,
  );
  const blocks: string[] = [];
  let block: string[] = [];
  for (const line of lines) {
    if (block.length >= leastLines && opens(line) && indent(line) <= level) {
      blocks.push(block.join('\n'));
      block = [];
    }
    block.push(line);
  }
  blocks.push(block.join('\n'));
  return blocks;
}

/**
 * The cosine of a chunk by its best block, where that is more.
 *
 * @param whole cosine of the chunk's own vector
 */
export function bestBlockCosine(words: WordEncoder, query: ScanQuery, document: DocumentText, whole: number): number {
  const blocks = blocksOf(document.body);
  if (blocks.length === 1) return whole;
  const vectors = words.encodeDocumentsNow(blocks.map((body) => ({ ...document, body })));
  const { dimension, shorts, scale } = query;
  let best = -1;
  for (let at = 0; at < vectors.length; at += dimension) {
    let product = 0;
    for (let i = 0; i < dimension; i++) product += (vectors[at + i] as number) * (shorts[i] as number);
    best = Math.max(best, product * scale);
  }
  return Math.max(whole, best - perFold * Math.log(blocks.length));
}
