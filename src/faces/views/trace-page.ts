import type { TraceOutput } from '../operations/trace-schemas.ts';
export function tracePage(_output: TraceOutput): string {
  return '';
}
