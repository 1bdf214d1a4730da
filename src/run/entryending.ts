/**
 * For tools that go by a file's ending: an entry of any other name is laid out with the ending added, `a.txt` as
 * `a.txt.ts`, so that what they say of it still names the file that its author knows.
 *
 * Tools that can be told a language by a flag need none of this.
 */
import type { CheckedJob } from './types.ts';

/** @param endings that the tool knows, with the dot; the first is added where the entry has none of them */
export function withEnding(job: CheckedJob, endings: readonly [string, ...string[]]): CheckedJob {
  if (endings.some((ending) => job.entry.endsWith(ending))) return job;
  let entry = job.entry + endings[0];
  while (job.files.some(({ path }) => path === entry)) entry += endings[0];
  return { ...job, entry, files: job.files.map((file) => (file.path === job.entry ? { ...file, path: entry } : file)) };
}
