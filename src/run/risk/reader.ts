/** Opens what reads risk where somebody asks for it: it is as much code as a plain run loads, and few runs want it. */
import type { LoadFile } from '../../code/mod.ts';
import type { RiskReader } from './assess.ts';

/** @param load gives bytes of `web-tree-sitter.wasm` and of grammars by file name */
export async function openRiskReader(load: LoadFile): Promise<RiskReader> {
  const { createRiskReader } = await import('./assess.ts');
  return createRiskReader(load);
}
