/** Who does what stands in a definition: a value does nothing, what sets it does. */
import type { SymbolKind } from '../facts.ts';
import type { ScannedSymbol } from '../scan.ts';

/** For each symbol the innermost that does what stands in it: a value is what the callable, type or file around it sets. */
export function doersOf(symbols: readonly ScannedSymbol[]): Int32Array {
  const doers = new Int32Array(symbols.length);
  symbols.forEach((symbol, index) => {
    const isValue = valueKinds.has(symbol.kind) || (symbol.kind === 'property' && !symbol.hasBody);
    doers[index] = isValue ? (doers[symbol.parent] ?? -1) : index;
  });
  return doers;
}

const valueKinds: ReadonlySet<SymbolKind> = new Set(['variable', 'constant', 'field', 'enum-member']);
