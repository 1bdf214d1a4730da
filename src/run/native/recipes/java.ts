/**
 * Java by a JDK: all `.java` files of a job are compiled together, and the first class of the entry that has a
 * `main` is run. The entry may have any name: its public type says what the file must be called.
 *
 * The heap may take what the limit leaves over the machine itself, so a program that needs more gets its
 * OutOfMemoryError, which it may catch: its own end, not `out-of-memory`. The serial collector starts fastest and takes the least memory.
 */
import { posix } from 'node:path';
import type { CheckedJob, JobFile } from '../../types.ts';
import type { Recipe, Tool } from '../recipe.ts';
import { asArgument, built, entryText, mebibytes, words, workDir } from '../recipe.ts';
import { mainClassOf, publicTypeOf } from './javasource.ts';

const usualPlaces = ['/usr/lib/jvm/default-java/bin', '/usr/lib/jvm/default/bin', '/usr/lib/jvm/java/bin'];

export const jre: Tool = {
  name: 'java',
  label: 'Java',
  executables: ['java'],
  versionArgs: ['-Xshare:auto', '-version'],
  version: /version "([^"]+)"/,
  usualPlaces,
  packages: { apt: 'default-jdk-headless', dnf: 'java-latest-openjdk-devel', apk: 'openjdk21', pacman: 'jdk-openjdk' },
};

const jdk: Tool = {
  ...jre,
  name: 'javac',
  label: 'javac',
  executables: ['javac'],
  versionArgs: ['-J-Xshare:auto', '-version'],
  version: /^javac (\S+)/m,
  atLeast: [9, 0],
};

/** What HotSpot takes beside the heap: 45 MB for a program that prints a line on Java 17, more with its classes. */
const machineMemory = 64 * 2 ** 20;

/** Flags of a JVM that lives under a limit, short and alone. */
export const jvmFlags = (memoryBytes: number): readonly string[] => [
  `-Xmx${mebibytes(Math.max(memoryBytes - machineMemory, memoryBytes / 2))}m`,
  '-XX:+UseSerialGC',
  // No file of counters in /tmp.
  '-XX:-UsePerfData',
];

export const java: Recipe = {
  language: 'java',
  tools: [jre, jdk],
  // Random is seeded by the time, and so is the order of Set.of.
  unpinned: ['random', 'hash'],
  counts: false,
  reservesMemory: true,
  plan(job, tool) {
    const files = namedAsJavaWants(job);
    const sources = files.map(({ path }) => path).filter((path) => path.endsWith('.java'));
    const jvm = [...jvmFlags(job.compileLimits.memoryBytes), '-XX:TieredStopAtLevel=1'].map((flag) => `-J${flag}`);
    const flags = ['-d', built, '-nowarn', '-Xlint:none', '-encoding', 'UTF-8', ...words(job.env.JAVACFLAGS)];
    const path = [`${workDir}/${built}`, job.env.CLASSPATH].filter((part) => part !== undefined).join(':');
    return {
      files,
      compile: { argv: [tool('javac').path, ...jvm, ...flags, ...sources.sort().map(asArgument)] },
      run: {
        argv: [
          tool('java').path,
          ...jvmFlags(job.limits.memoryBytes),
          '-cp',
          path,
          mainClassOf(entryText(job)),
          ...job.args,
        ],
      },
    };
  },
};

/** A public type must lie in a file of its name; whoever sends a single file seldom knows. */
function namedAsJavaWants(job: CheckedJob): JobFile[] {
  const name = publicTypeOf(entryText(job));
  if (name === null && job.entry.endsWith('.java')) return [...job.files];
  const wanted = posix.join(posix.dirname(job.entry), `${name ?? 'Main'}.java`);
  if (job.files.some(({ path }) => path === wanted)) return [...job.files];
  return job.files.map((file) => (file.path === job.entry ? { ...file, path: wanted } : file));
}
