/**
 * A project of Java as its build file describes it: where sources and resources lie, what it depends on, which classes are tests, and what the compiler and the
 * virtual machine are told.
 *
 * Without a build file all `.java` files are sources. Generated sources, annotation processors that are set up apart, and languages beside Java are not looked at.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, matchesGlob, posix } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import type { JobFile } from '../types.ts';
import { readGradle } from './gradle.ts';
import { type Dependency, type FindPom, filled, keyOf, pluginSettings, readPom, settingIn } from './pom.ts';
import { parseXml, textIn, within } from './xml.ts';

export interface JavaProject {
  readonly dependencies: readonly Dependency[];
  readonly managed: ReadonlyMap<string, Dependency>;
  /** Paths of sources. */
  readonly main: readonly string[];
  readonly test: readonly string[];
  /** Directories that packages begin in; empty: the project itself. */
  readonly roots: readonly string[];
  readonly resources: readonly string[];
  /** Names of the classes that hold tests. */
  readonly classes: readonly string[];
  readonly levels: { readonly release: string; readonly source: string; readonly target: string };
  readonly compilerArguments: readonly string[];
  readonly machineArguments: readonly string[];
  /** Of JUnit's platform: `name=value`. */
  readonly parameters: readonly string[];
  /** `group:artifact` of modules beside this one → their classes, as they were last built. */
  readonly beside: ReadonlyMap<string, string>;
}

/** https://maven.apache.org/surefire/maven-surefire-plugin/test-mojo.html: what Surefire takes when nothing is said. */
const usualTests = ['**/Test*.java', '**/*Test.java', '**/*Tests.java', '**/*TestCase.java'];

/** A project without a build file, or of Gradle, which looks into every class: those whose file speaks of tests. */
const speaksOfTests = /@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|RunWith)\b|\bextends\s+\w*TestCase\b/;

interface Layout {
  readonly main: readonly string[];
  readonly test: readonly string[];
  readonly resources: readonly string[];
}

const usual: Layout = {
  main: ['src/main/java'],
  test: ['src/test/java'],
  resources: ['src/test/resources', 'src/main/resources'],
};

/**
 * @param paths files and directories that were asked for; empty: all
 * @throws WinnowError `bad-usage` when the build file only names modules
 */
export function javaProject(
  root: string,
  files: readonly JobFile[],
  paths: readonly string[],
  find: FindPom,
): JavaProject {
  const text = (path: string): string | null => {
    const file = files.find((one) => one.path === path);
    return file === undefined ? null : new TextDecoder().decode(file.bytes);
  };
  const pomText = text('pom.xml');
  if (pomText !== null) return ofMaven(root, files, paths, pomText, find);
  const sources = files.map(({ path }) => path).filter(isSource);
  const isUsual = sources.some((path) => path.startsWith('src/main/java/') || path.startsWith('src/test/java/'));
  const build = text('build.gradle') ?? text('build.gradle.kts') ?? '';
  const { dependencies, platforms } = readGradle(build, text('gradle/libs.versions.toml') ?? '');
  const managed = new Map<string, Dependency>();
  for (const one of platforms) {
    const list = find(one.group, one.artifact, one.version);
    if (list !== null) for (const [key, entry] of readPom(list, find, 1).managed) managed.set(key, entry);
  }
  const layout = isUsual ? usual : { main: [], test: [''], resources: [''] };
  const level = /\b(?:sourceCompatibility\s*=\s*|release\s*=\s*|of\()\D{0,20}?([\d.]+)/.exec(build)?.[1] ?? '';
  return {
    ...laidOut(files, layout),
    dependencies: dependencies.map((one) => ({
      ...one,
      version: one.version || (managed.get(keyOf(one))?.version ?? ''),
    })),
    managed,
    classes: classesOf(files, layout.test, paths, (_, source) => speaksOfTests.test(source())),
    levels: { release: '', source: level, target: level },
    compilerArguments: [],
    machineArguments: [],
    parameters: [],
    beside: new Map(),
  };
}

function ofMaven(
  root: string,
  files: readonly JobFile[],
  paths: readonly string[],
  text: string,
  find: FindPom,
): JavaProject {
  // A parent beside the project is read where it lies; only its pom is.
  const above: FindPom = (group, artifact, version, relativePath) => {
    const path = relativePath === undefined || relativePath === '' ? null : join(root, relativePath);
    for (const one of path === null ? [] : [path, join(path, 'pom.xml')])
      if (one.endsWith('.xml') && existsSync(one)) {
        const found = readFileSync(one, 'utf8');
        if (textIn(within(parseXml(found), 'project'), 'artifactId') === artifact) return found;
      }
    return find(group, artifact, version);
  };
  const pom = readPom(text, above);
  const own = pom.chain.at(-1) ?? null;
  if (pom.modules.length > 0 && !files.some(({ path }) => path.startsWith('src/')))
    throw new WinnowError(
      'bad-usage',
      `The pom.xml of ${root} only names modules; tests of one module are run at a time. Name one: ${pom.modules.slice(0, 10).join(', ')}.`,
      { details: { path: root } },
    );
  const said = (...names: readonly string[]): string => filled(textIn(own, ...names), pom.properties);
  const directories = (list: string, usually: readonly string[]): readonly string[] => {
    const found = (within(own, 'build', list)?.children ?? []).map((one) =>
      plain(filled(textIn(one, 'directory'), pom.properties)),
    );
    return found.length > 0 ? found : usually;
  };
  const layout: Layout = {
    main: [plain(said('build', 'sourceDirectory')) || 'src/main/java'],
    test: [plain(said('build', 'testSourceDirectory')) || 'src/test/java'],
    resources: [
      ...directories('testResources', ['src/test/resources']),
      ...directories('resources', ['src/main/resources']),
    ],
  };
  const compiler = pluginSettings(pom, 'maven-compiler-plugin');
  const surefire = pluginSettings(pom, 'maven-surefire-plugin');
  const level = (name: string): string =>
    settingIn(compiler, name, pom.properties) ||
    filled(pom.properties.get(`maven.compiler.${name}`) ?? '', pom.properties);
  const patterns = (name: string): readonly string[] => {
    const list = surefire.map((one) => within(one, name)).findLast((one) => one !== null);
    return (list?.children ?? [])
      .map((one) => filled(one.text, pom.properties))
      .filter((one) => one !== '' && !one.startsWith('%'));
  };
  const includes = patterns('includes').length > 0 ? patterns('includes') : usualTests;
  const excludes = patterns('excludes');
  const matches = (path: string, list: readonly string[]): boolean =>
    list.some(
      (pattern) => matchesGlob(path, pattern.replace(/\.class$/, '.java')) || matchesGlob(path, `${pattern}.java`),
    );
  const variables = ['systemPropertyVariables', 'systemProperties'].flatMap((name) =>
    surefire.flatMap((one) => within(one, name)?.children ?? []),
  );
  return {
    ...laidOut(files, layout),
    dependencies: pom.dependencies,
    managed: pom.managed,
    classes: classesOf(files, layout.test, paths, (path) => matches(path, includes) && !matches(path, excludes)),
    levels: { release: level('release'), source: level('source'), target: level('target') },
    compilerArguments: settingIn(compiler, 'parameters', pom.properties) === 'true' ? ['-parameters'] : [],
    machineArguments: [
      ...variables
        .filter(({ children }) => children.length === 0)
        .map(({ name, text: value }) => `-D${name}=${filled(value, pom.properties)}`),
      // Memory and agents are not the project's to choose here.
      ...words(
        settingIn(surefire, 'argLine', pom.properties) || filled(pom.properties.get('argLine') ?? '', pom.properties),
      ).filter((word) => !/^-(Xm[sxn]|javaagent|agentlib|agentpath)/.test(word)),
    ],
    parameters: surefire
      .map((one) => textIn(one, 'properties', 'configurationParameters'))
      .flatMap((list) => list.split('\n'))
      .filter((line) => line.includes('=')),
    beside: modulesBeside(root, find),
  };
}

const isSource = (path: string): boolean => path.endsWith('.java') && !/(^|\/)module-info\.java$/.test(path);

/** `${project.basedir}/src/it` and `./src/it/` as `src/it`. */
const plain = (path: string): string =>
  posix
    .normalize(path || '.')
    .replace(/^\/+|\/+$/g, '')
    .replace(/^\.$/, '');

const words = (text: string): readonly string[] =>
  (text.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll(/^"|"$/g, ''));

const below = (path: string, directory: string): boolean => directory === '' || path.startsWith(`${directory}/`);

function laidOut(
  files: readonly JobFile[],
  { main, test, resources }: Layout,
): Pick<JavaProject, 'main' | 'test' | 'roots' | 'resources'> {
  const sources = files.map(({ path }) => path).filter(isSource);
  const inside = (directories: readonly string[]): string[] =>
    sources.filter((path) => directories.some((directory) => below(path, directory)));
  return { main: inside(main), test: inside(test), roots: [...test, ...main], resources };
}

function classesOf(
  files: readonly JobFile[],
  roots: readonly string[],
  paths: readonly string[],
  isTest: (path: string, source: () => string) => boolean,
): string[] {
  return files.flatMap(({ path, bytes }) => {
    const root = roots.find((one) => below(path, one));
    if (root === undefined || !isSource(path)) return [];
    if (paths.length > 0 && !paths.some((wanted) => path === wanted || below(path, wanted))) return [];
    const inside = root === '' ? path : path.slice(root.length + 1);
    const source = (): string => new TextDecoder().decode(bytes);
    if (!isTest(inside, source)) return [];
    if (root !== '') return [inside.replace(/\.java$/, '').replaceAll('/', '.')];
    const name = /^\s*package\s+([\w.]+)\s*;/m.exec(source())?.[1];
    const simple = posix.basename(path, '.java');
    return [name === undefined ? simple : `${name}.${simple}`];
  });
}

/** Modules of the parent's list that were built: `target/classes`. */
function modulesBeside(root: string, find: FindPom): Map<string, string> {
  const parent = join(root, '..', 'pom.xml');
  const found = new Map<string, string>();
  if (!existsSync(parent)) return found;
  for (const name of readPom(readFileSync(parent, 'utf8'), find).modules) {
    const directory = join(root, '..', name);
    const classes = join(directory, 'target', 'classes');
    if (!existsSync(classes) || !existsSync(join(directory, 'pom.xml'))) continue;
    const { group, artifact } = readPom(readFileSync(join(directory, 'pom.xml'), 'utf8'), find);
    found.set(`${group}:${artifact}`, classes);
  }
  return found;
}
