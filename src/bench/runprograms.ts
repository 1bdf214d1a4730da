/**
 * The programs behind a problem's rows: a run keeps verdicts and names the file of samples, which is read again here.
 *
 * The folder says where that file is, and a folder may come from anybody. So it is read only where it lies in the directory that the caller trusts, links followed.
 */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';

export interface RunProgram {
  /** Its place among the samples of its problem, from 0, as rows name it. */
  readonly sample: number;
  /** As the sample has it: a whole program, or what stands behind the prompt. */
  readonly source: string;
  readonly isWhole: boolean;
}

export interface RunPrograms {
  readonly programs: readonly RunProgram[];
  /** Why there are none, or not all; null: all are here. */
  readonly left: string | null;
}

/** Larger files of samples are not for looking at one problem. */
const mostBytes = 64 * 1024 * 1024;
const mostPrograms = 200;

/** @param within directory that the file of samples has to lie in */
export function readPrograms(folder: string, problem: string, within: string): RunPrograms {
  const none = (left: string): RunPrograms => ({ programs: [], left });
  let named: unknown;
  let directory: unknown;
  try {
    const command = JSON.parse(readFileSync(join(folder, 'command.json'), 'utf8'));
    ({ directory } = command);
    named = command.settings?.samples;
  } catch {
    return none('The run does not say where its samples are.');
  }
  if (typeof named !== 'string') return none('The run does not say where its samples are.');
  if (/^[a-z]+$/.test(named)) return none(`The programs are those that the data has as ${JSON.stringify(named)}.`);
  const path = resolve(typeof directory === 'string' ? directory : folder, named);
  const told = JSON.stringify(named.slice(0, 200));
  try {
    const inside = relative(realpathSync(within), realpathSync(path));
    if (inside.startsWith('..') || isAbsolute(inside))
      return none(`The samples, ${told}, lie outside of the run’s repository, and are not shown.`);
    if (!statSync(path).isFile() || statSync(path).size > mostBytes)
      return none(`The samples, ${told}, are no file of at most ${mostBytes / 1024 / 1024} MiB.`);
    return programsOf(readFileSync(path, 'utf8'), problem);
  } catch {
    return none(`The samples, ${told}, are not there any more, or cannot be read.`);
  }
}

function programsOf(text: string, problem: string): RunPrograms {
  const programs: RunProgram[] = [];
  let unread = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    let row: Record<string, unknown>;
    try {
      row = JSON.parse(line);
    } catch {
      unread++;
      continue;
    }
    if (row === null || ![row.task_id, row.id, row.problem].includes(problem)) continue;
    const sources = Array.isArray(row.samples) ? row.samples : [row.solution ?? row.completion];
    for (const source of sources)
      if (typeof source === 'string')
        programs.push({
          sample: programs.length,
          source,
          isWhole: typeof row.solution === 'string' || Array.isArray(row.samples),
        });
  }
  const left = [
    ...(unread > 0 ? [`${unread} lines of the samples are no JSON.`] : []),
    ...(programs.length === 0 ? ['The samples have no program of this problem by its name.'] : []),
    ...(programs.length > mostPrograms ? [`${programs.length - mostPrograms} more programs.`] : []),
  ];
  return { programs: programs.slice(0, mostPrograms), left: left.length === 0 ? null : left.join(' ') };
}
