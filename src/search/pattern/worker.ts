/** Starts a thread that parses and matches, with the compiled code of the last run, if the process keeps such; see `index/work/worker.ts`. */
import module from 'node:module';
import { workerData } from 'node:worker_threads';

const { compileCacheDir } = workerData as { compileCacheDir: string | undefined };
if (compileCacheDir !== undefined) module.enableCompileCache(compileCacheDir);
await import(import.meta.url.endsWith('.ts') ? './worker-main.ts' : './worker-main.js');
module.flushCompileCache();
