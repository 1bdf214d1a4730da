/**
 * The corpus: one hostile program a file below `programs/`, in the language of its ending. Its first comment lines say
 * what it tries and what must be seen:
 *
 * ```
 * # tries: what it does
 * # endings: exited 0, timed-out wall     any of them; `any` where only containment matters
 * # prints: done                          on standard output; a program that says `escaped` on its own has escaped
 * # limits: {"wallMs": 1000}
 * # runs: 2                               in a row: each looks for traces of the one before
 * # files: a=symlink, b=left-out          what must come back, among the rest; `absent`: must not
 * # backends: native                      and why only there
 * # job: {"args": ["…"], "env": {}}       more of the job
 * # harmless: yes                         may also run where no second belt can be made: it only reads
 * ```
 *
 * What holds for all of them (no leak, no change, no call, no stranger, a next job as if nothing had been) is in `inside.ts`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BackendName, detectLanguage, type Job, type Limits } from '../../src/run/mod.ts';
import { hostileJobs } from './jobs.ts';

export interface Hostile {
  readonly name: string;
  readonly tries: string;
  readonly job: Job;
  readonly endings: readonly string[];
  readonly prints: string | null;
  readonly runs: number;
  readonly files: Readonly<Record<string, string>>;
  readonly backends: readonly BackendName[];
  readonly harmless: boolean;
}

const folder = join(import.meta.dirname, 'programs');

/** Little enough that a bomb is over soon; enough for a compiler's start. CPU time ends what computes; a busy machine needs the rest. */
const limits: Partial<Limits> = {
  wallMs: 15_000,
  cpuMs: 4000,
  memoryBytes: 256 * 1024 * 1024,
  outputBytes: 1024 * 1024,
  keepBytes: 256 * 1024,
  fileBytes: 16 * 1024 * 1024,
  processes: 48,
};

export function readCorpus(): Hostile[] {
  const programs = readdirSync(folder)
    .sort()
    .map((file) => readHostile(join(folder, file)));
  const jobs = hostileJobs.map(({ job, ...rest }): Hostile => {
    const backends = ['embedded', 'native'] as const;
    return { ...rest, job: { ...job, limits }, runs: 1, files: {}, backends, harmless: false };
  });
  return [...programs, ...jobs];
}

function readHostile(path: string): Hostile {
  const bytes = readFileSync(path);
  const name = basename(path);
  const fields = fieldsOf(bytes.toString('utf8'));
  const take = (field: string): string | undefined => {
    const value = fields.get(field);
    fields.delete(field);
    return value;
  };
  const language = detectLanguage(name, bytes)?.name;
  if (language === undefined) throw new Error(`${path} is in no language of the table`);
  const tries = take('tries');
  if (tries === undefined) throw new Error(`${path} does not say what it tries`);
  const entry = language === 'java' ? 'Main.java' : `main${name.slice(name.lastIndexOf('.'))}`;
  const backends = (take('backends') ?? 'embedded native').split(/[^a-z]/);
  const hostile: Hostile = {
    name,
    tries,
    job: {
      language,
      files: [{ path: entry, bytes }],
      entry,
      ...JSON.parse(take('job') ?? '{}'),
      limits: { ...limits, ...JSON.parse(take('limits') ?? '{}') },
    },
    endings: (take('endings') ?? 'exited 0').split(',').map((ending) => ending.trim()),
    prints: take('prints') ?? null,
    runs: Number(take('runs') ?? 1),
    files: Object.fromEntries(
      (take('files') ?? '')
        .split(',')
        .filter((pair) => pair !== '')
        .map((pair) => pair.trim().split('=')),
    ),
    backends: (['embedded', 'native'] as const).filter((backend) => backends.includes(backend)),
    harmless: take('harmless') === 'yes',
  };
  if (fields.size > 0) throw new Error(`${path} has unknown fields: ${[...fields.keys()].join(', ')}`);
  return hostile;
}

/** `leader name: value` lines at the start of a file, until a line is something else. */
function fieldsOf(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const found = /^(?:#|\/\/|--)\s+([a-z]+): (.*)$/.exec(line);
    if (found === null) break;
    fields.set(found[1] as string, found[2] as string);
  }
  return fields;
}
