/** Starting worker threads. */
import module from 'node:module';
import path from 'node:path';
import { type ResourceLimits, Worker } from 'node:worker_threads';
import type { ThreadSetup } from './messages.ts';

// Emitted JavaScript starts emitted JavaScript.
const program = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

/** @param file the program of the thread; for tests */
export function startThread<Setup extends ThreadSetup>(
  setup: Omit<Setup, 'compileCacheDir'>,
  resourceLimits: ResourceLimits,
  file: URL = program,
): Worker {
  const workerData = { ...setup, compileCacheDir: compileCacheDir() };
  // No flags are inherited: a test runner's would not suit.
  return new Worker(file, { workerData, execArgv: [], resourceLimits });
}

/** What was given to `module.enableCompileCache`: Node appends a directory for its version. */
function compileCacheDir(): string | undefined {
  const directory = module.getCompileCacheDir();
  return directory === undefined ? undefined : path.dirname(directory);
}
