/**
 * Matrices as files, `winnow.matrix/1` (docs/formats.md): lines of JSON that only grow.
 *
 *     {"schema":"winnow.matrix/1","winnow":"0.1.0","settings":{…},"runtimes":{"python":"CPython 3.11.7"}}
 *     {"task":"t","language":"python","entryPoint":"f","context":"","candidates":[…],"probes":[…]}
 *     {"of":"t","ways":["outside",…]}
 *     {"of":"t","row":0,"ending":"whole",…}
 *     {"of":"t","more":{"candidates":[…],"probes":[…],"alike":[…]}}
 *     {"of":"t","row":0,"from":12,"ending":"whole",…}
 *
 * A row is written when it is known, so whoever was interrupted goes on where the file ends: a last line without an end is dropped and counted. Rows are only comparable under the same
 * settings, so a file goes on with the same ones or not at all. A task may grow by candidates and probes (`growth.ts` says by which); what is known of it stays, and rows then tell of new probes alone.
 */
import { appendFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { WinnowError } from '../base/mod.ts';
import { fromOf, MatrixBuilding, type RowRecord, type TaskGrowth } from './building.ts';
import { lockMatrix } from './lock.ts';
import { isSound, isWays, readJson } from './matrix.ts';
import type { Matrix, MatrixTask, ProbeWay } from './types.ts';

export const matrixSchema = 'winnow.matrix/1';

export interface MatrixHeader {
  readonly schema: typeof matrixSchema;
  /** Version of Winnow that wrote it. */
  readonly winnow: string;
  readonly settings: { readonly callMs: number; readonly memoryBytes: number; readonly patient: boolean };
  /** Version of each language's runtime, by language. */
  readonly runtimes: Readonly<Record<string, string>>;
}

export interface MatrixFile {
  readonly header: MatrixHeader;
  readonly tasks: readonly MatrixBuilding[];
  /** Lines without an end that were left out: 0 or 1. */
  readonly torn: number;
}

/** A task with its matrix. */
export interface FiledMatrix {
  readonly task: MatrixTask;
  readonly matrix: Matrix;
  /** Candidates that have not run yet. */
  readonly missing: number;
}

/** @throws WinnowError `path-not-found`, `bad-data` with the line, also for another version */
export function readMatrixFile(path: string): MatrixFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new WinnowError('path-not-found', `Expected a matrix at ${path}; the file cannot be read.`, { cause });
  }
  const lines = text.split('\n');
  // What stands behind the last end of a line was being written when its writer ended.
  const torn = lines.pop() === '' ? 0 : 1;
  const header = readHeader(lines[0], path);
  const tasks = new Map<string, MatrixBuilding>();
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line === '') continue;
    const wrong = readLine(readJson(line), tasks);
    if (wrong !== null) throw new WinnowError('bad-data', `${path}, line ${index + 1}: ${wrong}`);
  }
  return { header, tasks: [...tasks.values()], torn };
}

export const filedMatrices = ({ tasks }: MatrixFile): readonly FiledMatrix[] =>
  tasks.map((building) => ({
    task: building.task,
    matrix: building.matrix(),
    missing: building.missing().length,
  }));

/** A file that rows are written to, and what it held before. */
export interface MatrixWriter {
  /** Lines that were dropped because they had no end. */
  readonly torn: number;
  /** A task that the file holds already. */
  task(id: string): MatrixTask | null;
  /**
   * The task as far as it is known, to be filled on.
   *
   * @throws WinnowError `bad-data` when the file has another task of this name
   */
  begin(task: MatrixTask): MatrixBuilding;
  /** Adds to a task that the file holds. What adds nothing writes nothing. */
  grow(task: string, growth: TaskGrowth): void;
  /** How tests are asked, from the probe `from` on. */
  ways(task: MatrixTask, ways: readonly ProbeWay[], from: number): void;
  row(task: MatrixTask, record: RowRecord): void;
  /** Lets others write to the file. */
  close(): void;
}

/**
 * Opens a file to go on with, or makes it.
 *
 * @throws WinnowError `bad-data` when it is no matrix or was made with other settings, `matrix-busy` while another process writes to it, `store-unwritable`
 */
export function openMatrixWriter(path: string, header: MatrixHeader): MatrixWriter {
  const unlock = lockMatrix(path);
  try {
    return openLocked(path, header, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function openLocked(path: string, header: MatrixHeader, unlock: () => void): MatrixWriter {
  const known = existsSync(path) && statSync(path).size > 0 ? readMatrixFile(path) : null;
  const write = (value: object): void => {
    try {
      appendFileSync(path, `${JSON.stringify(value)}\n`);
    } catch (cause) {
      throw new WinnowError('store-unwritable', `The matrix cannot be written to ${path}.`, { cause });
    }
  };
  if (known === null) {
    try {
      writeFileSync(path, '');
    } catch (cause) {
      throw new WinnowError('store-unwritable', `The matrix cannot be written to ${path}.`, { cause });
    }
    write(header);
  } else {
    for (const part of ['settings', 'runtimes'] as const)
      if (!isDeepStrictEqual(known.header[part], header[part]))
        throw new WinnowError(
          'bad-data',
          `${path} was made with other ${part}, ${JSON.stringify(known.header[part])}; asked for are ${JSON.stringify(header[part])}. Name another file, or give the same.`,
        );
    if (known.torn > 0) truncateSync(path, readFileSync(path).lastIndexOf(0x0a) + 1);
  }
  const tasks = new Map(known?.tasks.map((building) => [building.task.id, building]));
  return {
    torn: known?.torn ?? 0,
    task: (id) => tasks.get(id)?.task ?? null,
    begin: (task) => {
      const there = tasks.get(task.id);
      if (there === undefined) {
        const building = new MatrixBuilding(task);
        tasks.set(task.id, building);
        write(taskLine(task));
        return building;
      }
      if (
        !isDeepStrictEqual(JSON.parse(JSON.stringify(taskLine(there.task))), JSON.parse(JSON.stringify(taskLine(task))))
      )
        throw new WinnowError(
          'bad-data',
          `${path} has a task ${JSON.stringify(task.id)} with other candidates or probes. Name another file for these.`,
        );
      return there;
    },
    grow: (task, growth) => {
      if (Object.values(growth).every((list) => list.length === 0)) return;
      tasks.get(task)?.grow(growth);
      write({ of: task, more: growth });
    },
    ways: (task, ways, from) => write({ of: task.id, ...fromOf(from), ways }),
    row: (task, record) => write({ of: task.id, ...record }),
    close: unlock,
  };
}

const taskLine = ({ id, language, entryPoint, context, candidates, probes }: MatrixTask): object => ({
  task: id,
  language: language ?? 'python',
  entryPoint,
  context,
  candidates,
  probes,
});

function readHeader(line: string | undefined, path: string): MatrixHeader {
  const header = readJson(line);
  const schema = header?.schema;
  if (typeof schema === 'string' && schema.startsWith('winnow.matrix/') && schema !== matrixSchema)
    throw new WinnowError('bad-data', `${path} is a ${schema}; this Winnow reads ${matrixSchema}.`);
  if (schema !== matrixSchema || typeof header?.settings !== 'object' || typeof header.runtimes !== 'object')
    throw new WinnowError(
      'bad-data',
      `${path}, line 1: expected the header of a matrix, {"schema":"${matrixSchema}",…}; \`winnow check --out\` writes one.`,
    );
  return header as unknown as MatrixHeader;
}

/** @returns what is wrong with it, or null */
function readLine(line: Record<string, unknown> | null, tasks: Map<string, MatrixBuilding>): string | null {
  if (line === null) return 'expected an object of JSON';
  if (typeof line.task === 'string') {
    const { candidates, probes, entryPoint, context, language } = line;
    if (!Array.isArray(candidates) || !candidates.every(isDrawn)) return 'expected "candidates" with id, source, drawn';
    if (!Array.isArray(probes) || !probes.every(isDrawn)) return 'expected "probes" with id, source, drawn';
    if (typeof entryPoint !== 'string' || typeof context !== 'string' || typeof language !== 'string')
      return 'expected "entryPoint", "context" and "language", texts';
    if (tasks.has(line.task)) return `task ${JSON.stringify(line.task)} stands in it twice`;
    tasks.set(line.task, new MatrixBuilding({ id: line.task, language, entryPoint, context, candidates, probes }));
    return null;
  }
  const building = typeof line.of === 'string' ? tasks.get(line.of) : undefined;
  if (building === undefined) return 'expected "task", or "of" with a task that stands above';
  if ('more' in line) return readGrowth(line.more, building);
  const width = building.task.probes.length;
  const { row, from = 0 } = line;
  if (typeof from !== 'number') return 'expected "from", the number of a probe';
  if ('ways' in line) {
    if (from !== building.ways.length || !isWays(line.ways, width - from))
      return `expected "ways", one for each probe from ${building.ways.length} to ${width}`;
    building.ways = [...building.ways, ...line.ways];
    return null;
  }
  if (typeof row !== 'number' || !building.missing().includes(row))
    return `expected "row", a candidate of ${building.task.candidates.length} that has none yet`;
  if (from !== building.known(row)) return `expected "from" ${building.known(row)}, the first probe that is not known`;
  if (!isSound(line, width - from))
    return `expected ending, reason, cpuMs, and states, outputs, times of ${width - from} probes`;
  if (line.outputs.some((number) => number >= building.texts + line.texts.length))
    return 'expected outputs that number texts of this row or of one above';
  building.add({ ...line, row, ...fromOf(from) });
  return null;
}

function readGrowth(more: unknown, building: MatrixBuilding): string | null {
  const { candidates, probes, alike } = (more ?? {}) as Record<string, unknown>;
  if (!Array.isArray(candidates) || !candidates.every(isDrawn)) return 'expected "candidates" with id, source, drawn';
  if (!Array.isArray(probes) || !probes.every(isDrawn)) return 'expected "probes" with id, source, drawn';
  const ids = new Set(building.task.candidates.map(({ id }) => id));
  const isAlike = (one: unknown): boolean => {
    const { candidate, ...rest } = (one ?? {}) as Record<string, unknown>;
    return ids.has(candidate as string) && isDrawn({ ...rest, source: '' });
  };
  if (!Array.isArray(alike) || !alike.every(isAlike))
    return 'expected "alike" with id, drawn, and a candidate that stands above';
  building.grow({ candidates, probes, alike });
  return null;
}

const isDrawn = (one: unknown): boolean => {
  const { id, source, drawn } = (one ?? {}) as Record<string, unknown>;
  return typeof id === 'string' && typeof source === 'string' && Number.isSafeInteger(drawn) && (drawn as number) >= 1;
};
