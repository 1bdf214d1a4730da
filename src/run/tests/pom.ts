/**
 * What a project's `pom.xml` says of its tests, with what its parents and imported lists of versions add: dependencies, directories, levels of
 * the language, and how Surefire is told to call JUnit.
 *
 * Maven itself is not called: it would need its plugins, and the network where they are missing. Profiles are not looked at, resources not filtered.
 * https://maven.apache.org/pom.html
 */
import { type Element, parseXml, textIn, within } from './xml.ts';

export interface Dependency {
  readonly group: string;
  readonly artifact: string;
  /** Empty: a list of versions is to say it. */
  readonly version: string;
  /** `compile` where it says none. */
  readonly scope: string;
  readonly classifier: string;
  readonly type: string;
  readonly isOptional: boolean;
  /** `group:artifact`, of which either may be `*`. */
  readonly exclusions: readonly string[];
}

export interface Pom {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
  readonly properties: ReadonlyMap<string, string>;
  readonly dependencies: readonly Dependency[];
  /** `group:artifact` with its classifier → what is said of it. */
  readonly managed: ReadonlyMap<string, Dependency>;
  readonly modules: readonly string[];
  /** From the farthest parent to the project. */
  readonly chain: readonly Element[];
}

/** Text of the pom of a coordinate; null: there is none. `relativePath` is that of a parent. */
export type FindPom = (group: string, artifact: string, version: string, relativePath?: string) => string | null;

/** Parents and imports are followed this far: real ones have fewer than ten, and a circle has no end. */
const deepest = 30;

export const keyOf = ({
  group,
  artifact,
  classifier,
}: Pick<Dependency, 'group' | 'artifact' | 'classifier'>): string =>
  classifier === '' ? `${group}:${artifact}` : `${group}:${artifact}:${classifier}`;

export function readPom(text: string, find: FindPom, depth = 0): Pom {
  const chain: Element[] = [];
  for (let next: string | null = text; next !== null && chain.length < deepest; ) {
    const project = within(parseXml(next), 'project');
    if (project === null) break;
    chain.unshift(project);
    const parent = within(project, 'parent');
    const path = within(parent, 'relativePath');
    next =
      parent === null
        ? null
        : find(
            textIn(parent, 'groupId'),
            textIn(parent, 'artifactId'),
            textIn(parent, 'version'),
            chain.length === 1 && depth === 0 ? (path?.text ?? '../pom.xml') : undefined,
          );
  }
  const own = chain.at(-1) ?? null;
  const group = textIn(own, 'groupId') || textIn(own, 'parent', 'groupId');
  const version = textIn(own, 'version') || textIn(own, 'parent', 'version');
  const artifact = textIn(own, 'artifactId');
  const properties = new Map<string, string>();
  for (const project of chain)
    for (const { name, text: value } of within(project, 'properties')?.children ?? []) properties.set(name, value);
  for (const prefix of ['project.', 'pom.', '']) {
    properties.set(`${prefix}groupId`, group);
    properties.set(`${prefix}artifactId`, artifact);
    properties.set(`${prefix}version`, version);
  }
  properties.set('project.parent.version', textIn(own, 'parent', 'version'));
  properties.set('project.parent.groupId', textIn(own, 'parent', 'groupId'));
  const managed = new Map<string, Dependency>();
  const dependencies = new Map<string, Dependency>();
  const imported: Dependency[] = [];
  for (const project of chain) {
    for (const one of dependenciesIn(within(project, 'dependencyManagement'), properties))
      if (one.scope === 'import') imported.push(one);
      else managed.set(keyOf(one), one);
    for (const one of dependenciesIn(project, properties)) dependencies.set(keyOf(one), one);
  }
  if (depth < deepest)
    for (const one of imported) {
      const list = find(one.group, one.artifact, one.version);
      if (list === null) continue;
      for (const [key, entry] of readPom(list, find, depth + 1).managed) if (!managed.has(key)) managed.set(key, entry);
    }
  return {
    group: filled(group, properties),
    artifact,
    version: filled(version, properties),
    properties,
    dependencies: [...dependencies.values()].map((one) => completed(one, managed)),
    managed,
    modules: (within(own, 'modules')?.children ?? []).map(({ text: name }) => name),
    chain,
  };
}

/** A dependency with what the list of versions says of it. */
function completed(one: Dependency, managed: Pom['managed']): Dependency {
  const known = managed.get(keyOf(one));
  if (known === undefined) return { ...one, scope: one.scope || 'compile' };
  return {
    ...one,
    version: one.version || known.version,
    scope: one.scope || known.scope || 'compile',
    exclusions: [...one.exclusions, ...known.exclusions],
  };
}

function dependenciesIn(element: Element | null, properties: Pom['properties']): Dependency[] {
  return (within(element, 'dependencies')?.children ?? []).map((one) => {
    const said = (name: string): string => filled(textIn(one, name), properties);
    return {
      group: said('groupId'),
      artifact: said('artifactId'),
      version: said('version'),
      scope: said('scope'),
      classifier: said('classifier') || (said('type') === 'test-jar' ? 'tests' : ''),
      type: said('type') || 'jar',
      isOptional: said('optional') === 'true',
      exclusions: (within(one, 'exclusions')?.children ?? []).map(
        (each) => `${textIn(each, 'groupId')}:${textIn(each, 'artifactId') || '*'}`,
      ),
    };
  });
}

/** A text with the values of `${names}`; of a name that nobody knows nothing is left. */
export function filled(text: string, properties: Pom['properties'], depth = 0): string {
  return text.replaceAll(/[$@]\{([^{}]*)\}/g, (_, name: string) =>
    depth > deepest ? '' : filled(properties.get(name) ?? '', properties, depth + 1),
  );
}

/** Settings of a plugin, the project's own after those of its parents: of each name the last has the word. */
export function pluginSettings({ chain }: Pom, artifact: string): readonly Element[] {
  return chain.flatMap((project) =>
    [within(project, 'build', 'pluginManagement', 'plugins'), within(project, 'build', 'plugins')].flatMap((plugins) =>
      (plugins?.children ?? [])
        .filter((plugin) => textIn(plugin, 'artifactId') === artifact)
        .flatMap((plugin) => within(plugin, 'configuration') ?? []),
    ),
  );
}

/** The last that is said of a name in these settings; empty: nothing is. */
export const settingIn = (settings: readonly Element[], name: string, properties: Pom['properties']): string =>
  filled(settings.map((one) => textIn(one, name)).findLast((text) => text !== '') ?? '', properties);
