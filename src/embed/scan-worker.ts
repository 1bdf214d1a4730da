/** Starts the thread that helps to scan, with the compiled code of the last run if the process keeps such; see `index/work/worker.ts`. */
import module from 'node:module';
import { workerData } from 'node:worker_threads';

const { compileCacheDir } = workerData as { compileCacheDir: string | undefined };
if (compileCacheDir !== undefined) module.enableCompileCache(compileCacheDir);
await import(import.meta.url.endsWith('.ts') ? './scan-main.ts' : './scan-main.js');
module.flushCompileCache();
