/**
 * Where the jars of JUnit and JaCoCo are taken from, beside those that a project names itself: launcher, engine and agent belong to whoever calls the
 * tests, so that no build file has them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { closedDirectory } from '../native/toolchainsfind.ts';
import { findJar, gradleRepository, type Jars, jarsOf, mavenRepository, newest, type Repository } from './jars.ts';
import type { TestRequest } from './types.ts';

/** Folders that were named come first, then where Maven and Gradle keep what they fetched, then where Debian installs it. */
export function repositoriesOf({ jars }: TestRequest): Repository[] {
  const home = homedir();
  const named = jars.flatMap((root) => [mavenRepository(root), gradleRepository(root)]);
  const usual = [
    mavenRepository(join(home, '.m2', 'repository')),
    gradleRepository(join(home, '.gradle', 'caches', 'modules-2', 'files-2.1')),
    mavenRepository('/usr/share/maven-repo'),
  ].filter(({ root }) => existsSync(root) && closedDirectory(root) === null);
  return [...named, ...usual];
}

/** Jars that lie in a folder that was named, not below it: all of them are meant. */
export function folderJars({ jars }: TestRequest): string[] {
  return jars.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.jar') && !isJacoco(name) && !/-(sources|javadoc)\.jar$/.test(name))
      .sort()
      .map((name) => join(folder, name)),
  );
}

const isJacoco = (name: string): boolean => /jacoco/.test(name);

interface WithJUnit {
  readonly engine: 'Platform' | 'JUnit4';
  readonly paths: readonly string[];
  readonly notes: readonly string[];
}

/**
 * The launcher and the engine belong to the tool that calls JUnit, so that a project need not name them: they are added in the version that fits.
 *
 * @throws WinnowError `toolchain-missing` when JUnit is not on this machine
 */
export function withJUnit(
  { paths, versions, notes }: Jars,
  repositories: readonly Repository[],
  request: TestRequest,
): WithJUnit {
  const folder = folderJars(request).map((path) => path.slice(path.lastIndexOf('/') + 1));
  if (folder.some((name) => /^junit-platform-(launcher|console-standalone)/.test(name)))
    return { engine: 'Platform', paths, notes };
  const jupiter = versions.get('org.junit.jupiter:junit-jupiter-api');
  const platform =
    versions.get('org.junit.platform:junit-platform-engine') ??
    versions.get('org.junit.platform:junit-platform-commons') ??
    (jupiter === undefined ? undefined : platformOf(jupiter, repositories));
  if (platform !== undefined) {
    const managed = new Map();
    const wanted: readonly [group: string, artifact: string, version: string][] = [
      ...(jupiter === undefined
        ? []
        : [['org.junit.jupiter', 'junit-jupiter-engine', jupiter] as [string, string, string]]),
      ['org.junit.platform', 'junit-platform-launcher', platform],
    ];
    const more = jarsOf(
      {
        dependencies: wanted.map(([group, artifact, version]) => ({
          group,
          artifact,
          version,
          scope: 'test',
          classifier: '',
          type: 'jar',
          isOptional: false,
          exclusions: [],
        })),
        managed,
      },
      repositories,
    );
    if (
      !more.versions.has('org.junit.platform:junit-platform-launcher') ||
      more.notes.some((note) => note.includes('junit-platform-launcher') && note.endsWith('is not on this machine'))
    )
      throw missing('its launcher (org.junit.platform:junit-platform-launcher) is not', request);
    return { engine: 'Platform', paths: [...new Set([...paths, ...more.paths])], notes: [...notes, ...more.notes] };
  }
  if (
    paths.some((path) => /(^|\/)junit(4)?(-\d[^/]*)?\.jar$/.test(path)) ||
    folder.some((name) => /^junit(4)?(-\d.*)?\.jar$/.test(name))
  )
    return { engine: 'JUnit4', paths, notes };
  const alone = findJar(repositories, {
    group: 'org.junit.platform',
    artifact: 'junit-platform-console-standalone',
    version: '',
  });
  if (alone !== null) return { engine: 'Platform', paths: [...paths, alone.path], notes };
  const four = findJar(repositories, { group: 'junit', artifact: 'junit', version: '' });
  const hamcrest = findJar(repositories, { group: 'org.hamcrest', artifact: 'hamcrest-core', version: '' });
  if (four === null) throw missing('it is not', request);
  return { engine: 'JUnit4', paths: [...paths, four.path, ...(hamcrest === null ? [] : [hamcrest.path])], notes };
}

/** The platform of Jupiter 5.x is 1.x; from 6 on they have one version. */
function platformOf(jupiter: string, repositories: readonly Repository[]): string {
  const fits = jupiter.replace(/^5\./, '1.');
  const versions = repositories.flatMap((one) => one.versions('org.junit.platform', 'junit-platform-engine'));
  return versions.includes(fits) ? fits : (newest(versions) ?? fits);
}

const missing = (what: string, { root }: TestRequest): WinnowError =>
  new WinnowError(
    'toolchain-missing',
    `JUnit for the tests of ${root} was looked for in ~/.m2, ~/.gradle and Debian's packages; ${what} there. Run the project's tests once with its build tool, or name a folder of jars: --jars DIR.`,
    { details: { runner: 'junit' } },
  );

interface Jacoco {
  readonly agent: string;
  readonly core: readonly string[];
  /** Name of the package of its core. */
  readonly name: string;
}

/**
 * What `jacococli.jar` and Maven's `org.jacoco.cli-…-nodeps.jar` call the package that the core's own jar calls `org.jacoco.core`: the versions
 * looked at (0.8.11) move all that they bring below their own name. Names of entries stand unpacked in a jar's directory (APPNOTE.TXT 4.3.12).
 */
const moved = 'org.jacoco.cli.internal.core';

export function coreName(jars: readonly string[]): string {
  const entry = `${moved.replaceAll('.', '/')}/analysis/Analyzer.class`;
  return jars.some((path) => readFileSync(path).includes(entry)) ? moved : 'org.jacoco.core';
}

/** @throws WinnowError `toolchain-missing` when one of its jars is not there */
export function jacocoOf(repositories: readonly Repository[], { jars }: TestRequest): Jacoco {
  const inFolder = (pattern: RegExp): string | null =>
    jars.flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => pattern.test(name))
        .map((name) => join(folder, name)),
    )[0] ?? null;
  const agent =
    inFolder(/^(jacocoagent|org\.jacoco\.agent-.*-runtime)\.jar$/) ??
    findJar(repositories, { group: 'org.jacoco', artifact: 'org.jacoco.agent', version: '', classifier: 'runtime' })
      ?.path;
  const cli = inFolder(/^(jacococli|org\.jacoco\.cli-.*-nodeps)\.jar$/);
  const core = findJar(repositories, { group: 'org.jacoco', artifact: 'org.jacoco.core', version: '' });
  const asm = ['asm', 'asm-commons', 'asm-tree'].map(
    (artifact) => findJar(repositories, { group: 'org.ow2.asm', artifact, version: '' })?.path,
  );
  const parts = cli !== null ? [cli] : core === null ? [] : [core.path, ...asm.flatMap((path) => path ?? [])];
  if (agent !== undefined && agent !== null && parts.length > 0) return { agent, core: parts, name: coreName(parts) };
  throw new WinnowError(
    'toolchain-missing',
    `Which lines each test of JUnit ran is told by JaCoCo, and its ${agent === undefined || agent === null ? 'agent (jacocoagent.jar)' : 'core (jacococli.jar, or org.jacoco.core with asm)'} is not on this machine. Name the folder that has its jars, --jars DIR, or leave --coverage out.`,
    { details: { runner: 'junit' } },
  );
}
