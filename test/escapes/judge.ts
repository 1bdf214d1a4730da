/** What an outcome alone says about containment: words that came out, endings that must not be, files that must not come back. */
import { pathProblem } from '../../src/run/jobpath.ts';
import type { Outcome } from '../../src/run/mod.ts';
import type { Hostile } from './corpus.ts';

type Inside = (...texts: readonly (Uint8Array | string)[]) => boolean;

/** @param inside whether a text carries the bait word */
export function escapesOf(hostile: Hostile, outcome: Outcome, inside: Inside): string[] {
  return [
    ...leaks(outcome, inside),
    ...claims(outcome),
    ...wrongEnding(hostile, outcome),
    ...wrongFiles(hostile, outcome),
  ];
}

function leaks(outcome: Outcome, inside: Inside): string[] {
  const streams = [outcome, ...(outcome.compile === null ? [] : [outcome.compile])];
  const found: string[] = [];
  for (const { stdout, stderr, ending } of streams)
    if (inside(stdout.head, stdout.tail, stderr.head, stderr.tail, JSON.stringify(ending)))
      found.push('a secret was printed');
  for (const file of outcome.files)
    if (inside(file.path, 'bytes' in file ? file.bytes : JSON.stringify(file)))
      found.push(`a secret came back in ${file.path}`);
  return found;
}

/** A program of the corpus that got something it must not have says so. */
function claims({ stdout, stderr }: Outcome): string[] {
  return [stdout.head, stdout.tail, stderr.head, stderr.tail].flatMap((bytes) =>
    Buffer.from(bytes)
      .toString('utf8')
      .split('\n')
      .filter((line) => line.startsWith('escaped'))
      .slice(0, 5),
  );
}

function wrongEnding(hostile: Hostile, { ending, stdout, usage }: Outcome): string[] {
  const found: string[] = [];
  const words: string[] = [ending.kind];
  if (ending.kind === 'exited') words.push(String(ending.code));
  if (ending.kind === 'timed-out') words.push(ending.clock);
  if (ending.kind === 'crashed') words.push(ending.signal ?? 'trap');
  const allowed = (ending: string): boolean => ending === 'any' || ending === words[0] || ending === words.join(' ');
  if (!hostile.endings.some(allowed)) found.push(`ended ${words.join(' ')}, not ${hostile.endings.join(' or ')}`);
  if (hostile.prints !== null && !Buffer.from(stdout.head).includes(hostile.prints))
    found.push(`did not print ${JSON.stringify(hostile.prints)}`);
  const memory = hostile.job.limits?.memoryBytes ?? Number.POSITIVE_INFINITY;
  // What the sandbox itself needs for a process is counted by some kernels: a third more is no escape.
  if ((usage.peakMemoryBytes ?? 0) > memory * 1.33) found.push(`took ${usage.peakMemoryBytes} bytes of memory`);
  return found;
}

function wrongFiles(hostile: Hostile, { files }: Outcome): string[] {
  const found: string[] = [];
  for (const { path } of files) {
    const problem = pathProblem(path);
    // A name with a line break is a program's right; one that leaves the directory of whoever saves it is not.
    if (problem !== null && !problem.includes('longer'))
      found.push(`the returned name ${JSON.stringify(path)} ${problem}`);
  }
  for (const [path, expected] of Object.entries(hostile.files)) {
    const got = files.find((file) => file.path === path)?.change ?? 'absent';
    if (!expected.split('|').includes(got)) found.push(`${path} came back as ${got}, not ${expected}`);
  }
  const bytes = files.reduce((sum, file) => sum + ('bytes' in file ? file.bytes.length : 0), 0);
  const most = hostile.job.limits?.fileBytes ?? Number.POSITIVE_INFINITY;
  if (bytes > most) found.push(`${bytes} bytes of files came back, ${most} allowed`);
  return found;
}
