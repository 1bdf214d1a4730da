/**
 * Filling the cache of an engine, once per machine: in a process that may write it and runs no job.
 *
 * The processes that run jobs can only read the cache, or a program that broke out could leave code for the next. So somebody
 * must know whether there is anything to fill. A mark in the cache says it for one set of sources and Node. It is
 * only a hint: where it is wrong, engines work and are slow to open.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ChildPlan } from './confine.ts';
import { fillCache } from './host.ts';

const runDir = fileURLToPath(new URL('../', import.meta.url));
const lockFile = fileURLToPath(new URL('../../../package.json', import.meta.url));

/** Makes the directory. @returns null when that cannot be: everything works without */
export function usableCache(cacheDir: string | null): string | null {
  if (cacheDir === null) return null;
  try {
    for (const part of ['node', 'filled']) mkdirSync(join(cacheDir, part), { recursive: true });
    return cacheDir;
  } catch {
    return null;
  }
}

/**
 * @param plan of the process that will run jobs
 * @returns why the cache could not be filled, which costs time and nothing else; null: it is, or there is none
 * @throws WinnowError `cancelled`, `sandbox-failed`, `toolchain-missing`
 */
export async function ensureFilled(plan: ChildPlan, language: string, signal: AbortSignal): Promise<string | null> {
  if (plan.cacheDir === null) return null;
  const mark = join(plan.cacheDir, 'filled', `${language}-${fingerprint(plan)}`);
  if (existsSync(mark)) return null;
  const notKept = await fillCache({ ...plan, fillsCache: true }, language, signal);
  if (notKept !== null) return notKept;
  try {
    writeFileSync(mark, '');
  } catch {
    // A full disk: it is filled again next time.
  }
  return null;
}

let sources: string | null = null;

function fingerprint(plan: ChildPlan): string {
  sources ??= describeSources();
  const facts = [sources, process.version, process.arch, plan.table.href];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 20);
}

/** Sizes and times of the sources and of the list of packages: 1 ms, where reading them would take 10. */
function describeSources(): string {
  const files = ['embedded', 'wasm'].flatMap((dir) =>
    readdirSync(join(runDir, dir), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .map((path) => join(runDir, dir, path)),
  );
  return [...files.sort(), lockFile]
    .map((file) => {
      const { size, mtimeMs } = statSync(file);
      return `${file} ${size} ${mtimeMs}`;
    })
    .join('\n');
}
