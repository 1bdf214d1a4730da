/** YAML and JSON files as maps of plain values. The parser's own types end here. */
import { parseDocument } from 'yaml';
import { badData, readText } from './files.ts';

/** An empty file is an empty map. @throws WinnowError `bad-data` with the place of the mistake */
export function readYaml(path: string): Readonly<Record<string, unknown>> {
  const document = parseDocument(readText(path), { prettyErrors: true, uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) throw badData(path, `cannot be read: ${error.message.split('\n', 1)[0]}`);
  return asMap(
    path,
    plainOf(path, () => document.toJS({ maxAliasCount: 100 })),
  );
}

/** @throws WinnowError `bad-data` */
export function readJson(path: string): Readonly<Record<string, unknown>> {
  const text = readText(path);
  return asMap(
    path,
    plainOf(path, () => JSON.parse(text)),
  );
}

function plainOf(path: string, read: () => unknown): unknown {
  try {
    return read();
  } catch (cause) {
    throw badData(path, `cannot be read: ${(cause as Error).message}`);
  }
}

function asMap(path: string, value: unknown): Readonly<Record<string, unknown>> {
  if (value === null || value === undefined) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  throw badData(
    path,
    `holds ${Array.isArray(value) ? 'a list' : `a ${typeof value}`}; a map of names to values was expected.`,
  );
}
