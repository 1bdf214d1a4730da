/**
 * Reports of cells as plain JSON, which is what transcripts, the host's answers and `--json` hold, and back.
 *
 * Bytes that are UTF-8 stay readable text; all else is base64. Pictures are base64 always.
 */
import type { CellOutput, CellReport, Shown } from '../types.ts';

export type OutputData =
  | {
      readonly kind: 'stream';
      readonly stream: 'stdout' | 'stderr';
      readonly encoding: 'utf-8' | 'base64';
      readonly content: string;
    }
  | (Omit<Shown, 'png'> & { readonly kind: 'shown'; readonly isResult: boolean; readonly png?: string });

export type ReportData = Omit<CellReport, 'outputs'> & { readonly outputs: readonly OutputData[] };

export interface CellData {
  readonly code: string;
  readonly report: ReportData;
}

export function outputData(output: CellOutput): OutputData {
  if (output.kind === 'stream') {
    const text = textOf(output.bytes);
    return text === null
      ? { kind: 'stream', stream: output.stream, encoding: 'base64', content: base64(output.bytes) }
      : { kind: 'stream', stream: output.stream, encoding: 'utf-8', content: text };
  }
  const { png, ...value } = output.value;
  return {
    kind: 'shown',
    isResult: output.isResult,
    ...value,
    ...(png === undefined ? {} : { png: base64(png) }),
  };
}

export const reportData = (report: CellReport): ReportData => ({
  ...report,
  outputs: report.outputs.map(outputData),
});

/** The bytes of a stream's part. */
export function bytesOfPart(part: Extract<OutputData, { kind: 'stream' }>): Uint8Array {
  return Buffer.from(part.content, part.encoding === 'utf-8' ? 'utf8' : 'base64');
}

export const pngBytes = (png: string): Uint8Array => Buffer.from(png, 'base64');

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
