/**
 * Ids that one was misspelt from, for "did you mean".
 *
 * A name is compared together with what was written before it, so that `Sesion.send` leads to `Session.send` and not to whatever else
 * sends; where what stands before it fits nothing, the name alone counts for less. This only suggests: what is taken for an id is
 * settled in `resolve.ts`.
 */
import type { FileFacts } from '../code/mod.ts';
import type { SegmentView } from '../index/mod.ts';
import { distanceWithin } from './distance.ts';
import { asIdentifier } from './identifiershape.ts';
import { idOf, type ParsedId, parseId, pathEndsWith, symbolOf } from './ids.ts';
import { namePattern } from './namematch.ts';
import { nearestNames } from './names.ts';
import type { Reader } from './reader.ts';
import { admitsVersion } from './views.ts';

const suggestions = 5;
/** Names compared with what stands before them; of a very common one so many definitions, since each reads its file's facts. */
const namesTried = 20;
const definitionsTried = 1_000;
/** A right name behind a wrong qualifier is as far off as two letters are. */
const wrongQualifier = 2;
/** Farther off than any that is measured. */
const far = 99;

interface Near {
  readonly id: string;
  readonly distance: number;
}

/** @returns at most five, nearest first */
export function nearestIds(reader: Reader, views: readonly SegmentView[], id: string): string[] {
  const parsed = parseId(id);
  const file = parsed === null ? null : reader.snapshot.file(parsed.path);
  if (parsed?.kind === 'symbol' && file !== null)
    return nearestFirst(definitionsOf(file.path, reader.facts(file.version), parsed.name));
  const path = parsed?.path ?? id;
  const named = sameNamed(reader, path);
  const paths = named.length > 0 ? named : nearestPaths(pathsOf(reader), path);
  if (paths.length > 0) return nearestFirst(paths.flatMap((one) => inFile(reader, one, parsed)));
  // In `A::b` the colons divide names, not a path from a name.
  const isPath = parsed?.kind === 'symbol' && !parsed.path.endsWith(':');
  return nearestNamed(reader, views, isPath ? parsed.name : id);
}

const nearestFirst = (near: readonly Near[]): string[] =>
  [...new Set([...near].sort((a, b) => a.distance - b.distance).map(({ id }) => id))].slice(0, suggestions);

function definitionsOf(path: string, facts: FileFacts, name: string): Near[] {
  const asked = partsOf(name);
  return facts.symbols.map(({ qualifiedName }, symbol) => ({
    id: idOf(path, facts, symbol),
    distance: distanceOf(asked, path, qualifiedName),
  }));
}

/** Definitions that may have been asked for, where the file that may be meant has such; else the file. */
function inFile(reader: Reader, path: string, parsed: ParsedId | null): Near[] {
  const file = reader.snapshot.file(path);
  const whole = [{ id: path, distance: far }];
  if (parsed?.kind !== 'symbol' || file === null) return whole;
  const facts = reader.facts(file.version);
  const symbol = symbolOf(facts, parsed.name, parsed.ordinal);
  if (symbol >= 0) return [{ id: idOf(path, facts, symbol), distance: 0 }];
  const most = mostEdits(parsed.name);
  const near = definitionsOf(path, facts, parsed.name).filter(({ distance }) => distance <= most);
  return near.length > 0 ? near : whole;
}

/** A third of the letters, at most eight. */
const mostEdits = (text: string): number => Math.min(8, Math.floor(text.length / 3));

/** Definitions of near names in the whole tree; of a name without anything before it, one for each. */
function nearestNamed(reader: Reader, views: readonly SegmentView[], written: string): string[] {
  const identifier = asIdentifier(written);
  if (identifier === null) return [];
  const asked = [...identifier.qualifiers, identifier.name].map(fold);
  const found: Near[] = [];
  const seen = new Set<string>();
  let tried = 0;
  for (const name of nearestNames(views, namePattern(identifier.name), namesTried)) {
    for (const view of views) {
      for (const { version, symbol } of view.segment.names.exact(fold(name))) {
        const file = admitsVersion(view, version) ? reader.snapshot.fileOfVersion(version) : null;
        if (file === null || tried++ >= definitionsTried) continue;
        const facts = reader.facts(version);
        const known = facts.symbols[symbol];
        if (known === undefined) continue;
        const distance = distanceOf(asked, file.path, known.qualifiedName);
        if (asked.length === 1 && seen.has(known.name)) continue;
        seen.add(known.name);
        found.push({ id: idOf(file.path, facts, symbol), distance });
      }
    }
  }
  const best = Math.min(...found.map(({ distance }) => distance));
  // Where only names fit, others that are near them are no better guess than anything.
  const most = best < wrongQualifier ? best * 2 : best;
  return nearestFirst(asked.length === 1 ? found : found.filter(({ distance }) => distance <= most));
}

const fold = (text: string): string => text.toLowerCase();
const partsOf = (name: string): string[] =>
  fold(name)
    .split(/[.:#/]+/)
    .filter(Boolean);

/** Letters between what was asked for and as many last parts of a definition's whole name, its folders and file before it. */
function distanceOf(asked: readonly string[], path: string, qualifiedName: string): number {
  const own = partsOf(qualifiedName);
  const folders = fold(path).split('/');
  const stem = folders.pop()?.split('.')[0] ?? '';
  const wanted = asked.join('.');
  const whole = [
    [...folders, stem, ...own],
    // A package's members are spread over its folder's files.
    [...folders, ...own],
  ].map((home) => distanceWithin(wanted, home.slice(-asked.length).join('.'), 20) ?? far);
  return Math.min(...whole, nameDistance(asked, qualifiedName) + (asked.length > 1 ? wrongQualifier : 0));
}

const nameDistance = (asked: readonly string[], qualifiedName: string): number =>
  distanceWithin(asked.at(-1) ?? '', partsOf(qualifiedName).at(-1) ?? '', 20) ?? far;

const pathsOf = ({ snapshot }: Reader): string[] => snapshot.files().map((file) => file.path);

/**
 * Paths that one was misspelt from: within a third of its letters, at most eight, nearest first. Without a folder names of files are
 * compared; what ends in no file's extension is no path.
 */
export function nearestPaths(paths: readonly string[], path: string): string[] {
  const wanted = path.toLowerCase();
  const extension = /\.\w+$/.exec(wanted)?.[0] ?? '/';
  const limit = Math.min(8, Math.floor(wanted.length / 3));
  if (limit < 1 || (!wanted.includes('/') && !paths.some((known) => known.toLowerCase().endsWith(extension))))
    return [];
  const near: { readonly path: string; readonly distance: number }[] = [];
  for (const known of paths) {
    const folded = known.toLowerCase();
    const compared = wanted.includes('/') ? folded : folded.slice(folded.lastIndexOf('/') + 1);
    const distance = distanceWithin(wanted, compared, limit);
    if (distance !== null) near.push({ path: known, distance });
  }
  near.sort((a, b) => a.distance - b.distance || (a.path < b.path ? -1 : 1));
  const best = near[0]?.distance ?? 0;
  return near.flatMap((one) => (one.distance <= best * 2 ? one.path : [])).slice(0, suggestions);
}

/** Paths of files with the same name in other folders. */
function sameNamed(reader: Reader, path: string): string[] {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === '') return [];
  const found: string[] = [];
  for (const file of reader.snapshot.files()) {
    if (pathEndsWith(file.path, name)) found.push(file.path);
    if (found.length === suggestions) break;
  }
  return found;
}
