/**
 * pytest and unittest: our start file calls the runner in its own process, with a plugin or a result of ours.
 *
 * The interpreter is that of an environment which has what the project needs: the one that is named, the project's own (`.venv`, `venv`), or
 * the first on the path. It is shown to the sandbox where it lies. Nothing is started to find it.
 */
import { join } from 'node:path';
import {
  type Interpreter,
  inEnvironment,
  interpreterOn,
  isEnvironment,
  namedInterpreter,
} from '../native/interpreter.ts';
import { tellRows } from './report.ts';
import { besideFile, firstOnPath, leftFile, planFile, type SuiteRunner } from './suiterunner.ts';
import type { TestRequest } from './types.ts';

const own = ['start', 'winnow_rows', 'winnow_watch', 'winnow_lines', 'winnow_pytest', 'winnow_unittest'].map(
  (name) => `python/${name}.py`,
);

export const pythonRunner: SuiteRunner = {
  coverage: true,
  async plan(request, key) {
    const { path, read, chosen } = interpreterOf(request);
    const { runner, files, paths, only, testMs, coverage } = request;
    const plan = {
      key,
      runner,
      paths,
      only,
      coverage,
      arguments: request.arguments,
      testSeconds: testMs === null ? 0 : testMs / 1000,
      files: coverage ? files.map((file) => file.path).filter((name) => name.endsWith('.py')) : [],
      // Before anything that is installed, so that the files given are tested and no installed copy.
      roots: files.some((file) => /^src\/([^/]+\.py|[^/]+\/__init__\.py)$/.test(file.path)) ? ['src'] : [],
    };
    return {
      commands: [[path, '.winnow-tests/start.py']],
      beside: [planFile(plan), ...(await Promise.all(own.map(besideFile)))],
      env: { PYTHONDONTWRITEBYTECODE: '1', PYTHONHASHSEED: '0', PYTHONNOUSERSITE: '1' },
      read,
      chosen,
    };
  },
  tell: (outcome, { key }) => tellRows(leftFile(outcome, 'rows.txt'), key, outcome.ending),
};

export function interpreterOf({
  python,
  root,
  path,
}: Pick<TestRequest, 'python' | 'root' | 'path'>): Interpreter & { readonly chosen: string } {
  if (python !== null) return { ...namedInterpreter(python), chosen: 'the one that was named' };
  const environment = ['.venv', 'venv', 'env'].find((name) => isEnvironment(join(root, name)));
  return environment === undefined
    ? { ...interpreterOn(path), chosen: firstOnPath }
    : { ...inEnvironment(join(root, environment)), chosen: `that of ${environment} in the project` };
}
