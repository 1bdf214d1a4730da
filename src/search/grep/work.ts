/** Searching a batch of files, in whatever thread: reads each, searches it, and prints or collects what it finds. */
import { FileReader } from '../../index/mod.ts';
import { Collector, type FoundFile } from './collect.ts';
import type { BinaryRule, GrepOptions } from './options.ts';
import { giveBackHaystack, takeHaystack } from './pattern/haystack.ts';
import { PlainPrinter } from './plain.ts';
import { Searcher } from './searcher.ts';

/** What comes out of a batch. */
export type OutputKind =
  /** Bytes, as ripgrep prints them into a pipe. */
  | {
      readonly kind: 'plain';
      readonly paths: boolean;
      readonly columns: boolean;
      readonly onlyMatching: boolean;
      /** Of files only their names: those with a match, or those without. */
      readonly names: 'with' | 'without' | null;
    }
  | { readonly kind: 'data' };

export interface WorkOptions {
  readonly search: GrepOptions;
  readonly output: OutputKind;
  readonly binary: BinaryRule;
}

export interface WorkFile {
  /** To open. */
  readonly file: string;
  /** To show. */
  readonly shown: string;
  /** Size that it probably has; -1 when not known. */
  readonly bytes: number;
}

export interface BatchResult {
  readonly plain: Uint8Array<ArrayBuffer> | null;
  readonly found: readonly FoundFile[];
  /** Files with a match, and matching lines or matches in them. */
  readonly filesMatched: number;
  readonly count: number;
  readonly bytes: number;
  readonly failures: readonly { readonly path: string; readonly code: string }[];
}

export class BatchWorker {
  readonly #options: WorkOptions;
  readonly #searcher: Searcher;
  readonly #printer: PlainPrinter;
  readonly #collector: Collector;
  readonly #haystack = takeHaystack();
  readonly #reader = new FileReader(this.#haystack);

  /** @throws WinnowError `bad-query` */
  constructor(options: WorkOptions) {
    const { search, output } = options;
    this.#options = options;
    this.#searcher = new Searcher(search, this.#haystack);
    const plain = output.kind === 'plain' ? output : { paths: true, columns: false, onlyMatching: false };
    const { invert, lineNumbers, before, after } = search;
    const { paths: path, columns, onlyMatching } = plain;
    const separate = before > 0 || after > 0;
    this.#printer = new PlainPrinter(
      this.#searcher,
      { path, lineNumbers, columns, onlyMatching, invert },
      separate,
      this.#haystack,
    );
    this.#collector = new Collector(this.#searcher, invert);
  }

  /** @param stop told before each file whether to leave the rest */
  search(files: readonly WorkFile[], stop: () => boolean): BatchResult {
    const found: FoundFile[] = [];
    const failures: { path: string; code: string }[] = [];
    let [filesMatched, count, bytes] = [0, 0, 0];
    for (const { file, shown, bytes: expected } of files) {
      if (stop()) break;
      const read = this.#reader.read(file, expected, false);
      if (read.kind === 'failed') {
        // A file that is gone since the walk is no failure: it is not there.
        if (read.code !== 'ENOENT') failures.push({ path: shown, code: read.code });
        continue;
      }
      const result = this.#searchBytes(shown, read.bytes);
      bytes += read.bytes.length;
      count += result.count;
      if (result.matched) filesMatched++;
      if (result.found !== null) found.push(result.found);
    }
    const plain = this.#options.output.kind === 'plain' ? this.#printer.take() : null;
    return { plain, found, filesMatched, count, bytes, failures };
  }

  #searchBytes(shown: string, bytes: Buffer): { matched: boolean; count: number; found: FoundFile | null } {
    const { search, output, binary } = this.#options;
    if (output.kind === 'data') {
      this.#collector.begin(bytes);
      const { count, binaryAt } = this.#searcher.search(bytes, binary, this.#collector);
      const matched = count > 0;
      const { lines } = this.#collector;
      const found = matched ? { path: shown, lines, count, binaryAt, bytesSearched: bytes.length } : null;
      return { matched, count, found };
    }
    const printer = this.#printer;
    printer.begin(shown, bytes);
    const lines = search.report === 'lines';
    const { count, binaryAt } = this.#searcher.search(bytes, binary, lines ? printer : null);
    const matched = count > 0;
    const prefix = output.paths ? `${shown}:` : '';
    if (lines) {
      if (binaryAt >= 0 && matched) {
        const where = `(found "\\0" byte around offset ${binaryAt})`;
        if (binary !== 'leave') printer.say(`${prefix}${output.paths ? ' ' : ''}binary file matches ${where}\n`);
        else if (printer.printed)
          printer.say(
            `${prefix}${output.paths ? ' ' : ''}WARNING: stopped searching binary file after match ${where}\n`,
          );
      }
    } else if (output.names !== null) {
      const wanted = matched === (output.names === 'with');
      // A binary file is not named as one without a match, but counts as one.
      if (wanted && (matched || binaryAt < 0)) printer.say(`${shown}\n`);
      return { matched: wanted, count, found: null };
    } else if (search.report === 'count' || search.report === 'count-matches') {
      // Of a file that turns out to be binary nothing is counted.
      if (binaryAt >= 0 && binary === 'leave') return { matched: false, count: 0, found: null };
      if (matched) printer.say(`${prefix}${count}\n`);
    }
    return { matched, count, found: null };
  }

  /** Nothing is searched any more. */
  close(): void {
    giveBackHaystack(this.#haystack);
  }

  /** Searches what is no file. */
  searchWhole(shown: string, bytes: Buffer): BatchResult {
    const { matched, count, found } = this.#searchBytes(shown, bytes);
    const plain = this.#options.output.kind === 'plain' ? this.#printer.take() : null;
    const filesMatched = matched ? 1 : 0;
    return { plain, found: found === null ? [] : [found], filesMatched, count, bytes: bytes.length, failures: [] };
  }
}
