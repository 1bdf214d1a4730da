/**
 * Which files must be linked again after a change.
 *
 * Keys that say something else now are gathered from the surfaces of changed files, from names that other definitions
 * have now, and from imports that mean other files now; whoever looked one of them up is linked again.
 */

import type { BuiltGraph } from './build.ts';
import { isLocal } from './candidates.ts';
import { namedKey } from './evaluate.ts';
import { hashOf, mixText } from './hash.ts';
import { familyOf, type ModuleMap } from './module-map.ts';
import type { NodeTable } from './nodes.ts';
import { differingKeys, noSurface, type Surface } from './surface.ts';
import { unpackQuestions } from './tables.ts';

export interface ChangedFile {
  /** Place among the files now, or -1. */
  readonly now: number;
  /** Place among the files before, or -1. */
  readonly before: number;
}

export interface Change {
  readonly before: BuiltGraph;
  readonly nodes: NodeTable;
  readonly paths: readonly string[];
  /** By file: its place before if its content is the same, or -1. */
  readonly sameBefore: Int32Array;
  readonly changed: readonly ChangedFile[];
  readonly surfaceOf: (file: number) => Surface;
  readonly languageOf: (file: number) => string;
  readonly modules: ModuleMap;
  /** What imports mean may have changed: paths, packages or configuration did. */
  readonly modulesChanged: boolean;
}

/** @returns files, by their place now, whose links of before cannot be kept though their content is the same */
export function filesToRelink(change: Change): Set<number> {
  const keys = changedKeys(change);
  const relink = new Set<number>();
  if (change.modulesChanged) askImportsAgain(change, keys, relink);
  if (keys.size === 0) return relink;
  const { consulted } = change.before.dependencies;
  change.sameBefore.forEach((old, file) => {
    if (old >= 0 && (consulted[old] as Uint32Array).some((key) => keys.has(key))) relink.add(file);
  });
  return relink;
}

function changedKeys({ before, nodes, changed, surfaceOf, languageOf }: Change): Set<number> {
  const keys = new Set<number>();
  const { tables, dependencies } = before;
  for (const { now, before: old } of changed) {
    const surfaceBefore = old < 0 ? noSurface : (dependencies.surfaces[old] as Surface);
    differingKeys(surfaceBefore, now < 0 ? noSurface : surfaceOf(now), keys);
    const languageBefore = old < 0 ? null : tables.nodes.strings.text(tables.files.language[old] as number);
    const namesBefore = languageBefore === null ? new Map() : namesOf(tables.nodes, old);
    const namesNow = now < 0 ? new Map<string, string>() : namesOf(nodes, now);
    const sameLanguage = now >= 0 && languageBefore === languageOf(now);
    for (const [name, definitions] of namesBefore) {
      if (sameLanguage && namesNow.get(name) === definitions) namesNow.delete(name);
      else keys.add(namedKey(name, familyOf(languageBefore ?? '')));
    }
    for (const name of namesNow.keys()) keys.add(namedKey(name, familyOf(languageOf(now))));
  }
  return keys;
}

/** By name: which callables and types of the file have it. */
function namesOf(nodes: NodeTable, file: number): Map<string, string> {
  const found = new Map<string, string>();
  for (let node = nodes.firstNode[file] as number; node < (nodes.firstNode[file + 1] as number); node++) {
    if (!isNamed(nodes, node)) continue;
    const name = nodes.name(node);
    found.set(
      name,
      `${found.get(name) ?? ''}${nodes.kind(node)} ${nodes.qualifiedName(node)}${isLocal(nodes, node) ? ' inside' : ''};`,
    );
  }
  return found;
}

/** Whether a name alone may lead to the node. */
export function isNamed(nodes: NodeTable, node: number): boolean {
  const kind = nodes.kind(node);
  return kind === 'function' || kind === 'method' || kind === 'class' || kind === 'global';
}

function askImportsAgain(change: Change, keys: Set<number>, relink: Set<number>): void {
  const { before, sameBefore, modules, paths, languageOf } = change;
  const { dependencies, tables } = before;
  const text = (number: number): string => tables.nodes.strings.text(number);
  sameBefore.forEach((old, file) => {
    if (old < 0) return;
    const path = paths[file] as string;
    const print = modules.printOf(path, languageOf(file), importsFrom(dependencies.imports[old] as Uint32Array, text));
    if (print !== dependencies.importPrints[old]) {
      keys.add(mixText(hashOf(path), '#imports'));
      relink.add(file);
    }
    const questions = unpackQuestions(dependencies.questions[old] as Uint32Array, text);
    if (questions.some((question) => modules.isOtherwise(question))) relink.add(file);
  });
  // Whoever follows an import of a changed file that now means something else is found by that file's own key.
  for (const { now, before: old } of change.changed) {
    const path = now >= 0 ? (paths[now] as string) : tables.nodes.name(tables.nodes.firstNode[old] as number);
    keys.add(mixText(hashOf(path), '#imports'));
  }
}

export function importsFrom(pairs: Uint32Array, text: (number: number) => string): { module: string; name: string }[] {
  const imports: { module: string; name: string }[] = [];
  for (let at = 0; at < pairs.length; at += 2) {
    imports.push({ module: text(pairs[at] as number), name: text(pairs[at + 1] as number) });
  }
  return imports;
}
