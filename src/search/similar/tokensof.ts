/** Tokens of files of a snapshot, read and parsed when they are wanted; those of a few files are kept. */
import { createLikenessReader, type LikenessReader, type TokenColumns } from '../../code/mod.ts';
import { type FileRecord, loadGrammarFile } from '../../index/mod.ts';
import type { Reader } from '../reader.ts';

/** Tokens kept: 32 MB. */
const mostTokens = 2_000_000;

export class FileTokens {
  readonly #reader: Reader;
  readonly #kept = new Map<number, TokenColumns | null>();
  #likeness: LikenessReader | null = null;
  #count = 0;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** @returns `null` for a file that changed since it was indexed, or cannot be parsed any more */
  async of(file: FileRecord): Promise<TokenColumns | null> {
    const known = this.#kept.get(file.version);
    if (known !== undefined) return known;
    const text = this.#reader.text(file);
    this.#likeness ??= await createLikenessReader(loadGrammarFile);
    const read = text === null ? null : await this.#likeness.read(file.path, text.bytes, []);
    const tokens = read?.kind === 'read' ? read.tokens : null;
    if (this.#count > mostTokens) {
      this.#kept.clear();
      this.#count = 0;
    }
    this.#kept.set(file.version, tokens);
    this.#count += tokens?.count ?? 0;
    return tokens;
  }
}
