/**
 * One line of progress on a terminal's standard error; nothing anywhere else.
 *
 * It appears only when there has been something to wait for, is redrawn at most 12
 * times a second, and leaves no trace.
 */
import type { Context } from '../operations/types.ts';
import { cut, grouped, harmless, type Paint } from '../paint.ts';

export interface ProgressLine {
  report: Context['progress'];
  /** Takes the line away; a later report draws it again. */
  clear(): void;
}

/** Work shorter than this shows nothing: a line that flashes says nothing. */
const patienceMs = 200;
const redrawMs = 80;
const barColumns = 24;

export function progressLine(
  stream: { isTTY?: boolean; columns?: number; write(text: string): unknown },
  paint: Paint,
  nowMs: () => number,
): ProgressLine {
  if (stream.isTTY !== true) return { report: () => {}, clear: () => {} };
  const startedMs = nowMs();
  let drawnMs = Number.NEGATIVE_INFINITY;
  let visible = false;
  return {
    report(step) {
      const now = nowMs();
      if (now - startedMs < patienceMs || now - drawnMs < redrawMs) return;
      drawnMs = now;
      visible = true;
      stream.write(`\r\x1b[2K${lineOf(step, stream.columns ?? 80, paint)}`);
    },
    clear() {
      if (visible) stream.write('\r\x1b[2K');
      visible = false;
    },
  };
}

function lineOf(step: Parameters<Context['progress']>[0], columns: number, paint: Paint): string {
  const share = step.total === null || step.total === 0 ? null : Math.min(1, step.done / step.total);
  const counted = `${grouped(step.done)}${step.total === null ? '' : ` of ${grouped(step.total)}`}`;
  const filled = Math.round((share ?? 0) * barColumns);
  const percent = share === null ? '' : `${String(Math.floor(share * 100)).padStart(3)}%  `;
  const room = columns - 1 - (share === null ? 0 : barColumns + 1);
  const text = cut(harmless(`${percent}${step.label} ${counted}${step.detail ? `  ${step.detail}` : ''}`), room);
  return share === null
    ? text
    : `${paint.cyan('█'.repeat(filled))}${paint.dim('░'.repeat(barColumns - filled))} ${text}`;
}
