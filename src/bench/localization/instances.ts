/**
 * Instances of issue localization: an issue, the commit it was written at, and the patch that settled it.
 *
 * SWE-bench's layout: one JSON object a line with `instance_id`, `repo`, `base_commit`, `problem_statement`, `patch`; plain
 * or gzipped. Other properties are passed over.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { WinnowError } from '../../base/mod.ts';

export interface Instance {
  readonly id: string;
  /** `owner/name`. */
  readonly repo: string;
  readonly baseCommit: string;
  readonly problemStatement: string;
  /** Unified diff from the base commit. */
  readonly patch: string;
}

/** @throws WinnowError `path-not-found`, `bad-data` (file:line) */
export function readInstances(path: string): Instance[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new WinnowError(
      code === 'ENOENT' ? 'path-not-found' : 'path-unreadable',
      `Expected a file of instances at ${path}; it cannot be read (${code}).`,
      { cause },
    );
  }
  const rows: Instance[] = [];
  const seen = new Set<string>();
  for (const [at, line] of bytes.toString('utf8').split('\n').entries()) {
    if (line.trim() === '') continue;
    const wrong = (expected: string): WinnowError =>
      new WinnowError('bad-data', `${path}:${at + 1}: expected ${expected}.`, { details: { path, line: at + 1 } });
    let row: Record<string, unknown>;
    try {
      row = JSON.parse(line) as Record<string, unknown>;
    } catch {
      throw wrong('one JSON object a line');
    }
    const text = (key: string): string => {
      const value = row[key];
      if (typeof value !== 'string' || value === '') throw wrong(`text under "${key}"`);
      return value;
    };
    const instance = {
      id: text('instance_id'),
      repo: text('repo'),
      baseCommit: text('base_commit'),
      problemStatement: text('problem_statement'),
      patch: text('patch'),
    };
    if (!/^[0-9a-f]{40,64}$/.test(instance.baseCommit)) throw wrong('a full commit id under "base_commit"');
    if (!/^\w[\w.-]*\/\w[\w.-]*$/.test(instance.repo)) throw wrong('owner/name under "repo"');
    if (seen.has(instance.id)) throw wrong(`an id that no line before it has under "instance_id", came ${instance.id}`);
    seen.add(instance.id);
    rows.push(instance);
  }
  if (rows.length === 0) throw new WinnowError('bad-data', `Expected instances in ${path}; there is none.`);
  return rows;
}

/** @throws WinnowError `path-unreadable` when the file cannot be written */
export function writeInstances(path: string, instances: readonly Instance[]): void {
  const lines = instances.map(({ id, repo, baseCommit, problemStatement, patch }) =>
    JSON.stringify({ instance_id: id, repo, base_commit: baseCommit, problem_statement: problemStatement, patch }),
  );
  try {
    writeFileSync(path, `${lines.join('\n')}\n`);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new WinnowError('path-unreadable', `Cannot write instances to ${path} (${code}).`, { cause });
  }
}
