/**
 * JUnit 3 to 6: sources are compiled in the sandbox and run by JUnit's own launcher or core, with a listener of ours; no build tool is called.
 *
 * A build tool would want its plugins, and the network for those that are missing. What it would give is read from its files instead (`javaproject.ts`), and jars are
 * taken from where it left them (`jars.ts`) or from folders that are named. Lines are JaCoCo's, where its jars are there.
 */
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import type { Tool } from '../native/recipe.ts';
import { workDir } from '../native/recipe.ts';
import { jre, jvmFlags } from '../native/recipes/java.ts';
import { closedDirectory, searchTool } from '../native/toolchainsfind.ts';
import {
  findJar,
  gradleRepository,
  type Jars,
  jarsOf,
  mavenRepository,
  newest,
  pomsOf,
  type Repository,
} from './jars.ts';
import { type JavaProject, javaProject } from './javaproject.ts';
import { tellLines, tellRows, testDirectory } from './report.ts';
import { besideFile, firstOnPath, leftFile, type SuiteRunner } from './suiterunner.ts';
import type { TestRequest } from './types.ts';

/** Classes are no files of the project, and nothing of them is kept. */
const out = '/tmp/winnow-java';

/** Java 9 brought files of arguments: a class path may be longer than a command may. */
const jdk: Tool = { ...jre, name: 'javac', label: 'javac', executables: ['javac'], atLeast: [9, 0] };

const shared = ['Rows', 'Plan', 'Compile', 'Told', 'Run'];

export const javaRunner: SuiteRunner = {
  coverage: true,
  async plan(request, key) {
    const java = toolOf(jre, request);
    const javac = toolOf(jdk, request);
    const repositories = repositoriesOf(request);
    const project = javaProject(request.root, request.files, request.paths, pomsOf(repositories));
    const found = jarsOf(project, repositories, project.beside);
    const { engine, paths, notes } = withJUnit(found, repositories, request);
    const jacoco = request.coverage ? jacocoOf(repositories, request) : null;
    const classpath = [...paths, ...folderJars(request)];
    const own = [...shared, engine, ...(jacoco === null ? [] : ['Lines'])];
    const memoryBytes = request.limits.memoryBytes ?? 2 * 1024 ** 3;
    const machine = jvmFlags(memoryBytes);
    const projectPath = [
      `${out}/test`,
      `${out}/main`,
      ...project.resources.map((path) => (path === '' ? workDir : `${workDir}/${path}`)),
      ...classpath,
    ];
    const main = (name: string, path: readonly string[], before: readonly string[] = []): string =>
      argumentFile([...machine, ...before, '-cp', path.join(':'), `winnow.${name}`, testDirectory]);
    const agent =
      jacoco === null
        ? []
        : [`-javaagent:${jacoco.agent}=output=none,dumponexit=false,includes=${packagesOf(project).join(':')}`];
    const files: readonly [string, string][] = [
      ['plan.properties', planText(request, project, { key, engine, classpath, notes })],
      ['compile.args', main('Compile', [`${out}/own`])],
      [
        'run.args',
        main(
          'Run',
          [...projectPath, `${out}/own`],
          [`-Dbasedir=${workDir}`, '-ea', ...agent, ...project.machineArguments, ...request.arguments],
        ),
      ],
      // Without the key: the tests have run when it is read.
      ['lines.properties', properties({ out, roots: project.roots })],
      ...(jacoco === null ? [] : [['lines.args', main('Lines', [`${out}/own`, ...jacoco.core])] as [string, string]]),
    ];
    const text = new TextEncoder();
    return {
      commands: [
        ['mkdir', '-p', `${out}/own`, `${out}/main`, `${out}/test`],
        [
          javac,
          ...machine.map((flag) => `-J${flag}`),
          '-J-XX:TieredStopAtLevel=1',
          '-nowarn',
          '-proc:none',
          '-d',
          `${out}/own`,
          '-cp',
          [...classpath, ...(jacoco?.core ?? [])].join(':') || '.',
          ...own.map((name) => `${testDirectory}/${name}.java`),
        ],
        ['bash', `${testDirectory}/java.sh`, java],
      ],
      beside: [
        ...(await Promise.all([...own.map((name) => `java/${name}.java`), 'java/java.sh'].map(besideFile))),
        ...files.map(([name, content]) => ({ path: `${testDirectory}/${name}`, bytes: text.encode(content) })),
      ],
      env: { JAVA_HOME: dirname(dirname(java)) },
      chosen: firstOnPath,
      read: readOf(
        [java, javac, ...classpath, ...(jacoco === null ? [] : [jacoco.agent, ...jacoco.core])],
        repositories,
      ),
    };
  },
  tell(outcome, { key, request }) {
    const told = tellRows(leftFile(outcome, 'rows.txt'), key, outcome.ending);
    const lines = leftFile(outcome, 'lines-java.jsonl');
    return request.coverage ? { ...told, coverage: tellLines([lines]) } : told;
  },
};

function toolOf(tool: Tool, { path }: TestRequest): string {
  const { candidates, passedOver } = searchTool(tool, path);
  const [first] = candidates;
  if (first !== undefined) return first.path;
  throw new WinnowError(
    'toolchain-missing',
    `${tool.name} for the tests was not found; they are compiled here, so a JDK is needed. ${passedOver.join('; ')}`.trim(),
    { details: { tool: tool.name } },
  );
}

/** Folders that were named come first, then where Maven and Gradle keep what they fetched, then where Debian installs it. */
function repositoriesOf({ jars }: TestRequest): Repository[] {
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
function folderJars({ jars }: TestRequest): string[] {
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
function withJUnit(
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
}

/** @throws WinnowError `toolchain-missing` when one of its jars is not there */
function jacocoOf(repositories: readonly Repository[], { jars }: TestRequest): Jacoco {
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
  if (agent !== undefined && agent !== null && parts.length > 0) return { agent, core: parts };
  throw new WinnowError(
    'toolchain-missing',
    `Which lines each test of JUnit ran is told by JaCoCo, and its ${agent === undefined || agent === null ? 'agent (jacocoagent.jar)' : 'core (jacococli.jar, or org.jacoco.core with asm)'} is not on this machine. Name the folder that has its jars, --jars DIR, or leave --coverage out.`,
    { details: { runner: 'junit' } },
  );
}

/** What JaCoCo looks at: classes of the project, by the packages of its files. */
function packagesOf({ main, test, roots }: JavaProject): string[] {
  const names = [...main, ...test].map((path) => {
    const root = roots.find((one) => one === '' || path.startsWith(`${one}/`)) ?? '';
    return dirname(root === '' ? path : path.slice(root.length + 1)).replaceAll('/', '.');
  });
  const sorted = [...new Set(names)].sort((a, b) => a.length - b.length);
  if (roots.includes('') || sorted.includes('.')) return ['*'];
  const outer = sorted.filter((name) => !sorted.some((other) => other !== name && name.startsWith(`${other}.`)));
  return outer.map((name) => `${name}.*`);
}

interface Planned {
  readonly key: string;
  readonly engine: string;
  readonly classpath: readonly string[];
  readonly notes: readonly string[];
}

function planText(
  { testMs, only, coverage }: TestRequest,
  project: JavaProject,
  { key, engine, classpath, notes }: Planned,
): string {
  return properties({
    key,
    engine,
    name: 'JUnit',
    out,
    notes,
    classpath,
    main: project.main,
    test: project.test,
    roots: project.roots,
    classes: project.classes,
    parameters: project.parameters,
    compilerArguments: project.compilerArguments,
    only,
    ...project.levels,
    testMs: testMs === null ? '' : String(Math.ceil(testMs)),
    coverage: coverage ? 'yes' : '',
  });
}

const properties = (entries: Readonly<Record<string, string | readonly string[]>>): string =>
  Object.entries(entries)
    .map(([name, value]) => `${name}=${property(typeof value === 'string' ? value : value.join('\n'))}\n`)
    .join('');

/** https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/util/Properties.html#load(java.io.Reader) */
const property = (text: string): string =>
  [...text]
    .map((letter) =>
      letter === '\n'
        ? '\\n'
        : /[\w./:;,@$() -]/.test(letter) && letter !== ' '
          ? letter
          : [...Array(letter.length).keys()]
              .map((at) => `\\u${letter.charCodeAt(at).toString(16).padStart(4, '0')}`)
              .join(''),
    )
    .join('');

/** https://docs.oracle.com/en/java/javase/17/docs/specs/man/java.html#java-command-line-argument-files */
const argumentFile = (words: readonly string[]): string =>
  words.map((word) => `"${word.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"\n`).join('');

/** Where the files lie that are used: the repository that has them, or their own directory. */
function readOf(paths: readonly string[], repositories: readonly Repository[]): string[] {
  const roots = repositories.map(({ root }) => root);
  const reads = new Set<string>();
  for (const path of paths) {
    const root = roots.find((one) => path.startsWith(`${one}/`));
    reads.add(root ?? (statSync(path).isDirectory() ? path : dirname(path)));
    // Debian's repository is of links.
    reads.add(dirname(realpathSync(path)));
  }
  return [...reads].filter((path) => !/^\/(usr|bin|lib|lib64)(\/|$)/.test(path));
}
