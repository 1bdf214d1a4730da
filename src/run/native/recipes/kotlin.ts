/**
 * Kotlin by kotlinc into a jar with its library, run by a JVM as Java is. Compiling takes seconds; the artefact is kept.
 */
import { withEnding } from '../../entryending.ts';
import type { Recipe, Tool } from '../recipe.ts';
import { asArgument, built, sourcesOf, words, workDir } from '../recipe.ts';
import { jre, jvmFlags } from './java.ts';

const kotlinc: Tool = {
  name: 'kotlinc',
  label: 'Kotlin',
  executables: ['kotlinc'],
  versionArgs: ['-version'],
  version: /kotlinc-jvm (\S+)/,
  usualPlaces: ['/opt/kotlinc/bin', '/usr/share/kotlin/bin'],
  packages: {
    dnf: 'kotlin',
    pacman: 'kotlin',
    otherwise: 'unpack kotlin-compiler-*.zip of https://github.com/JetBrains/kotlin/releases into /opt',
  },
};

export const kotlin: Recipe = {
  language: 'kotlin',
  tools: [kotlinc, jre],
  unpinned: ['random', 'hash'],
  counts: false,
  reservesMemory: true,
  plan(asked, tool) {
    const job = withEnding(asked, ['.kt', '.kts']);
    const jar = `${built}/program.jar`;
    const flags = ['-nowarn', '-include-runtime', '-d', jar, ...words(job.env.KOTLINCFLAGS)];
    const jvm = jvmFlags(job.compileLimits.memoryBytes).join(' ');
    return {
      files: job.files,
      compile: {
        argv: [tool('kotlinc').path, ...flags, ...sourcesOf(job, ['.kt']).map(asArgument)],
        // The launcher is a shell script, which takes the JVM's flags and place from here.
        env: { JAVA_OPTS: `${jvm} -XX:TieredStopAtLevel=1`, JAVACMD: tool('java').path },
      },
      run: { argv: [tool('java').path, ...jvmFlags(job.limits.memoryBytes), '-jar', `${workDir}/${jar}`, ...job.args] },
    };
  },
};
