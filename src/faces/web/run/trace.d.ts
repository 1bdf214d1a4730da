/** What `build-main.ts` gives pages of the layer `run`: its own code, so that a page says what `winnow trace` says. */
declare module 'winnow:trace' {
  import type { TraceOutput } from '../../operations/trace-schemas.ts';

  type Event = TraceOutput['traces'][number]['events'][number];
  export interface FrameState {
    readonly frame: number;
    readonly code: number;
    readonly caller: number;
    readonly line: number;
    readonly state: 'live' | 'resting' | 'returned' | 'raised';
    readonly variables: ReadonlyMap<string, unknown>;
  }
  export interface TraceStates {
    readonly frames: ReadonlyMap<number, FrameState>;
    readonly objects: ReadonlyMap<number, object>;
    apply(event: Event): void;
  }
  export interface Visit {
    readonly frame: number;
    readonly code: number;
    readonly steps: readonly { readonly line: number; readonly event: number; readonly visits: readonly Visit[] }[];
  }
  export function traceStates(): TraceStates;
  export function traceTree(trace: { readonly events: readonly Event[] }): readonly Visit[];
  export function valueText(
    value: unknown,
    states: TraceStates,
    language: string,
    options: { readonly depth: number; readonly length: number },
  ): string;
  /** How a variable of the frame leads to an object; null: none does. */
  export function pathTo(object: number, frame: number, states: TraceStates): string | null;
}
