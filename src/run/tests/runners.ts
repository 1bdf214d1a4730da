/** Which runner is called how. */
import { goRunner } from './go.ts';
import { javaRunner } from './java.ts';
import { nodeRunner } from './node.ts';
import { pythonRunner } from './python.ts';
import type { SuiteRunner } from './suiterunner.ts';
import type { TestRunner } from './types.ts';

export const runners: Readonly<Record<TestRunner, SuiteRunner>> = {
  pytest: pythonRunner,
  unittest: pythonRunner,
  node: nodeRunner,
  mocha: nodeRunner,
  jest: nodeRunner,
  vitest: nodeRunner,
  go: goRunner,
  junit: javaRunner,
};
