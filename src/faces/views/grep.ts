/** What `grep` shows: on a terminal files with their lines below them, in colours; as JSON the messages that ripgrep prints. */
import type { FoundFile, FoundLine } from '../../search/mod.ts';
import type { GrepOutput } from '../operations/grep-schemas.ts';
import type { Settings } from '../operations/types.ts';
import { harmless, type Paint, painter } from '../paint.ts';

/** Lines longer than this are cut on a terminal. ripgrep shows them whole; nobody reads a megabyte of one line. */
const mostCharacters = 4_000;

export class GrepTerminal {
  readonly #paint: Paint;
  readonly #options: { readonly paths: boolean; readonly numbers: boolean; readonly columns: boolean };
  #any = false;

  constructor(
    settings: Settings,
    options: { readonly paths: boolean; readonly numbers: boolean; readonly columns: boolean },
  ) {
    this.#paint = painter(settings);
    this.#options = options;
  }

  files(found: readonly FoundFile[]): string {
    return found.map((file) => this.#file(file)).join('');
  }

  #file(file: FoundFile): string {
    if (file.lines.length === 0 && file.binaryAt < 0) return '';
    const paint = this.#paint;
    const head = this.#options.paths ? `${paint.magenta(harmless(file.path))}\n` : '';
    const before = this.#any && this.#options.paths ? '\n' : '';
    this.#any = true;
    const lines = file.lines.map((line) => (line.gap ? `${paint.dim('--')}\n` : '') + this.#line(line)).join('');
    const binary =
      file.binaryAt < 0
        ? ''
        : `${paint.yellow('binary')}: searching ended at a NUL byte around offset ${file.binaryAt}\n`;
    return `${before}${head}${lines}${binary}`;
  }

  #line({ kind, line, bytes, spans }: FoundLine): string {
    const whole = Buffer.from(bytes);
    let out = '';
    let number = line;
    for (let start = 0; start < whole.length; number++) {
      const newline = whole.indexOf(10, start);
      const end = newline === -1 ? whole.length : newline;
      const mark = kind === 'match' ? ':' : '-';
      const column = this.#options.columns && kind === 'match' ? `${(spans[0] ?? 0) + 1}${mark}` : '';
      const shown = this.#options.numbers ? `${this.#paint.green(String(number))}${mark}` : '';
      out += `${shown}${column}${this.#text(whole, start, end, spans)}\n`;
      start = end + 1;
    }
    return out;
  }

  #text(whole: Buffer, start: number, end: number, spans: readonly number[]): string {
    const cut = Math.min(end, start + mostCharacters);
    const show = (from: number, to: number): string =>
      whole
        .toString('utf8', from, to)
        .replace(/[^\t]+/g, harmless)
        .replace(/\u240d$/, '');
    let out = '';
    let at = start;
    for (let i = 0; i < spans.length; i += 2) {
      const from = Math.max(at, spans[i] as number);
      const to = Math.min(cut, spans[i + 1] as number);
      if (from >= to) continue;
      out += show(at, from) + this.#paint.bold(this.#paint.red(show(from, to)));
      at = to;
    }
    return out + show(at, cut) + (cut < end ? this.#paint.dim(` … ${end - cut} more bytes`) : '');
  }
}

/** ripgrep's JSON Lines (its `--json`), message for message. */
export class GrepJson {
  #files = 0;
  #bytes = 0;
  #lines = 0;
  #matches = 0;
  #printed = 0;

  files(found: readonly FoundFile[]): string {
    return found.map((file) => this.#file(file)).join('');
  }

  #file(file: FoundFile): string {
    const path = { text: file.path };
    const messages: unknown[] = [{ type: 'begin', data: { path } }];
    let [lines, matches] = [0, 0];
    for (const { kind, line, offset, bytes, spans } of file.lines) {
      const submatches: unknown[] = [];
      for (let i = 0; i < spans.length; i += 2) {
        const [start, end] = [spans[i] as number, spans[i + 1] as number];
        submatches.push({ match: textOrBytes(bytes.subarray(start, end)), start, end });
      }
      if (kind === 'match') lines++;
      matches += submatches.length;
      messages.push({
        type: kind,
        data: { path, lines: textOrBytes(bytes), line_number: line, absolute_offset: offset, submatches },
      });
    }
    this.#files++;
    this.#bytes += file.bytesSearched;
    this.#lines += lines;
    this.#matches += matches;
    const body = messages.map((message) => `${JSON.stringify(message)}\n`).join('');
    const stats = statistics({ files: 1, bytes: file.bytesSearched, printed: body.length, lines, matches, ms: 0 });
    const binary_offset = file.binaryAt < 0 ? null : file.binaryAt;
    const end = `${JSON.stringify({ type: 'end', data: { path, binary_offset, stats } })}\n`;
    this.#printed += body.length;
    return body + end;
  }

  /** What did not take part stands beside ripgrep's own words, where there is any. */
  summary(elapsedMs: number, { failures, missing }: Pick<GrepOutput, 'failures' | 'missing'>): string {
    const [files, bytes, printed, lines, matches] = [
      this.#files,
      this.#bytes,
      this.#printed,
      this.#lines,
      this.#matches,
    ];
    const stats = statistics({ files, bytes, printed, lines, matches, ms: elapsedMs });
    const told = {
      ...(missing.length > 0 ? { partial: true, missing } : {}),
      ...(failures.length > 0 ? { failures } : {}),
    };
    return `${JSON.stringify({ data: { elapsed_total: duration(elapsedMs), stats, ...told }, type: 'summary' })}\n`;
  }
}

function statistics(of: { files: number; bytes: number; printed: number; lines: number; matches: number; ms: number }) {
  return {
    elapsed: duration(of.ms),
    searches: of.files,
    searches_with_match: of.files,
    bytes_searched: of.bytes,
    bytes_printed: of.printed,
    matched_lines: of.lines,
    matches: of.matches,
  };
}

function duration(ms: number) {
  const nanos = Math.round((ms % 1000) * 1e6);
  return { secs: Math.floor(ms / 1000), nanos, human: `${(ms / 1000).toFixed(6)}s` };
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOrBytes(bytes: Uint8Array): { text: string } | { bytes: string } {
  try {
    return { text: strict.decode(bytes) };
  } catch {
    return { bytes: Buffer.from(bytes).toString('base64') };
  }
}

/** For faces that print an answer whole. */
export function grepText(output: GrepOutput, settings: Settings): string {
  const paint = painter(settings);
  return output.files
    .flatMap(({ path, lines }) =>
      lines.map(({ kind, line, text }) => {
        const mark = kind === 'match' ? ':' : '-';
        return `${paint.magenta(harmless(path))}${mark}${paint.green(String(line))}${mark}${harmless(text)}\n`;
      }),
    )
    .join('');
}
