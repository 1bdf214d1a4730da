/**
 * JUnit 3 to 6: sources are compiled in the sandbox and run by JUnit's own launcher or core, with a listener of ours; no build tool is called.
 *
 * A build tool would want its plugins, and the network for those that are missing. What it would give is read from its files instead (`javaproject.ts`), and jars are
 * taken from where it left them (`jars.ts`, `junitjars.ts`) or from folders that are named. Lines are JaCoCo's, where its jars are there.
 */
import { realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import type { Tool } from '../native/recipe.ts';
import { workDir } from '../native/recipe.ts';
import { jre, jvmFlags } from '../native/recipes/java.ts';
import { searchTool } from '../native/toolchainsfind.ts';
import type { JobFile, Outcome } from '../types.ts';
import { jarsOf, pomsOf, type Repository } from './jars.ts';
import { type JavaProject, javaProject } from './javaproject.ts';
import { folderJars, jacocoOf, repositoriesOf, withJUnit } from './junitjars.ts';
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
        ...(await Promise.all([...own.map((name) => `java/${name}.java`), 'java/java.sh'].map(besideFile))).map(
          (file) => (jacoco !== null && file.path.endsWith('/Lines.java') ? named(file, jacoco.name) : file),
        ),
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
    const rows = tellRows(leftFile(outcome, 'rows.txt'), key, outcome.ending);
    const told = { ...rows, internal: rows.internal ?? (rows.version === null ? notCompiled(outcome) : null) };
    const lines = leftFile(outcome, 'lines-java.jsonl');
    return request.coverage ? { ...told, coverage: tellLines([lines]) } : told;
  },
};

/** Our source with the name that JaCoCo's core has here. */
const named = ({ path, bytes }: JobFile, name: string): JobFile => ({
  path,
  bytes: new TextEncoder().encode(new TextDecoder().decode(bytes).replaceAll('org.jacoco.core.', `${name}.`)),
});

/** Whether it was our own listener that the compiler refused: the jars found have not what it is written for. No test ran then. */
function notCompiled({ stderr }: Outcome): string | null {
  const said = new TextDecoder().decode(stderr.head);
  const own = `${testDirectory.replace('.', '\\.')}/\\w+\\.java:\\d+: error: `;
  const error = new RegExp(`^(${own}|error: error reading .*\\.jar).*$`, 'm').exec(said)?.[0];
  return error === undefined
    ? null
    : `Winnow's own listener could not be compiled with the jars of JUnit and JaCoCo that were found; no test was run. Name others: --jars DIR. ${error}`;
}

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
