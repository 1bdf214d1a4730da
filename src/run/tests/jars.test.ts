import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readGradle } from './gradle.ts';
import { gradleRepository, jarsOf, mavenRepository, newest, pomsOf } from './jars.ts';
import { javaRunner } from './java.ts';
import { javaProject } from './javaproject.ts';
import { coreName } from './junitjars.ts';
import { readPom } from './pom.ts';
import { parseXml, textIn } from './xml.ts';

const root = mkdtempSync(join(tmpdir(), 'winnow-jars-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const put = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
/** A jar and its pom in a repository of Maven's layout. */
const library = (name: string, version: string, inside = ''): void => {
  put(`m2/g/${name}/${version}/${name}-${version}.jar`, '');
  put(
    `m2/g/${name}/${version}/${name}-${version}.pom`,
    `<project><groupId>g</groupId><artifactId>${name}</artifactId><version>${version}</version>${inside}</project>`,
  );
};
const needs = (...lines: readonly string[]): string =>
  `<dependencies>${lines.map((line) => `<dependency><groupId>g</groupId>${line}</dependency>`).join('')}</dependencies>`;
const named = (name: string, version = '', more = ''): string =>
  `<artifactId>${name}</artifactId>${version === '' ? '' : `<version>${version}</version>`}${more}`;

library(
  'a',
  '1',
  needs(
    named('b', '1'),
    named('c', '1'),
    named('t', '1', '<scope>test</scope>'),
    named('o', '1', '<optional>true</optional>'),
  ),
);
library('b', '1', needs(named('c', '2')));
library('b', '2');
library('c', '1');
library('c', '2');
library('d', '3');
library('x', '1');

const repositories = [mavenRepository(join(root, 'm2')), gradleRepository(join(root, 'gradle'))];
const find = pomsOf(repositories);
const jarsFor = (project: string): { readonly jars: readonly string[]; readonly notes: readonly string[] } => {
  const { paths, notes } = jarsOf(readPom(`<project>${project}</project>`, find), repositories);
  return { jars: paths.map((path) => path.slice(path.lastIndexOf('/') + 1)), notes };
};

describe('jars of a project', () => {
  it('are those of its dependencies and of what they need, the nearest version of each', () => {
    expect(jarsFor(needs(named('a', '1')))).toEqual({ jars: ['a-1.jar', 'b-1.jar', 'c-1.jar'], notes: [] });
    expect(jarsFor(needs(named('b', '1'), named('a', '1'))).jars).toEqual(['b-1.jar', 'a-1.jar', 'c-2.jar']);
  });

  it('leave out what is excluded, and take versions from the list, the parent and properties', () => {
    const without = '<exclusions><exclusion><groupId>g</groupId><artifactId>c</artifactId></exclusion></exclusions>';
    expect(jarsFor(needs(named('a', '1', without))).jars).toEqual(['a-1.jar', 'b-1.jar']);
    const managed = `<properties><v>2</v></properties><dependencyManagement>${needs(named('b', '$' + '{v}'))}</dependencyManagement>`;
    expect(jarsFor(`${managed}${needs(named('a', '1'))}`).jars).toEqual(['a-1.jar', 'b-2.jar', 'c-1.jar']);
    put(
      'm2/g/up/1/up-1.pom',
      `<project><groupId>g</groupId><artifactId>up</artifactId><version>1</version>${managed}</project>`,
    );
    const parent = '<parent><groupId>g</groupId><artifactId>up</artifactId><version>1</version></parent>';
    expect(jarsFor(`${parent}${needs(named('b'))}`).jars).toEqual(['b-2.jar']);
    const list = `<dependencyManagement>${needs(named('up', '1', '<type>pom</type><scope>import</scope>'))}</dependencyManagement>`;
    expect(jarsFor(`${list}${needs(named('b'))}`).jars).toEqual(['b-2.jar']);
  });

  it('are told where they are missing, or in another version', () => {
    const { jars, notes } = jarsFor(needs(named('d', '4'), named('e', '1')));
    expect(jars).toEqual(['d-3.jar']);
    expect(notes).toEqual(['g:d:3 stands in for 4, which is not on this machine', 'g:e:1 is not on this machine']);
  });

  it('are found where Gradle keeps them', () => {
    put('gradle/h/y/1/abc/y-1.jar', '');
    put('gradle/h/y/1/def/y-1.pom', `<project>${needs(named('x', '1'))}</project>`);
    const { dependencies } = readGradle("dependencies {\n  testImplementation 'h:y:1' // why\n}", '');
    const { paths } = jarsOf({ dependencies, managed: new Map() }, repositories);
    expect(paths.map((path) => path.slice(root.length))).toEqual(['/gradle/h/y/1/abc/y-1.jar', '/m2/g/x/1/x-1.jar']);
  });
});

it('a Gradle file names its dependencies in several ways', () => {
  const build = `
val jupiter = "5.1"
dependencies {
  implementation("g:a:1")
  testImplementation(platform("g:list:2"))
  testImplementation "g:b:$jupiter"
  testRuntimeOnly(libs.junit.jupiter.engine)
  testImplementation(libs.bundles.all)
  // implementation("g:no:1")
}`;
  const catalog = `[versions]
junit = "5.2"
[libraries]
junit-jupiter-engine = { module = "j:engine", version.ref = "junit" }
plain = "p:plain:3"
[bundles]
all = ["plain", "junit-jupiter-engine"]
`;
  const { dependencies, platforms } = readGradle(build, catalog);
  const shown = ({ group, artifact, version }: (typeof dependencies)[number]): string =>
    `${group}:${artifact}:${version}`;
  expect(dependencies.map(shown)).toEqual(['g:a:1', 'g:b:5.1', 'j:engine:5.2', 'p:plain:3', 'j:engine:5.2']);
  expect(platforms.map(shown)).toEqual(['g:list:2']);
});

it('JaCoCo’s core has the name that it has in its jar', () => {
  put('cli.jar', 'PK org/jacoco/cli/internal/core/analysis/Analyzer.class');
  put('core.jar', 'PK org/jacoco/core/analysis/Analyzer.class');
  expect([coreName([join(root, 'cli.jar')]), coreName([join(root, 'core.jar')])]).toEqual([
    'org.jacoco.cli.internal.core',
    'org.jacoco.core',
  ]);
});

it('an error of the compiler in our own listener is no fault of the tests', () => {
  const stream = (text: string) => ({ head: Buffer.from(text), tail: new Uint8Array(0), omittedBytes: 0 });
  const told = (stderr: string): string | null => {
    const outcome = { ending: { kind: 'exited', code: 1 }, files: [], stdout: stream(''), stderr: stream(stderr) };
    const [left, job] = [outcome, { key: '', request: { coverage: true } }] as unknown as Parameters<
      typeof javaRunner.tell
    >;
    return javaRunner.tell(left, job).internal;
  };
  expect(told('.winnow-tests/Lines.java:91: error: cannot find symbol\n')).toMatch(/^Winnow's own listener .*symbol$/);
  expect(told('error: error reading /j/a.jar; zip END header not found\n')).toContain('/j/a.jar');
  expect(told('a test ends its machine\n')).toBeNull();
});

it('the newest of versions is that with the greatest numbers', () => {
  expect([newest(['1.9', '1.10', '1.10-M1', '1.2.3']), newest([])]).toEqual(['1.10', null]);
});

it('a project of Maven says where its tests are, and how they are called', () => {
  const files = Object.entries({
    'pom.xml': `<project><artifactId>p</artifactId><properties><maven.compiler.source>1.8</maven.compiler.source></properties>
<build><plugins><plugin><artifactId>maven-surefire-plugin</artifactId><configuration><argLine>-Xmx9g --add-opens a=b</argLine>
<excludes><exclude>**/Abstract*.java</exclude></excludes></configuration></plugin></plugins></build></project>`,
    'src/main/java/module-info.java': '',
    'src/main/java/q/Lib.java': '',
    'src/test/java/q/LibTest.java': '',
    'src/test/java/q/AbstractTest.java': '',
    'src/test/java/q/Helper.java': '',
  }).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
  const project = javaProject(join(root, 'p'), files, [], find);
  expect(project).toMatchObject({
    main: ['src/main/java/q/Lib.java'],
    classes: ['q.LibTest'],
    levels: { source: '1.8' },
    machineArguments: ['--add-opens', 'a=b'],
  });
  expect(javaProject(join(root, 'p'), files, ['src/test/java/other'], find).classes).toEqual([]);
  const modules = [
    { path: 'pom.xml', bytes: Buffer.from('<project><modules><module>core</module></modules></project>') },
  ];
  expect(() => javaProject(join(root, 'p'), modules, [], find)).toThrow(expect.objectContaining({ code: 'bad-usage' }));
});

describe('xml', () => {
  it('is read as far as it goes', () => {
    const text = '<?xml version="1.0"?><a x="1"><!-- <b>no</b> --><b>1 &lt; 2</b><c/><d><![CDATA[<&]]></d>';
    expect([textIn(parseXml(text), 'a', 'b'), textIn(parseXml(text), 'a', 'd')]).toEqual(['1 < 2', '<&']);
  });

  it('of any text is some tree', () => {
    const word = fc.constantFrom(
      '<a>',
      '</a>',
      '<b/>',
      '</c>',
      '<!--',
      '-->',
      '<![CDATA[',
      'x',
      '&lt;',
      '<',
      '>',
      '<a',
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(parseXml(words.join('')).name).toBe('');
      }),
    );
  });
});
