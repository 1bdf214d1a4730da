/** What a runner of tests is to us: a plan of commands before, and a telling of what it left behind after. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { JobFile, Outcome } from '../types.ts';
import { type Told, testDirectory } from './report.ts';
import type { TestJob, TestRequest } from './types.ts';

/** What a runner is given, and makes of it. */
export interface SuitePlan {
  /** Commands of the start script, as words; the last one is the runner's. */
  readonly commands: readonly (readonly string[])[];
  /** Beside the project, below `testDirectory`. */
  readonly beside: readonly JobFile[];
  readonly env: Readonly<Record<string, string>>;
  /** Directories of this machine that it needs. */
  readonly read: readonly string[];
  /** How the interpreter was chosen: `Interpreter.chosen`. */
  readonly chosen: string;
}

export interface SuiteRunner {
  /** Whether it can tell which lines each test ran. */
  readonly coverage: boolean;
  /** @throws WinnowError `toolchain-missing`, `unsupported-job`, `bad-usage` */
  plan(request: TestRequest, key: string): Promise<SuitePlan>;
  tell(outcome: Outcome, job: TestJob): Told;
}

/** A file of ours, from beside this source. @param name relative to this directory */
export async function besideFile(name: string): Promise<JobFile> {
  const bytes = await readFile(fileURLToPath(new URL(name, import.meta.url)));
  return { path: `${testDirectory}/${name.slice(name.lastIndexOf('/') + 1)}`, bytes };
}

/** How an interpreter was chosen that was looked for in the directories of programs. */
export const firstOnPath = 'the first on the path';

export const planFile = (plan: unknown): JobFile => ({
  path: `${testDirectory}/plan.json`,
  bytes: new TextEncoder().encode(JSON.stringify(plan)),
});

/** Bytes of a file that the run left below `testDirectory`; none: empty. */
export function leftFile(outcome: Outcome, name: string): Uint8Array {
  const file = outcome.files.find(({ path }) => path === `${testDirectory}/${name}`);
  return file !== undefined && 'bytes' in file ? file.bytes : new Uint8Array(0);
}
