/**
 * The dependencies that a Gradle build file names, as far as they stand there in plain words.
 *
 * A build file is a program, and running it needs Gradle and its plugins. Read are coordinates in quotes, `platform(…)`, names of the version catalog
 * (`libs.junit.jupiter`) and variables that are set to a text in the same file. What is computed is not seen.
 * https://docs.gradle.org/current/userguide/declaring_dependencies.html
 */
import type { Dependency } from './pom.ts';

export interface GradleBuild {
  readonly dependencies: readonly Dependency[];
  /** Lists of versions: `platform(…)`. */
  readonly platforms: readonly Dependency[];
}

const configuration =
  /\b(api|implementation|compile|compileOnly|runtimeOnly|annotationProcessor|testApi|testImplementation|testCompile|testCompileOnly|testRuntimeOnly|testRuntime)\b[ \t(]+([^\n]+)/g;

/** @param build text of `build.gradle` or `build.gradle.kts` @param catalog text of `gradle/libs.versions.toml` */
export function readGradle(build: string, catalog: string): GradleBuild {
  const names = catalogOf(catalog);
  const variables = new Map(
    [...build.matchAll(/\b(\w+)\s*=\s*["']([^"'$\n]+)["']/g)].map(([, name = '', value = '']) => [name, value]),
  );
  const dependencies: Dependency[] = [];
  const platforms: Dependency[] = [];
  for (const [, , rest = ''] of build.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '').matchAll(configuration)) {
    const into = /\b(platform|enforcedPlatform)\b/.test(rest) ? platforms : dependencies;
    for (const [, text = ''] of rest.matchAll(/["']([\w.-]+:[\w.-]+(?::[^"']*)?)["']/g)) {
      const plain = text.replaceAll(/\$\{?(\w+)\}?/g, (_, name: string) => variables.get(name) ?? '');
      into.push(dependencyOf(plain));
    }
    for (const [, name = ''] of rest.matchAll(/\blibs\.([\w.]+)/g)) {
      const isBundle = name.startsWith('bundles.');
      const wanted = plainName(isBundle ? name.slice('bundles.'.length) : name);
      for (const one of (isBundle ? names.bundles.get(wanted) : [wanted]) ?? []) {
        const found = names.libraries.get(one);
        if (found !== undefined) into.push(dependencyOf(found));
      }
    }
  }
  return { dependencies, platforms };
}

function dependencyOf(text: string): Dependency {
  const [group = '', artifact = '', version = '', classifier = ''] = text.replace(/@\w+$/, '').split(':');
  return { group, artifact, version, scope: 'compile', classifier, type: 'jar', isOptional: false, exclusions: [] };
}

/** `junit-jupiter`, `junit_jupiter` and `junit.jupiter` are one name. */
const plainName = (name: string): string => name.replaceAll(/[-_.]/g, '.');

interface Catalog {
  /** → `group:artifact:version` */
  readonly libraries: ReadonlyMap<string, string>;
  readonly bundles: ReadonlyMap<string, readonly string[]>;
}

/** https://docs.gradle.org/current/userguide/version_catalogs.html; entries on one line, as they are written. */
function catalogOf(text: string): Catalog {
  const sections = new Map<string, [name: string, value: string][]>();
  let section = '';
  for (const line of text.split('\n')) {
    const head = /^\s*\[([\w-]+)\]/.exec(line)?.[1];
    if (head !== undefined) section = head;
    const entry = /^\s*([\w.-]+)\s*=\s*(.+?)\s*$/.exec(line);
    if (entry !== null) sections.set(section, [...(sections.get(section) ?? []), [entry[1] ?? '', entry[2] ?? '']]);
  }
  const quoted = (value: string): string => /^["']([^"']*)["']/.exec(value)?.[1] ?? '';
  const versions = new Map((sections.get('versions') ?? []).map(([name, value]) => [name, quoted(value)]));
  const libraries = new Map<string, string>();
  for (const [name, value] of sections.get('libraries') ?? []) {
    const field = (key: string): string => new RegExp(`\\b${key}\\s*=\\s*["']([^"']+)["']`).exec(value)?.[1] ?? '';
    const module = field('module') || (field('group') === '' ? '' : `${field('group')}:${field('name')}`);
    const version = versions.get(field('version\\.ref')) ?? field('version');
    libraries.set(plainName(name), module === '' ? quoted(value) : `${module}:${version}`);
  }
  const bundles = new Map(
    (sections.get('bundles') ?? []).map(([name, value]) => [
      plainName(name),
      [...value.matchAll(/["']([^"']+)["']/g)].map(([, one = '']) => plainName(one)),
    ]),
  );
  return { libraries, bundles };
}
