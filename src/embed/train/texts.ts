/**
 * Mines texts that are at hand instead of a repository: those of a benchmark, which training must keep away from.
 */
import { createParser, encodeUtf8, type LoadFile } from '../../code/mod.ts';
import { mineFile } from './mine.ts';
import { type Shard, ShardBuilder } from './shard.ts';

export interface Text {
  /** Tells the language: `x.py`. */
  readonly path: string;
  readonly text: string;
}

export async function mineTexts(texts: readonly Text[], load: LoadFile): Promise<Shard> {
  const builder = new ShardBuilder();
  const parser = await createParser(load);
  for (const { path, text } of texts) {
    const bytes = encodeUtf8(text);
    const parsed = await parser.parse(path, bytes);
    if (parsed.kind !== 'facts') continue;
    for (const example of mineFile(bytes, parsed.facts)) builder.add(example, parsed.facts.language);
  }
  return builder.build('texts');
}
