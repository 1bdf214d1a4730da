/** Prints a cell while it runs: each stream on its own, raw into a pipe and harmless onto a terminal. */
import { bytesOfPart, type HostEvent, type OutputData, type ReportData } from '../../run/mod.ts';
import { grouped, harmlessLines } from '../paint.ts';
import { endingLines, shownText } from '../views/cell.ts';
import type { Printed } from './types.ts';

export interface CellPrinter {
  event(event: HostEvent): void;
  output(output: OutputData): void;
  /** Resolves when all is written. */
  end(report: ReportData, pictures: readonly string[]): Promise<void>;
}

export function cellPrinter(out: Printed): CellPrinter {
  // A character may come in two parts.
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  let line = Promise.resolve(true);
  /** Where the cursor stands, whichever stream brought it there. */
  let atLineStart = true;
  const write = (stream: 'stdout' | 'stderr', part: Uint8Array | string): void => {
    if (part.length === 0) return;
    atLineStart = part.at(-1) === '\n' || part.at(-1) === 0x0a;
    line = line.then(() => (stream === 'stdout' ? out.write(part) : out.writeError(part)));
  };
  const streamed = (stream: 'stdout' | 'stderr', bytes: Uint8Array): void => {
    const terminal = stream === 'stdout' ? out.terminal : out.errorTerminal;
    write(stream, terminal ? harmlessLines(decoders[stream].decode(bytes, { stream: true })) : bytes);
  };
  const onOwnLine = (stream: 'stdout' | 'stderr', text: string): void => {
    if (text !== '') write(stream, `${atLineStart ? '' : '\n'}${text}`);
  };
  const output = (output: OutputData): void => {
    if (output.kind === 'stream') streamed(output.stream, bytesOfPart(output));
    else {
      const text = shownText(output);
      onOwnLine('stdout', out.terminal ? harmlessLines(text) : text);
    }
  };
  return {
    output,
    event: (event) => {
      if (event.kind === 'output') output(event.output);
      else if (event.kind === 'skipped')
        onOwnLine('stderr', `${grouped(event.bytes)} bytes came too fast to be shown; --json has what was kept\n`);
    },
    end: async (report, pictures) => {
      onOwnLine(
        'stderr',
        endingLines(report, pictures)
          .map((text) => `${text}\n`)
          .join(''),
      );
      await line;
    },
  };
}
