/**
 * Starts a thread's program with the compiled code of the last run, if the process uses
 * such: types stripped and bytecode at hand, a parsing thread is loaded in 75 instead of 380 ms.
 * A worker does not inherit that by itself, and imports would come before any statement; hence this file.
 */
import module from 'node:module';
import { workerData } from 'node:worker_threads';
import type { ThreadSetup } from './messages.ts';

const { compileCacheDir, program } = workerData as ThreadSetup;
if (compileCacheDir !== undefined) module.enableCompileCache(compileCacheDir);
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
await import(`./${program}-main.${extension}`);
// A worker is ended, it does not exit: nothing would be written by itself.
module.flushCompileCache();
