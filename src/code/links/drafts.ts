/** Scopes, bindings, uses and symbols' links while a file is walked: offsets are UTF-16 units, and owners are not known yet. */
import type { BindingKind, ScopeKind, UseKind } from './types.ts';

export interface DraftScope {
  readonly kind: ScopeKind;
  readonly parent: number;
  symbol: number;
  readonly start: number;
  readonly end: number;
}

export interface DraftBinding {
  readonly kind: BindingKind;
  readonly name: string;
  scope: number;
  readonly symbol: number;
  readonly import: number;
  readonly value: number;
  readonly type: number;
}

export interface DraftUse {
  readonly kind: UseKind;
  readonly expression: number;
  readonly start: number;
  readonly end: number;
  from: number;
}

/** What `describe` adds to a symbol. */
export interface Description {
  readonly scope?: number;
  readonly bases?: readonly number[];
  /** Replaces nothing: results add up, to 8. */
  readonly results?: readonly number[];
  readonly static?: boolean;
  readonly accessor?: boolean;
  readonly receiver?: number;
  readonly takes?: number;
}

export interface DraftSymbolLinks extends Required<Description> {
  bases: readonly number[];
  readonly results: number[];
}

/** What `bind` is told besides name and kind. */
export interface BindingDetail {
  /** Default: the innermost scope that is no block. */
  readonly scope?: number;
  readonly symbol?: number;
  readonly import?: number;
  readonly value?: number;
  readonly type?: number;
}

export const draftBinding = (
  kind: BindingKind,
  name: string,
  detail: BindingDetail & { scope: number },
): DraftBinding => ({
  kind,
  name,
  symbol: -1,
  import: -1,
  value: -1,
  type: -1,
  ...detail,
});
