/**
 * Checking a whole store: SQLite's own pages, every segment and every record against
 * its checksum, and the promise that a version is there only with its postings.
 */
import { readFileSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { dataDirOf } from './store/database.ts';
import { decodeFacts } from './store/facts-codec.ts';
import { linksFormat } from './store/graph-rows.ts';
import { decodeLinks } from './store/links-codec.ts';
import { hasLaterTable, stampOf } from './store/schema.ts';
import { checksumOf, segmentFile } from './store/segment-files.ts';
import { memorySource, openSegment, verifySegment } from './text/mod.ts';
import { vectorProblems } from './vectors/vectors.ts';

/** @returns a line for each problem */
export function verifyStore(database: DatabaseSync, storeDir: string): string[] {
  try {
    database.exec('BEGIN');
    return [
      ...pageProblems(database),
      ...segmentProblems(database, storeDir),
      ...factsProblems(database),
      ...linksProblems(database),
      ...vectorProblems({ directory: dataDirOf(storeDir), stamp: stampOf(database) }),
    ];
  } catch (cause) {
    return [`the store cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`];
  }
}

function pageProblems(database: DatabaseSync): string[] {
  const integrity = database.prepare('PRAGMA integrity_check').all();
  const foreign = database.prepare('PRAGMA foreign_key_check').all();
  return [
    ...integrity.map((row) => String(row.integrity_check)).filter((line) => line !== 'ok'),
    ...foreign.map((row) => `a row of ${row.table} names a row of ${row.parent} that is not there`),
  ];
}

function segmentProblems(database: DatabaseSync, storeDir: string): string[] {
  const problems: string[] = [];
  const chunks = new Map<number, number>();
  for (const row of database.prepare('SELECT id, chunks FROM version WHERE chunks > 0').all()) {
    chunks.set(row.id as number, row.chunks as number);
  }
  const found = new Set<number>();
  for (const row of database.prepare('SELECT id, docs, bytes, checksum, content FROM segment').all()) {
    const name = `segment ${row.id}`;
    try {
      const content =
        (row.content as Uint8Array | null) ??
        plainBytes(readFileSync(segmentFile(dataDirOf(storeDir), row.id as number)));
      if (content.length !== row.bytes || checksumOf(content) !== row.checksum) {
        problems.push(`${name} does not match its checksum`);
        continue;
      }
      problems.push(...verifySegment(memorySource(content)).map((line) => `${name}: ${line}`));
      const segment = openSegment(memorySource(content));
      if (segment.docCount !== row.docs) problems.push(`${name} holds ${segment.docCount} documents, not ${row.docs}`);
      segment.versions.forEach((version, at) => {
        const docs = (segment.firstDoc[at + 1] as number) - (segment.firstDoc[at] as number);
        if (found.has(version)) problems.push(`version ${version} is in two segments`);
        if (chunks.get(version) !== docs)
          problems.push(`${name} holds ${docs} chunks of version ${version}, not ${chunks.get(version)}`);
        found.add(version);
      });
    } catch (cause) {
      problems.push(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }
  for (const version of chunks.keys()) if (!found.has(version)) problems.push(`version ${version} is in no segment`);
  return problems;
}

function linksProblems(database: DatabaseSync): string[] {
  if (!hasLaterTable(database, 'observed')) return [];
  const problems: string[] = [];
  const rows = database.prepare('SELECT version, packed FROM links WHERE format = ? AND length(packed) > 0');
  for (const row of rows.iterate(linksFormat)) {
    try {
      // Sections are decoded when they are read.
      for (const section of Object.values(decodeLinks(row.packed as Uint8Array))) void section;
    } catch (cause) {
      problems.push(`links of version ${row.version}: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }
  return problems;
}

function factsProblems(database: DatabaseSync): string[] {
  const problems: string[] = [];
  const rows = database.prepare(
    'SELECT v.id, v.chunks, f.packed FROM version v LEFT JOIN facts f ON f.version = v.id WHERE v.left_out IS NULL',
  );
  for (const row of rows.iterate()) {
    try {
      if (row.packed === null) throw new Error('missing');
      const facts = decodeFacts(row.packed as Uint8Array);
      if (facts.chunks.length !== row.chunks) throw new Error(`${facts.chunks.length} chunks, not ${row.chunks}`);
    } catch (cause) {
      problems.push(`facts of version ${row.id}: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }
  return problems;
}

/** `slice` of a `Buffer` shares memory, that of a `Uint8Array` copies it: readers of segments count on the latter. */
function plainBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
