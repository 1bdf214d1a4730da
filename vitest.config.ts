import { defineConfig } from 'vitest/config';
import SlowestFirst from './test/slowest-first.ts';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'perf/**/*.test.ts'],
    // Programs run as child processes on a busy machine with two cores need far more than the default 5 s.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    // The default leaves one core to the reporter, which on two cores is half of the time.
    maxWorkers: '100%',
    sequence: { sequencer: SlowestFirst },
    reporters: ['default', './test/summary-reporter.ts'],
  },
});
