/**
 * SQLite as WebAssembly, by its C interface, on the job's files in memory.
 *
 * Of sql.js only the module is used. Extensions cannot be loaded, `ATTACH` sees the job's files, and the clock is pinned.
 * The script runs as `sqlite3 DATABASE < script` would run it, `-bail` included: the first error ends it.
 */
import { seededRandom } from '../../../base/mod.ts';
import type { CheckedJob, Ending } from '../../types.ts';
import { fuelOf } from '../../wasm/fuel.ts';
import { wasiClock } from '../../wasm/wasiclock.ts';
import { writeLocalTime } from '../emscripten/localtime.ts';
import { Exit, guarded, OutOfMemory, System } from '../emscripten/system.ts';
import { type EngineOutput, type EngineResult, OutputLimit } from '../engine.ts';
import { JobFiles, workDirectory } from '../quickjs/jobfiles.ts';
import { exportNames, importNames, initialiser, memoryExport, type SqliteCall } from './abi.ts';
import { type Cell, defaultStyle, rowBytes, type Style } from './rows.ts';
import { splitScript } from './split.ts';

class Aborted extends Error {}

/** Result codes and types of sqlite3.h. */
const code = { ok: 0, row: 100, done: 101 } as const;
const types = { 1: 'number', 2: 'number', 3: 'text', 4: 'blob' } as const;

type Call = (...args: number[]) => number;

export function runSql(module: WebAssembly.Module, job: CheckedJob, output: EngineOutput): EngineResult {
  const clock = wasiClock(job.determinism.clockMs);
  const files = new JobFiles(job.files, job.limits.fileBytes, clock);
  const random = seededRandom(job.determinism.seed);
  // SQLite seeds `random()` with what it reads here, at most 256 bytes.
  files.memory.add([{ path: 'dev/urandom', bytes: Uint8Array.from({ length: 256 }, () => random.int(256)) }]);
  const system = new System(job, files, clock, output);
  const sqlite = new Sqlite(module, job, system, files, clock, output);
  const fuel = fuelOf(sqlite.exports);
  fuel.set(job.limits.fuel);
  let ending: Ending;
  try {
    ending = { kind: 'exited', code: sqlite.run() };
  } catch (error) {
    ending = endingOf(error);
  }
  if (fuel.exhausted()) ending = { kind: 'out-of-fuel' };
  return {
    ending,
    instructions: fuel.used(),
    peakMemoryBytes: sqlite.memory.buffer.byteLength,
    files: files.changes(),
    reusable: ending.kind !== 'crashed',
  };
}

function endingOf(error: unknown): Ending {
  if (error instanceof Exit) return { kind: 'exited', code: error.code };
  if (error instanceof OutputLimit) return { kind: 'output-limit', stream: error.stream };
  if (error instanceof OutOfMemory) return { kind: 'out-of-memory' };
  const isStack = error instanceof RangeError && /call stack/.test(error.message);
  if (isStack || error instanceof WebAssembly.RuntimeError || error instanceof Aborted)
    return { kind: 'crashed', signal: null, reason: (error as Error).message };
  throw error;
}

class Sqlite {
  readonly exports: WebAssembly.Exports;
  readonly memory: WebAssembly.Memory;
  readonly #calls = {} as Record<SqliteCall, Call>;
  readonly #job: CheckedJob;
  readonly #output: EngineOutput;
  readonly #style: Style = defaultStyle();

  constructor(
    module: WebAssembly.Module,
    job: CheckedJob,
    system: System,
    files: JobFiles,
    clock: ReturnType<typeof wasiClock>,
    output: EngineOutput,
  ) {
    this.#job = job;
    this.#output = output;
    const a = imports(job, system, files, clock, () => this.memory);
    const instance = new WebAssembly.Instance(module, { a } as WebAssembly.Imports);
    this.exports = instance.exports;
    this.memory = instance.exports[memoryExport] as WebAssembly.Memory;
    system.attach(this.memory);
    for (const [name, short] of Object.entries(exportNames))
      this.#calls[name as SqliteCall] = instance.exports[short] as unknown as Call;
  }

  #put(bytes: Uint8Array): number {
    const at = this.#calls.malloc(bytes.length + 1);
    if (at === 0) throw new OutOfMemory('no memory for the script');
    const memory = new Uint8Array(this.memory.buffer);
    memory.set(bytes, at);
    memory[at + bytes.length] = 0;
    return at;
  }

  #text(at: number): string {
    const bytes = new Uint8Array(this.memory.buffer);
    return Buffer.from(bytes.subarray(at, bytes.indexOf(0, at))).toString('utf8');
  }

  /** @returns the exit code */
  run(): number {
    (this.exports[initialiser] as unknown as Call)();
    const { entry, files, args } = this.#job;
    const name = args[0] === undefined || args[0] === ':memory:' ? ':memory:' : `${workDirectory}/${args[0]}`;
    const slot = this.#put(new Uint8Array(4));
    const opened = this.#calls.sqlite3_open(this.#put(Buffer.from(name, 'utf8')), slot);
    const database = new DataView(this.memory.buffer).getUint32(slot, true);
    if (opened !== code.ok) return this.#problem(database, 0);
    const script = Buffer.from(files.find(({ path }) => path === entry)?.bytes ?? new Uint8Array(0)).toString('utf8');
    for (const piece of splitScript(script.replace(/^\ufeff|^#!.*/, ''))) {
      const status = piece.kind === 'command' ? this.#command(piece.text) : this.#sql(database, piece.text);
      if (status !== 0) return status;
    }
    this.#calls.sqlite3_close_v2(database);
    return 0;
  }

  #problem(database: number, statement: number): number {
    const message = this.#text(this.#calls.sqlite3_errmsg(database));
    if (statement !== 0) this.#calls.sqlite3_finalize(statement);
    this.#output.stderr(Buffer.from(`Error: ${message}\n`, 'utf8'));
    this.#calls.sqlite3_close_v2(database);
    return 1;
  }

  #sql(database: number, text: string): number {
    const bytes = Buffer.from(text, 'utf8');
    const start = this.#put(bytes);
    const end = start + bytes.length;
    const slots = this.#put(new Uint8Array(8));
    let at = start;
    while (at < end) {
      const status = this.#calls.sqlite3_prepare_v2(database, at, end - at, slots, slots + 4);
      const view = new DataView(this.memory.buffer);
      const statement = view.getUint32(slots, true);
      at = view.getUint32(slots + 4, true);
      if (status !== code.ok) return this.#problem(database, 0);
      // A comment or nothing at all.
      if (statement === 0) continue;
      const stepped = this.#rows(statement);
      if (stepped !== code.done) return this.#problem(database, statement);
      this.#calls.sqlite3_finalize(statement);
    }
    this.#calls.free(start);
    return 0;
  }

  #rows(statement: number): number {
    const calls = this.#calls;
    const count = calls.sqlite3_column_count(statement);
    let isFirst = true;
    for (;;) {
      const stepped = calls.sqlite3_step(statement);
      if (stepped !== code.row) return stepped;
      if (isFirst && this.#style.headers) this.#output.stdout(rowBytes(this.#style, this.#names(statement, count)));
      isFirst = false;
      const cells: Cell[] = [];
      for (let column = 0; column < count; column++) cells.push(this.#cell(statement, column));
      this.#output.stdout(rowBytes(this.#style, cells));
    }
  }

  #names(statement: number, count: number): readonly Cell[] {
    return Array.from({ length: count }, (_, column) => {
      const name = this.#text(this.#calls.sqlite3_column_name(statement, column));
      return { type: 'text', bytes: Buffer.from(name, 'utf8') };
    });
  }

  #cell(statement: number, column: number): Cell {
    const calls = this.#calls;
    const type = types[calls.sqlite3_column_type(statement, column) as keyof typeof types] as
      | (typeof types)[1 | 3 | 4]
      | undefined;
    if (type === undefined) return { type: 'null' };
    const at =
      type === 'blob' ? calls.sqlite3_column_blob(statement, column) : calls.sqlite3_column_text(statement, column);
    const length = calls.sqlite3_column_bytes(statement, column);
    return { type, bytes: new Uint8Array(this.memory.buffer).slice(at, at + length) };
  }

  /** The few commands of SQLite's shell that scripts use to shape what is printed. */
  #command(line: string): number {
    const words = [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
      ([, double, single, plain]) => double?.replace(/\\t/g, '\t').replace(/\\n/g, '\n') ?? single ?? plain ?? '',
    );
    const [name = '', value = ''] = words;
    const style = this.#style;
    const isOn = /^(?:on|yes|true|1)$/i.test(value);
    if (/^\.headers?$/.test(name)) style.headers = isOn;
    else if (name === '.mode' && (value === 'list' || value === 'csv' || value === 'tabs' || value === 'quote'))
      style.mode = value;
    else if (name === '.separator') style.separator = value;
    else if (name === '.nullvalue') style.nullValue = value;
    else if (name === '.print') this.#output.stdout(Buffer.from(`${words.slice(1).join(' ')}\n`, 'utf8'));
    else if (name === '.quit' || name === '.exit') throw new Exit(Number(value) & 0xff);
    else if (name !== '.bail' && name !== '.echo' && name !== '.changes' && name !== '.timer') {
      const known = '.headers, .mode list|csv|tabs|quote, .separator, .nullvalue, .print, .quit';
      this.#output.stderr(Buffer.from(`Error: ${line}: not one of ${known}\n`, 'utf8'));
      return 1;
    }
    return 0;
  }
}

function imports(
  job: CheckedJob,
  system: System,
  files: JobFiles,
  clock: ReturnType<typeof wasiClock>,
  memory: () => WebAssembly.Memory,
): Record<string, CallableFunction> {
  const { fd_close, fd_read, fd_write, fd_seek, fd_fdstat_get, fd_filestat_set_size } = system.wasi() as Record<
    string,
    Call
  >;
  const linux = system.linux();
  const here = -100;
  const none = () => 0;
  const stop = () => {
    throw new Aborted('SQLite gave up');
  };
  const write: Call = (fd, pieces, count, out) =>
    (fd_write as Call)(fd as number, pieces as number, count as number, out as number);
  const calls: Record<keyof typeof importNames, CallableFunction> = {
    assertFailed: stop,
    abort: stop,
    exit: stop,
    map: () => -52,
    unmap: none,
    warn: none,
    setTimer: none,
    keepRuntime: none,
    user: none,
    changeOwner: none,
    changeMode: none,
    changeModeOpen: none,
    setTimes: none,
    sync: none,
    // Locks: there is one process.
    control: linux.control,
    elapsed: () => Number(clock.elapsedNs()) / 1e6,
    now: () => Number(clock.realNs() / 1_000_000n),
    mostMemory: () => job.limits.memoryBytes,
    growMemory: (bytes: number) => system.grow(bytes),
    close: fd_close as Call,
    read: fd_read as Call,
    write,
    seek: fd_seek as Call,
    describe: fd_fdstat_get as Call,
    truncate: (fd: number, size: bigint) => -((fd_filestat_set_size as Call)(fd, size as never) ?? 0),
    open: linux.open,
    unlink: linux.unlink,
    removeDirectory: linux.removeDirectory,
    readLink: linux.readLink,
    makeDirectory: guarded((directory, path) =>
      files.memory.createDirectory(system.place(directory as number, path as number, false)),
    ),
    access: guarded((directory, path) => void system.node(directory as number, path as number, true)),
    stat: guarded((path, out) => system.stat(system.node(here, path as number, true), out as number)),
    statLink: guarded((path, out) => system.stat(system.node(here, path as number, false), out as number)),
    statAt: guarded((directory, path, out, flags) =>
      system.stat(system.node(directory as number, path as number, system.follows(flags as number)), out as number),
    ),
    statOpen: guarded((fd, out) => {
      const descriptor = system.descriptors.get(fd as number);
      if (descriptor.kind === 'file' || descriptor.kind === 'directory' || descriptor.kind === 'null')
        system.stat(descriptor.node, out as number);
      else system.memory.window(out as number, 96).fill(0);
    }),
    localTime: (seconds: bigint, at: number) =>
      writeLocalTime(memory(), seconds, at, job.determinism.timeZone) === 0 ? 0 : 1,
    initTimeZone: none,
    workDirectory: guarded((into, size) => {
      const path = Buffer.from(`${workDirectory}\0`, 'latin1');
      if (path.length > (size as number)) return -68;
      system.memory.window(into as number, path.length).set(path);
      return path.length;
    }),
    environment: none,
    environmentSizes: (count: number, bytes: number) => {
      system.memory.setU32(count, 0);
      system.memory.setU32(bytes, 0);
      return 0;
    },
  };
  return Object.fromEntries(
    Object.entries(importNames).map(([long, short]) => [short, calls[long as keyof typeof importNames]]),
  );
}
