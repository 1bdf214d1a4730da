/**
 * Functions against hidden tests of the form `def check(candidate): …`, as HumanEval has them.
 *
 * The test runs in one process and the function in another, in one sandbox; between them go literals (`python/winnow_key.py`). So the key is in no interpreter that a candidate
 * runs in, and no candidate can say that it passed. What the form cannot carry, an argument without a literal, is unjudged.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Outcome, pythonLiterals, type Runner } from '../../run/mod.ts';
import type { Verdict } from '../types.ts';

export interface FunctionKey {
  readonly entryPoint: string;
  /** What the test may use: imports, and functions that stand above the one that is asked for. */
  readonly context: string;
  /** Defines `check(candidate)`. */
  readonly test: string;
}

export interface FunctionJudging {
  readonly runner: Runner;
  readonly signal: AbortSignal;
  /** CPU time of a candidate over the whole test, ms. Default 3,000, the usual limit of HumanEval's harness. */
  readonly cpuMs?: number;
  readonly memoryBytes?: number;
  readonly batch?: number;
}

const files = [
  ...['winnow_key.py', 'winnow_served.py'].map((path) => ({
    path,
    bytes: readFileSync(new URL(`python/${path}`, import.meta.url)),
  })),
  pythonLiterals(),
];

/**
 * @param sources whole programs, each of which defines the entry point
 * @returns a verdict for each
 * @throws WinnowError as `Runner.run` does
 */
export async function judgeFunctions(
  key: FunctionKey,
  sources: readonly string[],
  options: FunctionJudging,
): Promise<readonly Verdict[]> {
  const size = options.batch ?? 50;
  const verdicts: Verdict[] = [];
  while (verdicts.length < sources.length) {
    const batch = sources.slice(verdicts.length, verdicts.length + size);
    const told = await runBatch(key, batch, options);
    verdicts.push(...told);
    if (told.length === batch.length) continue;
    // Whoever took the sandbox down with it is the one that was being judged; the rest go on in another.
    const alone = await runBatch(key, batch.slice(told.length, told.length + 1), options);
    verdicts.push(alone[0] ?? { kind: 'wrong', reason: 'it ended the sandbox that it was judged in, twice' });
  }
  for (const [at, verdict] of verdicts.entries())
    if (verdict.kind === 'wrong' && verdict.reason === silent) {
      const again = await runBatch(key, sources.slice(at, at + 1), { ...options, patience: 4 });
      verdicts[at] = again[0] ?? verdict;
    }
  return verdicts;
}

/** Its CPU time was not used up: it sleeps, or the machine is busy. It is asked once more, alone and with more patience. */
const silent = 'no answer in time';

/** @returns verdicts of the first candidates, fewer than there are where one ended the sandbox */
async function runBatch(
  key: FunctionKey,
  candidates: readonly string[],
  options: FunctionJudging & { readonly patience?: number },
): Promise<readonly Verdict[]> {
  const { cpuMs = 3_000, memoryBytes = 512 * 2 ** 20, patience = 1 } = options;
  const wallMs = patience * (2 * cpuMs + 1_000);
  const number = randomUUID();
  const batch = { ...key, candidates, cpuMs, memoryBytes, wallMs, number };
  const all = Math.min(3_600_000, (wallMs + 1_000) * candidates.length + 10_000);
  const outcome = await options.runner.run(
    {
      language: 'python',
      entry: 'winnow_key.py',
      files: [...files, { path: 'batch.json', bytes: new TextEncoder().encode(JSON.stringify(batch)) }],
      limits: {
        wallMs: all,
        cpuMs: all,
        memoryBytes: 2 * memoryBytes + 256 * 2 ** 20,
        processes: 64,
        keepBytes: 2 ** 22,
        outputBytes: 2 ** 22,
      },
    },
    { backend: 'native', signal: options.signal },
  );
  return readVerdicts(outcome, candidates.length, number);
}

/** @param number stands in each line of ours, and in no other */
function readVerdicts(outcome: Outcome, most: number, number: string): readonly Verdict[] {
  const text = new TextDecoder().decode(outcome.stdout.head);
  const verdicts: Verdict[] = [];
  for (const line of text.split('\n')) {
    const verdict = readVerdict(line, number);
    if (verdict !== null) verdicts.push(verdict);
  }
  return verdicts.slice(0, most);
}

function readVerdict(line: string, wanted: string): Verdict | null {
  try {
    const { number, kind, reason } = JSON.parse(line) as Record<string, unknown>;
    if (number !== wanted) return null;
    if (kind === 'right') return { kind };
    return (kind === 'wrong' || kind === 'unjudged') && typeof reason === 'string' ? { kind, reason } : null;
  } catch {
    return null;
  }
}
