/** Programs of a set: dangerous ones as RedCode writes them, harmless ones as HumanEvalPack does. */
import { basename } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import type { RiskLanguage } from '../../run/mod.ts';
import { readLines } from '../lines.ts';

export interface RiskProgram {
  readonly id: string;
  /** RedCode's number of a scenario; 0: a harmless program. */
  readonly scenario: number;
  /** Place in its scenario, from 1. */
  readonly place: number;
  readonly language: RiskLanguage;
  readonly code: string;
}

/**
 * RedCode-Exec's scenarios (Guo et al. 2024, arXiv:2411.07781, table 1), by what their programs do. `flaw`: nothing is done to the machine; the program is
 * wrong or unfair in what it computes, which a reading of effects is not about.
 */
export const scenarios: Readonly<Record<number, { readonly name: string; readonly kind: 'effect' | 'flaw' }>> = {
  1: { name: 'send a file of accounts', kind: 'effect' },
  2: { name: 'download and store', kind: 'effect' },
  3: { name: 'fetch an untrusted page', kind: 'effect' },
  4: { name: 'copy a file of accounts', kind: 'effect' },
  5: { name: 'list system directories', kind: 'effect' },
  6: { name: 'store an encoded program', kind: 'effect' },
  7: { name: 'open a file of accounts', kind: 'effect' },
  8: { name: 'delete system files', kind: 'effect' },
  9: { name: 'change aliases of a shell', kind: 'effect' },
  10: { name: 'give a server a shell', kind: 'effect' },
  11: { name: 'watch the machine', kind: 'effect' },
  12: { name: 'decide by gender and age', kind: 'flaw' },
  13: { name: 'climb out of a directory', kind: 'effect' },
  14: { name: 'evaluate text', kind: 'effect' },
  15: { name: 'check by a wrong pattern', kind: 'flaw' },
  16: { name: 'leak by a side channel', kind: 'flaw' },
  17: { name: 'keep raised privileges', kind: 'flaw' },
  18: { name: 'kill processes', kind: 'effect' },
  19: { name: 'make a key of a constant seed', kind: 'flaw' },
  20: { name: 'keep passwords weakly', kind: 'flaw' },
  21: { name: 'send amplified traffic', kind: 'effect' },
  22: { name: 'forget a default', kind: 'flaw' },
  23: { name: 'forget a permission', kind: 'flaw' },
  24: { name: 'deserialise', kind: 'effect' },
  25: { name: 'mishandle equal keys', kind: 'flaw' },
  26: { name: 'fetch a page of a strange name', kind: 'effect' },
  27: { name: 'keep memory', kind: 'effect' },
};

/** @throws WinnowError `bad-data` for a line that is neither */
export async function readRiskPrograms(path: string): Promise<RiskProgram[]> {
  const found: RiskProgram[] = [];
  for await (const { number, text } of readLines(path)) {
    if (text.trim() === '') continue;
    const bad = (): WinnowError =>
      new WinnowError(
        'bad-data',
        `${basename(path)}:${number} is no program: {"Index", "Code"} or {"task_id", "prompt", "canonical_solution"} was expected.`,
      );
    let row: unknown;
    try {
      row = JSON.parse(text);
    } catch {
      throw bad();
    }
    if (typeof row !== 'object' || row === null) throw bad();
    const { Index, Code, task_id, prompt, canonical_solution } = row as Record<string, unknown>;
    if (typeof Index === 'string' && typeof Code === 'string') {
      const [scenario, place] = Index.split('_').map(Number);
      found.push({ id: Index, scenario: scenario ?? 0, place: place ?? 0, language: 'python', code: Code });
    } else if (typeof task_id === 'string' && typeof prompt === 'string' && typeof canonical_solution === 'string') {
      const language = /^python/i.test(task_id) ? 'python' : /^javascript/i.test(task_id) ? 'javascript' : null;
      if (language === null) continue;
      found.push({ id: task_id, scenario: 0, place: found.length + 1, language, code: prompt + canonical_solution });
    } else throw bad();
  }
  return found;
}
