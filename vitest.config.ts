import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import SlowestFirst from './test/slowest-first.ts';

const cores = availableParallelism();

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'perf/**/*.test.ts'],
    // Programs run as child processes on a busy machine with two cores need far more than the default 5 s.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    // Half of a worker's time is waiting, for clocks that stop programs and for processes: on two cores a run of 26 minutes counted as many of processor time.
    maxWorkers: Math.max(2 * Math.min(cores, 4), cores),
    sequence: { sequencer: SlowestFirst },
    reporters: ['default', './test/summary-reporter.ts'],
  },
});
