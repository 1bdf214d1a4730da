/**
 * Source maps of a job's files (ECMA-426): from places of a transpiled file to places of the texts that it was made from.
 *
 * A map comes with the job, within the file or beside it; nothing is fetched. Only places are taken from it whose text is known, from the map or from the
 * job's files: a line number without its line would tell nobody anything. Names of variables are those of the file that runs.
 *
 * Maps are written by whoever wrote the program. What is none, or too large, is said, and lines are then those of the file itself.
 */
import { decodedMappings, FlattenMap, originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { placesOfText } from '../../../code/mod.ts';
import type { JobFile } from '../../types.ts';

/** A text that others were made from. */
export interface Original extends JobFile {
  /** How many there are. */
  readonly lines: number;
}

export interface FileMap {
  /** @returns the line itself, or `placesOfText` times one more than an index of `originals`, and the line there */
  placeOf(line: number, column: number): number;
  readonly originals: readonly Original[];
}

/** Characters of a map that are read, and of its mappings: the worst of so many are decoded in 0.8 s of CPU time, to 400 MB (Node 24). */
const mostMap = 32 * 1024 * 1024;
const mostMappings = 8 * 1024 * 1024;
const mostSources = 10_000;
/** Characters of the name of a source, as of paths on Linux (`PATH_MAX`). */
const mostName = 4_096;

export class SourceMaps {
  readonly #files: ReadonlyMap<string, JobFile>;
  /** By name, so that one text that several files were made from is one file of the trace. */
  readonly #originals = new Map<string, Original & { readonly text: string }>();

  constructor(files: readonly JobFile[]) {
    this.#files = new Map(files.map((file) => [file.path, file]));
  }

  /** @returns null when the file names no map; a text says what is wrong with it */
  of(path: string, text: string): FileMap | string | null {
    const url = mapUrlOf(text);
    if (url === null) return null;
    const found = this.#mapAt(path, url);
    if (typeof found === 'string') return `${found}; lines are those of ${path}`;
    const read = readMap(found.text, found.base);
    if (typeof read === 'string') return `the source map of ${path} ${read}; lines are those of ${path}`;
    const numbers = new Map<string, number>();
    const originals: Original[] = [];
    read.resolvedSources.forEach((name, at) => {
      const original = numbers.has(name) ? null : this.#original(path, name, read.sourcesContent?.[at]);
      if (original !== null) numbers.set(name, originals.push(original));
    });
    if (originals.length === 0)
      return `the text that ${path} was made from is neither in its source map nor among the files: ${named(read)}; lines are those of ${path}`;
    return {
      originals,
      placeOf(line, column) {
        const { source, line: there } = originalPositionFor(read, { line, column });
        const number = source === null ? undefined : numbers.get(source);
        if (number === undefined || there === null || there < 1) return line;
        return there > (originals[number - 1] as Original).lines ? line : number * placesOfText + there;
      },
    };
  }

  /** @returns the map, and what names in it are relative to; or what is wrong */
  #mapAt(path: string, url: string): { text: string; base: string } | string {
    if (/^data:/i.test(url)) {
      const text = dataIn(url);
      return text === null ? `the source map of ${path} cannot be decoded` : { text, base: path };
    }
    const here = `file:///${path.split('/').map(encodeURIComponent).join('/')}`;
    const parsed = URL.canParse(url, here) ? new URL(url, here) : null;
    const file = parsed?.protocol === 'file:' ? this.#files.get(pathIn(parsed)) : undefined;
    if (file === undefined) return `${path} names a source map that is not among the files, ${url.slice(0, 200)}`;
    return file.bytes.length > mostMap
      ? `the source map of ${path} is too large`
      : { text: new TextDecoder().decode(file.bytes), base: file.path };
  }

  /** @returns null when its text is not known */
  #original(path: string, named: string, content: unknown): Original | null {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: names come from a program, and go to a terminal.
    if (named === '' || named.length > mostName || /[\0-\x1f\x7f-\x9f]/.test(named)) return null;
    const beside = this.#files.get(named);
    const known = beside === undefined ? null : new TextDecoder().decode(beside.bytes);
    const text = typeof content === 'string' ? content : known;
    if (text === null) return null;
    // Another text of this name would be shown with lines that are not its own.
    const other = this.#originals.get(named)?.text ?? known;
    const name = other === null || other === text ? named : `${path}:${named}`;
    const lines = text.split('\n').length;
    if (lines >= placesOfText) return null;
    const original = { path: name, bytes: new TextEncoder().encode(text), lines, text };
    this.#originals.set(name, original);
    return original;
  }
}

/** What a map names, for a message. */
const named = ({ resolvedSources }: TraceMap): string => JSON.stringify(resolvedSources[0] ?? '').slice(0, 200);

/** Of the last comment that names one, with nothing but comments behind it. */
function mapUrlOf(text: string): string | null {
  const at = text.lastIndexOf('sourceMappingURL=');
  if (at < 0) return null;
  const start = text.lastIndexOf('\n', at) + 1;
  const end = text.indexOf('\n', at);
  const line = text.slice(start, end < 0 ? text.length : end);
  const rest = end < 0 ? '' : text.slice(end);
  if (!rest.split('\n').every((one) => one.trim() === '' || one.trimStart().startsWith('//'))) return null;
  return /^\s*\/\/[#@][\t ]*sourceMappingURL=([^\s'"]+)\s*$/.exec(line)?.[1] ?? null;
}

/** What a `data:` URL holds (RFC 2397). */
function dataIn(url: string): string | null {
  const comma = url.indexOf(',');
  if (comma < 0 || url.length > 2 * mostMap) return null;
  const data = url.slice(comma + 1);
  try {
    return /;base64$/i.test(url.slice(0, comma)) ? Buffer.from(data, 'base64').toString() : decodeURIComponent(data);
  } catch {
    return null;
  }
}

function pathIn({ pathname }: URL): string {
  try {
    return decodeURIComponent(pathname).slice(1);
  } catch {
    return '';
  }
}

/** @param base path of the file that the map lies in. @returns a text when it is no map: what is wrong */
function readMap(text: string, base: string): TraceMap | string {
  if (text.length > mostMap) return 'is too large';
  let given: unknown;
  try {
    // A line before the map that keeps it from being run as a script (ECMA-426, "JSON over HTTP transport").
    given = JSON.parse(text.replace(/^\)\]\}'[^\n]*\n/, ''));
  } catch {
    return 'is not JSON';
  }
  if (typeof given !== 'object' || given === null) return 'is not a source map';
  const { mappings, sections } = given as Readonly<Record<string, unknown>>;
  const size = Array.isArray(sections) ? text.length : typeof mappings === 'string' ? mappings.length : -1;
  if (size < 0) return 'is not a source map';
  if (size > mostMappings) return 'is too large';
  try {
    const map = Array.isArray(sections) ? new FlattenMap(text, base) : new TraceMap(given as never, base);
    if (!Array.isArray(map.sources) || map.sources.length > mostSources) return 'has too many sources, or none';
    decodedMappings(map);
    return map;
  } catch {
    // Whatever the library stumbles over, the map is not one that it can read.
    return 'is not a source map';
  }
}
