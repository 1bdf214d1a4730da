/**
 * Modules of a task's repository as files of a job, and what stands above and behind a candidate that belongs into one of them (`winnow_beside.py`).
 *
 * Sources go along as a part of the task and not by a look at the disk, so a run that goes on has what it began with.
 */
import { readFileSync } from 'node:fs';
import type { JobFile } from '../../run/mod.ts';
import { digest } from '../frame/step.ts';
import type { Beside, Task } from '../types.ts';

const known = new WeakMap<object, readonly JobFile[]>();

/** Beside each program of the task; empty: it has no modules. */
export function besideFiles({ beside }: Pick<Task, 'beside'>): readonly JobFile[] {
  if (beside == null) return [];
  const made = known.get(beside) ?? [
    { path: 'winnow_beside.py', bytes: readFileSync(new URL('winnow_beside.py', import.meta.url)) },
    { path: 'winnow_beside.json', bytes: new TextEncoder().encode(JSON.stringify(beside)) },
  ];
  known.set(beside, made);
  return made;
}

/** Above a candidate that may import modules. Its text differs with the modules', since results are kept by what a program is. */
export const importBeside = (beside: Beside): string =>
  `import winnow_beside as _winnow_beside  # ${digest(JSON.stringify(beside)).slice(0, 16)}\n`;

/** Above a candidate that stands in one. */
export const enterModule = (beside: Beside): string => `${importBeside(beside)}_winnow_beside.enter(globals())\n`;

/** Behind a candidate that is a function. */
export const putFunction = (name: string): string => `_winnow_beside.put(globals(), ${JSON.stringify(name)})\n`;
