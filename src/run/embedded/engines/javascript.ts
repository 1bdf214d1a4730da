/**
 * JavaScript by QuickJS-ng: a fresh engine for each job, copied from an image.
 *
 * Programs find what a program written for Node finds on one machine without network: `console`, `process`, CommonJS and
 * ES modules among the job's files, files in memory, timers in virtual time. What is absent is said in `quickjs/realm/globals.ts`.
 */
import type { EngineModule } from '../engine.ts';
import { makeImage } from '../quickjs/image.ts';
import { runJob } from '../quickjs/job.ts';

export const quickjsVersion = 'QuickJS-ng (quickjs-emscripten 0.32.0)';

export const javascriptEngine: EngineModule = {
  language: 'javascript',
  unpinned: [],
  counts: true,
  probe: async () => ({ version: quickjsVersion }),
  async open({ cacheDir }) {
    const image = makeImage(cacheDir);
    return { run: async (job, output) => runJob(image, job, output, null) };
  },
};
