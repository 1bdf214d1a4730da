/**
 * A graph in files beside the store: a cache that can be built anew at any time, so it is neither synced nor locked. A file is
 * written under another name and renamed, and read only if its checksum fits; what a kill or a power cut leaves is a
 * file that is not there, is older, or does not fit, and each of them is merely more work for the next run.
 *
 *   file     = magic (8 bytes), length of the header (4, little-endian), CRC-32 of all that follows (4), header, sections
 *   header   = JSON: format, stamp, configurations, and the name, offset and length of each section
 *   section  = numbers of 32 bits, little-endian, or UTF-8; each begins at a multiple of 8
 *
 * `graph` has what answers are read from; `graph-rest` what only a change needs. The same stamp says that they belong together.
 */

import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { linksFormat } from '../store/graph-rows.ts';
import type { BuiltGraph } from './build.ts';
import { hashOf } from './hash.ts';
import { moduleRules } from './modules/table.ts';
import { type NodeColumns, NodeTable, nodeColumnNames } from './nodes.ts';
import { Strings } from './strings.ts';
import type { Dependencies, GraphTables } from './tables.ts';

/** Raise the first part whenever the columns or the rules of resolution change. */
const graphFormat = `8.${linksFormat}.${hashOf(moduleRules.flatMap(({ languages }) => languages).join())}`;
const magic = 'WNWGRAPH';
const headerStart = 16;

type Sections = Readonly<Record<string, Uint8Array | Uint32Array>>;

type Content = 'graph' | 'rest';

interface Header {
  readonly format: string;
  readonly content: Content;
  readonly stamp: string;
  /** Tells which observed calls are in it. */
  readonly observations: string;
  readonly directories: number;
  readonly configurations: Readonly<Record<string, number>>;
  readonly sections: readonly { readonly name: string; readonly offset: number; readonly length: number }[];
}

interface Opened {
  readonly header: Header;
  numbers(name: string): Uint32Array;
  bytes(name: string): Uint8Array;
}

export interface KeptGraph {
  readonly tables: GraphTables;
  /** As given to `writeGraph`. */
  readonly observations: string;
  /** Reads what only a change needs. @returns null when it is not there or does not fit */
  rest(): Dependencies | null;
}

/** Name of a worktree's graph files: worktrees share a store. */
export const graphNameOf = (root: string): string => createHash('sha256').update(root).digest('hex').slice(0, 16);

const graphPath = (dataDir: string, worktree: string): string => path.join(dataDir, `${worktree}.graph`);
const restPath = (dataDir: string, worktree: string): string => path.join(dataDir, `${worktree}.graph-rest`);

/** @param marks `stamp` tells this graph from all others of the worktree, `observations` which observed calls are in it */
export function writeGraph(
  dataDir: string,
  worktree: string,
  { tables, dependencies }: BuiltGraph,
  marks: { readonly stamp: string; readonly observations: string },
): void {
  const strings = tables.nodes.strings.pack();
  const head = { format: graphFormat, ...marks, directories: tables.nodes.directoryCount };
  // The rest first: a graph whose rest is missing would be built anew at the next change.
  const { configurations } = dependencies;
  writeSections(restPath(dataDir, worktree), { ...head, content: 'rest', configurations }, restSections(dependencies));
  writeSections(
    graphPath(dataDir, worktree),
    { ...head, content: 'graph', configurations: {} },
    {
      ...prefixed('node', tables.nodes.columns as unknown as Record<string, Uint32Array>),
      ...prefixed('file', tables.files as unknown as Record<string, Uint32Array>),
      ...prefixed('edge', tables.edges as unknown as Record<string, Uint32Array>),
      ...prefixed('open', tables.open as unknown as Record<string, Uint32Array>),
      firstNode: tables.nodes.firstNode,
      ...strings,
    },
  );
}

/** @returns null when there is no graph that can be used */
export function readGraph(dataDir: string, worktree: string): KeptGraph | null {
  const opened = readSections(graphPath(dataDir, worktree), 'graph');
  if (opened === null) return null;
  const { header } = opened;
  const strings = new Strings({
    blob: opened.bytes('blob'),
    offsets: opened.numbers('offsets'),
    table: opened.numbers('table'),
  });
  const group = <T>(prefix: string, names: readonly string[]): T =>
    Object.fromEntries(names.map((name) => [name, opened.numbers(`${prefix}.${name}`)])) as T;
  const columns = group<NodeColumns>('node', nodeColumnNames);
  const tables: GraphTables = {
    nodes: new NodeTable(strings, columns, header.directories, opened.numbers('firstNode')),
    files: group('file', ['version', 'language', 'test', 'counts']),
    edges: group('edge', ['outStart', 'to', 'flags', 'site', 'inStart', 'inEdges']),
    open: group('open', ['start', 'from', 'name', 'site', 'traits']),
  };
  return {
    tables,
    observations: header.observations,
    rest: () => {
      const rest = readSections(restPath(dataDir, worktree), 'rest');
      return rest === null || rest.header.stamp !== header.stamp ? null : dependenciesFrom(rest);
    },
  };
}

/** A file of a graph or, unfinished, of one that is being written; the name of the worktree comes first. */
const graphFile = /^([0-9a-f]{16})\.graph(-rest)?(\.\d+\.new)?$/;

/**
 * Removes graphs of worktrees that are no more, and what killed writers left unfinished. Who is writing one right now
 * loses it, which costs the next run some time.
 */
export function removeOtherGraphs(dataDir: string, worktrees: ReadonlySet<string>): void {
  for (const name of readdirSync(dataDir)) {
    const found = graphFile.exec(name);
    if (found === null || (worktrees.has(found[1] as string) && found[3] === undefined)) continue;
    rmSync(path.join(dataDir, name), { force: true });
  }
}

function restSections(dependencies: Dependencies): Sections {
  const surfaces = flat(dependencies.surfaces.map(({ keys }) => keys));
  const prints = flat(dependencies.surfaces.map((surface) => surface.prints));
  const consulted = flat(dependencies.consulted);
  const imports = flat(dependencies.imports);
  const questions = flat(dependencies.questions);
  const shapes = flat(dependencies.shapes);
  return {
    surfaceStart: surfaces.start,
    surfaceKeys: surfaces.values,
    surfacePrints: prints.values,
    consultedStart: consulted.start,
    consulted: consulted.values,
    importStart: imports.start,
    imports: imports.values,
    questionStart: questions.start,
    questions: questions.values,
    shapeStart: shapes.start,
    shapes: shapes.values,
    importPrints: dependencies.importPrints,
    packages: dependencies.packages,
  };
}

function dependenciesFrom(rest: Opened): Dependencies {
  const keys = lists(rest.numbers('surfaceStart'), rest.numbers('surfaceKeys'));
  const prints = lists(rest.numbers('surfaceStart'), rest.numbers('surfacePrints'));
  return {
    surfaces: keys.map((list, file) => ({ keys: list, prints: prints[file] as Uint32Array })),
    consulted: lists(rest.numbers('consultedStart'), rest.numbers('consulted')),
    imports: lists(rest.numbers('importStart'), rest.numbers('imports')),
    questions: lists(rest.numbers('questionStart'), rest.numbers('questions')),
    shapes: lists(rest.numbers('shapeStart'), rest.numbers('shapes')),
    importPrints: rest.numbers('importPrints'),
    packages: rest.numbers('packages'),
    configurations: rest.header.configurations,
  };
}

function flat(arrays: readonly Uint32Array[]): { start: Uint32Array; values: Uint32Array } {
  const start = new Uint32Array(arrays.length + 1);
  arrays.forEach((array, at) => {
    start[at + 1] = (start[at] as number) + array.length;
  });
  const values = new Uint32Array(start[arrays.length] as number);
  arrays.forEach((array, at) => {
    values.set(array, start[at]);
  });
  return { start, values };
}

function lists(start: Uint32Array, values: Uint32Array): Uint32Array[] {
  return Array.from({ length: start.length - 1 }, (_, at) => values.subarray(start[at], start[at + 1]));
}

function prefixed(prefix: string, columns: Readonly<Record<string, Uint32Array>>): Sections {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [`${prefix}.${name}`, column]));
}

const aligned = (length: number): number => Math.ceil(length / 8) * 8;

function writeSections(file: string, head: Omit<Header, 'sections'>, sections: Sections): void {
  const entries: { name: string; offset: number; length: number }[] = [];
  let offset = 0;
  for (const [name, { byteLength }] of Object.entries(sections)) {
    entries.push({ name, offset, length: byteLength });
    offset += aligned(byteLength);
  }
  const json = Buffer.from(JSON.stringify({ ...head, sections: entries }));
  const header = Buffer.alloc(aligned(headerStart + json.length) - headerStart, ' ');
  json.copy(header);
  const parts: Uint8Array[] = [header];
  for (const section of Object.values(sections)) {
    const bytes = new Uint8Array(section.buffer, section.byteOffset, section.byteLength);
    parts.push(bytes, new Uint8Array(aligned(bytes.length) - bytes.length));
  }
  const start = Buffer.alloc(headerStart);
  start.write(magic, 'latin1');
  start.writeUInt32LE(header.length, 8);
  start.writeUInt32LE(
    parts.reduce((sum, part) => crc32(part, sum), 0),
    12,
  );
  const unfinished = `${file}.${process.pid}.new`;
  const descriptor = openSync(unfinished, 'w');
  try {
    for (const part of [start, ...parts]) {
      for (let at = 0; at < part.length; ) at += writeSync(descriptor, part, at);
    }
  } finally {
    closeSync(descriptor);
  }
  renameSync(unfinished, file);
}

/** @returns null for a file that is not there, is cut short, or does not fit its checksum or our format */
function readSections(file: string, wanted: Content): Opened | null {
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch {
    return null;
  }
  if (content.length < headerStart || content.toString('latin1', 0, 8) !== magic) return null;
  if (crc32(content.subarray(headerStart)) !== content.readUInt32LE(12)) return null;
  const start = headerStart + content.readUInt32LE(8);
  const header = JSON.parse(content.toString('utf8', headerStart, start)) as Header;
  if (header.format !== graphFormat || header.content !== wanted) return null;
  const places = new Map(header.sections.map((section) => [section.name, section]));
  const bytes = (name: string): Uint8Array => {
    const place = places.get(name);
    if (place === undefined) throw new Error(`a graph file has no section ${name}`);
    const from = start + place.offset;
    return content.subarray(from, from + place.length);
  };
  const numbers = (name: string): Uint32Array => {
    const section = bytes(name);
    // Large files are read into memory of their own, where sections lie at multiples of 8.
    const aligned = section.byteOffset % 4 === 0 ? section : section.slice();
    return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
  };
  return { header, bytes, numbers };
}
