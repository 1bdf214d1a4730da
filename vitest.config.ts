import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import SlowestFirst from './test/slowest-first.ts';

const cores = availableParallelism();

/** Layers whose tests share worker processes, so that modules are loaded once in each and not once for each file: all but the one that starts processes. */
const layers = readdirSync(join(import.meta.dirname, 'src')).filter((layer) => layer !== 'run');
/** Starts the parsers' runtime in a way of its own, for the whole process. */
const alone = ['src/code/tree/engine.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'shared', include: [`src/{${layers}}/**/*.test.ts`], exclude: alone, isolate: false },
      },
      { extends: true, test: { name: 'own', include: ['{src/run,test,perf}/**/*.test.ts', ...alone] } },
    ],
    // Programs run as child processes on a busy machine with two cores need far more than the default 5 s.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    // Half of a worker's time is waiting, for clocks that stop programs and for processes: on two cores a run of 26 minutes counted as many of processor time.
    maxWorkers: Math.max(2 * Math.min(cores, 4), cores),
    sequence: { sequencer: SlowestFirst },
    // Modules are loaded by Node, as a user's are, and not translated once more: a quarter of the processor time of tests of one module.
    experimental: { viteModuleRunner: false },
    reporters: ['default', './test/summary-reporter.ts'],
  },
});
