/**
 * What was done in a session, in order: cells, files that were put in, restarts. People read it, and copies by replay are made of it.
 *
 * Bounded: past a budget the oldest outputs are let go (their cells and endings stay), and files that were put in are held up to the size
 * of a job's, past which a replay is refused rather than wrong. What a cell gave is remembered as a digest, so that a replay can be compared.
 */
import { createHash } from 'node:crypto';
import { jobLimits } from '../joblimits.ts';
import type { JobFile } from '../types.ts';
import { shownBytes } from './cellrecord.ts';
import type { CellReport, Session } from './types.ts';

/** Outputs of all cells that a session holds, bytes: a hundred sessions stay far below a gigabyte. */
const keptBytes = 8 * 2 ** 20;
/** Cells whose code and ending are held: more than a session of a day has. */
const mostCells = 20_000;

export type Step =
  | {
      readonly kind: 'cell';
      readonly code: string;
      readonly count: number;
      readonly digest: string;
      readonly ending: CellReport['ending']['kind'];
      /** When it was interrupted by hand, ms after it was sent: a cell may catch that and go on to an end of its own. */
      readonly interruptsMs: readonly number[];
    }
  | { readonly kind: 'files'; readonly files: readonly JobFile[] }
  | { readonly kind: 'restart' };

export class History {
  #cells: { readonly code: string; readonly report: CellReport }[] = [];
  #sizes: number[] = [];
  #steps: Step[] = [];
  #held = 0;
  #trimmed = 0;
  #fileBytes = 0;
  #codeBytes = 0;
  #hole: string | null = null;

  get cells(): Session['history'] {
    return this.#cells;
  }

  get steps(): readonly Step[] {
    return this.#steps;
  }

  /** What a replay needs, bytes. */
  get bytes(): number {
    return this.#fileBytes + this.#codeBytes;
  }

  /** Why it cannot be done again; null when it can. */
  get hole(): string | null {
    return this.#hole;
  }

  add(code: string, report: CellReport, interruptsMs: readonly number[] = []): void {
    this.#cells.push({ code, report });
    const size = report.outputs.reduce(
      (sum, output) => sum + (output.kind === 'stream' ? output.bytes.length : shownBytes(output.value)),
      0,
    );
    this.#sizes.push(size);
    this.#held += size;
    this.#codeBytes += code.length;
    const step = { code, count: report.count, digest: digestOf(report), ending: report.ending.kind, interruptsMs };
    this.#steps.push({ kind: 'cell', ...step });
    while (this.#held > keptBytes && this.#trimmed < this.#cells.length - 1) this.#trim();
    if (this.#cells.length > mostCells) {
      this.#cells.shift();
      this.#sizes.shift();
      this.#trimmed = Math.max(this.#trimmed - 1, 0);
      this.#steps.splice(0, this.#steps.findIndex((one) => one.kind === 'cell') + 1);
      this.#hole ??= `more than ${mostCells} cells were run`;
    }
  }

  addRestart(): void {
    this.#steps.push({ kind: 'restart' });
  }

  addFiles(files: readonly JobFile[]): void {
    const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
    this.#fileBytes += bytes;
    if (this.#fileBytes <= jobLimits.bytes) {
      this.#steps.push({ kind: 'files', files });
      return;
    }
    this.#fileBytes -= bytes;
    this.#hole ??= `files of more than ${jobLimits.bytes} bytes were put in`;
  }

  addPart(path: string): void {
    this.#hole ??= `${JSON.stringify(path)} was written by parts, which are not kept`;
  }

  copy(): History {
    const copy = new History();
    copy.#cells = [...this.#cells];
    copy.#sizes = [...this.#sizes];
    copy.#steps = [...this.#steps];
    copy.#held = this.#held;
    copy.#trimmed = this.#trimmed;
    copy.#fileBytes = this.#fileBytes;
    copy.#codeBytes = this.#codeBytes;
    copy.#hole = this.#hole;
    return copy;
  }

  #trim(): void {
    const cell = this.#cells[this.#trimmed];
    const size = this.#sizes[this.#trimmed] ?? 0;
    if (cell !== undefined && size > 0) {
      const { outputs, omitted } = cell.report;
      const streamed = (name: 'stdout' | 'stderr'): number =>
        outputs.reduce((sum, one) => sum + (one.kind === 'stream' && one.stream === name ? one.bytes.length : 0), 0);
      this.#cells[this.#trimmed] = {
        code: cell.code,
        report: {
          ...cell.report,
          outputs: [],
          omitted: { stdout: omitted.stdout + streamed('stdout'), stderr: omitted.stderr + streamed('stderr') },
          notices: [...cell.report.notices, 'What it wrote and showed was let go, for the session holds much since.'],
        },
      };
      this.#sizes[this.#trimmed] = 0;
      this.#held -= size;
    }
    this.#trimmed++;
  }
}

/** What a cell gave, without what no second run has again: times. */
export function digestOf({ ending, outputs, omitted }: CellReport): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([ending, omitted]));
  for (const output of outputs) {
    if (output.kind === 'stream') hash.update(`\n${output.stream} ${output.bytes.length}\n`).update(output.bytes);
    else {
      const { png, ...rest } = output.value;
      hash.update(`\nshown ${output.isResult} ${JSON.stringify(rest)}\n`);
      if (png !== undefined) hash.update(png);
    }
  }
  return hash.digest('base64');
}
